/* BCryptGetProperty and BCryptSetProperty (EXE-610, EXE-612). A buffer of NULL asks for the size. */
#include "cng_private.h"

struct answer {
    PUCHAR out;
    ULONG room, *bytes;
};

static NTSTATUS give(const struct answer *answer, const void *data, SIZE_T bytes)
{
    *answer->bytes = (ULONG)bytes;
    if (!answer->out)
        return STATUS_SUCCESS;
    if (answer->room < bytes)
        return STATUS_BUFFER_TOO_SMALL;
    __builtin_memcpy(answer->out, data, bytes);
    return STATUS_SUCCESS;
}

static NTSTATUS give_number(const struct answer *answer, ULONG value)
{
    return give(answer, &value, sizeof(value));
}

static NTSTATUS give_text(const struct answer *answer, PCWSTR text)
{
    ULONG n = 0;

    while (text[n++])
        ;
    return give(answer, text, n * sizeof(WCHAR));
}

static NTSTATUS of_hash(const struct cng_algorithm *algorithm, PCWSTR name, const struct answer *answer)
{
    if (cng_same(name, BCRYPT_HASH_LENGTH))
        return give_number(answer, algorithm->hash_bytes);
    if (cng_same(name, BCRYPT_HASH_BLOCK_LENGTH))
        return give_number(answer, algorithm->block_bytes);
    if (cng_same(name, BCRYPT_OBJECT_LENGTH))
        return give_number(answer, cng_room(sizeof(struct cng_hash)));
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI BCryptGetProperty(BCRYPT_HANDLE hObject, PCWSTR pszProperty, PUCHAR pbOutput, ULONG cbOutput, ULONG *pcbResult, ULONG dwFlags)
{
    const struct cng_provider *provider = cng_provider_of(hObject);
    struct cng_hash *hash = provider ? NULL : cng_object_of(hObject, CNG_HASH);
    struct answer answer = {pbOutput, cbOutput, pcbResult};

    if (!provider && !hash)
        return STATUS_INVALID_HANDLE;
    if (!pszProperty || !pcbResult || dwFlags)
        return STATUS_INVALID_PARAMETER;
    if (hash)
        provider = hash->provider;
    if (cng_same(pszProperty, BCRYPT_ALGORITHM_NAME))
        return give_text(&answer, provider->algorithm->name);
    if (hash && cng_same(pszProperty, BCRYPT_PROVIDER_HANDLE))
        return give(&answer, &provider, sizeof(provider));
    return provider->algorithm->kind == CNG_KIND_HASH ? of_hash(provider->algorithm, pszProperty, &answer) : STATUS_NOT_SUPPORTED;
}
