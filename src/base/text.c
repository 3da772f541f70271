// SPDX-License-Identifier: Apache-2.0
#include "base/base.h"

// ---- Spans ----------------------------------------------------------------------------------------------------------
struct span span_of(const char *text) {
    size_t length = strlen(text);
    ENSURE(length <= UINT32_MAX);
    return (struct span){text, (uint32_t)length};
}

bool span_equal(struct span a, struct span b) {
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

bool span_is(struct span a, const char *text) { return span_equal(a, span_of(text)); }

int span_compare(struct span a, struct span b) {
    uint32_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    if (order != 0) return order < 0 ? -1 : 1;
    return (a.length > b.length) - (a.length < b.length);
}

bool span_starts(struct span text, const char *prefix) {
    struct span start = span_of(prefix);
    return text.length >= start.length && span_equal(span_part(text, 0, start.length), start);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

struct span span_trim(struct span text) {
    while (text.length && is_blank(text.at[0])) text.at++, text.length--;
    while (text.length && is_blank(text.at[text.length - 1])) text.length--;
    return text;
}

struct span span_part(struct span text, uint32_t from, uint32_t length) {
    ENSURE(from <= text.length && length <= text.length - from);
    // An empty text may have no address, and C allows no arithmetic on that.
    return (struct span){from ? text.at + from : text.at, length};
}

struct span span_copy(struct arena *arena, struct span text) {
    char *copy = arena_alloc(arena, (size_t)text.length + 1);
    if (text.length) memcpy(copy, text.at, text.length);
    return (struct span){copy, text.length};
}

struct span span_print_list(struct arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    ENSURE(length >= 0);
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return (struct span){text, (uint32_t)length};
}

struct span span_print(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct span text = span_print_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

// Table 3-7 of the Unicode Standard: which second bytes a first byte allows. That alone shuts out overlong forms,
// surrogates and what lies beyond U+10FFFF; any third and fourth byte is 80..BF.
static uint32_t utf8_sequence(const unsigned char *at, uint32_t left) {
    unsigned char first = at[0], low = 0x80, high = 0xBF;
    uint32_t length;
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        if (first == 0xE0) low = 0xA0;
        if (first == 0xED) high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        if (first == 0xF0) low = 0x90;
        if (first == 0xF4) high = 0x8F;
    } else {
        return 0;
    }
    if (length > left || at[1] < low || at[1] > high) return 0;
    for (uint32_t i = 2; i < length; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    return length;
}

bool span_utf8_valid(struct span text, uint32_t *bad_at) {
    for (uint32_t i = 0; i < text.length;) {
        uint32_t length = utf8_sequence((const unsigned char *)text.at + i, text.length - i);
        if (length == 0) {
            *bad_at = i;
            return false;
        }
        i += length;
    }
    return true;
}

// ---- The nearest name -----------------------------------------------------------------------------------------------
// Names longer than this are nobody's typing error.
#define NEAREST_LETTERS 64

// The code points of a text; bytes that are not UTF-8 count as letters of their own. False: more than NEAREST_LETTERS.
static bool letters_of(struct span text, uint32_t letters[NEAREST_LETTERS], uint32_t *count) {
    *count = 0;
    for (uint32_t i = 0; i < text.length; (*count)++) {
        if (*count == NEAREST_LETTERS) return false;
        uint32_t length = utf8_sequence((const unsigned char *)text.at + i, text.length - i);
        uint32_t letter = 0;
        if (length == 0) length = 1;
        for (uint32_t k = 0; k < length; k++) letter = letter << 8 | (unsigned char)text.at[i + k];
        letters[*count] = letter;
        i += length;
    }
    return true;
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

// Damerau-Levenshtein distance in the "optimal string alignment" form: insert, delete, replace, swap two neighbours.
static uint32_t distance(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count) {
    uint32_t rows[3][NEAREST_LETTERS + 1];
    for (uint32_t j = 0; j <= b_count; j++) rows[0][j] = j;
    for (uint32_t i = 1; i <= a_count; i++) {
        uint32_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *before_that = rows[(i + 1) % 3];
        now[0] = i;
        for (uint32_t j = 1; j <= b_count; j++) {
            uint32_t cost = a[i - 1] != b[j - 1];
            now[j] = least(least(before[j] + 1, now[j - 1] + 1), before[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before_that[j - 2] + 1);
        }
    }
    return rows[a_count % 3][b_count];
}

struct span span_nearest(struct span wanted, const struct span *names, uint32_t count) {
    uint32_t wanted_letters[NEAREST_LETTERS], name_letters[NEAREST_LETTERS], wanted_count, name_count;
    struct span best = {"", 0};
    if (!letters_of(wanted, wanted_letters, &wanted_count)) return best;
    uint32_t best_distance = wanted_count / 3 + 1;
    for (uint32_t i = 0; i < count; i++) {
        if (!letters_of(names[i], name_letters, &name_count)) continue;
        uint32_t apart = distance(wanted_letters, wanted_count, name_letters, name_count);
        if (apart < best_distance) best = names[i], best_distance = apart;
    }
    return best;
}

// ---- Texts that grow ------------------------------------------------------------------------------------------------
// Makes room for `more` bytes and a NUL, which every text carries past its end so that it can be read as a C string.
static void make_room(struct text *text, size_t more) {
    ENSURE(more < SIZE_MAX / 4 && text->length < SIZE_MAX / 4);
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity) return;
    size_t capacity = text->capacity ? text->capacity * 2 : 64;
    if (capacity < needed) capacity = needed;
    text->at = base_grow(text->at, capacity);
    text->capacity = capacity;
}

void text_add(struct text *text, struct span more) {
    make_room(text, more.length);
    if (more.length) memcpy(text->at + text->length, more.at, more.length);
    text->length += more.length;
    text->at[text->length] = 0;
}

void text_byte(struct text *text, char byte) {
    make_room(text, 1);
    text->at[text->length++] = byte;
    text->at[text->length] = 0;
}

void text_print(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    ENSURE(length >= 0);
    make_room(text, (size_t)length);
    va_start(arguments, format);
    vsnprintf(text->at + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_json(struct text *text, struct span value) {
    text_byte(text, '"');
    for (uint32_t i = 0; i < value.length;) {
        unsigned char byte = (unsigned char)value.at[i];
        uint32_t length = utf8_sequence((const unsigned char *)value.at + i, value.length - i);
        if (length == 0) {
            // JSON is UTF-8: what is not becomes the replacement character, so that the rest stays readable.
            text_add(text, SPAN("\xEF\xBF\xBD"));
            length = 1;
        } else if (byte == '"' || byte == '\\') {
            text_byte(text, '\\');
            text_byte(text, (char)byte);
        } else if (byte == '\n') {
            text_add(text, SPAN("\\n"));
        } else if (byte == '\t') {
            text_add(text, SPAN("\\t"));
        } else if (byte == '\r') {
            text_add(text, SPAN("\\r"));
        } else if (byte < 0x20 || byte == 0x7F) {
            text_print(text, "\\u%04x", byte);
        } else {
            text_add(text, span_part(value, i, length));
        }
        i += length;
    }
    text_byte(text, '"');
}

void text_html(struct text *text, struct span value) {
    for (uint32_t i = 0; i < value.length; i++) {
        switch (value.at[i]) {
        case '&': text_add(text, SPAN("&amp;")); break;
        case '<': text_add(text, SPAN("&lt;")); break;
        case '>': text_add(text, SPAN("&gt;")); break;
        case '"': text_add(text, SPAN("&quot;")); break;
        case '\'': text_add(text, SPAN("&#39;")); break;
        default: text_byte(text, value.at[i]);
        }
    }
}

void text_release(struct text *text) {
    free(text->at);
    *text = (struct text){0};
}

struct span text_span(const struct text *text) {
    ENSURE(text->length <= UINT32_MAX);
    return (struct span){text->at ? text->at : "", (uint32_t)text->length};
}
