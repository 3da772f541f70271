// SPDX-License-Identifier: Apache-2.0
#ifndef ENTENTE_CLI_INTERNAL_H
#define ENTENTE_CLI_INTERNAL_H

#include "cli/cli.h"
#include "explain/explain.h"
#include "labels/labels.h"
#include "scenario/scenario.h"

// ---- The table -----------------------------------------------------------------------------------------------------
enum option_id {
    OPTION_AT, OPTION_SEQ, OPTION_OF, OPTION_FROM, OPTION_TO, OPTION_TREATY, OPTION_NAIVE, OPTION_ALL, OPTION_CHECK,
    OPTION_LABELS, OPTION_DUMP,
    OPTION_DUMP_RUN, OPTION_COVERAGE, OPTION_WHY,
    OPTION_MATCH, OPTION_ONLY, OPTION_DRY_RUN, OPTION_AFTER, OPTION_OUTPUT, OPTION_HTML,
    OPTION_JSON, OPTION_LANG, OPTION_COLOR, OPTION_HELP, OPTION_COUNT
};
struct cli_option {
    const char *name;                // without the two hyphens
    const char *value;               // what it takes, for help: "TIME"; NULL: nothing
    const char *choices;             // "auto always never", or NULL
    const char *help;
};
struct invocation;
struct cli_command {
    const char *name, *arguments;    // "SCENARIO [RELATION]", for help
    const char *summary;             // one line
    const char *details;             // what else --help says; lines
    uint32_t options;                // bits of option_id
    uint32_t least, most;            // arguments
    int (*run)(struct invocation *);
};
extern const struct cli_option cli_options[OPTION_COUNT];
extern const struct cli_command cli_commands[];
extern const uint32_t cli_command_count;
const struct cli_command *cli_find_command(const char *name);

// ---- One command line ----------------------------------------------------------------------------------------------
struct invocation {
    struct arena arena;
    const struct cli_command *command;
    const char *values[OPTION_COUNT];        // "" where an option without value is given, NULL where it is not
    const char **arguments; uint32_t argument_count;
    bool colour, json;
    struct text out;                         // what goes to standard output, once the command is through
};
static inline bool has(const struct invocation *invocation, enum option_id option) {
    return invocation->values[option] != NULL;
}

// "entente CMD: ..." on standard error. Returns EXIT_USAGE, for `return usage(...)`.
int usage(const struct invocation *invocation, const char *format, ...) PRINTF_LIKE(2, 3);
// The same for other statuses.
int complain(const struct invocation *invocation, int status, const char *format, ...) PRINTF_LIKE(3, 4);
// ", did you mean X?" or nothing; lives in the arena.
const char *did_you_mean(struct invocation *invocation, struct span wanted, const struct span *names, uint32_t count);
// Writes all of a text to a descriptor. False: it did not go through.
bool write_all(int descriptor, struct span text);
// Gives a file this text, the whole of it or none: it stands beside the old one until it is on the disk. A link stays
// one: what it leads to is written. A device or a pipe has no text to lose and is written to.
int write_file(struct invocation *invocation, const char *name, struct span text);
void print_diagnostics(const struct invocation *invocation, const struct diagnostics *all);

// ---- What commands work on -----------------------------------------------------------------------------------------
struct treaty {
    struct diagnostics diagnostics;
    struct program *program;
    struct labels *labels;                   // of --lang; NULL without it
    const char *path;
};
// Loads a treaty. Not EXIT_DONE: diagnostics were printed. Either way treaty_close().
int treaty_open(struct invocation *invocation, const char *path, struct treaty *treaty);
void treaty_close(struct treaty *treaty);
// Is --lang a language that there are labels in? treaty: NULL, those that are embedded. Not EXIT_DONE: it was said.
int check_language(struct invocation *invocation, const char *treaty);
void treaty_labels(const struct invocation *invocation, struct treaty *treaty);      // those of --lang

struct story {                               // a scenario that has been run
    struct treaty treaty;
    bool searched;                           // the treaty was not named, but found above the file
    struct scenario_set set;
    const struct scenario *scenario;
    struct evaluator *evaluator;
    struct scenario_run run;
    bool ran;
    struct explain_log log;
    struct question question;                // from --at and --seq
    bool projection;
};
// Finds FILE or FILE:TITLE with its treaty and reads the scenarios; `chosen` takes those that are meant.
struct chosen { const struct scenario **at; uint32_t count; };
int story_read(struct invocation *invocation, const char *argument, struct story *story, struct chosen *chosen);
// The same, runs the one that is meant, and reads --at and --seq. Either way story_close().
int story_open(struct invocation *invocation, const char *argument, struct story *story);
// observer: may be NULL.
void story_run(struct invocation *invocation, struct story *story, const struct scenario *scenario,
               const struct scenario_observer *observer);
void story_stop(struct story *story);        // forgets the run, keeps what was read
void story_close(struct story *story);
// Was this file read for it? What is written must not take the place of what it is made from: the same file by any
// name, link or case of letters.
bool story_reads(const struct story *story, const char *path);
// Reads a time as in the language; an offset of its own, or the treaty's. False: it was said what is wrong.
bool read_time(const struct invocation *invocation, const struct story *story, enum option_id option, int64_t *time);
// The head of what is shown: which scenario, which moment, and whether it is a projection. For JSON it opens an object.
void show_head(struct invocation *invocation, const struct story *story);
void show_time(struct text *out, const struct story *story, int64_t time);
struct explainer explainer_of(struct invocation *invocation, struct story *story);

// A fact in the language's words: member(KAZ), contributed(op, _, _, _). Names of the scenario are known. Not
// EXIT_DONE: it was said why.
int read_fact(struct invocation *invocation, struct story *story, const char *words, uint32_t *relation,
              value *pattern);
// Of --of: a party, office, organ or role; VALUE_ANY where it is not given. Not EXIT_DONE: it was said why.
int read_of(struct invocation *invocation, struct story *story, value *of);
// A thing by its number: duty@19.0.
bool read_entity(const struct program *program, struct span text, struct type *type, value *entity);
// NO_ID: it was said why.
uint32_t read_relation(struct invocation *invocation, const struct program *program, struct span name);
// Hooks for scenario_run, so that failures say why.
struct scenario_why story_why(struct invocation *invocation, struct story *story);

// ---- Commands ------------------------------------------------------------------------------------------------------
int command_check(struct invocation *invocation);
int command_fmt(struct invocation *invocation);
int command_test(struct invocation *invocation);
int command_replay(struct invocation *invocation);
int command_import(struct invocation *invocation);
int command_state(struct invocation *invocation);
int command_duties(struct invocation *invocation);
int command_decisions(struct invocation *invocation);
int command_findings(struct invocation *invocation);
int command_diff(struct invocation *invocation);
int command_why(struct invocation *invocation);
int command_why_not(struct invocation *invocation);
int command_blame(struct invocation *invocation);
int command_help(struct invocation *invocation);
int command_completion(struct invocation *invocation);
int command_version(struct invocation *invocation);
void help_general(const struct labels *labels, struct text *out);
// In the language of --lang. NULL: of all commands. Not EXIT_DONE: there is no such language.
int show_help(struct invocation *invocation, const struct cli_command *command);

#endif
