// SPDX-License-Identifier: Apache-2.0
// Reads label files. A line is read by hand: it has a name and one or two texts, and nothing nests.
#include "labels/labels.h"

#include <string.h>

struct labels {
    struct arena arena;
    struct names names;
    VEC(struct label) all;    // by id of the name
};

// ---- Names that can have a label -----------------------------------------------------------------------------------
static void add_columns(struct names *known, struct arena *arena, struct span owner, const struct column *columns,
                        uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (columns[i].label.length)
            names_add(known, span_print(arena, "%.*s.%.*s", SPAN_ARG(owner), SPAN_ARG(columns[i].label)));
}

static bool shown(const struct relation *relation) {
    return !relation->hidden && relation->name.length && !memchr(relation->name.at, '#', relation->name.length);
}

#define EACH(array, count)                                                                                             \
    for (uint32_t i = 0; i < (count); i++) names_add(known, (array)[i].name)

// What a reader meets. `all` adds what may have a label but needs none: types, sources, columns, parameters.
static void collect_names(const struct program *program, struct names *known, struct arena *arena, bool all) {
    EACH(program->parties, program->parties_count);
    EACH(program->offices, program->offices_count);
    EACH(program->organs, program->organs_count);
    EACH(program->acts, program->acts_count);
    for (uint32_t i = 0; i < program->kinds_count; i++)
        for (uint32_t k = 0; k < program->kinds[i].constant_count; k++)
            names_add(known, program->kinds[i].constants[k].name);
    for (uint32_t i = 0; i < program->relations_count; i++)
        if (shown(&program->relations[i])) names_add(known, program->relations[i].name);
    if (!all) return;
    names_add(known, program->name);
    EACH(program->party_types, program->party_types_count);
    EACH(program->entity_types, program->entity_types_count);
    EACH(program->kinds, program->kinds_count);
    EACH(program->sources, program->sources_count);
    EACH(program->procedures, program->procedures_count);
    for (uint32_t i = 0; i < program->acts_count; i++)
        add_columns(known, arena, program->acts[i].name, program->acts[i].parameters, program->acts[i].parameter_count);
    for (uint32_t i = 0; i < program->relations_count; i++)
        if (shown(&program->relations[i]))
            add_columns(known, arena, program->relations[i].name, program->relations[i].columns,
                        program->relations[i].column_count);
}

// ---- Lines ---------------------------------------------------------------------------------------------------------
struct reading {
    struct labels *labels;
    struct diagnostics *all;
    const struct names *known;    // NULL: any name is taken, and what stands there already stays
    uint32_t source;
    struct span text;
    uint32_t at, end;    // of what is left of the line
};

static struct place here(const struct reading *reading, uint32_t from) {
    return (struct place){reading->source, from, reading->at - from};
}
static void skip_blanks(struct reading *reading) {
    while (reading->at < reading->end &&
           (reading->text.at[reading->at] == ' ' || reading->text.at[reading->at] == '\t'))
        reading->at++;
}
static bool at_comment(const struct reading *reading) {
    return reading->at >= reading->end ||
           span_starts(span_part(reading->text, reading->at, reading->end - reading->at), "--");
}

// A text in quotes; \" and \\ stand for themselves. False: there is none, or it does not end.
static bool read_quoted(struct reading *reading, struct span *result) {
    skip_blanks(reading);
    if (reading->at >= reading->end || reading->text.at[reading->at] != '"') return false;
    struct text out = {0};
    uint32_t at = reading->at + 1;
    while (at < reading->end && reading->text.at[at] != '"') {
        if (reading->text.at[at] == '\\' && at + 1 < reading->end) at++;
        text_byte(&out, reading->text.at[at++]);
    }
    bool ended = at < reading->end;
    if (ended) *result = span_copy(&reading->labels->arena, text_span(&out));
    text_release(&out);
    reading->at = ended ? at + 1 : reading->end;
    return ended;
}

static void keep_label(struct reading *reading, struct label label) {
    struct labels *labels = reading->labels;
    uint32_t before = labels->names.count, id = names_add(&labels->names, label.name);
    label.name = names_text(&labels->names, id);
    if (id == before) {
        VEC_PUSH(&labels->all, label);
        return;
    }
    if (!reading->known) return;
    const struct label *first = &labels->all.at[id];
    uint32_t line, column;
    // A treaty's own label takes precedence over an embedded one; two in one file are a slip.
    if (first->place.source == reading->source) {
        diagnostics_line(reading->all, first->place, &line, &column);
        diagnostics_error(reading->all, label.place, NULL, "%.*s has a label already, in line %u", SPAN_ARG(label.name),
                          line);
    } else {
        labels->all.at[id] = label;
    }
}

static void read_line(struct reading *reading) {
    skip_blanks(reading);
    if (at_comment(reading)) return;
    uint32_t from = reading->at;
    while (reading->at < reading->end && reading->text.at[reading->at] != ' ' &&
           reading->text.at[reading->at] != '\t' && reading->text.at[reading->at] != '"')
        reading->at++;
    struct label label = {.name = span_part(reading->text, from, reading->at - from), .place = here(reading, from)};
    if (label.name.length == 0 || !read_quoted(reading, &label.label) || label.label.length == 0) {
        diagnostics_error(reading->all, here(reading, from), "write: NAME \"Label\" \"help line\"",
                          "a label is a name and a text in quotes");
        return;
    }
    skip_blanks(reading);
    uint32_t quoted = reading->at;
    if (!at_comment(reading) && !read_quoted(reading, &label.help)) {
        diagnostics_error(reading->all, here(reading, quoted), NULL, "the help line is a text in quotes");
        return;
    }
    skip_blanks(reading);
    if (!at_comment(reading)) {
        reading->at = reading->end;
        diagnostics_error(reading->all, here(reading, from), NULL,
                          "there is more on the line than a name, a label and a help line");
        return;
    }
    if (reading->known && names_find(reading->known, label.name) == NAMES_NONE) {
        struct span near = span_nearest(label.name, reading->known->at, reading->known->count);
        struct span hint = span_print(&reading->labels->arena, "did you mean %.*s?", SPAN_ARG(near));
        diagnostics_error(reading->all, label.place, near.length ? hint.at : NULL, "the treaty has no name %.*s",
                          SPAN_ARG(label.name));
        return;
    }
    keep_label(reading, label);
}

static void read_text(struct labels *labels, struct diagnostics *all, const struct names *known, struct span path,
                      struct span text) {
    struct reading reading = {.labels = labels, .all = all, .known = known};
    reading.source = diagnostics_source(all, path, text);
    reading.text = all->sources.at[reading.source].text;
    uint32_t bad, lines = 0;
    if (!span_utf8_valid(reading.text, &bad)) {
        diagnostics_error(all, (struct place){reading.source, bad, 1}, NULL, "the text is not UTF-8");
        return;
    }
    for (uint32_t at = 0; at < reading.text.length; at = reading.end + 1) {
        reading.at = at;
        reading.end = at;
        while (reading.end < reading.text.length && reading.text.at[reading.end] != '\n') reading.end++;
        uint32_t end = reading.end;
        if (reading.end > at && reading.text.at[reading.end - 1] == '\r') reading.end--;
        if (++lines > LABELS_MAX) {
            diagnostics_error(all, (struct place){reading.source, at, 0}, NULL, "a file of labels has at most %u lines",
                              LABELS_MAX);
            return;
        }
        read_line(&reading);
        reading.end = end;
    }
}

// ---- Files ---------------------------------------------------------------------------------------------------------
static struct labels *labels_new(void) {
    struct labels *labels = base_alloc(sizeof *labels);
    arena_init(&labels->arena);
    names_init(&labels->names);
    return labels;
}

static void read_known(struct labels *labels, struct diagnostics *all, const struct program *program, struct span path,
                       struct span text) {
    struct names known;
    names_init(&known);
    collect_names(program, &known, &labels->arena, true);
    read_text(labels, all, &known, path, text);
    names_release(&known);
}

struct labels *labels_read(struct diagnostics *all, const struct program *program, struct span path, struct span text) {
    struct labels *labels = labels_new();
    read_known(labels, all, program, path, text);
    return labels;
}

// The folder of a treaty, with a slash at its end where it has a name: "" beside "pact.md".
static struct span folder_of(struct arena *arena, const char *treaty) {
    struct span *names, path = span_of(treaty);
    uint32_t count;
    if (folder_list(arena, treaty, &names, &count) == BASE_OK) {
        const char *slash = path.length && path.at[path.length - 1] == '/' ? "" : "/";
        return span_print(arena, "%s%s", treaty, slash);
    }
    while (path.length > 0 && path.at[path.length - 1] != '/') path.length--;
    return span_copy(arena, path);
}

// ---- Languages ------------------------------------------------------------------------------------------------------
// "en", "zh-Hans": letters and digits in parts of at most eight, the first of two or three letters.
static bool is_language(struct span name) {
    uint32_t part = 0, parts = 0;
    for (uint32_t i = 0; i <= name.length; i++) {
        char c = i < name.length ? name.at[i] : '-';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        if (letter || (digit && parts)) {
            if (++part > (parts ? 8 : 3)) return false;
        } else if (c != '-' || part < (parts ? 1 : 2)) {
            return false;
        } else {
            parts++;
            part = 0;
        }
    }
    return true;
}

struct languages {
    struct span *at;
    uint32_t count;
};

static void add_language(struct languages *languages, struct span file, const char *prefix) {
    if (!span_starts(file, prefix)) return;
    uint32_t length = span_of(prefix).length;
    struct span name = span_part(file, length, file.length - length);
    if (!is_language(name)) return;
    uint32_t at = 0;
    while (at < languages->count && span_compare(languages->at[at], name) < 0) at++;
    if (at < languages->count && span_equal(languages->at[at], name)) return;
    for (uint32_t i = languages->count++; i > at; i--) languages->at[i] = languages->at[i - 1];
    languages->at[at] = name;
}

struct label_languages labels_languages(struct arena *arena, const char *treaty) {
    struct span folder = folder_of(arena, treaty), *names;
    uint32_t count;
    if (folder_list(arena, folder.length ? folder.at : ".", &names, &count) != BASE_OK) count = 0;
    struct languages languages = {ARENA_ARRAY(arena, struct span, count + lang_library_count + 1), 0};
    for (uint32_t i = 0; i < count; i++) add_language(&languages, names[i], "labels.");
    for (size_t i = 0; i < lang_library_count; i++)
        add_language(&languages, span_of(lang_libraries[i].name), "std/labels.");
    return (struct label_languages){languages.at, languages.count};
}

// ---- Reading them ---------------------------------------------------------------------------------------------------
struct labels *labels_load(struct diagnostics *all, const struct program *program, const char *treaty,
                           const char *language, bool *beside) {
    struct labels *labels = labels_new();
    struct span embedded = span_print(&labels->arena, "std/labels.%s", language), text;
    for (size_t i = 0; i < lang_library_count; i++)
        if (span_is(embedded, lang_libraries[i].name))
            read_text(labels, all, NULL, embedded,
                      (struct span){lang_libraries[i].text, (uint32_t)lang_libraries[i].length});
    struct span folder = folder_of(&labels->arena, treaty),
                path = span_print(&labels->arena, "%.*slabels.%s", SPAN_ARG(folder), language);
    base_error error = file_read(&labels->arena, path.at, &text);
    *beside = error != BASE_NOT_FOUND;
    if (error == BASE_OK) read_known(labels, all, program, path, text);
    else if (error != BASE_NOT_FOUND)
        diagnostics_error(all, (struct place){diagnostics_source(all, path, SPAN("")), 0, 0}, NULL,
                          "the file of labels cannot be read");
    return labels;
}

void labels_free(struct labels *labels) {
    if (!labels) return;
    VEC_RELEASE(&labels->all);
    names_release(&labels->names);
    arena_release(&labels->arena);
    free(labels);
}

// ---- Looking up ----------------------------------------------------------------------------------------------------
const struct label *labels_find(const struct labels *labels, struct span name) {
    uint32_t id = labels ? names_find(&labels->names, name) : NAMES_NONE;
    return id == NAMES_NONE ? NULL : &labels->all.at[id];
}

struct span labels_text(const struct labels *labels, struct span name) {
    const struct label *label = labels_find(labels, name);
    return label ? label->label : name;
}

static struct place place_of(const struct program *program, struct span name) {
    uint32_t relation = program_find_relation(program, name), act = program_find_act(program, name);
    if (act != NO_ID) return program->acts[act].place;
    if (relation != NO_ID) return program->relations[relation].place;
    for (uint32_t i = 0; i < program->parties_count; i++)
        if (span_equal(program->parties[i].name, name)) return program->parties[i].place;
    for (uint32_t i = 0; i < program->offices_count; i++)
        if (span_equal(program->offices[i].name, name)) return program->offices[i].place;
    for (uint32_t i = 0; i < program->organs_count; i++)
        if (span_equal(program->organs[i].name, name)) return program->organs[i].place;
    for (uint32_t i = 0; i < program->kinds_count; i++)
        for (uint32_t k = 0; k < program->kinds[i].constant_count; k++)
            if (span_equal(program->kinds[i].constants[k].name, name)) return program->kinds[i].constants[k].place;
    return (struct place){0};
}

void labels_warn_missing(struct diagnostics *all, const struct program *program, const struct labels *labels,
                         const char *language) {
    struct arena arena;
    struct names met;
    arena_init(&arena);
    names_init(&met);
    collect_names(program, &met, &arena, false);
    for (uint32_t i = 0; i < met.count; i++) {
        struct span name = names_text(&met, i);
        if (!labels_find(labels, name))
            diagnostics_warn(all, place_of(program, name), NULL, "%.*s has no label in labels.%s", SPAN_ARG(name),
                             language);
    }
    names_release(&met);
    arena_release(&arena);
}
