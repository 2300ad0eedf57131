/* Algorithms, opened and not (EXE-610), and their random numbers (EXE-613). */
#include "cng_private.h"

#include "nt/ke/ke.h"
#include "sched/sched.h"
#include "systemrng.h"

static const struct cng_algorithm algorithms[] = {
    {BCRYPT_MD5_ALGORITHM, CNG_KIND_HASH, CRYPTO_MD5, 16, 64},
    {BCRYPT_SHA1_ALGORITHM, CNG_KIND_HASH, CRYPTO_SHA1, 20, 64},
    {BCRYPT_SHA256_ALGORITHM, CNG_KIND_HASH, CRYPTO_SHA256, 32, 64},
    {BCRYPT_SHA384_ALGORITHM, CNG_KIND_HASH, CRYPTO_SHA384, 48, 128},
    {BCRYPT_SHA512_ALGORITHM, CNG_KIND_HASH, CRYPTO_SHA512, 64, 128},
    {BCRYPT_RNG_ALGORITHM, CNG_KIND_RNG, 0, 0, 0},
    {BCRYPT_AES_ALGORITHM, CNG_KIND_CIPHER, 0, 0, 16},
    {BCRYPT_CHACHA20_POLY1305_ALGORITHM, CNG_KIND_SEALED, 0, 0, 1},
    {BCRYPT_SP800108_CTR_HMAC_ALGORITHM, CNG_KIND_KDF, 0, 0, 0},
    {BCRYPT_PBKDF2_ALGORITHM, CNG_KIND_KDF, 0, 0, 0},
};
enum { MD5, SHA1, SHA256, SHA384, SHA512, RNG, AES, CHACHA, SP800108, PBKDF2 };

#define ALWAYS(n, hmac)                                                                                                \
    {.object = {.magic = CNG_PROVIDER, .dispatch = true}, .algorithm = &algorithms[n], .flags = (hmac) ? BCRYPT_ALG_HANDLE_HMAC_FLAG : 0}
#define CIPHER(n, chain) {.object = {.magic = CNG_PROVIDER, .dispatch = true}, .algorithm = &algorithms[n], .mode = (chain)}

static const struct {
    BCRYPT_ALG_HANDLE handle;
    struct cng_provider provider;
} always[] = {
    {BCRYPT_MD5_ALG_HANDLE, ALWAYS(MD5, false)},         {BCRYPT_SHA1_ALG_HANDLE, ALWAYS(SHA1, false)},
    {BCRYPT_SHA256_ALG_HANDLE, ALWAYS(SHA256, false)},   {BCRYPT_SHA384_ALG_HANDLE, ALWAYS(SHA384, false)},
    {BCRYPT_SHA512_ALG_HANDLE, ALWAYS(SHA512, false)},   {BCRYPT_HMAC_MD5_ALG_HANDLE, ALWAYS(MD5, true)},
    {BCRYPT_HMAC_SHA1_ALG_HANDLE, ALWAYS(SHA1, true)},   {BCRYPT_HMAC_SHA256_ALG_HANDLE, ALWAYS(SHA256, true)},
    {BCRYPT_HMAC_SHA384_ALG_HANDLE, ALWAYS(SHA384, true)}, {BCRYPT_HMAC_SHA512_ALG_HANDLE, ALWAYS(SHA512, true)},
    {BCRYPT_RNG_ALG_HANDLE, ALWAYS(RNG, false)},         {BCRYPT_AES_CBC_ALG_HANDLE, CIPHER(AES, CRYPTO_CBC)},
    {BCRYPT_AES_ECB_ALG_HANDLE, CIPHER(AES, CRYPTO_ECB)}, {BCRYPT_AES_CFB_ALG_HANDLE, CIPHER(AES, CRYPTO_CFB8)},
    {BCRYPT_AES_CCM_ALG_HANDLE, CIPHER(AES, CRYPTO_CCM)}, {BCRYPT_AES_GCM_ALG_HANDLE, CIPHER(AES, CRYPTO_GCM)},
    {BCRYPT_CHACHA20_POLY1305_ALG_HANDLE, CIPHER(CHACHA, CRYPTO_POLY1305)},
    {BCRYPT_SP800108_CTR_HMAC_ALG_HANDLE, ALWAYS(SP800108, false)}, {BCRYPT_PBKDF2_ALG_HANDLE, ALWAYS(PBKDF2, false)},
};

bool cng_same(PCWSTR a, PCWSTR b)
{
    for (; *a == *b; a++, b++)
        if (!*a)
            return true;
    return false;
}

const struct cng_algorithm *cng_algorithm(PCWSTR name)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(algorithms); i++)
        if (cng_same(algorithms[i].name, name))
            return &algorithms[i];
    return NULL;
}

static void check_irql(const struct cng_object *object)
{
    if (!object->dispatch && ke_irql() > PASSIVE_LEVEL)
        guest_finding("EXE-610", "a handle of a provider that was opened without BCRYPT_PROV_DISPATCH is used at IRQL %u", ke_irql());
}

const struct cng_provider *cng_provider_of(BCRYPT_ALG_HANDLE handle)
{
    if ((ULONG_PTR)handle < PAGE_SIZE) {
        for (ULONG i = 0; i < RTL_NUMBER_OF(always); i++)
            if (always[i].handle == handle)
                return &always[i].provider;
        return NULL;
    }
    return cng_object_of(handle, CNG_PROVIDER);
}

void *cng_object_of(BCRYPT_HANDLE handle, enum cng_magic magic)
{
    struct cng_object *object = handle;

    if ((ULONG_PTR)handle < PAGE_SIZE || (ULONG_PTR)handle % BCRYPT_OBJECT_ALIGNMENT || object->magic != magic)
        return NULL;
    check_irql(object);
    return object;
}

void cng_provider_hold(const struct cng_provider *provider)
{
    if (provider->object.ours)
        __atomic_fetch_add(&((struct cng_provider *)provider)->references, 1, __ATOMIC_RELAXED);
}

void cng_provider_drop(const struct cng_provider *provider)
{
    struct cng_provider *p = (struct cng_provider *)provider;

    if (p->object.ours && __atomic_sub_fetch(&p->references, 1, __ATOMIC_ACQ_REL) == 0)
        cng_object_free(&p->object);
}

NTSTATUS cng_object_new(const struct cng_object *like, enum cng_magic magic, SIZE_T bytes, PVOID memory, ULONG room, void *out)
{
    struct cng_object *object = (PVOID)ALIGN_UP_BY((ULONG_PTR)memory, BCRYPT_OBJECT_ALIGNMENT);

    if (!memory != !room)
        return STATUS_INVALID_PARAMETER;
    if (memory && room < cng_room(bytes))
        return STATUS_BUFFER_TOO_SMALL;
    if (!memory)
        object = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, CNG_TAG);
    if (!object)
        return STATUS_NO_MEMORY;
    __builtin_memset(object, 0, bytes);
    object->magic = magic;
    object->dispatch = like && like->dispatch;
    object->ours = !memory;
    *(void **)out = object;
    return STATUS_SUCCESS;
}

void cng_object_free(struct cng_object *object)
{
    object->magic = 0;
    if (object->ours)
        ExFreePoolWithTag(object, CNG_TAG);
}

NTSTATUS NTAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *phAlgorithm, PCWSTR pszAlgId, PCWSTR pszImplementation, ULONG dwFlags)
{
    const struct cng_algorithm *algorithm;
    struct cng_provider *provider;
    NTSTATUS status;

    if (!phAlgorithm || !pszAlgId || dwFlags & ~(ULONG)(BCRYPT_PROV_DISPATCH | BCRYPT_ALG_HANDLE_HMAC_FLAG | BCRYPT_HASH_REUSABLE_FLAG))
        return STATUS_INVALID_PARAMETER;
    algorithm = cng_algorithm(pszAlgId);
    if (!algorithm || (pszImplementation && !cng_same(pszImplementation, MS_PRIMITIVE_PROVIDER)))
        return STATUS_NOT_FOUND;
    if (algorithm->kind != CNG_KIND_HASH && dwFlags & (BCRYPT_ALG_HANDLE_HMAC_FLAG | BCRYPT_HASH_REUSABLE_FLAG))
        return STATUS_INVALID_PARAMETER;
    status = cng_object_new(NULL, CNG_PROVIDER, sizeof(*provider), NULL, 0, &provider);
    if (!NT_SUCCESS(status))
        return status;
    provider->object.dispatch = dwFlags & BCRYPT_PROV_DISPATCH;
    provider->algorithm = algorithm;
    provider->flags = dwFlags;
    provider->mode = algorithm->kind == CNG_KIND_SEALED ? CRYPTO_POLY1305 : CRYPTO_CBC;
    provider->references = 1;
    *phAlgorithm = provider;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE hAlgorithm, ULONG dwFlags)
{
    struct cng_provider *provider = cng_object_of(hAlgorithm, CNG_PROVIDER);

    if (!provider)
        return STATUS_INVALID_HANDLE;
    if (dwFlags)
        return STATUS_INVALID_PARAMETER;
    if (provider->object.dispatch && __atomic_load_n(&provider->references, __ATOMIC_RELAXED) > 1)
        guest_finding("EXE-610", "a provider opened with BCRYPT_PROV_DISPATCH is closed before %d objects that were made of it",
                      provider->references - 1);
    provider->object.magic = 0;
    cng_provider_drop(provider);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI BCryptGetFipsAlgorithmMode(BOOLEAN *pfEnabled)
{
    if (!pfEnabled)
        return STATUS_INVALID_PARAMETER;
    *pfEnabled = FALSE;
    return STATUS_SUCCESS;
}

/* Draws from the machine's generator, so a seed repeats it. What the caller has in the buffer adds nothing to that. */
NTSTATUS NTAPI BCryptGenRandom(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer, ULONG dwFlags)
{
    const struct cng_provider *provider;

    if (dwFlags & ~(ULONG)(BCRYPT_USE_SYSTEM_PREFERRED_RNG | BCRYPT_RNG_USE_ENTROPY_IN_BUFFER) || (!pbBuffer && cbBuffer))
        return STATUS_INVALID_PARAMETER;
    if (dwFlags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) {
        if (hAlgorithm)
            return STATUS_INVALID_PARAMETER;
    } else {
        provider = cng_provider_of(hAlgorithm);
        if (!provider || provider->algorithm->kind != CNG_KIND_RNG)
            return STATUS_INVALID_HANDLE;
    }
    SystemPrng(pbBuffer, cbBuffer);
    return STATUS_SUCCESS;
}
