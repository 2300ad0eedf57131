/* Key derivation (EXE-613): SP 800-108 in counter mode with an HMAC, and PBKDF2 (RFC 8018). Both go over any number of blocks of the hash,
 * one HMAC object serving all. */
#include "cng_private.h"

#define DEFAULT_ITERATIONS 10000 /* of BCryptKeyDerivation, as its page says */

struct parameters {
    const struct cng_algorithm *hash;
    const BCryptBuffer *label, *context, *generic, *salt;
    ULONG64 iterations;
};

static void put_big_endian(UCHAR out[4], ULONG value)
{
    value = __builtin_bswap32(value);
    __builtin_memcpy(out, &value, sizeof(value));
}

/* The hash's name, in `bytes` bytes that may or may not end with a terminator. */
static const struct cng_algorithm *hash_named(const BCryptBuffer *buffer)
{
    WCHAR name[16] = {0};
    const struct cng_algorithm *hash;

    if (buffer->cbBuffer >= sizeof(name) || !buffer->pvBuffer)
        return NULL;
    __builtin_memcpy(name, buffer->pvBuffer, buffer->cbBuffer);
    hash = cng_algorithm(name);
    return hash && hash->kind == CNG_KIND_HASH ? hash : NULL;
}

static bool read_number(const BCryptBuffer *buffer, ULONG64 *value)
{
    *value = 0;
    if ((buffer->cbBuffer != 4 && buffer->cbBuffer != 8) || !buffer->pvBuffer)
        return false;
    __builtin_memcpy(value, buffer->pvBuffer, buffer->cbBuffer);
    return *value != 0;
}

static bool read_parameters(const BCryptBufferDesc *list, struct parameters *p)
{
    *p = (struct parameters){.iterations = DEFAULT_ITERATIONS};
    if (!list || list->ulVersion != BCRYPTBUFFER_VERSION || (list->cBuffers && !list->pBuffers))
        return false;
    for (ULONG i = 0; i < list->cBuffers; i++) {
        const BCryptBuffer *buffer = &list->pBuffers[i];

        if (buffer->cbBuffer && !buffer->pvBuffer)
            return false;
        switch (buffer->BufferType) {
        case KDF_HASH_ALGORITHM:
            p->hash = hash_named(buffer);
            break;
        case KDF_LABEL:
            p->label = buffer;
            break;
        case KDF_CONTEXT:
            p->context = buffer;
            break;
        case KDF_SALT:
            p->salt = buffer;
            break;
        case KDF_GENERIC_PARAMETER:
            p->generic = buffer;
            break;
        case KDF_ITERATION_COUNT:
            if (!read_number(buffer, &p->iterations))
                return false;
            break;
        default:
            return false;
        }
    }
    return p->hash != NULL;
}

static bool add(struct crypto_hash *mac, const BCryptBuffer *buffer)
{
    return !buffer || crypto_hash_add(mac, buffer->pvBuffer, buffer->cbBuffer);
}

/* Block n is HMAC(key, n || label || 0 || context || bits); the generic parameter stands for label, 0 and context. */
static bool sp800_108(struct crypto_hash *mac, const struct parameters *p, PUCHAR out, ULONG bytes)
{
    static const UCHAR zero;
    UCHAR counter[4], bits[4], block[CRYPTO_DIGEST_MOST];

    put_big_endian(bits, bytes * 8);
    for (ULONG n = 1; bytes; n++) {
        ULONG take = bytes < p->hash->hash_bytes ? bytes : p->hash->hash_bytes;

        put_big_endian(counter, n);
        if (!crypto_hash_add(mac, counter, sizeof(counter)) || !add(mac, p->generic ? p->generic : p->label) ||
            (!p->generic && !crypto_hash_add(mac, &zero, 1)) || (!p->generic && !add(mac, p->context)) ||
            !crypto_hash_add(mac, bits, sizeof(bits)) || !crypto_hash_finish(mac, block))
            return false;
        __builtin_memcpy(out, block, take);
        out += take;
        bytes -= take;
    }
    return true;
}

static bool pbkdf2(struct crypto_hash *mac, const struct parameters *p, PUCHAR out, ULONG bytes)
{
    ULONG size = p->hash->hash_bytes;
    UCHAR counter[4], turn[CRYPTO_DIGEST_MOST], block[CRYPTO_DIGEST_MOST];

    for (ULONG n = 1; bytes; n++) {
        ULONG take = bytes < size ? bytes : size;

        put_big_endian(counter, n);
        if (!add(mac, p->salt ? p->salt : p->generic) || !crypto_hash_add(mac, counter, sizeof(counter)) || !crypto_hash_finish(mac, turn))
            return false;
        __builtin_memcpy(block, turn, size);
        for (ULONG64 i = 1; i < p->iterations; i++) {
            if (!crypto_hash_add(mac, turn, size) || !crypto_hash_finish(mac, turn))
                return false;
            for (ULONG b = 0; b < size; b++)
                block[b] ^= turn[b];
        }
        __builtin_memcpy(out, block, take);
        out += take;
        bytes -= take;
    }
    return true;
}

NTSTATUS NTAPI BCryptKeyDerivation(BCRYPT_KEY_HANDLE hKey, BCryptBufferDesc *pParameterList, PUCHAR pbDerivedKey, ULONG cbDerivedKey, ULONG *pcbResult,
                                   ULONG dwFlags)
{
    struct cng_key *key = cng_object_of(hKey, CNG_KEY);
    struct crypto_hash *mac;
    struct parameters p;
    bool counter, good;

    if (!key)
        return STATUS_INVALID_HANDLE;
    if (key->provider->algorithm->kind != CNG_KIND_KDF)
        return STATUS_NOT_SUPPORTED;
    if (dwFlags || !pcbResult || !pbDerivedKey || !cbDerivedKey || cbDerivedKey > MAXULONG / 8 || !read_parameters(pParameterList, &p))
        return STATUS_INVALID_PARAMETER;
    counter = cng_same(key->provider->algorithm->name, BCRYPT_SP800108_CTR_HMAC_ALGORITHM);
    if (counter ? p.salt || (p.generic && (p.label || p.context)) : p.label || p.context)
        return STATUS_INVALID_PARAMETER;
    mac = crypto_hash_new(p.hash->digest, true, key->secret, key->secret_bytes);
    if (!mac)
        return STATUS_NO_MEMORY;
    good = (counter ? sp800_108 : pbkdf2)(mac, &p, pbDerivedKey, cbDerivedKey);
    crypto_hash_free(mac);
    if (!good)
        return STATUS_NO_MEMORY;
    *pcbResult = cbDerivedKey;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI BCryptDeriveKeyPBKDF2(BCRYPT_ALG_HANDLE hPrf, PUCHAR pbPassword, ULONG cbPassword, PUCHAR pbSalt, ULONG cbSalt, ULONGLONG cIterations,
                                     PUCHAR pbDerivedKey, ULONG cbDerivedKey, ULONG dwFlags)
{
    const struct cng_provider *provider = cng_provider_of(hPrf);
    BCryptBuffer salt = {cbSalt, KDF_SALT, pbSalt};
    struct parameters p = {.salt = &salt, .iterations = cIterations};
    struct crypto_hash *mac;
    bool good;

    if (!provider)
        return STATUS_INVALID_HANDLE;
    if (provider->algorithm->kind != CNG_KIND_HASH || !(provider->flags & BCRYPT_ALG_HANDLE_HMAC_FLAG))
        return STATUS_NOT_SUPPORTED;
    if (dwFlags || !cIterations || !pbDerivedKey || !cbDerivedKey || (!pbPassword && cbPassword) || (!pbSalt && cbSalt))
        return STATUS_INVALID_PARAMETER;
    p.hash = provider->algorithm;
    mac = crypto_hash_new(p.hash->digest, true, pbPassword, cbPassword);
    good = mac && pbkdf2(mac, &p, pbDerivedKey, cbDerivedKey);
    crypto_hash_free(mac);
    return good ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}
