// SPDX-License-Identifier: Apache-2.0
// What the files of explain share: a plain solver of conditions (evaluate.c), trees in the making (tree.c), words
// (words.c).
#ifndef ENTENTE_EXPLAIN_INTERNAL_H
#define ENTENTE_EXPLAIN_INTERNAL_H

#include "explain/explain.h"

// ---- Solving conditions by asking ----------------------------------------------------------------------------------
// Bindings of a frame. Both arrays have frame->slot_count places.
struct bindings { const struct frame *frame; value *values; bool *bound; };

// How far a search came that found nothing: the first condition that was never met, and the bindings with which it was
// first reached.
struct progress {
    const struct condition *of;          // identifies the conditions that are watched
    uint32_t furthest;                   // index of that condition
    uint32_t times;                      // how many bindings reached it
    struct bindings bindings;
};

struct solver {
    const struct explainer *with;
    const struct program *program;
    struct question question;            // its position is settled
    // Texts of a refused entry, which the evaluator has forgotten: own_text_count of them.
    const struct span *own_texts;
    uint32_t own_text_count;
    struct laid *laid;                   // rows laid over the evaluator's, or NULL
    uint32_t steps;                      // rows looked at
    bool unknown;                        // arithmetic or a limit ended a search: what was not found may yet be so
    struct progress *progress;           // or NULL
};
// Stands for own_texts[index]; matches nothing that is stored.
#define OWN_TEXT(index) (VALUE_ANY + 2 + (value)(index))

struct row_copy { value *values; int64_t from, until; uint32_t begun, ended; };
struct row_copies { struct row_copy *at; uint32_t count; value *memory; };

typedef enum { VALUE_KNOWN, VALUE_UNBOUND, VALUE_FAILS /* min of nothing, arithmetic */ } value_status;
typedef bool (*solver_visitor)(void *context, const struct bindings *solution);

// In row_copy.begun: no entry began it, but a call on trial; with it the item's number in its package, from 1, or 0.
#define BEGUN_ON_TRIAL 0x80000000u

void solver_init(struct solver *solver, const struct explainer *with);
// The rows that match at a moment, copied, so that other questions may be asked while they are read.
struct row_copies solver_rows(struct solver *solver, struct question question, uint32_t relation, const value *pattern);
void row_copies_release(struct row_copies *rows);
value_status solver_value(struct solver *solver, const struct expression *expression, struct bindings bindings,
                          value *result);
// The pattern that an atom asks with: VALUE_ANY for what is unbound. False: an argument has no value.
bool solver_pattern(struct solver *solver, const struct condition *atom, struct bindings bindings, value *pattern);
// The question that an atom asks, `at` considered. False: its moment has no value.
bool solver_moment(struct solver *solver, const struct condition *atom, struct bindings bindings,
                   struct question *question);
// Visits each solution; the visitor's false stops, and then false comes back. Bindings are as before when it returns.
bool solver_solve(struct solver *solver, struct conditions conditions, struct bindings bindings, solver_visitor visit,
                  void *context);
// Is there a solution?
bool solver_holds(struct solver *solver, struct conditions conditions, struct bindings bindings);
// The distinct bindings an aggregate ranges over: slot_count values each, then the value of its head.
struct ranged { value *at; uint32_t count, width; bool known; };
struct ranged solver_range(struct solver *solver, const struct expression *aggregate, struct bindings bindings);
struct bindings bindings_new(struct arena *arena, const struct frame *frame);
struct bindings bindings_copy(struct arena *arena, struct bindings from);

// ---- Rows laid over those of the evaluator (laid.c): what calls on trial would have changed ------------------------
void laid_begin(struct solver *solver);                  // from here on, at the question's moment
void laid_at(struct laid *laid, int64_t time);           // asked at another moment
void laid_release(struct laid *laid);
bool laid_next_start(const struct laid *laid, int64_t *after);       // of what was laid; false: nothing begins later
void lay_row(struct solver *solver, uint32_t relation, const value *values, int64_t from, int64_t until, uint32_t item);
// Ends what matches and is in force at a moment.
void lay_end(struct solver *solver, uint32_t relation, const value *pattern, int64_t at, uint32_t item);
// The next row that matches and was ended so. *after begins with 0.
bool laid_ended(const struct solver *solver, uint32_t relation, const value *pattern, uint32_t *after,
                const value **values, uint32_t *item);
// For solver_rows: does the relation have to be worked out anew, its rows; and what the evaluator says, laid over.
bool laid_derives(const struct solver *solver, struct question question, uint32_t relation);
struct row_copies laid_derived(struct solver *solver, uint32_t relation, const value *pattern);
struct row_copies laid_over(struct solver *solver, struct question question, uint32_t relation, const value *pattern,
                            struct row_copies rows);

// ---- A tree in the making ------------------------------------------------------------------------------------------
struct fact_seen { uint32_t relation; const value *values; int64_t time; };
struct making {
    struct solver solver;
    struct arena *arena;
    const struct program *program;
    const struct explain_log *log;
    uint32_t nodes, depth;
    bool cut;
    VEC(struct fact_seen) stack;         // being explained: a proof may not lean on itself
    VEC(struct fact_seen) done;          // explained before, in this tree
    VEC(uint32_t) told;                  // positions of entries that were described before, in this tree
};
void making_init(struct making *making, const struct explainer *with);
void making_release(struct making *making);
// A new last child of `parent` (or a root, where it is NULL). Past the limit of nodes it hangs nowhere and the parent
// says that it is cut.
struct explain_node *node_add(struct making *making, struct explain_node *parent, explain_kind kind,
                              explain_truth truth, struct span text);
struct explain_node *node_print(struct making *making, struct explain_node *parent, explain_kind kind,
                                explain_truth truth, const char *format, ...)
    PRINTF_LIKE(5, 6);
// A format or a text in the reader's language.
const char *said(const struct making *making, const char *english) __attribute__((format_arg(2)));
struct span said_span(const struct making *making, struct span english);
// NULL or empty: nothing.
void node_cite(struct making *making, struct explain_node *node, const struct citation *citation);
// Takes everything off that was added to `parent` after `last` (its last child at the time, or NULL).
void node_take_off(struct explain_node *parent, struct explain_node *last);
// Goes one level down; false, with a note on the parent, where that is too deep. Each true needs a making_up.
bool making_down(struct making *making, struct explain_node *parent);
void making_up(struct making *making);

// ---- Calls on trial (trial.c): each judged in the state in which those before it leave things ----------------------
struct trial {
    const struct act *act;
    struct bindings bindings;
    uint32_t item;                       // of a package, from 1; 0 where the act is by itself
};
struct trial trial_of_item(struct making *making, const struct act *act, const value *row, value proposer);
struct trial trial_of_entry(struct making *making, const struct entry *entry, uint32_t position, uint32_t item);
// Its `require`s, whose solutions it is bound to. False: *failed is the clause that is not met.
bool trial_requires(struct making *making, struct trial *trial, uint32_t *failed);
// Its effects, one after another, laid over what holds. False: one clashes or has no value, which `parent` then tells.
bool trial_do(struct making *making, const struct trial *trial, struct explain_node *parent);
bool trial_effects(struct making *making, const struct effect *effects, uint32_t count, struct bindings bindings,
                   struct span name, uint32_t item, struct explain_node *parent);
// The expression of its conditions or effects that has no value, in words; length 0: each has one.
struct span trial_without_value(struct making *making, struct trial *trial);
// Tells how what was laid makes a `never` true. False: it does not.
bool trial_never(struct making *making, uint32_t norm, struct explain_node *parent);

// ---- Words ---------------------------------------------------------------------------------------------------------
struct span tell_value(struct making *making, struct type type, value v);
struct span tell_time(struct making *making, int64_t time);
// member(KAZ); `_` for VALUE_ANY.
struct span tell_fact(struct making *making, uint32_t relation, const value *values);
// The same of an atom under bindings: unbound variables by their names.
struct span tell_atom(struct making *making, const struct condition *atom, struct bindings bindings);
struct span tell_condition(struct making *making, const struct frame *frame, const struct condition *condition);
bool is_hidden(const struct making *making, const struct condition *condition);      // an atom of the compiler's own
struct span tell_asked(struct making *making, const struct obligation *o, struct bindings captured);
struct span tell_conditions(struct making *making, const struct frame *frame, struct conditions conditions);
// "since 2022-01-05 22:00 +06:00, until ...".
struct span tell_span(struct making *making, int64_t from, int64_t until);
// "chair(council), now ARM": an actor with its present holder where it is a role.
// written: the expression whose value it is, which says as whose chair; may be NULL.
struct span tell_actor(struct making *making, value actor, const struct expression *written);
struct span tell_who(struct making *making, const struct act *act, const struct who *who);
struct span tell_call(struct making *making, const struct call *call);
struct span tell_entry(struct making *making, const struct entry *entry);
value tell_holder(struct making *making, value role);                            // ACTOR_NONE where nobody holds it

// ---- Parts of trees, used by one another ---------------------------------------------------------------------------
// Adds why a row holds. False: it does not, or only by leaning on what is being explained; then nothing was added.
bool why_fact(struct making *making, struct explain_node *parent, uint32_t relation, const value *values);
void why_absent(struct making *making, struct explain_node *parent, uint32_t relation, const value *pattern);
void why_row(struct making *making, struct explain_node *parent, uint32_t relation, const struct row_copy *row);
// The entry that began or ended something: what ("begun", "ended") and when it took effect.
struct explain_node *why_entry(struct making *making, struct explain_node *parent, const char *what,
                               uint32_t relation, uint32_t position, int64_t time);
// A row of in-doubt: which entry is doubted, and what became known late.
void why_doubt(struct making *making, struct explain_node *node, const struct row_copy *row);
// Conditions that a solution meets, each by itself. False: one leans on what is being explained.
bool why_conditions_hold(struct making *making, struct explain_node *parent, struct conditions conditions,
                         struct bindings solution);
// Conditions that no solution meets: what holds of them, what fails first, and what is missing.
void why_conditions_fail(struct making *making, struct explain_node *parent, struct conditions conditions,
                         struct bindings start);
// Two parts that why and why-not share.
bool why_head_bind(struct making *making, const struct rule *rule, const value *values, struct bindings bindings);
struct explain_node *why_comparison(struct making *making, struct explain_node *parent, const struct condition *c,
                                    struct bindings bindings, bool holds);
// Acts that would begin a row which matches, with the proposals of them that did not.
void why_remedies(struct making *making, struct explain_node *parent, uint32_t relation, const value *pattern);
// A solution's conditions in a line each.
void why_conditions_met(struct making *making, struct explain_node *parent, struct conditions conditions,
                        struct bindings solution);
// What the procedure of a proposal made of it when it closed, with the figures of that moment; or what keeps it open.
void why_decision(struct making *making, struct explain_node *parent, value proposal);
// What kept the effects of a consequence or an event from being done, by the entry at a position.
void why_void(struct making *making, struct explain_node *parent, uint32_t norm, uint32_t position, int64_t time);
// Which item of a proposal could not be carried out, and why.
struct explain_node *why_obstacle(struct making *making, struct explain_node *parent, value proposal);
// The proposals of an act that would have brought about what the pattern asks, and were not adopted.
void why_trials(struct making *making, struct explain_node *parent, const struct act *act, const struct effect *effect,
                const value *pattern);

#endif
