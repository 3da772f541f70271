// SPDX-License-Identifier: Apache-2.0
// The fenced blocks of a Markdown file (CommonMark 0.31, section 4.5), without the rest of Markdown.
#include "lang/syntax.h"

#include <string.h>

struct line { uint32_t from, end, next; };    // end: without the line end

static struct line line_at(struct span text, uint32_t from) {
    const char *found = memchr(text.at + from, '\n', text.length - from);
    uint32_t end = found ? (uint32_t)(found - text.at) : text.length;
    struct line line = {from, end, found ? end + 1 : end};
    if (line.end > from && text.at[line.end - 1] == '\r') line.end--;
    return line;
}

#define INDENT_MAX 3u    // what stands deeper is a block of code by its indent, to be shown and not to be run

// The mark that opens or closes a fence in this line: its character and length; *after is where it ends.
static uint32_t fence_mark(struct span text, struct line line, char *character, uint32_t *at, uint32_t *after) {
    uint32_t i = line.from, count = 0;
    while (i < line.end && text.at[i] == ' ') i++;
    if (i == line.end || (text.at[i] != '`' && text.at[i] != '~')) return 0;
    *character = text.at[i];
    *at = i;
    while (i < line.end && text.at[i] == *character) i++, count++;
    *after = i;
    return count;
}

// What is hidden from a reader of the page is no part of the treaty: an HTML comment that begins a line.
static bool opens_comment(struct span text, struct line line) {
    struct span rest = span_trim(span_part(text, line.from, line.end - line.from));
    return span_starts(rest, "<!--");
}

static bool closes_comment(struct span text, struct line line) {
    struct span rest = span_part(text, line.from, line.end - line.from);
    return rest.length >= 3 && memmem(rest.at, rest.length, "-->", 3) != NULL;
}

static uint32_t line_number(struct span text, uint32_t at) {
    uint32_t number = 1;
    for (uint32_t i = 0; i < at; i++) number += text.at[i] == '\n';
    return number;
}

// A file may be read more than once; its faults are reported once.
static bool reported(const struct diagnostics *all, struct place place) {
    for (uint32_t i = 0; i < all->items.count; i++) {
        struct place other = all->items.at[i].place;
        if (other.source == place.source && other.at == place.at && other.length == place.length) return true;
    }
    return false;
}

static void check_info(struct diagnostics *all, struct place place, struct span info) {
    static const struct span known[] = {{"treaty", 6}, {"scenario", 8}};
    struct span nearest = span_nearest(info, known, COUNT_OF(known));
    if (nearest.length == 0 || span_equal(info, nearest) || reported(all, place)) return;
    diagnostics_warn(all, place, NULL, "a block marked `%.*s` is prose; did you mean `%.*s`?", SPAN_ARG(info),
                     SPAN_ARG(nearest));
}

static void check_indented(struct diagnostics *all, struct place place, struct span rest) {
    bool own = span_starts(rest, "treaty") || span_starts(rest, "scenario");
    if (own && !reported(all, place))
        diagnostics_warn(all, place, "begin it less than four blanks from the margin",
                         "a block that is indented by four blanks is shown, not run");
}

struct fences markdown_read(struct arena *arena, struct diagnostics *all, uint32_t source, bool quiet) {
    struct span text = all->sources.at[source].text;
    VEC(struct fence) found = {0};
    uint32_t start = span_starts(text, "\xEF\xBB\xBF") ? 3 : 0, open_count = 0, open_at = 0;
    char open_character = 0;
    bool hidden = false, endless = false;
    struct fence fence = {0};
    for (struct line line = line_at(text, start); line.from < text.length && !endless;
         line = line_at(text, line.next)) {
        char character = 0;
        uint32_t at = 0, after = 0, count = fence_mark(text, line, &character, &at, &after);
        struct span rest = count ? span_trim(span_part(text, after, line.end - after)) : (struct span){0};
        if (open_count) {
            // No line of the language begins so: the next block begins where this one should have ended.
            bool own = span_is(fence.info, "treaty") || span_is(fence.info, "scenario");
            endless = own && count >= 3 && rest.length && character == open_character;
            if (count < open_count || character != open_character || rest.length) continue;
            if (at - line.from > INDENT_MAX) continue;
            fence.to = line.from;
            VEC_PUSH(&found, fence);
            open_count = 0;
        } else if (hidden || opens_comment(text, line)) {
            hidden = !closes_comment(text, line);
        } else if (count >= 3 && at - line.from > INDENT_MAX) {
            if (!quiet) check_indented(all, (struct place){source, at, line.end - at}, rest);
        } else if (count >= 3 && !(character == '`' && rest.length && memchr(rest.at, '`', rest.length))) {
            uint32_t length = 0;
            while (length < rest.length && rest.at[length] != ' ' && rest.at[length] != '\t') length++;
            fence = (struct fence){span_part(rest, 0, length), span_trim(span_part(rest, length, rest.length - length)),
                                   line.next, line.next};
            open_count = count, open_character = character, open_at = at;
            if (!quiet) check_info(all, (struct place){source, at, line.end - at}, fence.info);
        }
    }
    struct place place = {source, open_at, open_count};
    if (open_count && !quiet && !reported(all, place))
        diagnostics_error(all, place, "end it with the same marks on a line of their own",
                          "the block begun at line %u has no end", line_number(text, open_at));
    struct fences fences = {ARENA_ARRAY(arena, struct fence, found.count), found.count};
    if (found.count) memcpy(fences.at, found.at, sizeof *found.at * found.count);
    VEC_RELEASE(&found);
    return fences;
}

struct fences markdown_fences(struct arena *arena, struct diagnostics *all, uint32_t source) {
    return markdown_read(arena, all, source, false);
}
