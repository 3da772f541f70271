// SPDX-License-Identifier: Apache-2.0
// The first phase: every name of the program is declared, so that the text may use it before or after.
#include "lang/resolve_internal.h"

uint32_t table_get(const struct table *table, struct span name) {
    uint32_t id = names_find(&table->names, name);
    return id == NAMES_NONE ? NO_ID : table->values.at[id];
}

void table_put(struct table *table, struct span name, uint32_t means) {
    uint32_t id = names_add(&table->names, name);
    while (table->values.count <= id) VEC_PUSH(&table->values, NO_ID);
    table->values.at[id] = means;
}

// ---- Suggestions ----------------------------------------------------------------------------------------------------
// Every suggestion holds each letter that was written against every name, so a program of very many names gets them
// for its first errors only.
#define LETTERS_HELD_MAX 4000000u
static bool may_suggest(struct compiler *c, struct span wanted, uint32_t names) {
    if (c->all->errors >= DIAGNOSTICS_MAX) return false;    // it would not be shown
    if (c->letters_held >= LETTERS_HELD_MAX) return false;
    uint64_t letters = c->letters_held + (uint64_t)wanted.length * names;
    c->letters_held = letters < LETTERS_HELD_MAX ? (uint32_t)letters : LETTERS_HELD_MAX;
    return true;
}

const char *suggest(struct compiler *c, struct span wanted, const struct table *table) {
    if (!may_suggest(c, wanted, table->names.count)) return NULL;
    struct span nearest = span_nearest(wanted, table->names.at, table->names.count);
    return nearest.length ? hint_print(c, "did you mean `%.*s`?", SPAN_ARG(nearest)) : NULL;
}

const char *suggest_library(struct compiler *c, struct span wanted) {
    if (c->all->errors >= DIAGNOSTICS_MAX) return NULL;
    struct span library = library_declaring(wanted);
    for (uint32_t i = 0; i < c->libraries.count; i++)
        if (span_equal(c->libraries.at[i].name, library)) return NULL;
    if (!library.length) return NULL;
    return hint_print(c, "it is in %.*s: write `use %.*s`", SPAN_ARG(library), SPAN_ARG(library));
}

static bool is_embedded(const struct compiler *c, uint32_t source) {
    return source < c->embedded.count && c->embedded.at[source];
}

// The prelude and the libraries know their own names, not those of the treaty: a party called `s` leaves their variables
// alone.
uint32_t constant_next(const struct compiler *c, uint32_t candidate, struct place place) {
    while (candidate != NO_ID && is_embedded(c, place.source) &&
           !is_embedded(c, c->candidates.at[candidate].place.source))
        candidate = c->candidates.at[candidate].next;
    return candidate;
}

uint32_t constant_called(const struct compiler *c, struct span name, struct place place) {
    if (c->as.length && span_equal(name, c->as)) return c->as_organ;
    return constant_next(c, table_get(&c->constants, name), place);
}

bool is_constant(const struct compiler *c, struct span name, struct place place) {
    return constant_called(c, name, place) != NO_ID;
}

// `a-b` where both a and b are variables was meant as a subtraction.
static const char *suggest_minus(struct compiler *c, const struct env *env, struct span name) {
    for (uint32_t i = 1; i + 1 < name.length; i++) {
        if (name.at[i] != '-') continue;
        struct span left = span_part(name, 0, i), right = span_part(name, i + 1, name.length - i - 1);
        if (env_find(env, left) != NO_ID && env_find(env, right) != NO_ID)
            return hint_print(c, "a name may hold hyphens: write `%.*s - %.*s` to subtract", SPAN_ARG(left),
                              SPAN_ARG(right));
    }
    return NULL;
}

const char *suggest_name(struct compiler *c, const struct env *env, struct span wanted) {
    const char *minus = suggest_minus(c, env, wanted);
    if (minus) return minus;
    if (!may_suggest(c, wanted, c->constants.names.count)) return NULL;
    VEC(struct span) names = {0};
    for (const struct env *e = env; e; e = e->outer)
        for (uint32_t i = 0; i < e->names.count; i++)
            if (!span_equal(e->names.at[i].name, wanted)) VEC_PUSH(&names, e->names.at[i].name);
    for (uint32_t i = 0; i < c->constants.names.count; i++) VEC_PUSH(&names, c->constants.names.at[i]);
    struct span nearest = span_nearest(wanted, names.at, names.count);
    const char *hint = nearest.length ? hint_print(c, "did you mean `%.*s`?", SPAN_ARG(nearest)) : NULL;
    VEC_RELEASE(&names);
    return hint;
}

// ---- Citations ------------------------------------------------------------------------------------------------------
static void report_source(struct compiler *c, struct tree_name name) {
    uint32_t before = c->reported_sources.count;
    if (names_add(&c->reported_sources, name.text) < before) return;
    const char *hint = suggest(c, name.text, &c->sources);
    if (!hint) hint = hint_print(c, "declare it: `source %.*s \"Title\"`", SPAN_ARG(name.text));
    diagnostics_error(c->all, name.place, hint, "no source is called `%.*s`", SPAN_ARG(name.text));
}

struct citation citation_of(struct compiler *c, const struct tree_citation *tree) {
    struct citation citation = {.place = tree->place};
    if (!tree->count) return citation;
    if (tree->at == c->cited) return c->cited_as;
    citation.at = ARENA_ARRAY(c->arena, struct reference, tree->count);
    tree_standing standing = tree->standing;
    for (uint32_t i = 0; i < tree->count; i++) {
        uint32_t source = table_get(&c->sources, tree->at[i].source.text);
        if (source == NO_ID) {
            report_source(c, tree->at[i].source);
            continue;
        }
        // Of several sources the least sure one says how sure the citation is, unless it says so itself.
        tree_standing own = c->source_list.at[source].standing;
        if (tree->standing == STANDING_DEFAULT && own > standing) standing = own;
        citation.at[citation.count++] = (struct reference){source, keep(c, tree->at[i].where)};
    }
    citation.standing = standing == STANDING_DEFAULT ? STANDING_VERIFIED : standing;
    c->cited = tree->at;
    c->cited_as = citation;
    return citation;
}

struct citation citation_for(struct compiler *c, const struct item *item, const struct tree_citation *own,
                             const char *what) {
    if (own->count) return citation_of(c, own);
    for (const struct item *i = item; i->outer != NO_ID;) {
        i = &c->items.at[i->outer];
        if (i->declaration->citation.count) return citation_of(c, &i->declaration->citation);
    }
    if (item->article) return citation_of(c, item->article);
    if (what && c->citations_wanted && !item->library) {
        struct place place =
            item->declaration->name.text.length ? item->declaration->name.place : item->declaration->place;
        if (!c->uncited++) {
            c->uncited_first = place;
            c->uncited_what = what;
        }
    }
    return (struct citation){.place = own->place};
}

// Who forgot one citation forgot them all as a rule: that is said once.
void report_uncited(struct compiler *c) {
    static const char hint[] =
        "end it with a citation, as [Charter 12], or put `article [Charter 12]` at the head of the block";
    if (c->uncited == 1)
        diagnostics_error(c->all, c->uncited_first, hint, "no article is cited for this %s", c->uncited_what);
    else if (c->uncited)
        diagnostics_error(c->all, c->uncited_first, hint,
                          "no article is cited for this %s, and for %u more declaration%s", c->uncited_what,
                          c->uncited - 1, c->uncited == 2 ? "" : "s");
}

// ---- Types and constants --------------------------------------------------------------------------------------------
static void already(struct compiler *c, struct tree_name name, const char *what, struct place first) {
    diagnostics_error(c->all, name.place,
                      hint_print(c, "first declared at %s", line_text(c, first, (struct place){.source = UINT32_MAX})),
                      "%s `%.*s` is declared twice", what, SPAN_ARG(name.text));
}

static const char *const plain_types[] = {"int", "time", "duration", "text", "actor"};
static const type_base plain_bases[] = {TYPE_INT, TYPE_TIME, TYPE_DURATION, TYPE_TEXT, TYPE_ACTOR};

static bool declare_type(struct compiler *c, struct tree_name name, struct type type) {
    for (uint32_t i = 0; i < COUNT_OF(plain_types); i++)
        if (span_is(name.text, plain_types[i])) {
            diagnostics_error(c->all, name.place, "choose another name", "`%s` is a type that every treaty has",
                              plain_types[i]);
            return false;
        }
    uint32_t old = table_get(&c->types, name.text);
    if (old != NO_ID) {
        already(c, name, "the type", c->type_places.at[old]);
        return false;
    }
    table_put(&c->types, name.text, c->type_list.count);
    VEC_PUSH(&c->type_list, type);
    VEC_PUSH(&c->type_places, name.place);
    return true;
}

struct type type_named(struct compiler *c, struct tree_name name) {
    for (uint32_t i = 0; i < COUNT_OF(plain_types); i++)
        if (span_is(name.text, plain_types[i])) return type_plain(plain_bases[i]);
    uint32_t id = table_get(&c->types, name.text);
    if (id != NO_ID) return c->type_list.at[id];
    const char *hint = suggest(c, name.text, &c->types);
    if (!hint) hint = "types are int, time, duration, text, actor, and what `party`, `entity` and `kind` declare";
    diagnostics_error(c->all, name.place, hint, "no type is called `%.*s`", SPAN_ARG(name.text));
    return type_plain(BASE_POISONED);
}

static bool actor_like(struct type type) { return type.base == TYPE_PARTY || type.base == TYPE_ACTOR; }

// A key of the table of meanings.
struct meaning {
    uint32_t name, base, of;
};

static struct meaning meaning_of(uint32_t name, struct type type) {
    return actor_like(type) ? (struct meaning){name, TYPE_ACTOR, NO_ID} : (struct meaning){name, type.base, type.of};
}

uint32_t candidate_of(const struct compiler *c, struct span name, struct type type) {
    uint32_t id = names_find(&c->constants.names, name);
    if (id == NAMES_NONE) return NO_ID;
    struct meaning meaning = meaning_of(id, type);
    return table_get(&c->meanings, (struct span){(const char *)&meaning, sizeof meaning});
}

// Where a name stands for several things, the expected type tells which: two actors of one name could not be told
// apart.
static bool declare_constant(struct compiler *c, struct tree_name name, struct type type, value constant) {
    uint32_t first = table_get(&c->constants, name.text), old = candidate_of(c, name.text, type);
    if (old != NO_ID) {
        already(c, name, "the name", c->candidates.at[old].place);
        return false;
    }
    VEC_PUSH(&c->candidates, (struct candidate){type, constant, name.place, first});
    table_put(&c->constants, name.text, c->candidates.count - 1);
    struct meaning meaning = meaning_of(names_find(&c->constants.names, name.text), type);
    table_put(&c->meanings, (struct span){(const char *)&meaning, sizeof meaning}, c->candidates.count - 1);
    return true;
}

static void declare_party(struct compiler *c, const struct tree_declaration *d) {
    uint32_t type = NO_ID, old = table_get(&c->types, d->name.text);
    // `party state = ARM, BLR` may stand in several places: a member that joins is a line more.
    if (old != NO_ID && c->type_list.at[old].base == TYPE_PARTY) type = c->type_list.at[old].of;
    else {
        type = c->party_types.count;
        if (!declare_type(c, d->name, type_of(TYPE_PARTY, type))) return;
        VEC_PUSH(&c->party_types, (struct party_type){keep(c, d->name.text)});
    }
    for (uint32_t i = 0; i < d->names.count; i++)
        if (declare_constant(c, d->names.at[i], type_of(TYPE_PARTY, type), c->parties.count))
            VEC_PUSH(&c->parties, (struct party){keep(c, d->names.at[i].text), type, d->names.at[i].place});
}

static void add_to_kind(struct compiler *c, struct kind *kind, struct constant constant) {
    if (!(kind->constant_count & (kind->constant_count - 1))) {    // full: it has room for a power of two
        uint32_t room = kind->constant_count ? 2 * kind->constant_count : 1;
        struct constant *constants = ARENA_ARRAY(c->arena, struct constant, room);
        for (uint32_t i = 0; i < kind->constant_count; i++) constants[i] = kind->constants[i];
        kind->constants = constants;
    }
    kind->constants[kind->constant_count++] = constant;
}

static void declare_kind(struct compiler *c, const struct tree_declaration *d) {
    uint32_t id = NO_ID, old = table_get(&c->types, d->name.text);
    // `kind basis = consultation | assistance` may stand in several places, each with words of its own.
    if (old != NO_ID && c->type_list.at[old].base == TYPE_KIND && c->type_list.at[old].of >= KIND_FIRST_OWN)
        id = c->type_list.at[old].of;
    else {
        id = c->kinds.count;
        if (!declare_type(c, d->name, type_of(TYPE_KIND, id))) return;
        VEC_PUSH(&c->kinds, (struct kind){.name = keep(c, d->name.text)});
    }
    for (uint32_t i = 0; i < d->names.count; i++) {
        if (!declare_constant(c, d->names.at[i], type_of(TYPE_KIND, id), c->kinds.at[id].constant_count)) continue;
        struct constant constant = {keep(c, d->names.at[i].text), d->names.at[i].place};
        add_to_kind(c, &c->kinds.at[id], constant);
        if (id == KIND_OUTCOME) VEC_PUSH(&c->outcome_names, constant);
    }
}

// What scenarios say of an entry or a proposal where they may say an outcome too.
static bool is_scenario_word(struct span name) {
    static const char *const words[] = {"done", "refused",  "proposed", "answered", "open",   "duty",   "met",
                                        "late", "released", "lapsed",   "finding",  "closes", "alleged"};
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(name, words[i])) return true;
    return false;
}

static void declare_outcomes(struct compiler *c, const struct tree_declaration *d) {
    for (uint32_t i = 0; i < d->outcome_count; i++) {
        struct tree_name name = d->outcomes[i].name;
        if (is_scenario_word(name.text))
            diagnostics_error(c->all, name.place, "a scenario would take it for something else; choose another name",
                              "the outcome `%.*s` is named like a word of scenarios", SPAN_ARG(name.text));
        struct type outcome = type_of(TYPE_KIND, KIND_OUTCOME);
        bool known = !name.text.length || candidate_of(c, name.text, outcome) != NO_ID;
        if (known || !declare_constant(c, name, outcome, c->outcome_names.count)) continue;
        VEC_PUSH(&c->outcome_names, (struct constant){keep(c, name.text), name.place});
    }
}

static void declare_sources(struct compiler *c, const struct tree_declaration *d) {
    uint32_t old = table_get(&c->sources, d->name.text);
    if (old != NO_ID) {
        already(c, d->name, "the source", c->source_places.at[old]);
        return;
    }
    table_put(&c->sources, d->name.text, c->source_list.count);
    VEC_PUSH(&c->source_list, (struct source_work){keep(c, d->name.text), keep(c, d->title.text), d->standing});
    VEC_PUSH(&c->source_places, d->name.place);
}

// Each `require` that an act says itself is a constant of the kind `condition`.
static void declare_conditions(struct compiler *c) {
    struct place prelude = {.source = UINT32_MAX};
    (void)declare_type(c, (struct tree_name){SPAN("condition"), prelude}, type_of(TYPE_KIND, KIND_CONDITION));
    for (uint32_t i = 0; i < c->items.count; i++) {
        const struct tree_declaration *d = c->items.at[i].declaration;
        c->items.at[i].requirements = c->requirement_list.count;
        for (uint32_t k = 0, number = 0; d->kind == TREE_ACT && k < d->clause_count; k++) {
            if (d->clauses[k].kind != CLAUSE_REQUIRE) continue;
            struct span name = span_print(c->arena, "condition %u of %.*s", ++number, SPAN_ARG(d->name.text));
            VEC_PUSH(&c->requirement_names, (struct constant){name, d->clauses[k].place});
            VEC_PUSH(&c->requirement_list, (struct requirement){true});
        }
    }
    VEC_PUSH(&c->kinds, (struct kind){SPAN("condition"), c->requirement_names.at, c->requirement_names.count});
}

static const struct item *item_of_act(struct compiler *c, struct span name) {
    for (uint32_t i = 0; i < c->items.count; i++) {
        const struct tree_declaration *d = c->items.at[i].declaration;
        if ((d->kind == TREE_ACT || d->kind == TREE_EVENT) && span_equal(d->name.text, name)) return &c->items.at[i];
    }
    return NULL;
}

// "1 “no mandate is in force”, 2 ...": what an act requires, for who named something else.
static const char *requirements_of(struct compiler *c, const struct item *item) {
    const struct tree_declaration *d = item->declaration;
    struct text list = {0};
    uint32_t number = 0;
    for (uint32_t k = 0; k < d->clause_count; k++) {
        if (d->clauses[k].kind != CLAUSE_REQUIRE) continue;
        struct span words = d->clauses[k].otherwise.text;
        struct place place = d->clauses[k].place;
        if (!words.length) words = span_part(c->all->sources.at[place.source].text, place.at, place.length);
        for (uint32_t i = 0; i < words.length; i++)
            if (words.at[i] == '\n') words.length = i;
        text_print(&list, "%s%u “%.*s”", number ? ", " : "", number + 1, SPAN_ARG(words));
        number++;
    }
    const char *hint = number ? hint_print(c, "it has %.*s", SPAN_ARG(text_span(&list))) : "it requires nothing";
    text_release(&list);
    return hint;
}

uint32_t find_requirement(struct compiler *c, const struct tree_expression *e) {
    for (uint32_t i = 0; i < c->requirement_names.count; i++)
        if (span_equal(c->requirement_names.at[i].name, e->text)) return i;
    uint32_t from = 0;
    while (from + 4 < e->text.length && !span_is(span_part(e->text, from, 4), " of ")) from++;
    struct span act = span_part(e->text, from + 4, e->text.length - from - 4);
    const struct item *item = item_of_act(c, act);
    if (item)
        diagnostics_error(c->all, e->place, requirements_of(c, item), "`%.*s` has no condition %lld", SPAN_ARG(act),
                          (long long)e->integer);
    else diagnostics_error(c->all, e->place, suggest(c, act, &c->acts), "no act is called `%.*s`", SPAN_ARG(act));
    return NO_ID;
}

static void declare_types(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++) {
        const struct tree_declaration *d = c->items.at[i].declaration;
        if (!c->items.at[i].prelude && c->kinds.count == KIND_CONDITION) declare_conditions(c);
        if (d->kind == TREE_SOURCE) declare_sources(c, d);
        if (d->kind == TREE_PARTY) declare_party(c, d);
        if (d->kind == TREE_KIND) declare_kind(c, d);
        if (d->kind != TREE_ENTITY) continue;
        for (uint32_t k = 0; k < d->names.count; k++)
            if (declare_type(c, d->names.at[k], type_of(TYPE_ENTITY, c->entity_types.count)))
                VEC_PUSH(&c->entity_types, (struct entity_type){keep(c, d->names.at[k].text)});
    }
    ENSURE(c->kinds.count >= KIND_FIRST_OWN &&
           c->entity_types.count >= ENTITY_FIRST_OWN);    // the prelude stands first
}

static void declare_offices(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    uint32_t of = NO_ID;
    if (d->of.text.length) {
        struct type type = type_named(c, d->of);
        if (type.base == TYPE_PARTY) of = type.of;
        else if (type_known(type))
            diagnostics_error(c->all, d->of.place,
                              "an office is a post of a party, or of the organisation (then without `of`)",
                              "`%.*s` is no party type", SPAN_ARG(d->of.text));
    }
    struct citation citation = citation_for(c, item, &d->citation, "office");
    for (uint32_t i = 0; i < d->names.count; i++) {
        struct tree_name name = d->names.at[i];
        uint32_t old = table_get(&c->offices, name.text), id = c->offices_list.count;
        if (old != NO_ID) {
            already(c, name, "the office", c->offices_list.at[old].place);
            continue;
        }
        // An office of parties is named by `NAME of PARTY` only, so its name alone stays free.
        if (!d->of.text.length && !declare_constant(c, name, type_plain(TYPE_ACTOR), actor_office(id, -1))) continue;
        table_put(&c->offices, name.text, id);
        VEC_PUSH(&c->offices_list, (struct office){keep(c, name.text), of, citation, name.place});
    }
}

// ---- Relations ------------------------------------------------------------------------------------------------------
uint32_t relation_add(struct compiler *c, struct span name, struct place place, bool derived, bool hidden,
                      const struct column *columns, uint32_t count, uint32_t keys) {
    if (c->relation_list.count == RELATIONS_MAX && !c->relations_full) {
        c->relations_full = true;
        diagnostics_error(c->all, place, NULL,
                          "a program has at most %d relations, those made by the compiler included", RELATIONS_MAX);
    }
    struct relation relation = {.name = keep(c, name),
                                .column_count = count,
                                .key_count = keys,
                                .derived = derived,
                                .hidden = hidden,
                                .place = place};
    relation.columns = ARENA_ARRAY(c->arena, struct column, count);
    for (uint32_t i = 0; i < count; i++)
        relation.columns[i] = (struct column){keep(c, columns[i].label), columns[i].type};
    VEC_PUSH(&c->relation_list, relation);
    VEC_PUSH(&c->relation_drafts, (struct relation_draft){0});
    return c->relation_list.count - 1;
}

const char *signature(struct compiler *c, struct span name, const struct column *columns, uint32_t count,
                      uint32_t keys) {
    if (c->all->errors >= DIAGNOSTICS_MAX) return NULL;
    struct text out = {0};
    text_print(&out, "it is %.*s(", SPAN_ARG(name));
    for (uint32_t i = 0; i < count; i++) {
        text_print(&out, "%s", i == keys ? (i == 0 ? "=> " : " => ") : i == 0 ? "" : ", ");
        const char *type = type_known(columns[i].type) ? type_word(c, columns[i].type) : NULL;
        if (columns[i].label.length)
            text_print(&out, "%.*s%s%s", SPAN_ARG(columns[i].label), type ? ": " : "", type ? type : "");
        else text_print(&out, "%s", type ? type : "_");
    }
    text_print(&out, ")");
    const char *hint = hint_print(c, "%.*s", SPAN_ARG(text_span(&out)));
    text_release(&out);
    return hint;
}

const char *signature_of_relation(struct compiler *c, uint32_t relation) {
    const struct relation *r = &c->relation_list.at[relation];
    return signature(c, r->name, r->columns, r->column_count, r->key_count);
}

// A name that every treaty has and this one declares again: said once, where it is declared.
static bool is_shadowed(const struct compiler *c, struct tree_name name) {
    if (!c->shadowed.count) return false;
    bool shadowed = false, library = name.place.source == c->items.at[0].declaration->place.source;
    for (uint32_t i = 0; i < c->shadowed.count; i++) shadowed |= span_equal(c->shadowed.at[i], name.text);
    for (uint32_t i = 0; i < c->libraries.count; i++) library |= c->libraries.at[i].source == name.place.source;
    return shadowed && !library;
}

static void report_system(struct compiler *c, struct tree_name name) {
    if (is_shadowed(c, name)) return;
    VEC_PUSH(&c->shadowed, name.text);
    diagnostics_error(c->all, name.place, "choose another name; docs/language.md, section 14, lists those taken",
                      "every treaty has a relation `%.*s` already", SPAN_ARG(name.text));
}

uint32_t find_relation(struct compiler *c, struct tree_name name, uint32_t columns) {
    if (is_shadowed(c, name)) return NO_ID;
    uint32_t id = table_get(&c->relations, name.text);
    if (id == NO_ID) id = relation_forgotten(c, name, columns);
    if (id != NO_ID) return id;
    const char *hint = suggest_library(c, name.text);
    if (!hint) hint = suggest(c, name.text, &c->relations);
    if (table_get(&c->acts, name.text) != NO_ID) hint = "it is an act; conditions ask facts and rules";
    else if (!hint && table_get(&c->types, name.text) != NO_ID) hint = "it is a type; conditions ask facts and rules";
    diagnostics_error(c->all, name.place, hint, "no fact or rule is called `%.*s`", SPAN_ARG(name.text));
    return NO_ID;
}

void relation_name(struct compiler *c, const struct item *item, struct tree_name name, uint32_t relation) {
    uint32_t old = table_get(&c->relations, name.text);
    if (old == NO_ID) {
        table_put(&c->relations, name.text, relation);
        return;
    }
    // A library's name stays: the treaty's own is the one to change.
    bool system = c->relation_drafts.at[old].system, swap = item->library && !system;
    struct place first = c->relation_list.at[old].place, second = name.place;
    diagnostics_error(c->all, swap ? first : second,
                      system ? "choose another name"
                             : hint_print(c, "conditions ask a procedure by its name; first declared at %s",
                                          line_text(c, swap ? second : first, swap ? first : second)),
                      system ? "every treaty has a `%.*s` already"
                             : "a procedure and a relation are both called `%.*s`",
                      SPAN_ARG(name.text));
}

static bool relation_taken(struct compiler *c, struct tree_name name, const char *what) {
    uint32_t old = table_get(&c->relations, name.text);
    if (old == NO_ID) return false;
    struct relation *relation = &c->relation_list.at[old];
    if (c->relation_drafts.at[old].system) report_system(c, name);
    else already(c, name, what, relation->place);
    return true;
}

static void declare_fact(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    item->dropped = relation_taken(c, d->name, "the fact");
    struct column *columns = ARENA_ARRAY(&c->scratch, struct column, d->column_count);
    for (uint32_t i = 0; i < d->column_count; i++) {
        columns[i] = (struct column){d->columns[i].label.text, type_named(c, d->columns[i].type)};
        // More columns than a relation may have are an error anyway.
        for (uint32_t k = 0; k < i && k < COLUMNS_MAX && columns[i].label.length; k++)
            if (span_equal(columns[i].label, columns[k].label)) {
                diagnostics_error(c->all, d->columns[i].label.place, NULL, "two columns of `%.*s` are called `%.*s`",
                                  SPAN_ARG(d->name.text), SPAN_ARG(columns[i].label));
                break;
            }
    }
    if (d->column_count > COLUMNS_MAX)
        diagnostics_error(c->all, d->name.place, NULL, "`%.*s` has %u columns; a relation has at most %d",
                          SPAN_ARG(d->name.text), d->column_count, COLUMNS_MAX);
    if (item->dropped) return;
    item->id = relation_add(c, d->name.text, d->name.place, false, false, columns, d->column_count,
                            d->arrow ? d->key_count : d->column_count);
    c->relation_list.at[item->id].citation =
        item->prelude ? (struct citation){0} : citation_for(c, item, &d->citation, "fact");
    c->relation_drafts.at[item->id].system = item->prelude;
    table_put(&c->relations, d->name.text, item->id);
}

static void declare_rule(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    struct tree_name name = d->head.name;
    uint32_t count = d->head.arguments.count, old = table_get(&c->relations, name.text);
    if (count > COLUMNS_MAX)
        diagnostics_error(c->all, name.place, NULL, "`%.*s` has %u columns; a relation has at most %d",
                          SPAN_ARG(name.text), count, COLUMNS_MAX);
    if (old != NO_ID) {
        struct relation *relation = &c->relation_list.at[old];
        item->id = old;
        item->dropped = true;
        if (c->relation_drafts.at[old].system && !item->prelude) report_system(c, name);
        else if (!relation->derived)
            diagnostics_error(c->all, name.place, "a rule derives; give it a name of its own",
                              "`%.*s` is a fact (%s) and takes no rules", SPAN_ARG(name.text),
                              line_text(c, relation->place, name.place));
        else if (relation->column_count != count)
            diagnostics_error(c->all, name.place, signature_of_relation(c, old),
                              "`%.*s` has %u column%s here, %u at %s", SPAN_ARG(name.text), count,
                              count == 1 ? "" : "s", relation->column_count, line_text(c, relation->place, name.place));
        else item->dropped = false;
        return;
    }
    struct column *columns = ARENA_ARRAY(&c->scratch, struct column, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct tree_expression *e = d->head.arguments.at[i];
        // The variable's name is the column's, where it says more than a letter.
        columns[i] = (struct column){e->kind == TREE_NAME && !is_constant(c, e->text, e->place) ? e->text : (struct span){0},
                                     type_plain(BASE_UNKNOWN)};
    }
    item->id = relation_add(c, name.text, name.place, true, false, columns, count, count);
    c->relation_drafts.at[item->id].system = item->prelude;
    table_put(&c->relations, name.text, item->id);
}

static void declare_made_relation(struct compiler *c, const char *name, uint32_t wanted, const char *second) {
    struct column columns[] = {{SPAN("p"), type_of(TYPE_ENTITY, ENTITY_PROPOSAL)},
                               {span_of(second), type_plain(TYPE_ACTOR)}};
    uint32_t id =
        relation_add(c, span_of(name), (struct place){0}, true, false, columns, second[0] ? 2 : 1, second[0] ? 2 : 1);
    ENSURE(id == wanted);
    c->relation_drafts.at[id].system = true;
    table_put(&c->relations, span_of(name), id);
}

static void declare_relations(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].prelude && c->items.at[i].declaration->kind == TREE_FACT) declare_fact(c, &c->items.at[i]);
    ENSURE(c->relation_list.count == RELATION_SEAT);    // the prelude's facts are those that program.h numbers
    declare_made_relation(c, "seat", RELATION_SEAT, "seat");
    declare_made_relation(c, "closes", RELATION_CLOSES, "");
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].prelude && c->items.at[i].declaration->kind == TREE_RULE) declare_rule(c, &c->items.at[i]);
    ENSURE(c->relation_list.count == RELATION_FIRST_OWN);
    ENSURE(table_get(&c->relations, SPAN("overdue")) == RELATION_OVERDUE &&
           table_get(&c->relations, SPAN("duty")) == RELATION_DUTY &&
           table_get(&c->relations, SPAN("in-doubt")) == RELATION_IN_DOUBT &&
           table_get(&c->relations, SPAN("falls-due")) == RELATION_FALLS_DUE &&
           table_get(&c->relations, SPAN("counted")) == RELATION_COUNTED);
    // Facts first, so that a rule on a fact's name is told so wherever it stands.
    for (uint32_t i = 0; i < c->items.count; i++)
        if (!c->items.at[i].prelude && c->items.at[i].declaration->kind == TREE_FACT) declare_fact(c, &c->items.at[i]);
    for (uint32_t i = 0; i < c->items.count; i++)
        if (!c->items.at[i].prelude && c->items.at[i].declaration->kind == TREE_RULE) declare_rule(c, &c->items.at[i]);
}

// ---- Organs, procedures, acts ---------------------------------------------------------------------------------------
static void declare_organ(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    item->id = c->organ_list.count;
    item->dropped = !declare_constant(c, d->name, type_plain(TYPE_ACTOR), actor_organ(item->id));
    if (item->dropped) return;
    table_put(&c->organs, d->name.text, item->id);
    struct organ organ = {.name = keep(c, d->name.text),
                          .title = keep(c, d->title.text),
                          .seats = NO_ID,
                          .chair = NO_ID,
                          .voice = NO_ID,
                          .place = d->name.place};
    organ.citation = citation_for(c, item, &d->citation, "organ");
    VEC_PUSH(&c->organ_list, organ);
    VEC_PUSH(&c->organ_uses, (struct procedure_use){.procedure = NO_ID});
    VEC_PUSH(&c->organ_excluded, NO_ID);
}

static void declare_procedure(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    uint32_t old = table_get(&c->procedures, d->name.text);
    item->dropped = old != NO_ID;
    if (item->dropped) {
        already(c, d->name, "the procedure", c->procedure_list.at[old].place);
        return;
    }
    item->id = c->procedure_list.count;
    table_put(&c->procedures, d->name.text, item->id);
    VEC_PUSH(&c->procedure_list,
             (struct procedure){.name = keep(c, d->name.text), .place = d->name.place, .relation = NO_ID});
}

// An act that was declared for another organ already, with what it was declared as.
static void declare_again(struct compiler *c, struct item *item) {
    const struct act *last = c->act_list.count ? &c->act_list.at[c->act_list.count - 1] : NULL;
    struct place place = item->declaration->name.place;
    item->dropped = !last || last->place.source != place.source || last->place.at != place.at;
    if (item->dropped) return;
    item->id = c->act_list.count;
    struct act act = *last;
    VEC_PUSH(&c->act_list, act);
}

static void declare_act(struct compiler *c, struct item *item) {
    if (item->again) {
        declare_again(c, item);
        return;
    }
    const struct tree_declaration *d = item->declaration;
    uint32_t old = table_get(&c->acts, d->name.text);
    item->dropped = old != NO_ID;
    if (item->dropped) {
        already(c, d->name, "the act", c->act_list.at[old].place);
        return;
    }
    item->id = c->act_list.count;
    table_put(&c->acts, d->name.text, item->id);
    struct act act = {.name = keep(c, d->name.text),
                      .first = item->id,
                      .event = d->kind == TREE_EVENT,
                      .place = d->name.place,
                      .organ = NO_ID,
                      .void_norm = NO_ID,
                      .occurred = NO_ID,
                      .item_relation = NO_ID,
                      .decides = {.procedure = NO_ID}};
    VEC_PUSH(&c->act_list, act);
}

void declare_all(struct compiler *c) {
    declare_types(c);
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_PROCEDURE) declare_outcomes(c, c->items.at[i].declaration);
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_OFFICE) declare_offices(c, &c->items.at[i]);
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_ORGAN) declare_organ(c, &c->items.at[i]);
    spread_acts(c);
    declare_relations(c);
    for (uint32_t i = 0; i < c->items.count; i++) {
        struct item *item = &c->items.at[i];
        if (item->declaration->kind == TREE_PROCEDURE) declare_procedure(c, item);
        if (item->declaration->kind == TREE_ACT || item->declaration->kind == TREE_EVENT) declare_act(c, item);
    }
}
