// SPDX-License-Identifier: Apache-2.0
// What a report may show and a language has no words for. docs/language.md, section 11, lists what a report shows.
#include "labels/labels.h"

#include <string.h>

struct search {
    const struct diagnostics *all;
    const struct program *program;
    const struct labels *labels;
    const char *language;
    struct names literals, told;    // texts as they are written in the treaty; what was reported
    struct text *out;
    uint32_t found;
};

static void tell(struct search *search, struct place place, struct span name, const char *lacks, bool quoted) {
    uint32_t line, column, before = search->told.count;
    if (names_add(&search->told, name) < before) return;
    if (place.length) {
        diagnostics_line(search->all, place, &line, &column);
        text_print(search->out, "%.*s:%u: ", SPAN_ARG(search->all->sources.at[place.source].path), line);
    }
    text_print(search->out, quoted ? "\"%.*s\" has no %s in labels.%s\n" : "%.*s has no %s in labels.%s\n",
               SPAN_ARG(name), lacks, search->language);
    search->found++;
}

static void need(struct search *search, struct place place, struct span name, bool help) {
    const struct label *label = labels_find(search->labels, name);
    if (name.length == 0) return;
    if (!label) tell(search, place, name, "label", false);
    else if (help && label->help.length == 0) tell(search, place, name, "help line", false);
}

static void need_parts(struct search *search, struct place place, struct span owner, const struct column *columns,
                       uint32_t count, bool help) {
    for (uint32_t i = 0; i < count; i++) {
        struct label label;
        bool there = labels_part(search->labels, search->program, owner, &columns[i], &label);
        if (columns[i].label.length == 0 || (there && (!help || label.help.length))) continue;
        struct text name = {0};
        text_print(&name, "%.*s.%.*s", SPAN_ARG(owner), SPAN_ARG(columns[i].label));
        tell(search, place, text_span(&name), there ? "help line" : "label", false);
        text_release(&name);
    }
}

static void need_message(struct search *search, struct place place, struct span message) {
    // Messages in English need no label: they are English, and so are the words that a treaty is written in.
    if (strcmp(search->language, "en") == 0 || names_find(&search->literals, message) == NAMES_NONE) return;
    if (!labels_has_message(search->labels, message)) tell(search, place, message, "label", true);
}

// Every text in quotes, as the compiler reads it: a message that is not among them was made from a condition.
static void collect_literals(struct search *search) {
    struct text literal = {0};
    for (uint32_t i = 0; i < search->all->sources.count; i++) {
        struct span text = search->all->sources.at[i].text;
        for (uint32_t at = 0; at < text.length; at++) {
            if (text.at[at] != '"') continue;
            literal.length = 0;
            for (at++; at < text.length && text.at[at] != '"' && text.at[at] != '\n'; at++) {
                if (text.at[at] == '\\' && at + 1 < text.length) at++;
                text_byte(&literal, text.at[at]);
            }
            if (literal.length) names_add(&search->literals, text_span(&literal));
        }
    }
    text_release(&literal);
}

static void search_acts(struct search *search) {
    const struct program *program = search->program;
    for (uint32_t i = 0; i < program->acts_count; i++) {
        const struct act *act = &program->acts[i];
        need(search, act->place, act->name, true);
        need_parts(search, act->place, act->name, act->parameters, act->parameter_count, true);
        for (uint32_t k = 0; k < act->clause_count; k++)
            need_message(search, act->clauses[k].place, act->clauses[k].message);
    }
    for (uint32_t i = 0; i < program->norms_count; i++)
        need_message(search, program->norms[i].place, program->norms[i].message);
}

static void search_facts(struct search *search) {
    const struct program *program = search->program;
    for (uint32_t i = 0; i < program->relations_count; i++) {
        const struct relation *relation = &program->relations[i];
        if (relation->hidden || memchr(relation->name.at, '#', relation->name.length)) continue;
        need(search, relation->place, relation->name, false);
        need_parts(search, relation->place, relation->name, relation->columns, relation->column_count, false);
    }
}

static void search_names(struct search *search) {
    const struct program *program = search->program;
    struct place nowhere = {0};
    need(search, nowhere, program->name, false);
    for (uint32_t i = 0; i < program->sources_count; i++) need(search, nowhere, program->sources[i].name, true);
    for (uint32_t i = 0; i < program->parties_count; i++)
        need(search, program->parties[i].place, program->parties[i].name, false);
    for (uint32_t i = 0; i < program->party_types_count; i++)
        need(search, nowhere, program->party_types[i].name, false);
    for (uint32_t i = 0; i < program->entity_types_count; i++)
        need(search, nowhere, program->entity_types[i].name, false);
    for (uint32_t i = 0; i < program->offices_count; i++)
        need(search, program->offices[i].place, program->offices[i].name, false);
    for (uint32_t i = 0; i < program->organs_count; i++)
        need(search, program->organs[i].place, program->organs[i].name, true);
    for (uint32_t i = 0; i < program->procedures_count; i++) {
        const struct procedure *procedure = &program->procedures[i];
        need(search, procedure->place, procedure->name, true);
        need_parts(search, procedure->place, procedure->name, procedure->parameters, procedure->parameter_count, true);
    }
    for (uint32_t i = 0; i < program->kinds_count; i++) {
        // A condition is called `condition 2 of contribute`: by its act.
        if (i == KIND_CONDITION) continue;
        need(search, nowhere, program->kinds[i].name, false);
        for (uint32_t k = 0; k < program->kinds[i].constant_count; k++)
            need(search, program->kinds[i].constants[k].place, program->kinds[i].constants[k].name, false);
    }
}

uint32_t labels_missing(const struct diagnostics *all, const struct program *program, const struct labels *labels,
                        const char *language, struct text *out) {
    struct search search = {.all = all, .program = program, .labels = labels, .language = language, .out = out};
    names_init(&search.literals);
    names_init(&search.told);
    collect_literals(&search);
    search_names(&search);
    search_facts(&search);
    search_acts(&search);
    names_release(&search.literals);
    names_release(&search.told);
    return search.found;
}
