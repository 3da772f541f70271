// SPDX-License-Identifier: Apache-2.0
// Any text as a file of scenarios: read against a small fixed treaty and, where it is one, run and told on the engine.
#include "fuzz.h"

#include "scenario/scenario.h"

static const char treaty[] = "```treaty\n"
                             "treaty pact \"Pact\" offset +03:00\n"
                             "use std/consensus\n"
                             "source Pact \"The pact\"\n"
                             "article [Pact 1]\n"
                             "party state = ARM, BLR, KAZ\n"
                             "entity crisis, operation\n"
                             "kind basis = consultation | assistance\n"
                             "office secretary-general\n"
                             "office parliament of state\n"
                             "fact chairing(=> state)\n"
                             "fact member(state)\n"
                             "fact appealed(crisis => by: state, basis: basis, threat: text)\n"
                             "fact consulting(crisis)\n"
                             "fact mission(operation => crisis: crisis, people: int)\n"
                             "fact ending(operation => time)\n"
                             "fact approved(operation, by: state)\n"
                             "given member(ARM), member(BLR), member(KAZ)\n"
                             "rule active(o) if mission(o, _, _)\n"
                             "organ council \"Council\"\n"
                             "  seats member\n"
                             "  chair chairing\n"
                             "  decides by consensus\n"
                             "act take-chair() by member s\n"
                             "  set chairing(s)\n"
                             "act appeal(basis: basis, threat: text) by member s makes crisis c\n"
                             "  add appealed(c, s, basis, threat)\n"
                             "  oblige chair(council) to open-consultations(c) at once\n"
                             "act open-consultations(c: crisis) by chair(council)\n"
                             "  require appealed(c, _, _, _) else \"no member has appealed\"\n"
                             "  add consulting(c)\n"
                             "act mandate(c: crisis, people: int) by council makes operation o\n"
                             "  require people > 0 else \"nobody goes\"\n"
                             "  add mission(o, c, people)\n"
                             "act limit(o: operation, until: time) by council\n"
                             "  set ending(o, until)\n"
                             "  end mission(o, _, _) at until\n"
                             "act approve(o: operation) by parliament of s\n"
                             "  add approved(o, s)\n"
                             "act judge(f: finding) by council\n"
                             "  drop f\n"
                             "ought every mission(o, _, _) has ending(o, _) else \"a mandate has an end\"\n"
                             "never approved(o, KAZ), active(o)\n"
                             "at once means 6 hours\n"
                             "records by secretary-general contestable within 30 days\n"
                             "```\n";

static struct program *program_of_treaty(void) {
    static struct program *program;
    static struct diagnostics all;
    if (program) return program;
    diagnostics_init(&all);
    program = lang_load_text(&all, SPAN("pact.md"), span_of(treaty));
    struct text out = {0};
    if (!program) {
        diagnostics_print(&all, &out, false);
        fwrite(out.at, 1, out.length, stderr);
    }
    text_release(&out);
    ENSURE(program);
    return program;
}

static void tell(const struct scenario *scenario, const struct diagnostics *all, const struct program *program) {
    struct evaluator *evaluator = engine_new(program);
    struct coverage coverage;
    struct scenario_run run;
    struct text out = {0};
    uint32_t bad_at;
    coverage_init(&coverage, program);
    struct scenario_observer observer = coverage_observer(&coverage);
    scenario_run(scenario, evaluator, NULL, scenario->step_count < 40 ? &observer : NULL, &run);
    scenario_failures_print(all, &run, &out, true);
    scenario_replay_print(&run, &out, false, false);
    scenario_replay_html(&run, &out);
    scenario_replay_json(&run, &out);
    ENSURE(span_utf8_valid(text_span(&out), &bad_at));
    text_release(&out);
    scenario_run_release(&run);
    coverage_release(&coverage);
    evaluator_free(evaluator);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 13) return 0;
    const struct program *program = program_of_treaty();
    struct diagnostics all;
    struct scenario_set set;
    diagnostics_init(&all);
    scenario_set_init(&set);
    bool read =
        scenario_read_text(&all, program, SPAN("input.md"), (struct span){(const char *)data, (uint32_t)size}, &set);
    ENSURE(read == (all.errors == 0));
    ENSURE(read || set.all.count == 0);
    struct text out = {0};
    diagnostics_print(&all, &out, false);
    for (uint32_t i = 0; i < set.all.count && i < 8; i++) tell(&set.all.at[i], &all, program);
    text_release(&out);
    scenario_set_release(&set);
    diagnostics_release(&all);
    return 0;
}
