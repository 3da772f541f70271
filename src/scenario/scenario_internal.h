// SPDX-License-Identifier: Apache-2.0
// What the files of this folder share; nobody else includes it.
#ifndef ENTENTE_SCENARIO_SCENARIO_INTERNAL_H
#define ENTENTE_SCENARIO_SCENARIO_INTERNAL_H

#include "scenario/scenario.h"

// ---- The reader -----------------------------------------------------------------------------------------------------
struct reader {
    struct diagnostics *all;
    const struct program *program;
    struct arena *arena;             // of the set
    struct tree *tree;               // holds expressions while their step is read
    uint32_t source;
    struct tokens tokens;            // of the step that is read, TOKEN_END behind it
    uint32_t next;
    // The scenario that is read.
    bool started;
    struct scenario scenario;
    VEC(struct scenario_step) steps;
    VEC(struct scenario_name) names;
    bool with_clock;
    int64_t clock;
    int32_t offset;
    bool recorded;
    struct span medium;              // with its standing and other readings, in words
    tree_standing standing;
    struct operand registrar;
    // What is taken in from a register: up to which of its parts.
    struct import_register *register_taken;
    uint32_t parts_taken;
    struct scenario_set *set;        // which keeps the registers that were read
    bool with_files;                 // files may be read
    uint32_t cells;                  // the table whose row is read: what stands in that source is a value. NO_ID: none
    bool lost;                       // some of it could not be read: names are missing that are not to blame
    struct text *echo;               // what is read is written here as well; NULL: it is not
    struct place only;               // with `echo`: the scenario that is meant; length 0: none
    bool stopped;                    // it has been read
    bool passed_over;                // the scenario that is being read is not the only one that is meant
};

// How a record is sure, and what else is said of the same.
struct reading { struct span words, medium; tree_standing standing; };
struct recorded {
    struct span medium;
    tree_standing standing;
    const struct reading *readings; uint32_t reading_count;
};
// said: in whose language; may be NULL.
struct span recorded_words(struct arena *arena, const struct scenario_words *said, const struct recorded *recorded);
const char *standing_word(tree_standing standing);         // "" where it is documented

// Reads a step from tokens that end with TOKEN_END. False: an error was reported.
bool reader_step(struct reader *reader, struct tokens tokens);

// Reads all scenarios of a source into the set; errors go to `all`.
void reader_read(struct diagnostics *all, const struct program *program, uint32_t source, bool with_files,
                 struct scenario_set *set);

// Tokens of the step.
const struct token *reader_token(const struct reader *reader);
bool reader_at(const struct reader *reader, const char *word);           // the next token is this name
bool reader_take(struct reader *reader, const char *word);               // likewise, and goes past it
bool reader_take_kind(struct reader *reader, token_kind kind);
bool reader_followed_by(const struct reader *reader, token_kind kind);   // of the token after the next one
void reader_expected(struct reader *reader, const char *what);           // an error at the next token

// Operands. `pattern`: _ is allowed. False: an error was reported.
bool reader_operand(struct reader *reader, const struct tree_expression *expression, struct type want, bool pattern,
                    struct operand *operand);
bool reader_read_operand(struct reader *reader, struct type want, bool pattern, struct operand *operand);
// "( a, b )" as expressions, unresolved; so that names which the step itself binds are known when they are resolved.
bool reader_arguments(struct reader *reader, struct tree_expressions *arguments);
// Its last column may be asked "whoever".
bool role_relation(const struct program *program, const struct relation *relation);
struct span reader_type_words(struct arena *arena, const struct program *program, struct type type);      // "a crisis"
struct span act_signature(struct arena *arena, const struct program *program, const struct act *act);
bool reader_act(struct reader *reader, uint32_t *act);                    // a name of an act
struct span reader_deciding(struct reader *reader, uint32_t act);         // the organs that decide it, with commas
// An organ before an act, or NULL; then which of the acts of that name it means. False: it was reported.
bool reader_organ(struct reader *reader, const struct token **organ);
bool reader_settle_act(struct reader *reader, uint32_t *act, struct place place, const struct token *organ);
// Binds a name of the scenario; false where it is taken.
bool reader_bind(struct reader *reader, const struct token *name, struct type type, uint32_t *bound);
bool reader_find_name(const struct reader *reader, struct span text, uint32_t *name);

bool reader_end(struct reader *reader);      // the step ends here
// What stands after `recorded`, and after `import`.
bool reader_recorded(struct reader *reader);
bool reader_import_step(struct reader *reader);
// What stands after ->, and after `expect`.
bool reader_results(struct reader *reader, struct scenario_step *step);
bool reader_expect(struct reader *reader, struct scenario_step *step);
// The offset written in a time, else the treaty's.
int32_t token_offset(const struct reader *reader, const struct token *time);

// The .md files at or below a path, in the order of their paths; a path that is no folder is itself.
struct paths { struct span *at; uint32_t count; };
struct paths files_below(struct arena *arena, const char *path);
struct span folder_above(struct arena *arena, struct span path);
// A source that was read before under this path.
bool find_source(const struct diagnostics *all, struct span path, uint32_t *source);

// ---- Rows, collected ------------------------------------------------------------------------------------------------
struct row { const value *values; int64_t from, until; uint32_t begun, ended; };
struct rows { struct row *at; uint32_t count; };
// Copies what holds into the arena. pattern NULL: all.
ask_status rows_ask(struct evaluator *evaluator, struct question question, uint32_t relation, const value *pattern,
                    struct arena *arena, struct rows *rows);
struct rows rows_ever(struct evaluator *evaluator, uint32_t relation, struct arena *arena);
// The one row whose first column is `key`; false where there is none.
bool row_of(struct evaluator *evaluator, struct question question, uint32_t relation, value key, struct arena *arena,
            struct row *row);
// The first of rows whose first column is `key`, NULL where there is none.
const struct row *rows_find(const struct rows *rows, value key);

// ---- Writes, by relation and key ------------------------------------------------------------------------------------
// Time that passes may write thousands of rows at once, and each thing is looked for among them. Rows without columns
// have no key and are left out. Where they are taken, NULL is none.
struct writes { const struct write **at; uint32_t count; };
struct writes writes_sort(const struct program *program, const struct write *writes, uint32_t count,
                          struct arena *arena);
// The writes of a relation whose first column is `key`, in order.
struct writes writes_of(const struct writes *writes, uint32_t relation, value key);
// The first of them that is of a kind; NULL where there is none.
const struct write *find_write(const struct writes *writes, write_kind kind, uint32_t relation, value key);

// ---- Views of one thing, from what was written or what is known -----------------------------------------------------
// Whether what stands with this entry fell due before it; false too where that is not known.
bool words_fell_due(const struct scenario_words *words, uint32_t position, write_kind kind, uint32_t relation,
                    value key);
// The moment at which to ask who held the role of what has ended: just before, as what ended it may have handed the role
// on. Of what is open (ended TIME_MAX) the question itself.
struct question question_of_end(struct question question, int64_t ended, uint32_t end_cause);
// A duty's bearer and due time are given; what it asks is read from `writes`, else asked.
void duty_describe(struct evaluator *evaluator, struct question question, const struct writes *writes,
                   struct arena *arena, struct duty_view *duty);
// foretell.c: adds to a step what its last entry foretells; called while the evaluator stands behind it.
void foretell(struct scenario_run *run, struct step_result *result);
// concerns: all rows of `concerns` at the question, asked once for all findings; NULL where they are too many to ask.
void finding_describe(struct evaluator *evaluator, struct question question, const struct writes *writes,
                      const struct rows *concerns, struct arena *arena, struct finding_view *finding);
ask_status concerns_ask(struct evaluator *evaluator, struct question question, struct arena *arena, struct rows *rows);
// One decision; false where there is none.
bool decision_of(struct evaluator *evaluator, struct question question, value proposal, struct arena *arena,
                 struct decision_view *decision);
// The holder of a role, ACTOR_NONE where nobody holds it; any other actor itself.
value actor_holder(struct evaluator *evaluator, struct question question, value actor);

// ---- Words ----------------------------------------------------------------------------------------------------------
// A format of a report in the reader's language. words: may be NULL.
const char *words_say(const struct scenario_words *words, const char *english) __attribute__((format_arg(2)));
const char *words_in(const void *labels, const char *english);      // the same, for explanations
bool words_labelled(const struct scenario_words *words);
// A name's label; without labels the name, its hyphens as blanks.
void words_label(const struct scenario_words *words, struct span name, struct text *out);
// The same inside a sentence, in small letters: an act, an outcome.
void words_label_inside(const struct scenario_words *words, struct span name, struct text *out);
// What a treaty says, in the reader's language.
struct span words_message(const struct scenario_words *words, struct span message);
// The words of a finding: of a duty that is overdue, what is owed.
void words_finding(const struct evaluator *evaluator, const struct scenario_words *words,
                   const struct finding_view *finding, struct text *out);
// "3 days 2 hours".
void words_duration(const struct scenario_words *words, int64_t seconds, struct text *out);
// How sure it is; "" where it is documented.
const char *words_standing(const struct scenario_words *words, tree_standing standing);
void words_value(const struct evaluator *evaluator, const struct scenario_words *words, struct type type, value v,
                 struct text *out);
void words_chair(const struct program *program, const struct scenario_words *words, uint32_t organ, struct text *out);
void words_actor(const struct evaluator *evaluator, const struct scenario_words *words, value actor, struct text *out);
void words_name(struct span name, struct text *out);                      // hyphens as blanks
// "council: mandate (crisis)": with its organ where several decide the act
void words_item(const struct evaluator *evaluator, const struct scenario_words *words, const struct item_view *item,
                struct text *out);
// "open consultations (crisis)"
void words_call(const struct evaluator *evaluator, const struct scenario_words *words, uint32_t act,
                const value *arguments, const bool *given, uint32_t count, struct text *out);
void words_entry_call(const struct evaluator *evaluator, const struct scenario_words *words, const struct call *call,
                      struct text *out);
// What is owed.
void words_duty(const struct evaluator *evaluator, const struct scenario_words *words, const struct duty_view *duty,
                struct text *out);
// Who owes it, as the treaty writes it; then with who holds that role.
void words_owing(const struct evaluator *evaluator, const struct scenario_words *words, const struct duty_view *duty,
                 struct text *out);
void words_bearer(const struct evaluator *evaluator, const struct scenario_words *words, const struct duty_view *duty,
                  struct text *out);
// A member of a decision that could not be carried out; else nothing.
void json_obstacle(struct evaluator *evaluator, const struct scenario_words *words, value proposal, struct text *out);
// The lines that decide, each at `indent` and wrapped.
void text_reasons(struct text *out, struct span lines, uint32_t indent, bool colour);
void words_finding_about(const struct evaluator *evaluator, const struct scenario_words *words,
                         const struct finding_view *finding, struct text *out);
// With a blank before it, or nothing.
void words_citation(const struct scenario_words *words, const struct program *program, const struct citation *citation,
                    struct text *out);
void words_time(const struct scenario_words *words, const struct program *program, int64_t time, struct text *out);
int32_t words_offset(const struct scenario_words *words, const struct program *program);
// As a scenario expects it: finding alleged “...”; an outcome.
void words_finding_expected(const struct scenario_words *words, bool alleged, struct span message, struct text *out);
void words_outcome_expected(const struct scenario_words *words, struct span outcome, struct text *out);
void words_operand(const struct scenario_run *run, const struct operand *operand, struct text *out);

// ---- The runner -----------------------------------------------------------------------------------------------------
// False: a name has no value.
bool run_operand(struct scenario_run *run, const struct operand *operand, int64_t time, value *v, struct span *text);
void run_check(struct scenario_run *run, uint32_t step, struct step_result *result);
// Of a refusal, while the evaluator stands where it refused: its reasons, once.
void run_explain(struct scenario_run *run, struct step_result *result);
void run_expect(struct scenario_run *run, uint32_t step, struct step_result *result);
void run_fail(struct scenario_run *run, uint32_t step, struct place place, struct span expected, struct span got,
              struct span why);
// The step needs a name that has no value.
void run_leave_out(struct scenario_run *run, uint32_t step, struct place place, uint32_t name);
bool pattern_meets(struct scenario_run *run, const struct duty_pattern *pattern, const struct duty_view *duty);
// Copies what was written into the arena and releases it.
void text_end(struct text *text, struct span *copy, struct arena *arena);

// What a step's writes did, gathered for checks and for telling.
typedef enum { DEED_DUTY, DEED_MET, DEED_RELEASED, DEED_LAPSED, DEED_FINDING, DEED_CLOSED, DEED_DECIDED } deed_kind;
struct deed {
    deed_kind kind;
    int64_t time;
    struct duty_view duty;           // DUTY, MET, RELEASED, LAPSED
    bool late;                       // MET
    struct finding_view finding;     // FINDING, CLOSED
    bool overdue;                    // FINDING, CLOSED: of a duty that is overdue, `duty`
    value proposal; uint32_t outcome;        // DECIDED
};
struct deeds { struct deed *at; uint32_t count; };
struct deeds deeds_of(struct evaluator *evaluator, struct question question, const struct write *writes,
                      uint32_t count, struct arena *arena);

// ---- Colours of a terminal ------------------------------------------------------------------------------------------
typedef enum { INK_PLAIN, INK_BOLD, INK_DIM, INK_RED, INK_GREEN, INK_YELLOW, INK_BLUE } text_colour;
void text_ink(struct text *out, bool colour, text_colour ink);                     // from here on; INK_PLAIN ends it

// ---- Telling --------------------------------------------------------------------------------------------------------
void text_pad(struct text *out, uint32_t column, uint32_t width);          // blanks until `column` characters wide
#define WORDS_WIDTH 100u                                                   // of a terminal line
uint32_t span_width(struct span text);                                     // in code points
void text_wrap(struct text *out, struct span words, uint32_t from, uint32_t indent, uint32_t width);
// Wednesday 5 January 2022
void text_date_words(const struct scenario_words *words, struct text *out, int64_t time, int32_t offset);
void text_clock(struct text *out, int64_t time, int32_t offset);           // 22:00, or 22:00:30

extern const char *const html_style[];      // the page's style sheet, line by line, ended by NULL

// The step from which on the story is told: its first own act. 0: from the start.
uint32_t scenario_begins(const struct scenario_run *run);
uint32_t scenario_taken_in(const struct scenario_run *run);    // how many steps of a register come before that
uint32_t scenario_before(const struct scenario_run *run);      // the last entry of those steps; 0: there is none
// What began or ended with the story's own entries, and what the register left that is still open when the story ends.
struct story_end { struct duty_views duties; struct decision_views decisions; struct finding_views findings; };
MUST_USE ask_status scenario_story_end(const struct scenario_run *run, struct arena *arena, struct story_end *own,
                                       struct story_end *left);
uint32_t story_end_open(struct story_end *end);                // keeps what is open; how much that is

#endif
