/* cng.sys: keys and ciphers (EXE-612). Vectors: FIPS 197 and SP 800-38A for AES, the GCM paper's test case 4, SP 800-38C example 1, RFC 8439. */
#include "wkt.h"
#include <bcrypt.h>

#define NAME(s) (PUCHAR)(s), sizeof(s)

static UCHAR aes128[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
static const UCHAR two_blocks[32] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a,
                                     0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};
static const UCHAR ecb_out[32] = {0x3a, 0xd7, 0x7b, 0xb4, 0x0d, 0x7a, 0x36, 0x60, 0xa8, 0x9e, 0xca, 0xf3, 0x24, 0x66, 0xef, 0x97,
                                  0xf5, 0xd3, 0xd5, 0x85, 0x03, 0xb9, 0x69, 0x9d, 0xe7, 0x85, 0x89, 0x5a, 0x96, 0xfd, 0xba, 0xaf};
static const UCHAR cbc_out[32] = {0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46, 0xce, 0xe9, 0x8e, 0x9b, 0x12, 0xe9, 0x19, 0x7d,
                                  0x50, 0x86, 0xcb, 0x9b, 0x50, 0x72, 0x19, 0xee, 0x95, 0xdb, 0x11, 0x3a, 0x91, 0x76, 0x78, 0xb2};
static const UCHAR cfb128_out[16] = {0x3b, 0x3f, 0xd9, 0x2e, 0xb7, 0x2d, 0xad, 0x20, 0x33, 0x34, 0x49, 0xf8, 0xe8, 0x3c, 0xfb, 0x4a};
static const UCHAR cfb8_out[18] = {0x3b, 0x79, 0x42, 0x4c, 0x9c, 0x0d, 0xd4, 0x36, 0xba, 0xce, 0x9e, 0x0e, 0xd4, 0x58, 0x6a, 0x4f, 0x32, 0xb9};

static void first_iv(PUCHAR iv)
{
    for (UCHAR i = 0; i < 16; i++)
        iv[i] = i;
}

static BCRYPT_KEY_HANDLE key_of(BCRYPT_ALG_HANDLE algorithm, const UCHAR *secret, ULONG bytes)
{
    BCRYPT_KEY_HANDLE key = NULL;

    CHECK_STATUS(BCryptGenerateSymmetricKey(algorithm, &key, NULL, 0, (PUCHAR)secret, bytes, 0), STATUS_SUCCESS);
    return key;
}

TEST(EXE_612, ecb_and_cbc)
{
    BCRYPT_KEY_HANDLE ecb = key_of(BCRYPT_AES_ECB_ALG_HANDLE, aes128, 16), cbc = key_of(BCRYPT_AES_CBC_ALG_HANDLE, aes128, 16);
    UCHAR out[48], iv[16];
    ULONG n = 0;

    CHECK_STATUS(BCryptEncrypt(ecb, (PUCHAR)two_blocks, 32, NULL, NULL, 0, out, sizeof(out), &n, 0), STATUS_SUCCESS);
    CHECK_EQ(n, 32);
    CHECK_MEM(out, ecb_out, 32);
    CHECK_STATUS(BCryptDecrypt(ecb, out, 32, NULL, NULL, 0, out, 32, &n, 0), STATUS_SUCCESS); /* in place */
    CHECK_MEM(out, two_blocks, 32);
    first_iv(iv);
    CHECK_STATUS(BCryptEncrypt(cbc, (PUCHAR)two_blocks, 16, NULL, iv, 16, out, 16, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(iv, cbc_out, 16); /* where the next call goes on */
    CHECK_STATUS(BCryptEncrypt(cbc, (PUCHAR)two_blocks + 16, 16, NULL, iv, 16, out + 16, 16, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, cbc_out, 32);
    first_iv(iv);
    CHECK_STATUS(BCryptDecrypt(cbc, out, 32, NULL, iv, 16, out, 32, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, two_blocks, 32);
    CHECK_MEM(iv, cbc_out + 16, 16);
    CHECK_STATUS(BCryptDestroyKey(ecb), STATUS_SUCCESS);
    CHECK_STATUS(BCryptDestroyKey(cbc), STATUS_SUCCESS);
}

TEST(EXE_612, cfb_by_bytes_and_by_blocks)
{
    BCRYPT_KEY_HANDLE key = key_of(BCRYPT_AES_CFB_ALG_HANDLE, aes128, 16);
    UCHAR out[18], iv[16];
    ULONG n, blocks = 16;

    first_iv(iv);
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)two_blocks, 5, NULL, iv, 16, out, 5, &n, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)two_blocks + 5, 13, NULL, iv, 16, out + 5, 13, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, cfb8_out, 18);
    first_iv(iv);
    CHECK_STATUS(BCryptDecrypt(key, out, 3, NULL, iv, 16, out, 3, &n, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptDecrypt(key, out + 3, 15, NULL, iv, 16, out + 3, 15, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, two_blocks, 18);
    CHECK_STATUS(BCryptSetProperty(key, BCRYPT_MESSAGE_BLOCK_LENGTH, (PUCHAR)&blocks, sizeof(blocks), 0), STATUS_SUCCESS);
    first_iv(iv);
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)two_blocks, 16, NULL, iv, 16, out, 16, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, cfb128_out, 16);
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)two_blocks, 15, NULL, iv, 16, out, 16, &n, 0), STATUS_INVALID_BUFFER_SIZE);
    BCryptDestroyKey(key);
}

TEST(EXE_612, block_padding)
{
    BCRYPT_KEY_HANDLE key = key_of(BCRYPT_AES_CBC_ALG_HANDLE, aes128, 16);
    UCHAR data[64], iv[16];
    ULONG n;

    for (ULONG bytes = 0; bytes <= 33; bytes++) {
        ULONG padded = (bytes & ~15u) + 16;

        for (ULONG i = 0; i < sizeof(data); i++)
            data[i] = (UCHAR)i;
        first_iv(iv);
        n = 0;
        CHECK_STATUS(BCryptEncrypt(key, data, bytes, NULL, iv, 16, NULL, 0, &n, BCRYPT_BLOCK_PADDING), STATUS_SUCCESS);
        CHECK_EQ(n, padded);
        CHECK_STATUS(BCryptEncrypt(key, data, bytes, NULL, iv, 16, data, padded - 1, &n, BCRYPT_BLOCK_PADDING), STATUS_BUFFER_TOO_SMALL);
        CHECK_STATUS(BCryptEncrypt(key, data, bytes, NULL, iv, 16, data, padded, &n, BCRYPT_BLOCK_PADDING), STATUS_SUCCESS);
        CHECK_EQ(data[padded], padded);
        first_iv(iv);
        CHECK_STATUS(BCryptDecrypt(key, data, padded, NULL, iv, 16, data, padded, &n, BCRYPT_BLOCK_PADDING), STATUS_SUCCESS);
        CHECK_EQ(n, bytes);
        for (ULONG i = 0; i < bytes; i++)
            CHECK_EQ(data[i], i);
    }
    first_iv(iv);
    CHECK_STATUS(BCryptDecrypt(key, (PUCHAR)cbc_out, 32, NULL, iv, 16, data, 64, &n, BCRYPT_BLOCK_PADDING), STATUS_DATA_ERROR);
    CHECK_STATUS(BCryptDecrypt(key, (PUCHAR)cbc_out, 31, NULL, iv, 16, data, 64, &n, BCRYPT_BLOCK_PADDING), STATUS_INVALID_BUFFER_SIZE);
    CHECK_STATUS(BCryptDecrypt(key, (PUCHAR)cbc_out, 0, NULL, iv, 16, data, 64, &n, BCRYPT_BLOCK_PADDING), STATUS_INVALID_BUFFER_SIZE);
    BCryptDestroyKey(key);
}

TEST(EXE_612, wrong_arguments)
{
    BCRYPT_KEY_HANDLE key = key_of(BCRYPT_AES_CBC_ALG_HANDLE, aes128, 16), none;
    UCHAR data[64] = {0}, iv[16] = {0};
    ULONG n;

    CHECK_STATUS(BCryptEncrypt(key, data, 15, NULL, iv, 16, data, 64, &n, 0), STATUS_INVALID_BUFFER_SIZE);
    CHECK_STATUS(BCryptEncrypt(key, data, 16, NULL, iv, 15, data, 64, &n, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptEncrypt(key, data, 16, NULL, iv, 16, data, 15, &n, 0), STATUS_BUFFER_TOO_SMALL);
    CHECK_STATUS(BCryptEncrypt(key, data, 16, data, iv, 16, data, 64, &n, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptEncrypt(key, data, 16, NULL, iv, 16, data, 64, &n, 0x100), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptEncrypt(key, data, 16, NULL, iv, 16, data, 64, NULL, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptEncrypt(key, NULL, 0, NULL, iv, 16, NULL, 0, &n, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptEncrypt(key, data, 32, NULL, iv, 16, data + 8, 32, &n, 0), STATUS_INVALID_PARAMETER); /* half over each other */
    CHECK_STATUS(BCryptEncrypt(BCRYPT_AES_CBC_ALG_HANDLE, data, 16, NULL, iv, 16, data, 64, &n, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptGenerateSymmetricKey(BCRYPT_AES_CBC_ALG_HANDLE, &none, NULL, 0, aes128, 15, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptGenerateSymmetricKey(BCRYPT_AES_CBC_ALG_HANDLE, &none, NULL, 0, NULL, 16, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptGenerateSymmetricKey(BCRYPT_SHA256_ALG_HANDLE, &none, NULL, 0, aes128, 16, 0), STATUS_NOT_SUPPORTED);
    CHECK_STATUS(BCryptGenerateSymmetricKey(BCRYPT_CHACHA20_POLY1305_ALG_HANDLE, &none, NULL, 0, aes128, 16, 0), STATUS_INVALID_PARAMETER);
    BCryptDestroyKey(key);
    key = key_of(BCRYPT_PBKDF2_ALG_HANDLE, aes128, 16);
    CHECK_STATUS(BCryptEncrypt(key, data, 16, NULL, iv, 16, data, 64, &n, 0), STATUS_NOT_SUPPORTED);
    BCryptDestroyKey(key);
}

TEST_ROWS("EXE-610 EXE-612", chaining_mode_is_a_property)
{
    BCRYPT_ALG_HANDLE aes;
    BCRYPT_KEY_HANDLE key, copy;
    WCHAR mode[20];
    UCHAR out[32], blob[64];
    ULONG n, length = 0;

    REQUIRE(NT_SUCCESS(BCryptOpenAlgorithmProvider(&aes, BCRYPT_AES_ALGORITHM, NULL, 0)));
    CHECK_STATUS(BCryptGetProperty(aes, BCRYPT_CHAINING_MODE, (PUCHAR)mode, sizeof(mode), &n, 0), STATUS_SUCCESS);
    CHECK_MEM(mode, BCRYPT_CHAIN_MODE_CBC, n);
    CHECK_STATUS(BCryptSetProperty(aes, BCRYPT_CHAINING_MODE, NAME(BCRYPT_CHAIN_MODE_ECB), 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptSetProperty(aes, BCRYPT_CHAINING_MODE, NAME(L"ChainingModeXYZ"), 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptSetProperty(aes, L"NoSuchThing", NAME(L"x"), 0), STATUS_NOT_SUPPORTED);
    CHECK_STATUS(BCryptSetProperty(BCRYPT_AES_ECB_ALG_HANDLE, BCRYPT_CHAINING_MODE, NAME(BCRYPT_CHAIN_MODE_CBC), 0), STATUS_NOT_SUPPORTED);
    key = key_of(aes, aes128, 16);
    CHECK_STATUS(BCryptSetProperty(aes, BCRYPT_CHAINING_MODE, NAME(BCRYPT_CHAIN_MODE_GCM), 0), STATUS_SUCCESS); /* for keys to come */
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)two_blocks, 32, NULL, NULL, 0, out, 32, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, ecb_out, 32);
    CHECK_STATUS(BCryptGetProperty(key, BCRYPT_KEY_LENGTH, (PUCHAR)&length, sizeof(length), &n, 0), STATUS_SUCCESS);
    CHECK_EQ(length, 128);
    CHECK_STATUS(BCryptCloseAlgorithmProvider(aes, 0), STATUS_SUCCESS); /* the key lives on */
    CHECK_STATUS(BCryptDuplicateKey(key, &copy, NULL, 0, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptExportKey(key, NULL, BCRYPT_KEY_DATA_BLOB, NULL, 0, &n, 0), STATUS_SUCCESS);
    CHECK_EQ(n, 28);
    CHECK_STATUS(BCryptExportKey(key, NULL, BCRYPT_KEY_DATA_BLOB, blob, 27, &n, 0), STATUS_BUFFER_TOO_SMALL);
    CHECK_STATUS(BCryptExportKey(key, NULL, BCRYPT_KEY_DATA_BLOB, blob, sizeof(blob), &n, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptDestroyKey(key), STATUS_SUCCESS);
    CHECK_STATUS(BCryptEncrypt(copy, (PUCHAR)two_blocks, 32, NULL, NULL, 0, out, 32, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, ecb_out, 32);
    BCryptDestroyKey(copy);
    CHECK_STATUS(BCryptImportKey(BCRYPT_AES_ECB_ALG_HANDLE, NULL, BCRYPT_KEY_DATA_BLOB, &key, NULL, 0, blob, 27, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptImportKey(BCRYPT_AES_ECB_ALG_HANDLE, NULL, BCRYPT_KEY_DATA_BLOB, &key, NULL, 0, blob, 28, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptDecrypt(key, out, 32, NULL, NULL, 0, out, 32, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, two_blocks, 32);
    BCryptDestroyKey(key);
}

TEST_FINDING(EXE_610, dispatch_provider_closed_before_its_keys, "EXE-610")
{
    BCRYPT_ALG_HANDLE aes;
    BCRYPT_KEY_HANDLE key;

    REQUIRE(NT_SUCCESS(BCryptOpenAlgorithmProvider(&aes, BCRYPT_AES_ALGORITHM, NULL, BCRYPT_PROV_DISPATCH)));
    key = key_of(aes, aes128, 16);
    CHECK_STATUS(BCryptCloseAlgorithmProvider(aes, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptDestroyKey(key), STATUS_SUCCESS);
}
