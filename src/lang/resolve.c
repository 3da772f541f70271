// SPDX-License-Identifier: Apache-2.0
// The resolver's driver: the phases in their order, and the program's own arrays at the end.
#include "lang/resolve_internal.h"

// ---- Small helps ----------------------------------------------------------------------------------------------------
struct span keep(struct compiler *c, struct span text) {
    return text.length ? span_copy(c->arena, text) : (struct span){0};
}

const char *hint_print(struct compiler *c, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char buffer[1024];
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    uint32_t used = length < 0 ? 0 : (uint32_t)length < sizeof buffer ? (uint32_t)length : (uint32_t)sizeof buffer - 1;
    return span_copy(&c->scratch, (struct span){buffer, used}).at;
}

const char *line_text(struct compiler *c, struct place place, struct place seen_from) {
    uint32_t line, column;
    if (c->all->errors >= DIAGNOSTICS_MAX) return "";    // it would not be shown, and lines are counted from the top
    if (!place.length && place.source >= c->all->sources.count) return "the prelude";
    diagnostics_line(c->all, place, &line, &column);
    if (place.source == seen_from.source) return hint_print(c, "line %u", line);
    return hint_print(c, "%.*s:%u", SPAN_ARG(c->all->sources.at[place.source].path), line);
}

// ---- What is to be read ---------------------------------------------------------------------------------------------
static void flatten(struct compiler *c, const struct tree_declaration *d, const struct tree_citation *article,
                    uint32_t outer, bool library, bool prelude) {
    if (c->items.count == DECLARATIONS_MAX)
        diagnostics_error(c->all, d->place, NULL, "a program has at most %d declarations", DECLARATIONS_MAX);
    uint32_t id = c->items.count;
    while (c->embedded.count <= d->place.source) VEC_PUSH(&c->embedded, false);
    c->embedded.at[d->place.source] |= library || prelude;
    VEC_PUSH(
        &c->items,
        (struct item){
            .declaration = d, .article = article, .outer = outer, .library = library, .prelude = prelude, .id = NO_ID});
    for (uint32_t i = 0; i < d->inner_count; i++) flatten(c, &d->inner[i], article, id, library, prelude);
    // Organs of one declaration differ in name, title and citation, and are organs like any other from here on.
    for (uint32_t i = 0; i < d->further_count; i++) {
        struct tree_declaration *organ = ARENA_ARRAY(&c->scratch, struct tree_declaration, 1);
        *organ = *d;
        organ->name = d->further[i].name, organ->title = d->further[i].title, organ->citation = d->further[i].citation;
        organ->further_count = 0;
        flatten(c, organ, article, NO_ID, library, prelude);
    }
}

// The blocks of a source stand together; `first` is its first.
static const struct tree_declaration *library_of(struct compiler *c, uint32_t first) {
    uint32_t source = c->tree->blocks.at[first].place.source;
    for (uint32_t i = first; i < c->tree->blocks.count && c->tree->blocks.at[i].place.source == source; i++) {
        const struct tree_block *block = &c->tree->blocks.at[i];
        for (uint32_t k = 0; k < block->count; k++)
            if (block->at[k].kind == TREE_LIBRARY) return &block->at[k];
    }
    return NULL;
}

static void collect_items(struct compiler *c) {
    uint32_t last_source = NO_ID;
    const struct tree_declaration *library = NULL, *treaty = NULL;
    for (uint32_t i = 0; i < c->tree->blocks.count; i++) {
        const struct tree_block *block = &c->tree->blocks.at[i];
        if (block->place.source != last_source) library = library_of(c, i);
        last_source = block->place.source;
        const struct tree_citation *article = NULL;
        for (uint32_t k = 0; k < block->count; k++) {
            const struct tree_declaration *d = &block->at[k];
            if (d->kind == TREE_ARTICLE) article = &d->citation;
            if (d->kind == TREE_TREATY) {
                if (treaty)
                    diagnostics_error(
                        c->all, d->name.place,
                        hint_print(c, "first at %s",
                                   line_text(c, treaty->name.place, (struct place){.source = UINT32_MAX})),
                        "a program is one treaty");
                else treaty = d;
            }
            c->citations_wanted |= d->kind == TREE_SOURCE && !library;
            flatten(c, d, article, NO_ID, library != NULL, block->place.source == c->tree->blocks.at[0].place.source);
        }
    }
    if (!treaty) return;
    c->program->name = keep(c, treaty->name.text);
    c->program->title = keep(c, treaty->title.text);
    c->program->offset = treaty->offset;
}

// ---- The program's arrays -------------------------------------------------------------------------------------------
void publish(struct compiler *c) {
    struct program *program = c->program;
    program->sources = c->source_list.at, program->sources_count = c->source_list.count;
    program->party_types = c->party_types.at, program->party_types_count = c->party_types.count;
    program->parties = c->parties.at, program->parties_count = c->parties.count;
    program->entity_types = c->entity_types.at, program->entity_types_count = c->entity_types.count;
    program->kinds = c->kinds.at, program->kinds_count = c->kinds.count;
    program->offices = c->offices_list.at, program->offices_count = c->offices_list.count;
    program->relations = c->relation_list.at, program->relations_count = c->relation_list.count;
    program->organs = c->organ_list.at, program->organs_count = c->organ_list.count;
    program->acts = c->act_list.at, program->acts_count = c->act_list.count;
    c->kinds.at[KIND_OUTCOME].constants = c->outcome_names.at;
    c->kinds.at[KIND_OUTCOME].constant_count = c->outcome_names.count;
    c->kinds.at[KIND_CONDITION].constants = c->requirement_names.at;
    c->kinds.at[KIND_CONDITION].constant_count = c->requirement_names.count;
}

static void *own_array(struct compiler *c, const void *at, uint32_t count, size_t size) {
    void *own = arena_alloc(c->arena, size * count);
    if (count) memcpy(own, at, size * count);
    return own;
}
#define OWN(c, array, list)                                                                                            \
    ((c)->program->array = own_array((c), (list).at, (list).count, sizeof *(list).at),                                 \
     (c)->program->array##_count = (list).count)

static void finish_program(struct compiler *c) {
    for (uint32_t i = 0; i < c->relation_list.count; i++) {
        struct relation *relation = &c->relation_list.at[i];
        struct relation_draft *draft = &c->relation_drafts.at[i];
        relation->given = own_array(c, draft->given.at, draft->given.count, sizeof *draft->given.at);
        relation->given_count = draft->given.count;
        relation->rules = own_array(c, draft->rules.at, draft->rules.count, sizeof *draft->rules.at);
        relation->rule_count = draft->rules.count;
    }
    OWN(c, sources, c->source_list);
    OWN(c, party_types, c->party_types);
    OWN(c, parties, c->parties);
    OWN(c, entity_types, c->entity_types);
    OWN(c, kinds, c->kinds);
    OWN(c, offices, c->offices_list);
    OWN(c, relations, c->relation_list);
    OWN(c, rules, c->rule_list);
    OWN(c, organs, c->organ_list);
    OWN(c, procedures, c->procedure_list);
    OWN(c, acts, c->act_list);
    OWN(c, obligations, c->obligation_list);
    OWN(c, norms, c->norm_list);
    OWN(c, requirements, c->requirement_list);
    struct kind *outcome = &c->program->kinds[KIND_OUTCOME];
    outcome->constants = own_array(c, c->outcome_names.at, c->outcome_names.count, sizeof *c->outcome_names.at);
    outcome->constant_count = c->outcome_names.count;
    struct kind *condition = &c->program->kinds[KIND_CONDITION];
    condition->constants =
        own_array(c, c->requirement_names.at, c->requirement_names.count, sizeof *c->requirement_names.at);
}

// A fact that nothing writes never holds: likely a slip, but no error.
static void warn_unwritten(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++) {
        const struct item *item = &c->items.at[i];
        if (item->declaration->kind != TREE_FACT || item->library || item->dropped || item->id == NO_ID) continue;
        const struct relation_draft *draft = &c->relation_drafts.at[item->id];
        if (draft->written || draft->given.count) continue;
        diagnostics_warn(c->all, item->declaration->name.place,
                         "let an act, event or `upon` add it, or give rows of it", "nothing ever makes `%.*s` hold",
                         SPAN_ARG(item->declaration->name.text));
    }
}

// ---- Phases ---------------------------------------------------------------------------------------------------------
static void resolve_bodies(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++) {
        struct item *item = &c->items.at[i];
        switch (item->declaration->kind) {
        case TREE_ACT:
        case TREE_EVENT: resolve_act(c, item); break;
        case TREE_NORM: resolve_norm(c, item); break;
        case TREE_UPON: resolve_upon(c, item); break;
        case TREE_ALWAYS: resolve_always(c, item); break;
        default: break;
        }
    }
}

// What `under` says is read once for each thing that it encloses, and a procedure's parameters for each of its parts:
// an error there is one error all the same.
static void drop_repeated(struct diagnostics *all, uint32_t first) {
    uint32_t kept = first;
    for (uint32_t i = first; i < all->items.count; i++) {
        const struct diagnostic *one = &all->items.at[i];
        bool again = false;
        for (uint32_t k = first; k < kept && !again; k++) {
            const struct diagnostic *old = &all->items.at[k];
            again = old->place.source == one->place.source && old->place.at == one->place.at &&
                    span_equal(old->message, one->message);
        }
        if (again && one->severity == SEVERITY_ERROR) all->errors--;
        if (!again) all->items.at[kept++] = *one;
    }
    all->items.count = kept;
}

static void compile(struct compiler *c) {
    collect_items(c);
    collect_libraries(c);
    declare_all(c);
    resolve_procedures(c);
    resolve_organs(c);
    resolve_act_headers(c);
    resolve_given(c);
    resolve_rules(c);
    resolve_seats(c);
    find_components(c);
    infer_rules(c);
    finish_rules(c);
    check_organs(c);
    resolve_settings(c);
    resolve_outcomes(c);
    resolve_bodies(c);
    resolve_waivers(c);
    report_forgotten(c);
    report_uncited(c);
    c->program->contested_norm = norm_add(
        c, NORM_CONTESTED, SPAN("a party contests what was recorded for it"), (struct citation){0}, (struct place){0},
        &(struct scope){
            .slots = {&(struct slot){.name = SPAN("entry"), .type = type_of(TYPE_ENTITY, ENTITY_ENTRY)}, 1, 1}},
        &(uint32_t){0}, 1);
    stratify(c);
    check_upon_cycles(c);
    finish_watches(c);
    if (!c->all->errors) warn_unwritten(c);
}

static void table_release(struct table *table) {
    names_release(&table->names);
    VEC_RELEASE(&table->values);
}

#define TABLES(c)                                                                                                      \
    {                                                                                                                  \
        &(c)->sources, &(c)->types, &(c)->constants, &(c)->relations, &(c)->offices, &(c)->organs, &(c)->acts,         \
            &(c)->procedures, &(c)->meanings, &(c)->given_keys                                                         \
    }

static void compiler_release(struct compiler *c) {
    struct table *tables[] = TABLES(c);
    for (uint32_t i = 0; i < COUNT_OF(tables); i++) table_release(tables[i]);
    names_release(&c->reported_sources);
    for (uint32_t i = 0; i < c->rule_drafts.count; i++) scope_release(&c->rule_drafts.at[i].scope);
    for (uint32_t i = 0; i < c->relation_drafts.count; i++) {
        VEC_RELEASE(&c->relation_drafts.at[i].given);
        VEC_RELEASE(&c->relation_drafts.at[i].rules);
    }
    VEC_RELEASE(&c->items), VEC_RELEASE(&c->type_list), VEC_RELEASE(&c->type_places), VEC_RELEASE(&c->candidates);
    VEC_RELEASE(&c->source_list), VEC_RELEASE(&c->source_places), VEC_RELEASE(&c->party_types),
        VEC_RELEASE(&c->parties);
    VEC_RELEASE(&c->entity_types), VEC_RELEASE(&c->kinds), VEC_RELEASE(&c->outcome_names),
        VEC_RELEASE(&c->offices_list);
    VEC_RELEASE(&c->relation_list), VEC_RELEASE(&c->relation_drafts), VEC_RELEASE(&c->rule_list),
        VEC_RELEASE(&c->rule_drafts);
    VEC_RELEASE(&c->organ_list), VEC_RELEASE(&c->organ_uses), VEC_RELEASE(&c->organ_excluded),
        VEC_RELEASE(&c->procedure_list);
    VEC_RELEASE(&c->act_list), VEC_RELEASE(&c->obligation_list), VEC_RELEASE(&c->norm_list),
        VEC_RELEASE(&c->requirement_list), VEC_RELEASE(&c->requirement_names), VEC_RELEASE(&c->waived),
        VEC_RELEASE(&c->edges);
    VEC_RELEASE(&c->met), VEC_RELEASE(&c->lapse), VEC_RELEASE(&c->upon), VEC_RELEASE(&c->norm_watches);
    VEC_RELEASE(&c->shadowed), VEC_RELEASE(&c->unknown_columns);
    VEC_RELEASE(&c->libraries), VEC_RELEASE(&c->forgotten), VEC_RELEASE(&c->embedded);
    arena_release(&c->scratch);
}

struct program *program_compile(struct diagnostics *all, const struct tree *tree) {
    struct program *program = base_alloc(sizeof *program);
    arena_init(&program->arena);
    names_init(&program->texts);
    struct compiler c = {.all = all, .tree = tree, .program = program, .arena = &program->arena};
    struct table *tables[] = TABLES(&c);
    for (uint32_t i = 0; i < COUNT_OF(tables); i++) names_init(&tables[i]->names);
    names_init(&c.reported_sources);
    arena_init(&c.scratch);
    uint32_t before = all->errors, first = all->items.count;
    compile(&c);
    bool fine = before == all->errors;
    if (!fine) drop_repeated(all, first);
    if (fine) finish_program(&c);
    compiler_release(&c);
    if (fine) return program;
    program_free(program);
    return NULL;
}

void program_free(struct program *program) {
    if (!program) return;
    names_release(&program->texts);
    arena_release(&program->arena);
    free(program);
}
