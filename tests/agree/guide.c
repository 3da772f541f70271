// SPDX-License-Identifier: Apache-2.0
// Runs scenarios on both evaluators at once, and keeps their entries as courses for sessions to go along with.
#include "agree.h"

#include "scenario/scenario.h"

// The naive evaluator replays for every question: of a long scenario's only some are compared.
#define QUESTIONS_ALL 60u
#define QUESTIONS_SHARE 32u

// The two as one evaluator, which compares what they say.
struct twin {
    struct evaluator evaluator;
    struct session session;
    struct guide *guide;
    VEC(struct course_step) steps;
    uint32_t questions;
    bool same;
};

static struct twin *twin_of(struct evaluator *evaluator) { return (struct twin *)evaluator; }

static struct span keep_text(struct guide *guide, struct span text) { return text.length ? span_copy(&guide->arena, text) : (struct span){0}; }

static const struct entry *keep_entry(struct guide *guide, const struct entry *entry) {
    struct entry *kept = ARENA_NEW(&guide->arena, struct entry);
    struct call *calls = ARENA_ARRAY(&guide->arena, struct call, entry->call_count + 1);
    struct answer *answers = ARENA_ARRAY(&guide->arena, struct answer, entry->answer_count + 1);
    for (uint32_t i = 0; i < entry->call_count; i++) {
        struct argument *arguments = ARENA_ARRAY(&guide->arena, struct argument, entry->calls[i].argument_count + 1);
        for (uint32_t k = 0; k < entry->calls[i].argument_count; k++)
            arguments[k] = (struct argument){entry->calls[i].arguments[k].value, keep_text(guide, entry->calls[i].arguments[k].text)};
        calls[i] = (struct call){entry->calls[i].act, arguments, entry->calls[i].argument_count};
    }
    for (uint32_t i = 0; i < entry->answer_count; i++) {
        answers[i] = entry->answers[i];
        answers[i].reason = keep_text(guide, answers[i].reason);
    }
    *kept = *entry;
    kept->calls = calls;
    kept->answers = answers;
    kept->medium = keep_text(guide, entry->medium);
    return kept;
}

static void twin_follow(struct twin *twin) {
    twin->evaluator.texts = twin->session.naive->texts;
    twin->evaluator.position = twin->session.naive->position;
    twin->evaluator.time = twin->session.naive->time;
}

static void twin_submit(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt) {
    struct twin *twin = twin_of(evaluator);
    twin->same = compare_submit(&twin->session, entry, receipt) && twin->same;
    VEC_PUSH(&twin->steps, (struct course_step){keep_entry(twin->guide, entry), receipt->position, receipt->status == RECEIPT_DONE, false});
    twin_follow(twin);
}

static void twin_judge(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt) {
    struct twin *twin = twin_of(evaluator);
    twin->same = compare_judge(&twin->session, entry, receipt) && twin->same;
    VEC_PUSH(&twin->steps, (struct course_step){keep_entry(twin->guide, entry), twin->session.naive->position + 1, false, true});
}

static ask_status twin_ask(struct evaluator *evaluator, struct question question, uint32_t relation, const value *pattern, ask_visitor visit, void *context) {
    struct twin *twin = twin_of(evaluator);
    if (twin->questions < QUESTIONS_ALL || twin->questions % QUESTIONS_SHARE == 0) twin->same = compare_ask(&twin->session, question, relation, pattern) && twin->same;
    twin->questions++;
    return evaluator_ask(twin->session.engine, question, relation, pattern, visit, context);
}

static void twin_rows(struct evaluator *evaluator, uint32_t relation, ask_visitor visit, void *context) {
    evaluator_rows(twin_of(evaluator)->session.engine, relation, visit, context);
}

static void twin_hash(struct evaluator *evaluator, uint32_t position, uint8_t digest[32]) { evaluator_hash(twin_of(evaluator)->session.naive, position, digest); }

static void twin_free(struct evaluator *evaluator) { (void)evaluator; }      // its owner ends the session

static const struct evaluator_methods methods = {
    .free = twin_free, .submit = twin_submit, .judge = twin_judge, .ask = twin_ask, .rows = twin_rows, .hash = twin_hash};

static void keep_course(struct guide *guide, struct span title, const struct twin *twin) {
    struct course_step *steps = ARENA_ARRAY(&guide->arena, struct course_step, twin->steps.count + 1);
    for (uint32_t i = 0; i < twin->steps.count; i++) steps[i] = twin->steps.at[i];
    VEC_PUSH(&guide->courses, (struct course){keep_text(guide, title), steps, twin->steps.count});
}

static bool run_both(struct guide *guide, const struct diagnostics *all, const struct program *program, const struct scenario *scenario, struct agree_counts *counts,
                     struct text *said) {
    struct scenario_run run;
    struct twin twin = {.guide = guide, .same = true};
    session_begin(&twin.session, program, guide->engine, (struct chance){.state = 1}, counts);
    twin.session.leading = true;
    twin.evaluator = (struct evaluator){.methods = &methods, .program = program};
    twin_follow(&twin);
    scenario_run(scenario, &twin.evaluator, NULL, NULL, &run);
    twin.same = session_review(&twin.session) && twin.same;
    if (!twin.same)
        text_print(said, "\n%.*s, scenario \"%.*s\": the engine and the naive evaluator differ\n%.*s\n%.*s\n", SPAN_ARG(scenario->path), SPAN_ARG(scenario->title),
                   (int)twin.session.story.length, twin.session.story.at, (int)twin.session.difference.length, twin.session.difference.at);
    scenario_failures_print(all, &run, said, false);
    keep_course(guide, scenario->title, &twin);
    bool held = twin.same && run.failures.count == 0;
    scenario_run_release(&run);
    guide->engine = session_end(&twin.session);
    VEC_RELEASE(&twin.steps);
    return held;
}

bool guide_load(struct guide *guide, struct diagnostics *all, const struct program *program, const char *path, struct agree_counts *counts, struct text *said) {
    struct scenario_set set;
    bool same = true;
    arena_init(&guide->arena);
    scenario_set_init(&set);
    if (!scenario_read(all, program, path, &set)) {
        diagnostics_print(all, said, false);
        same = false;
    }
    // One that takes a register in costs the plain evaluator seconds each time it is entered: tests/treaties.sh has those, on demand.
    for (uint32_t i = 0; i < set.all.count; i++)
        if (!set.all.at[i].imports) same = run_both(guide, all, program, &set.all.at[i], counts, said) && same;
    scenario_set_release(&set);
    return same;
}

void guide_release(struct guide *guide) {
    VEC_RELEASE(&guide->courses);
    evaluator_free(guide->engine);
    arena_release(&guide->arena);
}
