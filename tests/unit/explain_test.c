// SPDX-License-Identifier: Apache-2.0
// What tests/explain cannot show as text: limits, the solver that coverage uses, forms of printing.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/explain.h"
#include "scenario/scenario.h"

#include <string.h>

struct stage { struct diagnostics all; struct program *program; struct evaluator *evaluator; struct arena arena; struct explainer with; };

static void stage_open(struct stage *stage, struct span treaty) {
    diagnostics_init(&stage->all);
    stage->program = lang_load_text(&stage->all, SPAN("stage.md"), treaty);
    if (!stage->program) {
        struct text out = {0};
        diagnostics_print(&stage->all, &out, false);
        print_error("%.*s\n", SPAN_ARG(text_span(&out)));
        text_release(&out);
    }
    assert_non_null(stage->program);
    stage->evaluator = engine_new(stage->program);
    arena_init(&stage->arena);
    stage->with = (struct explainer){&stage->arena, stage->evaluator, {0, POSITION_LAST}, NULL};
}

static void stage_close(struct stage *stage) {
    arena_release(&stage->arena);
    evaluator_free(stage->evaluator);
    program_free(stage->program);
    diagnostics_release(&stage->all);
}

// A chain of parties, each the neighbour of the next.
static struct span chain_treaty(struct text *out, int length) {
    text_print(out, "```treaty\ntreaty chain \"Chain\"\nsource Pact \"A pact\"\narticle [Pact 1]\nparty state = A0");
    for (int i = 1; i <= length; i++) text_print(out, ", A%d", i);
    text_print(out, "\nfact next(state, state)\n");
    for (int i = 0; i < length; i++) text_print(out, "given next(A%d, A%d)\n", i, i + 1);
    text_print(out, "rule reaches(a, b) if next(a, b)\nrule reaches(a, c) if reaches(a, b), next(b, c)\n");
    text_print(out, "rule end(a) if reaches(_, a), not next(a, _)\n```\n");
    return text_span(out);
}

static uint32_t count_nodes(const struct explain_node *node, uint32_t depth, uint32_t *deepest, bool *cut) {
    uint32_t count = 1;
    if (depth > *deepest) *deepest = depth;
    if (node->kind == EXPLAIN_CUT) *cut = true;
    for (const struct explain_node *child = node->first; child; child = child->next) count += count_nodes(child, depth + 1, deepest, cut);
    return count;
}

static struct explain_node *reach(struct stage *stage, value from, value to) {
    uint32_t relation = program_find_relation(stage->program, SPAN("reaches"));
    return explain_fact(&stage->with, relation, (value[]){from, to});
}

static void a_proof_shows_every_step(void **state) {
    (void)state;
    struct stage stage;
    struct text treaty = {0};
    stage_open(&stage, chain_treaty(&treaty, 20));
    uint32_t deepest = 0;
    bool cut = false;
    struct explain_node *tree = reach(&stage, 0, 20);
    assert_int_equal(tree->truth, EXPLAIN_HOLDS);
    // The claim, 20 rules, 19 facts between them, 20 rows.
    assert_int_equal(count_nodes(tree, 0, &deepest, &cut), 1 + 20 + 19 + 20);
    assert_false(cut);
    stage_close(&stage);
    text_release(&treaty);
}

static void a_proof_that_is_too_deep_says_so(void **state) {
    (void)state;
    struct stage stage;
    struct text treaty = {0};
    stage_open(&stage, chain_treaty(&treaty, 100));
    uint32_t deepest = 0;
    bool cut = false;
    struct explain_node *tree = reach(&stage, 0, 100);
    assert_int_equal(tree->truth, EXPLAIN_HOLDS);
    assert_true(count_nodes(tree, 0, &deepest, &cut) <= EXPLAIN_NODES_MAX);
    assert_true(cut);
    assert_true(deepest <= 2 * EXPLAIN_DEPTH_MAX + 2);
    stage_close(&stage);
    text_release(&treaty);
}

static void a_missing_fact_of_a_long_chain_is_bounded(void **state) {
    (void)state;
    struct stage stage;
    struct text treaty = {0};
    stage_open(&stage, chain_treaty(&treaty, 100));
    uint32_t deepest = 0;
    bool cut = false;
    struct explain_node *tree = reach(&stage, 100, 0);
    assert_int_equal(tree->truth, EXPLAIN_FAILS);
    assert_true(count_nodes(tree, 0, &deepest, &cut) <= EXPLAIN_NODES_MAX);
    stage_close(&stage);
    text_release(&treaty);
}

static void conditions_are_solved_by_themselves(void **state) {
    (void)state;
    struct stage stage;
    struct text treaty = {0};
    stage_open(&stage, chain_treaty(&treaty, 5));
    const struct relation *end = &stage.program->relations[program_find_relation(stage.program, SPAN("end"))];
    const struct rule *rule = &stage.program->rules[end->rules[0]];
    value values[SLOTS_MAX] = {0};
    bool bound[SLOTS_MAX] = {0};
    assert_int_equal(explain_holds(&stage.with, &rule->frame, rule->body, values, bound), EXPLAIN_YES);
    uint32_t slot = rule->head[0]->slot;
    assert_true(bound[slot]);
    assert_int_equal(values[slot], 5);
    // What is bound beforehand stays, and where nothing is found, nothing is touched.
    bool other[SLOTS_MAX] = {0};
    values[slot] = 2;
    other[slot] = true;
    assert_int_equal(explain_holds(&stage.with, &rule->frame, rule->body, values, other), EXPLAIN_NO);
    assert_int_equal(values[slot], 2);
    stage_close(&stage);
    text_release(&treaty);
}

static bool count_solution(void *context, const value *values, const bool *bound) {
    (void)values;
    (void)bound;
    ++*(uint32_t *)context;
    return true;
}

static void every_solution_is_visited(void **state) {
    (void)state;
    struct stage stage;
    struct text treaty = {0};
    stage_open(&stage, chain_treaty(&treaty, 5));
    const struct relation *reaches = &stage.program->relations[program_find_relation(stage.program, SPAN("reaches"))];
    const struct rule *rule = &stage.program->rules[reaches->rules[0]];
    value values[SLOTS_MAX] = {0};
    bool bound[SLOTS_MAX] = {0};
    uint32_t count = 0;
    assert_int_equal(explain_solutions(&stage.with, &rule->frame, rule->body, values, bound, count_solution, &count), EXPLAIN_YES);
    assert_int_equal(count, 5);
    stage_close(&stage);
    text_release(&treaty);
}

static void lines_keep_to_their_columns(void **state) {
    (void)state;
    struct stage stage;
    struct text treaty = {0}, out = {0};
    stage_open(&stage, chain_treaty(&treaty, 100));
    explain_print_text(reach(&stage, 0, 9), &out, false);
    uint32_t columns = 0;
    for (size_t i = 0; i < out.length; i++) {
        if (out.at[i] == '\n') columns = 0;
        else if (((unsigned char)out.at[i] & 0xC0) != 0x80) columns++;
        assert_true(columns <= 100);
    }
    assert_null(strstr(out.at, "\033"));
    text_release(&out);
    text_release(&treaty);
    stage_close(&stage);
}

static void html_is_escaped_and_closed(void **state) {
    (void)state;
    struct explain_node leaf = {.kind = EXPLAIN_NOTE, .text = SPAN_INIT("a < b & \"c\""), .time = TIME_MIN};
    struct explain_node root = {.kind = EXPLAIN_CLAIM, .truth = EXPLAIN_FAILS, .text = SPAN_INIT("<script>"), .citation = SPAN_INIT("[Pact 1, disputed]"),
                                .standing = STANDING_DISPUTED, .time = TIME_MIN, .first = &leaf, .last = &leaf};
    struct text out = {0};
    explain_print_html(&root, &out);
    text_byte(&out, '\0');
    assert_null(strstr(out.at, "<script>"));
    assert_null(strstr(out.at, "a < b"));
    assert_non_null(strstr(out.at, "<details class=\"why\" open>"));
    assert_non_null(strstr(out.at, "</details>"));
    assert_non_null(strstr(out.at, "<cite class=\"disputed\">"));
    text_release(&out);
}

// ---- Limits ---------------------------------------------------------------------------------------------------------------
static void says(struct stage *stage, const struct entry *entry, const char *words) {
    struct receipt receipt;
    evaluator_judge(stage->evaluator, entry, &receipt);
    assert_int_equal(receipt.status, RECEIPT_TURNED_AWAY);
    struct span message = explain_message(&stage->with, entry, &receipt);
    assert_true(span_is(message, words));
    struct explain_node *tree = explain_refusal(&stage->with, entry, &receipt);
    assert_non_null(memmem(tree->text.at, tree->text.length, words, strlen(words)));
    assert_null(tree->first);
}

static void each_limit_on_an_entry_has_its_words(void **state) {
    (void)state;
    struct stage stage;
    stage_open(&stage, SPAN("```treaty\ntreaty t \"T\"\nuse std/consensus\nsource P \"P\"\narticle [P 1]\n"
                            "party state = A\nfact member(state)\ngiven member(A)\nfact said(text)\norgan o \"O\"\n"
                            "  seats member\n  decides by consensus\nact say(t: text) by member s\n  add said(t)\n"
                            "act decide() by o\n  add said(\"x\")\n```\n"));
    static struct argument argument;
    static struct call calls[CALLS_MAX + 1], say = {.arguments = &argument, .argument_count = 1};
    static struct answer answers[ANSWERS_MAX + 1];
    static char long_text[TEXT_BYTES_MAX + 1];
    memset(long_text, 'x', sizeof long_text);
    argument.text = (struct span){long_text, sizeof long_text};
    say.act = program_find_act(stage.program, SPAN("say"));
    for (uint32_t i = 0; i < COUNT_OF(calls); i++) calls[i].act = program_find_act(stage.program, SPAN("decide"));
    struct entry entry = {.kind = ENTRY_ACT, .calls = &say, .call_count = 1};
    says(&stage, &entry, "a text has at most 65536 bytes, and this one 65537");
    entry = (struct entry){.kind = ENTRY_PROPOSE, .calls = calls, .call_count = COUNT_OF(calls)};
    says(&stage, &entry, "a package has at most 64 items, and this one 65");
    entry = (struct entry){.kind = ENTRY_ANSWER, .answers = answers, .answer_count = COUNT_OF(answers)};
    says(&stage, &entry, "an entry has at most 1024 answers, and this one 1025");
    answers[0].reason = argument.text;
    entry.answer_count = 1;
    says(&stage, &entry, "a reason has at most 65536 bytes, and this one 65537");
    stage_close(&stage);
}

// ---- A whole case ---------------------------------------------------------------------------------------------------------
struct whole { struct stage stage; struct scenario_set set; struct scenario_run run; };

static void whole_open(struct whole *whole, const char *treaty, const char *path) {
    struct stage *stage = &whole->stage;
    diagnostics_init(&stage->all);
    arena_init(&stage->arena);
    scenario_set_init(&whole->set);
    const char *root = getenv("ROOT");
    stage->program = lang_load(&stage->all, span_print(&stage->arena, "%s/%s", root ? root : ".", treaty).at);
    assert_non_null(stage->program);
    assert_true(scenario_read(&stage->all, stage->program, span_print(&stage->arena, "%s/%s", root ? root : ".", path).at, &whole->set));
    stage->evaluator = engine_new(stage->program);
    scenario_run(&whole->set.all.at[0], stage->evaluator, NULL, NULL, &whole->run);
    stage->with = (struct explainer){&stage->arena, stage->evaluator, {stage->evaluator->time, POSITION_LAST}, NULL};
}

static void whole_close(struct whole *whole) {
    scenario_run_release(&whole->run);
    scenario_set_release(&whole->set);
    stage_close(&whole->stage);
}

static void explain_all_at(struct whole *whole, int64_t time) {
    struct stage *stage = &whole->stage;
    struct state_view state;
    stage->with.question.time = time;
    assert_int_equal(scenario_state(stage->evaluator, stage->with.question, STATE_BASE | STATE_DERIVED | STATE_SYSTEM, &stage->arena, &state), ASK_OK);
    for (uint32_t i = 0; i < state.count; i++) {
        for (uint32_t k = 0; k < state.at[i].count; k++) {
            uint32_t deepest = 0;
            bool cut = false;
            struct explain_node *tree = explain_fact(&stage->with, state.at[i].relation, state.at[i].at[k].values);
            assert_int_equal(tree->truth, EXPLAIN_HOLDS);
            assert_non_null(tree->first);
            uint32_t nodes = count_nodes(tree, 0, &deepest, &cut);
            // What leans on a whole register may go beyond a limit, and says so; nothing short is cut.
            if (cut && nodes <= EXPLAIN_LIST_MAX) print_error("%u nodes: %.*s\n", nodes, SPAN_ARG(tree->text));
            assert_true(!cut || nodes > EXPLAIN_LIST_MAX);
        }
    }
}

// At each entry, and at moments between: what holds has a proof, and the proof is whole.
static void every_fact_of_a_case_is_proved(void **state) {
    (void)state;
    struct whole whole;
    whole_open(&whole, "treaties/csto", "treaties/csto/cases/kazakhstan-2022.md");
    int64_t last = TIME_MIN;
    for (uint32_t i = 0; i < whole.run.steps.count; i++) {
        int64_t time = whole.run.steps.at[i].step->time;
        if (time != last && i % 16 == 0) explain_all_at(&whole, time + 3600);
        last = time;
    }
    whole_close(&whole);
}

static void every_refusal_of_a_case_is_explained(void **state) {
    (void)state;
    struct whole whole;
    uint32_t refused = 0;
    whole_open(&whole, "treaties/csto", "treaties/csto/cases/kazakhstan-2022.md");
    for (uint32_t i = 0; i < whole.run.steps.count; i++) {
        const struct step_result *step = &whole.run.steps.at[i];
        if (step->entry_count == 0 || step->receipt.status == RECEIPT_DONE) continue;
        struct explain_node *tree = explain_refusal(&whole.stage.with, &step->entries[step->entry_count - 1], &step->receipt);
        assert_int_equal(tree->truth, EXPLAIN_FAILS);
        if (step->receipt.refusal == REFUSAL_REQUIRE) assert_non_null(tree->first);
        refused++;
    }
    assert_true(refused >= 8);
    whole_close(&whole);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_shows_every_step),
        cmocka_unit_test(a_proof_that_is_too_deep_says_so),
        cmocka_unit_test(a_missing_fact_of_a_long_chain_is_bounded),
        cmocka_unit_test(conditions_are_solved_by_themselves),
        cmocka_unit_test(every_solution_is_visited),
        cmocka_unit_test(lines_keep_to_their_columns),
        cmocka_unit_test(html_is_escaped_and_closed),
        cmocka_unit_test(each_limit_on_an_entry_has_its_words),
        cmocka_unit_test(every_fact_of_a_case_is_proved),
        cmocka_unit_test(every_refusal_of_a_case_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
