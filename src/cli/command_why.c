// SPDX-License-Identifier: Apache-2.0
// why, why-not, blame: explanations.
#include "cli/cli_internal.h"

#include <string.h>

static void show_tree(struct invocation *invocation, const struct story *story, const struct explain_node *tree) {
    if (invocation->json) {
        show_head(invocation, story);
        text_add(&invocation->out, SPAN("\"why\":"));
        explain_print_json(tree, &invocation->out);
        text_add(&invocation->out, SPAN("}\n"));
        return;
    }
    if (story->projection) show_head(invocation, story);
    size_t from = invocation->out.length;
    explain_print_text(tree, &invocation->out, false);
    struct scenario_legend legend = {.labels = story->treaty.labels};
    legend_text(&legend, (struct span){invocation->out.at + from, (uint32_t)(invocation->out.length - from)});
    if (invocation->colour) {
        invocation->out.length = from;
        explain_print_text(tree, &invocation->out, true);
    }
    if (legend.at.count) {
        text_byte(&invocation->out, '\n');
        legend_print(&legend, &invocation->out);
    }
    legend_release(&legend);
}

// ---- What is asked about -------------------------------------------------------------------------------------------
// "line 12", "line" "12", or "12": a line of the scenario.
static bool read_line_number(const struct invocation *invocation, uint32_t *line) {
    const char *words = invocation->arguments[1];
    if (invocation->argument_count == 3) {
        if (strcmp(words, "line") != 0) return false;
        words = invocation->arguments[2];
    } else if (strncmp(words, "line ", 5) == 0) {
        words += 5;
    }
    *line = 0;
    for (const char *digit = words; *digit; digit++) {
        if (*digit < '0' || *digit > '9' || *line > 100000000) return false;
        *line = *line * 10 + (uint32_t)(*digit - '0');
    }
    return words[0] != '\0';
}

// A step begins at the margin, and what is indented below it belongs to it.
static uint32_t last_line_of(const struct story *story, const struct scenario_step *step, uint32_t first) {
    struct span text = story->treaty.diagnostics.sources.at[step->place.source].text;
    uint32_t line = first, at = step->place.at;
    for (;;) {
        while (at < text.length && text.at[at] != '\n') at++;
        if (at + 1 >= text.length || (text.at[at + 1] != ' ' && text.at[at + 1] != '\t')) return line;
        at++;
        line++;
    }
}

static bool lines_of(const struct story *story, const struct step_result *result, uint32_t *first, uint32_t *last) {
    uint32_t column;
    // The line of what a register says is one of its table.
    if (result->step->row || result->entry_count == 0) return false;
    diagnostics_line(&story->treaty.diagnostics, result->step->place, first, &column);
    *last = last_line_of(story, result->step, *first);
    return true;
}

#define LINES_SHOWN 12u

static int no_such_line(struct invocation *invocation, const struct story *story, uint32_t line) {
    struct text refused = {0};
    uint32_t first, last, lowest = 0, highest = 0, shown = 0;
    for (uint32_t i = 0; i < story->run.steps.count; i++) {
        const struct step_result *step = &story->run.steps.at[i];
        if (!lines_of(story, step, &first, &last)) continue;
        if (!lowest || first < lowest) lowest = first;
        if (last > highest) highest = last;
        if (step->receipt.status == RECEIPT_DONE || shown++ > LINES_SHOWN) continue;
        if (shown > LINES_SHOWN) text_print(&refused, ", ...");
        else text_print(&refused, "%s%u", refused.length ? ", " : "", first);
    }
    if (shown == 0) text_print(&refused, "none");
    if (!lowest) complain(invocation, EXIT_USAGE, "no act stands in line %u: the scenario has none", line);
    else
        complain(invocation, EXIT_USAGE, "no act stands in line %u: acts stand in lines %u to %u; refused: %.*s", line,
                 lowest, highest, SPAN_ARG(text_span(&refused)));
    text_release(&refused);
    return EXIT_USAGE;
}

static int why_line(struct invocation *invocation, struct story *story, uint32_t line) {
    const struct step_result *step = NULL;
    uint32_t first, last;
    for (uint32_t i = 0; i < story->run.steps.count && !step; i++)
        if (lines_of(story, &story->run.steps.at[i], &first, &last) && first <= line && line <= last)
            step = &story->run.steps.at[i];
    if (!step) return no_such_line(invocation, story, line);
    struct explainer with = explainer_of(invocation, story);
    if (step->receipt.status != RECEIPT_DONE) {
        show_tree(invocation, story, explain_refusal(&with, &step->entries[step->entry_count - 1], &step->receipt));
        return EXIT_DONE;
    }
    return complain(invocation, EXIT_FALSE, "what line %u says was not refused%s", line,
                    step->entered ? "" : " (it was only tried)");
}

static struct explain_node *why_entity(const struct explainer *with, struct type type, value entity) {
    if (type.base != TYPE_ENTITY) return NULL;
    if (type.of == ENTITY_DUTY) return explain_duty(with, entity);
    if (type.of == ENTITY_FINDING) return explain_finding(with, entity);
    return type.of == ENTITY_PROPOSAL ? explain_proposal(with, entity) : NULL;
}

// A duty, finding or decision: a name that the scenario binds, or its number (duty@19.0).
static struct explain_node *why_name(struct invocation *invocation, struct story *story, const char *name) {
    struct explainer with = explainer_of(invocation, story);
    const struct scenario *scenario = story->scenario;
    struct explain_node *tree = NULL;
    struct type type;
    value entity;
    if (read_entity(story->treaty.program, span_of(name), &type, &entity)) return why_entity(&with, type, entity);
    for (uint32_t i = 0; i < scenario->name_count && !tree; i++)
        if (span_is(scenario->names[i].text, name) && story->run.bound[i])
            tree = why_entity(&with, scenario->names[i].type, story->run.names[i]);
    return tree;
}

// A thing that is neither: what it is, and what can be asked of it. The relation is the first that is keyed by it.
static bool name_of_thing(const struct invocation *invocation, const struct story *story, const char *name,
                          int *status) {
    const struct program *program = story->treaty.program;
    const struct scenario *scenario = story->scenario;
    for (uint32_t i = 0; i < scenario->name_count; i++) {
        struct type type = scenario->names[i].type;
        if (!span_is(scenario->names[i].text, name) || type.base != TYPE_ENTITY || type.of == NO_ID) continue;
        struct span kind = program->entity_types[type.of].name;
        for (uint32_t k = RELATION_FIRST_OWN; k < program->relations_count; k++) {
            const struct relation *relation = &program->relations[k];
            if (relation->hidden || relation->column_count == 0 || relation->columns[0].type.base != TYPE_ENTITY ||
                relation->columns[0].type.of != type.of)
                continue;
            struct text pattern = {0};
            text_print(&pattern, "%.*s(%s", SPAN_ARG(relation->name), name);
            for (uint32_t c = 1; c < relation->column_count; c++) text_print(&pattern, ", _");
            *status = usage(invocation, "%s is %s %.*s; ask e.g. '%.*s)'", name,
                            strchr("aeiou", kind.at[0]) ? "an" : "a", SPAN_ARG(kind), SPAN_ARG(text_span(&pattern)));
            text_release(&pattern);
            return true;
        }
    }
    return false;
}

// ---- Commands ------------------------------------------------------------------------------------------------------
static int explain(struct invocation *invocation, struct story *story, explain_truth wanted, bool blame) {
    uint32_t relation;
    value pattern[COLUMNS_MAX + 1];
    int status = read_fact(invocation, story, invocation->arguments[1], &relation, pattern);
    if (status != EXIT_DONE) return status;
    struct explainer with = explainer_of(invocation, story);
    struct explain_node *tree =
        blame ? explain_blame(&with, relation, pattern) : explain_fact(&with, relation, pattern);
    show_tree(invocation, story, tree);
    return blame || tree->truth == wanted ? EXIT_DONE : EXIT_FALSE;
}

int command_why(struct invocation *invocation) {
    struct story story;
    uint32_t line;
    bool of_line = read_line_number(invocation, &line);
    if (invocation->argument_count == 3 && !of_line && strcmp(invocation->arguments[1], "line") == 0)
        return usage(invocation, "`line` is followed by a line number, not by `%s`", invocation->arguments[2]);
    if (invocation->argument_count == 3 && !of_line)
        return usage(invocation, "`%s` is one argument too many", invocation->arguments[2]);
    int status = story_open(invocation, invocation->arguments[0], &story);
    if (status != EXIT_DONE) goto out;
    struct explain_node *named = of_line ? NULL : why_name(invocation, &story, invocation->arguments[1]);
    if (named) show_tree(invocation, &story, named);
    else if (!of_line && name_of_thing(invocation, &story, invocation->arguments[1], &status)) goto out;
    else status = of_line ? why_line(invocation, &story, line) : explain(invocation, &story, EXPLAIN_HOLDS, false);
out:
    story_close(&story);
    return status;
}

int command_why_not(struct invocation *invocation) {
    struct story story;
    int status = story_open(invocation, invocation->arguments[0], &story);
    if (status == EXIT_DONE) status = explain(invocation, &story, EXPLAIN_FAILS, false);
    story_close(&story);
    return status;
}

int command_blame(struct invocation *invocation) {
    struct story story;
    int status = story_open(invocation, invocation->arguments[0], &story);
    if (status == EXIT_DONE) status = explain(invocation, &story, EXPLAIN_NEUTRAL, true);
    story_close(&story);
    return status;
}
