// SPDX-License-Identifier: Apache-2.0
// Reads label files. A line is read by hand: it has a name and one or two texts, and nothing nests.
#include "labels/labels.h"

#include <string.h>

#define ENGLISH "en"    // what a language lacks is shown in it

struct table {
    struct names names;
    VEC(struct label) all;    // by id of the name
};

struct labels {
    struct arena arena;
    const char *language;
    struct table names, texts;    // texts: what stands in quotes, the program's own words and those of a treaty
};

// ---- Names that can have a label -----------------------------------------------------------------------------------
// The parts of what has a name: of a fact and of an act where both are called so.
struct parts {
    const struct column *columns[2];
    uint32_t counts[2];
};
// What a treaty's own files may name.
struct known {
    struct names names;
    VEC(struct parts) parts;    // by id of the name
    struct names words;         // of all parts
    struct names messages;
};

static void know(struct known *known, struct span name) {
    if (names_add(&known->names, name) == known->parts.count) VEC_PUSH(&known->parts, (struct parts){0});
}

static void know_parts(struct known *known, struct span owner, const struct column *columns, uint32_t count) {
    know(known, owner);
    struct parts *parts = &known->parts.at[names_find(&known->names, owner)];
    uint32_t at = parts->columns[0] ? 1 : 0;
    parts->columns[at] = columns;
    parts->counts[at] = count;
    for (uint32_t i = 0; i < count; i++)
        if (columns[i].label.length) names_add(&known->words, columns[i].label);
}

// A name, OWNER.PART or .PART.
static bool is_known(const struct known *known, struct span name) {
    uint32_t dot = 0;
    while (dot < name.length && name.at[dot] != '.') dot++;
    uint32_t owner = names_find(&known->names, span_part(name, 0, dot));
    if (dot == name.length) return owner != NAMES_NONE;
    struct span part = span_part(name, dot + 1, name.length - dot - 1);
    if (dot == 0) return names_find(&known->words, part) != NAMES_NONE;
    for (uint32_t k = 0; owner != NAMES_NONE && k < COUNT_OF(known->parts.at[owner].columns); k++)
        for (uint32_t i = 0; i < known->parts.at[owner].counts[k]; i++)
            if (span_equal(known->parts.at[owner].columns[k][i].label, part)) return true;
    return false;
}

static bool shown(const struct relation *relation) {
    return !relation->hidden && relation->name.length && !memchr(relation->name.at, '#', relation->name.length);
}

#define EACH(array, count)                                                                                             \
    for (uint32_t i = 0; i < (count); i++) know(known, (array)[i].name)

static void collect_names(const struct program *program, struct known *known) {
    know(known, program->name);
    EACH(program->parties, program->parties_count);
    EACH(program->offices, program->offices_count);
    EACH(program->organs, program->organs_count);
    EACH(program->acts, program->acts_count);
    EACH(program->party_types, program->party_types_count);
    EACH(program->entity_types, program->entity_types_count);
    EACH(program->kinds, program->kinds_count);
    EACH(program->sources, program->sources_count);
    EACH(program->procedures, program->procedures_count);
    for (uint32_t i = 0; i < program->kinds_count; i++)
        for (uint32_t k = 0; k < program->kinds[i].constant_count; k++)
            know(known, program->kinds[i].constants[k].name);
    for (uint32_t i = 0; i < program->acts_count; i++)
        know_parts(known, program->acts[i].name, program->acts[i].parameters, program->acts[i].parameter_count);
    for (uint32_t i = 0; i < program->procedures_count; i++)
        know_parts(known, program->procedures[i].name, program->procedures[i].parameters,
                    program->procedures[i].parameter_count);
    for (uint32_t i = 0; i < program->relations_count; i++) {
        const struct relation *relation = &program->relations[i];
        if (!shown(relation)) continue;
        know_parts(known, relation->name, relation->columns, relation->column_count);
    }
}

// Messages are shown as they are written; those that the compiler makes of conditions are formulas.
static void collect_messages(const struct program *program, struct names *known) {
    names_add(known, program->title);
    for (uint32_t i = 0; i < program->acts_count; i++)
        for (uint32_t k = 0; k < program->acts[i].clause_count; k++)
            names_add(known, program->acts[i].clauses[k].message);
    for (uint32_t i = 0; i < program->norms_count; i++) names_add(known, program->norms[i].message);
}

// ---- Lines ---------------------------------------------------------------------------------------------------------
struct reading {
    struct labels *labels;
    struct diagnostics *all;
    const struct known *known;    // NULL: any name is taken
    bool fallback;
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

// A text in quotes; \" and \\ stand for themselves, \n for a line end. False: there is none, or it does not end.
static bool read_quoted(struct reading *reading, struct span *result) {
    skip_blanks(reading);
    if (reading->at >= reading->end || reading->text.at[reading->at] != '"') return false;
    struct text out = {0};
    uint32_t at = reading->at + 1;
    while (at < reading->end && reading->text.at[at] != '"') {
        bool escaped = reading->text.at[at] == '\\' && at + 1 < reading->end;
        if (escaped) at++;
        text_byte(&out, escaped && reading->text.at[at] == 'n' ? '\n' : reading->text.at[at]);
        at++;
    }
    bool ended = at < reading->end;
    if (ended) *result = span_copy(&reading->labels->arena, text_span(&out));
    text_release(&out);
    reading->at = ended ? at + 1 : reading->end;
    return ended;
}

static void keep_label(struct reading *reading, struct table *table, struct label label) {
    uint32_t before = table->names.count, id = names_add(&table->names, label.name);
    label.name = names_text(&table->names, id);
    if (id == before) {
        VEC_PUSH(&table->all, label);
        return;
    }
    const struct label *first = &table->all.at[id];
    uint32_t line, column;
    // A treaty's own label takes precedence over an embedded one; two in one file are a slip.
    if (first->place.source == reading->source) {
        diagnostics_line(reading->all, first->place, &line, &column);
        diagnostics_error(reading->all, label.place, NULL, "%.*s has a label already, in line %u", SPAN_ARG(label.name),
                          line);
    } else {
        table->all.at[id] = label;
    }
}

// A nearest name is sought for those errors alone that are shown.
static void unknown_name(struct reading *reading, const struct label *label) {
    const char *hint = NULL;
    if (reading->all->errors < DIAGNOSTICS_MAX) {
        struct span near = span_nearest(label->name, reading->known->names.at, reading->known->names.count);
        if (near.length) hint = span_print(&reading->labels->arena, "did you mean %.*s?", SPAN_ARG(near)).at;
    }
    diagnostics_error(reading->all, label->place, hint, "the treaty has no name %.*s", SPAN_ARG(label->name));
}

// What is not in quotes up to a blank.
static struct span read_name(struct reading *reading) {
    uint32_t from = reading->at;
    while (reading->at < reading->end && reading->text.at[reading->at] != ' ' &&
           reading->text.at[reading->at] != '\t' && reading->text.at[reading->at] != '"')
        reading->at++;
    return span_part(reading->text, from, reading->at - from);
}

// Some embedded language has words for it. Asked only of a text that neither the treaty nor its language knows.
static bool is_of_reports(struct span text) {
    struct text line = {0};
    bool found = false;
    text_byte(&line, '\n');
    text_json(&line, text);
    for (size_t i = 0; i < lang_library_count && !found; i++)
        found = span_starts(span_of(lang_libraries[i].name), "std/labels.") &&
                memmem(lang_libraries[i].text, lang_libraries[i].length, line.at, line.length);
    text_release(&line);
    return found;
}

static void read_line(struct reading *reading) {
    skip_blanks(reading);
    if (at_comment(reading)) return;
    uint32_t from = reading->at;
    struct label label = {.fallback = reading->fallback};
    bool text = reading->text.at[from] == '"';
    if (text) text = read_quoted(reading, &label.name);
    else label.name = read_name(reading);
    label.place = here(reading, from);
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
    if (text) {
        bool known = !reading->known || names_find(&reading->labels->texts.names, label.name) != NAMES_NONE ||
                     names_find(&reading->known->messages, label.name) != NAMES_NONE || is_of_reports(label.name);
        if (known) keep_label(reading, &reading->labels->texts, label);
        else
            diagnostics_error(reading->all, label.place, "a text is labelled word for word as the treaty has it",
                              "neither the treaty nor a report says \"%.*s\"", SPAN_ARG(label.name));
        return;
    }
    if (reading->known && !is_known(reading->known, label.name)) unknown_name(reading, &label);
    else keep_label(reading, &reading->labels->names, label);
}

// A label shows what it holds: no control character, none that turns the direction of writing, none that is invisible.
static bool characters_shown(const struct reading *reading, uint32_t from) {
    for (uint32_t i = from; i < reading->text.length;) {
        unsigned char byte = (unsigned char)reading->text.at[i];
        if (byte >= 0x20 && byte < 0x7F) {
            i++;
            continue;
        }
        uint32_t code_point = 0, length = character_read(reading->text, i, &code_point);
        bool blank = code_point == '\n' || code_point == '\r' || code_point == '\t';
        if (length == 0 || (!blank && (code_point < 0x20 || code_point == 0x7F)) || character_is_hidden(code_point)) {
            diagnostics_error(reading->all, (struct place){reading->source, i, length ? length : 1},
                              "take it out: what is shown must be what is written",
                              "a label holds a character that is not shown: U+%04X", code_point);
            return false;
        }
        i += length;
    }
    return true;
}

static void read_text(struct labels *labels, struct diagnostics *all, const struct known *known, bool fallback,
                      struct span path, struct span text) {
    struct reading reading = {labels, all, known, .fallback = fallback};
    reading.source = diagnostics_source(all, path, text);
    reading.text = all->sources.at[reading.source].text;
    uint32_t bad, lines = 0;
    if (!span_utf8_valid(reading.text, &bad)) {
        diagnostics_error(all, (struct place){reading.source, bad, 1}, NULL, "the text is not UTF-8");
        return;
    }
    uint32_t start = span_starts(reading.text, "\xEF\xBB\xBF") ? 3 : 0;
    if (!characters_shown(&reading, start)) return;
    for (uint32_t at = start; at < reading.text.length; at = reading.end + 1) {
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
    labels->language = ENGLISH;
    arena_init(&labels->arena);
    names_init(&labels->names.names);
    names_init(&labels->texts.names);
    return labels;
}

static void known_init(struct known *known, const struct program *program) {
    *known = (struct known){0};
    names_init(&known->names);
    names_init(&known->words);
    names_init(&known->messages);
    collect_names(program, known);
    collect_messages(program, &known->messages);
}

static void known_release(struct known *known) {
    names_release(&known->names);
    names_release(&known->words);
    names_release(&known->messages);
    VEC_RELEASE(&known->parts);
}

struct labels *labels_read(struct diagnostics *all, const struct program *program, struct span path, struct span text) {
    struct labels *labels = labels_new();
    struct known known;
    known_init(&known, program);
    read_text(labels, all, &known, false, path, text);
    known_release(&known);
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
    struct span folder = treaty ? folder_of(arena, treaty) : SPAN(""), *names = NULL;
    uint32_t count = 0;
    if (treaty && folder_list(arena, folder.length ? folder.at : ".", &names, &count) != BASE_OK) count = 0;
    struct languages languages = {ARENA_ARRAY(arena, struct span, count + lang_library_count + 1), 0};
    for (uint32_t i = 0; i < count; i++) add_language(&languages, names[i], "labels.");
    for (size_t i = 0; i < lang_library_count; i++)
        add_language(&languages, span_of(lang_libraries[i].name), "std/labels.");
    return (struct label_languages){languages.at, languages.count};
}

// ---- Reading them ---------------------------------------------------------------------------------------------------
static void read_embedded(struct labels *labels, struct diagnostics *all, const char *language, bool fallback) {
    struct span embedded = span_print(&labels->arena, "std/labels.%s", language);
    for (size_t i = 0; i < lang_library_count; i++)
        if (span_is(embedded, lang_libraries[i].name))
            read_text(labels, all, NULL, fallback, embedded,
                      (struct span){lang_libraries[i].text, (uint32_t)lang_libraries[i].length});
}

// False: there is no such file.
static bool read_beside(struct labels *labels, struct diagnostics *all, const struct known *known, const char *treaty,
                        const char *language, bool fallback) {
    struct span folder = folder_of(&labels->arena, treaty), text,
                path = span_print(&labels->arena, "%.*slabels.%s", SPAN_ARG(folder), language);
    base_error error = file_read(&labels->arena, path.at, &text);
    if (error == BASE_OK) read_text(labels, all, known, fallback, path, text);
    else if (error != BASE_NOT_FOUND)
        diagnostics_error(all, (struct place){diagnostics_source(all, path, SPAN("")), 0, 0}, NULL,
                          "the file of labels cannot be read");
    return error != BASE_NOT_FOUND;
}

static struct labels *load(struct diagnostics *all, const struct program *program, const char *treaty,
                           const char *language, bool english_first, bool *beside) {
    struct labels *labels = labels_new();
    struct known known;
    labels->language = span_print(&labels->arena, "%s", language).at;
    known_init(&known, program);
    if (english_first) {
        read_embedded(labels, all, ENGLISH, true);
        (void)read_beside(labels, all, &known, treaty, ENGLISH, true);
    }
    read_embedded(labels, all, language, false);
    *beside = read_beside(labels, all, &known, treaty, language, false);
    known_release(&known);
    return labels;
}

struct labels *labels_load(struct diagnostics *all, const struct program *program, const char *treaty,
                           const char *language, bool *beside) {
    return load(all, program, treaty, language, strcmp(language, ENGLISH) != 0, beside);
}

struct labels *labels_load_alone(struct diagnostics *all, const struct program *program, const char *treaty,
                                 const char *language, bool *beside) {
    return load(all, program, treaty, language, false, beside);
}

struct labels *labels_embedded(const char *language) {
    struct diagnostics none;
    struct labels *labels = labels_new();
    labels->language = span_print(&labels->arena, "%s", language).at;
    diagnostics_init(&none);
    if (strcmp(language, ENGLISH) != 0) read_embedded(labels, &none, ENGLISH, true);
    read_embedded(labels, &none, language, false);
    diagnostics_release(&none);
    return labels;
}

void labels_free(struct labels *labels) {
    if (!labels) return;
    VEC_RELEASE(&labels->names.all);
    VEC_RELEASE(&labels->texts.all);
    names_release(&labels->names.names);
    names_release(&labels->texts.names);
    arena_release(&labels->arena);
    free(labels);
}

// ---- Looking up ----------------------------------------------------------------------------------------------------
const char *labels_language(const struct labels *labels) { return labels ? labels->language : ENGLISH; }

static const struct label *find_in(const struct table *table, struct span name) {
    uint32_t id = names_find(&table->names, name);
    return id == NAMES_NONE ? NULL : &table->all.at[id];
}

const struct label *labels_find(const struct labels *labels, struct span name) {
    return labels ? find_in(&labels->names, name) : NULL;
}

struct span labels_text(const struct labels *labels, struct span name) {
    const struct label *label = labels_find(labels, name);
    return label ? label->label : name;
}

static struct span type_name(const struct program *program, struct type type) {
    if (type.of == NO_ID) return (struct span){0};
    if (type.base == TYPE_PARTY) return program->party_types[type.of].name;
    if (type.base == TYPE_ENTITY) return program->entity_types[type.of].name;
    return type.base == TYPE_KIND ? program->kinds[type.of].name : (struct span){0};
}

bool labels_part(const struct labels *labels, const struct program *program, struct span owner,
                 const struct column *column, struct label *label) {
    *label = (struct label){0};
    if (!labels) return false;
    struct text words = {0};
    text_print(&words, "%.*s.%.*s", SPAN_ARG(owner), SPAN_ARG(column->label));
    struct span part = text_span(&words);
    const struct label *at[] = {find_in(&labels->names, part),
                                find_in(&labels->names, span_part(part, owner.length, part.length - owner.length)),
                                find_in(&labels->names, type_name(program, column->type))};
    text_release(&words);
    // A letter says nothing where the type has a name.
    if (column->label.length == 1 && at[2]) at[1] = at[2];
    for (size_t i = 0; i < COUNT_OF(at); i++) {
        if (!at[i]) continue;
        struct span help = label->help.length ? label->help : at[i]->help;
        if (label->label.length == 0) *label = *at[i];
        label->help = help;
    }
    return label->label.length > 0;
}

struct span labels_message(const struct labels *labels, struct span english) {
    const struct label *label = labels ? find_in(&labels->texts, english) : NULL;
    return label ? label->label : english;
}

// The next %-directive at or after *at, "%%" left out; length 0 where there is none.
static struct span next_directive(const char **at) {
    for (const char *from = *at; *from; from++) {
        if (*from != '%') continue;
        const char *end = from + 1;
        if (*end == '%') {
            from++;
            continue;
        }
        while (*end && !((*end >= 'a' && *end <= 'z') || (*end >= 'A' && *end <= 'Z'))) end++;
        while (*end == 'l' || *end == 'z' || *end == 'h') end++;
        *at = *end ? end + 1 : end;
        return (struct span){from, (uint32_t)(*at - from)};
    }
    *at = "";
    return (struct span){0};
}

// A file of labels is no program: what it says in place of a format must take the same things in the same order.
static bool takes_the_same(const char *english, const char *other) {
    for (;;) {
        struct span a = next_directive(&english), b = next_directive(&other);
        if (!span_equal(a, b)) return false;
        if (a.length == 0) return true;
    }
}

bool labels_has_message(const struct labels *labels, struct span english) {
    return labels && find_in(&labels->texts, english);
}

const char *labels_say(const struct labels *labels, const char *english) {
    const struct label *label = labels ? find_in(&labels->texts, span_of(english)) : NULL;
    return label && takes_the_same(english, label->label.at) ? label->label.at : english;
}

// ---- What names nothing ---------------------------------------------------------------------------------------------
static bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static void collect_words(struct names *words, struct span text) {
    for (uint32_t at = 0; at < text.length;) {
        uint32_t end = at;
        while (end < text.length && is_name_byte(text.at[end])) end++;
        if (end > at) names_add(words, span_part(text, at, end - at));
        at = end + 1;
    }
}

static bool all_parts_known(const struct names *words, struct span name) {
    for (uint32_t at = 0; at <= name.length;) {
        uint32_t end = at;
        while (end < name.length && name.at[end] != '.') end++;
        if (end > at && names_find(words, span_part(name, at, end - at)) == NAMES_NONE) return false;
        at = end + 1;
    }
    return true;
}

uint32_t labels_stale(const char *language, struct text *out) {
    struct diagnostics all;
    struct names words;
    struct labels *labels = labels_new();
    uint32_t found = 0;
    diagnostics_init(&all);
    names_init(&words);
    for (size_t i = 0; i < lang_library_count; i++)
        if (!span_starts(span_of(lang_libraries[i].name), "std/labels."))
            collect_words(&words, (struct span){lang_libraries[i].text, (uint32_t)lang_libraries[i].length});
    read_embedded(labels, &all, language, false);
    for (uint32_t i = 0; i < labels->names.all.count; i++) {
        const struct label *label = &labels->names.all.at[i];
        uint32_t line, column;
        // A word that parameters share may be any treaty's.
        if (label->name.at[0] == '.' || all_parts_known(&words, label->name)) continue;
        diagnostics_line(&all, label->place, &line, &column);
        text_print(out, "std/labels.%s:%u: no library has a name %.*s\n", language, line, SPAN_ARG(label->name));
        found++;
    }
    names_release(&words);
    labels_free(labels);
    diagnostics_release(&all);
    return found;
}
