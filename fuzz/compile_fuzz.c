// SPDX-License-Identifier: Apache-2.0
// Any text as a treaty, compiled. Where there is no error there is a program, and it is what program.h promises: everything
// has a type, and conditions are safe from left to right. Text without a fence is taken for the inside of a treaty block.
#include "fuzz.h"

#include <string.h>

#include "lang/lang.h"

#define SLOTS (4 * SLOTS_MAX)

// ---- A frame is walked as an evaluator would ------------------------------------------------------------------------
struct walk {
    const struct program *program;
    const struct frame *frame;
    bool bound[SLOTS];
};

static void walk_conditions(struct walk *walk, struct conditions conditions);

// Local slots are those that an inner part binds: it works on a copy, as an evaluator would.
static void walk_inner(const struct walk *walk, struct conditions first, struct conditions second) {
    struct walk inner = *walk;
    walk_conditions(&inner, first);
    walk_conditions(&inner, second);
}

static void walk_expression(const struct walk *walk, const struct expression *e) {
    if (!e) return;
    ENSURE(e->type.base <= TYPE_KIND);
    if (e->kind == EXPRESSION_VARIABLE) {
        ENSURE(e->slot < walk->frame->slot_count && walk->bound[e->slot]);
    } else if (e->kind >= EXPRESSION_COUNT && e->kind <= EXPRESSION_MAX) {
        struct walk inner = *walk;
        for (uint32_t i = 0; i < e->slot_count; i++) ENSURE(!walk->bound[e->slots[i]]);
        walk_conditions(&inner, e->conditions);
        for (uint32_t i = 0; i < e->slot_count; i++) ENSURE(inner.bound[e->slots[i]]);
        walk_expression(&inner, e->left);
    } else {
        walk_expression(walk, e->left);
        walk_expression(walk, e->right);
    }
}

static bool is_free(const struct walk *walk, const struct expression *e) {
    return e->kind == EXPRESSION_VARIABLE && !walk->bound[e->slot];
}

static void walk_atom(struct walk *walk, const struct condition *condition) {
    ENSURE(condition->relation < walk->program->relations_count);
    ENSURE(condition->argument_count == walk->program->relations[condition->relation].column_count);
    walk_expression(walk, condition->moment);
    for (uint32_t i = 0; i < condition->argument_count; i++)
        if (!is_free(walk, condition->arguments[i])) walk_expression(walk, condition->arguments[i]);
    if (condition->negated) {
        // What is free in a negated atom is `_`: nothing else could mention it.
        for (uint32_t i = 0; i < condition->argument_count; i++)
            if (is_free(walk, condition->arguments[i]))
                ENSURE(walk->frame->names[condition->arguments[i]->slot].length == 0);
        return;
    }
    for (uint32_t i = 0; i < condition->argument_count; i++)
        if (is_free(walk, condition->arguments[i])) walk->bound[condition->arguments[i]->slot] = true;
    if (condition->since == NO_ID) return;
    ENSURE(!walk->bound[condition->since]);
    walk->bound[condition->since] = true;
}

static void walk_conditions(struct walk *walk, struct conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        const struct expression *left = condition->left, *right = condition->right;
        switch (condition->kind) {
        case CONDITION_ATOM: walk_atom(walk, condition); break;
        case CONDITION_NOT: walk_inner(walk, condition->inner, (struct conditions){0}); break;
        case CONDITION_EVERY: walk_inner(walk, condition->inner, condition->has); break;
        case CONDITION_COMPARE:
            if (condition->compare == COMPARE_EQUAL && is_free(walk, left)) {
                walk_expression(walk, right);
                walk->bound[left->slot] = true;
            }
            walk_expression(walk, left);
            if (condition->compare == COMPARE_EQUAL && is_free(walk, right)) walk->bound[right->slot] = true;
            walk_expression(walk, right);
            break;
        }
    }
}

static struct walk walk_begin(const struct program *program, const struct frame *frame) {
    ENSURE(frame->slot_count <= SLOTS);
    for (uint32_t i = 0; i < frame->slot_count; i++) ENSURE(frame->types[i].base <= TYPE_KIND);
    return (struct walk){.program = program, .frame = frame};
}

// ---- The parts of a program -----------------------------------------------------------------------------------------
static void walk_effects(const struct walk *walk, const struct effect *effects, uint32_t count) {
    struct walk at = *walk;
    for (uint32_t i = 0; i < count; i++) {
        const struct effect *effect = &effects[i];
        for (uint32_t k = 0; effect->arguments && k < walk->program->relations[effect->relation].column_count; k++) {
            ENSURE(effect->arguments[k] || effect->kind == EFFECT_END || effect->kind == EFFECT_EXTEND);
            walk_expression(&at, effect->arguments[k]);
        }
        walk_expression(&at, effect->from);
        walk_expression(&at, effect->until);
        walk_expression(&at, effect->object);
        struct walk inner = at;
        walk_conditions(&inner, effect->conditions);
        for (uint32_t k = 0; k < effect->slot_count; k++) ENSURE(inner.bound[effect->slots[k]]);
        walk_effects(&inner, effect->effects, effect->effect_count);
        if (effect->kind == EFFECT_OBLIGE) {
            const struct obligation *obligation = &walk->program->obligations[effect->obligation];
            for (uint32_t k = 0; k < obligation->captured_count; k++) {
                bool each = false;
                for (uint32_t e = 0; e < obligation->each_count; e++)
                    each |= obligation->each[e] == obligation->captured[k];
                ENSURE(each || at.bound[obligation->captured[k]]);
            }
        }
        if (effect->duty_slot != NO_ID) at.bound[effect->duty_slot] = true;
    }
}

static void walk_act(const struct program *program, const struct act *act) {
    struct walk walk = walk_begin(program, &act->frame);
    for (uint32_t i = 0; i < act->parameter_count + act->made_count; i++) walk.bound[i] = true;
    walk.bound[act->actor_slot] = true;
    const struct who *who[] = {&act->by, &act->proposed_by};
    for (uint32_t i = 0; i < 2; i++) {
        if (who[i]->slot == NO_ID) continue;
        ENSURE(who[i]->slot < act->frame.slot_count && who[i]->slot != act->actor_slot);
        walk.bound[who[i]->slot] = true;
    }
    for (uint32_t i = 0; i < act->clause_count; i++) {
        struct walk clause = walk;
        walk_conditions(&clause, act->clauses[i].conditions);
        for (uint32_t k = 0; k < act->clauses[i].bind_count; k++) {
            ENSURE(clause.bound[act->clauses[i].binds[k]]);
            walk.bound[act->clauses[i].binds[k]] = true;
        }
    }
    walk_effects(&walk, act->effects, act->effect_count);
}

static void walk_program(const struct program *program) {
    for (uint32_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = &program->rules[i];
        struct walk walk = walk_begin(program, &rule->frame);
        walk_conditions(&walk, rule->body);
        for (uint32_t k = 0; k < program->relations[rule->relation].column_count; k++)
            walk_expression(&walk, rule->head[k]);
    }
    for (uint32_t i = 0; i < program->watches_count; i++) {
        const struct watch *watch = &program->watches[i];
        struct walk walk = walk_begin(program, &watch->frame);
        walk_conditions(&walk, watch->conditions);
        for (uint32_t k = 0; k < watch->binding_count; k++) ENSURE(walk.bound[watch->binding[k]]);
        walk_effects(&walk, watch->effects, watch->effect_count);
    }
    for (uint32_t i = 0; i < program->procedures_count; i++) {
        const struct procedure *procedure = &program->procedures[i];
        ENSURE(program_find_relation(program, procedure->name) == procedure->relation);
        for (uint32_t k = 0; k < procedure->outcome_count; k++) {
            struct walk walk = walk_begin(program, &procedure->frame);
            for (uint32_t p = 0; p <= procedure->parameter_count; p++) walk.bound[p] = true;
            walk_conditions(&walk, procedure->outcomes[k].conditions);
        }
    }
    for (uint32_t i = 0; i < program->acts_count; i++) walk_act(program, &program->acts[i]);
    for (uint32_t i = 0; i < program->obligations_count; i++) {
        const struct obligation *obligation = &program->obligations[i];
        struct walk walk = walk_begin(program, &obligation->frame);
        for (uint32_t k = 0; k < obligation->captured_count; k++) walk.bound[k] = true;
        walk_conditions(&walk, obligation->while_conditions);
        walk_expression(&walk, obligation->period);
    }
}

static void check(struct span text) {
    struct diagnostics all;
    struct text printed = {0};
    diagnostics_init(&all);
    struct program *program = lang_load_text(&all, SPAN("input.md"), text);
    ENSURE((program == NULL) == (all.errors > 0));
    diagnostics_print(&all, &printed, false);
    if (program) {
        walk_program(program);
        program_dump(program, &printed);
    }
    program_free(program);
    text_release(&printed);
    diagnostics_release(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    struct span input = {(const char *)data, (uint32_t)size};
    struct text whole = {0};
    bool bare = size == 0 || !memmem(data, size, "```", 3);
    if (bare) text_print(&whole, "```treaty\n");
    text_add(&whole, input);
    if (bare) text_print(&whole, "\n```\n");
    check(text_span(&whole));
    text_release(&whole);
    return 0;
}
