// SPDX-License-Identifier: Apache-2.0
// base: memory, text, growable arrays, names, calendar time, hashing and diagnostics. It knows nothing of treaties.
//
// Out of memory stops the program. Anything a stranger can make large is limited by the caller, before it gets here.
#ifndef ENTENTE_BASE_H
#define ENTENTE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>        // VEC_RELEASE calls free

// ---- What a compiler adds -------------------------------------------------------------------------------------------
#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define NO_RETURN __attribute__((noreturn))
#define NO_INLINE __attribute__((noinline))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// States what must be true, in release builds too. A false one is our own bug: it prints file and line and aborts.
#define ENSURE(condition) ((condition) ? (void)0 : base_bug(__FILE__, __LINE__, #condition))
NO_RETURN void base_bug(const char *file, int line, const char *what);

// ---- Errors of operation (never the user's diagnostics, never limits) -----------------------------------------------
typedef enum { BASE_OK = 0, BASE_NOT_FOUND, BASE_UNREADABLE, BASE_TOO_LARGE, BASE_IO } base_error;

// ---- Memory ---------------------------------------------------------------------------------------------------------
void *base_alloc(size_t size);                    // zeroed; free() it
void *base_grow(void *memory, size_t size);       // realloc that stops the program when it fails

// An arena hands out zeroed memory that is given back all at once. Alignment 16.
struct arena_block;
struct arena { struct arena_block *last; size_t used, total; };      // bytes used of the last block, and held in all
void  arena_init(struct arena *arena);
void  arena_release(struct arena *arena);         // gives everything back; the arena may be used again
void  arena_reset(struct arena *arena);           // like release, but keeps one block for the next use
void *arena_alloc(struct arena *arena, size_t size);
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (size_t)(count)))

// ---- Text -----------------------------------------------------------------------------------------------------------
// A span is a pointer and a length in bytes; it owns nothing and need not end in NUL.
struct span { const char *at; uint32_t length; };
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})
#define SPAN_INIT(literal) {(literal), sizeof(literal) - 1}  // the same, for a table that is static
#define SPAN_ARG(span) (int)(span).length, (span).at      // for "%.*s"
struct span span_of(const char *text);                    // of a NUL-terminated text
bool        span_equal(struct span a, struct span b);
bool        span_is(struct span a, const char *text);
int         span_compare(struct span a, struct span b);   // by bytes
bool        span_starts(struct span text, const char *prefix);
struct span span_trim(struct span text);                  // without blanks, tabs, CR and LF at either end
struct span span_part(struct span text, uint32_t from, uint32_t length);
struct span span_copy(struct arena *arena, struct span text);       // NUL-terminated copy
struct span span_print(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
struct span span_print_list(struct arena *arena, const char *format, va_list arguments) PRINTF_LIKE(2, 0);
bool        span_utf8_valid(struct span text, uint32_t *bad_at);    // bad_at: first offending byte
// The nearest of `count` names to `wanted`, at most a third of its letters away (Damerau-Levenshtein); else length 0.
struct span span_nearest(struct span wanted, const struct span *names, uint32_t count);

// A text that grows. Zero-initialised is empty; once anything was added, a NUL follows its last byte.
struct text { char *at; size_t length, capacity; };
void text_add(struct text *text, struct span more);
void text_byte(struct text *text, char byte);
void text_print(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);
void text_json(struct text *text, struct span value);     // as a JSON string with its quotes
void text_html(struct text *text, struct span value);     // escaped for HTML text and attributes
void text_release(struct text *text);
struct span text_span(const struct text *text);

// ---- Growable arrays: VEC(int) numbers = {0}; VEC_PUSH(&numbers, 7); numbers.at[0]; ---------------------------------
#define VEC(type) struct { type *at; uint32_t count, capacity; }
#define VEC_PUSH(vec, ...)                                                                                             \
    (((vec)->count == (vec)->capacity                                                                                  \
      ? (void)((vec)->at = base_vec_grow((vec)->at, &(vec)->capacity, sizeof *(vec)->at)) : (void)0),                  \
     (vec)->at[(vec)->count++] = (__VA_ARGS__))
#define VEC_RELEASE(vec) (free((vec)->at), (vec)->at = NULL, (vec)->count = (vec)->capacity = 0)
void *base_vec_grow(void *at, uint32_t *capacity, size_t size);

// ---- Names: each distinct text once, with an id in order of arrival, from 0 -----------------------------------------
#define NAMES_NONE UINT32_MAX
struct names { struct arena arena; struct span *at; uint32_t count, capacity; uint32_t *slots; uint32_t slot_count; };
void        names_init(struct names *names);
void        names_release(struct names *names);
uint32_t    names_add(struct names *names, struct span text);            // copies it the first time
uint32_t    names_find(const struct names *names, struct span text);     // NAMES_NONE where it is not there
struct span names_text(const struct names *names, uint32_t id);
void        names_cut(struct names *names, uint32_t count);              // forgets the ids from `count` on

uint64_t hash_bytes(const void *bytes, size_t length);                   // the same on every machine
static inline uint64_t hash_mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

// ---- SHA-256 (FIPS 180-4), through OpenSSL's EVP --------------------------------------------------------------------
struct sha256 { void *context; };
void sha256_init(struct sha256 *sha);                                    // allocates; reused by many begin/end
void sha256_release(struct sha256 *sha);
void sha256_of(struct sha256 *sha, const void *bytes, size_t length, uint8_t digest[32]);

// ---- Calendar time: whole UTC seconds since 1970-01-01, proleptic Gregorian -----------------------------------------
// Years 0001 to 9999. An offset is seconds east of UTC.
#define TIME_MIN INT64_MIN        // "since ever"
#define TIME_MAX INT64_MAX        // "without end"
struct calendar_date { int32_t year, month, day, hour, minute, second; };
// A time outside the years counts as their first or last second.
struct calendar_date calendar_date_of(int64_t time, int32_t offset);
bool    calendar_time_of(struct calendar_date date, int32_t offset, int64_t *time);      // false: no such date
// `count` months after `time`, at the same day and clock time seen at `offset`, or on the month's last day.
// False: outside the years.
bool    calendar_add_months(int64_t time, int64_t count, int32_t offset, int64_t *result);
// "2022-01-05", then optionally "22:00" or "22:00:30", then optionally "+06:00", "-03:30" or "Z"; single blanks or a
// T between. An offset lies within 14 hours; after a bare date a blank precedes it. Without an own one, `offset` counts.
// *length says how many bytes were read. False: no time stands there.
bool    calendar_parse(struct span text, int32_t offset, int64_t *time, uint32_t *length);
// "2022-01-05 22:00:30 +06:00"; seconds are left out when 0, "Z" at offset 0; "since ever" and "without end" in words.
void    calendar_print(struct text *out, int64_t time, int32_t offset);
void    calendar_print_duration(struct text *out, int64_t seconds);     // "2 days 3 hours", at most two units

// ---- Diagnostics: what the user wrote wrongly, where, and what to do ------------------------------------------------
// A source is one file's text. Lines and columns count from 1; a column counts characters (code points).
struct source { struct span path, text; };
struct place { uint32_t source; uint32_t at, length; };                  // a range of bytes in a source
enum severity { SEVERITY_ERROR, SEVERITY_WARNING };
struct diagnostic { enum severity severity; struct place place; struct span message, hint; };
struct diagnostics {
    struct arena arena;
    VEC(struct source) sources;
    VEC(struct diagnostic) items;
    uint32_t errors;
};
#define DIAGNOSTICS_MAX 200       // errors kept, and warnings; more errors are counted, not kept
void diagnostics_init(struct diagnostics *all);
void diagnostics_release(struct diagnostics *all);
// Copies both; returns the source's id.
uint32_t diagnostics_source(struct diagnostics *all, struct span path, struct span text);
// hint may be NULL. The text is printed with printf rules.
void diagnostics_error(struct diagnostics *all, struct place place, const char *hint, const char *message, ...)
    PRINTF_LIKE(4, 5);
void diagnostics_warn(struct diagnostics *all, struct place place, const char *hint, const char *message, ...)
    PRINTF_LIKE(4, 5);
void diagnostics_line(const struct diagnostics *all, struct place place, uint32_t *line, uint32_t *column);
// Sorted by source and place; each as "path:line:column: error: message", the line indented by 4 and cut where it is
// long, a caret line, "  hint: ...". What would move a terminal's cursor or is not UTF-8 is replaced.
void diagnostics_print(const struct diagnostics *all, struct text *out, bool colour);
// {"errors":N,"diagnostics":[{"severity","path","line","column","at","length","message","hint"}, ...]}, in that order.
void diagnostics_json(const struct diagnostics *all, struct text *out);

// ---- Files ----------------------------------------------------------------------------------------------------------
#define FILE_MAX (64u << 20)      // bytes of one file read whole
MUST_USE base_error file_read(struct arena *arena, const char *path, struct span *text);
// Names in a folder, sorted by bytes; folders end in '/'. Hidden ones are left out.
MUST_USE base_error folder_list(struct arena *arena, const char *path, struct span **names, uint32_t *count);

#endif
