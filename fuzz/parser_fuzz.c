// SPDX-License-Identifier: Apache-2.0
// Any text as a treaty: it is read without harm, and what is read without error keeps its meaning when it is laid out, which a
// second layout does not change. Text without a fence is taken for the inside of a treaty block.
#include "fuzz.h"

#include <string.h>

#include "lang/tree.h"

// The dump of a text's tree; false where it has errors, each of which lies in the text.
static bool dump(struct span text, struct text *out) {
    struct diagnostics all;
    struct tree tree;
    struct text printed = {0};
    diagnostics_init(&all);
    tree_init(&tree);
    uint32_t source = diagnostics_source(&all, SPAN("input.md"), text);
    int32_t offset = 0;
    tree_find_offset(&all, source, &offset);
    tree_parse(&tree, &all, source, offset);
    for (uint32_t i = 0; i < all.items.count; i++) {
        struct place place = all.items.at[i].place;
        ENSURE(place.at <= text.length && place.length <= text.length - place.at);
        ENSURE(all.items.at[i].message.length > 0);
    }
    diagnostics_print(&all, &printed, false);
    if (all.errors == 0) tree_dump(&tree, out);
    bool good = all.errors == 0;
    text_release(&printed);
    tree_release(&tree);
    diagnostics_release(&all);
    return good;
}

static void format(struct span text, struct text *out) {
    struct diagnostics all;
    diagnostics_init(&all);
    ENSURE(tree_format(&all, diagnostics_source(&all, SPAN("input.md"), text), out));
    diagnostics_release(&all);
}

static void check(struct span text) {
    struct text before = {0}, after = {0}, once = {0}, twice = {0};
    if (dump(text, &before)) {
        format(text, &once);
        ENSURE(dump(text_span(&once), &after));
        ENSURE(span_equal(text_span(&before), text_span(&after)));
        format(text_span(&once), &twice);
        ENSURE(span_equal(text_span(&once), text_span(&twice)));
    }
    text_release(&before);
    text_release(&after);
    text_release(&once);
    text_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    struct span input = {(const char *)data, (uint32_t)size};
    struct text whole = {0};
    if (size == 0 || !memmem(data, size, "```", 3)) text_print(&whole, "```treaty\n");
    bool bare = whole.length > 0;
    text_add(&whole, input);
    if (bare) text_print(&whole, "\n```\n");
    check(text_span(&whole));
    text_release(&whole);
    return 0;
}
