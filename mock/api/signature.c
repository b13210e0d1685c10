#include "api/signature.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdlib.h>

enum family { FAMILY_HMAC, FAMILY_RSA, FAMILY_EC };

struct algorithm {
    const char *name;
    enum family family;
    const EVP_MD *(*digest)(void);
    size_t number_bytes; /* of r and of s (RFC 7518, 3.4), and so of the curve */
};

static const struct algorithm algorithms[] = {
    { "HS256", FAMILY_HMAC, EVP_sha256, 0 }, { "HS384", FAMILY_HMAC, EVP_sha384, 0 },
    { "HS512", FAMILY_HMAC, EVP_sha512, 0 }, { "RS256", FAMILY_RSA, EVP_sha256, 0 },
    { "RS384", FAMILY_RSA, EVP_sha384, 0 },  { "RS512", FAMILY_RSA, EVP_sha512, 0 },
    { "ES256", FAMILY_EC, EVP_sha256, 32 },  { "ES384", FAMILY_EC, EVP_sha384, 48 },
    { "ES512", FAMILY_EC, EVP_sha512, 66 },
};

struct signature_key {
    enum family family;
    EVP_PKEY *public; /* RSA and EC */
    size_t len;       /* of the secret */
    unsigned char secret[];
};

struct signature_key *signature_key_secret(struct str text)
{
    struct signature_key *k = calloc(1, sizeof(*k) + text.len + 1);
    if (!k)
        return NULL;
    k->family = FAMILY_HMAC;
    k->len = text.len;
    memcpy(k->secret, text.ptr, text.len);
    return k;
}

struct signature_key *signature_key_public(struct str pem)
{
    struct signature_key *k = calloc(1, sizeof(*k));
    BIO *bytes = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    EVP_PKEY *key = bytes ? PEM_read_bio_PUBKEY(bytes, NULL, NULL, NULL) : NULL;
    int kind = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
    BIO_free(bytes);
    if (k && (kind == EVP_PKEY_RSA || kind == EVP_PKEY_EC)) {
        k->family = kind == EVP_PKEY_RSA ? FAMILY_RSA : FAMILY_EC;
        k->public = key;
        return k;
    }
    EVP_PKEY_free(key);
    free(k);
    return NULL;
}

void signature_key_free(struct signature_key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->public);
    OPENSSL_cleanse(k->secret, k->len);
    free(k);
}

static bool check_hmac(const struct signature_key *k, const struct algorithm *a,
                       struct str text, struct str signature)
{
    unsigned char own[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!HMAC(a->digest(), k->secret, (int)k->len, (const unsigned char *)text.ptr,
              text.len, own, &len))
        return false;
    return signature.len == len && CRYPTO_memcmp(own, signature.ptr, len) == 0;
}

/* JOSE sets r and s side by side; OpenSSL wants them in DER. NULL when they are none.
 */
static unsigned char *der_of(struct str signature, size_t number_bytes, int *len)
{
    const unsigned char *bytes = (const unsigned char *)signature.ptr;
    unsigned char *der = NULL;
    if (signature.len != 2 * number_bytes)
        return NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, (int)number_bytes, NULL);
    BIGNUM *s = BN_bin2bn(bytes + number_bytes, (int)number_bytes, NULL);
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
        r = s = NULL; /* the pair's now */
        *len = i2d_ECDSA_SIG(pair, &der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return der;
}

static bool check_public(const struct signature_key *k, const struct algorithm *a,
                         struct str text, struct str signature)
{
    const unsigned char *bytes = (const unsigned char *)signature.ptr;
    unsigned char *der = NULL;
    size_t len = signature.len;
    if (a->family == FAMILY_EC) {
        int der_len = 0;
        size_t curve = ((size_t)EVP_PKEY_get_bits(k->public) + 7) / 8;
        der = curve == a->number_bytes ? der_of(signature, curve, &der_len) : NULL;
        if (!der || der_len <= 0)
            return false;
        bytes = der;
        len = (size_t)der_len;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context &&
              EVP_DigestVerifyInit(context, NULL, a->digest(), NULL, k->public) == 1 &&
              EVP_DigestVerify(context, bytes, len, (const unsigned char *)text.ptr,
                               text.len) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    return ok;
}

bool signature_check(const struct signature_key *k, const char *algorithm,
                     struct str text, struct str signature)
{
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        const struct algorithm *a = &algorithms[i];
        if (strcmp(a->name, algorithm) != 0 || a->family != k->family)
            continue;
        return a->family == FAMILY_HMAC ? check_hmac(k, a, text, signature)
                                        : check_public(k, a, text, signature);
    }
    return false;
}

bool signature_hmac(struct str key, struct str text,
                    unsigned char out[SIGNATURE_SHA256])
{
    unsigned len = 0;
    return HMAC(EVP_sha256(), key.ptr, (int)key.len, (const unsigned char *)text.ptr,
                text.len, out, &len) &&
           len == SIGNATURE_SHA256;
}
