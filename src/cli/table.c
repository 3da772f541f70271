// SPDX-License-Identifier: Apache-2.0
// Commands and options: dispatch, help, completion and manual pages are made from this.
#include "cli/cli_internal.h"

#define BIT(option) (1u << OPTION_##option)
#define LOOKING (BIT(TREATY) | BIT(NAIVE) | BIT(JSON) | BIT(LANG) | BIT(COLOR) | BIT(HELP))
#define AT_MOMENT (LOOKING | BIT(AT) | BIT(SEQ))

const struct cli_option cli_options[OPTION_COUNT] = {
    [OPTION_AT] = {"at", "TIME", NULL, "as of this time: 2022-01-06, '2022-01-06 10:00', '2022-01-06 10:00 +06:00'"},
    [OPTION_SEQ] = {"seq", "N", NULL, "as known after entry N, and as of its time unless --at says otherwise"},
    [OPTION_OF] = {"of", "ACTOR", NULL, "only what this party, office, organ or role has to do with: KAZ, council"},
    [OPTION_FROM] = {"from", "TIME", NULL, "the earlier moment"},
    [OPTION_TO] = {"to", "TIME", NULL, "the later moment"},
    [OPTION_TREATY] = {"treaty", "PATH", NULL, "the treaty, where it is not the file itself or a folder above it"},
    [OPTION_NAIVE] = {"naive", NULL, NULL, "run the plain evaluator instead of the engine"},
    [OPTION_ALL] = {"all", NULL, NULL, "what every treaty has (proposals, duties, findings) and libraries derive too"},
    [OPTION_CHECK] = {"check", NULL, NULL, "write nothing; status 1 where a file is not laid out"},
    [OPTION_LABELS] = {"labels", NULL, NULL, "list what reports show and a language has no label or help for"},
    [OPTION_DUMP] = {"dump", "STAGE", "tokens tree program", "show what a stage made of it"},
    [OPTION_DUMP_RUN] = {"dump", "STAGE", "facts", "show every row that was ever written"},
    [OPTION_COVERAGE] = {"coverage", NULL, NULL, "also list what no scenario tries"},
    [OPTION_MATCH] = {"match", "TEXT", NULL, "only scenarios whose title or path contains TEXT"},
    [OPTION_ONLY] = {"only", "TITLE", NULL, "only the scenario with this title; no other is read"},
    [OPTION_WHY] = {"why", NULL, NULL, "with each refusal the whole of its reason, not only what decides"},
    [OPTION_DRY_RUN] = {"dry-run", NULL, NULL, "write nothing, whatever else is said"},
    [OPTION_AFTER] = {"after", "SCENARIO", NULL, "what happened before the first row: FILE.md, or FILE.md:TITLE"},
    [OPTION_OUTPUT] = {"output", "FILE", NULL, "write the batch as a file of scenarios; -o FILE is the same"},
    [OPTION_HTML] = {"html", "FILE", NULL, "write the replay as one page of its own; - for standard output"},
    [OPTION_JSON] = {"json", NULL, NULL, "for programs"},
    [OPTION_LANG] = {"lang", "LANGUAGE", NULL,
                     "reports in this language, by the file labels.LANGUAGE; errors of a text are in English"},
    [OPTION_COLOR] = {"color", "WHEN", "auto always never", "colours; auto: on a terminal, unless NO_COLOR is set"},
    [OPTION_HELP] = {"help", NULL, NULL, "show this"},
};

#define SCENARIO_WORDS "SCENARIO is FILE.md, or FILE.md:TITLE where a file holds several.\n"
#define FACT_WORDS                                                                                                     \
    "FACT is written as in the language: 'member(KAZ)', 'contributed(op, _, _, _)', 'd1 proposes mandate(_, _)'.\n"       \
    "_ matches anything; a name alone, member, any row.\n"                                                             \
    "Names that the scenario binds (crisis, op, d1) are known.\n"

// Name, arguments, summary, details; options, least and most arguments, what runs it.
const struct cli_command cli_commands[] = {
    {"check", "TREATY", "compile a treaty and report everything that is wrong",
     "TREATY is a Markdown file, or a folder of them.\n",
     BIT(LABELS) | BIT(DUMP) | BIT(JSON) | BIT(LANG) | BIT(COLOR) | BIT(HELP), 1, 1, command_check},
    {"fmt", "FILE...", "give treaty blocks their one layout",
     "Files are written in place; of a folder, every .md file below it. Prose and comments stay as they are.\n",
     BIT(CHECK) | BIT(COLOR) | BIT(HELP), 1, UINT32_MAX, command_fmt},
    {"test", "TREATY", "run every scenario in a treaty",
     "TREATY is a file or a folder. The last line says `N passed, N failed`.\n",
     BIT(COVERAGE) | BIT(MATCH) | BIT(ONLY) | BIT(TREATY) | BIT(NAIVE) | BIT(JSON) | BIT(LANG) | BIT(COLOR) |
         BIT(HELP),
     1, 1, command_test},
    {"replay", "SCENARIO", "run a scenario, act by act, with outcomes and citations",
     SCENARIO_WORDS "Without a title all scenarios of the file are run.\n",
     LOOKING | BIT(WHY) | BIT(HTML) | BIT(DUMP_RUN), 1, 1, command_replay},
    {"import", "TREATY REGISTER", "take the tables of a register in",
     "REGISTER is a folder of tables (.csv) and the maps that say what a row is. What became of each row is told;\n"
     "where one is wrong or refused, nothing is written.\n",
     BIT(DRY_RUN) | BIT(AFTER) | BIT(OUTPUT) | BIT(NAIVE) | BIT(JSON) | BIT(LANG) | BIT(COLOR) | BIT(HELP),
     2, 2, command_import},
    {"state", "SCENARIO [FACT]", "what holds",
     SCENARIO_WORDS FACT_WORDS
     "Asked for one, it tells other readings, what a doubtful record says, and other times where it does not hold.\n",
     AT_MOMENT | BIT(ALL), 1, 2, command_state},
    {"why", "SCENARIO FACT | line N | NAME", "why something holds, or was refused",
     SCENARIO_WORDS FACT_WORDS
     "line N is an act of the scenario that was refused. NAME is a duty, finding or decision that the\n"
     "scenario names, or its number: duty@19.0.\n",
     AT_MOMENT, 2, 3, command_why},
    {"why-not", "SCENARIO FACT", "why something does not hold",
     SCENARIO_WORDS FACT_WORDS, AT_MOMENT, 2, 2, command_why_not},
    {"blame", "SCENARIO FACT", "which entries began and ended something",
     SCENARIO_WORDS FACT_WORDS, AT_MOMENT, 2, 2, command_blame},
    {"duties", "SCENARIO", "what is owed, by whom, by when",
     SCENARIO_WORDS, AT_MOMENT | BIT(OF), 1, 1, command_duties},
    {"decisions", "SCENARIO", "what is before the organs, and what they decided",
     SCENARIO_WORDS, AT_MOMENT | BIT(OF), 1, 1, command_decisions},
    {"findings", "SCENARIO", "what is amiss",
     SCENARIO_WORDS, AT_MOMENT | BIT(OF), 1, 1, command_findings},
    {"diff", "SCENARIO", "what changed between two moments",
     SCENARIO_WORDS, LOOKING | BIT(FROM) | BIT(TO) | BIT(ALL), 1, 1, command_diff},
    {"help", "[COMMAND]", "what there is, or how a command is used",
     "", BIT(LANG) | BIT(HELP), 0, 1, command_help},
    {"completion", "bash | zsh | fish", "a completion script for a shell",
     "For bash: source <(entente completion bash)\n", BIT(HELP), 1, 1, command_completion},
    {"version", "", "which version this is",
     "", BIT(JSON) | BIT(HELP), 0, 0, command_version},
};
const uint32_t cli_command_count = COUNT_OF(cli_commands);
