/* cng.sys: providers, hashes and random numbers (EXE-610, EXE-611, EXE-613). The digests are those of FIPS 180 and RFC 1321, RFC 2202, RFC 4231. */
#include "wkt.h"
#include <bcrypt.h>

#define TEXT(s) (PUCHAR)(s), sizeof(s) - 1

static const UCHAR md5_abc[] = {0x90, 0x01, 0x50, 0x98, 0x3c, 0xd2, 0x4f, 0xb0, 0xd6, 0x96, 0x3f, 0x7d, 0x28, 0xe1, 0x7f, 0x72};
static const UCHAR sha1_abc[] = {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d};
static const UCHAR sha256_abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                   0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
static const UCHAR sha384_abc[] = {0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b, 0xb5, 0xa0, 0x3d, 0x69, 0x9a, 0xc6, 0x50, 0x07,
                                   0x27, 0x2c, 0x32, 0xab, 0x0e, 0xde, 0xd1, 0x63, 0x1a, 0x8b, 0x60, 0x5a, 0x43, 0xff, 0x5b, 0xed,
                                   0x80, 0x86, 0x07, 0x2b, 0xa1, 0xe7, 0xcc, 0x23, 0x58, 0xba, 0xec, 0xa1, 0x34, 0xc8, 0x25, 0xa7};
static const UCHAR sha512_abc[] = {0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61, 0x7a, 0xba, 0xcc, 0x41, 0x73, 0x49, 0xae, 0x20, 0x41, 0x31,
                                   0x12, 0xe6, 0xfa, 0x4e, 0x89, 0xa9, 0x7e, 0xa2, 0x0a, 0x9e, 0xee, 0xe6, 0x4b, 0x55, 0xd3, 0x9a,
                                   0x21, 0x92, 0x99, 0x2a, 0x27, 0x4f, 0xc1, 0xa8, 0x36, 0xba, 0x3c, 0x23, 0xa3, 0xfe, 0xeb, 0xbd,
                                   0x45, 0x4d, 0x44, 0x23, 0x64, 0x3c, 0xe8, 0x0e, 0x2a, 0x9a, 0xc9, 0x4f, 0xa5, 0x4c, 0xa4, 0x9f};
/* RFC 4231, test case 2: key "Jefe" */
static const UCHAR hmac256_jefe[] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
                                     0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
/* RFC 4231, test case 6: a key of 131 times AA is longer than a block, and is hashed */
static const UCHAR hmac256_long[] = {0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f, 0x0d, 0x8a, 0x26, 0xaa, 0xcb, 0xf5, 0xb7, 0x7f,
                                     0x8e, 0x0b, 0xc6, 0x21, 0x37, 0x28, 0xc5, 0x14, 0x05, 0x46, 0x04, 0x0f, 0x0e, 0xe3, 0x7f, 0x54};
/* RFC 2202, test case 2 */
static const UCHAR hmac1_jefe[] = {0xef, 0xfc, 0xdf, 0x6a, 0xe5, 0xeb, 0x2f, 0xa2, 0xd2, 0x74, 0x16, 0xd5, 0xf1, 0x84, 0xdf, 0x9c, 0x25, 0x9a, 0x7c, 0x79};

static const struct {
    PCWSTR name;
    BCRYPT_ALG_HANDLE always;
    const UCHAR *digest;
    ULONG bytes, block;
} known[] = {
    {BCRYPT_MD5_ALGORITHM, BCRYPT_MD5_ALG_HANDLE, md5_abc, sizeof(md5_abc), 64},
    {BCRYPT_SHA1_ALGORITHM, BCRYPT_SHA1_ALG_HANDLE, sha1_abc, sizeof(sha1_abc), 64},
    {BCRYPT_SHA256_ALGORITHM, BCRYPT_SHA256_ALG_HANDLE, sha256_abc, sizeof(sha256_abc), 64},
    {BCRYPT_SHA384_ALGORITHM, BCRYPT_SHA384_ALG_HANDLE, sha384_abc, sizeof(sha384_abc), 128},
    {BCRYPT_SHA512_ALGORITHM, BCRYPT_SHA512_ALG_HANDLE, sha512_abc, sizeof(sha512_abc), 128},
};

static BCRYPT_ALG_HANDLE opened(PCWSTR name, ULONG flags)
{
    BCRYPT_ALG_HANDLE provider = NULL;

    CHECK_STATUS(BCryptOpenAlgorithmProvider(&provider, name, NULL, flags), STATUS_SUCCESS);
    return provider;
}

static ULONG number(BCRYPT_HANDLE handle, PCWSTR name)
{
    ULONG value = 0, bytes = 0;

    CHECK_STATUS(BCryptGetProperty(handle, name, (PUCHAR)&value, sizeof(value), &bytes, 0), STATUS_SUCCESS);
    CHECK_EQ(bytes, sizeof(value));
    return value;
}

TEST_ROWS("EXE-611 EXE-610", digests_of_each_algorithm)
{
    UCHAR out[64];

    for (ULONG i = 0; i < RTL_NUMBER_OF(known); i++) {
        BCRYPT_ALG_HANDLE provider = opened(known[i].name, 0);
        BCRYPT_HASH_HANDLE hash;

        CHECK_EQ(number(provider, BCRYPT_HASH_LENGTH), known[i].bytes);
        CHECK_EQ(number(provider, BCRYPT_HASH_BLOCK_LENGTH), known[i].block);
        CHECK_STATUS(BCryptCreateHash(provider, &hash, NULL, 0, NULL, 0, 0), STATUS_SUCCESS);
        CHECK_EQ(number(hash, BCRYPT_HASH_LENGTH), known[i].bytes);
        CHECK_STATUS(BCryptHashData(hash, TEXT("a"), 0), STATUS_SUCCESS);
        CHECK_STATUS(BCryptHashData(hash, NULL, 0, 0), STATUS_SUCCESS);
        CHECK_STATUS(BCryptHashData(hash, TEXT("bc"), 0), STATUS_SUCCESS);
        CHECK_STATUS(BCryptFinishHash(hash, out, known[i].bytes, 0), STATUS_SUCCESS);
        CHECK_MEM(out, known[i].digest, known[i].bytes);
        CHECK_STATUS(BCryptDestroyHash(hash), STATUS_SUCCESS);
        CHECK_STATUS(BCryptCloseAlgorithmProvider(provider, 0), STATUS_SUCCESS);
        RtlZeroMemory(out, sizeof(out));
        CHECK_STATUS(BCryptHash(known[i].always, NULL, 0, TEXT("abc"), out, known[i].bytes), STATUS_SUCCESS);
        CHECK_MEM(out, known[i].digest, known[i].bytes);
    }
}

TEST(EXE_611, finish_takes_exactly_the_digest_and_ends_the_object)
{
    BCRYPT_ALG_HANDLE provider = opened(BCRYPT_SHA256_ALGORITHM, 0);
    BCRYPT_HASH_HANDLE hash;
    UCHAR out[64];

    REQUIRE(NT_SUCCESS(BCryptCreateHash(provider, &hash, NULL, 0, NULL, 0, 0)));
    CHECK_STATUS(BCryptHashData(hash, TEXT("abc"), 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptHashData(hash, TEXT("abc"), 1), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptHashData(hash, NULL, 3, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptFinishHash(hash, out, 31, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptFinishHash(hash, out, 33, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptFinishHash(hash, NULL, 32, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptFinishHash(hash, out, 32, 0), STATUS_SUCCESS);
    CHECK_MEM(out, sha256_abc, 32);
    CHECK_STATUS(BCryptHashData(hash, TEXT("abc"), 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptFinishHash(hash, out, 32, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptDestroyHash(hash), STATUS_SUCCESS);
    CHECK_STATUS(BCryptHash(provider, NULL, 0, TEXT("abc"), out, 20), STATUS_INVALID_PARAMETER);
    BCryptCloseAlgorithmProvider(provider, 0);
}

TEST(EXE_611, reusable_objects_begin_again)
{
    BCRYPT_ALG_HANDLE provider = opened(BCRYPT_SHA1_ALGORITHM, BCRYPT_ALG_HANDLE_HMAC_FLAG);
    BCRYPT_HASH_HANDLE hash;
    UCHAR out[20];

    REQUIRE(NT_SUCCESS(BCryptCreateHash(provider, &hash, NULL, 0, TEXT("Jefe"), BCRYPT_HASH_REUSABLE_FLAG)));
    for (int i = 0; i < 3; i++) {
        RtlZeroMemory(out, sizeof(out));
        CHECK_STATUS(BCryptHashData(hash, TEXT("what do ya want for nothing?"), 0), STATUS_SUCCESS);
        CHECK_STATUS(BCryptFinishHash(hash, out, sizeof(out), 0), STATUS_SUCCESS);
        CHECK_MEM(out, hmac1_jefe, sizeof(out));
    }
    CHECK_STATUS(BCryptDestroyHash(hash), STATUS_SUCCESS);
    BCryptCloseAlgorithmProvider(provider, 0);
}

TEST(EXE_611, hmac_with_short_long_and_no_key)
{
    UCHAR key[131], out[32], again[32];

    CHECK_STATUS(BCryptHash(BCRYPT_HMAC_SHA256_ALG_HANDLE, TEXT("Jefe"), TEXT("what do ya want for nothing?"), out, 32), STATUS_SUCCESS);
    CHECK_MEM(out, hmac256_jefe, 32);
    RtlFillMemory(key, sizeof(key), 0xAA);
    CHECK_STATUS(BCryptHash(BCRYPT_HMAC_SHA256_ALG_HANDLE, key, sizeof(key), TEXT("Test Using Larger Than Block-Size Key - Hash Key First"), out, 32),
                 STATUS_SUCCESS);
    CHECK_MEM(out, hmac256_long, 32);
    CHECK_STATUS(BCryptHash(BCRYPT_HMAC_SHA256_ALG_HANDLE, NULL, 0, TEXT("abc"), out, 32), STATUS_SUCCESS);
    RtlZeroMemory(key, sizeof(key)); /* no key is one of zeros */
    CHECK_STATUS(BCryptHash(BCRYPT_HMAC_SHA256_ALG_HANDLE, key, 64, TEXT("abc"), again, 32), STATUS_SUCCESS);
    CHECK_MEM(out, again, 32);
    CHECK_STATUS(BCryptHash(BCRYPT_SHA256_ALG_HANDLE, key, 4, TEXT("abc"), out, 32), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptHash(BCRYPT_HMAC_SHA256_ALG_HANDLE, NULL, 4, TEXT("abc"), out, 32), STATUS_INVALID_PARAMETER);
}

TEST(EXE_611, duplicates_go_on_from_where_they_were_made)
{
    BCRYPT_HASH_HANDLE hash, copy;
    UCHAR out[32], other[32];

    REQUIRE(NT_SUCCESS(BCryptCreateHash(BCRYPT_SHA256_ALG_HANDLE, &hash, NULL, 0, NULL, 0, 0)));
    BCryptHashData(hash, TEXT("ab"), 0);
    CHECK_STATUS(BCryptDuplicateHash(hash, &copy, NULL, 0, 0), STATUS_SUCCESS);
    BCryptHashData(hash, TEXT("X"), 0);
    BCryptHashData(copy, TEXT("c"), 0);
    CHECK_STATUS(BCryptFinishHash(hash, other, 32, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptFinishHash(copy, out, 32, 0), STATUS_SUCCESS);
    CHECK_MEM(out, sha256_abc, 32);
    CHECK(RtlCompareMemory(out, other, 32) != 32);
    CHECK_STATUS(BCryptDuplicateHash(hash, &copy, NULL, 0, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptDestroyHash(hash), STATUS_SUCCESS);
    CHECK_STATUS(BCryptDestroyHash(copy), STATUS_SUCCESS);
}

TEST(EXE_611, objects_in_memory_of_the_callers)
{
    ULONG bytes = number(BCRYPT_SHA256_ALG_HANDLE, BCRYPT_OBJECT_LENGTH);
    PUCHAR memory = wkt_alloc(bytes + 2);
    BCRYPT_HASH_HANDLE hash;
    UCHAR out[32];

    memory[bytes + 1] = 0x5A;
    CHECK_STATUS(BCryptCreateHash(BCRYPT_SHA256_ALG_HANDLE, &hash, memory, bytes - 1, NULL, 0, 0), STATUS_BUFFER_TOO_SMALL);
    CHECK_STATUS(BCryptCreateHash(BCRYPT_SHA256_ALG_HANDLE, &hash, memory, 0, NULL, 0, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptCreateHash(BCRYPT_SHA256_ALG_HANDLE, &hash, NULL, bytes, NULL, 0, 0), STATUS_INVALID_PARAMETER);
    REQUIRE(NT_SUCCESS(BCryptCreateHash(BCRYPT_SHA256_ALG_HANDLE, &hash, memory + 1, bytes, NULL, 0, 0)));
    CHECK_EQ(memory[bytes + 1], 0x5A);
    BCryptHashData(hash, TEXT("abc"), 0);
    CHECK_STATUS(BCryptFinishHash(hash, out, 32, 0), STATUS_SUCCESS);
    CHECK_MEM(out, sha256_abc, 32);
    CHECK_STATUS(BCryptDestroyHash(hash), STATUS_SUCCESS);
}

TEST(EXE_610, what_cannot_be_opened)
{
    BCRYPT_ALG_HANDLE provider = NULL;
    BOOLEAN fips = TRUE;

    CHECK_STATUS(BCryptOpenAlgorithmProvider(&provider, L"ROT13", NULL, 0), STATUS_NOT_FOUND);
    CHECK_STATUS(BCryptOpenAlgorithmProvider(&provider, BCRYPT_SHA256_ALGORITHM, L"Another Provider", 0), STATUS_NOT_FOUND);
    CHECK_STATUS(BCryptOpenAlgorithmProvider(&provider, NULL, NULL, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptOpenAlgorithmProvider(&provider, BCRYPT_SHA256_ALGORITHM, NULL, 0x80000000), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptOpenAlgorithmProvider(NULL, BCRYPT_SHA256_ALGORITHM, NULL, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptOpenAlgorithmProvider(&provider, BCRYPT_SHA256_ALGORITHM, MS_PRIMITIVE_PROVIDER, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptCloseAlgorithmProvider(provider, 1), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptCloseAlgorithmProvider(provider, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptCloseAlgorithmProvider(NULL, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptGetFipsAlgorithmMode(&fips), STATUS_SUCCESS);
    CHECK(!fips);
}

TEST(EXE_610, handles_of_the_wrong_kind)
{
    BCRYPT_ALG_HANDLE random = opened(BCRYPT_RNG_ALGORITHM, 0);
    BCRYPT_HASH_HANDLE hash;
    UCHAR out[32];

    CHECK_STATUS(BCryptCreateHash(NULL, &hash, NULL, 0, NULL, 0, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptCreateHash((BCRYPT_ALG_HANDLE)0xFF1, &hash, NULL, 0, NULL, 0, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptCreateHash(random, &hash, NULL, 0, NULL, 0, 0), STATUS_NOT_SUPPORTED);
    CHECK_STATUS(BCryptHash(random, NULL, 0, TEXT("abc"), out, 32), STATUS_NOT_SUPPORTED);
    REQUIRE(NT_SUCCESS(BCryptCreateHash(BCRYPT_SHA256_ALG_HANDLE, &hash, NULL, 0, NULL, 0, 0)));
    CHECK_STATUS(BCryptCloseAlgorithmProvider(hash, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptHashData(random, TEXT("abc"), 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptDestroyHash(random), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptDestroyHash(hash), STATUS_SUCCESS);
    BCryptCloseAlgorithmProvider(random, 0);
}

TEST(EXE_610, properties_and_their_buffers)
{
    BCRYPT_HASH_HANDLE hash;
    BCRYPT_ALG_HANDLE provider = NULL;
    WCHAR name[8];
    ULONG bytes = 0;

    CHECK_STATUS(BCryptGetProperty(BCRYPT_SHA256_ALG_HANDLE, BCRYPT_ALGORITHM_NAME, NULL, 0, &bytes, 0), STATUS_SUCCESS);
    CHECK_EQ(bytes, sizeof(L"SHA256"));
    CHECK_STATUS(BCryptGetProperty(BCRYPT_SHA256_ALG_HANDLE, BCRYPT_ALGORITHM_NAME, (PUCHAR)name, bytes - 1, &bytes, 0), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(bytes, sizeof(L"SHA256"));
    CHECK_STATUS(BCryptGetProperty(BCRYPT_SHA256_ALG_HANDLE, BCRYPT_ALGORITHM_NAME, (PUCHAR)name, sizeof(name), &bytes, 0), STATUS_SUCCESS);
    CHECK_MEM(name, L"SHA256", bytes);
    CHECK_STATUS(BCryptGetProperty(BCRYPT_SHA256_ALG_HANDLE, L"NoSuchThing", (PUCHAR)name, sizeof(name), &bytes, 0), STATUS_NOT_SUPPORTED);
    CHECK_STATUS(BCryptGetProperty(BCRYPT_SHA256_ALG_HANDLE, BCRYPT_HASH_LENGTH, (PUCHAR)name, sizeof(name), &bytes, 1), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptGetProperty(NULL, BCRYPT_HASH_LENGTH, (PUCHAR)name, sizeof(name), &bytes, 0), STATUS_INVALID_HANDLE);
    REQUIRE(NT_SUCCESS(BCryptCreateHash(BCRYPT_SHA512_ALG_HANDLE, &hash, NULL, 0, NULL, 0, 0)));
    CHECK_STATUS(BCryptGetProperty(hash, BCRYPT_PROVIDER_HANDLE, (PUCHAR)&provider, sizeof(provider), &bytes, 0), STATUS_SUCCESS);
    CHECK_EQ(number(provider, BCRYPT_HASH_LENGTH), 64);
    BCryptDestroyHash(hash);
}

TEST(EXE_613, random_numbers)
{
    BCRYPT_ALG_HANDLE provider = opened(BCRYPT_RNG_ALGORITHM, 0);
    UCHAR a[33] = {0}, b[33] = {0};

    CHECK_STATUS(BCryptGenRandom(NULL, a, 32, BCRYPT_USE_SYSTEM_PREFERRED_RNG), STATUS_SUCCESS);
    CHECK_STATUS(BCryptGenRandom(provider, b, 32, 0), STATUS_SUCCESS);
    CHECK(RtlCompareMemory(a, b, 32) != 32);
    CHECK(a[32] == 0 && b[32] == 0);
    CHECK_STATUS(BCryptGenRandom(BCRYPT_RNG_ALG_HANDLE, b, 1, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptGenRandom(NULL, b, 1, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptGenRandom(provider, b, 1, BCRYPT_USE_SYSTEM_PREFERRED_RNG), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(BCryptGenRandom(BCRYPT_SHA256_ALG_HANDLE, b, 1, 0), STATUS_INVALID_HANDLE);
    CHECK_STATUS(BCryptGenRandom(NULL, NULL, 1, BCRYPT_USE_SYSTEM_PREFERRED_RNG), STATUS_INVALID_PARAMETER);
    BCryptCloseAlgorithmProvider(provider, 0);
}

TEST_ROWS("EXE-610 EXE-611 EXE-613", at_dispatch_level)
{
    BCRYPT_ALG_HANDLE provider = opened(BCRYPT_SHA256_ALGORITHM, BCRYPT_PROV_DISPATCH);
    UCHAR out[32], random[8];
    BCRYPT_HASH_HANDLE hash;
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(BCryptCreateHash(provider, &hash, NULL, 0, NULL, 0, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptHashData(hash, TEXT("abc"), 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptFinishHash(hash, out, 32, 0), STATUS_SUCCESS);
    CHECK_STATUS(BCryptDestroyHash(hash), STATUS_SUCCESS);
    CHECK_STATUS(BCryptGenRandom(NULL, random, sizeof(random), BCRYPT_USE_SYSTEM_PREFERRED_RNG), STATUS_SUCCESS);
    KeLowerIrql(irql);
    CHECK_MEM(out, sha256_abc, 32);
    BCryptCloseAlgorithmProvider(provider, 0);
}

TEST_FINDING(EXE_610, paged_provider_at_dispatch_level, "EXE-610")
{
    BCRYPT_ALG_HANDLE provider = opened(BCRYPT_SHA256_ALGORITHM, 0);
    UCHAR out[32];
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(BCryptHash(provider, NULL, 0, TEXT("abc"), out, 32), STATUS_SUCCESS);
    KeLowerIrql(irql);
    BCryptCloseAlgorithmProvider(provider, 0);
}

TODO_ROW(EXE_613, "BCryptVerifySignature and BCryptImportKeyPair are not there; the rest of the row is tested here and in sealed.c");
