// SPDX-License-Identifier: Apache-2.0
// derived [--plant] [--draw SEED] WORK TREATY runs the scenarios of a treaty (or entries drawn at random) on the
// engine, lets clingo derive the same relations from the same base rows, once for all moments, and compares. In WORK
// it leaves derived.lp. --plant leaves out one row of the engine's, to see that it is missed.
#include "agree.h"
#include "export.h"
#include "scenario/scenario.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct asked {    // a question
    uint32_t story;
    uint32_t line;    // of the step, or number of the entry
    int64_t time;
    struct span *lost;     // per relation
    const char *beyond;    // a value that clingo cannot hold; else NULL
};
struct story {
    struct span title;
    uint32_t relations, rows, differences;
    struct text difference;
};
struct check {
    uint32_t every, passed;    // of so many moments one is asked; 0: each
    const char *treaty, *work;
    struct diagnostics all;
    struct program *program;
    struct export export;
    VEC(struct asked) asked;
    VEC(struct story) stories;
    VEC(struct span) expected, found;
    uint32_t last_position;
    int64_t last_time;
    uint64_t compared, empty, refused;
    bool plant;
};

// ---- The engine's side ---------------------------------------------------------------------------------------------
struct rows {
    struct check *check;
    const struct names *texts;
    uint32_t relation, question;
    bool too_large;
};

static bool take_row(void *context, const struct found *row) {
    struct rows *rows = context;
    struct check *check = rows->check;
    const struct relation *relation = &check->program->relations[rows->relation];
    struct text text = {0};
    for (uint32_t i = 0; i < relation->column_count; i++)
        if (relation->columns[i].type.base == TYPE_INT && row->values[i] != (int32_t)row->values[i])
            rows->too_large = true;
    export_row(&check->export, rows->texts, rows->question, rows->relation, row->values, &text);
    VEC_PUSH(&check->expected, span_copy(&check->export.arena, text_span(&text)));
    text_release(&text);
    return true;
}

static void ask(struct check *check, struct evaluator *evaluator, int64_t time, uint32_t line) {
    if (check->last_position == evaluator->position && check->last_time == time) return;
    // Which rows other moments will have had is not known of what has not come yet.
    if (time > evaluator->time && check->export.any_elsewhen) return;
    check->last_position = evaluator->position;
    check->last_time = time;
    if (check->every && check->passed++ % check->every) return;
    struct question question = {time, POSITION_LAST};
    struct span *lost = ARENA_ARRAY(&check->export.arena, struct span, check->program->relations_count + 1);
    struct rows rows = {check, &evaluator->texts, 0, 0, false};
    value pattern[COLUMNS_MAX + 2];
    for (uint32_t i = 0; i < COUNT_OF(pattern); i++) pattern[i] = VALUE_ANY;
    rows.question = export_question(&check->export, evaluator, question, lost);
    for (uint32_t i = 0; i < check->program->relations_count; i++) {
        if (!check->program->relations[i].derived) continue;
        rows.relation = i;
        rows.too_large = false;
        ask_status status = evaluator_ask(evaluator, question, i, pattern, take_row, &rows);
        if (status != ASK_OK) lost[i] = SPAN("the engine cannot be asked");
        else if (rows.too_large) lost[i] = SPAN("an integer needs more than 32 bits");
    }
    export_spread(&check->export, lost);
    VEC_PUSH(&check->asked, (struct asked){check->stories.count - 1, line, time, lost, NULL});
}

static void new_story(struct check *check, struct span title) {
    VEC_PUSH(&check->stories, (struct story){.title = title});
    check->last_position = UINT32_MAX;
}

static void observe(void *context, struct evaluator *evaluator, const struct scenario_step *step,
                    const struct step_result *result) {
    struct check *check = context;
    uint32_t line, column;
    diagnostics_line(&check->all, step->place, &line, &column);
    // Before a step: what time alone has brought by then.
    if (!result && (evaluator->position == 0 || step->time <= evaluator->time)) return;
    ask(check, evaluator, step->time > evaluator->time ? step->time : evaluator->time, line);
}

static bool run_scenarios(struct check *check) {
    struct scenario_set set;
    scenario_set_init(&set);
    bool read = scenario_read(&check->all, check->program, check->treaty, &set);
    for (uint32_t i = 0; read && i < set.all.count; i++) {
        const struct scenario *scenario = &set.all.at[i];
        struct evaluator *evaluator = engine_new(check->program);
        struct scenario_run run;
        new_story(check, span_copy(&check->export.arena, scenario->title.length ? scenario->title : SPAN("untitled")));
        // One that takes a register in is asked where it ends: at each of its steps there would be all rows of the register.
        bool whole = !check->every || !scenario->imports;
        scenario_run(scenario, evaluator, NULL, whole ? &(struct scenario_observer){check, observe} : NULL, &run);
        check->passed = whole ? check->passed : 0;
        if (!whole) ask(check, evaluator, evaluator->time, 0);
        scenario_run_release(&run);
        evaluator_free(evaluator);
    }
    scenario_set_release(&set);
    return read;
}

// Sessions as ./test agree draws them.
#define SESSIONS 2
#define SESSION_STEPS 50
static void run_drawn(struct check *check, uint64_t seed) {
    struct agree_counts counts = {0};
    for (uint32_t i = 0; i < SESSIONS; i++) {
        struct session session;
        session_begin(&session, check->program, NULL, (struct chance){.state = hash_mix(seed, i)}, &counts);
        new_story(check, span_print(&check->export.arena, "drawn, seed %llu, session %u", (unsigned long long)seed, i));
        bool same = true;
        for (uint32_t k = 0; same && k < SESSION_STEPS && !session_full(&session); k++) {
            same = session_step(&session);
            if (session.engine->position) ask(check, session.engine, session.engine->time, k);
        }
        evaluator_free(session_end(&session));
    }
}

// ---- Clingo's side -------------------------------------------------------------------------------------------------
static const char *in_work(struct check *check, const char *name) {
    return span_print(&check->export.arena, "%s/%s", check->work, name).at;
}

static bool write_program(struct check *check) {
    struct text program = {0};
    export_print(&check->export, &program);
    FILE *file = fopen(in_work(check, "derived.lp"), "w");
    bool written = file && fwrite(program.at, 1, program.length, file) == program.length;
    if (file && fclose(file) != 0) written = false;
    text_release(&program);
    return written;
}

static bool run_clingo(struct check *check) {
    const char *const words[] = {
        "clingo", "-V0", "-Wnone", "--out-ifs=\\n", "tests/clingo/arithmetic.lp", in_work(check, "derived.lp"), NULL};
    posix_spawn_file_actions_t actions;
    pid_t process;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, in_work(check, "found"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, in_work(check, "errors"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    bool run = posix_spawnp(&process, words[0], &actions, NULL, (char *const *)words, environ) == 0 &&
               waitpid(process, &status, 0) == process;
    posix_spawn_file_actions_destroy(&actions);
    // 10 and 20 and their sum are clingo's way to say that it found what there is: one answer, and no further one.
    return run && WIFEXITED(status) && (WEXITSTATUS(status) == 10 || WEXITSTATUS(status) == 30);
}

static struct span next_line(struct span *left) {
    const char *end = memchr(left->at, '\n', left->length);
    uint32_t length = end ? (uint32_t)(end - left->at) : left->length;
    struct span line = span_part(*left, 0, length);
    uint32_t past = length + (end ? 1 : 0);
    *left = span_part(*left, past, left->length - past);
    return line;
}

static void note_beyond(struct check *check, struct span errors) {
    while (errors.length) {
        struct span line = next_line(&errors);
        unsigned question;
        char number[32];
        const char *text = span_copy(&check->export.arena, line).at;
        if (sscanf(text, "beyond %u %31s", &question, number) == 2 && question < check->asked.count)
            check->asked.at[question].beyond = span_copy(&check->export.arena, span_of(number)).at;
    }
}

static bool read_found(struct check *check) {
    struct span text, errors;
    if (file_read(&check->export.arena, in_work(check, "found"), &text) != BASE_OK) return false;
    if (file_read(&check->export.arena, in_work(check, "errors"), &errors) != BASE_OK) return false;
    note_beyond(check, errors);
    bool satisfiable = false;
    while (text.length) {
        struct span line = next_line(&text);
        if (span_is(line, "SATISFIABLE")) satisfiable = true;
        else if (line.length) VEC_PUSH(&check->found, line);
    }
    return satisfiable;
}

// ---- The two -------------------------------------------------------------------------------------------------------
static int by_bytes(const void *a, const void *b) {
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

// r83_binds(12,...)
static void row_of(struct span row, uint32_t *relation, uint32_t *question) {
    *relation = (uint32_t)strtoul(row.at + 1, NULL, 10);
    const char *open = memchr(row.at, '(', row.length);
    ENSURE(open);
    *question = (uint32_t)strtoul(open + 1, NULL, 10);
}

#define SHOWN 20u
static void take_difference(struct check *check, struct span row, const char *who) {
    uint32_t relation, question;
    row_of(row, &relation, &question);
    const struct asked *asked = &check->asked.at[question];
    struct story *story = &check->stories.at[asked->story];
    if (asked->lost[relation].length || asked->beyond) return;
    if (story->differences++ >= SHOWN) return;
    text_print(&story->difference, "    line %u, ", asked->line);
    calendar_print(&story->difference, asked->time, check->program->offset);
    text_print(&story->difference, ": only %s has %.*s of %.*s\n", who, SPAN_ARG(row),
               SPAN_ARG(check->program->relations[relation].name));
}

static void compare(struct check *check) {
    uint32_t a = 0, b = 0;
    while (a < check->expected.count || b < check->found.count) {
        int order = a == check->expected.count ? 1
                    : b == check->found.count  ? -1
                                               : span_compare(check->expected.at[a], check->found.at[b]);
        if (order < 0) take_difference(check, check->expected.at[a++], "the engine");
        else if (order > 0) take_difference(check, check->found.at[b++], "clingo");
        else a++, b++;
    }
}

static void count(struct check *check) {
    for (uint32_t i = 0; i < check->asked.count; i++)
        for (uint32_t k = 0; k < check->program->relations_count; k++) {
            if (!check->program->relations[k].derived) continue;
            if (check->asked.at[i].lost[k].length || check->asked.at[i].beyond) check->refused++;
            else check->compared++;
        }
    for (uint32_t i = 0; i < check->expected.count; i++) {
        uint32_t relation, question;
        row_of(check->expected.at[i], &relation, &question);
        if (!check->asked.at[question].lost[relation].length && !check->asked.at[question].beyond)
            check->stories.at[check->asked.at[question].story].rows++;
    }
}

// Each reason once per relation.
static void print_refused(struct check *check) {
    for (uint32_t k = 0; k < check->program->relations_count; k++) {
        const struct relation *relation = &check->program->relations[k];
        uint32_t times = 0;
        struct span why = {0};
        for (uint32_t i = 0; i < check->asked.count; i++) {
            if (!check->asked.at[i].lost[k].length) continue;
            times++;
            why = check->asked.at[i].lost[k];
        }
        if (times)
            printf("    not compared: %.*s at %u of %u moments: %.*s\n", SPAN_ARG(relation->name), times,
                   check->asked.count, SPAN_ARG(why));
    }
    for (uint32_t i = 0; i < check->asked.count; i++)
        if (check->asked.at[i].beyond)
            printf("    not compared: the moment at line %u of %.*s: %s needs more than 32 bits\n",
                   check->asked.at[i].line, SPAN_ARG(check->stories.at[check->asked.at[i].story].title),
                   check->asked.at[i].beyond);
}

static bool report(struct check *check) {
    bool same = true;
    uint64_t rows = 0;
    for (uint32_t i = 0; i < check->stories.count; i++) {
        struct story *story = &check->stories.at[i];
        rows += story->rows;
        printf("%s %s: %.*s\n", story->differences ? "FAILED" : "ok", check->treaty, SPAN_ARG(story->title));
        same = same && !story->differences;
        printf("%.*s", (int)story->difference.length, story->difference.length ? story->difference.at : "");
        if (story->differences > SHOWN) printf("    and %u more\n", story->differences - SHOWN);
    }
    printf("    %s: %u scenarios, %u moments; derived relations compared %llu, refused %llu; rows %llu\n",
           check->treaty, check->stories.count, check->asked.count, (unsigned long long)check->compared,
           (unsigned long long)check->refused, (unsigned long long)rows);
    print_refused(check);
    return same;
}

static int hold_together(struct check *check) {
    if (!write_program(check) || !run_clingo(check) || !read_found(check)) {
        struct span errors;
        printf("FAILED %s: clingo gave no answer\n", check->treaty);
        if (file_read(&check->export.arena, in_work(check, "errors"), &errors) == BASE_OK)
            printf("%.*s", (int)(errors.length < 4000 ? errors.length : 4000), errors.at);
        return 1;
    }
    if (check->plant && check->expected.count) check->expected.count--;
    // qsort wants an array where there is nothing to sort, too.
    if (check->expected.count) qsort(check->expected.at, check->expected.count, sizeof(struct span), by_bytes);
    if (check->found.count) qsort(check->found.at, check->found.count, sizeof(struct span), by_bytes);
    compare(check);
    count(check);
    return report(check) ? 0 : 1;
}

int main(int argc, char **argv) {
    struct check check = {0};
    uint64_t seed = 0;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--plant") == 0) check.plant = true;
        else if (strcmp(argv[at], "--every") == 0 && at + 1 < argc) check.every = (uint32_t)strtoul(argv[++at], NULL, 10);
        else if (strcmp(argv[at], "--draw") == 0 && at + 1 < argc) seed = strtoull(argv[++at], NULL, 10);
        else at = argc;
    }
    if (argc - at != 2) {
        fprintf(stderr, "usage: derived [--plant] [--every N] [--draw SEED] WORK TREATY\n");
        return 2;
    }
    check.work = argv[at];
    check.treaty = argv[at + 1];
    diagnostics_init(&check.all);
    check.program = lang_load(&check.all, check.treaty);
    int status = 1;
    if (check.program) {
        export_init(&check.export, check.program);
        if (seed) run_drawn(&check, seed);
        else if (!run_scenarios(&check)) printf("FAILED %s: its scenarios cannot be read\n", check.treaty);
        if (check.stories.count) status = hold_together(&check);
        for (uint32_t i = 0; i < check.stories.count; i++) text_release(&check.stories.at[i].difference);
        export_release(&check.export);
        program_free(check.program);
    } else {
        struct text said = {0};
        diagnostics_print(&check.all, &said, false);
        printf("FAILED %s: it does not load\n%.*s", check.treaty, (int)said.length, said.length ? said.at : "");
        text_release(&said);
    }
    VEC_RELEASE(&check.asked);
    VEC_RELEASE(&check.stories);
    VEC_RELEASE(&check.expected);
    VEC_RELEASE(&check.found);
    diagnostics_release(&check.all);
    return status;
}
