// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include <openssl/evp.h>

#include "base/base.h"

// Bytes are gathered in a fixed order rather than copied, so that the result is the same on every machine; compilers
// make one load of it where they can.
static uint64_t word_of(const unsigned char *at, size_t length) {
    uint64_t word = 0;
    for (size_t i = 0; i < length; i++) word |= (uint64_t)at[i] << (8 * i);
    return word;
}

uint64_t hash_bytes(const void *bytes, size_t length) {
    const unsigned char *at = bytes;
    uint64_t hash = hash_mix(0x6A09E667F3BCC908u, length);
    size_t left = length;
    for (; left >= 8; at += 8, left -= 8) {
        hash = hash_mix(hash, (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
                                  (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
                                  (uint64_t)at[7] << 56);
    }
    if (left) hash = hash_mix(hash, word_of(at, left));
    // The low bits choose a slot; this brings the high ones, which are mixed best, down to them.
    hash ^= hash >> 32;
    hash *= 0xD6E8FEB86659FD93u;
    return hash ^ (hash >> 32);
}

// Looking an algorithm up costs more than hashing a short text with it, so it is fetched once and never given back.
// This is the library's only hidden state; it holds no secret and never changes.
static EVP_MD *algorithm;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch_algorithm(void) {
    algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    ENSURE(algorithm != NULL);
}

void sha256_init(struct sha256 *sha) {
    ENSURE(pthread_once(&fetched, fetch_algorithm) == 0);
    sha->context = EVP_MD_CTX_new();
    ENSURE(sha->context != NULL);
}

void sha256_release(struct sha256 *sha) {
    EVP_MD_CTX_free(sha->context);
    sha->context = NULL;
}

void sha256_of(struct sha256 *sha, const void *bytes, size_t length, uint8_t digest[32]) {
    ENSURE(EVP_DigestInit_ex2(sha->context, algorithm, NULL) == 1);
    ENSURE(EVP_DigestUpdate(sha->context, bytes, length) == 1);
    unsigned int written = 0;
    ENSURE(EVP_DigestFinal_ex(sha->context, digest, &written) == 1);
    ENSURE(written == 32);
}
