// SPDX-License-Identifier: Apache-2.0
// scenario: stories that a treaty is tried on. One format for replay and test: read it, run it on an evaluator, tell
// it; and views of what an evaluator knows (duties, decisions, findings, facts) for people and programs. Format:
// docs/scenarios.md.
//
// Whatever is returned lives in the arena that is named; spans may point into the program and the evaluator, which must
// outlive it.
#ifndef ENTENTE_SCENARIO_SCENARIO_H
#define ENTENTE_SCENARIO_SCENARIO_H

#include "engine/engine.h"
#include "labels/labels.h"

// ---- Steps ----------------------------------------------------------------------------------------------------------
// An operand is a value as written: known at once, or only when the step before it has run.
typedef enum {
    OPERAND_VALUE,           // `value` of `type`; of a role written chair(ORGAN) `name` is the organ, from 1
    OPERAND_TEXT,            // `text`
    OPERAND_NAME,            // scenario->names[name], bound by an earlier step or by this one
    OPERAND_ROLE,            // the role of relation `name` over `inner` (not NULL): chair-of(op)
    OPERAND_ANY              // _ or left out
} operand_kind;
struct operand {
    operand_kind kind;
    struct type type;
    value value;
    struct span text;
    uint32_t name;
    const struct operand *inner;
    struct place place;
};
struct scenario_name { struct span text; struct type type; struct place place; };

struct scenario_call { uint32_t act; const struct operand *arguments; uint32_t argument_count; struct place place; };
struct scenario_answer { struct operand actor, proposal; uint32_t answer; struct span reason; };

typedef enum {
    RESULT_DONE, RESULT_REFUSED, RESULT_PROPOSED, RESULT_ANSWERED,
    RESULT_OUTCOME,          // `outcome` of the proposal that the step concerns
    RESULT_DUTY, RESULT_MET, RESULT_RELEASED, RESULT_LAPSED,     // of a duty that this step opened or ended
    RESULT_FINDING, RESULT_CLOSES,
    RESULT_LATE              // `count` entries that would have come out otherwise
} result_kind;
// A duty as it is looked for: who is to do what. arguments: those that were written, OPERAND_ANY for the rest.
struct duty_pattern {
    struct operand bearer;
    uint32_t act;                    // NO_ID: any
    const struct operand *arguments; uint32_t argument_count;
};
struct scenario_result {
    result_kind kind;
    struct place place;
    struct span message; bool with_message;      // REFUSED, FINDING, CLOSES
    struct span citation;                        // REFUSED: as printed, without brackets; length 0: not asked
    bool alleged;                                // FINDING
    uint32_t outcome;
    uint32_t count;
    struct duty_pattern duty;
    uint32_t bound;                              // DUTY, FINDING: the name after `as`, or NO_ID
};

typedef enum { EXPECT_FACT, EXPECT_DUTY, EXPECT_OVERDUE, EXPECT_MET, EXPECT_FINDING, EXPECT_DECISION } expect_kind;
struct scenario_expect {
    expect_kind kind;
    bool negated;
    uint32_t relation; const struct operand *pattern;      // FACT: column_count operands
    struct duty_pattern duty;
    struct span message; bool alleged;
    struct operand proposal; uint32_t outcome;             // DECISION; outcome NO_ID: open
    uint32_t bound;                                        // DUTY, OVERDUE, FINDING: the name after `as`, or NO_ID
};

typedef enum {
    STEP_ACT, STEP_PROPOSE, STEP_ANSWER, STEP_JOIN, STEP_WITHDRAW, STEP_CONFIRM, STEP_CONTEST, STEP_TICK, STEP_EXPECT
} step_kind;
struct scenario_step {
    step_kind kind;
    struct place place;
    int64_t time;                    // the clock; EXPECT: the moment asked about
    int32_t offset;                  // in which that time was written
    bool try;                        // judged, not entered
    bool recorded; struct operand registrar;                         // registrar OPERAND_ANY: a reconstruction
    struct span medium;              // with its standing and what other readings there are, in words
    tree_standing standing;          // of what is recorded; DEFAULT: nothing was said
    struct span table; uint32_t row; // of a register: where it comes from; row 0: it stands in the scenario
    struct operand actor;
    const struct scenario_call *calls; uint32_t call_count;          // ACT: one
    const struct scenario_answer *answers; uint32_t answer_count;
    struct operand object;                                           // JOIN, WITHDRAW, CONFIRM, CONTEST
    struct span reason;                                              // CONTEST
    uint32_t proposal;                                               // the name after `as` of a proposal, or NO_ID
    const uint32_t *made; uint32_t made_count;                       // names, in order of the entities made
    uint32_t entry;                                                  // the name after `entry`, or NO_ID
    const struct scenario_result *results; uint32_t result_count;    // after ->
    struct scenario_expect expect;
};

struct scenario {
    struct span title;               // "" where none is given
    struct span path;                // of its file
    struct place place;
    const struct scenario_step *steps; uint32_t step_count;
    const struct scenario_name *names; uint32_t name_count;
    bool with_end; int64_t end; int32_t end_offset;      // the last `at` that is stated
    bool imports;                    // it takes a register in, which may be empty
};

// ---- Reading --------------------------------------------------------------------------------------------------------
#define SCENARIO_STEPS_MAX 100000u   // of one scenario
struct import_register;
struct scenario_set {
    struct arena arena;
    VEC(struct scenario) all;
    struct import_register *registers;       // that its scenarios take in, the last one first
    struct span only;                        // scenarios of another title are read without their steps; length 0: none
};
void scenario_set_init(struct scenario_set *set);
void scenario_set_release(struct scenario_set *set);

// Adds the scenarios of a file, or of every .md file at or below a folder in the order of their paths. False where one
// is wrong (then nothing is added, all errors of all files are in `all`) or cannot be read (a diagnostic too). A file
// without scenarios is none.
MUST_USE bool scenario_read(struct diagnostics *all, const struct program *program, const char *path,
                            struct scenario_set *set);
MUST_USE bool scenario_read_text(struct diagnostics *all, const struct program *program, struct span path,
                                 struct span text, struct scenario_set *set);

// ---- Registers: tables whose rows are steps (docs/import.md) --------------------------------------------------------
#define TABLES_MAX 256u              // of one register
#define TABLE_BYTES_MAX 16777216u    // of one table
#define TABLE_ROWS_MAX 20000u        // likewise
#define TABLE_COLUMNS_MAX 64u        // likewise
#define CELL_BYTES_MAX 16384u        // of one cell
struct register_file { struct span path, text; };
// Adds one scenario: `after`, where it is not NULL (of a file that was read into `all`), then every row of the register
// in the folder. False where anything is wrong with a map, a table or a row: all of it is said, and nothing is added.
// batch: what was read, as a file of scenarios that does the same.
MUST_USE bool scenario_import(struct diagnostics *all, const struct program *program, const char *folder,
                              const struct scenario *after, struct scenario_set *set, struct text *batch);
// The same of files in memory: .md and .csv.
MUST_USE bool scenario_import_text(struct diagnostics *all, const struct program *program, struct span path,
                                   const struct register_file *files, uint32_t count, struct scenario_set *set,
                                   struct text *batch);

// The treaty that a scenario file belongs to: the file itself where a treaty block of it begins with `treaty`, even a
// wrong one; else the nearest folder above it of which an .md file directly in it does. A folder is asked itself, then
// those above it, last what lies below it. Length 0: there is none.
struct span scenario_find_treaty(struct arena *arena, const char *path);

// ---- Explanations, filled in by who knows the explainer -------------------------------------------------------------
// Each writes lines of plain text, the first one not indented, or nothing. A NULL function explains nothing.
#define FORETOLD_MAX 100u        // moments to come that are looked at for one entry
struct scenario_reasons {            // of a refusal
    struct text whole;               // the tree
    struct text decisive;            // the lines that decide, each indented by its level; not wrapped
    struct text html;
};
struct scenario_why {
    void *context;
    // The run is to be told: each refusal is explained, each step says what its rows to come will break. Without it only
    // what fails is explained.
    bool told;
    // Why this entry was refused; the receipt is a copy that stays. Called while the evaluator stands where it refused.
    void (*refused)(void *context, struct evaluator *evaluator, const struct entry *entry,
                    const struct receipt *receipt, struct scenario_reasons *out);
    // Why a row that matches the pattern holds, or why none does.
    void (*fact)(void *context, struct evaluator *evaluator, struct question question, uint32_t relation,
                 const value *pattern, struct text *out);
    // For a page, as HTML elements that may stand in a <div>: <details class="why"> and the like.
    void (*duty_html)(void *context, struct evaluator *evaluator, struct question question, value duty,
                      struct text *out);
    void (*finding_html)(void *context, struct evaluator *evaluator, struct question question, value finding,
                         struct text *out);
    void (*decision_html)(void *context, struct evaluator *evaluator, struct question question, value proposal,
                          struct text *out);
    const struct labels *labels;     // of the language that the run is told in; NULL: as it is
};

// ---- Words: how values and entries are called for people ------------------------------------------------------------
// A run gives the scenario's names; a ledger may give its own. A zeroed one prints as program_print_value does, at the
// treaty's offset.
struct scenario_words {
    void *context;
    struct span (*entity)(void *context, struct type type, value entity);    // length 0: it has no name
    // What entry `position` was, in a few words; length 0: unknown.
    struct span (*entry)(void *context, uint32_t position);
    // Whether what was written of `key` with entry `position` fell due before it, and is not its doing; NULL: not known.
    bool (*fell_due)(void *context, uint32_t position, write_kind kind, uint32_t relation, value key);
    // How sure it is that entry `position` was made; NULL: nothing is known of that.
    tree_standing (*standing)(void *context, uint32_t position);
    // What entry `position` was recorded from, with its standing and what other readings say; length 0: it was signed.
    struct span (*record)(void *context, uint32_t position);
    bool with_offset; int32_t offset;                                        // times are shown at this offset
    const struct labels *labels;     // names and reports are in their language; NULL: names as they are, in English
};
void scenario_value_print(const struct evaluator *evaluator, const struct scenario_words *words, struct type type,
                          value v, struct text *out);

// A file's name, or what else a stranger chose, for a terminal: what would move the cursor, turn the direction of
// writing or is not UTF-8 stands as \xNN. Line ends and tabs stay.
void scenario_visible_print(struct span text, struct text *out);

// ---- Running --------------------------------------------------------------------------------------------------------
struct step_result {                 // what became of a step
    const struct scenario_step *step;
    bool entered;
    uint32_t first, last;            // positions of the entries it made; the last one alone for most
    struct receipt receipt;          // of the last entry, copied: everything it points to lives as long as the run
    const struct write *writes; uint32_t write_count;         // what all its entries did at their own second
    const struct write *settled; uint32_t settled_count;      // what had fallen due before them
    const struct entry *entries; uint32_t entry_count;        // as submitted or judged
    struct span words;               // who did what: KAZ appeal (assistance, “KAZ states: ...”)
    uint32_t who_length;             // of the part that says who
    struct span sure_words;          // the same with the standing of its record; length 0: it is documented
    // Findings that would open as rows which it wrote begin or end, if nothing but time happened: opened says when.
    const struct finding_view *foretold; uint32_t foretold_count;
    bool foretold_cut;               // it wrote of more moments to come than are looked at
    bool held;                       // EXPECT
    bool explained;
    struct span why, why_html, why_decisive;       // refusals: the reasons, where it is explained
    bool failed;
    bool not_run; uint32_t missing;  // it names `missing`, a name of the scenario, which the step that was to did not
};
// step: NO_ID where it is the scenario itself. why may be empty.
struct scenario_failure { struct place place; uint32_t step; struct span expected, got, why; };

struct scenario_run {
    struct arena arena;
    const struct scenario *scenario;
    struct evaluator *evaluator;     // borrowed; stands after the last entry
    struct scenario_why why;
    value *names; bool *bound;       // per name of the scenario
    VEC(struct step_result) steps;
    VEC(struct scenario_failure) failures;      // empty: it passed
    struct scenario_words words;
};
// Called after each step (and before it, with `result` NULL).
struct scenario_observer {
    void *context;
    void (*step)(void *context, struct evaluator *evaluator, const struct scenario_step *step,
                 const struct step_result *result);
};

// Runs all steps on a fresh evaluator. A failure does not stop the run. why, observer: may be NULL.
// The run and what it shows are valid until the evaluator is freed; `run` must not move.
void scenario_run(const struct scenario *scenario, struct evaluator *evaluator, const struct scenario_why *why,
                  const struct scenario_observer *observer, struct scenario_run *run);
// The moment at which a run's story ends: the last `at` that the scenario states, or its last entry.
int64_t scenario_end(const struct scenario_run *run);
void scenario_run_release(struct scenario_run *run);
// The entry that a run made at a position, and the step that it came from; NULL where there is none.
const struct entry *scenario_entry(const struct scenario_run *run, uint32_t position,
                                   const struct scenario_step **step);
// Each failure as "path:line: TITLE", what was expected, what came, why.
void scenario_failures_print(const struct diagnostics *all, const struct scenario_run *run, struct text *out,
                             bool colour);
// As a JSON array.
void scenario_failures_json(const struct diagnostics *all, const struct scenario_run *run, struct text *out);

// ---- Telling --------------------------------------------------------------------------------------------------------
// For a terminal, 100 columns. Of a refusal's reason the lines that decide, or the whole tree.
void scenario_replay_print(const struct scenario_run *run, struct text *out, bool whole_reasons, bool colour);
#define REASON_INDENT 18u        // of that tree
void scenario_replay_html(const struct scenario_run *run, struct text *out);                     // one page of its own
// Members of an object: all steps, how many of them came from a register before the story, what is open at the end.
void scenario_replay_json(const struct scenario_run *run, struct text *out);
// What became of each row, of a run of what scenario_import added to `set`; as members of an object.
void scenario_import_print(const struct diagnostics *all, const struct scenario_set *set,
                           const struct scenario_run *run, struct text *out, bool colour);
void scenario_import_json(const struct diagnostics *all, const struct scenario_set *set,
                          const struct scenario_run *run, struct text *out);

// ---- Views: what an evaluator knows, as of a question ---------------------------------------------------------------
// All return ASK_OK or why the question could not be answered.
typedef enum { DUTY_OPEN, DUTY_OVERDUE, DUTY_MET, DUTY_MET_LATE, DUTY_RELEASED, DUTY_LAPSED } duty_status;
struct duty_view {
    value duty, bearer, holder;      // holder: of a role at that moment, of what has ended just before it did; else the
                                     // bearer itself; ACTOR_NONE: nobody
    uint32_t obligation, act;        // act NO_ID: `that` a condition
    const value *arguments; const bool *given; uint32_t argument_count;      // of the act; given false: anything
    const value *captured;           // of `that`: the values of what its obligation captured; NULL: not known
    int64_t opened, due;             // due TIME_MAX: never
    duty_status status;
    int64_t ended;                   // met, released, lapsed: when; else TIME_MAX
    uint32_t cause, end_cause;       // positions of the entries with which it was opened and ended; 0: none
    bool by_time;                    // it followed another when that fell due; `cause` is only the entry that came next
    const struct citation *citation;
    bool at_once, house;             // the law says "at once"; its due time is the house's
};
struct duty_views { struct duty_view *at; uint32_t count; };
// Open ones first, by due time; then ended ones by the moment they ended.
ask_status scenario_duties(struct evaluator *evaluator, struct question question, struct arena *arena,
                           struct duty_views *duties);
const char *duty_status_name(duty_status status);

struct item_view {
    uint32_t act;
    const value *arguments; uint32_t argument_count;
    const value *made; uint32_t made_count;
};
struct seat_view {
    value seat;
    bool answered; uint32_t answer; int64_t when; uint32_t cause;
    value reason;                    // text, or VALUE_ANY
    bool joined; int64_t joined_when;
};
struct decision_view {
    value proposal, by, organ;       // organ: for `agreed by each` the proposer
    uint32_t procedure; const value *parameters; uint32_t parameter_count;   // procedure NO_ID: unknown
    struct item_view *items; uint32_t item_count;
    struct seat_view *seats; uint32_t seat_count;
    bool open; uint32_t outcome;     // outcome NO_ID while open
    int64_t opened, closed;          // closed TIME_MAX while open
    uint32_t cause, end_cause;
    const struct citation *citation; // of the first item's act
};
struct decision_views { struct decision_view *at; uint32_t count; };
// What kept an adopted decision from being carried out: in one line, its article, and the lines that decide.
struct obstacle_view { struct span message, citation, why; };
// False: nothing did. words: may be NULL.
bool scenario_obstacle(struct evaluator *evaluator, const struct scenario_words *words, value proposal,
                       struct arena *arena, struct obstacle_view *obstacle);
ask_status scenario_decisions(struct evaluator *evaluator, struct question question, struct arena *arena,
                              struct decision_views *decisions);

struct finding_view {
    value finding;
    uint32_t norm;
    struct span message;
    const struct citation *citation;
    const value *binding; const struct column *columns; uint32_t binding_count;      // columns: label and type of each
    const value *concerns; uint32_t concern_count;
    bool concerns_unknown;           // they were too many to ask
    int64_t opened, closed;          // closed TIME_MAX while open
    uint32_t cause, end_cause;
    bool alleged, upheld, dropped;
    const struct duty_view *duty;    // of the finding that a duty is overdue: that duty; else NULL
};
struct finding_views { struct finding_view *at; uint32_t count; };
ask_status scenario_findings(struct evaluator *evaluator, struct question question, struct arena *arena,
                             struct finding_views *findings);

// Keeps what an actor has to do with, itself, in a role that it held then or through an office of its own: the duties
// that it bears; the decisions that it proposed, that are before it or in which it has a seat; the findings that
// concern it.
void scenario_duties_of(struct evaluator *evaluator, struct question question, value of, struct duty_views *duties);
void scenario_decisions_of(struct evaluator *evaluator, struct question question, value of,
                           struct decision_views *decisions);
void scenario_findings_of(struct evaluator *evaluator, struct question question, value of,
                          struct finding_views *findings);

struct fact_view {
    const value *values;
    int64_t from, until;
    uint32_t begun, ended;
    const struct citation *doubt;    // what it is given or follows by, where that has a standing; else NULL
    const struct given_row *given;   // NULL: it is not given by the treaty
};
// citation: of the fact; of what is derived that of its rules, where they have one in common; may be NULL.
struct relation_view { uint32_t relation; const struct citation *citation; struct fact_view *at; uint32_t count; };
// asked: for these facts, so that other readings of a row are told too. otherwise: none of them holds, and the rows are
// those of other times. Relations without rows are left out.
struct state_view { struct relation_view *at; uint32_t count; bool asked, otherwise; };
typedef enum {
    STATE_BASE = 1, STATE_DERIVED = 2,
    STATE_SYSTEM = 4                 // the prelude's relations too
} state_parts;
ask_status scenario_state(struct evaluator *evaluator, struct question question, unsigned parts, struct arena *arena,
                          struct state_view *state);
// The rows of one relation that match; VALUE_ANY matches anything. Of a fact that has none at this time those that it had
// or has at others, where some column is known.
ask_status scenario_facts(struct evaluator *evaluator, struct question question, uint32_t relation,
                          const value *pattern, struct arena *arena, struct state_view *state);

struct change_view { uint32_t relation; bool added; struct fact_view row; };
struct diff_view { struct change_view *at; uint32_t count; };          // by relation, then values
ask_status scenario_diff(struct evaluator *evaluator, struct question before, struct question after, unsigned parts,
                         struct arena *arena, struct diff_view *diff);

// `words` may be NULL. Tables for people (colour: ANSI), JSON arrays for programs.
void scenario_duties_print(const struct evaluator *evaluator, const struct duty_views *duties,
                           const struct scenario_words *words, int64_t now, struct text *out, bool colour);
void scenario_duties_json(const struct evaluator *evaluator, const struct duty_views *duties,
                          const struct scenario_words *words, struct text *out);
void scenario_decisions_print(struct evaluator *evaluator, const struct decision_views *decisions,
                              const struct scenario_words *words, struct text *out, bool colour);
void scenario_decisions_json(struct evaluator *evaluator, const struct decision_views *decisions,
                             struct text *out);
void scenario_findings_print(const struct evaluator *evaluator, const struct finding_views *findings,
                             const struct scenario_words *words, struct text *out, bool colour);
void scenario_findings_json(const struct evaluator *evaluator, const struct finding_views *findings,
                            const struct scenario_words *words, struct text *out);
void scenario_state_print(const struct evaluator *evaluator, const struct state_view *state,
                          const struct scenario_words *words, struct text *out, bool colour);
void scenario_state_json(const struct evaluator *evaluator, const struct state_view *state,
                         const struct scenario_words *words, struct text *out);
void scenario_diff_print(const struct evaluator *evaluator, const struct diff_view *diff,
                         const struct scenario_words *words, struct text *out, bool colour);
void scenario_diff_json(const struct evaluator *evaluator, const struct diff_view *diff, struct text *out);

// ---- Legends: labels of the names that something shown speaks of ----------------------------------------------------
struct scenario_legend { const struct labels *labels; VEC(const struct label *) at; };     // begins with labels alone
void legend_name(struct scenario_legend *legend, struct span name);
// Of a party, an office, an organ, a role, or a constant of a kind; nothing of other values.
void legend_value(struct scenario_legend *legend, const struct program *program, struct type type, value v);
void legend_run(struct scenario_legend *legend, const struct scenario_run *run);     // of all that a story tells
// The names that formulas and citations in a report use.
void legend_text(struct scenario_legend *legend, struct span text);
void legend_print(const struct scenario_legend *legend, struct text *out);           // a line for each
void legend_release(struct scenario_legend *legend);

// ---- Coverage: what of a treaty its scenarios try -------------------------------------------------------------------
// Seen from outside: a rule counts when its own body holds at a step; a clause by receipts; an `upon` by the writes
// that only it can have made.
struct clause_coverage { uint32_t met, failed; };
struct coverage {
    struct arena arena;
    const struct program *program;
    uint32_t scenarios;
    bool *rules;                     // its body held at some step
    uint32_t *acts;                  // done or adopted
    struct clause_coverage **clauses;          // per act, per clause
    struct clause_coverage *norms;   // met: what it speaks of was there; failed: a finding or a refusal
    bool *upons;                     // per watch
    struct clause_coverage *duties;  // per obligation: met, overdue
    const struct scenario_step *last;          // the step before, by which a new scenario is known
};
void coverage_init(struct coverage *coverage, const struct program *program);
void coverage_release(struct coverage *coverage);
struct scenario_observer coverage_observer(struct coverage *coverage);      // hand it to scenario_run
// What is not covered, with path:line of each. Returns how many (duties are information only and not counted).
// labels: may be NULL.
uint32_t coverage_print(const struct diagnostics *all, const struct coverage *coverage, const struct labels *labels,
                        struct text *out);
void coverage_json(const struct diagnostics *all, const struct coverage *coverage, struct text *out);

#endif
