// SPDX-License-Identifier: Apache-2.0
// What a library asks of the treaty that uses it: relations that it names and does not declare. One that the treaty
// forgot stands in as a fact with as many columns as it is asked with, so that its types are found as all others are;
// it is reported once, where the treaty uses the library.
#include "lang/resolve_internal.h"

// ---- Where a library is used ----------------------------------------------------------------------------------------
static struct library *library_at(struct compiler *c, uint32_t source) {
    for (uint32_t i = 0; i < c->libraries.count; i++)
        if (c->libraries.at[i].source == source) return &c->libraries.at[i];
    return NULL;
}

static struct library *library_called(struct compiler *c, struct span name) {
    for (uint32_t i = 0; i < c->libraries.count; i++)
        if (span_equal(c->libraries.at[i].name, name)) return &c->libraries.at[i];
    return NULL;
}

// A library that only another library uses is used where the treaty uses that one. What is used stands before what uses
// it, so that from the end on every user comes before what it uses.
void collect_libraries(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++) {
        const struct tree_declaration *d = c->items.at[i].declaration;
        if (d->kind != TREE_LIBRARY || c->items.at[i].prelude) continue;
        VEC_PUSH(&c->libraries, (struct library){.name = d->name.text, .source = d->place.source});
    }
    for (uint32_t i = c->items.count; i-- > 0;) {
        const struct tree_declaration *d = c->items.at[i].declaration;
        const struct library *user = library_at(c, d->place.source);
        if (d->kind != TREE_USE || (user && !user->used)) continue;
        for (uint32_t k = 0; k < d->names.count; k++) {
            struct library *library = library_called(c, d->names.at[k].text);
            if (!library || (user && library->used)) continue;
            library->used = true;
            library->use = user ? user->use : d->names.at[k].place;
        }
    }
}

// ---- What it asks ---------------------------------------------------------------------------------------------------
uint32_t relation_forgotten(struct compiler *c, struct tree_name name, uint32_t count) {
    const struct library *library = library_at(c, name.place.source);
    if (!library || !library->used || count > COLUMNS_MAX) return NO_ID;
    struct forgotten forgotten = {.library = library->name, .use = library->use, .asked = name.place};
    struct column columns[COLUMNS_MAX] = {0};
    for (uint32_t i = 0; i < count; i++) columns[i].type = forgotten.columns[i] = type_plain(BASE_UNKNOWN);
    // No column is its key: whatever follows from a key follows, and nothing is said of what does not.
    forgotten.relation = relation_add(c, name.text, name.place, false, true, columns, count, 0);
    table_put(&c->relations, name.text, forgotten.relation);
    VEC_PUSH(&c->forgotten, forgotten);
    c->relation_drafts.at[forgotten.relation].forgotten = c->forgotten.count;
    return forgotten.relation;
}

void forgotten_seen(struct compiler *c, uint32_t relation, uint32_t column, struct type type) {
    uint32_t number = c->relation_drafts.at[relation].forgotten;
    if (!number || !type_known(type)) return;
    struct type *known = &c->forgotten.at[number - 1].columns[column], both;
    if (type_meet(*known, type, &both)) *known = both;
}

// A key is not to be seen from the uses; what is measured or said of something seldom is one.
static bool is_measure(struct type type) {
    return type.base == TYPE_INT || type.base == TYPE_TIME || type.base == TYPE_DURATION || type.base == TYPE_TEXT;
}

static const char *forgotten_hint(struct compiler *c, const struct forgotten *forgotten) {
    const struct relation *relation = &c->relation_list.at[forgotten->relation];
    uint32_t count = relation->column_count, keys = count;
    while (keys > 0 && is_measure(forgotten->columns[keys - 1])) keys--;
    struct text text = {0};
    bool open = false;
    text_print(&text, "declare `fact %.*s(", SPAN_ARG(relation->name));
    for (uint32_t i = 0; i < count; i++) {
        bool known = type_known(forgotten->columns[i]);
        text_print(&text, "%s%s", i == 0 ? "" : i == keys ? " => " : ", ",
                   known ? type_word(c, forgotten->columns[i]) : "_");
        open |= !known;
    }
    text_print(&text, ")`%s, or rules of that name; it is asked at %s", open ? " with a type for `_`" : "",
               line_text(c, forgotten->asked, forgotten->use));
    const char *hint = hint_print(c, "%.*s", SPAN_ARG(text_span(&text)));
    text_release(&text);
    return hint;
}

void report_forgotten(struct compiler *c) {
    for (uint32_t i = 0; i < c->forgotten.count; i++) {
        const struct forgotten *forgotten = &c->forgotten.at[i];
        diagnostics_error(c->all, forgotten->use, forgotten_hint(c, forgotten),
                          "`%.*s` needs a relation `%.*s`, and nothing declares it", SPAN_ARG(forgotten->library),
                          SPAN_ARG(c->relation_list.at[forgotten->relation].name));
    }
}
