// SPDX-License-Identifier: Apache-2.0
// The base module against peers: SHA-256 through OpenSSL against libsodium's, names against nothing but their number.
#include <time.h>

#ifdef ENTENTE_HAVE_SODIUM
#include <sodium.h>
#endif

#include "base/base.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double hash_with_openssl(const uint8_t *bytes, size_t length, uint32_t times) {
    struct sha256 sha;
    uint8_t digest[32];
    sha256_init(&sha);
    double start = now();
    for (uint32_t i = 0; i < times; i++) sha256_of(&sha, bytes, length, digest);
    double took = now() - start;
    sha256_release(&sha);
    return took;
}

static void bench_sha256(size_t length, uint32_t times) {
    uint8_t *bytes = base_alloc(length);
    double ours = hash_with_openssl(bytes, length, times);
    printf("sha256 of %zu bytes: %.0f ns", length, ours / times * 1e9);
#ifdef ENTENTE_HAVE_SODIUM
    uint8_t digest[32];
    double start = now();
    for (uint32_t i = 0; i < times; i++) crypto_hash_sha256(digest, bytes, length);
    double theirs = now() - start;
    printf(", libsodium's %.0f ns: %.2f times as fast", theirs / times * 1e9, theirs / ours);
#endif
    printf("\n");
    free(bytes);
}

static void bench_names(uint32_t count) {
    struct names names;
    struct text text = {0};
    names_init(&names);
    double start = now();
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < count; i++) {
            text.length = 0;
            text_print(&text, "operation-%u", i);
            ENSURE(names_add(&names, text_span(&text)) == i);
        }
    }
    printf("names: %.0f ns to add or find one of %u\n", (now() - start) / 2 / count * 1e9, count);
    text_release(&text);
    names_release(&names);
}

int main(void) {
    bench_sha256(64, 1000000);
    bench_sha256(65536, 5000);
    bench_names(1000000);
    return 0;
}
