// SPDX-License-Identifier: Apache-2.0
// The engine's inside: store (rows over time, indexes, undo), plans (compiled conditions), watches (what becomes true),
// judging.
#ifndef ENTENTE_ENGINE_INTERNAL_H
#define ENTENTE_ENGINE_INTERNAL_H

#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"

// ---- Store ---------------------------------------------------------------------------------------------------------
// Every write has a stamp, counted from 1; rows of the program have stamp 0. A row is known from its stamp on. `until`
// is its end as known now; `ended` the stamp that fixed that end (0: as it began). Earlier ends other than TIME_MAX
// stand in `revisions`.
struct row {
    int64_t from, until;
    uint32_t begun, ended, revision;
};
struct revision {
    int64_t until;
    uint32_t ended, earlier;
};

#define CHUNK_ROWS 256u
// An index key's chain lists rows by stamp. Whenever it has grown by the number of rows live at its last check, it is
// checked: where fewer than half are live, a new segment begins with a copy of those. So the present costs the live
// rows, and the past those of its segment. Segments of a chain are linked both ways, with a jump further back, so that
// the one of a past moment is found in logarithmic time.
struct segment {
    int64_t time;
    uint32_t start, copied, stamp, earlier, later, jump, depth;
};
struct chain {
    uint32_t at, count, capacity, live, check, segment;
};                  // live: where the newest segment starts. capacity 0: `at` is the one row itself
#define GROUP 8u    // slots probed at once: a word of one-byte tags says which of them may be the key
struct slot_group {
    uint64_t tags;
    uint32_t slots[GROUP];
};    // side by side, since a key that nobody asked for of late waits for memory; tag 0: free; slots hold numbers of
      // chains
struct index {
    uint32_t mask;    // columns, bit by bit
    value most;       // of the first of them, of all keys that ever were: a key beyond it is not there
    struct slot_group *groups;
    uint32_t group_count;
    struct chain *chains;
    uint32_t chain_count, chain_capacity;
};
struct table {    // of one base relation
    uint32_t relation, columns, keys;
    struct row **rows;
    value **values;
    uint32_t row_count, chunk_count;
    struct index *indexes;
    uint32_t index_count;    // the first is by key, or by some of its columns
    uint32_t rest;           // columns of the key that the first does not see to
    uint32_t changed;        // stamp of the last write
    bool seats_rest;         // seats rest on it
    uint32_t *triggers;
    uint32_t trigger_count;
    VEC(uint32_t) coming;    // rows that began with a start to come; some may have started
};
static inline struct row *table_row(const struct table *table, uint32_t row) {
    return &table->rows[row / CHUNK_ROWS][row % CHUNK_ROWS];
}
static inline value *table_values(const struct table *table, uint32_t row) {
    return &table->values[row / CHUNK_ROWS][(size_t)(row % CHUNK_ROWS) * table->columns];
}

// Whether two rows of values are equal in the columns of a mask.
static inline bool key_equal(uint32_t mask, const value *a, const value *b) {
    for (; mask; mask &= mask - 1)
        if (a[__builtin_ctz(mask)] != b[__builtin_ctz(mask)]) return false;
    return true;
}

// ---- Views: what is known up to a stamp, asked of a moment ---------------------------------------------------------
struct view {
    int64_t time;
    uint32_t stamp;
    bool present, fixed;
    uint32_t also_from, also_to;
    int64_t also_before;
};
// stamp: exclusive. present: everything known, at or after the clock. fixed: a moment of its own (`at`), which does not
// move with the clock. also: of these stamps, what begins or ends before also_before is seen besides

static inline bool view_equal(const struct view *a, const struct view *b) {
    return a->time == b->time && a->stamp == b->stamp && a->present == b->present && a->fixed == b->fixed &&
           a->also_from == b->also_from && a->also_to == b->also_to && a->also_before == b->also_before;
}

struct engine;
struct run;

// ---- Running -------------------------------------------------------------------------------------------------------
typedef enum {
    RUN_OK,
    RUN_STOP,
    RUN_ARITHMETIC,
    RUN_LIMIT,
    RUN_NOTHING,    // min or max of nothing, which fails the condition
    RUN_WIDE        // within tabling: the whole relation is to be worked out instead
} run_status;
struct engine;
struct run;
struct call_plan;
typedef run_status (*run_take)(void *context, struct run *run, const value *tuple);

// ---- Plans ---------------------------------------------------------------------------------------------------------
typedef enum { STEP_SCAN, STEP_CALL, STEP_NOT, STEP_EVERY, STEP_COMPARE, STEP_BIND, STEP_DELTA } step_kind;
struct operand {
    bool in_slot;
    uint32_t slot;
    value constant;
    const struct expression *expression;
};    // expression: neither slot nor constant
struct column_use {
    uint32_t column, slot;
    struct operand operand;
};
struct step {
    step_kind kind;
    bool negated, exists;    // SCAN, CALL: none may match; nothing is bound, so that one match is enough
    uint32_t relation, index, mask, column_count;    // mask: columns known beforehand
    // What is done with the columns: values known beforehand; those of them that the index does not see to; slots
    // bound; slots bound in this row already.
    struct column_use *keys, *checks, *binds, *sames;
    uint32_t key_count, check_count, bind_count, same_count;
    uint32_t since;
    bool since_known;    // known: compared, not bound
    const struct expression *moment;
    struct plan *inner, *has;    // NOT: inner; EVERY: inner, has
    struct call_plan *call;      // CALL
    compare_operator compare;
    const struct expression *left, *right;    // COMPARE; BIND: left
    bool watched_now;                         // COMPARE: one side is `now`: its threshold bounds the horizon
    uint32_t slot;                            // BIND
    bool newest;                              // DELTA: only the tuples of the last round
};
struct plan {
    struct step *steps;
    uint32_t count;
    bool distinct;
};    // distinct: no binding of all slots can come twice
// A derived relation called with some columns known.
struct head_input {
    uint32_t column, slot;
    value constant;
    uint32_t office;
    bool again;
};    // slot NO_ID: the column equals the constant; office: NO_ID, or the party of it
struct rule_plan {
    const struct rule *rule;
    const struct expression **head;
    struct plan plan;
    struct head_input *inputs;
    uint32_t input_count;
    uint32_t *outputs, output_count;
    uint32_t decision;
};    // outputs: columns to work out; decision: of `closes` and `seat`, the kind of decision that the rule is for, or
      // NO_ID
struct call_plan {
    uint32_t relation, mask;
    bool ready, wide;    // wide: of a recursive relation, tabling came to too much
    struct rule_plan *rules;
    uint32_t rule_count;
};

// A recursive relation worked out in full for one state.
struct tuple_index {
    uint32_t mask;
    uint32_t *heads, *next;
    uint32_t head_count, done;
};
struct tuples {
    uint32_t columns;
    value *at;
    uint32_t count, capacity;
    uint32_t *slots;
    uint32_t slot_count;
    struct tuple_index indexes[4];
    uint32_t index_count;
};
struct delta_plan {
    const struct rule *rule;
    const struct expression **head;
    uint32_t relation, source;
    struct plan plan;
};    // source: the relation whose new tuples drive it; NO_ID: none
struct closure_rule {
    uint32_t from, to;
    struct plan plan;
};                    // whatever holds of `from` holds of `to`: the plan finds `to`
struct component {    // relations that depend on one another
    uint32_t *relations;
    uint32_t count;
    struct delta_plan *plans;
    uint32_t plan_count;
    uint32_t *bases;
    uint32_t base_count;    // base relations it rests on
    bool ready, filled;
    bool closure;
    uint32_t passes;
    struct closure_rule *closure_rules;
    uint32_t closure_rule_count;    // closure.c
    struct view view;
    uint32_t stamp;
    int64_t horizon;
    uint64_t rows, asked_rows;    // touched by the last filling; by tabling since the last write, which had stamp
    uint32_t asked, attempt;      // attempt: in which all of this came to be known
};
struct derived {
    uint32_t component;
    struct tuples tuples;
    struct call_plan **calls;
    uint32_t call_count;
    uint32_t delta_from, delta_to, delta_end;
};

#define DERIVED_MAX 5000000u     // tuples of one recursive relation
#define STEPS_DEEP_MAX 1000u     // conditions asked inside one another
#define TOUCHED_MAX 20000000u    // rows touched by one condition, effect or question

__extension__ typedef __int128 wide;    // sums are exact; only their result must fit

struct run {    // one evaluation
    struct engine *engine;
    struct view view;
    int64_t horizon;          // until then the answer stays as it is, writes apart
    bool lenient;             // failed arithmetic fails its condition instead of the whole
    uint64_t rows;            // touched
    uint32_t depth;           // conditions being asked inside one another
    uint32_t row, columns;    // run_relation: the base row emitted, and how many values
};
typedef run_status (*run_emit)(void *context, struct run *run, value *frame);
run_status run_plan(struct run *run, const struct plan *plan, value *frame, run_emit emit, void *context);
run_status run_exists(struct run *run, const struct plan *plan, value *frame,
                      bool *holds);    // leaves the first solution in the frame
run_status run_expression(struct run *run, const struct expression *expression, value *frame, value *result);
run_status run_relation(struct run *run, uint32_t relation, const value *pattern, run_emit emit,
                        void *context);    // emits rows of values
bool run_filled(const struct run *run, const struct component *component);    // for this view
run_status run_fill(struct run *run, struct component *component);
// What is known of a component is known for one entry: what an entry touches, which is limited, must not hang on what
// was asked before it.
void recursion_enter(struct engine *engine, struct component *component);
// Answers a call of a recursive relation without filling it; answered false: it is to be filled, and nothing was taken.
run_status tabling_ask(struct run *run, struct component *component, struct call_plan *call, const value *keys,
                       run_take take, void *context, bool *answered);
run_status run_rules(struct run *run, const struct call_plan *plan, const value *keys, run_take take,
                     void *context);    // what the rules of a relation give, one by one
run_status run_limit(struct run *run, const char *limit);
bool tuples_add(struct tuples *tuples, const value *tuple);    // false: it is there already
void tuples_release(struct tuples *tuples);
bool run_duration(wide months, wide seconds, value *result);    // false: it is longer than a duration may be
bool run_arithmetic(expression_kind kind, struct type left_type, struct type right_type, int32_t offset, value left,
                    value right, value *result);

// Shared by run.c and recursion.c.
struct step_context {
    const struct plan *plan;
    uint32_t i;
    value *frame;
    const value *keys;
    struct view view;
    run_emit emit;
    void *context;
};
run_status run_step_keys(struct run *run, const struct step *step, value *frame, value *keys, bool *fails);
run_status run_failed(const struct run *run, run_status status, bool *fails);
run_status run_step_take(void *context, struct run *run, const value *tuple);
run_status tuples_scan(struct run *run, struct tuples *tuples, uint32_t mask, bool indexed, const value *keys,
                       uint32_t from, uint32_t to, run_take take, void *context);

uint32_t plan_index(struct engine *engine, uint32_t relation, uint32_t mask);
void plan_conditions(struct engine *engine, struct plan *plan, struct conditions conditions,
                     bool *bound);    // bound: per slot, in and out
struct call_plan *plan_call(struct engine *engine, uint32_t relation, uint32_t mask);
uint32_t plan_head_slot(const struct expression *head);
void plan_settle(struct engine *engine);
void plan_call_rules(struct engine *engine, struct call_plan *plan);
run_status run_delta(struct run *run, const struct plan *plan, uint32_t i, value *frame, run_emit emit, void *context);
const struct expression *plan_expression(struct engine *engine, const struct expression *expression, const bool *bound);
bool plan_can_fail(struct conditions conditions);    // by arithmetic
#define UNFOLD_SLOT 80u    // slots from here on are for what is unfolded; a frame that reaches so far unfolds nothing
void unfold_init(struct engine *engine);
struct conditions unfold(struct engine *engine, struct conditions conditions);
bool closure_plan(struct engine *engine, struct component *component);
run_status closure_fill(struct run *run, const struct component *component, struct tuples *tuples, bool *full);
void plan_component(struct engine *engine, struct component *component);
void plan_components(struct engine *engine);
void plan_reach(const struct program *program, uint32_t relation,
                bool *seen);    // all relations that the rules of one rest on

// ---- Within one long evaluation, what calls gave: memo.c -----------------------------------------------------------
bool memo_wanted(const struct run *run);
run_status memo_ask(struct run *run, const struct call_plan *call, const value *keys, run_take take, void *context);
void memo_clear(struct engine *engine);    // the evaluation is over

// ---- Seats of proposals, kept: seats.c -----------------------------------------------------------------------------
#define SEATS_KEPT 64u    // proposals; two with the same place take it from one another
struct seats {
    value proposal, *at;
    uint32_t count, capacity, stamp;
    int64_t time, horizon;
    uint64_t rows;
    bool kept;
    uint32_t next;
};    // rows: what they cost; next: to be tried first
void seats_plan(struct engine *engine);
void seats_clear(struct engine *engine);
void seats_release(struct engine *engine);
void seats_undo(struct engine *engine, uint32_t stamp);    // what was worked out from this stamp on is forgotten
#define SEATS_OF 1u                                        // masks of a call: the proposal is known; and the seat
#define SEATS_ONE 3u
// Rules of `closes` and `seat` are for one kind of decision each: a procedure; an organ, or an act agreed by each.
// Those for others are passed over.
uint32_t rule_decision(const struct engine *engine, uint32_t relation, const struct rule *rule);    // NO_ID: for any
uint32_t proposal_decision(const struct engine *engine, uint32_t relation, value proposal);    // NO_ID: no proposal
bool seats_kept(const struct run *run, const struct call_plan *call);    // whether seats_ask may answer the call
run_status seats_ask(struct run *run, const struct call_plan *call, const value *keys, run_take take, void *context);
run_status seats_unanswered(struct run *run, value proposal, bool *known,
                            bool *some);    // known: only then *some is the answer

// ---- Sorted distinct bindings --------------------------------------------------------------------------------------
struct bindings {
    uint32_t width, count, capacity;
    value *at;
};
run_status bindings_collect(struct run *run, const struct plan *plan, value *frame, const uint32_t *slots,
                            uint32_t slot_count, const struct frame *types, struct bindings *out);
void bindings_order(const struct engine *engine, const struct type *types, struct bindings *out);
void bindings_release(struct bindings *bindings);
int bindings_compare(const struct engine *engine, const struct type *types, const value *a, const value *b,
                     uint32_t width);

// ---- Watches -------------------------------------------------------------------------------------------------------
// A trigger: which bindings of a watch a row of a relation can touch. Slot values taken from the row bound the
// evaluation, and triggers that bind the same slots of the same watch share it.
#define POLARITY_TRUE 1u      // the row's coming can make a binding true, its going false
#define POLARITY_FALSE 2u     // the other way round
#define BOUND_SLOTS_MAX 4u    // a trigger that could bind more binds the first ones: it only looks further than it need
struct trigger_column {
    bool constant;
    uint32_t slot;
    value value;
};    // slot: of the watch's frame, or NO_ID
// What a trigger does with a column of a row, in order: the value is that of a constant, or of a slot bound before, or
// else the row is not for it; or the value is that of a slot of its evaluation.
typedef enum { TAKE_CONSTANT, TAKE_SAME, TAKE_BOUND } take_kind;
struct take {
    take_kind kind;
    uint32_t column, bound;    // bound: which of the evaluation's slots
    value constant;
};
struct trigger {
    uint32_t evaluation, watch, relation, polarity;
    uint32_t take_count;
    bool ends_only;    // a row's beginning is seen to by another trigger
    const struct take *takes;
    const struct trigger_column *columns;
};
struct evaluation {    // of a watch, with some slots known
    uint32_t watch;
    uint32_t slots[BOUND_SLOTS_MAX], slot_count;    // ascending
    bool whole;                                     // they hold all of the watch's binding
    bool norm, planned;
    struct plan plan;
};
// A binding for which a watch is true.
struct truth {
    value finding;
    uint32_t watch, next, previous, next_hash, hash, values;
    bool pending, live;
};
struct watch_state {
    const struct watch *watch;
    struct type *types;    // of the binding
    struct plan check;     // all of the binding known
    bool checked;          // it is planned
    uint32_t unbound;      // the evaluation that knows nothing
    uint32_t *bases;
    uint32_t base_count;            // base relations that it reads, directly or through rules
    uint32_t voided;                // the attempt at which a firing beyond the limit was found
    uint32_t first, count, free;    // truths
};
struct dirty {
    uint32_t evaluation;
    bool makes_true, makes_false;
    value values[BOUND_SLOTS_MAX];
};
struct timer {
    int64_t time;
    uint32_t evaluation, serial;
    value values[BOUND_SLOTS_MAX];
};

// ---- Undo ----------------------------------------------------------------------------------------------------------
typedef enum { UNDO_ROW, UNDO_UNTIL, UNDO_TRUTH_ADDED, UNDO_TRUTH_REMOVED } undo_kind;
struct undo {
    undo_kind kind;
    uint32_t relation, row;
    uint32_t ended, revision;
    int64_t until;
    uint32_t changed;
};

// ---- Acts as compiled ----------------------------------------------------------------------------------------------
struct effect_plan {
    const struct effect *effect;
    const struct expression **arguments, *from, *until, *object;
    uint32_t index;      // END, EXTEND: the index by which rows are found
    struct plan plan;    // FOR_EACH
    struct effect_plan *effects;
};
struct obligation_plan {
    struct plan each, while_plan;
    const struct expression *bearer, *due, *period;
    struct plan matches;    // open duties that an act meets; slots after those of the obligation's frame:
    uint32_t argument_slot, duty_slot, bearer_slot, due_slot;
    uint32_t finding_index;
};
struct act_plan {
    struct plan *clauses;
    struct effect_plan *effects;
    uint32_t *obligations;
    uint32_t obligation_count;    // those with `to` this act, in order
    const struct expression *who, *proposed_by;
    const struct expression **decides;
    uint32_t *reads, read_count;    // late.c: base relations that its requires read; NULL: not asked for yet
};
struct executed {
    uint32_t position, act, values, stamp;
    int64_t time;
    value actor;
};    // values: in executed_values: parameters, made, the `by` or `proposed by` variable
struct moment {
    int64_t time;
    uint32_t stamp, position;
    bool settled;
};
struct entry_kept {
    int64_t time;
    uint32_t moment;
    uint8_t digest[32];
    struct entry entry;
};                         // moment: its first
#define TIMES_STEP 256u    // every so many entries, their time once more in a short array

struct engine {
    struct evaluator base;
    struct arena arena;    // plans and what else lives as long as the engine
    const struct program *program;
    struct table *tables;       // per relation; derived ones are empty
    struct derived *derived;    // per relation
    struct component *components;
    uint32_t component_count;
    struct tabling *tabling;    // the innermost at work
    struct memo **memos;
    uint32_t memo_heads, memo_count, memo_tuples;
    struct seats seats[SEATS_KEPT];
    struct call_plan *seat_call;
    uint32_t *seat_bases, seat_base_count;    // base relations that seats rest on
    uint32_t seats_changed, seats_filled;     // stamps of the last write to one of them, of the last working out
    VEC(struct revision) revisions;
    VEC(struct segment) segments;
    uint32_t *lists;
    uint32_t list_count, list_capacity;
    uint32_t free_lists[32];    // rows of chains, in blocks of powers of two
    uint32_t stamp;             // of the next write
    int64_t now;
    uint32_t current;    // position being worked on
    uint32_t ordinal;
    bool sampled;    // the first instant has been
    VEC(struct trigger) triggers;
    VEC(struct evaluation) evaluations;
    struct watch_state *watches;
    VEC(struct truth) truths;
    VEC(value) truth_values;
    VEC(uint32_t) limbo;    // limbo: truths removed by the entry at work, free when it stands
    uint32_t *truth_heads, truth_head_count, truth_live;
    VEC(uint32_t) agenda;    // truths that are to fire
    VEC(struct dirty) dirty,
        norm_dirty;         // touched since the last sampling; norms are sampled only when nothing else is pending
    uint32_t norm_floor;    // of norm_dirty: what is before stays apart, for the guard of `never`
    VEC(struct timer) timers, popped;    // a heap by time; those taken from it since the entry began
    uint32_t timer_serial;
    VEC(struct undo) undo;
    struct effect_plan **upon_plans;    // per watch; NULL: not asked for yet
    struct act_plan *acts;              // with clauses NULL: not asked for yet
    struct obligation_plan *obligations;
    struct plan **outcomes;    // per procedure
    VEC(struct moment) moments;
    VEC(struct entry_kept) entries;
    struct arena entry_arena, row_arena;
    VEC(int64_t) times, sparse_times;
    VEC(struct executed) executed;
    VEC(value) executed_values;
    VEC(struct write) writes;
    uint32_t settled_writes;
    struct arena work_arena;    // of the entry at work
    VEC(struct late_outcome) late;
    uint32_t planning, unfold_slot, unfold_not, counting;    // planning: the next slot free for what is unfolded; not
                                                             // to unfold while above 0; within an aggregate
    VEC(struct plan) aggregates;                             // of expressions, by their id
    uint32_t firings, first_moment;
    const struct effect *clash;    // the effect that clashed
    const struct entry *entry;     // at work
    int64_t last_admitted;
    bool keeps_executed;    // some act takes `occurred`: calls are kept to be asked again
    bool coming;            // some table has rows to come
    uint32_t attempt;       // how many entries were tried
    bool judging;
    uint32_t judged_from;    // what an act itself writes is limited; what follows from it is not
    const char *limit;       // which limit was passed, in words
    bool overrun;            // a limit was passed
    struct sha256 sha;
    struct text hash_text;
    struct evaluator *scratch;
    uint32_t scratch_position;
    uint64_t rows_touched, all_firings;
    value *refused_frame;
    bool *refused_bound;
};
static inline struct engine *engine_of(struct evaluator *evaluator) { return (struct engine *)evaluator; }

// store.c
void store_init(struct engine *engine);
void store_clear(struct engine *engine);    // no row was ever written
void store_release(struct engine *engine);
uint32_t store_index(struct engine *engine, uint32_t relation,
                     uint32_t mask);    // the index on those columns, made if need be
bool store_row_visible(const struct engine *engine, const struct table *table, uint32_t row, struct view view,
                       int64_t *until);
int64_t store_until_at(const struct engine *engine, const struct row *row, struct view view);
struct chain_walk {
    const uint32_t *rows;
    const struct engine *engine;
    uint32_t next, end, segment_end, later;
};    // rows NULL: none; later: the segment after the one being walked
void chain_open(const struct engine *engine, const struct table *table, uint32_t index, const value *key,
                const struct view *view,
                struct chain_walk *walk);    // key: whole row of values, only masked ones are read
bool chain_next(struct chain_walk *walk, uint32_t *row);
bool store_find(const struct engine *engine, uint32_t relation, const value *values, int64_t at,
                uint32_t *row);    // by key, in force at a moment, as known now
void store_prefetch(const struct engine *engine, uint32_t relation,
                    const value *values);    // a row of these values is soon written
void store_begin(struct engine *engine, uint32_t relation, const value *values, int64_t from, int64_t until);
void store_move(struct engine *engine, uint32_t relation, uint32_t row, int64_t until, write_kind kind);
bool store_add(struct engine *engine, uint32_t relation, const value *values, int64_t from,
               int64_t until);    // false: a clash
bool store_set(struct engine *engine, uint32_t relation, const value *values, int64_t from, int64_t until);
struct mark {
    uint32_t undo, stamp, dirty, norm_dirty, writes, ordinal, executed, executed_values, moments;
};
struct mark engine_mark(const struct engine *engine);
void engine_undo(struct engine *engine, struct mark mark);

// trigger.c
void trigger_find(struct engine *engine, uint32_t watch);
uint32_t evaluation_of(struct engine *engine, uint32_t watch, const uint32_t *slots, uint32_t slot_count);
void evaluations_find(struct engine *engine);
// Made when it is first asked for.
const struct plan *evaluation_plan(struct engine *engine, struct evaluation *evaluation);

// watch.c
void watch_init(struct engine *engine);
void watch_clear(struct engine *engine);    // nothing was ever true
void watch_release(struct engine *engine);
void watch_undo(struct engine *engine, const struct undo *undo);
void watch_note(struct engine *engine, uint32_t relation, uint32_t row, bool came, bool went);
run_status watch_settle(struct engine *engine, int64_t to);    // up to and with `to`, which becomes now
run_status watch_instant(struct engine *engine);               // at engine->now
// The first `never` that is true now and was not before stamp `before`, by the rows noted from norm_dirty[from] on;
// NO_ID where there is none.
run_status watch_never(struct engine *engine, uint32_t from, uint32_t before, uint32_t *norm);
// What past.c needs: whether a row touches a trigger, with what it binds; the plan of a watch with all of its binding
// known, made when it is first asked for; the bindings that an evaluation finds; a finding of a norm's binding over a
// time.
bool watch_takes(const struct trigger *trigger, const value *values, value *bound);
const struct plan *watch_check(struct engine *engine, struct watch_state *state);
run_status watch_collect(struct engine *engine, struct evaluation *evaluation, const struct dirty *dirty,
                         struct run *run, struct bindings *found);
value watch_finding(struct engine *engine, uint32_t watch, const value *binding, int64_t from, int64_t until);
void watch_commit(struct engine *engine);    // the entry stands
void watch_rewind(struct engine *engine,
                  uint32_t serial);    // it does not: timers as they were before timer number `serial`
// Begins a stretch of writes at a moment, for questions about the past.
void moment_begin(struct engine *engine, bool settled);

// effect.c
typedef enum { EFFECTS_DONE, EFFECTS_CLASH, EFFECTS_ARITHMETIC, EFFECTS_LIMIT } effects_status;
effects_status effects_run(struct engine *engine, const struct effect_plan *plans, uint32_t count, value *frame,
                           const struct frame *types);
bool duty_obligation(struct engine *engine, value duty, uint32_t *obligation, value *captured);
bool duty_row(const struct engine *engine, value duty, uint32_t *row);
void duty_end(struct engine *engine, value duty, uint32_t how);    // how: RELATION_RELEASED or RELATION_LAPSED
void duty_meet(struct engine *engine, value duty);
void duty_next(struct engine *engine, value duty);
void duty_escalate(struct engine *engine, value duty);
value finding_open(struct engine *engine, uint32_t norm, const value *binding, uint32_t width, const value *concerns,
                   uint32_t concern_count);
value finding_open_over(struct engine *engine, uint32_t norm, const value *binding, uint32_t width,
                        const value *concerns, uint32_t concern_count, int64_t from, int64_t until);
void finding_close(struct engine *engine, value finding);
value engine_next_entity(struct engine *engine);
void effects_plan(struct engine *engine, struct effect_plan *plans, const struct effect *effects, uint32_t count,
                  const bool *known);
void obligation_plan(struct engine *engine, uint32_t obligation, const bool *known);

// judge.c
void judge_plan(struct engine *engine);
const struct act_plan *act_plan(struct engine *engine, uint32_t act);          // made when it is first asked for
const struct effect_plan *upon_plan(struct engine *engine, uint32_t watch);    // likewise
bool judge_form(struct engine *engine, const struct entry *entry, struct receipt *receipt);
bool judge_entry(struct engine *engine, const struct entry *entry,
                 struct receipt *receipt);                  // settled already; false: refused, and the receipt says why
bool judge_close(struct engine *engine, value proposal);    // a proposal closes at engine->now; false: a limit
bool actor_fills(struct engine *engine, value bearer,
                 value actor);    // actor is the bearer, or holds the role that the bearer is
bool judge_waived(struct engine *engine, const struct clause *clause, struct view view, value *by);
uint32_t entry_made_count(const struct engine *engine, const struct entry *entry);

// late.c
// After an act or adoption that stands: what it wrote, from this stamp and place in the log on, may have begun in the
// past.
run_status late_review(struct engine *engine, uint32_t stamp, uint32_t writes);

// past.c
// Opens findings of norms that were broken in [least, now), by what is known now and was not before the stamp, and are
// no longer so.
run_status past_findings(struct engine *engine, uint32_t stamp, uint32_t writes, uint32_t writes_end, int64_t least);

// engine.c
uint32_t position_of_stamp(const struct engine *engine, uint32_t stamp);

#endif
