// SPDX-License-Identifier: Apache-2.0
// replay, test: running scenarios.
#include "cli/cli_internal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// ---- replay --------------------------------------------------------------------------------------------------------
struct dumping {
    struct invocation *invocation;
    struct story *story;
    uint32_t relation;
};

static bool dump_row(void *context, const struct found *row) {
    struct dumping *all = context;
    const struct program *program = all->story->treaty.program;
    const struct relation *relation = &program->relations[all->relation];
    struct text *out = &all->invocation->out;
    text_print(out, "%.*s(", SPAN_ARG(relation->name));
    for (uint32_t i = 0; i < relation->column_count; i++) {
        if (i) text_add(out, SPAN(", "));
        program_print_value(program, &all->story->evaluator->texts, relation->columns[i].type, row->values[i], out);
    }
    text_add(out, SPAN(") from "));
    show_time(out, all->story, row->from);
    text_add(out, SPAN(" until "));
    show_time(out, all->story, row->until);
    text_print(out, ", begun %u, ended %u%s\n", row->begun, row->ended, row->until == row->from ? ", void" : "");
    return true;
}

static void dump_facts(struct invocation *invocation, struct story *story) {
    for (uint32_t i = 0; i < story->treaty.program->relations_count; i++)
        if (!story->treaty.program->relations[i].derived)
            evaluator_rows(story->evaluator, i, dump_row, &(struct dumping){invocation, story, i});
}

bool story_reads(const struct story *story, const char *path) {
    struct stat page, input;
    if (stat(path, &page) != 0 || !S_ISREG(page.st_mode)) return false;
    struct arena arena;
    bool same = false;
    arena_init(&arena);
    const struct diagnostics *all = &story->treaty.diagnostics;
    for (uint32_t i = 0; i < all->sources.count && !same; i++)
        same = stat(span_copy(&arena, all->sources.at[i].path).at, &input) == 0 && input.st_dev == page.st_dev &&
               input.st_ino == page.st_ino;
    arena_release(&arena);
    return same;
}

static int write_page(struct invocation *invocation, const struct story *story) {
    const char *path = invocation->values[OPTION_HTML];
    if (strcmp(path, "-") == 0) {
        scenario_replay_html(&story->run, &invocation->out);
        return EXIT_DONE;
    }
    struct text page = {0};
    scenario_replay_html(&story->run, &page);
    int status = write_file(invocation, path, text_span(&page));
    text_release(&page);
    return status;
}

static int show_replay(struct invocation *invocation, struct story *story) {
    bool html = has(invocation, OPTION_HTML), facts = has(invocation, OPTION_DUMP_RUN);
    int status = html ? write_page(invocation, story) : EXIT_DONE;
    if (html && status == EXIT_DONE && strcmp(invocation->values[OPTION_HTML], "-") != 0)
        text_print(&invocation->out, labels_say(story->treaty.labels, "written: %s\n"),
                   invocation->values[OPTION_HTML]);
    if (facts) dump_facts(invocation, story);
    if (!html && !facts && invocation->json) {
        text_add(&invocation->out, SPAN("{\"title\":"));
        text_json(&invocation->out, story->scenario->title);
        text_print(&invocation->out, ",\"passed\":%s,", story->run.failures.count ? "false" : "true");
        scenario_replay_json(&story->run, &invocation->out);
        text_add(&invocation->out, SPAN(",\"failures\":"));
        scenario_failures_json(&story->treaty.diagnostics, &story->run, &invocation->out);
        text_byte(&invocation->out, '}');
    } else if (!html && !facts) {
        scenario_replay_print(&story->run, &invocation->out, has(invocation, OPTION_WHY), invocation->colour);
    }
    if (story->run.failures.count && !invocation->json) {
        struct text failures = {0};
        scenario_failures_print(&story->treaty.diagnostics, &story->run, &failures, false);
        (void)!write_all(STDERR_FILENO, text_span(&failures));
        text_release(&failures);
    }
    return status != EXIT_DONE ? status : story->run.failures.count ? EXIT_FALSE : EXIT_DONE;
}

int command_replay(struct invocation *invocation) {
    struct story story;
    struct chosen chosen = {0};
    if (invocation->json + has(invocation, OPTION_DUMP_RUN) + has(invocation, OPTION_HTML) > 1)
        return usage(invocation, "--json, --dump and --html do not go together");
    int status = story_read(invocation, invocation->arguments[0], &story, &chosen);
    if (status == EXIT_DONE && chosen.count == 0)
        status = complain(invocation, EXIT_CORRUPT, "%s has no scenario", invocation->arguments[0]);
    if (status == EXIT_DONE && has(invocation, OPTION_HTML) && chosen.count > 1)
        status =
            complain(invocation, EXIT_USAGE, "a page is of one scenario, and %s has %u: say which, as FILE.md:TITLE",
                     invocation->arguments[0], chosen.count);
    if (status == EXIT_DONE && has(invocation, OPTION_HTML) && story_reads(&story, invocation->values[OPTION_HTML]))
        status = complain(invocation, EXIT_USAGE, "%s is what the page is made from: name another file",
                          invocation->values[OPTION_HTML]);
    if (status == EXIT_DONE && invocation->json) text_byte(&invocation->out, '[');
    for (uint32_t i = 0; i < chosen.count && (status == EXIT_DONE || status == EXIT_FALSE); i++) {
        if (i) text_add(&invocation->out, invocation->json ? SPAN(",\n") : SPAN("\n"));
        story_run(invocation, &story, chosen.at[i], NULL);
        int one = show_replay(invocation, &story);
        if (one != EXIT_DONE) status = one;
        story_stop(&story);
    }
    if (invocation->json && chosen.count && status <= EXIT_FALSE) text_add(&invocation->out, SPAN("]\n"));
    story_close(&story);
    return status;
}

// ---- test ----------------------------------------------------------------------------------------------------------
struct tally {
    uint32_t passed, failed;
};

static bool wanted(struct invocation *invocation, const struct scenario *scenario) {
    if (!has(invocation, OPTION_MATCH)) return true;
    const char *words = invocation->values[OPTION_MATCH];
    return strstr(span_copy(&invocation->arena, scenario->title).at, words) ||
           strstr(span_copy(&invocation->arena, scenario->path).at, words);
}

static void test_json(struct invocation *invocation, struct story *story, const struct tally *tally) {
    const struct scenario *scenario = story->scenario;
    text_add(&invocation->out, tally->passed + tally->failed ? SPAN(",\n{\"title\":") : SPAN("{\"title\":"));
    text_json(&invocation->out, scenario->title);
    text_add(&invocation->out, SPAN(",\"path\":"));
    text_json(&invocation->out, scenario->path);
    text_print(&invocation->out, ",\"passed\":%s,\"failures\":", story->run.failures.count ? "false" : "true");
    scenario_failures_json(&story->treaty.diagnostics, &story->run, &invocation->out);
    text_byte(&invocation->out, '}');
}

static void test_one(struct invocation *invocation, struct story *story, const struct scenario *scenario,
                     struct coverage *coverage, struct tally *tally) {
    struct scenario_observer observer = {0};
    if (coverage) observer = coverage_observer(coverage);
    story_run(invocation, story, scenario, coverage ? &observer : NULL);
    bool failed = story->run.failures.count > 0;
    uint32_t line, column;
    diagnostics_line(&story->treaty.diagnostics, scenario->place, &line, &column);
    if (invocation->json) {
        test_json(invocation, story, tally);
    } else {
        const char *paint = !invocation->colour ? "" : failed ? "\033[31m" : "\033[32m";
        const struct labels *labels = story->treaty.labels;
        text_print(&invocation->out, "%s%s%s ", paint, failed ? labels_say(labels, "FAILED") : labels_say(labels, "ok"),
                   invocation->colour ? "\033[0m" : "");
        text_print(&invocation->out, "%.*s (",
                   SPAN_ARG(scenario->title.length ? scenario->title : span_of(labels_say(labels, "untitled"))));
        scenario_visible_print(scenario->path, &invocation->out);
        text_print(&invocation->out, ":%u)\n", line);
        if (failed)
            scenario_failures_print(&story->treaty.diagnostics, &story->run, &invocation->out, invocation->colour);
    }
    if (failed) tally->failed++;
    else tally->passed++;
    story_stop(story);
}

static void test_end(struct invocation *invocation, struct story *story, struct coverage *coverage,
                     const struct tally *tally) {
    if (invocation->json) {
        text_print(&invocation->out, "],\"passed\":%u,\"failed\":%u", tally->passed, tally->failed);
        if (coverage) {
            text_add(&invocation->out, SPAN(",\"coverage\":"));
            coverage_json(&story->treaty.diagnostics, coverage, &invocation->out);
        }
        text_add(&invocation->out, SPAN("}\n"));
        return;
    }
    if (coverage) {
        text_byte(&invocation->out, '\n');
        coverage_print(&story->treaty.diagnostics, coverage, story->treaty.labels, &invocation->out);
        text_byte(&invocation->out, '\n');
    }
    text_print(&invocation->out, labels_say(story->treaty.labels, "%u passed, %u failed\n"), tally->passed,
               tally->failed);
}

int command_test(struct invocation *invocation) {
    struct story story;
    struct chosen chosen = {0};
    struct coverage coverage;
    struct tally tally = {0};
    int status = story_read(invocation, invocation->arguments[0], &story, &chosen);
    if (status == EXIT_DONE) {
        bool covering = has(invocation, OPTION_COVERAGE);
        print_diagnostics(invocation, &story.treaty.diagnostics);    // warnings: errors have ended it
        if (covering) coverage_init(&coverage, story.treaty.program);
        if (invocation->json) text_add(&invocation->out, SPAN("{\"scenarios\":["));
        else if (story.searched)
            text_print(&invocation->out, labels_say(story.treaty.labels, "the treaty is that in %s\n"),
                       story.treaty.path);
        for (uint32_t i = 0; i < chosen.count; i++)
            if (wanted(invocation, chosen.at[i]))
                test_one(invocation, &story, chosen.at[i], covering ? &coverage : NULL, &tally);
        test_end(invocation, &story, covering ? &coverage : NULL, &tally);
        if (covering) coverage_release(&coverage);
        if (tally.failed) status = EXIT_FALSE;
        else if (tally.passed == 0) status = complain(invocation, EXIT_FALSE, "there is no scenario to run");
    }
    story_close(&story);
    return status;
}
