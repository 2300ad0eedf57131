/* Digests and HMAC. A keyed one holds two digests that have taken in the padded key, inner and outer, and copies them for each message
 * (FIPS 198-1), so that a message costs no work on the key. Any thread; an object is of one at a time. */
#include <stdlib.h>
#include <string.h>

#include "openssl_private.h"

struct crypto_hash {
    const EVP_MD *md;
    EVP_MD_CTX *now;           /* the message so far */
    EVP_MD_CTX *inner, *outer; /* NULL: no HMAC */
};

#define BLOCK_MOST 128 /* bytes of a block of SHA-512 */

static EVP_MD_CTX *begun(const EVP_MD *md, const uint8_t *block, size_t bytes, uint8_t pad)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t padded[BLOCK_MOST];
    bool good = ctx && EVP_DigestInit_ex2(ctx, md, NULL);

    for (size_t i = 0; i < bytes; i++)
        padded[i] = block[i] ^ pad;
    good = good && EVP_DigestUpdate(ctx, padded, bytes);
    OPENSSL_cleanse(padded, sizeof(padded));
    if (good)
        return ctx;
    EVP_MD_CTX_free(ctx);
    return NULL;
}

static EVP_MD_CTX *copy_of(const EVP_MD_CTX *from)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (ctx && EVP_MD_CTX_copy_ex(ctx, from))
        return ctx;
    EVP_MD_CTX_free(ctx);
    return NULL;
}

static bool set_key(struct crypto_hash *hash, const void *key, size_t key_bytes)
{
    size_t block_bytes = (size_t)EVP_MD_get_block_size(hash->md);
    uint8_t block[BLOCK_MOST] = {0};
    bool good = true;

    if (key_bytes > block_bytes)
        good = EVP_Digest(key, key_bytes, block, NULL, hash->md, NULL);
    else if (key_bytes)
        memcpy(block, key, key_bytes);
    if (good) {
        hash->inner = begun(hash->md, block, block_bytes, 0x36);
        hash->outer = begun(hash->md, block, block_bytes, 0x5c);
    }
    OPENSSL_cleanse(block, sizeof(block));
    return hash->inner && hash->outer;
}

struct crypto_hash *crypto_hash_new(enum crypto_digest digest, bool keyed, const void *key, size_t key_bytes)
{
    struct crypto_hash *hash = crypto_ready() ? calloc(1, sizeof(*hash)) : NULL;

    if (!hash)
        return NULL;
    hash->md = crypto_openssl.digest[digest];
    if (!keyed)
        hash->now = begun(hash->md, NULL, 0, 0);
    else if (set_key(hash, key, key_bytes))
        hash->now = copy_of(hash->inner);
    if (hash->now)
        return hash;
    crypto_hash_free(hash);
    return NULL;
}

struct crypto_hash *crypto_hash_copy(const struct crypto_hash *from)
{
    struct crypto_hash *hash = calloc(1, sizeof(*hash));

    if (!hash)
        return NULL;
    hash->md = from->md;
    hash->now = copy_of(from->now);
    if (from->inner) {
        hash->inner = copy_of(from->inner);
        hash->outer = copy_of(from->outer);
    }
    if (hash->now && !hash->inner == !from->inner && !hash->outer == !from->outer)
        return hash;
    crypto_hash_free(hash);
    return NULL;
}

bool crypto_hash_add(struct crypto_hash *hash, const void *data, size_t bytes)
{
    return EVP_DigestUpdate(hash->now, data, bytes);
}

bool crypto_hash_finish(struct crypto_hash *hash, uint8_t *out)
{
    unsigned bytes;

    if (!EVP_DigestFinal_ex(hash->now, out, &bytes))
        return false;
    if (!hash->inner)
        return EVP_DigestInit_ex2(hash->now, hash->md, NULL);
    return EVP_MD_CTX_copy_ex(hash->now, hash->outer) && EVP_DigestUpdate(hash->now, out, bytes) && EVP_DigestFinal_ex(hash->now, out, &bytes) &&
           EVP_MD_CTX_copy_ex(hash->now, hash->inner);
}

void crypto_hash_free(struct crypto_hash *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->now);
    EVP_MD_CTX_free(hash->inner);
    EVP_MD_CTX_free(hash->outer);
    free(hash);
}
