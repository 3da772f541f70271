// SPDX-License-Identifier: Apache-2.0
// state, duties, decisions, findings, diff: what is known of a scenario as of a moment.
#include "cli/cli_internal.h"

static int could_not_ask(struct invocation *invocation, ask_status status) {
    static const char *const why[] = {
        [ASK_OK] = "",
        [ASK_STOPPED] = "it was stopped",
        [ASK_LIMIT] = "the question touches too many rows",
        [ASK_NO_SUCH_POSITION] = "there is no such entry"};
    return complain(invocation, EXIT_FALSE, "the question has no answer: %s", why[status]);
}

// ---- Labels --------------------------------------------------------------------------------------------------------
// The labels of the names in a table, below it.
static struct scenario_legend legend_of(const struct story *story) {
    return (struct scenario_legend){.labels = story->treaty.labels};
}

static const struct type actor_type = {TYPE_ACTOR, NO_ID};

static void show_names(struct invocation *invocation, struct scenario_legend *legend) {
    if (legend->at.count && !invocation->json) {
        text_byte(&invocation->out, '\n');
        legend_print(legend, &invocation->out);
    }
    legend_release(legend);
}

// What rules of the embedded libraries derive serves decisions; it is shown with --all, or asked by name.
static bool of_library(const struct story *story, uint32_t relation) {
    const struct relation *of = &story->treaty.program->relations[relation];
    const struct diagnostics *all = &story->treaty.diagnostics;
    if (!of->derived || of->place.source >= all->sources.count) return false;
    for (size_t i = 0; i < lang_library_count; i++)
        if (span_is(all->sources.at[of->place.source].path, lang_libraries[i].name)) return true;
    return false;
}

// ---- State ---------------------------------------------------------------------------------------------------------
static void show_state(struct invocation *invocation, struct story *story, struct state_view *state) {
    if (invocation->json) {
        text_add(&invocation->out, SPAN("\"state\":"));
        if (state->otherwise) state->count = 0;
        scenario_state_json(story->evaluator, state, &story->run.words, &invocation->out);
        text_add(&invocation->out, SPAN("}\n"));
        return;
    }
    if (state->count == 0) text_print(&invocation->out, "%s", labels_say(story->treaty.labels, "nothing holds\n"));
    if (state->otherwise)
        text_print(&invocation->out, "%s", labels_say(story->treaty.labels, "nothing holds; at other times:\n"));
    for (uint32_t i = 0; i < state->count; i++) {
        struct state_view one = {&state->at[i], 1, state->asked, state->otherwise};
        scenario_state_print(story->evaluator, &one, &story->run.words, &invocation->out, invocation->colour);
    }
}

// All that holds, or all but what libraries derive.
static ask_status ask_state(struct invocation *invocation, struct story *story, struct state_view *state) {
    bool all = has(invocation, OPTION_ALL);
    unsigned parts = STATE_BASE | STATE_DERIVED | (all ? STATE_SYSTEM : 0);
    ask_status asked = scenario_state(story->evaluator, story->question, parts, &invocation->arena, state);
    uint32_t kept = 0;
    for (uint32_t i = 0; asked == ASK_OK && i < state->count; i++)
        if (all || !of_library(story, state->at[i].relation)) state->at[kept++] = state->at[i];
    state->count = kept;
    return asked;
}

int command_state(struct invocation *invocation) {
    struct story story;
    struct state_view state;
    uint32_t relation;
    value pattern[COLUMNS_MAX + 1];
    ask_status asked = ASK_OK;
    int status = story_open(invocation, invocation->arguments[0], &story);
    if (status == EXIT_DONE && invocation->argument_count > 1)
        status = read_fact(invocation, &story, invocation->arguments[1], &relation, pattern);
    if (status != EXIT_DONE) goto out;
    if (invocation->argument_count == 1) asked = ask_state(invocation, &story, &state);
    else
        asked = scenario_facts(story.evaluator, story.question, relation, pattern, &invocation->arena, &state);
    if (asked != ASK_OK) {
        status = could_not_ask(invocation, asked);
        goto out;
    }
    show_head(invocation, &story);
    show_state(invocation, &story, &state);
out:
    story_close(&story);
    return status;
}

// ---- Duties, decisions, findings -----------------------------------------------------------------------------------
int command_duties(struct invocation *invocation) {
    struct story story;
    struct duty_views duties;
    value of;
    int status = story_open(invocation, invocation->arguments[0], &story);
    if (status == EXIT_DONE) status = read_of(invocation, &story, &of);
    if (status != EXIT_DONE) goto out;
    ask_status asked = scenario_duties(story.evaluator, story.question, &invocation->arena, &duties);
    if (asked != ASK_OK) {
        status = could_not_ask(invocation, asked);
        goto out;
    }
    if (of != VALUE_ANY) scenario_duties_of(story.evaluator, story.question, of, &duties);
    show_head(invocation, &story);
    if (invocation->json) {
        text_add(&invocation->out, SPAN("\"duties\":"));
        scenario_duties_json(story.evaluator, &duties, &story.run.words, &invocation->out);
        text_add(&invocation->out, SPAN("}\n"));
    } else {
        scenario_duties_print(story.evaluator, &duties, &story.run.words, story.question.time, &invocation->out,
                              invocation->colour);
    }
    struct scenario_legend names = legend_of(&story);
    for (uint32_t i = 0; i < duties.count; i++) {
        legend_value(&names, story.treaty.program, actor_type, duties.at[i].bearer);
        if (duties.at[i].act != NO_ID) legend_name(&names, story.treaty.program->acts[duties.at[i].act].name);
    }
    show_names(invocation, &names);
out:
    story_close(&story);
    return status;
}

int command_decisions(struct invocation *invocation) {
    struct story story;
    struct decision_views decisions;
    value of;
    int status = story_open(invocation, invocation->arguments[0], &story);
    if (status == EXIT_DONE) status = read_of(invocation, &story, &of);
    if (status != EXIT_DONE) goto out;
    ask_status asked = scenario_decisions(story.evaluator, story.question, &invocation->arena, &decisions);
    if (asked != ASK_OK) {
        status = could_not_ask(invocation, asked);
        goto out;
    }
    if (of != VALUE_ANY) scenario_decisions_of(story.evaluator, story.question, of, &decisions);
    show_head(invocation, &story);
    if (invocation->json) {
        text_add(&invocation->out, SPAN("\"decisions\":"));
        scenario_decisions_json(story.evaluator, &decisions, &invocation->out);
        text_add(&invocation->out, SPAN("}\n"));
    } else {
        scenario_decisions_print(story.evaluator, &decisions, &story.run.words, &invocation->out, invocation->colour);
    }
    struct scenario_legend names = legend_of(&story);
    for (uint32_t i = 0; i < decisions.count; i++) {
        legend_value(&names, story.treaty.program, actor_type, decisions.at[i].organ);
        for (uint32_t k = 0; k < decisions.at[i].item_count; k++)
            legend_name(&names, story.treaty.program->acts[decisions.at[i].items[k].act].name);
    }
    show_names(invocation, &names);
out:
    story_close(&story);
    return status;
}

int command_findings(struct invocation *invocation) {
    struct story story;
    struct finding_views findings;
    value of;
    int status = story_open(invocation, invocation->arguments[0], &story);
    if (status == EXIT_DONE) status = read_of(invocation, &story, &of);
    if (status != EXIT_DONE) goto out;
    ask_status asked = scenario_findings(story.evaluator, story.question, &invocation->arena, &findings);
    if (asked != ASK_OK) {
        status = could_not_ask(invocation, asked);
        goto out;
    }
    if (of != VALUE_ANY) scenario_findings_of(story.evaluator, story.question, of, &findings);
    show_head(invocation, &story);
    if (invocation->json) {
        text_add(&invocation->out, SPAN("\"findings\":"));
        scenario_findings_json(story.evaluator, &findings, &story.run.words, &invocation->out);
        text_add(&invocation->out, SPAN("}\n"));
    } else {
        scenario_findings_print(story.evaluator, &findings, &story.run.words, &invocation->out, invocation->colour);
    }
    struct scenario_legend names = legend_of(&story);
    for (uint32_t i = 0; i < findings.count; i++)
        for (uint32_t k = 0; k < findings.at[i].concern_count; k++)
            legend_value(&names, story.treaty.program, actor_type, findings.at[i].concerns[k]);
    for (uint32_t i = 0; i < findings.count; i++)
        if (findings.at[i].duty && findings.at[i].duty->act != NO_ID)
            legend_name(&names, story.treaty.program->acts[findings.at[i].duty->act].name);
    show_names(invocation, &names);
out:
    story_close(&story);
    return status;
}

// ---- Diff ----------------------------------------------------------------------------------------------------------
static void show_diff(struct invocation *invocation, struct story *story, struct question from,
                      struct diff_view *diff) {
    show_head(invocation, story);
    if (invocation->json) {
        text_add(&invocation->out, SPAN("\"from\":"));
        explain_print_moment(from.time, &invocation->out);
        text_add(&invocation->out, SPAN(",\"changes\":"));
        scenario_diff_json(story->evaluator, diff, &invocation->out);
        text_add(&invocation->out, SPAN("}\n"));
        return;
    }
    if (diff->count == 0) text_print(&invocation->out, "%s", labels_say(story->treaty.labels, "nothing changed\n"));
    else scenario_diff_print(story->evaluator, diff, &story->run.words, &invocation->out, invocation->colour);
    struct scenario_legend names = legend_of(story);
    for (uint32_t i = 0; i < diff->count; i++) {
        const struct relation *relation = &story->treaty.program->relations[diff->at[i].relation];
        legend_name(&names, relation->name);
        for (uint32_t k = 0; k < relation->column_count; k++)
            legend_value(&names, story->treaty.program, relation->columns[k].type, diff->at[i].row.values[k]);
    }
    show_names(invocation, &names);
}

int command_diff(struct invocation *invocation) {
    struct story story;
    struct diff_view diff;
    if (!has(invocation, OPTION_FROM)) return usage(invocation, "--from TIME is missing");
    int status = story_open(invocation, invocation->arguments[0], &story);
    struct question from = {0, POSITION_LAST};
    if (status != EXIT_DONE) goto out;
    if (!read_time(invocation, &story, OPTION_FROM, &from.time) ||
        (has(invocation, OPTION_TO) && !read_time(invocation, &story, OPTION_TO, &story.question.time))) {
        status = EXIT_USAGE;
        goto out;
    }
    if (from.time > story.question.time) {
        status = usage(invocation, "--from is later than %s", has(invocation, OPTION_TO) ? "--to" : "the end");
        goto out;
    }
    story.projection = story.question.time > scenario_end(&story.run);
    unsigned parts = STATE_BASE | STATE_DERIVED | (has(invocation, OPTION_ALL) ? STATE_SYSTEM : 0);
    ask_status asked = scenario_diff(story.evaluator, from, story.question, parts, &invocation->arena, &diff);
    if (asked == ASK_OK && !has(invocation, OPTION_ALL)) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < diff.count; i++)
            if (!of_library(&story, diff.at[i].relation)) diff.at[kept++] = diff.at[i];
        diff.count = kept;
    }
    if (asked != ASK_OK) status = could_not_ask(invocation, asked);
    else show_diff(invocation, &story, from, &diff);
out:
    story_close(&story);
    return status;
}
