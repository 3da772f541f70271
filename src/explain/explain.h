// SPDX-License-Identifier: Apache-2.0
// explain: why something is so, why it is not, why an act was refused: proof trees, made on demand.
//
// A tree is made by asking an evaluator, and by reading the program's rules beside what it answers; nothing is
// remembered for it while the treaty runs. Its leaves are rows with the entries that began them, its inner nodes are
// rules with their citations. Every comparison shows the numbers on both sides, every aggregate what it ranged over.
#ifndef ENTENTE_EXPLAIN_EXPLAIN_H
#define ENTENTE_EXPLAIN_EXPLAIN_H

#include "engine/engine.h"

// ---- Limits: where one is passed, the tree says that it was cut ----------------------------------------------------
#define EXPLAIN_NODES_MAX 2000u      // of one tree
#define EXPLAIN_DEPTH_MAX 64u
#define EXPLAIN_LIST_MAX 12u         // rows or bindings shown side by side; the rest is counted
#define EXPLAIN_STEPS_MAX 1000000u   // rows looked at while one tree is made

// ---- What the asker knows of the log -------------------------------------------------------------------------------
// Both functions may be NULL. Without `entry` an entry is named by its position alone, without `name` an entity by its
// number.
struct explain_log {
    void *context;
    // The entry at a position, NULL where it is not known. `where` takes "line 12" or whatever leads the reader to it;
    // it may stay empty.
    const struct entry *(*entry)(void *context, uint32_t position, struct span *where);
    // What the reader calls an entity (`d1`, `crisis`); length 0 where it has no name.
    struct span (*name)(void *context, struct type type, value entity);
    // What a format or a text is in the reader's language, with the same arguments in the same order; NULL: English.
    const void *language;
    const char *(*say)(const void *language, const char *english);
};

// ---- Trees ---------------------------------------------------------------------------------------------------------
typedef enum {
    EXPLAIN_CLAIM,           // the root: what is explained, and whether it is so
    EXPLAIN_ROW,             // a base row that holds
    EXPLAIN_DERIVED,         // a derived fact that holds; its child is the rule
    EXPLAIN_RULE,            // a rule, with its citation; its children are its conditions
    EXPLAIN_ABSENT,          // no such row holds
    EXPLAIN_COMPARISON,      // both sides with their values
    EXPLAIN_AGGREGATE,       // what a count, sum, min or max ranged over
    EXPLAIN_NOT,             // a negation, or `every`
    EXPLAIN_EVERY,
    EXPLAIN_CLAUSE,          // a clause of an act, or a norm
    EXPLAIN_ENTRY,           // the entry that began or ended something
    EXPLAIN_NEAR,            // a row that comes near to one that is absent
    EXPLAIN_MISSING,         // what would have to be so
    EXPLAIN_REMEDY,          // what would bring it about: an act, by whom
    EXPLAIN_NOTE,
    EXPLAIN_CUT              // a limit was passed: there is more
} explain_kind;
typedef enum { EXPLAIN_NEUTRAL, EXPLAIN_HOLDS, EXPLAIN_FAILS } explain_truth;

struct explain_node {
    explain_kind kind;
    explain_truth truth;
    struct span text;                        // one line
    struct span citation;                    // "[PKA 3, disputed]" with its standing; may be empty
    tree_standing standing;                  // of the citation; DEFAULT where there is none
    uint32_t position;                       // of the entry that it rests on; 0: none
    int64_t time;                            // from when it is so, where that is known; else TIME_MIN
    bool restates;                           // says only what its parent or its children say too
    struct explain_node *first, *last, *next;    // children in order; the next sibling
};
const char *explain_kind_name(explain_kind kind);      // "row", "derived", ...: as in the JSON

// ---- Explaining ----------------------------------------------------------------------------------------------------
// Trees live in `arena`. The evaluator is asked, never changed (a refusal is not judged again).
struct explainer {
    struct arena *arena;
    struct evaluator *evaluator;
    struct question question;                // position POSITION_LAST: the last entry at or before its time
    const struct explain_log *log;           // may be NULL
};

// Why the row holds. Where it does not, the tree is that of explain_absent.
struct explain_node *explain_fact(const struct explainer *with, uint32_t relation, const value *values);
// Why no row matches; VALUE_ANY matches anything. Where one does, the tree is that of explain_fact for the first.
struct explain_node *explain_absent(const struct explainer *with, uint32_t relation, const value *pattern);
// Why the entry was refused. The receipt must be the evaluator's latest or a copy whose pointers live. The state asked
// is the one before the entry (with->question is not used).
struct explain_node *explain_refusal(const struct explainer *with, const struct entry *entry,
                                     const struct receipt *receipt);
// Why in one line: the receipt's message, or where that is general (a limit, arithmetic) what it was about here.
struct span explain_message(const struct explainer *with, const struct entry *entry, const struct receipt *receipt);
// What a duty is, since when, through which entry and article, what becomes of it, and what would meet it. NULL: no
// such duty is known.
struct explain_node *explain_duty(const struct explainer *with, value duty);
// Likewise a finding: its norm, binding, cause, and what would close it.
struct explain_node *explain_finding(const struct explainer *with, value finding);
// Likewise a proposal: its text, the answers, what is missing for it to close, its outcome, and why that one: how the
// outcomes before it failed, with the figures at the moment of closing.
struct explain_node *explain_proposal(const struct explainer *with, value proposal);
// Why a proposal that was adopted could not be carried out: which item failed, its words, its article. NULL: it could,
// or was not adopted. The question is not used: it is asked of the moment of closing.
struct explain_node *explain_obstacle(const struct explainer *with, value proposal);
// The first rule, in the order of the treaty, by which a derived row holds; NULL: none was found within the limits.
const struct rule *explain_rule(const struct explainer *with, uint32_t relation, const value *values);
// Which entry began each row that matches and which one ended it, over all time: one child per row.
struct explain_node *explain_blame(const struct explainer *with, uint32_t relation, const value *pattern);

// ---- Printing ------------------------------------------------------------------------------------------------------
// Indented, at most `width` columns (100).
void explain_print_text(const struct explain_node *tree, struct text *out, bool colour);
void explain_print_within(const struct explain_node *tree, uint32_t width, struct text *out, bool colour);
// Of a refusal the decisive lines alone: what failed, what is missing, what would bring it about. Without the root and
// its citation; not wrapped, three blanks deeper on each level.
void explain_print_decisive(const struct explain_node *tree, struct text *out);
// An object without a newline.
void explain_print_json(const struct explain_node *tree, struct text *out);
// A time in JSON: RFC 3339 in UTC, in quotes; null for since ever and without end.
void explain_print_moment(int64_t time, struct text *out);
// Nested <details class="why">.
void explain_print_html(const struct explain_node *tree, struct text *out);

// ---- Conditions by themselves (coverage uses this) -----------------------------------------------------------------
typedef enum { EXPLAIN_NO, EXPLAIN_YES, EXPLAIN_UNKNOWN } explain_answer;      // UNKNOWN: arithmetic, or a limit
// The first solution of conditions over a frame. `values` and `bound` hold what is bound on entry, and the solution's
// bindings on YES; otherwise they are left as they were.
explain_answer explain_holds(const struct explainer *with, const struct frame *frame, struct conditions conditions,
                             value *values, bool *bound);
// Visits every solution, in no order that is promised; false from the visitor stops (and is YES). YES: there was one.
typedef bool (*explain_visitor)(void *context, const value *values, const bool *bound);
explain_answer explain_solutions(const struct explainer *with, const struct frame *frame,
                                 struct conditions conditions, value *values, bool *bound,
                                 explain_visitor visit, void *context);
// A value as the asker's names have it, else as program_print_value.
void explain_print_value(const struct explainer *with, struct type type, value v, struct text *out);

#endif
