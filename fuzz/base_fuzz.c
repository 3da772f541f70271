// SPDX-License-Identifier: Apache-2.0
// Text of any kind through what reads text: times, UTF-8, names, and the printing of diagnostics about it.
#include "fuzz.h"

#include "base/base.h"

static void times(struct span text) {
    int64_t time, again;
    uint32_t length;
    if (!calendar_parse(text, 3 * 3600, &time, &length)) return;
    ENSURE(length >= 10 && length <= text.length);
    struct text printed = {0};
    calendar_print(&printed, time, 0);
    ENSURE(calendar_parse(text_span(&printed), 3600, &again, &length));
    ENSURE(again == time && length == printed.length);
    text_release(&printed);
    if (calendar_add_months(time, text.length, 0, &again)) ENSURE(again >= time);
}

static void names(struct span text) {
    struct names names;
    names_init(&names);
    VEC(struct span) parts = {0};
    uint32_t from = 0;
    for (uint32_t i = 0; i <= text.length; i++) {
        if (i < text.length && text.at[i] != ' ') continue;
        struct span part = span_part(text, from, i - from);
        uint32_t id = names_add(&names, part);
        ENSURE(names_find(&names, part) == id && span_equal(names_text(&names, id), part));
        VEC_PUSH(&parts, part);
        from = i + 1;
    }
    struct span nearest = span_nearest(parts.at[0], parts.at, parts.count);
    ENSURE(nearest.length == 0 || names_find(&names, nearest) != NAMES_NONE);
    uint32_t half = names.count / 2;
    names_cut(&names, half);
    for (uint32_t i = 0; i < parts.count; i++) {
        uint32_t id = names_find(&names, parts.at[i]);
        ENSURE(id == NAMES_NONE || (id < half && span_equal(names_text(&names, id), parts.at[i])));
    }
    VEC_RELEASE(&parts);
    names_release(&names);
}

// Whatever the text is, what we print of it is UTF-8 without controls.
static void diagnostics(struct span text) {
    struct diagnostics all;
    diagnostics_init(&all);
    uint32_t source = diagnostics_source(&all, SPAN("input"), text), bad_at;
    uint32_t at = text.length ? (unsigned char)text.at[0] : 0, length = text.length > 1 ? (unsigned char)text.at[1] : 0;
    diagnostics_error(&all, (struct place){source, at, length}, NULL, "%.*s", SPAN_ARG(text));
    diagnostics_warn(&all, (struct place){source, at / 2, UINT32_MAX}, "a hint", "a warning");
    struct text out = {0};
    diagnostics_print(&all, &out, false);
    ENSURE(span_utf8_valid(text_span(&out), &bad_at));
    for (size_t i = 0; i < out.length; i++) {
        unsigned char byte = (unsigned char)out.at[i];
        ENSURE(byte >= 0x20 || byte == '\t' || byte == '\n');
    }
    out.length = 0;
    diagnostics_json(&all, &out);
    ENSURE(span_utf8_valid(text_span(&out), &bad_at));
    text_release(&out);
    diagnostics_release(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    struct span text = {(const char *)data, (uint32_t)size};
    times(text);
    names(text);
    diagnostics(text);
    return 0;
}
