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

static const struct {
    enum crypto_mode mode;
    PCWSTR name;
} modes[] = {
    {CRYPTO_CBC, BCRYPT_CHAIN_MODE_CBC}, {CRYPTO_ECB, BCRYPT_CHAIN_MODE_ECB}, {CRYPTO_CFB8, BCRYPT_CHAIN_MODE_CFB},
    {CRYPTO_GCM, BCRYPT_CHAIN_MODE_GCM}, {CRYPTO_CCM, BCRYPT_CHAIN_MODE_CCM}, {CRYPTO_POLY1305, BCRYPT_CHAIN_MODE_NA},
};

static NTSTATUS of_mode(enum crypto_mode mode, bool cfb_blocks, PCWSTR name, const struct answer *answer)
{
    if (cng_same(name, BCRYPT_CHAINING_MODE))
        for (ULONG i = 0; i < RTL_NUMBER_OF(modes); i++)
            if (modes[i].mode == mode)
                return give_text(answer, modes[i].name);
    if (cng_same(name, BCRYPT_MESSAGE_BLOCK_LENGTH) && mode == CRYPTO_CFB8)
        return give_number(answer, cfb_blocks ? 16 : 1);
    if (cng_same(name, BCRYPT_AUTH_TAG_LENGTH)) {
        BCRYPT_AUTH_TAG_LENGTHS_STRUCT gcm = {12, 16, 1}, ccm = {4, 16, 2}, poly1305 = {16, 16, 0};

        if (mode == CRYPTO_GCM || mode == CRYPTO_CCM || mode == CRYPTO_POLY1305)
            return give(answer, mode == CRYPTO_GCM ? &gcm : mode == CRYPTO_CCM ? &ccm : &poly1305, sizeof(gcm));
    }
    return STATUS_NOT_SUPPORTED;
}

/* Of a cipher's provider, or (key) a key of one. */
static NTSTATUS of_cipher(const struct cng_provider *provider, const struct cng_key *key, PCWSTR name, const struct answer *answer)
{
    ULONG block = provider->algorithm->block_bytes;
    bool sealed = provider->algorithm->kind == CNG_KIND_SEALED;
    BCRYPT_KEY_LENGTHS_STRUCT lengths = {sealed ? 256 : 128, 256, sealed ? 0 : 64};

    if (cng_same(name, BCRYPT_BLOCK_LENGTH))
        return give_number(answer, block);
    if (cng_same(name, BCRYPT_BLOCK_SIZE_LIST))
        return give_number(answer, block);
    if (!key && cng_same(name, BCRYPT_KEY_LENGTHS))
        return give(answer, &lengths, sizeof(lengths));
    if (key && (cng_same(name, BCRYPT_KEY_LENGTH) || cng_same(name, BCRYPT_KEY_STRENGTH)))
        return give_number(answer, key->secret_bytes * 8);
    if (!key && cng_same(name, BCRYPT_OBJECT_LENGTH))
        return give_number(answer, cng_room(sizeof(struct cng_key)));
    return of_mode(key ? key->mode : provider->mode, key && key->cfb_blocks, name, answer);
}

static NTSTATUS of_derivation(const struct cng_key *key, PCWSTR name, const struct answer *answer)
{
    if (!key && cng_same(name, BCRYPT_OBJECT_LENGTH))
        return give_number(answer, cng_room(sizeof(struct cng_key)));
    if (key && cng_same(name, BCRYPT_KEY_LENGTH))
        return give_number(answer, key->secret_bytes * 8);
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI BCryptGetProperty(BCRYPT_HANDLE hObject, PCWSTR pszProperty, PUCHAR pbOutput, ULONG cbOutput, ULONG *pcbResult, ULONG dwFlags)
{
    const struct cng_provider *provider = cng_provider_of(hObject);
    struct cng_hash *hash = provider ? NULL : cng_object_of(hObject, CNG_HASH);
    struct cng_key *key = provider || hash ? NULL : cng_object_of(hObject, CNG_KEY);
    struct answer answer = {pbOutput, cbOutput, pcbResult};

    if (!provider && !hash && !key)
        return STATUS_INVALID_HANDLE;
    if (!pszProperty || !pcbResult || dwFlags)
        return STATUS_INVALID_PARAMETER;
    if (!provider) {
        provider = hash ? hash->provider : key->provider;
        if (cng_same(pszProperty, BCRYPT_PROVIDER_HANDLE))
            return give(&answer, &provider, sizeof(provider));
    }
    if (cng_same(pszProperty, BCRYPT_ALGORITHM_NAME))
        return give_text(&answer, provider->algorithm->name);
    switch (provider->algorithm->kind) {
    case CNG_KIND_HASH:
        return of_hash(provider->algorithm, pszProperty, &answer);
    case CNG_KIND_CIPHER:
    case CNG_KIND_SEALED:
        return of_cipher(provider, key, pszProperty, &answer);
    case CNG_KIND_KDF:
        return of_derivation(key, pszProperty, &answer);
    default:
        return STATUS_NOT_SUPPORTED;
    }
}

/* ---- what can be set: how a cipher chains its blocks ---- */
static bool text_is(PCWSTR name, const UCHAR *input, ULONG bytes)
{
    ULONG n = 0;

    while (name[n])
        n++;
    return bytes >= n * sizeof(WCHAR) && !__builtin_memcmp(input, name, n * sizeof(WCHAR)) &&
           (bytes < (n + 1) * sizeof(WCHAR) || !((const WCHAR *)(const void *)input)[n]);
}

static NTSTATUS set_mode(struct cng_provider *provider, struct cng_key *key, const UCHAR *input, ULONG bytes)
{
    bool sealed = (provider ? provider : key->provider)->algorithm->kind == CNG_KIND_SEALED;

    for (ULONG i = 0; i < RTL_NUMBER_OF(modes); i++) {
        if (!text_is(modes[i].name, input, bytes))
            continue;
        if (sealed != (modes[i].mode == CRYPTO_POLY1305))
            return STATUS_NOT_SUPPORTED;
        if (key)
            return cng_key_set_mode(key, modes[i].mode, key->cfb_blocks);
        provider->mode = modes[i].mode;
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI BCryptSetProperty(BCRYPT_HANDLE hObject, PCWSTR pszProperty, PUCHAR pbInput, ULONG cbInput, ULONG dwFlags)
{
    struct cng_provider *provider = cng_object_of(hObject, CNG_PROVIDER);
    struct cng_key *key = provider ? NULL : cng_object_of(hObject, CNG_KEY);
    enum cng_kind kind;
    ULONG number;

    if (!provider && !key && !cng_object_of(hObject, CNG_HASH))
        return cng_provider_of(hObject) ? STATUS_NOT_SUPPORTED : STATUS_INVALID_HANDLE; /* those that are shared by all */
    if (!pszProperty || !pbInput || dwFlags)
        return STATUS_INVALID_PARAMETER;
    if (!provider && !key)
        return STATUS_NOT_SUPPORTED;
    kind = (provider ? provider : key->provider)->algorithm->kind;
    if (kind != CNG_KIND_CIPHER && kind != CNG_KIND_SEALED)
        return STATUS_NOT_SUPPORTED;
    if (cng_same(pszProperty, BCRYPT_CHAINING_MODE))
        return set_mode(provider, key, pbInput, cbInput);
    if (key && cng_same(pszProperty, BCRYPT_MESSAGE_BLOCK_LENGTH) && key->mode == CRYPTO_CFB8) {
        if (cbInput != sizeof(number))
            return STATUS_INVALID_PARAMETER;
        __builtin_memcpy(&number, pbInput, sizeof(number));
        return number == 1 || number == 16 ? cng_key_set_mode(key, key->mode, number == 16) : STATUS_INVALID_PARAMETER;
    }
    return STATUS_NOT_SUPPORTED;
}
