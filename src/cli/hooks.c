// SPDX-License-Identifier: Apache-2.0
// Gives the runner of scenarios its explanations, as text for a terminal and as HTML for a page.
#include "cli/cli_internal.h"

#define TREE_WIDTH (100u - REASON_INDENT)    // a replay indents it
#define FACT_WIDTH (100u - 12u)              // so does the report of a failure

struct hooks {
    struct invocation *invocation;
    struct story *story;
};

// A tree lives only until it is printed: a replay makes many.
struct asking {
    struct arena arena;
    struct explainer with;
};

static void ask(struct asking *asking, struct hooks *hooks, struct evaluator *evaluator, struct question question) {
    arena_init(&asking->arena);
    asking->with = (struct explainer){&asking->arena, evaluator, question, &hooks->story->log};
}

// width 0: as HTML.
static void print(struct asking *asking, const struct hooks *hooks, const struct explain_node *tree, uint32_t width,
                  struct text *out) {
    if (tree && width == 0) explain_print_html(tree, out);
    else if (tree) explain_print_within(tree, width, out, hooks->invocation->colour);
    arena_release(&asking->arena);
}

static void refused(void *context, struct evaluator *evaluator, const struct entry *entry,
                    const struct receipt *receipt, struct scenario_reasons *out) {
    const struct hooks *hooks = context;
    struct asking asking;
    ask(&asking, context, evaluator, (struct question){entry->time, POSITION_LAST});
    const struct explain_node *tree = explain_refusal(&asking.with, entry, receipt);
    explain_print_decisive(tree, &out->decisive);
    explain_print_html(tree, &out->html);
    explain_print_within(tree, TREE_WIDTH, &out->whole, hooks->invocation->colour);
    arena_release(&asking.arena);
}

static void fact(void *context, struct evaluator *evaluator, struct question question, uint32_t relation,
                 const value *pattern, struct text *out) {
    struct asking asking;
    ask(&asking, context, evaluator, question);
    print(&asking, context, explain_fact(&asking.with, relation, pattern), FACT_WIDTH, out);
}

static void duty_html(void *context, struct evaluator *evaluator, struct question question, value duty,
                      struct text *out) {
    struct asking asking;
    ask(&asking, context, evaluator, question);
    print(&asking, context, explain_duty(&asking.with, duty), 0, out);
}

static void finding_html(void *context, struct evaluator *evaluator, struct question question, value finding,
                         struct text *out) {
    struct asking asking;
    ask(&asking, context, evaluator, question);
    print(&asking, context, explain_finding(&asking.with, finding), 0, out);
}

static void decision_html(void *context, struct evaluator *evaluator, struct question question, value proposal,
                          struct text *out) {
    struct asking asking;
    ask(&asking, context, evaluator, question);
    print(&asking, context, explain_proposal(&asking.with, proposal), 0, out);
}

struct scenario_why story_why(struct invocation *invocation, struct story *story) {
    struct hooks *hooks = ARENA_NEW(&invocation->arena, struct hooks);
    *hooks = (struct hooks){invocation, story};
    return (struct scenario_why){.context = hooks,
                                 .told = !strcmp(invocation->command->name, "replay"),
                                 .refused = refused,
                                 .fact = fact,
                                 .duty_html = duty_html,
                                 .finding_html = finding_html,
                                 .decision_html = decision_html};
}
