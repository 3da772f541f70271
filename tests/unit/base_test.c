// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/base.h"

#define MINUTE 60
#define HOUR 3600
#define DAY 86400

static void expect_text(struct text *got, const char *wanted) {
    assert_string_equal(got->at ? got->at : "", wanted);
    assert_int_equal(got->length, strlen(wanted));
    text_release(got);
}

// ---- Memory ---------------------------------------------------------------------------------------------------------
static void arena_memory_is_zeroed_and_aligned(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 3000; size += 7) {
            unsigned char *memory = arena_alloc(&arena, size);
            assert_int_equal((uintptr_t)memory % 16, 0);
            for (size_t i = 0; i < size; i++) assert_int_equal(memory[i], 0);
            memset(memory, 0xAA, size);
        }
        arena_reset(&arena);
    }
    arena_release(&arena);
}

static void arena_that_holds_much_goes_on_as_before(void **state) {
    (void)state;
    enum { PIECES = 200, PIECE = 50000 };
    struct arena arena;
    arena_init(&arena);
    for (int round = 0; round < 2; round++) {
        unsigned char *pieces[PIECES];
        for (int p = 0; p < PIECES; p++) {
            pieces[p] = arena_alloc(&arena, PIECE);
            for (size_t i = 0; i < PIECE; i++) assert_int_equal(pieces[p][i], 0);
            memset(pieces[p], p + 1, PIECE);
        }
        for (int p = 0; p < PIECES; p++)
            for (size_t i = 0; i < PIECE; i += 999) assert_int_equal(pieces[p][i], p + 1);
        arena_reset(&arena);
    }
    arena_release(&arena);
    assert_int_equal(arena.total, 0);
}

static void arena_large_request_keeps_the_small_block(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char *first = arena_alloc(&arena, 16);
    char *large = arena_alloc(&arena, 1 << 20);
    char *second = arena_alloc(&arena, 16);
    assert_ptr_equal(second, first + 16);
    memset(large, 1, 1 << 20);
    arena_reset(&arena);
    assert_ptr_equal(arena_alloc(&arena, 16), first);
    arena_release(&arena);
    arena_release(&arena);
    memset(arena_alloc(&arena, 1 << 20), 1, 1 << 20);
    arena_reset(&arena);
    assert_null(arena.last);
}

static void vec_grows_and_keeps_what_it_holds(void **state) {
    (void)state;
    VEC(uint32_t) numbers = {0};
    for (uint32_t i = 0; i < 1000; i++) VEC_PUSH(&numbers, i * 3);
    assert_int_equal(numbers.count, 1000);
    for (uint32_t i = 0; i < 1000; i++) assert_int_equal(numbers.at[i], i * 3);
    VEC_RELEASE(&numbers);
    assert_null(numbers.at);
}

// ---- Text -----------------------------------------------------------------------------------------------------------
static void span_compares_by_bytes(void **state) {
    (void)state;
    assert_true(span_compare(SPAN("a"), SPAN("b")) < 0);
    assert_true(span_compare(SPAN("b"), SPAN("a")) > 0);
    assert_true(span_compare(SPAN("a"), SPAN("ab")) < 0);
    assert_true(span_compare(SPAN("\x7F"), SPAN("\x80")) < 0);
    assert_int_equal(span_compare(SPAN(""), (struct span){NULL, 0}), 0);
    assert_true(span_equal((struct span){NULL, 0}, SPAN("")));
    assert_true(span_is(SPAN("council"), "council"));
    assert_false(span_is(SPAN("council"), "councils"));
    assert_true(span_starts(SPAN("council"), "coun"));
    assert_false(span_starts(SPAN("coun"), "council"));
}

static void span_trims_and_cuts(void **state) {
    (void)state;
    assert_true(span_is(span_trim(SPAN(" \t\r\n a b \n")), "a b"));
    assert_int_equal(span_trim(SPAN(" \n ")).length, 0);
    assert_true(span_is(span_part(SPAN("council"), 2, 3), "unc"));
    assert_int_equal(span_part(SPAN("council"), 7, 0).length, 0);
}

static void span_copies_end_in_nul(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena);
    assert_string_equal(span_copy(&arena, span_part(SPAN("council"), 0, 4)).at, "coun");
    assert_string_equal(span_copy(&arena, (struct span){NULL, 0}).at, "");
    struct span printed = span_print(&arena, "%s %d", "article", 4);
    assert_string_equal(printed.at, "article 4");
    assert_int_equal(printed.length, 9);
    arena_release(&arena);
}

static void utf8_takes_every_well_formed_length(void **state) {
    (void)state;
    uint32_t bad_at = 77;
    assert_true(span_utf8_valid(SPAN(""), &bad_at));
    assert_true(span_utf8_valid(SPAN("a\0b"), &bad_at));
    assert_true(span_utf8_valid(SPAN("\xC2\x80 \xDF\xBF"), &bad_at));
    assert_true(span_utf8_valid(SPAN("\xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF"), &bad_at));
    assert_true(span_utf8_valid(SPAN("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"), &bad_at));
    assert_true(span_utf8_valid(SPAN("Договор о коллективной безопасности"), &bad_at));
    assert_int_equal(bad_at, 77);
}

static void utf8_refuses_what_is_not(void **state) {
    (void)state;
    static const struct { struct span text; const char *why; } cases[] = {
        {{"ab\x80", 3}, "a continuation without a start"},
        {{"ab\xC0\xAF", 4}, "an overlong slash in two bytes"},
        {{"ab\xC1\xBF", 4}, "an overlong form in two bytes"},
        {{"ab\xE0\x80\xAF", 5}, "an overlong slash in three bytes"},
        {{"ab\xE0\x9F\xBF", 5}, "an overlong form in three bytes"},
        {{"ab\xF0\x80\x80\xAF", 6}, "an overlong slash in four bytes"},
        {{"ab\xF0\x8F\xBF\xBF", 6}, "an overlong form in four bytes"},
        {{"ab\xED\xA0\x80", 5}, "a high surrogate"},
        {{"ab\xED\xBF\xBF", 5}, "a low surrogate"},
        {{"ab\xF4\x90\x80\x80", 6}, "beyond U+10FFFF"},
        {{"ab\xF5\x80\x80\x80", 6}, "a start byte that never is"},
        {{"ab\xFF", 3}, "a byte that never is"},
        {{"ab\xC2", 3}, "cut after one of two"},
        {{"ab\xE2\x82", 4}, "cut after two of three"},
        {{"ab\xF0\x9F\x98", 5}, "cut after three of four"},
        {{"ab\xE2\x82\x41", 5}, "a letter for a continuation"},
        {{"ab\xF0\x9F\x98\xC3", 6}, "a start for a continuation"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t bad_at = 77;
        if (span_utf8_valid(cases[i].text, &bad_at)) fail_msg("taken: %s", cases[i].why);
        if (bad_at != 2) fail_msg("%s: found at %u, not at 2", cases[i].why, bad_at);
    }
}

static void expect_nearest(const char *wanted, const char *nearest) {
    static const struct span names[] = {SPAN_INIT("council"), SPAN_INIT("consent"), SPAN_INIT("mandate"),
                                        SPAN_INIT("mission"), SPAN_INIT("член")};
    struct span found = span_nearest(span_of(wanted), names, COUNT_OF(names));
    if (!span_is(found, nearest)) fail_msg("%s: \"%.*s\", not \"%s\"", wanted, SPAN_ARG(found), nearest);
}

static void nearest_finds_a_typing_error(void **state) {
    (void)state;
    expect_nearest("council", "council");
    expect_nearest("councli", "council");
    expect_nearest("counsil", "council");
    expect_nearest("mandat", "mandate");
    expect_nearest("manndate", "mandate");
    expect_nearest("misson", "mission");
    expect_nearest("члан", "член");
}

static void nearest_leaves_the_far_alone(void **state) {
    (void)state;
    expect_nearest("", "");
    expect_nearest("xy", "");
    expect_nearest("quorum", "");
    expect_nearest("counterpart", "");
    assert_int_equal(span_nearest(SPAN("a"), NULL, 0).length, 0);
    char huge[1000];
    memset(huge, 'a', sizeof huge);
    struct span name = {huge, sizeof huge};
    assert_int_equal(span_nearest(name, &name, 1).length, 0);
}

static void nearest_prefers_the_first_of_equals(void **state) {
    (void)state;
    const struct span names[] = {SPAN("abcx"), SPAN("abcy")};
    assert_true(span_is(span_nearest(SPAN("abcz"), names, 2), "abcx"));
}

static void text_grows_by_every_way(void **state) {
    (void)state;
    struct text text = {0};
    assert_int_equal(text_span(&text).length, 0);
    char wanted[600] = "";
    for (int i = 0; i < 100; i++) {
        text_add(&text, SPAN("ab"));
        text_byte(&text, '-');
        text_print(&text, "%d ", i % 10);
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "ab-%d ", i % 10);
    }
    expect_text(&text, wanted);
}

static void text_json_escapes(void **state) {
    (void)state;
    struct text text = {0};
    text_json(&text, SPAN("a\"b\\c\n\t\r\x01\x7F/ ж \xFF\xE2\x82 \0 end"));
    expect_text(&text, "\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f/ ж \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \\u0000 end\"");
}

static void text_html_escapes(void **state) {
    (void)state;
    struct text text = {0};
    text_html(&text, SPAN("<a href=\"x\" title='y'>R&D ж</a>"));
    expect_text(&text, "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;R&amp;D ж&lt;/a&gt;");
}

// ---- Names ----------------------------------------------------------------------------------------------------------
static void names_are_numbered_in_order_of_arrival(void **state) {
    (void)state;
    struct names names;
    names_init(&names);
    assert_int_equal(names_find(&names, SPAN("ARM")), NAMES_NONE);
    assert_int_equal(names_add(&names, SPAN("ARM")), 0);
    assert_int_equal(names_add(&names, SPAN("")), 1);
    assert_int_equal(names_add(&names, SPAN("BLR")), 2);
    assert_int_equal(names_add(&names, SPAN("ARM")), 0);
    assert_int_equal(names_find(&names, SPAN("BLR")), 2);
    assert_int_equal(names_find(&names, SPAN("BL")), NAMES_NONE);
    assert_true(span_is(names_text(&names, 2), "BLR"));
    names_release(&names);
}

static uint32_t add_number(struct names *names, uint32_t number) {
    char text[16];
    snprintf(text, sizeof text, "name-%u", number);
    return names_add(names, span_of(text));
}

static uint32_t find_number(const struct names *names, uint32_t number) {
    char text[16];
    snprintf(text, sizeof text, "name-%u", number);
    return names_find(names, span_of(text));
}

static void names_cut_forgets_the_last_ones(void **state) {
    (void)state;
    struct names names;
    names_init(&names);
    for (uint32_t i = 0; i < 5000; i++) assert_int_equal(add_number(&names, i), i);
    static const uint32_t cuts[] = {5000, 4999, 4990, 2600, 2599, 1000, 17, 1, 0};
    for (size_t k = 0; k < COUNT_OF(cuts); k++) {
        names_cut(&names, cuts[k]);
        assert_int_equal(names.count, cuts[k]);
        for (uint32_t i = 0; i < 5000; i++) assert_int_equal(find_number(&names, i), i < cuts[k] ? i : NAMES_NONE);
    }
    assert_int_equal(add_number(&names, 4000), 0);
    names_release(&names);
}

// ---- Hashing --------------------------------------------------------------------------------------------------------
static void hash_bytes_depends_on_every_byte(void **state) {
    (void)state;
    unsigned char bytes[40] = {0};
    uint64_t plain[41];
    for (size_t length = 0; length <= sizeof bytes; length++) {
        plain[length] = hash_bytes(bytes, length);
        for (size_t shorter = 0; shorter < length; shorter++) assert_true(plain[shorter] != plain[length]);
        for (size_t i = 0; i < length; i++) {
            bytes[i] = 1;
            assert_true(hash_bytes(bytes, length) != plain[length]);
            bytes[i] = 0;
        }
    }
    assert_int_equal(hash_bytes(NULL, 0), plain[0]);
}

static void expect_sha256(struct sha256 *sha, struct span text, const char *wanted) {
    uint8_t digest[32];
    char hex[65];
    sha256_of(sha, text.at, text.length, digest);
    for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(hex, wanted);
}

// The examples of FIPS 180-4 that NIST publishes beside it.
static void sha256_agrees_with_the_standard(void **state) {
    (void)state;
    struct sha256 sha;
    sha256_init(&sha);
    expect_sha256(&sha, SPAN(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect_sha256(&sha, SPAN("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_sha256(&sha, SPAN("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = base_alloc(1000000);
    memset(million, 'a', 1000000);
    expect_sha256(&sha, (struct span){million, 1000000},
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
    sha256_release(&sha);
}

// ---- Calendar -------------------------------------------------------------------------------------------------------
static bool make(int32_t year, int32_t month, int32_t day, int64_t *time) {
    return calendar_time_of((struct calendar_date){year, month, day, 0, 0, 0}, 0, time);
}

static void calendar_knows_known_days(void **state) {
    (void)state;
    static const struct { int32_t year, month, day; int64_t time; } days[] = {
        {1, 1, 1, -62135596800},        {1600, 2, 29, -11670998400}, {1969, 12, 31, -DAY},
        {1970, 1, 1, 0},                {1972, 3, 1, 68256000},                           {2000, 2, 29, 951782400},
        {2000, 3, 1, 951868800},        {2022, 1, 5, 1641340800},                         {2038, 1, 19, 2147472000},
        {9999, 12, 31, 253402214400},
    };
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        int64_t time = 1;
        assert_true(make(days[i].year, days[i].month, days[i].day, &time));
        if (time != days[i].time) fail_msg("%d-%d-%d: %lld", days[i].year, days[i].month, days[i].day, (long long)time);
        struct calendar_date date = calendar_date_of(time + DAY - 1, 0);
        assert_int_equal(date.year, days[i].year);
        assert_int_equal(date.month, days[i].month);
        assert_int_equal(date.day, days[i].day);
        assert_int_equal(date.hour * HOUR + date.minute * MINUTE + date.second, DAY - 1);
    }
}

// Walks all days of all years with a calendar of its own, which only counts.
static void calendar_agrees_with_counting(void **state) {
    (void)state;
    int64_t time = -62135596800, made = 0;
    for (int32_t year = 1; year <= 9999; year++) {
        bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        for (int32_t month = 1; month <= 12; month++) {
            bool short_month = month == 4 || month == 6 || month == 9 || month == 11;
            int32_t days = month == 2 ? (leap ? 29 : 28) : short_month ? 30 : 31;
            for (int32_t day = 1; day <= days; day++, time += DAY) {
                struct calendar_date date = calendar_date_of(time, 0);
                if (!make(year, month, day, &made) || made != time || date.year != year || date.month != month ||
                    date.day != day)
                    fail_msg("%04d-%02d-%02d", year, month, day);
            }
            assert_false(make(year, month, days + 1, &made));
        }
    }
    assert_int_equal(time, 253402300800);
}

static void calendar_refuses_what_is_no_date(void **state) {
    (void)state;
    static const struct calendar_date dates[] = {
        {0, 1, 1, 0, 0, 0},    {10000, 1, 1, 0, 0, 0}, {-1, 1, 1, 0, 0, 0},    {2022, 0, 1, 0, 0, 0},
        {2022, 13, 1, 0, 0, 0}, {2022, 1, 0, 0, 0, 0},  {2022, 1, 32, 0, 0, 0}, {2022, 2, 29, 0, 0, 0},
        {1900, 2, 29, 0, 0, 0}, {2000, 2, 30, 0, 0, 0}, {2022, 4, 31, 0, 0, 0}, {2022, 1, 1, 24, 0, 0},
        {2022, 1, 1, -1, 0, 0}, {2022, 1, 1, 0, 60, 0}, {2022, 1, 1, 0, 0, 60}, {2022, 1, 1, 0, 0, -1},
    };
    int64_t time = 77;
    for (size_t i = 0; i < COUNT_OF(dates); i++)
        if (calendar_time_of(dates[i], 0, &time)) fail_msg("taken: number %zu", i);
    assert_int_equal(time, 77);
}

static void calendar_stays_within_its_years(void **state) {
    (void)state;
    int64_t time = 77;
    // The first hours of year 1 east of UTC lie in year 0, the last of 9999 west of it in 10000.
    assert_false(calendar_time_of((struct calendar_date){1, 1, 1, 5, 59, 59}, 6 * HOUR, &time));
    assert_true(calendar_time_of((struct calendar_date){1, 1, 1, 6, 0, 0}, 6 * HOUR, &time));
    assert_int_equal(time, -62135596800);
    assert_false(calendar_time_of((struct calendar_date){9999, 12, 31, 18, 0, 0}, -6 * HOUR, &time));
    assert_true(calendar_time_of((struct calendar_date){9999, 12, 31, 17, 59, 59}, -6 * HOUR, &time));
    assert_int_equal(time, 253402300799);
    assert_int_equal(calendar_date_of(TIME_MAX, 6 * HOUR).year, 9999);
    assert_int_equal(calendar_date_of(TIME_MIN, -6 * HOUR).year, 1);
}

static void calendar_sees_the_day_at_the_offset(void **state) {
    (void)state;
    int64_t time = 0;
    assert_true(calendar_time_of((struct calendar_date){2022, 1, 6, 1, 0, 0}, 6 * HOUR, &time));
    assert_int_equal(time, 1641340800 + 19 * HOUR);
    assert_int_equal(calendar_date_of(time, 0).day, 5);
    assert_int_equal(calendar_date_of(time, 6 * HOUR).day, 6);
    assert_int_equal(calendar_date_of(-1, 0).second, 59);
    assert_int_equal(calendar_date_of(-1, 0).hour, 23);
}

static void expect_months(const char *from, int64_t count, int32_t offset, const char *wanted) {
    int64_t time = 0, result = 0;
    uint32_t length = 0;
    struct text got = {0};
    assert_true(calendar_parse(span_of(from), offset, &time, &length));
    if (calendar_add_months(time, count, offset, &result)) calendar_print(&got, result, offset);
    if (!span_is(text_span(&got), wanted))
        fail_msg("%s + %lld months: \"%s\", not \"%s\"", from, (long long)count, got.at ? got.at : "", wanted);
    text_release(&got);
}

static void calendar_months_keep_the_day_or_take_the_last(void **state) {
    (void)state;
    expect_months("2022-01-31", 1, 0, "2022-02-28 00:00 Z");
    expect_months("2024-01-31", 1, 0, "2024-02-29 00:00 Z");
    expect_months("2024-02-29", 12, 0, "2025-02-28 00:00 Z");
    expect_months("2024-02-29", 48, 0, "2028-02-29 00:00 Z");
    expect_months("1896-02-29", 48, 0, "1900-02-28 00:00 Z");
    expect_months("2022-12-15 22:00:30", 1, 0, "2023-01-15 22:00:30 Z");
    expect_months("2022-03-31", -1, 0, "2022-02-28 00:00 Z");
    expect_months("2022-01-01", -1, 0, "2021-12-01 00:00 Z");
    expect_months("2022-05-31", 0, 0, "2022-05-31 00:00 Z");
    // Seen from +06:00 this is the first of the month, at UTC still the last of the one before.
    expect_months("2022-03-01 03:00", 1, 6 * HOUR, "2022-04-01 03:00 +06:00");
    expect_months("2022-02-28 22:00", 1, 0, "2022-03-28 22:00 Z");
}

static void calendar_months_end_with_the_years(void **state) {
    (void)state;
    expect_months("0001-01-31", -1, 0, "");
    expect_months("0001-02-28", -1, 0, "0001-01-28 00:00 Z");
    expect_months("9999-11-30", 1, 0, "9999-12-30 00:00 Z");
    expect_months("9999-12-01", 1, 0, "");
    expect_months("0001-01-01", 9998 * 12 + 11, 0, "9999-12-01 00:00 Z");
    expect_months("2022-01-01", INT64_MAX, 0, "");
    expect_months("2022-01-01", INT64_MIN, 0, "");
    int64_t result = 77;
    assert_false(calendar_add_months(TIME_MAX, 0, 0, &result));
    assert_false(calendar_add_months(TIME_MIN, 0, 0, &result));
    assert_int_equal(result, 77);
}

static void calendar_parse_takes_each_form(void **state) {
    (void)state;
    const int64_t day = 1641340800;       // 2022-01-05
    static const struct { const char *text; int64_t after; uint32_t length; } cases[] = {
        {"2022-01-05", -3 * HOUR, 10},
        {"2022-01-05 22:00", 19 * HOUR, 16},
        {"2022-01-05T22:00", 19 * HOUR, 16},
        {"2022-01-05 22:00:30", 19 * HOUR + 30, 19},
        {"2022-01-05 22:00 +06:00", 16 * HOUR, 23},
        {"2022-01-05 22:00+06:00", 16 * HOUR, 22},
        {"2022-01-05T22:00:30Z", 22 * HOUR + 30, 20},
        {"2022-01-05 22:00:30 -03:30", 25 * HOUR + 30 * MINUTE + 30, 26},
        {"2022-01-05 +06:00", -6 * HOUR, 17},
        {"2022-01-05 -03:30 x", 3 * HOUR + 30 * MINUTE, 17},
        {"2022-01-05 Z", 0, 12},
        {"2022-01-05 +00:00", 0, 17},
        {"2022-01-05 +14:00", -14 * HOUR, 17},
        // What follows is none of its business.
        {"2022-01-05)", -3 * HOUR, 10},
        {"2022-01-05 + 6 months", -3 * HOUR, 10},
        {"2022-01-05 - 6 months", -3 * HOUR, 10},
        {"2022-01-05 22:00 Zone", 19 * HOUR, 16},
        {"2022-01-05 22:00  +06:00", 19 * HOUR, 16},
        {"2022-01-05  22:00", -3 * HOUR, 10},
        {"2022-01-05-03:30", -3 * HOUR, 10},
        {"2022-01-05 22:00:5", 19 * HOUR, 16},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t time = 0;
        uint32_t length = 0;
        if (!calendar_parse(span_of(cases[i].text), 3 * HOUR, &time, &length)) fail_msg("not taken: %s", cases[i].text);
        if (time - day != cases[i].after || length != cases[i].length)
            fail_msg("%s: %lld s after the day, %u bytes", cases[i].text, (long long)(time - day), length);
    }
}

static void calendar_parse_refuses(void **state) {
    (void)state;
    static const char *const cases[] = {
        "",           "2022",           "2022-1-5",         "2022-01-0",        "22-01-05",
        "2022-02-29", "2022-13-01",     "0000-01-01",       "2022-00-10",       "2022-01-055",
        "2022-01-05 24:00", "2022-01-05 12:60", "2022-01-05 12:000", "2022-01-05 12:00:60", "2022-01-05 12:00:300",
        "2022-01-05 12:00 +14:01", "2022-01-05 12:00 +06:60", "2022-01-05 12:00 +06:000", "2022-01-05 12:00 -15:00",
        "0001-01-01 00:00 +06:00", "9999-12-31 23:00 -06:00", " 2022-01-05", "+2022-01-05",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t time = 77;
        uint32_t length = 77;
        if (calendar_parse(span_of(cases[i]), 0, &time, &length)) fail_msg("taken: %s", cases[i]);
        assert_int_equal(time, 77);
        assert_int_equal(length, 77);
    }
}

static void calendar_parse_stops_at_the_span(void **state) {
    (void)state;
    struct span text = SPAN("2022-01-05 22:00:30 +06:00");
    static const uint32_t read[] = {10, 10, 10, 10, 10, 10, 16, 16, 16, 19, 19, 19, 19, 19, 19, 19, 26};
    for (uint32_t length = 0; length <= text.length; length++) {
        // A copy of just that many bytes: a read past them is found by the sanitizer.
        char *copy = base_alloc(length);
        memcpy(copy, text.at, length);
        int64_t time = 0;
        uint32_t taken = 0;
        bool ok = calendar_parse((struct span){copy, length}, 0, &time, &taken);
        free(copy);
        assert_int_equal(ok, length >= 10);
        if (ok) assert_int_equal(taken, read[length - 10]);
    }
}

static void expect_time(int64_t time, int32_t offset, const char *wanted) {
    struct text text = {0};
    calendar_print(&text, time, offset);
    expect_text(&text, wanted);
}

static void calendar_prints_what_it_parses(void **state) {
    (void)state;
    expect_time(1641340800, 0, "2022-01-05 00:00 Z");
    expect_time(1641340830, 6 * HOUR, "2022-01-05 06:00:30 +06:00");
    expect_time(1641340800, -(3 * HOUR + 30 * MINUTE), "2022-01-04 20:30 -03:30");
    expect_time(-62135596800, 0, "0001-01-01 00:00 Z");
    expect_time(TIME_MIN, 3 * HOUR, "since ever");
    expect_time(TIME_MAX, 3 * HOUR, "without end");
    expect_time(253402300800, 0, "after the year 9999");
    expect_time(-62135596801, 0, "before the year 0001");
    for (int64_t time = -62135596800 + DAY; time < 253402300799 - DAY; time += 123456789) {
        int32_t offset = (int32_t)(time % 28) * 30 * MINUTE;
        struct text text = {0};
        int64_t parsed = 0;
        uint32_t length = 0;
        calendar_print(&text, time, offset);
        assert_true(calendar_parse(text_span(&text), 0, &parsed, &length));
        assert_int_equal(parsed, time);
        assert_int_equal(length, text.length);
        text_release(&text);
    }
}

static void expect_duration(int64_t seconds, const char *wanted) {
    struct text text = {0};
    calendar_print_duration(&text, seconds);
    expect_text(&text, wanted);
}

static void calendar_prints_durations(void **state) {
    (void)state;
    expect_duration(0, "0 seconds");
    expect_duration(1, "1 second");
    expect_duration(90, "1 minute 30 seconds");
    expect_duration(2 * DAY + 3 * HOUR + 59, "2 days 3 hours");
    expect_duration(DAY + 59, "1 day 59 seconds");
    expect_duration(-HOUR, "-1 hour");
    expect_duration(INT64_MIN, "-106751991167300 days 15 hours");
}

// ---- Diagnostics ----------------------------------------------------------------------------------------------------
static void diagnostics_print_in_order_with_carets(void **state) {
    (void)state;
    struct diagnostics all;
    diagnostics_init(&all);
    uint32_t a = diagnostics_source(&all, SPAN("a.md"), SPAN("fact member(state)\r\nact appeel(c)\n"));
    uint32_t b = diagnostics_source(&all, SPAN("b.md"), SPAN("party state"));
    diagnostics_warn(&all, (struct place){b, 6, 5}, NULL, "a party without members");
    diagnostics_error(&all, (struct place){a, 24, 6}, "did you mean \"appeal\"?", "no act is named \"%s\"", "appeel");
    diagnostics_error(&all, (struct place){a, 5, 6}, NULL, "first");
    diagnostics_error(&all, (struct place){a, 5, 6}, NULL, "second");
    assert_int_equal(all.errors, 3);
    struct text out = {0};
    diagnostics_print(&all, &out, false);
    expect_text(&out, "a.md:1:6: error: first\n"
                      "    fact member(state)\n"
                      "         ^^^^^^\n"
                      "a.md:1:6: error: second\n"
                      "    fact member(state)\n"
                      "         ^^^^^^\n"
                      "a.md:2:5: error: no act is named \"appeel\"\n"
                      "    act appeel(c)\n"
                      "        ^^^^^^\n"
                      "  hint: did you mean \"appeal\"?\n"
                      "b.md:1:7: warning: a party without members\n"
                      "    party state\n"
                      "          ^^^^^\n");
    diagnostics_release(&all);
}

static void diagnostics_count_characters_not_bytes(void **state) {
    (void)state;
    struct diagnostics all;
    diagnostics_init(&all);
    uint32_t source = diagnostics_source(&all, SPAN("договор.md"), SPAN("\tпомощь члену!\n"));
    diagnostics_error(&all, (struct place){source, 14, 10}, NULL, "слово");
    uint32_t line = 0, column = 0;
    diagnostics_line(&all, (struct place){source, 14, 10}, &line, &column);
    assert_int_equal(line, 1);
    assert_int_equal(column, 9);
    struct text out = {0};
    diagnostics_print(&all, &out, false);
    expect_text(&out, "договор.md:1:9: error: слово\n"
                      "    \tпомощь члену!\n"
                      "    \t       ^^^^^\n");
    diagnostics_release(&all);
}

static void diagnostics_stand_at_the_edges(void **state) {
    (void)state;
    struct diagnostics all;
    diagnostics_init(&all);
    struct span text = SPAN("one\r\n\ntwo\n");
    uint32_t source = diagnostics_source(&all, SPAN("e"), text);
    static const struct { uint32_t at, line, column; } places[] = {
        {0, 1, 1}, {3, 1, 4}, {4, 1, 4}, {5, 2, 1}, {6, 3, 1}, {9, 3, 4}, {10, 4, 1}, {4000, 4, 1}};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        uint32_t line = 0, column = 0;
        diagnostics_line(&all, (struct place){source, places[i].at, UINT32_MAX}, &line, &column);
        assert_int_equal(line, places[i].line);
        assert_int_equal(column, places[i].column);
    }
    uint32_t empty = diagnostics_source(&all, SPAN("empty"), (struct span){NULL, 0});
    diagnostics_error(&all, (struct place){source, 6, UINT32_MAX}, NULL, "to the end");
    diagnostics_error(&all, (struct place){source, 9, 0}, NULL, "behind the line");
    diagnostics_error(&all, (struct place){empty, 0, 0}, NULL, "nothing here");
    struct text out = {0};
    diagnostics_print(&all, &out, false);
    expect_text(&out, "e:3:1: error: to the end\n    two\n    ^^^\n"
                      "e:3:4: error: behind the line\n    two\n       ^\n"
                      "empty:1:1: error: nothing here\n");
    diagnostics_release(&all);
}

static void diagnostics_keep_the_terminal_safe(void **state) {
    (void)state;
    struct diagnostics all;
    diagnostics_init(&all);
    uint32_t source = diagnostics_source(&all, SPAN("t"), SPAN("\x1b[2J\xE2\x80\xAEx\xFFy"));
    diagnostics_error(&all, (struct place){source, 7, 1}, "\x1b[0m", "says \"\x07\"");
    struct text out = {0};
    diagnostics_print(&all, &out, false);
    expect_text(&out, "t:1:6: error: says \"\xEF\xBF\xBD\"\n"
                      "    \xEF\xBF\xBD[2J\xEF\xBF\xBDx\xEF\xBF\xBDy\n"
                      "         ^\n"
                      "  hint: \xEF\xBF\xBD[0m\n");
    diagnostics_print(&all, &out, true);
    assert_non_null(strstr(out.at, "\x1b[1;31merror:\x1b[0m says"));
    text_release(&out);
    diagnostics_release(&all);
}

static void diagnostics_cut_a_long_line(void **state) {
    (void)state;
    struct diagnostics all;
    diagnostics_init(&all);
    struct text line = {0};
    for (int i = 0; i < 1000; i++) text_add(&line, SPAN("ж"));
    text_add(&line, SPAN("HERE"));
    for (int i = 0; i < 1000; i++) text_add(&line, SPAN("ю"));
    uint32_t source = diagnostics_source(&all, SPAN("l"), text_span(&line));
    diagnostics_error(&all, (struct place){source, 2000, 4}, NULL, "far out");
    struct text out = {0}, wanted = {0};
    text_add(&wanted, SPAN("l:1:1001: error: far out\n    "));
    for (int i = 0; i < 100; i++) text_add(&wanted, SPAN("ж"));
    text_add(&wanted, SPAN("HERE"));
    for (int i = 0; i < 56; i++) text_add(&wanted, SPAN("ю"));
    text_print(&wanted, "\n    %100s^^^^\n", "");
    diagnostics_print(&all, &out, false);
    expect_text(&out, wanted.at);
    text_release(&wanted);
    text_release(&line);
    diagnostics_release(&all);
}

static void diagnostics_have_a_limit(void **state) {
    (void)state;
    struct diagnostics all;
    diagnostics_init(&all);
    uint32_t source = diagnostics_source(&all, SPAN("m"), SPAN("x"));
    for (int i = 0; i < 250; i++) {
        diagnostics_warn(&all, (struct place){source, 0, 1}, NULL, "w%d", i);
        diagnostics_error(&all, (struct place){source, 0, 1}, NULL, "e%d", i);
    }
    assert_int_equal(all.errors, 250);
    assert_int_equal(all.items.count, 2 * DIAGNOSTICS_MAX);
    struct text out = {0};
    diagnostics_print(&all, &out, false);
    assert_non_null(strstr(out.at, "error: e199\n"));
    assert_null(strstr(out.at, "error: e200\n"));
    assert_non_null(strstr(out.at, "\n50 more errors are not shown\n"));
    text_release(&out);
    diagnostics_release(&all);
}

static void diagnostics_as_json(void **state) {
    (void)state;
    struct diagnostics all;
    diagnostics_init(&all);
    struct text out = {0};
    diagnostics_json(&all, &out);
    expect_text(&out, "{\"errors\":0,\"diagnostics\":[]}");
    uint32_t source = diagnostics_source(&all, SPAN("a\"b"), SPAN("ж x"));
    diagnostics_error(&all, (struct place){source, 3, 1}, "a hint", "why");
    diagnostics_json(&all, &out);
    expect_text(&out, "{\"errors\":1,\"diagnostics\":[\n"
                      "{\"severity\":\"error\",\"path\":\"a\\\"b\",\"line\":1,\"column\":3,\"at\":3,\"length\":1,"
                      "\"message\":\"why\",\"hint\":\"a hint\"}]}");
    diagnostics_release(&all);
}

// ---- Files ----------------------------------------------------------------------------------------------------------
static void write_file(struct arena *arena, const char *folder, const char *name, struct span text) {
    FILE *file = fopen(span_print(arena, "%s/%s", folder, name).at, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.at, 1, text.length, file), text.length);
    assert_int_equal(fclose(file), 0);
}

static void files_are_read_and_listed(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char folder[] = "/tmp/entente-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    write_file(&arena, folder, "b.md", SPAN("b\0\xFF"));
    write_file(&arena, folder, "a.md", SPAN(""));
    write_file(&arena, folder, ".hidden", SPAN("h"));
    // mkdtemp stands in for mkdir, whose header would be needed for nothing else.
    assert_non_null(mkdtemp((char *)(uintptr_t)span_print(&arena, "%s/Z-XXXXXX", folder).at));

    struct span *names = NULL, text = {0};
    uint32_t count = 0;
    assert_int_equal(folder_list(&arena, folder, &names, &count), BASE_OK);
    assert_int_equal(count, 3);
    assert_true(span_starts(names[0], "Z-") && names[0].at[names[0].length - 1] == '/');
    assert_true(span_is(names[1], "a.md") && span_is(names[2], "b.md"));
    assert_int_equal(file_read(&arena, span_print(&arena, "%s/b.md", folder).at, &text), BASE_OK);
    assert_true(span_equal(text, SPAN("b\0\xFF")));
    assert_int_equal(file_read(&arena, span_print(&arena, "%s/a.md", folder).at, &text), BASE_OK);
    assert_int_equal(text.length, 0);

    text = SPAN("untouched");
    assert_int_equal(file_read(&arena, span_print(&arena, "%s/none", folder).at, &text), BASE_NOT_FOUND);
    assert_int_equal(file_read(&arena, span_print(&arena, "%s/a.md/none", folder).at, &text), BASE_NOT_FOUND);
    assert_int_equal(file_read(&arena, folder, &text), BASE_UNREADABLE);
    assert_int_equal(file_read(&arena, "/dev/zero", &text), BASE_TOO_LARGE);
    assert_true(span_is(text, "untouched"));
    assert_int_equal(folder_list(&arena, span_print(&arena, "%s/none", folder).at, &names, &count), BASE_NOT_FOUND);
    assert_int_equal(count, 3);

    static const char *const made[] = {"b.md", "a.md", ".hidden"};
    for (size_t i = 0; i < COUNT_OF(made); i++) unlink(span_print(&arena, "%s/%s", folder, made[i]).at);
    rmdir(span_print(&arena, "%s/%s", folder, names[0].at).at);
    assert_int_equal(rmdir(folder), 0);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_memory_is_zeroed_and_aligned),
        cmocka_unit_test(arena_that_holds_much_goes_on_as_before),
        cmocka_unit_test(arena_large_request_keeps_the_small_block),
        cmocka_unit_test(vec_grows_and_keeps_what_it_holds),
        cmocka_unit_test(span_compares_by_bytes),
        cmocka_unit_test(span_trims_and_cuts),
        cmocka_unit_test(span_copies_end_in_nul),
        cmocka_unit_test(utf8_takes_every_well_formed_length),
        cmocka_unit_test(utf8_refuses_what_is_not),
        cmocka_unit_test(nearest_finds_a_typing_error),
        cmocka_unit_test(nearest_leaves_the_far_alone),
        cmocka_unit_test(nearest_prefers_the_first_of_equals),
        cmocka_unit_test(text_grows_by_every_way),
        cmocka_unit_test(text_json_escapes),
        cmocka_unit_test(text_html_escapes),
        cmocka_unit_test(names_are_numbered_in_order_of_arrival),
        cmocka_unit_test(names_cut_forgets_the_last_ones),
        cmocka_unit_test(hash_bytes_depends_on_every_byte),
        cmocka_unit_test(sha256_agrees_with_the_standard),
        cmocka_unit_test(calendar_knows_known_days),
        cmocka_unit_test(calendar_agrees_with_counting),
        cmocka_unit_test(calendar_refuses_what_is_no_date),
        cmocka_unit_test(calendar_stays_within_its_years),
        cmocka_unit_test(calendar_sees_the_day_at_the_offset),
        cmocka_unit_test(calendar_months_keep_the_day_or_take_the_last),
        cmocka_unit_test(calendar_months_end_with_the_years),
        cmocka_unit_test(calendar_parse_takes_each_form),
        cmocka_unit_test(calendar_parse_refuses),
        cmocka_unit_test(calendar_parse_stops_at_the_span),
        cmocka_unit_test(calendar_prints_what_it_parses),
        cmocka_unit_test(calendar_prints_durations),
        cmocka_unit_test(diagnostics_print_in_order_with_carets),
        cmocka_unit_test(diagnostics_count_characters_not_bytes),
        cmocka_unit_test(diagnostics_stand_at_the_edges),
        cmocka_unit_test(diagnostics_keep_the_terminal_safe),
        cmocka_unit_test(diagnostics_cut_a_long_line),
        cmocka_unit_test(diagnostics_have_a_limit),
        cmocka_unit_test(diagnostics_as_json),
        cmocka_unit_test(files_are_read_and_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
