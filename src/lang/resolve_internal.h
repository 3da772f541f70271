// SPDX-License-Identifier: Apache-2.0
// Inside the resolver: from tree to program, in phases. (1) every name is declared; (2) rules are lowered to slots and
// their types inferred, what others depend on first; (3) acts, norms and the rest are lowered, typed and ordered one by
// one; (4) strata are found and all is put into the program's own arrays. An error never stops a phase: what it
// concerns is poisoned, and silent from then on.
#ifndef ENTENTE_LANG_RESOLVE_INTERNAL_H
#define ENTENTE_LANG_RESOLVE_INTERNAL_H

#include "lang/program.h"

// ---- Types while they are being found -------------------------------------------------------------------------------
#define BASE_UNKNOWN ((type_base)64)     // nothing said it yet
#define BASE_POISONED ((type_base)65)    // an error was reported: fits everything
static inline struct type type_of(type_base base, uint32_t of) { return (struct type){base, of}; }
static inline struct type type_plain(type_base base) { return (struct type){base, NO_ID}; }
static inline bool type_same(struct type a, struct type b) { return a.base == b.base && a.of == b.of; }
static inline bool type_known(struct type t) { return t.base < BASE_UNKNOWN; }
bool type_meet(struct type a, struct type b, struct type *both);    // false: nothing is of both
bool type_join(struct type a, struct type b, struct type *either);
bool type_fits(struct type narrow, struct type wide);
struct compiler;
const char *type_text(struct compiler *c, struct type type);    // "a crisis", "an actor"
const char *type_word(struct compiler *c, struct type type);    // "crisis", "actor"

// ---- Names ----------------------------------------------------------------------------------------------------------
struct table {
    struct names names;
    VEC(uint32_t) values;
};
uint32_t table_get(const struct table *table, struct span name);    // NO_ID where it is not there
void table_put(struct table *table, struct span name, uint32_t means);

// What a name may stand for, by type: a party and kind constants may share a name.
struct candidate {
    struct type type;
    value constant;
    struct place place;
    uint32_t next;
};

// A declaration with what surrounds it.
struct item {
    const struct tree_declaration *declaration;
    const struct tree_citation *article;    // of its block, or NULL
    uint32_t outer;                         // index of the `under` that encloses it, or NO_ID
    bool library, prelude;
    bool dropped;    // its name was taken: nothing more is said of it
    uint32_t id;     // index of what it declares in its own array
    uint32_t requirements;    // an act's: index of its first `require` among those of the program
    bool again;               // an act that several organs decide, for one after the first of them
};

// ---- Scopes ---------------------------------------------------------------------------------------------------------
// A scope becomes a frame. Its environments nest as `not`, `every`, aggregates and `for each` do; a slot belongs to
// one.
struct slot {
    struct span name;    // length 0: `_` or made by the compiler
    struct place place;
    struct type type;
    bool fixed;       // the type was declared
    bool declared;    // parameter, actor, `for each`...: may stay unused
    bool poisoned, reported;
    bool names_binding;    // may stand alone: it tells one finding or firing from another
    const char *lonely;    // hint where it is used once, or NULL
    uint32_t uses, depth;
    uint32_t origin_relation;
    struct place origin;    // what said the type
};
struct scope;
struct ended {
    struct span name;
    struct scope *scope;
    uint32_t slot;
    bool alternative;    // of one of several actors, and not of the others
};
struct scope {
    VEC(struct slot) slots;
    VEC(struct ended) ended;    // variables of earlier clauses that keys do not show to be unique
    bool strict_now;
    uint32_t condition_count;
    bool given_up;    // a limit was passed: nothing more is put into it, and nothing more is said of it
    bool lost;        // who acts was not understood: nothing is said of names that it may have meant
    struct place place;
};
struct visible {
    struct span name;
    uint32_t slot;
};
struct env {
    struct env *outer;
    struct scope *scope;
    uint32_t depth;
    VEC(struct visible) names;
    VEC(uint32_t) own;    // its slots, `_` included
};
void scope_release(struct scope *scope);
void env_init(struct env *env, struct env *outer, struct scope *scope, uint32_t depth);
void env_release(struct env *env);
uint32_t env_find(const struct env *env, struct span name);
uint32_t env_declare(struct compiler *c, struct env *env, struct span name, struct place place, struct type type);
uint32_t env_hidden(struct compiler *c, struct env *env, struct place place,
                    struct type type);    // a slot without a name
// As env_declare for a name that the text declares (parameter, `for each`, `by`): errors where it is a constant or
// visible.
uint32_t env_parameter(struct compiler *c, struct env *env, struct tree_name name, struct type type, bool *fresh);
// Whether it takes one condition more; false, after an error, beyond the limits.
bool scope_takes(struct compiler *c, struct scope *scope, struct place place);
struct frame scope_frame(struct compiler *c, const struct scope *scope);
void env_names_binding(struct env *env);    // its names tell findings apart: once is enough
void scope_finish(struct compiler *c, struct scope *scope,
                  const struct env *env);    // variables used once, types not found

struct bound {
    uint64_t bits[16];
};
static inline bool bound_has(const struct bound *b, uint32_t slot) {
    return slot >= 1024 || (b->bits[slot / 64] >> (slot % 64) & 1);
}
static inline void bound_add(struct bound *b, uint32_t slot) {
    if (slot < 1024) b->bits[slot / 64] |= (uint64_t)1 << (slot % 64);
}
// Says of a name whose clause has ended how it is to be used; false where there is none.
bool report_ended(struct compiler *c, struct env *env, struct span name, struct place place);
struct bound env_bound(const struct env *env);    // every slot that a name of the environment stands for

// An expression with the name it was written as, for a constant whose kind is not settled; and how deep the conditions
// of an aggregate lie.
struct node {
    struct expression expression;
    struct span name;
    bool pending;
    uint32_t depth;
};

// ---- The compiler ---------------------------------------------------------------------------------------------------
struct relation_draft {
    VEC(struct given_row) given;
    VEC(uint32_t) rules;
    bool system, written, read;
    uint32_t component;
    uint32_t forgotten;    // from 1; 0 for what is declared
};
struct rule_draft {
    struct scope scope;
    bool body_poisoned;
};
typedef enum { EDGE_PLAIN, EDGE_NEGATED, EDGE_COUNTED, EDGE_MOMENT } edge_kind;    // all but the first are strict
struct edge {
    uint32_t from, to;
    edge_kind kind;
    struct place place;
};

struct library {
    struct span name;
    uint32_t source;
    struct place use;    // in the treaty
    bool used;
};
// A relation that a library asks and nothing declares.
struct forgotten {
    uint32_t relation;
    struct span library;
    struct place use, asked;
    struct type columns[COLUMNS_MAX];    // as far as its uses say
};

struct unknown_column {
    uint32_t rule, column;
};

struct compiler {
    struct diagnostics *all;
    const struct tree *tree;
    struct program *program;
    struct arena *arena;    // the program's
    struct arena scratch;
    VEC(struct item) items;
    bool citations_wanted;
    struct table sources, types, constants, relations, offices, organs, acts, procedures;
    struct table meanings;      // candidates by name and type: see candidate_of
    struct table given_keys;    // rows that run, by relation and key
    VEC(struct type) type_list;
    VEC(struct candidate) candidates;
    VEC(struct source_work) source_list;
    VEC(struct place) source_places;
    VEC(struct party_type) party_types;
    VEC(struct party) parties;
    VEC(struct entity_type) entity_types;
    VEC(struct kind) kinds;
    VEC(struct place) type_places;
    VEC(struct constant) outcome_names;
    VEC(struct office) offices_list;
    VEC(struct relation) relation_list;
    VEC(struct relation_draft) relation_drafts;
    VEC(struct rule) rule_list;
    VEC(struct rule_draft) rule_drafts;
    VEC(struct organ) organ_list;
    VEC(struct procedure_use) organ_uses;
    VEC(uint32_t) organ_excluded;
    VEC(struct procedure) procedure_list;
    VEC(struct act) act_list;
    VEC(struct obligation) obligation_list;
    VEC(struct norm) norm_list;
    VEC(struct requirement) requirement_list;
    VEC(struct constant) requirement_names;
    VEC(const struct expression *) waived;    // what effects waive
    bool waives;
    VEC(struct watch) met, lapse, upon, norm_watches;
    VEC(struct edge) edges;
    struct names reported_sources;        // a source is cited many times, and its error is said once
    const struct tree_reference *cited;    // the last citation that was read, and what came of it: many share one
    struct citation cited_as;
    uint32_t letters_held;    // against names, for suggestions
    uint32_t conditions;      // of all scopes
    bool conditions_full;
    // where the last limit of a scope was passed: `under` is read once for each that it encloses
    struct place given_up;
    VEC(struct span) shadowed;            // names of the prelude that the treaty declares again
    uint32_t uncited;                     // how many declarations lack a citation, and the first of them
    struct place uncited_first;
    const char *uncited_what;
    VEC(struct unknown_column) unknown_columns;
    VEC(struct library) libraries;
    VEC(bool) embedded;    // by source: of the prelude or a library
    VEC(struct forgotten) forgotten;
    // What `as` calls the organ in an act of several organs, and what it stands for in the one that is resolved.
    struct span as;
    uint32_t as_organ;    // a candidate
    const struct tree_expression *at_once;
    struct place at_once_place;
    bool relations_full;
};

// ---- resolve.c ------------------------------------------------------------------------------------------------------
struct span keep(struct compiler *c, struct span text);                                   // in the program's arena
const char *line_text(struct compiler *c, struct place place, struct place seen_from);    // "line 12", "file:12"
const char *hint_print(struct compiler *c, const char *format, ...) PRINTF_LIKE(2, 3);
void publish(struct compiler *c);    // lets the printing functions see what there is so far

// ---- resolve_names.c ------------------------------------------------------------------------------------------------
void declare_all(struct compiler *c);
struct type type_named(struct compiler *c, struct tree_name name);    // poisoned after an error
uint32_t find_relation(struct compiler *c, struct tree_name name,
                       uint32_t columns);    // asked with so many; NO_ID after an error
void relation_name(struct compiler *c, const struct item *item, struct tree_name name,
                   uint32_t relation);    // conditions may ask it so
const char *suggest(struct compiler *c, struct span wanted,
                    const struct table *table);    // "did you mean `x`?" or NULL
const char *suggest_library(struct compiler *c, struct span wanted);    // "it is in `std/x`: ..." or NULL
uint32_t find_requirement(struct compiler *c, const struct tree_expression *e);    // NO_ID after an error
const char *suggest_name(struct compiler *c, const struct env *env, struct span wanted);    // variables and constants
uint32_t constant_called(const struct compiler *c, struct span name, struct place place);    // a candidate, as seen from there, or NO_ID
uint32_t constant_next(const struct compiler *c, uint32_t candidate, struct place place);    // it, or the next that is seen
bool is_constant(const struct compiler *c, struct span name, struct place place);
// What a name stands for where such a type is wanted, or NO_ID. All types of actors count as one: a name is one actor
// at most.
uint32_t candidate_of(const struct compiler *c, struct span name, struct type type);
// "it is mission(operation => crisis: crisis, host: state)", for who gave the wrong number of arguments.
const char *signature(struct compiler *c, struct span name, const struct column *columns, uint32_t count,
                      uint32_t keys);
const char *signature_of_relation(struct compiler *c, uint32_t relation);
uint32_t relation_add(struct compiler *c, struct span name, struct place place, bool derived, bool hidden,
                      const struct column *columns, uint32_t count, uint32_t keys);
struct citation citation_of(struct compiler *c, const struct tree_citation *citation);
// Its own citation, or that of what encloses it; where there is none and `what` is not NULL, that is an error.
struct citation citation_for(struct compiler *c, const struct item *item, const struct tree_citation *own,
                             const char *what);
void report_uncited(struct compiler *c);    // once, at the end

// ---- resolve_library.c ----------------------------------------------------------------------------------------------
void collect_libraries(struct compiler *c);
uint32_t relation_forgotten(struct compiler *c, struct tree_name name, uint32_t columns);    // NO_ID outside libraries
void forgotten_seen(struct compiler *c, uint32_t relation, uint32_t column, struct type type);
void report_forgotten(struct compiler *c);

// ---- resolve_condition.c --------------------------------------------------------------------------------------------
struct conditions lower_conditions(struct compiler *c, struct env *env, struct tree_conditions conditions);
struct node *lower_expression(struct compiler *c, struct env *env, const struct tree_expression *tree);
struct node *lower_actor(struct compiler *c, struct env *env,
                         const struct tree_expression *tree);    // also a bare relation as role
void collect_conditions(struct compiler *c, struct env *env, struct tree_conditions conditions);
void collect_expression(struct compiler *c, struct env *env, const struct tree_expression *tree);
struct node *node_new(struct compiler *c, expression_kind kind, struct type type, struct place place);
struct node *node_variable(struct compiler *c, struct scope *scope, uint32_t slot, struct place place);
struct node *node_constant(struct compiler *c, struct type type, value constant, struct place place);
struct condition condition_atom(struct compiler *c, uint32_t relation, const struct expression **arguments,
                                bool negated, struct place place);
struct conditions conditions_copy(struct compiler *c, const struct condition *at, uint32_t count);
struct conditions conditions_join(struct compiler *c, struct conditions a, struct conditions b);
bool lower_duration(struct compiler *c, const struct tree_expression *tree, value *duration);
void check_limit(struct compiler *c, const struct expression *e);    // an error for a constant of no length

// ---- resolve_type.c -------------------------------------------------------------------------------------------------
struct type infer_expression(struct compiler *c, struct scope *scope, const struct expression *e, struct type want,
                             uint32_t relation, uint32_t depth, bool report);
void infer_conditions(struct compiler *c, struct scope *scope, struct conditions conditions, uint32_t depth,
                      bool report);
void infer_settle(struct compiler *c, struct scope *scope, struct conditions conditions,
                  uint32_t depth);    // to a fixpoint, then reports
void infer_rules(struct compiler *c);

// ---- resolve_order.c ------------------------------------------------------------------------------------------------
void order_conditions(struct compiler *c, struct scope *scope, struct conditions *conditions, struct bound *bound,
                      uint32_t depth);
void order_expression(struct compiler *c, struct scope *scope, const struct expression *e, const struct bound *bound,
                      uint32_t depth);
void check_now(struct compiler *c, struct conditions conditions);
void check_no_now(struct compiler *c, const struct expression *e);
void determine(struct compiler *c, struct conditions conditions, struct bound *known);
uint32_t first_unbound(const struct scope *scope, const struct expression *e, const struct bound *bound, uint32_t depth,
                       struct place *place);

// Lowers, types and orders conditions in an environment of their own; what the outer ones name is bound. `message`, if
// not NULL, takes the conditions in words.
struct conditions finish_conditions(struct compiler *c, struct env *env, struct tree_conditions tree,
                                    struct span *message);
// The same for an expression that is to be of a type. strict: its type must fit, not only overlap.
const struct expression *finish_expression(struct compiler *c, struct env *env, struct node *node, struct type want,
                                           uint32_t relation, bool strict);

// ---- resolve_rule.c -------------------------------------------------------------------------------------------------
void resolve_given(struct compiler *c);
void resolve_rules(struct compiler *c);
uint32_t rule_begin(struct compiler *c, uint32_t relation, struct place place, struct citation citation);
void finish_rules(struct compiler *c);

// ---- resolve_organ.c ------------------------------------------------------------------------------------------------
void resolve_organs(struct compiler *c);
void resolve_procedures(struct compiler *c);
void resolve_outcomes(struct compiler *c);
void resolve_seats(struct compiler *c);
void check_organs(struct compiler *c);    // once the types of rules are known
void spread_acts(struct compiler *c);     // one for each organ, before acts are declared
void spread_begin(struct compiler *c, const struct item *item);    // `as` stands for this act's organ, until
void spread_end(struct compiler *c);
uint32_t organ_called(const struct compiler *c, struct span name);    // NO_ID where none is
bool act_is_several(const struct compiler *c, uint32_t act);
// Of the acts of one declaration the one that the organ decides; NO_ID after an error. `organ`: NO_ID where none is
// named; `written`: how it would be.
uint32_t act_of_organ(struct compiler *c, uint32_t first, uint32_t organ, struct place place, const char *written);
bool resolve_use(struct compiler *c, struct env *env, const struct tree_procedure_use *tree, struct procedure_use *use);

// ---- resolve_act.c --------------------------------------------------------------------------------------------------
void resolve_act_headers(struct compiler *c);
void resolve_act(struct compiler *c, struct item *item);
void resolve_settings(struct compiler *c);
void resolve_waivers(struct compiler *c);    // once every act is known

// ---- resolve_effect.c -----------------------------------------------------------------------------------------------
struct effect_place {
    struct env *env;
    struct citation citation;
    const struct item *item;
    uint32_t act;
};
struct effect *lower_effects(struct compiler *c, struct effect_place *at, const struct tree_effect *effects,
                             uint32_t count);
// ---- resolve_obligation.c -------------------------------------------------------------------------------------------
// *duty_slot: what `as` names, NO_ID where there is none.
uint32_t lower_obligation(struct compiler *c, struct effect_place *at, const struct tree_obligation *tree,
                          uint32_t *duty_slot);
void count_uses(struct env *env, struct tree_conditions conditions);    // of the names that an environment knows
uint32_t obligation_leads_to(struct compiler *c, struct env *env, const struct tree_declaration *declaration,
                             const uint32_t *binding, uint32_t binding_count, struct citation citation, uint32_t norm);
uint32_t norm_add(struct compiler *c, norm_kind kind, struct span message, struct citation citation, struct place place,
                  const struct scope *scope, const uint32_t *binding, uint32_t count);

// ---- resolve_watch.c ------------------------------------------------------------------------------------------------
void resolve_norm(struct compiler *c, struct item *item);
void resolve_upon(struct compiler *c, struct item *item);
void resolve_always(struct compiler *c, struct item *item);
void finish_watches(struct compiler *c);
void forgive_under(struct compiler *c, const struct item *item,
                   struct env *env);    // what `under` names may stay alone
struct tree_conditions under_conditions(struct compiler *c, const struct item *item, struct tree_conditions more);

// ---- stratify.c -----------------------------------------------------------------------------------------------------
void find_components(struct compiler *c);    // edges and components; components are numbered, what others need first
void stratify(struct compiler *c);
void check_upon_cycles(struct compiler *c);

#endif
