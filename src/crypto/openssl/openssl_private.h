/* Inside src/crypto/openssl: the algorithms, looked up once, so that a call costs no search by name. */
#ifndef WK_OPENSSL_PRIVATE_H
#define WK_OPENSSL_PRIVATE_H

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "crypto/crypto.h"

#define CRYPTO_KEY_LENGTHS 3 /* 16, 24, 32 bytes */

struct crypto_openssl {
    const EVP_MD *digest[CRYPTO_DIGESTS];
    const EVP_CIPHER *cipher[CRYPTO_MODES][CRYPTO_KEY_LENGTHS];
};
extern struct crypto_openssl crypto_openssl; /* not written after crypto_ready */
bool crypto_ready(void); /* looks them up; false: libcrypto does not have them all */

#endif
