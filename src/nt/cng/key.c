/* Symmetric keys and those of key derivations (EXE-612, EXE-613): made, imported, exported, duplicated. A key keeps its secret: a change
 * of mode and a duplicate need it again. */
#include "cng_private.h"

static void destroy(struct cng_key *key)
{
    cng_chains_free(key);
    crypto_key_free(key->cipher);
    if (key->secret) {
        RtlSecureZeroMemory(key->secret, key->secret_bytes);
        ExFreePoolWithTag(key->secret, CNG_TAG);
    }
    cng_provider_drop(key->provider);
    cng_object_free(&key->object);
}

NTSTATUS cng_key_set_mode(struct cng_key *key, enum crypto_mode mode, bool cfb_blocks)
{
    enum crypto_mode made = mode == CRYPTO_CFB8 && cfb_blocks ? CRYPTO_CFB : mode;
    struct crypto_key *cipher = crypto_key_new(made, key->secret, key->secret_bytes);

    if (!cipher)
        return STATUS_NO_MEMORY;
    crypto_key_free(key->cipher);
    key->cipher = cipher;
    key->mode = mode;
    key->cfb_blocks = cfb_blocks;
    return STATUS_SUCCESS;
}

static bool length_fits(const struct cng_algorithm *algorithm, ULONG bytes)
{
    switch (algorithm->kind) {
    case CNG_KIND_CIPHER:
        return bytes == 16 || bytes == 24 || bytes == 32;
    case CNG_KIND_SEALED:
        return bytes == 32;
    default:
        return true;
    }
}

static NTSTATUS create(const struct cng_provider *provider, PUCHAR memory, ULONG room, const UCHAR *secret, ULONG bytes, struct cng_key **out)
{
    enum cng_kind kind = provider->algorithm->kind;
    struct cng_key *key;
    NTSTATUS status;

    if (kind != CNG_KIND_CIPHER && kind != CNG_KIND_SEALED && kind != CNG_KIND_KDF)
        return STATUS_NOT_SUPPORTED;
    if ((!secret && bytes) || !length_fits(provider->algorithm, bytes))
        return STATUS_INVALID_PARAMETER;
    status = cng_object_new(&provider->object, CNG_KEY, sizeof(*key), memory, room, &key);
    if (!NT_SUCCESS(status))
        return status;
    key->provider = provider;
    cng_provider_hold(provider);
    key->secret = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes + 1, CNG_TAG);
    if (key->secret) {
        __builtin_memcpy(key->secret, secret, bytes);
        key->secret_bytes = bytes;
    }
    status = !key->secret ? STATUS_NO_MEMORY : kind == CNG_KIND_KDF ? STATUS_SUCCESS : cng_key_set_mode(key, provider->mode, false);
    if (!NT_SUCCESS(status)) {
        destroy(key);
        return status;
    }
    *out = key;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI BCryptGenerateSymmetricKey(BCRYPT_ALG_HANDLE hAlgorithm, BCRYPT_KEY_HANDLE *phKey, PUCHAR pbKeyObject, ULONG cbKeyObject, PUCHAR pbSecret,
                                          ULONG cbSecret, ULONG dwFlags)
{
    const struct cng_provider *provider = cng_provider_of(hAlgorithm);
    struct cng_key *key;
    NTSTATUS status;

    if (!provider)
        return STATUS_INVALID_HANDLE;
    if (!phKey || dwFlags)
        return STATUS_INVALID_PARAMETER;
    status = create(provider, pbKeyObject, cbKeyObject, pbSecret, cbSecret, &key);
    if (NT_SUCCESS(status))
        *phKey = key;
    return status;
}

NTSTATUS NTAPI BCryptImportKey(BCRYPT_ALG_HANDLE hAlgorithm, BCRYPT_KEY_HANDLE hImportKey, PCWSTR pszBlobType, BCRYPT_KEY_HANDLE *phKey, PUCHAR pbKeyObject,
                               ULONG cbKeyObject, PUCHAR pbInput, ULONG cbInput, ULONG dwFlags)
{
    const struct cng_provider *provider = cng_provider_of(hAlgorithm);
    BCRYPT_KEY_DATA_BLOB_HEADER header;
    struct cng_key *key;
    NTSTATUS status;

    if (!provider)
        return STATUS_INVALID_HANDLE;
    if (!pszBlobType || !phKey || !pbInput || cbInput < sizeof(header) || dwFlags)
        return STATUS_INVALID_PARAMETER;
    if (hImportKey || !cng_same(pszBlobType, BCRYPT_KEY_DATA_BLOB))
        return STATUS_NOT_SUPPORTED;
    __builtin_memcpy(&header, pbInput, sizeof(header));
    if (header.dwMagic != BCRYPT_KEY_DATA_BLOB_MAGIC || header.dwVersion != BCRYPT_KEY_DATA_BLOB_VERSION1 ||
        header.cbKeyData > cbInput - sizeof(header))
        return STATUS_INVALID_PARAMETER;
    status = create(provider, pbKeyObject, cbKeyObject, pbInput + sizeof(header), header.cbKeyData, &key);
    if (NT_SUCCESS(status))
        *phKey = key;
    return status;
}

NTSTATUS NTAPI BCryptExportKey(BCRYPT_KEY_HANDLE hKey, BCRYPT_KEY_HANDLE hExportKey, PCWSTR pszBlobType, PUCHAR pbOutput, ULONG cbOutput, ULONG *pcbResult,
                               ULONG dwFlags)
{
    struct cng_key *key = cng_object_of(hKey, CNG_KEY);
    BCRYPT_KEY_DATA_BLOB_HEADER header = {BCRYPT_KEY_DATA_BLOB_MAGIC, BCRYPT_KEY_DATA_BLOB_VERSION1, 0};

    if (!key)
        return STATUS_INVALID_HANDLE;
    if (!pszBlobType || !pcbResult || dwFlags)
        return STATUS_INVALID_PARAMETER;
    if (hExportKey || !cng_same(pszBlobType, BCRYPT_KEY_DATA_BLOB))
        return STATUS_NOT_SUPPORTED;
    header.cbKeyData = key->secret_bytes;
    *pcbResult = (ULONG)sizeof(header) + key->secret_bytes;
    if (!pbOutput)
        return STATUS_SUCCESS;
    if (cbOutput < *pcbResult)
        return STATUS_BUFFER_TOO_SMALL;
    __builtin_memcpy(pbOutput, &header, sizeof(header));
    __builtin_memcpy(pbOutput + sizeof(header), key->secret, key->secret_bytes);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI BCryptDuplicateKey(BCRYPT_KEY_HANDLE hKey, BCRYPT_KEY_HANDLE *phNewKey, PUCHAR pbKeyObject, ULONG cbKeyObject, ULONG dwFlags)
{
    struct cng_key *from = cng_object_of(hKey, CNG_KEY), *key;
    NTSTATUS status;

    if (!from)
        return STATUS_INVALID_HANDLE;
    if (!phNewKey || dwFlags)
        return STATUS_INVALID_PARAMETER;
    status = create(from->provider, pbKeyObject, cbKeyObject, from->secret, from->secret_bytes, &key);
    if (NT_SUCCESS(status) && from->cipher) {
        status = cng_key_set_mode(key, from->mode, from->cfb_blocks);
        if (!NT_SUCCESS(status))
            destroy(key);
    }
    if (NT_SUCCESS(status))
        *phNewKey = key;
    return status;
}

NTSTATUS NTAPI BCryptDestroyKey(BCRYPT_KEY_HANDLE hKey)
{
    struct cng_key *key = cng_object_of(hKey, CNG_KEY);

    if (!key)
        return STATUS_INVALID_HANDLE;
    destroy(key);
    return STATUS_SUCCESS;
}
