/* The algorithms of libcrypto's default provider that we use, looked up by the first call that needs one: most drivers need none. They are
 * never given back: machines start and stop in one process. The host's openssl.cnf has no say, a run is the same everywhere. */
#include <pthread.h>
#include <stdio.h>

#include "openssl_private.h"

struct crypto_openssl crypto_openssl;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready;

static void look_up(void)
{
    static const char *const digests[CRYPTO_DIGESTS] = {"MD5", "SHA1", "SHA2-256", "SHA2-384", "SHA2-512"};
    static const char *const modes[CRYPTO_MODES] = {"ECB", "CBC", "CFB8", "CFB", "GCM", "CCM", NULL};

    ready = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
    for (unsigned i = 0; i < CRYPTO_DIGESTS; i++)
        if (!(crypto_openssl.digest[i] = EVP_MD_fetch(NULL, digests[i], NULL)))
            ready = false;
    for (unsigned mode = 0; mode < CRYPTO_MODES; mode++)
        for (unsigned i = 0; i < CRYPTO_KEY_LENGTHS; i++) {
            char name[24];

            if (!modes[mode] && i != CRYPTO_KEY_LENGTHS - 1)
                continue;
            snprintf(name, sizeof(name), modes[mode] ? "AES-%u-%s" : "ChaCha20-Poly1305", 128 + 64 * i, modes[mode]);
            if (!(crypto_openssl.cipher[mode][i] = EVP_CIPHER_fetch(NULL, name, NULL)))
                ready = false;
        }
}

bool crypto_ready(void)
{
    pthread_once(&once, look_up);
    return ready;
}
