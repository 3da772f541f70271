// SPDX-License-Identifier: Apache-2.0
// Scenarios as text. In every file of tests/scenario, and in docs/scenarios.md, the treaty blocks are a treaty, and each
// scenario is a case; a file without treaty blocks tries tests/scenario/treaty/pact.md.
// An `expect` block behind it says what comes out, exactly:
//   expect                the report: what is wrong with its text, or what failed (nothing where it passes)
//   expect replay         its story, as at a terminal          expect replay-json
//   expect duties         a view at its end; likewise decisions, findings, state, and each with -json
//   expect coverage       what the scenario leaves untried
// A scenario without one is to pass. Both evaluators run it and are to say the same; its page is to be well formed.
// UPDATE=1 writes what came out into the files; read the difference before committing it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "explain/explain.h"
#include "naive/naive.h"
#include "scenario/scenario.h"

struct scenario_case {
    struct span path, name;
    struct span text;    // of the file, with all scenarios but this one blanked out
    uint32_t number;     // of the scenario in its file
    bool with_expect;
    struct span title;     // of the expect block
    struct span treaty;    // path of the treaty, where the file has none
};

static struct arena arena;

static struct span base_name(struct span path) {
    uint32_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    return span_part(path, slash, path.length - slash);
}

// ---- Explanations, as the command line gives them -------------------------------------------------------------------
static struct explainer explainer_of(struct arena *memory, struct evaluator *evaluator, struct question question) {
    arena_init(memory);
    return (struct explainer){memory, evaluator, question, NULL};
}

static void print_tree(struct arena *memory, const struct explain_node *tree, struct text *out) {
    if (tree) explain_print_html(tree, out);
    arena_release(memory);
}

static void refused(void *context, struct evaluator *evaluator, const struct entry *entry,
                    const struct receipt *receipt, struct scenario_reasons *out) {
    struct arena memory;
    struct explainer with = explainer_of(&memory, evaluator, (struct question){entry->time, POSITION_LAST});
    (void)context;
    print_tree(&memory, explain_refusal(&with, entry, receipt), &out->html);
}

static void duty_html(void *context, struct evaluator *evaluator, struct question question, value duty,
                      struct text *out) {
    struct arena memory;
    struct explainer with = explainer_of(&memory, evaluator, question);
    (void)context;
    print_tree(&memory, explain_duty(&with, duty), out);
}

static void finding_html(void *context, struct evaluator *evaluator, struct question question, value finding,
                         struct text *out) {
    struct arena memory;
    struct explainer with = explainer_of(&memory, evaluator, question);
    (void)context;
    print_tree(&memory, explain_finding(&with, finding), out);
}

static void decision_html(void *context, struct evaluator *evaluator, struct question question, value proposal,
                          struct text *out) {
    struct arena memory;
    struct explainer with = explainer_of(&memory, evaluator, question);
    (void)context;
    print_tree(&memory, explain_proposal(&with, proposal), out);
}

static const struct scenario_why explained = {
    .told = true,
    .refused = refused, .duty_html = duty_html, .finding_html = finding_html, .decision_html = decision_html};

// ---- The page is well formed ----------------------------------------------------------------------------------------
static bool name_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Every element is one that the page uses, is closed in its order, and has its attributes in quotes.
static void check_page(struct span page) {
    static const char *const alone[] = {"meta", "br"};
    static const char *const known[] = {"html", "head", "meta",    "title",   "style",   "body",  "header", "p",
                                        "h1",   "h2",   "h3",      "ul",      "ol",      "li",    "b",      "nav",
                                        "a",    "main", "section", "time",    "div",     "span",  "small",  "cite",
                                        "i",    "dl",   "dt",      "dd",      "table",   "thead", "tbody",  "tr",
                                        "th",   "td",   "article", "details", "summary", "br",    "footer"};
    struct span stack[256];
    uint32_t depth = 0;
    for (uint32_t at = 0; at < page.length; at++) {
        if (page.at[at] == '>') fail_msg("a stray > at byte %u", at);
        if (page.at[at] != '<') continue;
        bool closes = page.at[at + 1] == '/';
        if (page.at[at + 1] == '!') {
            while (page.at[at] != '>') at++;
            continue;
        }
        uint32_t from = at + 1 + closes, to = from;
        while (to < page.length && name_byte(page.at[to])) to++;
        struct span name = span_part(page, from, to - from);
        bool found = false, single = false;
        for (uint32_t i = 0; i < COUNT_OF(known); i++) found |= span_is(name, known[i]);
        for (uint32_t i = 0; i < COUNT_OF(alone); i++) single |= span_is(name, alone[i]);
        if (!found) fail_msg("an element that the page does not know: %.40s", page.at + at);
        bool quoted = false;
        for (at = to; at < page.length && (quoted || page.at[at] != '>'); at++)
            if (page.at[at] == '"') quoted = !quoted;
        if (closes) {
            if (depth == 0 || !span_equal(stack[depth - 1], name))
                fail_msg("</%.*s> closes <%.*s> at byte %u", SPAN_ARG(name), depth ? (int)stack[depth - 1].length : 0,
                         depth ? stack[depth - 1].at : "", at);
            depth--;
        } else if (!single) {
            assert_true(depth < COUNT_OF(stack));
            stack[depth++] = name;
        }
        if (span_is(name, "style") && !closes)
            while (page.at[at + 1] != '<') at++;
    }
    assert_int_equal(depth, 0);
}

// ---- What comes out -------------------------------------------------------------------------------------------------
static void show_view(const struct scenario_case *one, struct scenario_run *run, struct text *out) {
    struct question question = {run->evaluator->time, POSITION_LAST};
    struct evaluator *evaluator = run->evaluator;
    struct duty_views duties;
    struct decision_views decisions;
    struct finding_views findings;
    struct state_view state;
    struct diff_view diff;
    struct arena memory;
    arena_init(&memory);
    assert_int_equal(scenario_duties(evaluator, question, &memory, &duties), ASK_OK);
    assert_int_equal(scenario_decisions(evaluator, question, &memory, &decisions), ASK_OK);
    assert_int_equal(scenario_findings(evaluator, question, &memory, &findings), ASK_OK);
    assert_int_equal(scenario_state(evaluator, question, STATE_BASE | STATE_DERIVED, &memory, &state), ASK_OK);
    assert_int_equal(scenario_diff(evaluator, (struct question){TIME_MAX - 1, 0}, question, STATE_BASE, &memory, &diff),
                     ASK_OK);
    if (span_is(one->title, "duties"))
        scenario_duties_print(evaluator, &duties, &run->words, question.time, out, false);
    if (span_is(one->title, "duties-json")) scenario_duties_json(evaluator, &duties, &run->words, out);
    if (span_is(one->title, "decisions")) scenario_decisions_print(evaluator, &decisions, &run->words, out, false);
    if (span_is(one->title, "decisions-json")) scenario_decisions_json(evaluator, &decisions, out);
    if (span_is(one->title, "findings")) scenario_findings_print(evaluator, &findings, &run->words, out, false);
    if (span_is(one->title, "findings-json")) scenario_findings_json(evaluator, &findings, &run->words, out);
    if (span_is(one->title, "state")) scenario_state_print(evaluator, &state, &run->words, out, false);
    if (span_is(one->title, "state-json")) scenario_state_json(evaluator, &state, &run->words, out);
    if (span_is(one->title, "diff")) scenario_diff_print(evaluator, &diff, &run->words, out, false);
    if (span_is(one->title, "diff-json")) scenario_diff_json(evaluator, &diff, out);
    arena_release(&memory);
}

static void run_on(const struct scenario_case *one, const struct diagnostics *all, const struct program *program,
                   const struct scenario *scenario, bool naive, struct text *out) {
    struct evaluator *evaluator = naive ? naive_new(program) : engine_new(program);
    struct coverage coverage;
    struct scenario_run run;
    coverage_init(&coverage, program);
    struct scenario_observer observer = coverage_observer(&coverage);
    scenario_run(scenario, evaluator, &explained, &observer, &run);
    scenario_failures_print(all, &run, out, false);
    if (span_is(one->title, "replay")) scenario_replay_print(&run, out, false, false);
    if (span_is(one->title, "replay-json")) scenario_replay_json(&run, out);
    if (span_is(one->title, "coverage")) coverage_print(all, &coverage, NULL, out);
    if (span_is(one->title, "coverage-json")) coverage_json(all, &coverage, out);
    show_view(one, &run, out);
    struct text page = {0};
    scenario_replay_html(&run, &page);
    check_page(text_span(&page));
    text_release(&page);
    scenario_run_release(&run);
    coverage_release(&coverage);
    evaluator_free(evaluator);
}

static void show(const struct scenario_case *one, bool naive, struct text *out) {
    struct diagnostics all;
    struct scenario_set set;
    diagnostics_init(&all);
    scenario_set_init(&set);
    struct span treaty = one->text;
    if (one->treaty.length) assert_int_equal(file_read(&arena, one->treaty.at, &treaty), BASE_OK);
    struct program *program = lang_load_text(&all, base_name(one->treaty.length ? one->treaty : one->path), treaty);
    if (!program) {
        diagnostics_print(&all, out, false);
    } else if (!scenario_read_text(&all, program, base_name(one->path), one->text, &set)) {
        diagnostics_print(&all, out, false);
    } else {
        assert_int_equal(set.all.count, 1);
        run_on(one, &all, program, &set.all.at[0], naive, out);
    }
    scenario_set_release(&set);
    if (program) program_free(program);
    diagnostics_release(&all);
}

// ---- A case ---------------------------------------------------------------------------------------------------------
static struct fences fences_of(struct span path, struct span text) {
    struct diagnostics all;
    diagnostics_init(&all);
    struct fences fences = markdown_fences(&arena, &all, diagnostics_source(&all, path, text));
    for (uint32_t i = 0; i < fences.count; i++) {
        fences.at[i].info = span_copy(&arena, fences.at[i].info);
        fences.at[i].title = span_copy(&arena, fences.at[i].title);
    }
    diagnostics_release(&all);
    return fences;
}

static bool begins(struct span text, const struct fence *fence) {
    return span_is(fence->info, "scenario") &&
           span_starts(span_trim(span_part(text, fence->from, fence->to - fence->from)), "scenario \"");
}

// The expect block of the scenario with that number, in the file as it is now: an update before this one may have moved it.
static bool find_expect(struct span text, struct fences fences, uint32_t number, struct fence *expect) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < fences.count; i++) {
        at += begins(text, &fences.at[i]);
        if (at != number || !span_is(fences.at[i].info, "expect")) continue;
        *expect = fences.at[i];
        return true;
    }
    return false;
}

static void update(struct span path, struct span text, struct fence expect, struct span now) {
    FILE *file = fopen(path.at, "wb");
    assert_non_null(file);
    fwrite(text.at, 1, expect.from, file);
    fwrite(now.at, 1, now.length, file);
    if (now.length && now.at[now.length - 1] != '\n') fputc('\n', file);
    fwrite(text.at + expect.to, 1, text.length - expect.to, file);
    assert_int_equal(fclose(file), 0);
}

static void run_case(void **state) {
    const struct scenario_case *one = *state;
    struct text now = {0}, naive = {0};
    struct span file, wanted = {0};
    struct fence expect;
    assert_int_equal(file_read(&arena, one->path.at, &file), BASE_OK);
    if (one->with_expect && find_expect(file, fences_of(one->path, file), one->number, &expect))
        wanted = span_part(file, expect.from, expect.to - expect.from);
    show(one, false, &now);
    show(one, true, &naive);
    struct span came = span_copy(&arena, text_span(&now)), other = span_copy(&arena, text_span(&naive));
    text_release(&now);
    text_release(&naive);
    if (!span_equal(came, other)) {
        fprintf(stderr, "--- the engine\n%.*s--- the naive evaluator\n%.*s", SPAN_ARG(came), SPAN_ARG(other));
        fail();
    }
    bool same = span_equal(span_trim(came), span_trim(wanted));
    if (!same && one->with_expect && getenv("UPDATE")) {
        update(one->path, file, expect, came);
    } else if (!same) {
        fprintf(stderr, "%s\n--- expected\n%.*s\n--- came\n%.*s--- alone: ./test 'scenario_test/%s'\n", one->path.at,
                SPAN_ARG(wanted), SPAN_ARG(came), one->name.at);
        fail();
    }
}

// ---- All of them ----------------------------------------------------------------------------------------------------
// The file with the scenario fences [first, end) as they are and all others blank, so that lines stay those of the file.
static struct span masked(struct span text, struct fences fences, uint32_t first, uint32_t end) {
    struct span copy = span_copy(&arena, text);
    char *bytes = (char *)(uintptr_t)copy.at;
    for (uint32_t i = 0; i < fences.count; i++) {
        if (!span_is(fences.at[i].info, "scenario") || (i >= first && i < end)) continue;
        uint32_t line = fences.at[i].from;
        while (line > 1 && bytes[line - 2] != '\n') line--;
        for (uint32_t at = line; at < fences.at[i].from; at++)
            if (bytes[at] != '\n' && bytes[at] != '`') bytes[at] = ' ';
    }
    return copy;
}

static void collect(struct span path, struct span treaty, void *tests) {
    VEC(struct CMUnitTest) *all = tests;
    struct span text;
    if (file_read(&arena, path.at, &text) != BASE_OK) return;
    struct fences fences = fences_of(path, text);
    uint32_t number = 0;
    for (uint32_t i = 0; i < fences.count; i++)
        if (span_is(fences.at[i].info, "treaty")) treaty.length = 0;
    for (uint32_t i = 0; i < fences.count; i++) {
        if (!begins(text, &fences.at[i])) continue;
        uint32_t end = i + 1;
        struct scenario_case *one = ARENA_NEW(&arena, struct scenario_case);
        while (end < fences.count && !begins(text, &fences.at[end])) end++;
        for (uint32_t k = i; k < end; k++) {
            if (!span_is(fences.at[k].info, "expect")) continue;
            one->with_expect = true;
            one->title = fences.at[k].title;
        }
        const char *quote = memchr(text.at + fences.at[i].from, '"', fences.at[i].to - fences.at[i].from);
        const char *after = quote ? memchr(quote + 1, '"', (size_t)(text.at + fences.at[i].to - quote - 1)) : NULL;
        struct span name = base_name(path);
        one->path = path;
        one->treaty = treaty;
        one->number = ++number;
        one->text = masked(text, fences, i, end);
        one->name = span_print(&arena, "%.*s: %.*s", (int)name.length - 3, name.at,
                               after ? (int)(after - quote - 1) : 0, after ? quote + 1 : "");
        VEC_PUSH(all, (struct CMUnitTest){.name = one->name.at, .test_func = run_case, .initial_state = one});
    }
}

// ---- Finding the treaty of a file -----------------------------------------------------------------------------------
static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void treaty_of_a_file_is_the_nearest(void **state) {
    (void)state;
    char root[] = "/tmp/entente-scenario-XXXXXX";
    assert_non_null(mkdtemp(root));
    struct span pact = span_print(&arena, "%s/pact", root), cases = span_print(&arena, "%s/pact/cases", root),
                command = {0};
    command = span_print(&arena, "mkdir -p %s %s/.git", cases.at, root);    // above it nothing is looked for
    assert_int_equal(system(command.at), 0);
    struct span story = span_print(&arena, "%s/story.md", cases.at), own = span_print(&arena, "%s/own.md", cases.at);
    write_file(span_print(&arena, "%s/treaty.md", pact.at).at, "```treaty\ntreaty pact \"Pact\"\n```\n");
    write_file(story.at, "```scenario\ntick\n```\n");
    assert_string_equal(scenario_find_treaty(&arena, story.at).at, pact.at);
    assert_string_equal(scenario_find_treaty(&arena, pact.at).at, pact.at);
    write_file(own.at, "```treaty\ntreaty own \"Own\"\n```\n");
    assert_string_equal(scenario_find_treaty(&arena, own.at).at, own.at);
    assert_int_equal(scenario_find_treaty(&arena, span_print(&arena, "%s/nowhere/x.md", root).at).length, 0);
    // A wrong line declares one too; a folder beside does not.
    write_file(own.at, "```treaty\ntreety own \"Own\"\n```\n");
    assert_string_equal(scenario_find_treaty(&arena, own.at).at, own.at);
    struct span beside = span_print(&arena, "%s/beside.md", root);
    write_file(beside.at, "```scenario\ntick\n```\n");
    assert_int_equal(scenario_find_treaty(&arena, beside.at).length, 0);
    assert_string_equal(scenario_find_treaty(&arena, root).at, root);
    command = span_print(&arena, "rm -r %s", root);
    assert_int_equal(system(command.at), 0);
}

int main(void) {
    const char *root = getenv("ROOT") ? getenv("ROOT") : ".";
    struct span *names;
    uint32_t count;
    VEC(struct CMUnitTest) tests = {0};
    arena_init(&arena);
    struct span folder = span_print(&arena, "%s/tests/scenario", root),
                treaty = span_print(&arena, "%s/treaty/pact.md", folder.at);
    if (folder_list(&arena, folder.at, &names, &count) != BASE_OK) count = 0;
    for (uint32_t i = 0; i < count; i++)
        collect(span_print(&arena, "%s/%.*s", folder.at, SPAN_ARG(names[i])), treaty, &tests);
    collect(span_print(&arena, "%s/docs/scenarios.md", root), treaty, &tests);
    VEC_PUSH(&tests, (struct CMUnitTest){.name = "treaty_of_a_file_is_the_nearest",
                                         .test_func = treaty_of_a_file_is_the_nearest});
    int failed = _cmocka_run_group_tests("scenario", tests.at, tests.count, NULL, NULL);
    VEC_RELEASE(&tests);
    arena_release(&arena);
    return failed;
}
