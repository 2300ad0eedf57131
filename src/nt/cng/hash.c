/* Hashes and HMACs (EXE-611). */
#include "cng_private.h"

static void destroy(struct cng_hash *hash)
{
    crypto_hash_free(hash->hash);
    cng_provider_drop(hash->provider);
    cng_object_free(&hash->object);
}

static NTSTATUS create(const struct cng_provider *provider, PUCHAR memory, ULONG room, PUCHAR secret, ULONG secret_bytes, ULONG flags,
                       struct cng_hash **out)
{
    bool keyed = provider->flags & BCRYPT_ALG_HANDLE_HMAC_FLAG;
    struct cng_hash *hash;
    NTSTATUS status;

    if (provider->algorithm->kind != CNG_KIND_HASH)
        return STATUS_NOT_SUPPORTED;
    if (flags & ~(ULONG)BCRYPT_HASH_REUSABLE_FLAG || (!secret && secret_bytes) || (!keyed && secret_bytes))
        return STATUS_INVALID_PARAMETER;
    status = cng_object_new(&provider->object, CNG_HASH, sizeof(*hash), memory, room, &hash);
    if (!NT_SUCCESS(status))
        return status;
    hash->provider = provider;
    cng_provider_hold(provider);
    hash->keyed = keyed;
    hash->reusable = (flags | provider->flags) & BCRYPT_HASH_REUSABLE_FLAG;
    hash->hash = crypto_hash_new(provider->algorithm->digest, keyed, secret, secret_bytes);
    if (!hash->hash) {
        destroy(hash);
        return STATUS_NO_MEMORY;
    }
    *out = hash;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI BCryptCreateHash(BCRYPT_ALG_HANDLE hAlgorithm, BCRYPT_HASH_HANDLE *phHash, PUCHAR pbHashObject, ULONG cbHashObject, PUCHAR pbSecret,
                                ULONG cbSecret, ULONG dwFlags)
{
    const struct cng_provider *provider = cng_provider_of(hAlgorithm);
    struct cng_hash *hash;
    NTSTATUS status;

    if (!provider)
        return STATUS_INVALID_HANDLE;
    if (!phHash)
        return STATUS_INVALID_PARAMETER;
    status = create(provider, pbHashObject, cbHashObject, pbSecret, cbSecret, dwFlags, &hash);
    if (NT_SUCCESS(status))
        *phHash = hash;
    return status;
}

NTSTATUS NTAPI BCryptHashData(BCRYPT_HASH_HANDLE hHash, PUCHAR pbInput, ULONG cbInput, ULONG dwFlags)
{
    struct cng_hash *hash = cng_object_of(hHash, CNG_HASH);

    if (!hash || hash->finished)
        return STATUS_INVALID_HANDLE;
    if (dwFlags || (!pbInput && cbInput))
        return STATUS_INVALID_PARAMETER;
    return crypto_hash_add(hash->hash, pbInput, cbInput) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* The output is exactly the digest. Without BCRYPT_HASH_REUSABLE_FLAG all that may follow is BCryptDestroyHash. */
NTSTATUS NTAPI BCryptFinishHash(BCRYPT_HASH_HANDLE hHash, PUCHAR pbOutput, ULONG cbOutput, ULONG dwFlags)
{
    struct cng_hash *hash = cng_object_of(hHash, CNG_HASH);

    if (!hash || hash->finished)
        return STATUS_INVALID_HANDLE;
    if (dwFlags || !pbOutput || cbOutput != hash->provider->algorithm->hash_bytes)
        return STATUS_INVALID_PARAMETER;
    hash->finished = !hash->reusable;
    return crypto_hash_finish(hash->hash, pbOutput) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS NTAPI BCryptDuplicateHash(BCRYPT_HASH_HANDLE hHash, BCRYPT_HASH_HANDLE *phNewHash, PUCHAR pbHashObject, ULONG cbHashObject, ULONG dwFlags)
{
    struct cng_hash *from = cng_object_of(hHash, CNG_HASH), *hash;
    NTSTATUS status;

    if (!from || from->finished)
        return STATUS_INVALID_HANDLE;
    if (dwFlags || !phNewHash)
        return STATUS_INVALID_PARAMETER;
    status = cng_object_new(&from->object, CNG_HASH, sizeof(*hash), pbHashObject, cbHashObject, &hash);
    if (!NT_SUCCESS(status))
        return status;
    hash->provider = from->provider;
    cng_provider_hold(hash->provider);
    hash->keyed = from->keyed;
    hash->reusable = from->reusable;
    hash->hash = crypto_hash_copy(from->hash);
    if (!hash->hash) {
        destroy(hash);
        return STATUS_NO_MEMORY;
    }
    *phNewHash = hash;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI BCryptDestroyHash(BCRYPT_HASH_HANDLE hHash)
{
    struct cng_hash *hash = cng_object_of(hHash, CNG_HASH);

    if (!hash)
        return STATUS_INVALID_HANDLE;
    destroy(hash);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI BCryptHash(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbSecret, ULONG cbSecret, PUCHAR pbInput, ULONG cbInput, PUCHAR pbOutput, ULONG cbOutput)
{
    const struct cng_provider *provider = cng_provider_of(hAlgorithm);
    struct cng_hash *hash;
    NTSTATUS status;

    if (!provider)
        return STATUS_INVALID_HANDLE;
    if (!pbInput && cbInput)
        return STATUS_INVALID_PARAMETER;
    status = create(provider, NULL, 0, pbSecret, cbSecret, 0, &hash);
    if (!NT_SUCCESS(status))
        return status;
    if (!pbOutput || cbOutput != provider->algorithm->hash_bytes)
        status = STATUS_INVALID_PARAMETER;
    else if (!crypto_hash_add(hash->hash, pbInput, cbInput) || !crypto_hash_finish(hash->hash, pbOutput))
        status = STATUS_NO_MEMORY;
    destroy(hash);
    return status;
}
