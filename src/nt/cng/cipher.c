/* BCryptEncrypt and BCryptDecrypt (EXE-612). Calls on one key may run on several processors: nothing of the key is written to, but for the
 * list of chained messages. */
#include "cng_private.h"

#define BLOCK 16u

/* One call, as its arguments say. */
struct work {
    struct cng_key *key;
    bool encrypt;
    const UCHAR *in;
    PUCHAR out;
    ULONG bytes, room;
    ULONG *result;
};

static bool overlaps(const UCHAR *in, const UCHAR *out, ULONG bytes)
{
    return in != out && in < out + bytes && out < in + bytes;
}

/* ---- ECB, CBC, CFB ---- */
/* Moves the initialization vector on to where the next call would go on: past the ciphertext, which for CFB8 may be shorter than it. */
static void advance(PUCHAR iv, const UCHAR *ciphertext, ULONG bytes)
{
    ULONG n = bytes < BLOCK ? bytes : BLOCK;

    __builtin_memmove(iv, iv + n, BLOCK - n);
    __builtin_memcpy(iv + BLOCK - n, ciphertext + bytes - n, n);
}

static bool run(const struct work *w, PUCHAR iv, const UCHAR *in, PUCHAR out, ULONG bytes)
{
    UCHAR next[BLOCK];

    if (!bytes)
        return true;
    if (w->key->mode == CRYPTO_ECB)
        return crypto_cipher(w->key->cipher, w->encrypt, NULL, in, out, bytes);
    __builtin_memcpy(next, iv, BLOCK);
    if (!w->encrypt)
        advance(next, in, bytes); /* before it is written over */
    if (!crypto_cipher(w->key->cipher, w->encrypt, iv, in, out, bytes))
        return false;
    if (w->encrypt)
        advance(next, out, bytes);
    __builtin_memcpy(iv, next, BLOCK);
    return true;
}

static NTSTATUS pad_and_encrypt(const struct work *w, PUCHAR iv)
{
    ULONG whole = w->bytes & ~(BLOCK - 1), rest = w->bytes - whole;
    UCHAR last[BLOCK];

    __builtin_memset(last, (int)(BLOCK - rest), BLOCK);
    __builtin_memcpy(last, w->in + whole, rest); /* in place, the output may reach it */
    return run(w, iv, w->in, w->out, whole) && run(w, iv, last, w->out + whole, BLOCK) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS decrypt_and_unpad(const struct work *w, PUCHAR iv)
{
    ULONG whole = w->bytes - BLOCK, pad;
    UCHAR last[BLOCK];

    if (w->room < whole)
        return STATUS_BUFFER_TOO_SMALL;
    __builtin_memcpy(last, w->in + whole, BLOCK);
    if (!run(w, iv, w->in, w->out, whole) || !run(w, iv, last, last, BLOCK))
        return STATUS_NO_MEMORY;
    pad = last[BLOCK - 1];
    if (pad == 0 || pad > BLOCK)
        return STATUS_DATA_ERROR;
    for (ULONG i = BLOCK - pad; i < BLOCK; i++)
        if (last[i] != pad)
            return STATUS_DATA_ERROR;
    *w->result = w->bytes - pad;
    if (w->room < *w->result)
        return STATUS_BUFFER_TOO_SMALL;
    __builtin_memcpy(w->out + whole, last, BLOCK - pad);
    return STATUS_SUCCESS;
}

static NTSTATUS plain(const struct work *w, PUCHAR iv, ULONG iv_bytes, bool padding)
{
    bool by_byte = w->key->mode == CRYPTO_CFB8 && !w->key->cfb_blocks;
    UCHAR zeros[BLOCK] = {0};
    NTSTATUS status;

    if (w->key->mode != CRYPTO_ECB && iv && iv_bytes != BLOCK)
        return STATUS_INVALID_PARAMETER;
    if (by_byte)
        padding = false; /* each byte is a block */
    if (!by_byte && w->bytes % BLOCK && !(padding && w->encrypt))
        return STATUS_INVALID_BUFFER_SIZE;
    if (padding && !w->encrypt && !w->bytes)
        return STATUS_INVALID_BUFFER_SIZE;
    *w->result = padding && w->encrypt ? (w->bytes & ~(BLOCK - 1)) + BLOCK : w->bytes;
    if (!w->out)
        return STATUS_SUCCESS;
    if (overlaps(w->in, w->out, w->bytes))
        return STATUS_INVALID_PARAMETER;
    if (!iv)
        iv = zeros;
    if (padding && !w->encrypt)
        return decrypt_and_unpad(w, iv);
    if (w->room < *w->result)
        return STATUS_BUFFER_TOO_SMALL;
    if (padding)
        status = pad_and_encrypt(w, iv);
    else
        status = run(w, iv, w->in, w->out, w->bytes) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    return status;
}

/* ---- GCM, CCM, ChaCha20-Poly1305 ---- */
static bool seal_fits(enum crypto_mode mode, const BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *info, bool tag)
{
    bool nonce = mode == CRYPTO_CCM ? info->cbNonce >= 7 && info->cbNonce <= 13 : info->cbNonce == 12;
    bool length = mode == CRYPTO_CCM   ? info->cbTag >= 4 && info->cbTag <= 16 && info->cbTag % 2 == 0
                  : mode == CRYPTO_GCM ? info->cbTag >= 12 && info->cbTag <= 16
                                       : info->cbTag == 16;

    return info->pbNonce && nonce && (!tag || (info->pbTag && length)) && (info->pbAuthData || !info->cbAuthData);
}

static NTSTATUS result_status(enum crypto_result result)
{
    return result == CRYPTO_OK ? STATUS_SUCCESS : result == CRYPTO_FORGED ? STATUS_AUTH_TAG_MISMATCH : STATUS_NO_MEMORY;
}

/* Takes the chain that the caller's MAC context names out of the list; NULL: none. */
static struct cng_chain *chain_take(struct cng_key *key, const BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *info)
{
    struct cng_chain *chain = NULL;
    ULONG64 number;

    __builtin_memcpy(&number, info->pbMacContext, sizeof(number));
    sched_lock(&key->lock);
    for (struct cng_chain **at = &key->chains; *at; at = &(*at)->next)
        if ((*at)->number == number) {
            chain = *at;
            *at = chain->next;
            break;
        }
    sched_unlock(&key->lock);
    return chain;
}

static void chain_put(struct cng_key *key, struct cng_chain *chain)
{
    sched_lock(&key->lock);
    chain->next = key->chains;
    key->chains = chain;
    sched_unlock(&key->lock);
}

static void chain_free(struct cng_chain *chain)
{
    crypto_stream_free(chain->stream);
    ExFreePoolWithTag(chain, CNG_TAG);
}

void cng_chains_free(struct cng_key *key)
{
    struct cng_chain *chain;

    while ((chain = key->chains) != NULL) {
        key->chains = chain->next;
        chain_free(chain);
    }
}

static struct cng_chain *chain_begin(const struct work *w, BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *info)
{
    static ULONG64 last;
    struct crypto_seal seal = {.nonce = info->pbNonce, .nonce_bytes = info->cbNonce};
    struct cng_chain *chain = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*chain), CNG_TAG);

    if (!chain)
        return NULL;
    chain->encrypt = w->encrypt;
    chain->number = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    chain->stream = crypto_stream_new(w->key->cipher, w->encrypt, &seal);
    if (!chain->stream) {
        chain_free(chain);
        return NULL;
    }
    __builtin_memcpy(info->pbMacContext, &chain->number, sizeof(chain->number));
    info->dwFlags |= BCRYPT_AUTH_MODE_IN_PROGRESS_FLAG;
    info->cbAAD = 0;
    info->cbData = 0;
    return chain;
}

/* A piece of a message. Additional data counts until there is data; the last piece, alone of any length, has no CHAIN_CALLS flag. */
static NTSTATUS chained(const struct work *w, BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *info)
{
    bool more = info->dwFlags & BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG;
    struct cng_chain *chain;
    enum crypto_result result;

    if (!info->pbMacContext || info->cbMacContext < BLOCK || !seal_fits(w->key->mode, info, !more))
        return STATUS_INVALID_PARAMETER;
    if (more && w->bytes % BLOCK)
        return STATUS_INVALID_BUFFER_SIZE;
    if (info->dwFlags & BCRYPT_AUTH_MODE_IN_PROGRESS_FLAG) {
        chain = chain_take(w->key, info);
        if (!chain || chain->encrypt != w->encrypt) {
            if (chain)
                chain_put(w->key, chain);
            return STATUS_INVALID_PARAMETER;
        }
    } else if (!(chain = chain_begin(w, info)))
        return STATUS_NO_MEMORY;
    result = CRYPTO_OK;
    if (!info->cbData && !crypto_stream_aad(chain->stream, info->pbAuthData, info->cbAuthData))
        result = CRYPTO_FAILED;
    if (!info->cbData)
        info->cbAAD += info->cbAuthData;
    if (result == CRYPTO_OK && !crypto_stream_add(chain->stream, w->in, w->out, w->bytes))
        result = CRYPTO_FAILED;
    info->cbData += w->bytes;
    if (result == CRYPTO_OK && more) {
        chain_put(w->key, chain);
        return STATUS_SUCCESS;
    }
    if (result == CRYPTO_OK)
        result = crypto_stream_tag(chain->stream, info->pbTag, info->cbTag);
    chain_free(chain);
    info->dwFlags &= ~(ULONG)BCRYPT_AUTH_MODE_IN_PROGRESS_FLAG;
    return result_status(result);
}

static NTSTATUS authenticated(const struct work *w, BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *info)
{
    struct crypto_seal seal;
    enum crypto_result result;

    if (!info || info->cbSize != sizeof(*info) || info->dwInfoVersion != BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO_VERSION)
        return STATUS_INVALID_PARAMETER;
    *w->result = w->bytes;
    if (!w->out && w->in)
        return STATUS_SUCCESS;
    if (w->room < w->bytes && w->out)
        return STATUS_BUFFER_TOO_SMALL;
    if ((w->bytes && !w->out) || overlaps(w->in, w->out, w->bytes))
        return STATUS_INVALID_PARAMETER;
    if (info->dwFlags) {
        if (w->key->mode == CRYPTO_CCM)
            return STATUS_NOT_SUPPORTED;
        return chained(w, info);
    }
    if (!seal_fits(w->key->mode, info, true))
        return STATUS_INVALID_PARAMETER;
    seal = (struct crypto_seal){info->pbNonce, info->pbAuthData, info->pbTag, info->cbNonce, info->cbAuthData, info->cbTag};
    result = crypto_sealed(w->key->cipher, w->encrypt, &seal, w->in, w->out, w->bytes);
    if (result == CRYPTO_FORGED && w->bytes)
        __builtin_memset(w->out, 0, w->bytes); /* nobody shall use it */
    return result_status(result);
}

static NTSTATUS work(BCRYPT_KEY_HANDLE handle, struct work *w, PVOID padding, PUCHAR iv, ULONG iv_bytes, ULONG flags)
{
    w->key = cng_object_of(handle, CNG_KEY);
    if (!w->key)
        return STATUS_INVALID_HANDLE;
    if (!w->key->cipher)
        return STATUS_NOT_SUPPORTED;
    if (!w->result || flags & ~(ULONG)(BCRYPT_BLOCK_PADDING | BCRYPT_BUFFERS_LOCKED_FLAG) || (!w->in && w->bytes))
        return STATUS_INVALID_PARAMETER;
    if (w->key->mode == CRYPTO_GCM || w->key->mode == CRYPTO_CCM || w->key->mode == CRYPTO_POLY1305)
        return flags & BCRYPT_BLOCK_PADDING ? STATUS_INVALID_PARAMETER : authenticated(w, padding);
    if (padding || (!w->in && !w->out))
        return STATUS_INVALID_PARAMETER;
    return plain(w, iv, iv_bytes, flags & BCRYPT_BLOCK_PADDING);
}

NTSTATUS NTAPI BCryptEncrypt(BCRYPT_KEY_HANDLE hKey, PUCHAR pbInput, ULONG cbInput, PVOID pPaddingInfo, PUCHAR pbIV, ULONG cbIV, PUCHAR pbOutput,
                             ULONG cbOutput, ULONG *pcbResult, ULONG dwFlags)
{
    struct work w = {.encrypt = true, .in = pbInput, .out = pbOutput, .bytes = cbInput, .room = cbOutput, .result = pcbResult};

    return work(hKey, &w, pPaddingInfo, pbIV, cbIV, dwFlags);
}

NTSTATUS NTAPI BCryptDecrypt(BCRYPT_KEY_HANDLE hKey, PUCHAR pbInput, ULONG cbInput, PVOID pPaddingInfo, PUCHAR pbIV, ULONG cbIV, PUCHAR pbOutput,
                             ULONG cbOutput, ULONG *pcbResult, ULONG dwFlags)
{
    struct work w = {.encrypt = false, .in = pbInput, .out = pbOutput, .bytes = cbInput, .room = cbOutput, .result = pcbResult};

    return work(hKey, &w, pPaddingInfo, pbIV, cbIV, dwFlags);
}
