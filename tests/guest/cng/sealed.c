/* cng.sys: authenticated ciphers (EXE-612) and key derivation (EXE-613). Vectors: test case 4 of the GCM paper, SP 800-38C example 1,
 * RFC 8439 section 2.8.2, RFC 6070; that of SP 800-108 was computed with Python's hmac. */
#include "wkt.h"
#include <bcrypt.h>

static UCHAR gcm_key[16] = {0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08};
static UCHAR gcm_nonce[12] = {0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88};
static UCHAR gcm_aad[20] = {0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2};
static const UCHAR gcm_in[60] = {0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5, 0xaf, 0xf5, 0x26, 0x9a, 0x86, 0xa7, 0xa9, 0x53,
                                 0x15, 0x34, 0xf7, 0xda, 0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31, 0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95, 0x95, 0x68, 0x09, 0x53,
                                 0x2f, 0xcf, 0x0e, 0x24, 0x49, 0xa6, 0xb5, 0x25, 0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39};
static const UCHAR gcm_out[60] = {0x42, 0x83, 0x1e, 0xc2, 0x21, 0x77, 0x74, 0x24, 0x4b, 0x72, 0x21, 0xb7, 0x84, 0xd0, 0xd4, 0x9c, 0xe3, 0xaa, 0x21, 0x2f,
                                  0x2c, 0x02, 0xa4, 0xe0, 0x35, 0xc1, 0x7e, 0x23, 0x29, 0xac, 0xa1, 0x2e, 0x21, 0xd5, 0x14, 0xb2, 0x54, 0x66, 0x93, 0x1c,
                                  0x7d, 0x8f, 0x6a, 0x5a, 0xac, 0x84, 0xaa, 0x05, 0x1b, 0xa3, 0x0b, 0x39, 0x6a, 0x0a, 0xac, 0x97, 0x3d, 0x58, 0xe0, 0x91};
static const UCHAR gcm_tag[16] = {0x5b, 0xc9, 0x4f, 0xbc, 0x32, 0x21, 0xa5, 0xdb, 0x94, 0xfa, 0xe9, 0x5a, 0xe7, 0x12, 0x1a, 0x47};

static BCRYPT_KEY_HANDLE key_of(BCRYPT_ALG_HANDLE algorithm, const UCHAR *secret, ULONG bytes)
{
    BCRYPT_KEY_HANDLE key = NULL;

    CHECK_STATUS(BCryptGenerateSymmetricKey(algorithm, &key, NULL, 0, (PUCHAR)secret, bytes, 0), STATUS_SUCCESS);
    return key;
}

static void describe(BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *info, PUCHAR tag)
{
    BCRYPT_INIT_AUTH_MODE_INFO(*info);
    info->pbNonce = gcm_nonce;
    info->cbNonce = sizeof(gcm_nonce);
    info->pbAuthData = gcm_aad;
    info->cbAuthData = sizeof(gcm_aad);
    info->pbTag = tag;
    info->cbTag = 16;
}

TEST(EXE_612, gcm_seals_and_opens)
{
    BCRYPT_KEY_HANDLE key = key_of(BCRYPT_AES_GCM_ALG_HANDLE, gcm_key, 16);
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info;
    UCHAR data[60], tag[16] = {0};
    ULONG n = 0;

    describe(&info, tag);
    RtlCopyMemory(data, gcm_in, 60);
    CHECK_STATUS(BCryptEncrypt(key, data, 60, &info, NULL, 0, NULL, 0, &n, 0), STATUS_SUCCESS);
    CHECK_EQ(n, 60);
    CHECK_EQ(tag[0], 0);
    CHECK_STATUS(BCryptEncrypt(key, data, 60, &info, NULL, 0, data, 59, &n, 0), STATUS_BUFFER_TOO_SMALL);
    for (int again = 0; again < 3; again++) {
        CHECK_STATUS(BCryptEncrypt(key, data, 60, &info, NULL, 0, data, 60, &n, 0), STATUS_SUCCESS);
        CHECK_MEM(data, gcm_out, 60);
        CHECK_MEM(tag, gcm_tag, 16);
        CHECK_STATUS(BCryptDecrypt(key, data, 60, &info, NULL, 0, data, 60, &n, 0), STATUS_SUCCESS);
        CHECK_MEM(data, gcm_in, 60);
    }
    RtlCopyMemory(data, gcm_out, 60);
    tag[15] ^= 1;
    CHECK_STATUS(BCryptDecrypt(key, data, 60, &info, NULL, 0, data, 60, &n, 0), STATUS_AUTH_TAG_MISMATCH);
    CHECK(RtlCompareMemory(data, gcm_in, 60) != 60);
    tag[15] ^= 1;
    info.cbTag = 12; /* the front of it will do */
    RtlCopyMemory(data, gcm_out, 60);
    CHECK_STATUS(BCryptDecrypt(key, data, 60, &info, NULL, 0, data, 60, &n, 0), STATUS_SUCCESS);
    BCryptDestroyKey(key);
}

TEST(EXE_612, gcm_without_data_has_a_tag)
{
    BCRYPT_KEY_HANDLE key = key_of(BCRYPT_AES_GCM_ALG_HANDLE, gcm_key, 16);
    static const UCHAR empty[16] = {0x32, 0x47, 0x18, 0x4b, 0x3c, 0x4f, 0x69, 0xa4, 0x4d, 0xbc, 0xd2, 0x28, 0x87, 0xbb, 0xb4, 0x18};
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info;
    UCHAR tag[16] = {0};
    ULONG n = 1;

    describe(&info, tag);
    info.pbAuthData = NULL;
    info.cbAuthData = 0;
    CHECK_STATUS(BCryptEncrypt(key, NULL, 0, &info, NULL, 0, NULL, 0, &n, 0), STATUS_SUCCESS);
    CHECK_EQ(n, 0);
    CHECK_MEM(tag, empty, 16);
    CHECK_STATUS(BCryptDecrypt(key, NULL, 0, &info, NULL, 0, NULL, 0, &n, 0), STATUS_SUCCESS);
    tag[0] ^= 1;
    CHECK_STATUS(BCryptDecrypt(key, NULL, 0, &info, NULL, 0, NULL, 0, &n, 0), STATUS_AUTH_TAG_MISMATCH);
    BCryptDestroyKey(key);
}

TEST(EXE_612, gcm_refuses_what_it_cannot_seal)
{
    BCRYPT_KEY_HANDLE key = key_of(BCRYPT_AES_GCM_ALG_HANDLE, gcm_key, 16);
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info;
    UCHAR data[32] = {0}, tag[16];
    ULONG n;

    CHECK_STATUS(BCryptEncrypt(key, data, 32, NULL, NULL, 0, data, 32, &n, 0), STATUS_INVALID_PARAMETER);
    describe(&info, tag);
    CHECK_STATUS(BCryptEncrypt(key, data, 32, &info, NULL, 0, data, 32, &n, BCRYPT_BLOCK_PADDING), STATUS_INVALID_PARAMETER);
    info.cbSize--;
    CHECK_STATUS(BCryptEncrypt(key, data, 32, &info, NULL, 0, data, 32, &n, 0), STATUS_INVALID_PARAMETER);
    describe(&info, tag);
    info.dwInfoVersion = 2;
    CHECK_STATUS(BCryptEncrypt(key, data, 32, &info, NULL, 0, data, 32, &n, 0), STATUS_INVALID_PARAMETER);
    describe(&info, tag);
    info.cbNonce = 11;
    CHECK_STATUS(BCryptEncrypt(key, data, 32, &info, NULL, 0, data, 32, &n, 0), STATUS_INVALID_PARAMETER);
    describe(&info, tag);
    info.pbNonce = NULL;
    CHECK_STATUS(BCryptEncrypt(key, data, 32, &info, NULL, 0, data, 32, &n, 0), STATUS_INVALID_PARAMETER);
    for (info.cbTag = 0; info.cbTag < 20; info.cbTag++) {
        ULONG length = info.cbTag;

        describe(&info, tag);
        info.cbTag = length;
        CHECK_STATUS(BCryptEncrypt(key, data, 32, &info, NULL, 0, data, 32, &n, 0),
                     length >= 12 && length <= 16 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
    }
    BCryptDestroyKey(key);
}

TEST(EXE_612, gcm_in_pieces)
{
    BCRYPT_KEY_HANDLE key = key_of(BCRYPT_AES_GCM_ALG_HANDLE, gcm_key, 16);
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO one, two;
    UCHAR a[60], b[60], tag_a[16], tag_b[16], mac_a[16], mac_b[16];
    ULONG n;

    describe(&one, tag_a);
    describe(&two, tag_b);
    one.pbMacContext = mac_a;
    two.pbMacContext = mac_b;
    one.cbMacContext = two.cbMacContext = 15;
    one.dwFlags = two.dwFlags = BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG;
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)gcm_in, 16, &one, NULL, 0, a, 16, &n, 0), STATUS_INVALID_PARAMETER);
    one.cbMacContext = two.cbMacContext = 16;
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)gcm_in, 15, &one, NULL, 0, a, 15, &n, 0), STATUS_INVALID_BUFFER_SIZE);
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)gcm_in, 16, &one, NULL, 0, a, 16, &n, 0), STATUS_SUCCESS);
    CHECK_EQ(one.dwFlags, BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG | BCRYPT_AUTH_MODE_IN_PROGRESS_FLAG);
    CHECK_EQ(one.cbAAD, 20);
    CHECK_EQ(one.cbData, 16);
    CHECK_STATUS(BCryptDecrypt(key, (PUCHAR)gcm_out, 32, &two, NULL, 0, b, 32, &n, 0), STATUS_SUCCESS); /* another between them */
    CHECK_STATUS(BCryptDecrypt(key, (PUCHAR)gcm_in + 16, 16, &one, NULL, 0, a + 16, 16, &n, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)gcm_in + 16, 32, &one, NULL, 0, a + 16, 32, &n, 0), STATUS_SUCCESS);
    one.dwFlags &= ~(ULONG)BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG;
    two.dwFlags &= ~(ULONG)BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG;
    CHECK_STATUS(BCryptEncrypt(key, (PUCHAR)gcm_in + 48, 12, &one, NULL, 0, a + 48, 12, &n, 0), STATUS_SUCCESS);
    CHECK_EQ(n, 12);
    CHECK_MEM(a, gcm_out, 60);
    CHECK_MEM(tag_a, gcm_tag, 16);
    RtlCopyMemory(tag_b, gcm_tag, 16);
    CHECK_STATUS(BCryptDecrypt(key, (PUCHAR)gcm_out + 32, 28, &two, NULL, 0, b + 32, 28, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(b, gcm_in, 60);
    two.dwFlags = BCRYPT_AUTH_MODE_IN_PROGRESS_FLAG; /* which it is not any more */
    CHECK_STATUS(BCryptDecrypt(key, (PUCHAR)gcm_out, 16, &two, NULL, 0, b, 16, &n, 0), STATUS_INVALID_PARAMETER);
    two.dwFlags = BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG; /* one that never ends */
    CHECK_STATUS(BCryptDecrypt(key, (PUCHAR)gcm_out, 16, &two, NULL, 0, b, 16, &n, 0), STATUS_SUCCESS);
    BCryptDestroyKey(key);
}

TEST(EXE_612, ccm)
{
    UCHAR secret[16], nonce[7] = {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16}, aad[8] = {0, 1, 2, 3, 4, 5, 6, 7}, data[4] = {0x20, 0x21, 0x22, 0x23};
    static const UCHAR sealed[4] = {0x71, 0x62, 0x01, 0x5b}, mac[4] = {0x4d, 0xac, 0x25, 0x5d};
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info;
    BCRYPT_KEY_HANDLE key;
    UCHAR tag[4];
    ULONG n;

    for (UCHAR i = 0; i < 16; i++)
        secret[i] = (UCHAR)(0x40 + i);
    key = key_of(BCRYPT_AES_CCM_ALG_HANDLE, secret, 16);
    describe(&info, tag);
    info.pbNonce = nonce;
    info.cbNonce = sizeof(nonce);
    info.pbAuthData = aad;
    info.cbAuthData = sizeof(aad);
    info.cbTag = 4;
    for (int again = 0; again < 2; again++) {
        CHECK_STATUS(BCryptEncrypt(key, data, 4, &info, NULL, 0, data, 4, &n, 0), STATUS_SUCCESS);
        CHECK_MEM(data, sealed, 4);
        CHECK_MEM(tag, mac, 4);
        CHECK_STATUS(BCryptDecrypt(key, data, 4, &info, NULL, 0, data, 4, &n, 0), STATUS_SUCCESS);
        CHECK_EQ(data[3], 0x23);
    }
    aad[0] ^= 1;
    RtlCopyMemory(data, sealed, 4);
    CHECK_STATUS(BCryptDecrypt(key, data, 4, &info, NULL, 0, data, 4, &n, 0), STATUS_AUTH_TAG_MISMATCH);
    info.cbTag = 5;
    CHECK_STATUS(BCryptEncrypt(key, data, 4, &info, NULL, 0, data, 4, &n, 0), STATUS_INVALID_PARAMETER);
    BCryptDestroyKey(key);
}

/* EXE-612: VPN drivers use one key on all processors at once. */
static BCRYPT_KEY_HANDLE shared_key;
static volatile LONG bad, done;

static void seal_often(void *context)
{
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info;
    UCHAR data[60], tag[16];
    ULONG n;

    UNREFERENCED_PARAMETER(context);
    describe(&info, tag);
    for (int i = 0; i < 2000; i++) {
        if (!NT_SUCCESS(BCryptEncrypt(shared_key, (PUCHAR)gcm_in, 60, &info, NULL, 0, data, 60, &n, 0)) ||
            RtlCompareMemory(data, gcm_out, 60) != 60 || RtlCompareMemory(tag, gcm_tag, 16) != 16 ||
            !NT_SUCCESS(BCryptDecrypt(shared_key, data, 60, &info, NULL, 0, data, 60, &n, 0)))
            InterlockedIncrement(&bad);
    }
    InterlockedIncrement(&done);
}

TEST(EXE_612, one_key_on_many_threads)
{
    struct wkt_thread *threads[12];

    shared_key = key_of(BCRYPT_AES_GCM_ALG_HANDLE, gcm_key, 16);
    for (int i = 0; i < 12; i++)
        threads[i] = wkt_thread(seal_often, NULL);
    for (int i = 0; i < 12; i++)
        wkt_join(threads[i]);
    CHECK_EQ(done, 12);
    CHECK_EQ(bad, 0);
    BCryptDestroyKey(shared_key);
}

TEST(EXE_613, pbkdf2)
{
    static const UCHAR expected[25] = {0x3d, 0x2e, 0xec, 0x4f, 0xe4, 0x1c, 0x84, 0x9b, 0x80, 0xc8, 0xd8, 0x36, 0x62,
                                       0xc0, 0xe4, 0x4a, 0x8b, 0x29, 0x1a, 0x96, 0x4c, 0xf2, 0xf0, 0x70, 0x38};
    PUCHAR password = (PUCHAR) "passwordPASSWORDpassword", salt = (PUCHAR) "saltSALTsaltSALTsaltSALTsaltSALTsalt";
    ULONG64 turns = 4096;
    BCryptBuffer buffers[] = {{sizeof(BCRYPT_SHA1_ALGORITHM), KDF_HASH_ALGORITHM, (PVOID)BCRYPT_SHA1_ALGORITHM},
                              {36, KDF_SALT, salt}, {sizeof(turns), KDF_ITERATION_COUNT, &turns}};
    BCryptBufferDesc list = {BCRYPTBUFFER_VERSION, RTL_NUMBER_OF(buffers), buffers};
    BCRYPT_KEY_HANDLE key;
    UCHAR out[25];
    ULONG n = 0;

    CHECK_STATUS(BCryptDeriveKeyPBKDF2(BCRYPT_HMAC_SHA1_ALG_HANDLE, password, 24, salt, 36, 4096, out, 25, 0), STATUS_SUCCESS);
    CHECK_MEM(out, expected, 25);
    CHECK_STATUS(BCryptDeriveKeyPBKDF2(BCRYPT_HMAC_SHA1_ALG_HANDLE, password, 24, salt, 36, 0, out, 25, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptDeriveKeyPBKDF2(BCRYPT_SHA1_ALG_HANDLE, password, 24, salt, 36, 1, out, 25, 0), STATUS_NOT_SUPPORTED);
    key = key_of(BCRYPT_PBKDF2_ALG_HANDLE, password, 24);
    RtlZeroMemory(out, sizeof(out));
    CHECK_STATUS(BCryptKeyDerivation(key, &list, out, 25, &n, 0), STATUS_SUCCESS);
    CHECK_EQ(n, 25);
    CHECK_MEM(out, expected, 25);
    BCryptDestroyKey(key);
}

TEST(EXE_613, sp800_108_counter_mode)
{
    static const UCHAR expected[40] = {0xc5, 0x11, 0x5a, 0x8e, 0x2c, 0x9c, 0xf6, 0x55, 0xfa, 0xbb, 0xfe, 0xcb, 0xe7, 0x25, 0xe4, 0x40, 0xa9, 0x83,
                                       0x88, 0x38, 0xf5, 0xb4, 0x61, 0x30, 0xc6, 0x54, 0xf3, 0x68, 0xf7, 0x80, 0xed, 0xd6, 0x50, 0xd5, 0x32, 0xc0,
                                       0xfd, 0xeb, 0x6a, 0x35};
    UCHAR secret[32], out[40], again[40];
    BCryptBuffer buffers[] = {{sizeof(BCRYPT_SHA256_ALGORITHM), KDF_HASH_ALGORITHM, (PVOID)BCRYPT_SHA256_ALGORITHM},
                              {5, KDF_LABEL, "label"}, {7, KDF_CONTEXT, "context"}};
    BCryptBuffer whole[] = {{sizeof(BCRYPT_SHA256_ALGORITHM), KDF_HASH_ALGORITHM, (PVOID)BCRYPT_SHA256_ALGORITHM},
                            {13, KDF_GENERIC_PARAMETER, "label\0context"}};
    BCryptBufferDesc list = {BCRYPTBUFFER_VERSION, 3, buffers};
    BCRYPT_KEY_HANDLE key;
    ULONG n;

    for (UCHAR i = 0; i < 32; i++)
        secret[i] = i;
    key = key_of(BCRYPT_SP800108_CTR_HMAC_ALG_HANDLE, secret, 32);
    CHECK_STATUS(BCryptKeyDerivation(key, &list, out, 40, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(out, expected, 40);
    list.pBuffers = whole;
    list.cBuffers = 2;
    CHECK_STATUS(BCryptKeyDerivation(key, &list, again, 40, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(again, expected, 40);
    CHECK_STATUS(BCryptKeyDerivation(key, &list, again, 40, &n, 1), STATUS_INVALID_PARAMETER);
    whole[0].pvBuffer = (PVOID)L"ROT13..";
    CHECK_STATUS(BCryptKeyDerivation(key, &list, again, 40, &n, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptKeyDerivation(key, NULL, again, 40, &n, 0), STATUS_INVALID_PARAMETER);
    BCryptDestroyKey(key);
    key = key_of(BCRYPT_AES_ECB_ALG_HANDLE, secret, 32);
    CHECK_STATUS(BCryptKeyDerivation(key, &list, again, 40, &n, 0), STATUS_NOT_SUPPORTED);
    BCryptDestroyKey(key);
}

TEST(EXE_612, chacha20_poly1305)
{
    static const UCHAR nonce[12] = {7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
    static const UCHAR aad[12] = {0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
    static const UCHAR front[16] = {0xd3, 0x1a, 0x8d, 0x34, 0x64, 0x8e, 0x60, 0xdb, 0x7b, 0x86, 0xaf, 0xbc, 0x53, 0xef, 0x7e, 0xc2};
    static const UCHAR mac[16] = {0x1a, 0xe1, 0x0b, 0x59, 0x4f, 0x09, 0xe2, 0x6a, 0x7e, 0x90, 0x2e, 0xcb, 0xd0, 0x60, 0x06, 0x91};
    UCHAR text[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info;
    BCRYPT_KEY_HANDLE key;
    UCHAR secret[32], tag[16];
    ULONG n;

    for (UCHAR i = 0; i < 32; i++)
        secret[i] = (UCHAR)(0x80 + i);
    key = key_of(BCRYPT_CHACHA20_POLY1305_ALG_HANDLE, secret, 32);
    describe(&info, tag);
    info.pbNonce = (PUCHAR)nonce;
    info.pbAuthData = (PUCHAR)aad;
    info.cbAuthData = 12;
    CHECK_STATUS(BCryptEncrypt(key, text, sizeof(text) - 1, &info, NULL, 0, text, sizeof(text) - 1, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(text, front, 16);
    CHECK_MEM(tag, mac, 16);
    CHECK_STATUS(BCryptDecrypt(key, text, sizeof(text) - 1, &info, NULL, 0, text, sizeof(text) - 1, &n, 0), STATUS_SUCCESS);
    CHECK_MEM(text, "Ladies", 6);
    BCryptDestroyKey(key);
}
