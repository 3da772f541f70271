// SPDX-License-Identifier: Apache-2.0
#include "base/base.h"

// As many characters of a line are shown; a longer one is cut to the surroundings of the place.
#define SHOWN_BEFORE 100
#define SHOWN 160

void diagnostics_init(struct diagnostics *all) { *all = (struct diagnostics){0}; }

void diagnostics_release(struct diagnostics *all) {
    arena_release(&all->arena);
    VEC_RELEASE(&all->sources);
    VEC_RELEASE(&all->items);
    diagnostics_init(all);
}

uint32_t diagnostics_source(struct diagnostics *all, struct span path, struct span text) {
    struct source source = {span_copy(&all->arena, path), span_copy(&all->arena, text)};
    VEC_PUSH(&all->sources, source);
    return all->sources.count - 1;
}

static void add(struct diagnostics *all, enum severity severity, struct place place, const char *hint,
                const char *message, va_list arguments) {
    ENSURE(place.source < all->sources.count);
    uint32_t errors_kept = all->errors < DIAGNOSTICS_MAX ? all->errors : DIAGNOSTICS_MAX;
    uint32_t kept = severity == SEVERITY_ERROR ? errors_kept : all->items.count - errors_kept;
    if (severity == SEVERITY_ERROR) all->errors++;
    if (kept >= DIAGNOSTICS_MAX) return;
    struct diagnostic item = {severity, place, span_print_list(&all->arena, message, arguments), {"", 0}};
    if (hint) item.hint = span_copy(&all->arena, span_of(hint));
    VEC_PUSH(&all->items, item);
}

void diagnostics_error(struct diagnostics *all, struct place place, const char *hint, const char *message, ...) {
    va_list arguments;
    va_start(arguments, message);
    add(all, SEVERITY_ERROR, place, hint, message, arguments);
    va_end(arguments);
}

void diagnostics_warn(struct diagnostics *all, struct place place, const char *hint, const char *message, ...) {
    va_list arguments;
    va_start(arguments, message);
    add(all, SEVERITY_WARNING, place, hint, message, arguments);
    va_end(arguments);
}

// ---- Where ----------------------------------------------------------------------------------------------------------
// A character begins at every byte that does not continue one.
static bool begins_character(char byte) { return ((unsigned char)byte & 0xC0) != 0x80; }

static uint32_t count_characters(struct span text) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < text.length; i++) count += begins_character(text.at[i]);
    return count;
}

// The line that holds byte `at`, without its end; *number counts from 1.
static struct span line_at(struct span text, uint32_t at, uint32_t *number) {
    uint32_t from = 0, to = at;
    *number = 1;
    for (uint32_t i = 0; i < at; i++) {
        if (text.at[i] != '\n') continue;
        from = i + 1;
        ++*number;
    }
    while (to < text.length && text.at[to] != '\n') to++;
    if (to > from && text.at[to - 1] == '\r') to--;
    return span_part(text, from, to - from);
}

struct located { struct span line; uint32_t number, column, at, length; };      // at and length in bytes of the line

static struct located locate(const struct diagnostics *all, struct place place) {
    ENSURE(place.source < all->sources.count);
    struct span text = all->sources.at[place.source].text;
    uint32_t at = place.at < text.length ? place.at : text.length;
    struct located found = {.length = place.length};
    found.line = line_at(text, at, &found.number);
    found.at = at - (uint32_t)(found.line.at - text.at);
    // The place may be the line's own end, or its CR.
    if (found.at > found.line.length) found.at = found.line.length;
    if (found.length > found.line.length - found.at) found.length = found.line.length - found.at;
    found.column = count_characters(span_part(found.line, 0, found.at)) + 1;
    return found;
}

void diagnostics_line(const struct diagnostics *all, struct place place, uint32_t *line, uint32_t *column) {
    struct located found = locate(all, place);
    *line = found.number;
    *column = found.column;
}

// ---- In order -------------------------------------------------------------------------------------------------------
struct rank { uint32_t source, at, item; };

static int compare_ranks(const void *a, const void *b) {
    const struct rank *x = a, *y = b;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

static struct rank *ranks_new(const struct diagnostics *all) {
    struct rank *ranks = base_alloc(all->items.count * sizeof *ranks);
    for (uint32_t i = 0; i < all->items.count; i++)
        ranks[i] = (struct rank){all->items.at[i].place.source, all->items.at[i].place.at, i};
    qsort(ranks, all->items.count, sizeof *ranks, compare_ranks);
    return ranks;
}

// ---- On a terminal --------------------------------------------------------------------------------------------------
// Controls and characters that turn the direction of writing: what a stranger wrote must not move the cursor, hide a
// line or show it in another order.
static bool is_unsafe(const char *at, uint32_t length) {
    const unsigned char *byte = (const unsigned char *)at;
    if (length == 1) return byte[0] < 0x20 || byte[0] == 0x7F;
    if (length == 2) return (byte[0] == 0xC2 && byte[1] < 0xA0) || (byte[0] == 0xD8 && byte[1] == 0x9C);
    if (length != 3 || byte[0] != 0xE2) return false;
    return (byte[1] == 0x80 && (byte[2] == 0x8E || byte[2] == 0x8F || (byte[2] >= 0xA8 && byte[2] <= 0xAE))) ||
           (byte[1] == 0x81 && byte[2] >= 0xA6 && byte[2] <= 0xA9);
}

// Writes the text with what is unsafe or not UTF-8 replaced, character for character, so that columns stay what they
// were.
static void add_visible(struct text *out, struct span text) {
    for (uint32_t i = 0; i < text.length;) {
        uint32_t length = 1, bad_at;
        while (i + length < text.length && !begins_character(text.at[i + length])) length++;
        struct span character = span_part(text, i, length);
        if (!span_utf8_valid(character, &bad_at) || (text.at[i] != '\t' && is_unsafe(character.at, length)))
            text_add(out, SPAN("\xEF\xBF\xBD"));
        else
            text_add(out, character);
        i += length;
    }
}

// Cuts a long line to what stands around the place.
static void cut(struct located *found) {
    uint32_t from = found->at, before = 0, to = found->at, after = 0;
    while (from > 0 && before < SHOWN_BEFORE) before += begins_character(found->line.at[--from]);
    while (from > 0 && !begins_character(found->line.at[from])) from--;
    while (to < found->line.length && after < SHOWN - before) after += begins_character(found->line.at[to++]);
    while (to < found->line.length && !begins_character(found->line.at[to])) to++;
    found->line = span_part(found->line, from, to - from);
    found->at -= from;
    if (found->length > found->line.length - found->at) found->length = found->line.length - found->at;
}

static void print_excerpt(struct text *out, struct located found) {
    cut(&found);
    if (found.line.length == 0) return;
    text_add(out, SPAN("    "));
    add_visible(out, found.line);
    text_add(out, SPAN("\n    "));
    // A tab stays a tab, so that the caret stands under its character however wide the terminal makes it.
    for (uint32_t i = 0; i < found.at; i++)
        if (begins_character(found.line.at[i])) text_byte(out, found.line.at[i] == '\t' ? '\t' : ' ');
    uint32_t carets = count_characters(span_part(found.line, found.at, found.length));
    do text_byte(out, '^');
    while (carets-- > 1);
    text_byte(out, '\n');
}

static void print_item(const struct diagnostics *all, const struct diagnostic *item, struct text *out, bool colour) {
    struct located found = locate(all, item->place);
    const char *word = item->severity == SEVERITY_ERROR ? "error" : "warning";
    const char *on = item->severity == SEVERITY_ERROR ? "\x1b[1;31m" : "\x1b[1;35m";
    add_visible(out, all->sources.at[item->place.source].path);
    text_print(out, ":%u:%u: %s%s:%s ", found.number, found.column, colour ? on : "", word, colour ? "\x1b[0m" : "");
    add_visible(out, item->message);
    text_byte(out, '\n');
    print_excerpt(out, found);
    if (item->hint.length == 0) return;
    text_add(out, SPAN("  hint: "));
    add_visible(out, item->hint);
    text_byte(out, '\n');
}

void diagnostics_print(const struct diagnostics *all, struct text *out, bool colour) {
    struct rank *ranks = ranks_new(all);
    for (uint32_t i = 0; i < all->items.count; i++) print_item(all, &all->items.at[ranks[i].item], out, colour);
    free(ranks);
    if (all->errors > DIAGNOSTICS_MAX) text_print(out, "%u more errors are not shown\n", all->errors - DIAGNOSTICS_MAX);
}

// ---- For programs ---------------------------------------------------------------------------------------------------
void diagnostics_json(const struct diagnostics *all, struct text *out) {
    struct rank *ranks = ranks_new(all);
    text_print(out, "{\"errors\":%u,\"diagnostics\":[", all->errors);
    for (uint32_t i = 0; i < all->items.count; i++) {
        const struct diagnostic *item = &all->items.at[ranks[i].item];
        struct located found = locate(all, item->place);
        text_print(out, "%s\n{\"severity\":\"%s\",\"path\":", i ? "," : "",
                   item->severity == SEVERITY_ERROR ? "error" : "warning");
        text_json(out, all->sources.at[item->place.source].path);
        text_print(out, ",\"line\":%u,\"column\":%u,\"at\":%u,\"length\":%u,\"message\":", found.number, found.column,
                   item->place.at, item->place.length);
        text_json(out, item->message);
        if (item->hint.length) {
            text_add(out, SPAN(",\"hint\":"));
            text_json(out, item->hint);
        }
        text_byte(out, '}');
    }
    text_add(out, SPAN("]}"));
    free(ranks);
}
