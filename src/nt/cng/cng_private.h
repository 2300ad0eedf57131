/* Inside src/nt/cng: cng.sys (EXE-610 .. EXE-613). A handle is the address of an object, which begins with a magic number; algorithms
 * that need no opening are small numbers. No locks: objects are of one thread at a time, and a key is not written to once it is in use. */
#ifndef WK_CNG_PRIVATE_H
#define WK_CNG_PRIVATE_H

#include <stdbool.h>
#include "bcrypt.h"
#include "crypto/crypto.h"
#include "ddi/guest.h"
#include "sched/sched.h"
#include "wdm.h"

#define CNG_TAG 'gnCW'

enum cng_magic { CNG_PROVIDER = 0x50676e43, CNG_HASH = 0x48676e43, CNG_KEY = 0x4b676e43 };
enum cng_kind { CNG_KIND_HASH, CNG_KIND_CIPHER, CNG_KIND_SEALED, CNG_KIND_KDF, CNG_KIND_RNG };

struct cng_algorithm {
    PCWSTR name;
    enum cng_kind kind;
    enum crypto_digest digest;
    USHORT hash_bytes, block_bytes;
};

struct cng_object {
    enum cng_magic magic; /* 0 once it is destroyed */
    bool dispatch;        /* of a provider opened with BCRYPT_PROV_DISPATCH */
    bool ours;            /* the memory is from our pool, not the caller's */
};

struct __attribute__((aligned(BCRYPT_OBJECT_ALIGNMENT))) cng_provider {
    struct cng_object object;
    LONG references; /* the handle's and one of each object made of it; those that need no opening are not counted */
    const struct cng_algorithm *algorithm;
    ULONG flags;
    enum crypto_mode mode; /* of keys to come */
};

struct cng_hash {
    struct cng_object object;
    const struct cng_provider *provider;
    struct crypto_hash *hash;
    bool keyed, reusable, finished;
};

/* A chained message (BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG). The caller's MAC context holds its number. */
struct cng_chain {
    struct cng_chain *next;
    ULONG64 number;
    struct crypto_stream *stream;
    bool encrypt;
};

struct cng_key {
    struct cng_object object;
    const struct cng_provider *provider;
    enum crypto_mode mode;
    bool cfb_blocks;           /* CFB in blocks, not bytes: BCRYPT_MESSAGE_BLOCK_LENGTH */
    ULONG secret_bytes;
    PUCHAR secret;
    struct crypto_key *cipher; /* NULL: of a key derivation */
    struct sched_lock lock;    /* of the chains; a leaf */
    struct cng_chain *chains;
};

/* NULL: not such a handle. One of a provider without BCRYPT_PROV_DISPATCH above PASSIVE_LEVEL is a finding. */
const struct cng_provider *cng_provider_of(BCRYPT_ALG_HANDLE handle);
void *cng_object_of(BCRYPT_HANDLE handle, enum cng_magic magic);
const struct cng_algorithm *cng_algorithm(PCWSTR name);
void cng_provider_hold(const struct cng_provider *provider);
void cng_provider_drop(const struct cng_provider *provider);
/* An object in the caller's memory (`room` bytes at `memory`) or, both nothing, in ours. STATUS_BUFFER_TOO_SMALL, _INVALID_PARAMETER. */
NTSTATUS cng_object_new(const struct cng_object *like, enum cng_magic magic, SIZE_T bytes, PVOID memory, ULONG room, void *out);
void cng_object_free(struct cng_object *object);
/* (Re)makes the key's cipher for a mode. Not while the key is in use. */
NTSTATUS cng_key_set_mode(struct cng_key *key, enum crypto_mode mode, bool cfb_blocks);
void cng_chains_free(struct cng_key *key);
bool cng_same(PCWSTR a, PCWSTR b);
static inline ULONG cng_room(SIZE_T bytes)
{
    return (ULONG)(bytes + BCRYPT_OBJECT_ALIGNMENT - 1);
}

#endif
