// SPDX-License-Identifier: Apache-2.0
// The program: what a treaty says once names, types and safety are settled. Both evaluators run it; neither looks at
// the tree.
//
// It has few parts: relations (base ones hold rows over time, derived ones have rules), rules, acts, watches, norms,
// obligations, procedures. Everything the language has beyond that is said in these by the compiler: seats and closings
// are rules, `under` is a condition more, the arguments of a proposal are rows of a relation of its own.
#ifndef ENTENTE_LANG_PROGRAM_H
#define ENTENTE_LANG_PROGRAM_H

#include "base/base.h"
#include "lang/tree.h"

// ---- Values: 64 bits, read by their type ----------------------------------------------------------------------------
typedef int64_t value;
typedef enum {
    TYPE_INT, TYPE_TIME, TYPE_DURATION,
    TYPE_TEXT,         // id in the names of the program (constants), then of the evaluator that runs it
    TYPE_PARTY,        // a party; `of` is the party type, NO_ID for any
    TYPE_ACTOR,        // a party, office, organ or role
    TYPE_ENTITY,       // `of` is the entity type
    TYPE_KIND          // `of` is the kind; the value is the constant's index in it
} type_base;
struct type { type_base base; uint32_t of; };
#define NO_ID UINT32_MAX
#define VALUE_ANY INT64_MIN      // in patterns: matches anything

// Actors. A party's value is its index in program->parties, so that parties are actors as they stand.
typedef enum { ACTOR_PARTY, ACTOR_OFFICE, ACTOR_ORGAN, ACTOR_ROLE } actor_class;
#define ACTOR_NONE ((value)-1)
static inline value actor_office(uint32_t office, value party_or_none) {
    return (value)1 << 60 | (value)office << 32 | (party_or_none < 0 ? 0 : party_or_none + 1);
}
static inline value actor_organ(uint32_t organ) { return (value)2 << 60 | organ; }
// A role is a relation with at most one argument (a party or entity) before the column of its holder.
static inline value actor_role(uint32_t relation, bool has_argument, value argument) {
    return (value)3 << 60 | (value)relation << 48 | (has_argument ? argument + 1 : 0);
}
static inline actor_class actor_class_of(value actor) { return (actor_class)(actor >> 60 & 7); }
static inline uint32_t actor_office_id(value actor) { return (uint32_t)(actor >> 32 & 0x0FFFFFFF); }
// -1: of the organisation
static inline value actor_office_party(value actor) { return (value)(actor & 0xFFFFFFFF) - 1; }
static inline uint32_t actor_organ_id(value actor) { return (uint32_t)(actor & 0xFFFFFFFF); }
static inline uint32_t actor_role_relation(value actor) { return (uint32_t)(actor >> 48 & 0xFFF); }
static inline value actor_role_argument(value actor) { return (value)(actor & 0xFFFFFFFFFFFF) - 1; }     // -1: none
#define RELATIONS_MAX 4096

// Entities are named by the position of the entry that made them (from 1) and an ordinal (from 0).
#define ORDINALS_MAX 65536u
static inline value entity_of(uint32_t position, uint32_t ordinal) { return (value)position << 16 | ordinal; }
static inline uint32_t entity_position(value entity) { return (uint32_t)(entity >> 16); }
static inline uint32_t entity_ordinal(value entity) { return (uint32_t)(entity & 0xFFFF); }

// Durations: calendar months and exact seconds in one word; adding words adds durations as long as the seconds stay
// below 2^43.
static inline value duration_of(int64_t months, int64_t seconds) { return (value)((uint64_t)months << 44) + seconds; }
static inline int64_t duration_seconds(value duration) { return (int64_t)((uint64_t)duration << 20) >> 20; }
static inline int64_t duration_months(value duration) { return (duration - duration_seconds(duration)) >> 44; }

// ---- Citations and messages -----------------------------------------------------------------------------------------
struct source_work { struct span name, title; tree_standing standing; };
struct reference { uint32_t source; struct span where; };
// standing is never DEFAULT when count > 0
struct citation { struct reference *at; uint32_t count; tree_standing standing; struct place place; };

// ---- Expressions and conditions -------------------------------------------------------------------------------------
// Variables are numbered slots of the frame of their scope (a rule, an act, a watch, a norm, an outcome). Each `_` is a
// slot of its own.
typedef enum {
    EXPRESSION_CONSTANT, EXPRESSION_VARIABLE, EXPRESSION_NOW,
    EXPRESSION_ADD, EXPRESSION_SUBTRACT, EXPRESSION_MULTIPLY, EXPRESSION_DIVIDE, EXPRESSION_MODULO, EXPRESSION_NEGATE,
    // how many distinct values left (of any type) has, over the bindings of `slots` that satisfy `conditions`
    EXPRESSION_COUNT,
    // left over the distinct bindings of `slots` that satisfy `conditions`
    EXPRESSION_SUM, EXPRESSION_MIN, EXPRESSION_MAX,
    EXPRESSION_OFFICE_OF,                                                  // office `id` of party left
    EXPRESSION_ROLE                                                        // relation `id`, left: its argument, or NULL
} expression_kind;
struct conditions { struct condition *at; uint32_t count; };
struct expression {
    expression_kind kind;
    struct type type;
    struct place place;
    value constant;
    uint32_t slot;
    bool unnamed;                                    // VARIABLE: it is `_`, and stands nowhere else
    uint32_t id;                                     // CONSTANT: of a role written chair(ORGAN) that organ
    const struct expression *left, *right;
    struct conditions conditions;
    // aggregates: the slots that are local to it (not bound outside), `_` included
    const uint32_t *slots; uint32_t slot_count;
};
// Types of arithmetic: left.type and right.type tell: INT op INT; TIME ± DURATION -> TIME; TIME - TIME -> DURATION
// (exact seconds); DURATION ± DURATION; DURATION * INT, INT * DURATION; NEGATE of INT or DURATION. Everything is
// checked: overflow, division by zero and times outside the years 1..9999 are ERROR_ARITHMETIC.

typedef enum { CONDITION_ATOM, CONDITION_NOT /* a group */, CONDITION_EVERY, CONDITION_COMPARE } condition_kind;
struct condition {
    condition_kind kind;
    bool negated;                                    // ATOM
    struct place place;
    uint32_t relation;                               // ATOM
    const struct expression **arguments; uint32_t argument_count;
    uint32_t since;                                  // ATOM: slot that takes the start of the row, or NO_ID
    bool proposes;                                   // ATOM: written `p proposes ACT(...)`: of the items of an act
    const struct expression *moment;                 // ATOM: at; or NULL
    struct conditions inner;                         // NOT; EVERY: before `has`
    struct conditions has;                           // EVERY
    compare_operator compare;                        // COMPARE; EQUAL with a bare unbound variable on one side binds it
    const struct expression *left, *right;
};
// Conditions stand in an order that is safe from left to right: an atom binds the bare variables among its arguments;
// whatever else an atom's arguments hold (constants, bound variables, arithmetic) is known when it is reached;
// comparisons and negations come when what they need is bound. An evaluator may choose another safe order: what is true
// does not depend on it.

// What an evaluator needs to know of a scope.
// names[i].length 0: `_` or made by the compiler
struct frame { uint32_t slot_count; const struct span *names; const struct type *types; };

// ---- Relations and rules --------------------------------------------------------------------------------------------
struct column { struct span label; struct type type; };               // label may be empty
// reading_of: NO_ID, or the index of the row it is a reading of (such rows do not run)
struct given_row { const value *values; uint32_t reading_of; struct citation citation; struct place place; };
struct relation {
    struct span name;
    struct column *columns; uint32_t column_count, key_count;
    bool derived;
    bool hidden;                                     // made by the compiler: not shown unless asked for
    bool recursive;                                  // derived, and depends on itself
    // derived: 0 depends on base facts and positive rules only; evaluated in order
    uint32_t stratum;
    struct given_row *given; uint32_t given_count;
    uint32_t *rules; uint32_t rule_count;            // indexes in program->rules
    struct citation citation;
    struct place place;
};
struct rule {
    uint32_t relation;
    struct frame frame;
    const struct expression **head;                  // column_count expressions over the frame
    struct conditions body;
    struct citation citation;
    struct place place;
};

// ---- Norms: what a finding cites ------------------------------------------------------------------------------------
typedef enum {
    NORM_OUGHT,          // state norm: watched
    NORM_NEVER,          // state norm: watched, guards acts; its findings are alleged
    NORM_ACT_OUGHT,      // an act's ought: no watch
    NORM_OVERDUE,        // a duty of an obligation is overdue; binding: the duty
    // binding: the duty without bearer that stands for it; it captures the binding of the first conditions
    NORM_LEADS_TO,
    NORM_VOID,           // effects of a firing or an event clashed; binding: none
    NORM_CONTESTED,      // a party contests a record; binding: the entry
    NORM_WAIVED          // a `require` that is waived was not met; binding: the entry that waived it
} norm_kind;
struct norm {
    norm_kind kind;
    struct span message;                             // the `else` text; else made from the condition
    struct citation citation;
    struct place place;
    uint32_t relation;                               // hidden base relation (finding => binding...)
    uint32_t watch;                                  // OUGHT, NEVER: its watch; else NO_ID
};

// ---- Effects --------------------------------------------------------------------------------------------------------
struct effect {
    effect_kind kind;
    struct place place;
    struct citation citation;
    uint32_t relation;                               // ADD, SET, EXTEND, END
    // column_count; EXTEND and END: a NULL argument matches anything. ADD, SET: none is NULL
    const struct expression **arguments;
    const struct expression *from, *until;           // as in the tree; NULL where not said
    bool occurred;                                   // `from` is the parameter `occurred`: it may lie in the past
    const struct expression *object;                 // RELEASE, UPHOLD, DROP, ANNUL, AFFIRM, WAIVE
    uint32_t obligation;                             // OBLIGE: index in program->obligations
    uint32_t duty_slot;                              // OBLIGE: slot that takes the duty (`as`), or NO_ID
    const uint32_t *slots; uint32_t slot_count;      // FOR_EACH: the slots that its conditions bind, in order
    struct conditions conditions;
    struct effect *effects; uint32_t effect_count;
};

// An obligation opens duties. `captured` are the slots of the enclosing frame that its later parts need; they are kept
// as the row of `relation` (duty => captured...). Its own frame (`frame`) begins with one slot per captured column, in
// order; every expression and condition below, save `each`-parts, bearer, due, is over that frame. `bearer`, `due`,
// `each` are over the frame of the effect that opens it; for a `then` obligation that is its parent's own frame.
struct obligation {
    struct place place;
    struct citation citation;
    uint32_t place_number;                           // order in the program, from 0
    // opened once per binding, ascending; each_count 0 and no conditions: once
    const uint32_t *each; uint32_t each_count; struct conditions each_conditions;
    const struct expression *bearer;                 // type actor
    const struct expression *due;                    // a time (now + within), or NULL: never due
    bool at_once;
    bool house_due;                                  // the due time comes from `at once means`
    // every: a duration over `frame` (what it uses is captured), or NULL
    const struct expression *period;
    struct conditions while_conditions;              // `while`, over `frame`; count 0: as long as the treaty lasts
    uint32_t relation;                               // hidden base relation (duty => captured...)
    const uint32_t *captured; uint32_t captured_count;      // slots of the enclosing frame
    struct frame frame;
    uint32_t act;                                    // `to`; NO_ID for `that`
    const struct expression **pattern;               // per parameter of the act: over `frame`; NULL matches anything
    uint32_t met_watch;                              // `that`: watch that meets it, else NO_ID
    uint32_t lapse_watch;                            // `while`: watch that lapses it, else NO_ID
    uint32_t then;                                   // obligation opened when overdue, or NO_ID
    uint32_t norm;                                   // NORM_OVERDUE
};

// ---- Acts -----------------------------------------------------------------------------------------------------------
typedef enum { WHO_ANYONE, WHO_MEMBER, WHO_OFFICE_OF, WHO_ACTOR, WHO_ONE_OF } who_kind;
struct who {
    who_kind kind;
    uint32_t relation;                               // MEMBER: unary relation, or NO_ID for any party of `type`
    struct type type;                                // MEMBER with NO_ID
    uint32_t office;                                 // OFFICE_OF
    // MEMBER: slot of the actor, of the type of the relation's column (a party, or any actor); OFFICE_OF: of the party;
    // ONE_OF: of the actor. NO_ID: none
    uint32_t slot;
    // ACTOR: an actor value (office, organ, role); the holder of a role acts for it
    const struct expression *actor;
    // ONE_OF: one of them admits the actor. Their slots are asked nowhere, unless they are parameters.
    const struct who *others; uint32_t other_count;
    struct place place;
};
struct clause {                                      // of an act
    bool ought;
    struct conditions conditions;
    struct span message;                             // what `else` says, or made from the condition
    struct citation citation;
    struct place place;
    const uint32_t *binds; uint32_t bind_count;      // slots it makes known to later clauses (determined by keys)
    uint32_t norm;           // ought: NORM_ACT_OUGHT; a `require` in a program that waives: NORM_WAIVED; else NO_ID
    uint32_t requirement;    // a `require` of the act's own: index in program->requirements; else NO_ID
};
// Constants of KIND_CONDITION. What nothing after it needs may be waived: it makes no variable known that later clauses
// or effects use.
struct requirement { bool waivable; };
struct made { uint32_t entity_type; uint32_t slot; };
typedef enum { ACT_DIRECT, ACT_BY_ORGAN, ACT_AGREED } act_kind;      // AGREED: agreed by each
// over the act's frame: constants or parameters
struct procedure_use { uint32_t procedure; const struct expression **arguments; };
struct act {
    struct span name;
    struct span proposed;                            // its name, with the organ before it where several decide it
    // An act that several organs decide is one for each of them, of one name and place, one after the other; they share
    // their requirements. The first of them; else itself.
    uint32_t first;
    bool event;
    act_kind kind;
    struct place place;
    struct citation citation;
    // slots 0..parameter_count-1 are the parameters, then the made ones
    struct frame frame;
    struct column *parameters; uint32_t parameter_count;
    uint32_t actor_slot;                             // slot that takes the acting actor's value (hidden)
    // DIRECT, AGREED: who acts or proposes. BY_ORGAN: who.actor is the organ.
    struct who by;
    // Kind WHO_ANYONE where nothing is said: for BY_ORGAN any seat. Its slot is visible to clauses and effects: it is
    // bound to the proposer when the act is proposed, and to the same one when it is judged again at adoption. It is no
    // parameter and no made entity unless the text names one of them there; then they must agree.
    struct who proposed_by;
    bool proposer_given;
    uint32_t organ;                                  // BY_ORGAN; else NO_ID
    struct procedure_use decides;                    // BY_ORGAN, AGREED (resolved: the act's own or the organ's)
    struct made *made; uint32_t made_count;
    struct clause *clauses; uint32_t clause_count;
    struct effect *effects; uint32_t effect_count;
    uint32_t void_norm;                              // EVENT: NORM_VOID; else NO_ID
    uint32_t occurred;                               // parameter index of `occurred`, or NO_ID
    // BY_ORGAN, AGREED: hidden base (proposal, int item => parameters..., made..., actor); else NO_ID
    uint32_t item_relation;
};

// ---- Organs and procedures ------------------------------------------------------------------------------------------
struct organ {
    struct span name, title;
    uint32_t seats;                                  // unary relation
    uint32_t chair;                                  // relation whose last column is the chair, or NO_ID
    uint32_t voice;                                  // (office, seat, proposal), or NO_ID
    struct citation citation;
    struct place place;
};
// constant of kind `outcome`
struct outcome { uint32_t outcome; bool otherwise; struct conditions conditions; struct place place; };
struct procedure {
    struct span name;
    // slot 0 the proposal, then the parameters; outcome conditions are over it
    struct frame frame;
    struct column *parameters; uint32_t parameter_count;     // without the proposal
    // hidden base (proposal => parameters...), of the procedure's name: which proposal it governs, with what;
    // conditions may ask it
    uint32_t relation;
    struct outcome *outcomes; uint32_t outcome_count;        // the first whose conditions hold; the last is `else`
    struct citation citation;
    struct place place;
};

// ---- Watches: conditions whose becoming true (or false) has a consequence -------------------------------------------
typedef enum {
    WATCH_CLOSE,         // one only: closes(p); binding: the proposal
    WATCH_MET,           // binding: the duty
    WATCH_LAPSE,         // binding: the duty; true when `while` no longer holds
    WATCH_UPON,
    WATCH_OVERDUE,       // one only: overdue(d); binding: the duty
    WATCH_PERIOD,        // one only: falls-due(d); binding: the duty
    WATCH_NORM
} watch_kind;
struct watch {
    watch_kind kind;
    struct place place;
    struct citation citation;
    struct frame frame;
    struct conditions conditions;
    const uint32_t *binding; uint32_t binding_count;         // slots, in order of first occurrence
    struct effect *effects; uint32_t effect_count;           // UPON; over `frame`
    uint32_t norm;                                           // NORM: its norm; UPON: NORM_VOID
    uint32_t obligation;                                     // MET, LAPSE
};
// program->watches stands in the order of firing: CLOSE, METs, LAPSEs, UPONs in order of the text, OVERDUE, PERIOD,
// NORMs in order of the text. A `leads to` is an UPON whose effect obliges ACTOR_NONE `that` the second conditions; its
// obligation's norm is NORM_LEADS_TO.

// ---- The whole ------------------------------------------------------------------------------------------------------
struct constant { struct span name; struct place place; };
struct party_type { struct span name; };
struct entity_type { struct span name; };
struct kind { struct span name; struct constant *constants; uint32_t constant_count; };
struct party { struct span name; uint32_t type; struct place place; };
// of: party type, or NO_ID: of the organisation
struct office { struct span name; uint32_t of; struct citation citation; struct place place; };

#define PROGRAM_ARRAY(type, name) struct type *name; uint32_t name##_count
struct program {
    struct arena arena;
    struct span name, title;
    int32_t offset;
    // text constants; evaluators go on from texts.count with their own ids
    struct names texts;
    PROGRAM_ARRAY(source_work, sources);
    PROGRAM_ARRAY(party_type, party_types);
    PROGRAM_ARRAY(party, parties);
    PROGRAM_ARRAY(entity_type, entity_types);
    PROGRAM_ARRAY(kind, kinds);
    PROGRAM_ARRAY(office, offices);
    PROGRAM_ARRAY(relation, relations);
    PROGRAM_ARRAY(rule, rules);
    PROGRAM_ARRAY(organ, organs);
    PROGRAM_ARRAY(procedure, procedures);
    PROGRAM_ARRAY(act, acts);
    PROGRAM_ARRAY(obligation, obligations);
    PROGRAM_ARRAY(watch, watches);
    PROGRAM_ARRAY(norm, norms);
    PROGRAM_ARRAY(requirement, requirements);
    struct who records; bool records_given;          // who may record for others
    const struct expression *contestable;            // a duration constant, or NULL
    uint32_t contested_norm;
};

// What every treaty has (prelude.md), by fixed index. The compiler checks that the prelude still says so.
enum {
    RELATION_PROPOSED, RELATION_LAID_BEFORE, RELATION_OPEN, RELATION_ANSWERED, RELATION_REASON, RELATION_SEATED,
    RELATION_OUTCOME, RELATION_JOINED, RELATION_DUTY, RELATION_OBLIGED, RELATION_SERIES, RELATION_MET,
    RELATION_RELEASED, RELATION_LAPSED, RELATION_FINDING, RELATION_ALLEGED, RELATION_UPHELD, RELATION_DROPPED,
    RELATION_CONCERNS, RELATION_RECORDED, RELATION_CONFIRMED, RELATION_CONTESTED, RELATION_IN_DOUBT,
    RELATION_WAIVED,
    RELATION_SEAT, RELATION_CLOSES,    // derived, made by the compiler
    RELATION_COUNTED, RELATION_CONSENTS, RELATION_RESERVES, RELATION_OBJECTS, RELATION_ABSTAINS, RELATION_STANDS_ASIDE,
    RELATION_UNANSWERED, RELATION_ADOPTED, RELATION_SEAT_AT_ADOPTION, RELATION_OVERDUE, RELATION_FALLS_DUE,
    RELATION_FIRST_OWN
};
enum { ENTITY_PROPOSAL, ENTITY_DUTY, ENTITY_FINDING, ENTITY_ENTRY, ENTITY_FIRST_OWN };
// CONDITION: each `require` of each act is a constant: `condition 2 of contribute`
enum { KIND_ANSWER, KIND_OUTCOME, KIND_CONDITION, KIND_FIRST_OWN };
enum { ANSWER_CONSENT, ANSWER_OBJECT, ANSWER_ABSTAIN, ANSWER_STAND_ASIDE, ANSWER_RESERVE };
// further ones follow as procedures name them
enum { OUTCOME_ADOPTED, OUTCOME_NOT_EXECUTABLE, OUTCOME_WITHDRAWN, OUTCOME_REJECTED };

// ---- Limits of a program --------------------------------------------------------------------------------------------
#define COLUMNS_MAX 16            // of a relation, parameters of an act
#define SLOTS_MAX 128             // of a frame
#define CONDITIONS_MAX 256        // of one declaration, those inside others and those of its `under` among them
#define PROGRAM_CONDITIONS_MAX 500000    // of all declarations
#define RULES_MAX 20000
#define UPONS_MAX 1000            // `upon` and `always`

// Compiles trees (the prelude and libraries first) into a program. NULL when there is any error; all errors are
// reported.
MUST_USE struct program *program_compile(struct diagnostics *all, const struct tree *tree);
void program_free(struct program *program);
void program_dump(const struct program *program, struct text *out);           // --dump=program

// Orders two values of one type as docs/language.md, section 13 says. `texts` holds the texts with ids of the
// evaluator.
int program_compare(const struct program *program, const struct names *texts, struct type type, value a, value b);
// The organ as whose chair a role is written, chair(ORGAN); several organs may have the same. NO_ID: it is not.
uint32_t program_chair_written(const struct expression *role);
// The one organ whose chair a relation's role is; NO_ID: none, or several.
uint32_t program_chaired_organ(const struct program *program, uint32_t relation);
// A value as a reader writes it: KAZ, parliament of KGZ, 2022-01-06 10:00 +03:00, "text", crisis@3.0
void program_print_value(const struct program *program, const struct names *texts, struct type type, value v,
                         struct text *out);
// [PKA 3, unverified]
void program_print_citation(const struct program *program, const struct citation *citation, struct text *out);
// The words of conditions and expressions, as the formatter would write them.
void program_print_condition(const struct program *program, const struct names *texts, const struct frame *frame,
                             const struct condition *condition, struct text *out);
// What a duty `that` CONDITIONS asks, with the values that it captured (`captured_count` of them) in place of their
// variables; NULL: with the variables. `print` writes a value.
struct value_printer { void *context; void (*print)(void *context, struct type type, value v, struct text *out); };
void program_print_asked(const struct program *program, const struct names *texts, const struct obligation *obligation,
                         const value *captured, const struct value_printer *printer, struct text *out);
void program_print_expression(const struct program *program, const struct names *texts, const struct frame *frame,
                              const struct expression *expression, struct text *out);
uint32_t program_find_relation(const struct program *program, struct span name);     // NO_ID where there is none
// The act whose proposed items the relation holds; NO_ID where it holds something else.
uint32_t program_act_of_items(const struct program *program, uint32_t relation);
uint32_t program_find_act(const struct program *program, struct span name);     // of several organs: the first
// The one among the acts of a declaration that the organ decides, or NO_ID. `act` is any of them.
uint32_t program_act_of_organ(const struct program *program, uint32_t act, uint32_t organ);
bool program_act_is_several(const struct program *program, uint32_t act);
// How a row is written: NAME(columns from .. to); of what a proposal proposes, the first column and `proposes` before
// it.
struct row_form { struct span name; uint32_t from, to; bool proposes; };
struct row_form program_row_form(const struct program *program, uint32_t relation);

#endif
