/* The seam under cng.sys: digests and ciphers in plain words. openssl/ keeps it with libcrypto. No POSIX type, no NT type, no type of
 * OpenSSL's.
 *
 * The first call looks the algorithms up, which takes milliseconds; no other waits for a thread longer than an allocation does, so all
 * may be called at DISPATCH_LEVEL. Objects are of one
 * thread at a time, keys of any number at once (EXE-612). Buffers are the caller's; input and output may be the same memory. */
#ifndef WK_CRYPTO_H
#define WK_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- digests ---- */
enum crypto_digest { CRYPTO_MD5, CRYPTO_SHA1, CRYPTO_SHA256, CRYPTO_SHA384, CRYPTO_SHA512, CRYPTO_DIGESTS };
#define CRYPTO_DIGEST_MOST 64 /* bytes of the longest one */

struct crypto_hash;
/* A digest under way; with `keyed` an HMAC (key_bytes may be 0). NULL: no memory. */
struct crypto_hash *crypto_hash_new(enum crypto_digest digest, bool keyed, const void *key, size_t key_bytes);
struct crypto_hash *crypto_hash_copy(const struct crypto_hash *hash); /* with what it has been fed so far; NULL: no memory */
bool crypto_hash_add(struct crypto_hash *hash, const void *data, size_t bytes);
/* Writes the digest and begins again, with the same key. */
bool crypto_hash_finish(struct crypto_hash *hash, uint8_t *out);
void crypto_hash_free(struct crypto_hash *hash); /* NULL is none */

/* ---- ciphers ---- */
enum crypto_mode { CRYPTO_ECB, CRYPTO_CBC, CRYPTO_CFB8, CRYPTO_CFB, CRYPTO_GCM, CRYPTO_CCM, CRYPTO_POLY1305, CRYPTO_MODES };

struct crypto_key;
/* AES with a key of 16, 24 or 32 bytes, or (CRYPTO_POLY1305) ChaCha20-Poly1305 with 32. NULL: no memory, or no such length. */
struct crypto_key *crypto_key_new(enum crypto_mode mode, const void *key, size_t key_bytes);
void crypto_key_free(struct crypto_key *key); /* NULL is none */

/* ECB, CBC, CFB: whole blocks (CFB8: any number of bytes). iv: 16 bytes, NULL for ECB; is left as it was. */
bool crypto_cipher(struct crypto_key *key, bool encrypt, const void *iv, const void *in, void *out, size_t bytes);

/* GCM, CCM, ChaCha20-Poly1305: one message. */
struct crypto_seal {
    const void *nonce, *aad;
    void *tag; /* encrypting writes it, decrypting compares */
    size_t nonce_bytes, aad_bytes, tag_bytes;
};
enum crypto_result { CRYPTO_OK, CRYPTO_FORGED, CRYPTO_FAILED };
enum crypto_result crypto_sealed(struct crypto_key *key, bool encrypt, const struct crypto_seal *seal, const void *in, void *out, size_t bytes);
/* The same in pieces, not for CCM: additional data, then data, then the tag. NULL: no memory. seal's aad and tag do not count. */
struct crypto_stream;
struct crypto_stream *crypto_stream_new(struct crypto_key *key, bool encrypt, const struct crypto_seal *seal);
bool crypto_stream_aad(struct crypto_stream *stream, const void *aad, size_t bytes);
bool crypto_stream_add(struct crypto_stream *stream, const void *in, void *out, size_t bytes);
enum crypto_result crypto_stream_tag(struct crypto_stream *stream, void *tag, size_t tag_bytes); /* the last but for free */
void crypto_stream_free(struct crypto_stream *stream); /* NULL is none */

#endif
