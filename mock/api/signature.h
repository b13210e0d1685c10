/* signature.h — signatures of JSON Web Tokens (RFC 7515, RFC 7518), and of what is sent
 * (RFC 2104); the only openssl.
 *
 * HS256/384/512 with a secret, RS256/384/512 and ES256/384/512 with a public key. The
 * key decides which algorithms are taken, never the token alone: a public key is no
 * secret, and "none" is no signature. A key may be used by many threads at once. */
#ifndef API_SIGNATURE_H
#define API_SIGNATURE_H

#include "base/str.h"

struct signature_key;

/* Owned by the caller, who calls signature_key_free; text is copied. NULL when memory
 * ran out. */
struct signature_key *signature_key_secret(struct str text);

/* The same for an RSA or EC public key in PEM (SubjectPublicKeyInfo). NULL when the
 * text is none. */
struct signature_key *signature_key_public(struct str pem);

void signature_key_free(struct signature_key *k);

/* Whether signature is k's over text by the algorithm of that name (RFC 7518, 3.1). */
bool signature_check(const struct signature_key *k, const char *algorithm,
                     struct str text, struct str signature);

/* HMAC-SHA256 of text under a key (RFC 2104, RFC 6234). False when it cannot be made.
 */
enum { SIGNATURE_SHA256 = 32 };
bool signature_hmac(struct str key, struct str text,
                    unsigned char out[SIGNATURE_SHA256]);

#endif
