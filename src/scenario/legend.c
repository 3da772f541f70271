// SPDX-License-Identifier: Apache-2.0
// The labels of the names that something shown speaks of, each once, in the order in which they came.
#include "scenario/scenario_internal.h"

void legend_name(struct scenario_legend *legend, struct span name) {
    const struct label *label = labels_find(legend->labels, name);
    for (uint32_t i = 0; label && i < legend->at.count; i++)
        if (legend->at.at[i] == label) return;
    if (label) VEC_PUSH(&legend->at, label);
}

static void legend_actor(struct scenario_legend *legend, const struct program *program, value actor) {
    if (actor < 0) return;
    switch (actor_class_of(actor)) {
    case ACTOR_PARTY: legend_name(legend, program->parties[actor].name); break;
    case ACTOR_OFFICE:
        legend_name(legend, program->offices[actor_office_id(actor)].name);
        legend_actor(legend, program, actor_office_party(actor));
        break;
    case ACTOR_ORGAN: legend_name(legend, program->organs[actor_organ_id(actor)].name); break;
    case ACTOR_ROLE: legend_name(legend, program->relations[actor_role_relation(actor)].name); break;
    }
}

void legend_value(struct scenario_legend *legend, const struct program *program, struct type type, value v) {
    if (!legend->labels || v < 0) return;
    if (type.base == TYPE_PARTY || type.base == TYPE_ACTOR) legend_actor(legend, program, v);
    if (type.base == TYPE_KIND && type.of < program->kinds_count && v < program->kinds[type.of].constant_count)
        legend_name(legend, program->kinds[type.of].constants[v].name);
}

static void legend_call(struct scenario_legend *legend, const struct program *program, const struct call *call) {
    const struct act *act = &program->acts[call->act];
    legend_name(legend, act->name);
    for (uint32_t i = 0; i < call->argument_count && i < act->parameter_count; i++)
        legend_value(legend, program, act->parameters[i].type, call->arguments[i].value);
}

void legend_run(struct scenario_legend *legend, const struct scenario_run *run) {
    static const struct type actor = {TYPE_ACTOR, NO_ID};
    const struct program *program = run->evaluator->program;
    if (!legend->labels) return;
    for (uint32_t i = scenario_begins(run); i < run->steps.count; i++) {
        const struct step_result *result = &run->steps.at[i];
        for (uint32_t k = 0; k < result->entry_count; k++) {
            const struct entry *entry = &result->entries[k];
            if (entry->kind != ENTRY_TICK) legend_value(legend, program, actor, entry->actor);
            for (uint32_t c = 0; c < entry->call_count; c++) legend_call(legend, program, &entry->calls[c]);
            for (uint32_t c = 0; c < entry->answer_count; c++)
                legend_value(legend, program, actor, entry->answers[c].actor);
        }
        const struct write *writes[] = {result->settled, result->writes};
        const uint32_t counts[] = {result->settled_count, result->write_count};
        for (uint32_t part = 0; part < COUNT_OF(writes); part++)
            for (uint32_t k = 0; k < counts[part]; k++) {
                const struct write *write = &writes[part][k];
                if (write->kind != WRITE_BEGIN) continue;
                if (write->relation == RELATION_DUTY) legend_value(legend, program, actor, write->values[1]);
                if (write->relation != RELATION_OBLIGED) continue;
                uint32_t act = program->obligations[write->values[1]].act;
                if (act != NO_ID) legend_name(legend, program->acts[act].name);
            }
    }
}

static bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

// Formulas and citations keep the treaty's own names: what stands before or inside brackets.
void legend_text(struct scenario_legend *legend, struct span text) {
    uint32_t deep = 0;
    for (uint32_t at = 0; legend->labels && at < text.length;) {
        uint32_t end = at;
        char c = text.at[at];
        while (end < text.length && is_name_byte(text.at[end])) end++;
        if (end > at && (deep || (end < text.length && text.at[end] == '('))) {
            struct span name = span_part(text, at, end - at);
            const struct label *label = labels_find(legend->labels, name);
            if (label && !span_equal(label->label, name)) legend_name(legend, name);
        }
        if (c == '(' || c == '[') deep++;
        else if (deep && (c == ')' || c == ']')) deep--;
        else if (c == '\n') deep = 0;
        at = end > at ? end : at + 1;
    }
}

void legend_print(const struct scenario_legend *legend, struct text *out) {
    for (uint32_t i = 0; i < legend->at.count; i++) {
        const struct label *label = legend->at.at[i];
        struct text line = {0};
        text_print(&line, "%.*s: %.*s%s%.*s", SPAN_ARG(label->name), SPAN_ARG(label->label),
                   label->help.length ? ". " : "", SPAN_ARG(label->help));
        if (label->fallback) text_print(&line, " [en]");
        text_print(out, "  ");
        text_wrap(out, text_span(&line), 2, 6, WORDS_WIDTH);
        text_byte(out, '\n');
        text_release(&line);
    }
}

void legend_release(struct scenario_legend *legend) { VEC_RELEASE(&legend->at); }
