// SPDX-License-Identifier: Apache-2.0
// Any text as the files of a register, each after a line `=== NAME`: read for a small fixed treaty and, where it is one, run;
// the batch that is written then has to do the same.
#include "fuzz.h"

#include "scenario/scenario.h"

static const char treaty[] = "```treaty\n"
                             "treaty pact \"Pact\" offset +03:00\n"
                             "use std/consensus\n"
                             "source Pact \"The pact\"\n"
                             "article [Pact 1]\n"
                             "party state = ARM, BLR, KAZ\n"
                             "entity document\n"
                             "kind topic = transit | base\n"
                             "office parliament of state\n"
                             "fact member(state)\n"
                             "given member(ARM), member(BLR), member(KAZ)\n"
                             "fact chairing(=> state)\n"
                             "fact signed(document => topic: topic, title: text, day: time)\n"
                             "fact approved(document, state)\n"
                             "fact strength(state => people: int, for: duration)\n"
                             "organ council \"Council\"\n"
                             "  seats member\n"
                             "  chair chairing\n"
                             "  decides by consensus\n"
                             "act take-chair() by member s\n"
                             "  set chairing(s)\n"
                             "act adopt(topic: topic, title: text, day: time) by council makes document d\n"
                             "  add signed(d, topic, title, day)\n"
                             "act approve(d: document) by parliament of s\n"
                             "  add approved(d, s)\n"
                             "act report(people: int, for: duration) by member s\n"
                             "  require people > 0 else \"nobody is no strength\"\n"
                             "  set strength(s, people, for)\n"
                             "```\n";

static struct program *program_of_treaty(void) {
    static struct program *program;
    static struct diagnostics all;
    if (program) return program;
    diagnostics_init(&all);
    program = lang_load_text(&all, SPAN("pact.md"), span_of(treaty));
    ENSURE(program);
    return program;
}

// The whole text is one file README.md where no line begins one.
static uint32_t split(struct span text, struct register_file *files, uint32_t most) {
    uint32_t count = 0, from = 0;
    struct span name = SPAN("README.md");
    for (uint32_t at = 0; at <= text.length && count < most; at++) {
        bool line = at == 0 || at == text.length || text.at[at - 1] == '\n';
        bool begins = line && span_starts(span_part(text, at, text.length - at), "=== ");
        if (at < text.length && !begins) continue;
        files[count++] = (struct register_file){name, span_part(text, from, at - from)};
        if (!begins) break;
        for (from = at; from < text.length && text.at[from] != '\n';) from++;
        name = span_part(text, at + 4, from - at - 4);
        if (from < text.length) from++;
        at = from > at ? from - 1 : at;
    }
    return count;
}

struct came_to {
    uint32_t failures, position;
    uint8_t digest[32];
};

static struct came_to run(const struct program *program, const struct diagnostics *all, const struct scenario *scenario,
                          const struct scenario_set *set, bool batch) {
    struct evaluator *evaluator = engine_new(program);
    struct scenario_run run;
    struct text out = {0};
    uint32_t bad_at;
    scenario_run(scenario, evaluator, NULL, NULL, &run);
    struct came_to outcome = {.failures = run.failures.count, .position = evaluator->position};
    evaluator_hash(evaluator, evaluator->position, outcome.digest);
    scenario_failures_print(all, &run, &out, true);
    scenario_replay_print(&run, &out, false, false);
    if (!batch) {
        scenario_import_print(all, set, &run, &out, false);
        scenario_import_json(all, set, &run, &out);
    }
    ENSURE(span_utf8_valid(text_span(&out), &bad_at));
    text_release(&out);
    scenario_run_release(&run);
    evaluator_free(evaluator);
    return outcome;
}

// What was written is read without a fault, and comes to the same state.
static void hold_batch(const struct program *program, struct span batch, struct came_to wanted) {
    struct diagnostics all;
    struct scenario_set set;
    diagnostics_init(&all);
    scenario_set_init(&set);
    bool read = scenario_read_text(&all, program, SPAN("batch.md"), batch, &set);
    struct text out = {0};
    if (!read) {
        diagnostics_print(&all, &out, false);
        fwrite(out.at, 1, out.length, stderr);
        fwrite(batch.at, 1, batch.length, stderr);
    }
    ENSURE(read && set.all.count == 1);
    struct came_to got = run(program, &all, &set.all.at[0], &set, true);
    bool empty = set.all.at[0].step_count == 0;
    ENSURE(empty || got.failures == wanted.failures);
    ENSURE(got.position == wanted.position && memcmp(got.digest, wanted.digest, sizeof got.digest) == 0);
    text_release(&out);
    scenario_set_release(&set);
    diagnostics_release(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 13) return 0;
    const struct program *program = program_of_treaty();
    struct diagnostics all;
    struct scenario_set set;
    struct register_file files[8];
    struct text batch = {0}, out = {0};
    diagnostics_init(&all);
    scenario_set_init(&set);
    uint32_t count = split((struct span){(const char *)data, (uint32_t)size}, files, COUNT_OF(files));
    bool read = scenario_import_text(&all, program, SPAN("register"), files, count, &set, &batch);
    ENSURE(read == (all.errors == 0));
    ENSURE(set.all.count == (read ? 1 : 0));
    ENSURE(read || batch.length == 0);
    diagnostics_print(&all, &out, false);
    if (read) hold_batch(program, text_span(&batch), run(program, &all, &set.all.at[0], &set, false));
    text_release(&batch);
    text_release(&out);
    scenario_set_release(&set);
    diagnostics_release(&all);
    return 0;
}
