// SPDX-License-Identifier: Apache-2.0
// Unfolding: an atom of a derived relation that has one plain rule gives way to the rule's body, so that its conditions
// find their place among the others and no call is made. What is true does not change; how often it is found may, so
// aggregates are left alone.
#include "engine/engine_internal.h"

struct renaming {
    struct engine *engine;
    const struct expression *of[SLOTS_MAX];
    uint32_t slots[SLOTS_MAX];
};    // of: what a head variable stands for; else a slot

static struct conditions rename_conditions(struct renaming *renaming, struct conditions conditions);

static const struct expression *rename_expression(struct renaming *renaming, const struct expression *expression) {
    if (!expression) return NULL;
    if (expression->kind == EXPRESSION_VARIABLE && renaming->of[expression->slot])
        return renaming->of[expression->slot];
    struct arena *arena = &renaming->engine->arena;
    struct expression *copy = ARENA_NEW(arena, struct expression);
    *copy = *expression;
    if (expression->kind == EXPRESSION_VARIABLE) copy->slot = renaming->slots[expression->slot];
    copy->left = rename_expression(renaming, expression->left);
    copy->right = rename_expression(renaming, expression->right);
    copy->conditions = rename_conditions(renaming, expression->conditions);
    uint32_t *slots = ARENA_ARRAY(arena, uint32_t, expression->slot_count + 1);
    for (uint32_t i = 0; i < expression->slot_count; i++) slots[i] = renaming->slots[expression->slots[i]];
    copy->slots = slots;
    return copy;
}

static struct conditions rename_conditions(struct renaming *renaming, struct conditions conditions) {
    struct arena *arena = &renaming->engine->arena;
    struct conditions copy = {ARENA_ARRAY(arena, struct condition, conditions.count + 1), conditions.count};
    for (uint32_t i = 0; i < conditions.count; i++) {
        struct condition *condition = &copy.at[i];
        *condition = conditions.at[i];
        condition->arguments = ARENA_ARRAY(arena, const struct expression *, condition->argument_count + 1);
        for (uint32_t a = 0; a < condition->argument_count; a++)
            condition->arguments[a] = rename_expression(renaming, conditions.at[i].arguments[a]);
        if (condition->kind == CONDITION_ATOM && condition->since != NO_ID)
            condition->since = renaming->slots[condition->since];
        condition->moment = rename_expression(renaming, condition->moment);
        condition->left = rename_expression(renaming, condition->left);
        condition->right = rename_expression(renaming, condition->right);
        condition->inner = rename_conditions(renaming, condition->inner);
        condition->has = rename_conditions(renaming, condition->has);
    }
    return copy;
}

// The one rule that says what the atom says, or NULL.
static const struct rule *plain_rule(const struct engine *engine, const struct condition *atom) {
    if (atom->kind != CONDITION_ATOM || atom->negated || atom->moment || atom->since != NO_ID) return NULL;
    const struct relation *relation = &engine->program->relations[atom->relation];
    if (!relation->derived || relation->recursive || relation->rule_count != 1 || atom->relation == RELATION_SEAT)
        return NULL;    // seats are kept: seats.c
    const struct rule *rule = &engine->program->rules[relation->rules[0]];
    if (plan_can_fail(rule->body)) return NULL;    // what cannot be worked out in a rule fails nothing outside it
    bool seen[SLOTS_MAX] = {false};
    for (uint32_t c = 0; c < relation->column_count; c++) {
        const struct expression *head = rule->head[c], *argument = atom->arguments[c];
        if (head->kind != EXPRESSION_VARIABLE || seen[head->slot] || !argument) return NULL;
        if ((argument->kind != EXPRESSION_VARIABLE && argument->kind != EXPRESSION_CONSTANT) || argument->unnamed)
            return NULL;    // one way is enough: a call stops at it
        seen[head->slot] = true;
    }
    return rule;
}

static bool rename_for(struct engine *engine, const struct condition *atom, const struct rule *rule,
                       struct renaming *renaming) {
    *renaming = (struct renaming){.engine = engine};
    for (uint32_t c = 0; c < engine->program->relations[atom->relation].column_count; c++)
        renaming->of[rule->head[c]->slot] = atom->arguments[c];
    uint32_t next = engine->unfold_slot;
    for (uint32_t s = 0; s < rule->frame.slot_count; s++) {
        if (renaming->of[s]) {
            renaming->slots[s] = renaming->of[s]->slot;
            continue;
        }
        if (next >= SLOTS_MAX) return false;
        renaming->slots[s] = next++;
    }
    engine->unfold_slot = next;
    return true;
}

// A chain of relations is unfolded for each of them: without an end the copies grow as the square of its length.
#define UNFOLDED_MAX 32u    // in one plan

struct conditions unfold(struct engine *engine, struct conditions conditions) {
    bool again = !engine->unfold_not;
    for (uint32_t unfolded = 0; again && unfolded < UNFOLDED_MAX; unfolded++) {
        again = false;
        for (uint32_t i = 0; i < conditions.count && !again; i++) {
            const struct rule *rule = plain_rule(engine, &conditions.at[i]);
            struct renaming renaming;
            if (!rule || !rename_for(engine, &conditions.at[i], rule, &renaming)) continue;
            struct conditions body = rename_conditions(&renaming, rule->body);
            struct conditions more = {ARENA_ARRAY(&engine->arena, struct condition, conditions.count + body.count), 0};
            for (uint32_t k = 0; k < i; k++) more.at[more.count++] = conditions.at[k];
            for (uint32_t k = 0; k < body.count; k++) more.at[more.count++] = body.at[k];
            for (uint32_t k = i + 1; k < conditions.count; k++) more.at[more.count++] = conditions.at[k];
            conditions = more;
            again = true;
        }
    }
    return conditions;
}

// Frames must leave the slots free that unfolding takes; a program with a frame that does not is run without.
void unfold_init(struct engine *engine) {
    const struct program *program = engine->program;
    uint32_t most = 0;
    for (uint32_t i = 0; i < program->rules_count; i++)
        most = program->rules[i].frame.slot_count > most ? program->rules[i].frame.slot_count : most;
    for (uint32_t i = 0; i < program->acts_count; i++)
        most = program->acts[i].frame.slot_count > most ? program->acts[i].frame.slot_count : most;
    for (uint32_t i = 0; i < program->watches_count; i++)
        most = program->watches[i].frame.slot_count > most ? program->watches[i].frame.slot_count : most;
    for (uint32_t i = 0; i < program->procedures_count; i++)
        most = program->procedures[i].frame.slot_count > most ? program->procedures[i].frame.slot_count : most;
    for (uint32_t i = 0; i < program->obligations_count; i++) {
        uint32_t slots =
            program->obligations[i].frame.slot_count + COLUMNS_MAX + 3;    // with the arguments of an act that meets it
        most = slots > most ? slots : most;
    }
    engine->unfold_not = most > UNFOLD_SLOT;
}
