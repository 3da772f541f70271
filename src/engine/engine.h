// SPDX-License-Identifier: Apache-2.0
// engine: runs a program over a sequence of entries. Pure: no file, clock, chance, locale, float, hash order or address
// order.
//
// An evaluator is one of two: the engine proper (engine_new) or the naive one (naive_new in naive/naive.h), which says
// the same in the plainest way and is held against it. Both are used through the functions below.
#ifndef ENTENTE_ENGINE_ENGINE_H
#define ENTENTE_ENGINE_ENGINE_H

#include "lang/lang.h"

struct evaluator;

// ---- Entries -------------------------------------------------------------------------------------------------------
typedef enum {
    ENTRY_ACT,         // one call, a DIRECT act or event
    ENTRY_PROPOSE,     // calls: a package of acts BY_ORGAN of one organ; or one AGREED act
    ENTRY_ANSWER,      // answers; several at once in a session's record
    ENTRY_JOIN,        // object: an adopted proposal that the actor joins afterwards
    ENTRY_WITHDRAW,    // object: an open proposal, by its proposer
    ENTRY_CONFIRM,     // object: an entry recorded for the actor
    ENTRY_CONTEST,     // object: likewise
    ENTRY_TICK         // time passes, nothing else
} entry_kind;
struct argument {
    value value;
    struct span text;
};    // text: for TYPE_TEXT parameters; value: for all others
struct call {
    uint32_t act;
    const struct argument *arguments;
    uint32_t argument_count;
};
struct answer {
    value actor, proposal;
    uint32_t answer;
    struct span reason;
};    // answer: ANSWER_...; reason may be empty
struct entry {
    entry_kind kind;
    int64_t time, admitted;    // neither may be less than in the entry before
    value actor;        // ACT, PROPOSE, JOIN, WITHDRAW, CONFIRM, CONTEST: a party or office (or an organ for `by` that
                        // names it)
    bool recorded;      // entered by a registrar for the actor
    value registrar;    // ACTOR_NONE: a reconstruction
    struct span medium;    // recorded: medium and reference
    const struct call *calls;
    uint32_t call_count;
    const struct answer *answers;
    uint32_t answer_count;
    value object;
};
// Ordinals of an entry at position n: ACT: the act's made entities in order, from 0. PROPOSE: the proposal is 0, then
// the made entities item by item; a later item may name one that an earlier item makes. Then duties and findings as
// they open.

// ---- Receipts ------------------------------------------------------------------------------------------------------
typedef enum {
    RECEIPT_DONE,
    RECEIPT_REFUSED,
    RECEIPT_TURNED_AWAY
} receipt_status;    // TURNED_AWAY: a limit; nothing is entered
typedef enum {
    REFUSAL_NONE,
    REFUSAL_TIME,         // before the entry before it, or outside the years 1..9999
    REFUSAL_MALFORMED,    // wrong number of arguments, value outside its type, no such act, kind of entry that does not
                          // fit the act
    REFUSAL_NO_ENTITY,    // an argument names an entity that is not there, or of another type
    REFUSAL_REGISTRAR,    // `records by` does not name the registrar
    REFUSAL_ACTOR,        // `by`, `proposed by`, `reported by` is not met; or no seat proposes
    REFUSAL_REQUIRE,      // clause: which
    REFUSAL_CLASH,        // an effect clashes; effect: its place
    REFUSAL_NEVER,        // norm: which
    REFUSAL_ARITHMETIC,     // overflow, division by zero, a time outside the years
    REFUSAL_CLOSED,         // the decision is not open
    REFUSAL_NO_SEAT,        // the actor answers for no seat
    REFUSAL_NOT_ADOPTED,    // join: not adopted, or no seat in the organ
    REFUSAL_NOT_PROPOSER,
    REFUSAL_NOT_RECORDED,    // confirm, contest: not recorded for this actor, or already confirmed or contested
    REFUSAL_CONTEST_LATE,
    REFUSAL_LIMIT    // a named limit on rows or firings of one entry; TURNED_AWAY
} refusal;
const char *refusal_text(refusal refusal);    // "the actor answers for no seat"

typedef enum {
    WRITE_BEGIN,
    WRITE_END,
    WRITE_MOVE
} write_kind;    // END: its until became `until`; MOVE: extended to `until`; a void row has until == from
struct write {
    write_kind kind;
    uint32_t relation;
    const value *values;
    int64_t from, until;
};
struct late_outcome {
    uint32_t position;
    bool would_be_done;
};    // an entry whose conditions, asked again with the late row known, come out otherwise

struct receipt {
    receipt_status status;
    uint32_t position;    // of the entry (done), or that it would have had
    refusal refusal;
    uint32_t item;                      // which call of a package
    uint32_t clause;                    // REQUIRE: index in act->clauses
    uint32_t norm;                      // NEVER
    const struct citation *citation;    // what refuses, where the treaty does; else NULL
    struct span message;                // what refuses, in words
    uint32_t frame_count;
    const value *frame;
    const bool *bound;    // of the act at the failing clause, for the explainer
    const struct write *settled;
    uint32_t settled_count;    // what fell due since the entry before
    const struct write *writes;
    uint32_t write_count;    // what the entry did and caused at its own second, in order
    const struct late_outcome *late;
    uint32_t late_count;
};    // pointers live until the next call on the evaluator

// ---- Questions -----------------------------------------------------------------------------------------------------
#define POSITION_LAST UINT32_MAX
struct question {
    int64_t time;
    uint32_t position;
};    // POSITION_LAST: all entries at or before `time`. Position 0: none.
typedef enum {
    ASK_OK,
    ASK_STOPPED,    // STOPPED: the visitor returned false
    ASK_LIMIT,
    ASK_NO_SUCH_POSITION
} ask_status;
struct found {    // one row that holds at the question's time, as known at its position
    const value *values;
    int64_t from, until;      // base rows; derived: the question's time and TIME_MAX
    uint32_t begun, ended;    // positions of the entries that began it and that fixed its present end (0: the program,
                              // or not ended)
};
typedef bool (*ask_visitor)(void *context, const struct found *row);
#define ASK_ROWS_MAX 10000000u    // rows touched by one question

struct evaluator_methods {
    void (*free)(struct evaluator *);
    struct evaluator *(*again)(struct evaluator *);
    void (*submit)(struct evaluator *, const struct entry *, struct receipt *);
    void (*judge)(struct evaluator *, const struct entry *, struct receipt *);
    ask_status (*ask)(struct evaluator *, struct question, uint32_t relation, const value *pattern, ask_visitor,
                      void *);
    void (*rows)(struct evaluator *, uint32_t relation, ask_visitor, void *);
    void (*hash)(struct evaluator *, uint32_t position, uint8_t digest[32]);
};
struct evaluator {
    const struct evaluator_methods *methods;
    const struct program *program;
    struct names texts;    // begins with the program's; goes on with those of entries, in order of entry
    uint32_t position;     // of the last entry; 0 before any
    int64_t time;          // of the last entry; TIME_MIN before any
};

void evaluator_free(struct evaluator *evaluator);
// An evaluator of the same program to which nothing was submitted; the one handed over is taken, and what could be kept
// of it was. Between stories it is quicker than a new one.
struct evaluator *evaluator_again(struct evaluator *evaluator);
// Judges the entry and, unless it is refused or turned away, enters it.
void evaluator_submit(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt);
// Judges it and leaves everything as it was.
void evaluator_judge(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt);
// Visits each row of a relation that holds at the question's time and matches the pattern (VALUE_ANY matches anything),
// once, in ascending order of values. Beyond the last entry it is a projection: what would be if nothing but time
// happened.
ask_status evaluator_ask(struct evaluator *evaluator, struct question question, uint32_t relation, const value *pattern,
                         ask_visitor visit, void *context);
// Visits every row that a base relation ever had, as known now, in the order in which they were written; void rows too
// (until == from).
void evaluator_rows(struct evaluator *evaluator, uint32_t relation, ask_visitor visit, void *context);
// State hash after entry `position` (0: of the program alone, 32 zero bytes).
void evaluator_hash(struct evaluator *evaluator, uint32_t position, uint8_t digest[32]);
struct entry_info {
    int64_t time, admitted;
    entry_kind kind;
    value actor;
    bool recorded;
};

// The text id of a constant to ask with; VALUE_ANY + 1 (matches nothing) where no such text was ever seen.
value evaluator_text(const struct evaluator *evaluator, struct span text);

struct evaluator *engine_new(const struct program *program);
struct engine_counts {
    uint64_t rows_touched, rows_stored, bytes_stored, firings;
};
struct engine_counts engine_count(const struct evaluator *engine);    // of the engine proper, for the bench

// ---- Limits: what one entry may cause ------------------------------------------------------------------------------
#define WRITES_MAX 60000u         // rows begun, ended or moved by one act, adoption or firing
#define FIRINGS_MAX 20000u        // firings at one entry, what falls due before it included
#define ANSWERS_MAX 1024u         // in one entry
#define CALLS_MAX 64u             // in one package
#define LATE_MAX 10000u           // acts asked again for what one act or adoption wrote of the past
#define LOOKS_BACK_MAX 100000u    // times that norms are looked at in the past for what one act or adoption wrote of it
#define TEXT_BYTES_MAX 65536u     // of one text argument

// ---- What happens, in order ----------------------------------------------------------------------------------------
//
// submit(entry at T), position n:
//  1. Form (MALFORMED, TIME, LIMIT) before anything else. TURNED_AWAY and refused entries leave no trace; texts are
//  forgotten too.
//  2. Settle to T: for each moment m with previous time < m <= T at which something may change, ascending: the instant
//  at m. These writes belong to n.
//     (The first entry settles from its own time only.) If the entry is then refused, the settling is taken back with
//     it.
//  3. Entities among arguments (NO_ENTITY), registrar (REGISTRAR), the actor (ACTOR), then as below. The writes:
//     ACT: [recorded(entry n => actor)] if recorded; then run_call. An entry's value is entity_of(n, 0) as an `entry`.
//     PROPOSE: all calls one after another are run on trial (as at adoption) and taken back; a failure refuses. Then:
//     [recorded],
//        proposed(p => actor), laid-before(p => organ or, AGREED, the actor), open(p), P#governs(p => parameters), per
//        item i from 1: item(p, i => parameters, made, actor). If a seat of p is the proposer (or speaks for one: the
//        first such seat ascending): answered(p, seat => consent). `decides` of the first call counts; all calls of a
//        package must be BY_ORGAN of the same organ and procedure (MALFORMED).
//     ANSWER: [recorded(entry => actor of the first answer)]; per answer: open? (CLOSED); its seat (NO_SEAT): with a
//     voice relation each seat s of p for
//        which voice(actor, s, p), first ascending, else the actor itself; set answered(p, seat => answer); if a reason
//        is given set reason(p, seat => text).
//     JOIN: adopted(p) and the actor is a seat of the organ now (organ's seats relation; AGREED: refused); add
//     joined(p, actor) (a clash refuses). WITHDRAW: proposer only; seated rows, end open(p), add outcome(p =>
//     withdrawn). CONFIRM: add confirmed(e). CONTEST: add contested(e), then a finding of contested_norm about e. TICK:
//     nothing.
//  4. never-guard: for each NORM_NEVER in order, bindings true now, or at any later start of a row known now (of a
//  relation that the `never` reads, directly or through rules), by what is
//     known now, and not true at that moment by what was known before step 3 (after settling): the first refuses (ACT:
//     yes; PROPOSE, ANSWER and the others: not guarded; adoption: see below; events are not guarded, their findings
//     open). Then what an act wrote of the past is reviewed (late rows, below).
//  5. The instant at T.
//
// run_call(act, frame): requires in order (one that is not met, while waived(it => e) holds, is remembered instead);
// oughts in order (remembered); effects in order; then duties met: for each obligation with `to` this act in order of
// place number,
//     the oldest (least) open duty d of it whose pattern matches and whose bearer is the actor, or is a role that the
//     actor (or, BY_ORGAN, the organ) fills at this moment: end duty(d), end nothing else, add met(d => 0 or 1: now >=
//     due). Only duties opened by earlier entries or earlier in this one before the call began. Then each clause
//     remembered opens a finding, in order (ought: binding none; waived: e). An event whose effects clash: its effects
//     are taken back, a finding of void_norm opens.
// The actor of a BY_ORGAN call is the organ.
//
// Effects: FOR_EACH runs its effects once per binding, ascending. Bindings are found before any effect of the call is
// applied for the
//     top level; all expressions of all effects of a call are evaluated over the state before the call's effects.
//     OBLIGE: duty(d => bearer, due or TIME_MAX), obliged(d => obligation), obligation.relation(d => captured); with
//     `every` also series(d => now, 1, now + period), and the duty's due is that. If `that` is true already, the duty
//     is met at the instant. RELEASE d: end duty(d), add released(d); a clash where d is not open. An obligation
//     without norm (ACTOR_NONE bearer: leads to) has concerns none. UPHOLD f: end alleged(f), add upheld(f); clash
//     where not alleged. DROP f: end alleged(f) if it is, end finding(f), add dropped(f); clash where finding(f) is not
//     open. ANNUL e at t: every row begun by entry e that is in force or to come at max(t, now) ends there, in the
//     order written; system relations excepted.
//         Then the rows of in-doubt that name e in either column end there. AFFIRM e: rows of in-doubt(e, _) in force
//         end; a clash where there is none. Rows of waived(_, e) end there too. WAIVE c: set waived(c => this entry)
//         until its end; a clash where c is not waivable.
// Whenever a duty ends (met, released, lapsed), its open NORM_OVERDUE or NORM_LEADS_TO findings close right after the
// duty's own writes. Opening a finding f of norm k: finding(f => k), norm.relation(f => binding), concerns(f, a) for
// each distinct party or actor value of the binding in order (for an
//     act's ought: the actor; for an overdue duty: its bearer), alleged(f) for NEVER. Closing: end finding(f), and
//     alleged(f) if it holds.
//
// Instant at m: docs/language.md, section 13. CLOSE p fires: the outcome is found by the procedure's outcomes (while
// open(p) still holds); seated(p, s) for each seat ascending, end open(p); if it is `adopted`: add outcome(p =>
// adopted), then run the
//     calls; where one fails (require, clash, arithmetic) or a never becomes newly true, all is taken back to before
//     the outcome row and outcome(p => not-executable) stands. Else add outcome(p => that). MET d: end duty(d), add
//     met(d => now >= due). LAPSE d: end duty(d), add lapsed(d). UPON: effects with the binding; a clash or arithmetic
//     error takes them back and opens a finding of the watch's norm (binding: none). OVERDUE d: a finding of the
//     obligation's norm (binding: d); then the `then` obligation opens, its `each`, bearer, due over the duty's
//     captured frame. The finding closes when duty(d) ends: at the same write place, right after it. PERIOD d: end
//     series(d); if the `while` conditions hold, the next duty e opens: same bearer, captured; series(e => start,
//     number + 1, start + (number + 1) * period). A norm's findings: closing in order of binding, then opening in order
//     of binding.
//
// Arithmetic that fails (overflow, division by zero, a time outside the years): in the conditions of rules, watches,
// norms and procedures asked by a watch, that
//     comparison is simply not met; in an act's own judging and effects it refuses. A sum is exact; only its result
//     must fit.
// Matches of duties, and who fills a role, are found over the state before the call's effects.
// What both evaluators read alike where the above leaves it open:
//  Form: MALFORMED, TIME, LIMIT in this order. VALUE_ANY is no argument; a role is no actor of an entry or an answer;
//  no answers at all are MALFORMED. Ordinals of duties and findings go on from those of all entities that the entry
//  makes (the proposal included), in settling too; what is taken back gives
//     its ordinals back. Rows that settle between position p and the entry after it are that entry's also for a
//     question at p; beyond they are those of a TICK. Before the first entry there are only given rows: nothing
//     settles. evaluator_rows begins with the given ones.
//  NO_ENTITY: what an entry names is there from that entry on, in a proposal too, whatever becomes of it: whether a
//  mandate is in force is for the treaty's `require` to say. The proposal or entry that an ANSWER, JOIN, WITHDRAW,
//  CONFIRM, CONTEST names is looked for after the registrar was asked, answer by answer. [recorded] is the first row of
//  every recorded entry but a TICK. Where the treaty has no `records by`, no registrar records for others (REGISTRAR).
//  Actor: BY_ORGAN without `proposed by`: the actor is in the organ's seats, or voice(actor, s, p) for one of them,
//  asked with the rows of p (proposed ... item) there
//     on trial. With `proposed by` of its own each call asks it. At adoption `by` is not asked again; its variable is
//     taken from the actor of the item. Trials before a proposal hold the never-guard too (NEVER). WITHDRAW asks open
//     (CLOSED), then NOT_PROPOSER. Late to contest: now >= time of the entry + the duration.
//  Guard at adoption: bindings true after the calls and not before the outcome row, at the moments of step 4.
//  `by REL x` admits any actor for which REL(x) holds. The variable of `proposed by` is bound again at adoption, from
//  the proposer. Agenda: after each firing all watches but norms are sampled anew, and the first in order that is true
//  and has not fired since it was last sampled false comes next.
//     Norms are sampled only in (2), one after the other, each seeing the findings of those before; after the last one,
//     (1) again if any finding opened or closed. A finding that was dropped does not open again before its norm was
//     sampled without it.
//  Set and end go through rows in the order written. `end ... at T` touches rows whose end is after T. `until` in the
//  past is a clash unless `from occurred` is in the past too;
//     `extend` clashes where two rows in force match, where the longer row would meet another of its key, or would be
//     empty. ANNUL excepts relations that every treaty has and hidden ones.
//  Duties met: those open before the effects and still open after them. Events: where effects clash or cannot be
//  computed: [recorded], duties met, the finding of void_norm. `found.ended` of a row begun with an end of its own: the
//  entry that began it. `count` counts the distinct values of its head; sum, min, max go over the distinct bindings of
//  the slots of the aggregate. An effect whose min or max has no rows is ARITHMETIC. Division truncates,
//     `a mod b` has the sign of a. time + duration: months first, then seconds.
//  Late rows: those begun by an act or adoption with from before the moment of writing. Reviewed after its guard,
//  before anything follows from it: each call of an ACT or an
//     adoption of an entry k before, run at or after the least such from, whose `require`s read a relation of the late
//     rows: those `require`s at the place where it ran, with these rows added, and rows of the same key that were ended
//     in the past ended. Entries that one of them would have refused are listed once per entry, ascending within a
//     review; then in-doubt(k, this entry) is added for each. An entry listed already is not asked again. Then findings
//     of the past: for each norm that is watched, in order, each binding and each [a, b) within [the least from, now)
//     in which it was true by what is known now (the doubts included) and not by what was known before the act, as long
//     as possible; not those that reach now and are true now. They are found for all norms before the first is written.
//     Such a finding's rows begin at a; finding and alleged end at b.
//  Findings: the relation of a NORM_ACT_OUGHT or NORM_VOID keeps the finding alone. A NORM_LEADS_TO finding binds its
//  duty and concerns nobody.
//     obliged keeps the obligation's index.
// Limits: an act beyond WRITES_MAX is TURNED_AWAY, an adoption beyond it is not-executable, a firing of `upon` beyond
// it or after FIRINGS_MAX is void, with one finding of
//     the watch's norm for each `upon` and entry; a periodic duty after FIRINGS_MAX ends its series, with a finding of
//     its norm (binding: the duty). So no limit blocks a later entry.
// Hash: evaluator_chain below, over the writes settled and then the own.

// The digest after an entry: SHA-256 over the digest before, the entry's time and admitted time, then each write: its
// kind (one byte), the length and bytes of the relation's name, each value (8 bytes big-endian; a text: its length and
// bytes), from, until. Lengths are 4 bytes big-endian.
void evaluator_chain(const struct evaluator *evaluator, struct sha256 *sha, struct text *scratch,
                     const uint8_t before[32], const struct entry *entry, const struct write *settled,
                     uint32_t settled_count, const struct write *writes, uint32_t write_count, uint8_t digest[32]);

#endif
