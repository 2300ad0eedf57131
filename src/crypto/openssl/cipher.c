/* Ciphers. A key is used from several processors at once (EXE-612), a context of libcrypto from one: so a key keeps a few contexts in
 * slots, a call takes one out and puts it back, and makes one when all are out. Encryption and decryption have contexts of their own,
 * since the expanded key differs. A context that has been used holds the key; a message gives it the nonce alone. */
#include <stdlib.h>
#include <string.h>

#include "openssl_private.h"

#define SLOTS 8

struct crypto_key {
    const EVP_CIPHER *cipher;
    enum crypto_mode mode;
    size_t bytes;
    EVP_CIPHER_CTX *spare[2][SLOTS]; /* atomic; [1]: for encryption */
    uint8_t key[32];
};

struct crypto_key *crypto_key_new(enum crypto_mode mode, const void *bytes, size_t count)
{
    struct crypto_key *key;

    if (!crypto_ready() || (count != 16 && count != 24 && count != 32))
        return NULL;
    if (!crypto_openssl.cipher[mode][count / 8 - 2] || !(key = calloc(1, sizeof(*key))))
        return NULL;
    key->cipher = crypto_openssl.cipher[mode][count / 8 - 2];
    key->mode = mode;
    key->bytes = count;
    memcpy(key->key, bytes, count);
    return key;
}

void crypto_key_free(struct crypto_key *key)
{
    if (!key)
        return;
    for (unsigned i = 0; i < 2 * SLOTS; i++)
        EVP_CIPHER_CTX_free(key->spare[i / SLOTS][i % SLOTS]);
    OPENSSL_cleanse(key, sizeof(*key));
    free(key);
}

static EVP_CIPHER_CTX *take(struct crypto_key *key, bool encrypt)
{
    EVP_CIPHER_CTX *ctx;

    for (unsigned i = 0; i < SLOTS; i++)
        if (__atomic_load_n(&key->spare[encrypt][i], __ATOMIC_RELAXED) &&
            (ctx = __atomic_exchange_n(&key->spare[encrypt][i], NULL, __ATOMIC_ACQUIRE)) != NULL)
            return ctx;
    ctx = EVP_CIPHER_CTX_new();
    /* CCM takes its lengths before its key, so there each message sets the key */
    if (ctx && EVP_CipherInit_ex2(ctx, key->cipher, key->mode == CRYPTO_CCM ? NULL : key->key, NULL, encrypt, NULL))
        return ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

static void put_back(struct crypto_key *key, bool encrypt, EVP_CIPHER_CTX *ctx)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        EVP_CIPHER_CTX *none = NULL;

        if (!__atomic_load_n(&key->spare[encrypt][i], __ATOMIC_RELAXED) &&
            __atomic_compare_exchange_n(&key->spare[encrypt][i], &none, ctx, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            return;
    }
    EVP_CIPHER_CTX_free(ctx);
}

/* libcrypto counts in int. */
static bool update(EVP_CIPHER_CTX *ctx, const uint8_t *in, uint8_t *out, size_t bytes)
{
    while (bytes) {
        int n = bytes > 1 << 30 ? 1 << 30 : (int)bytes, wrote;

        if (!EVP_CipherUpdate(ctx, out, &wrote, in, n))
            return false;
        in += n;
        out = out ? out + n : NULL;
        bytes -= (size_t)n;
    }
    return true;
}

bool crypto_cipher(struct crypto_key *key, bool encrypt, const void *iv, const void *in, void *out, size_t bytes)
{
    EVP_CIPHER_CTX *ctx = take(key, encrypt);
    bool good;

    if (!ctx)
        return false;
    EVP_CIPHER_CTX_set_padding(ctx, 0);
    good = EVP_CipherInit_ex2(ctx, NULL, NULL, iv, encrypt, NULL) && update(ctx, in, out, bytes);
    put_back(key, encrypt, ctx);
    return good;
}

static bool begin(EVP_CIPHER_CTX *ctx, struct crypto_key *key, bool encrypt, const struct crypto_seal *seal, size_t bytes)
{
    int length;

    if (!EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)seal->nonce_bytes, NULL))
        return false;
    /* CCM is told how long the tag will be, decryption which one it is */
    if ((key->mode == CRYPTO_CCM || !encrypt) &&
        !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, (int)seal->tag_bytes, encrypt ? NULL : seal->tag))
        return false;
    if (!EVP_CipherInit_ex2(ctx, NULL, key->mode == CRYPTO_CCM ? key->key : NULL, seal->nonce, encrypt, NULL))
        return false;
    if (key->mode == CRYPTO_CCM && !EVP_CipherUpdate(ctx, NULL, &length, NULL, (int)bytes))
        return false;
    return update(ctx, seal->aad, NULL, seal->aad_bytes);
}

/* CCM checks the tag as it decrypts, in the one call that gives it all data, even none. */
static enum crypto_result sealed(EVP_CIPHER_CTX *ctx, struct crypto_key *key, bool encrypt, const struct crypto_seal *seal, const void *in, void *out,
                                 size_t bytes)
{
    uint8_t none[16];
    int wrote;
    bool good;

    if (!begin(ctx, key, encrypt, seal, bytes))
        return CRYPTO_FAILED;
    if (key->mode == CRYPTO_CCM)
        good = EVP_CipherUpdate(ctx, bytes ? out : none, &wrote, bytes ? in : none, (int)bytes) > 0;
    else
        good = update(ctx, in, out, bytes) && EVP_CipherFinal_ex(ctx, none, &wrote) > 0;
    if (!encrypt)
        return good ? CRYPTO_OK : CRYPTO_FORGED;
    return good && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)seal->tag_bytes, seal->tag) ? CRYPTO_OK : CRYPTO_FAILED;
}

enum crypto_result crypto_sealed(struct crypto_key *key, bool encrypt, const struct crypto_seal *seal, const void *in, void *out, size_t bytes)
{
    EVP_CIPHER_CTX *ctx = bytes <= 0x7fffffff && seal->aad_bytes <= 0x7fffffff ? take(key, encrypt) : NULL;
    enum crypto_result result;

    if (!ctx)
        return CRYPTO_FAILED;
    result = sealed(ctx, key, encrypt, seal, in, out, bytes);
    if (result == CRYPTO_FAILED) /* who knows what state it is in */
        EVP_CIPHER_CTX_free(ctx);
    else
        put_back(key, encrypt, ctx);
    return result;
}

struct crypto_stream {
    EVP_CIPHER_CTX *ctx;
    bool encrypt;
};

struct crypto_stream *crypto_stream_new(struct crypto_key *key, bool encrypt, const struct crypto_seal *seal)
{
    struct crypto_stream *stream = calloc(1, sizeof(*stream));

    if (!stream)
        return NULL;
    stream->encrypt = encrypt;
    stream->ctx = EVP_CIPHER_CTX_new(); /* its own: there is no telling when it ends */
    if (stream->ctx && EVP_CipherInit_ex2(stream->ctx, key->cipher, key->key, NULL, encrypt, NULL) &&
        EVP_CIPHER_CTX_ctrl(stream->ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)seal->nonce_bytes, NULL) &&
        EVP_CipherInit_ex2(stream->ctx, NULL, NULL, seal->nonce, encrypt, NULL))
        return stream;
    crypto_stream_free(stream);
    return NULL;
}

bool crypto_stream_aad(struct crypto_stream *stream, const void *aad, size_t bytes)
{
    return update(stream->ctx, aad, NULL, bytes);
}

bool crypto_stream_add(struct crypto_stream *stream, const void *in, void *out, size_t bytes)
{
    return update(stream->ctx, in, out, bytes);
}

enum crypto_result crypto_stream_tag(struct crypto_stream *stream, void *tag, size_t tag_bytes)
{
    uint8_t none[16];
    int wrote;

    if (!stream->encrypt && !EVP_CIPHER_CTX_ctrl(stream->ctx, EVP_CTRL_AEAD_SET_TAG, (int)tag_bytes, tag))
        return CRYPTO_FAILED;
    if (EVP_CipherFinal_ex(stream->ctx, none, &wrote) <= 0)
        return stream->encrypt ? CRYPTO_FAILED : CRYPTO_FORGED;
    return !stream->encrypt || EVP_CIPHER_CTX_ctrl(stream->ctx, EVP_CTRL_AEAD_GET_TAG, (int)tag_bytes, tag) ? CRYPTO_OK : CRYPTO_FAILED;
}

void crypto_stream_free(struct crypto_stream *stream)
{
    if (!stream)
        return;
    EVP_CIPHER_CTX_free(stream->ctx);
    free(stream);
}
