// SPDX-License-Identifier: Apache-2.0
// What the files of naive share. The order of the files: tuples, store, arithmetic, conditions, derive, effects,
// duties, calls, proposals, instant, entries, replay, naive.
#ifndef ENTENTE_NAIVE_INTERNAL_H
#define ENTENTE_NAIVE_INTERNAL_H

#include "naive/naive.h"

// Room for a row of any relation, hidden ones included.
#define WIDTH_MAX (SLOTS_MAX + 8)
// Limits named as the engine's are. What is worked out whole and by walking all rows touches more of them, and keeps
// fewer.
#define DERIVED_MAX 200000u       // derived rows of one relation at one moment
#define STEPS_DEEP_MAX 1000u      // conditions asked inside one another
#define TOUCHED_MAX 200000000u    // rows looked at for one entry or question
// From so many conditions inside one another on, what a relation stands on is worked out before it, one after the
// other.
#define STEPS_AHEAD 200u

// ---- Tuples: a set of value lists in ascending order ---------------------------------------------------------------
struct tuples {
    uint32_t width, count, capacity;
    struct type *types;
    value *at;
};
void naive_tuples_init(struct tuples *tuples, uint32_t width);    // types are the caller's to fill in
void naive_tuples_release(struct tuples *tuples);
const value *naive_tuples_get(const struct tuples *tuples, uint32_t index);

// ---- Rows ----------------------------------------------------------------------------------------------------------
struct row {
    const value *values;
    int64_t from, until;
    uint32_t begun, ended;    // as in struct found
    uint64_t serial;          // counts all rows in the order written
};
struct table {
    VEC(struct row) rows;
};

// One write, with what is needed to take it back.
struct change {
    write_kind kind;
    uint32_t relation, row;
    int64_t until, old_until;
    uint32_t old_ended;
    int64_t moment;    // when it was written
    int64_t aside;     // the end of a begun row while the rows are shown as they were before
};
struct mark {
    uint32_t changes, ordinal;
};

// ---- A world: all that is derived, at one moment, from the rows as they are now ------------------------------------
struct extent {
    bool done, busy;
    struct tuples tuples;
};
struct world {
    int64_t moment;
    bool lenient;              // arithmetic that fails makes its condition false, instead of failing the judgement
    int64_t next;              // the least time after `moment` that a comparison with `now` named
    struct extent *extents;    // by relation
    VEC(uint32_t) touched;     // those of them that are not empty
};

struct made_entity {
    value entity;
    uint32_t type;
};
// act: whose clause failed; effect: that clashed. NULL: it was something else.
struct failure {
    refusal refusal;
    uint32_t item, clause, norm;
    const struct act *act;
    const struct effect *effect;
};
struct digest {
    uint8_t bytes[32];
};

// A late row, and a row that gave way to one, as a replay takes them up.
struct late_row {
    uint32_t relation, row;
    struct row after;
    bool added;
};
struct probe {
    VEC(struct late_row) rows;
    bool *late;
    int64_t from;
    uint32_t asked;
    bool differs;
};    // late: the relations of those rows

struct naive {
    struct evaluator base;
    struct arena arena;      // values of rows and kept entries; what is taken back stays until the end
    struct arena receipt;    // what the last receipt points to
    struct table *tables;    // by relation
    uint64_t serial;
    struct tuples *fired;    // by watch: the bindings that were true when last sampled and have fired
    VEC(struct made_entity) entities;
    VEC(struct entry) entries;
    VEC(struct digest) digests;
    uint32_t text_count;    // texts of the entries entered
    struct sha256 sha;
    struct text scratch;
    VEC(struct world *) worlds, spare_worlds;

    // Of the entry that is being judged.
    VEC(struct change) changes;
    int64_t now;
    uint32_t position, ordinal, firings;
    bool trial;                // calls of a proposal that is being made
    bool failed;               // arithmetic failed in a world that is not lenient
    bool limited;              // a limit was passed
    const char *limit;         // in words; NULL: none was
    uint32_t deep, touched;    // against STEPS_DEEP_MAX and TOUCHED_MAX
    bool acting;               // an act's own writes are being made: those are limited, what follows from them is not
    uint32_t acted_from;
    bool *voided;    // per watch: a firing beyond the limit was found
    struct failure failure;
    value failure_frame[SLOTS_MAX];
    bool failure_bound[SLOTS_MAX];
    VEC(uint32_t) late;    // entries that it casts doubt on
    // What late rows have cast doubt on since the first entry: each time the count, then the positions. A replay is
    // given them.
    VEC(uint32_t) doubts;
    uint32_t doubts_kept;
    const uint32_t *given;
    uint32_t given_next, given_count;
    // The last replay that was asked, for the next question about the same moment.
    struct naive *kept;
    uint32_t kept_position, kept_doubts;
    int64_t kept_time;
    bool replaying;
    struct probe *probe;    // in a replay: late rows to be judged with

    struct naive_clause_count *clauses;
    uint32_t *starts;
    uint32_t clause_count;
    struct naive_counts counts;
};

// Adds a list where it belongs; false where it is there already.
bool naive_tuples_add(const struct naive *n, struct tuples *tuples, const value *values);
bool naive_tuples_has(const struct naive *n, const struct tuples *tuples, const value *values);
struct tuples naive_tuples_of_slots(const struct frame *frame, const uint32_t *slots, uint32_t count);
struct tuples naive_tuples_copy(const struct tuples *tuples);

// ---- store.c -------------------------------------------------------------------------------------------------------
struct mark naive_store_mark(const struct naive *n);
void naive_store_take_back(struct naive *n, struct mark mark);
// Between the two the rows are as they were at the mark. Nothing may be written in between.
void naive_store_swap(struct naive *n, struct mark mark);
void naive_store_swap_back(struct naive *n, struct mark mark);
void naive_store_begin(struct naive *n, uint32_t relation, const value *values, int64_t from, int64_t until);
void naive_store_move(struct naive *n, uint32_t relation, uint32_t row, int64_t until, write_kind kind);
static inline bool row_holds(const struct row *row, int64_t moment) {
    return row->from <= moment && moment < row->until;
}
// The row in force now whose first `count` values are these; NULL where there is none.
const struct row *naive_store_find(const struct naive *n, uint32_t relation, const value *values, uint32_t count);
// Each returns false where the effect clashes. In a pattern VALUE_ANY matches anything.
MUST_USE bool naive_fact_add(struct naive *n, uint32_t relation, const value *values, int64_t from, int64_t until,
                             bool past_allowed);
MUST_USE bool naive_fact_set(struct naive *n, uint32_t relation, const value *values, int64_t from, int64_t until,
                             bool past_allowed);
MUST_USE bool naive_fact_extend(struct naive *n, uint32_t relation, const value *pattern, int64_t until);
MUST_USE bool naive_fact_end(struct naive *n, uint32_t relation, const value *pattern, int64_t at);
void naive_annul_entry(struct naive *n, uint32_t position, int64_t at);
// Ends the doubts about an entry, and with `cast` those that it casts; false where there is none.
bool naive_doubts_end(struct naive *n, value entry, bool cast, int64_t at);
// Short forms for the relations of the prelude: rows that begin now, and the end of the row in force with this first
// value.
void naive_write_1(struct naive *n, uint32_t relation, value a);
void naive_write_2(struct naive *n, uint32_t relation, value a, value b);
void naive_write_3(struct naive *n, uint32_t relation, value a, value b, value c);
bool naive_holds_1(const struct naive *n, uint32_t relation, value a);
bool naive_end_1(struct naive *n, uint32_t relation, value a);

// ---- arithmetic.c --------------------------------------------------------------------------------------------------
typedef enum { VALUE_FOUND, VALUE_NONE /* min or max of nothing */, VALUE_FAILED } value_status;
value_status naive_value_combine(const struct program *program, const struct expression *expression, value left,
                                 value right, value *result);
bool naive_time_valid(int64_t time);

// ---- conditions.c --------------------------------------------------------------------------------------------------
struct scope {
    struct naive *naive;
    struct world *world;
    value *slots;
    bool *bound;
};
typedef bool (*solution_visitor)(void *context);    // false: enough
// Visits the bindings that meet the conditions, each as often as it is found; the scope is as before afterwards. False:
// stopped.
bool naive_conditions_solve(struct scope *scope, struct conditions conditions, solution_visitor visit, void *context);
bool naive_conditions_hold(struct scope *scope, struct conditions conditions);
// The distinct values of `slots`, ascending. Release it.
struct tuples naive_conditions_bindings(struct scope *scope, const struct frame *frame, struct conditions conditions,
                                        const uint32_t *slots, uint32_t count);
value_status naive_expression_value(struct scope *scope, const struct expression *expression, value *result);

// ---- derive.c ------------------------------------------------------------------------------------------------------
struct world *naive_world_at(struct naive *n, int64_t moment, bool lenient);
void naive_limit(struct naive *n, const char *limit);    // a limit was passed: says which
void naive_touch(struct naive *n, uint32_t rows);        // so many rows were looked at
void naive_worlds_forget(struct naive *n);               // after every write
void naive_worlds_release(struct naive *n);
const struct tuples *naive_world_extent(struct world *world, struct naive *n,
                                        uint32_t relation);    // derived relations
bool naive_world_has(struct naive *n, struct world *world, uint32_t relation,
                     const value *pattern);    // a row that matches holds

// ---- effects.c -----------------------------------------------------------------------------------------------------
struct opening {
    const struct obligation *obligation;
    value duty, bearer, due, start, number;
    bool series;
    const value *captured;
};
struct operation {
    const struct effect *effect;
    value *values;
    int64_t from, until;
    value object;
    struct opening opening;
};
struct operations {
    VEC(struct operation) list;
    struct arena arena;
};
void naive_operations_init(struct operations *all);
void naive_operations_release(struct operations *all);
// Computes what the effects are to do, over the state as it is; false where arithmetic fails.
MUST_USE bool naive_effects_prepare(struct scope *scope, const struct frame *frame, const struct effect *effects,
                                    uint32_t count, struct operations *all);
MUST_USE bool naive_effects_apply(struct naive *n, const struct operations *all);    // false: a clash

// ---- duties.c ------------------------------------------------------------------------------------------------------
MUST_USE bool naive_obligation_prepare(struct scope *scope, const struct frame *frame,
                                       const struct obligation *obligation, struct operations *all, value *duty);
void naive_duty_open(struct naive *n, const struct opening *opening);
void naive_duty_end(struct naive *n, value duty, uint32_t relation,
                    const value *late);    // relation: met, released, lapsed
void naive_duty_meet(struct naive *n, value duty);
void naive_duty_lapse(struct naive *n, value duty);
void naive_duty_overdue(struct naive *n, value duty);
void naive_duty_period(struct naive *n, value duty);
// The duties met by the call, with their order: found before its effects, met after them.
struct values_list {
    VEC(value) list;
};
bool naive_duties_matching(struct naive *n, const struct act *act, const value *arguments, value actor,
                           struct values_list *duties);
void naive_finding_open(struct naive *n, uint32_t norm, const value *binding, uint32_t width, const value *concerned,
                        uint32_t concerned_count);
void naive_finding_open_binding(struct naive *n, uint32_t norm, const value *binding,
                                uint32_t width);    // concerns: the actors in it
void naive_finding_open_over(struct naive *n, uint32_t norm, const value *binding, uint32_t width, int64_t from,
                             int64_t until);    // of the past
void naive_finding_close(struct naive *n, value finding);
value naive_entity_next(struct naive *n);

// ---- calls.c -------------------------------------------------------------------------------------------------------
struct slots {
    value values[SLOTS_MAX];
    bool bound[SLOTS_MAX];
};
bool naive_who_admits(struct scope *scope, const struct who *who, value actor);
void naive_who_bind(const struct who *who, value actor, struct slots *slots);
bool naive_role_filled_by(struct naive *n, value role, value actor);
// Fills the frame's first slots; made: the entities in order.
void naive_call_slots(const struct act *act, const value *arguments, value first_made, value actor,
                      struct slots *slots);
MUST_USE bool naive_run_call(struct naive *n, const struct act *act, struct slots *slots, value actor);

// ---- guard.c -------------------------------------------------------------------------------------------------------
// The first NORM_NEVER that is true, now or at a later start of a known row, of a binding of which it was not by what
// was known at the mark; NO_ID.
uint32_t naive_never_newly(struct naive *n, struct mark before);
void naive_reads(const struct program *program, struct conditions conditions,
                 bool *reads);    // marks the relations read, through rules too

// ---- proposals.c ---------------------------------------------------------------------------------------------------
bool naive_proposal_make(struct naive *n, const struct entry *entry, const value *const *arguments);
bool naive_proposal_answer(struct naive *n, const struct answer *answer, value reason);
bool naive_proposal_withdraw(struct naive *n, value proposal, value actor);
bool naive_proposal_join(struct naive *n, value proposal, value actor);
void naive_proposal_close(struct naive *n, value proposal);

// ---- instant.c -----------------------------------------------------------------------------------------------------
struct tuples naive_watch_bindings(struct naive *n, const struct watch *watch);
void naive_instant(struct naive *n);
void naive_settle(struct naive *n, int64_t time);

// ---- entries.c -----------------------------------------------------------------------------------------------------
refusal naive_entry_form(const struct naive *n, const struct entry *entry);
bool naive_entry_enact(struct naive *n, const struct entry *entry);
uint32_t naive_entry_made_count(const struct program *program, const struct entry *entry);
bool naive_refuse(struct naive *n, refusal why);    // false always

// ---- naive.c, replay.c ---------------------------------------------------------------------------------------------
void naive_judge(struct naive *n, const struct entry *entry, bool keep, struct receipt *receipt);
struct naive *naive_replay_to(const struct naive *n, uint32_t position, struct probe *probe, uint32_t *differing,
                              uint32_t *differing_count);
// Norms that late rows since the mark show broken in [least, now), and kept by now.
void naive_past_findings(struct naive *n, struct mark before, int64_t least, const bool *late);
// After an act or adoption that stands: what it wrote since the mark may have begun in the past.
void naive_late_review(struct naive *n, struct mark before);
ask_status naive_replay_ask(struct naive *n, struct question question, uint32_t relation, const value *pattern,
                            ask_visitor visit, void *context);
void naive_entry_keep(struct naive *n, const struct entry *entry);

#endif
