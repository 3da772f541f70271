// SPDX-License-Identifier: Apache-2.0
// The form of an entry, before anything is asked of the state; and whether what it names is there.
#include "engine/judge_internal.h"

// ---- Form ----------------------------------------------------------------------------------------------------------
static bool argument_valid(const struct program *program, const struct argument *argument, struct type type) {
    switch (type.base) {
    case TYPE_TEXT: return span_utf8_valid(argument->text, NULL);
    case TYPE_PARTY: return judging_is_party(program, argument->value, type.of);
    case TYPE_ACTOR:
        return judging_actor_valid(program, argument->value) || judging_role_valid(program, argument->value);
    case TYPE_KIND: return argument->value >= 0 && argument->value < program->kinds[type.of].constant_count;
    default: return argument->value != VALUE_ANY;
    }
}

static bool call_valid(const struct program *program, const struct call *call, bool *too_long) {
    if (call->act >= program->acts_count) return false;
    const struct act *act = &program->acts[call->act];
    if (call->argument_count != act->parameter_count) return false;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (act->parameters[i].type.base == TYPE_TEXT && call->arguments[i].text.length > TEXT_BYTES_MAX)
            *too_long = true;
        else if (!argument_valid(program, &call->arguments[i], act->parameters[i].type)) return false;
    }
    return true;
}

static bool package_valid(const struct program *program, const struct entry *entry) {
    if (entry->call_count == 0) return false;
    const struct act *first = &program->acts[entry->calls[0].act];
    if (entry->kind == ENTRY_ACT) return entry->call_count == 1 && first->kind == ACT_DIRECT;
    if (first->kind == ACT_AGREED) return entry->call_count == 1;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &program->acts[entry->calls[i].act];
        if (act->kind != ACT_BY_ORGAN || act->organ != first->organ ||
            act->decides.procedure != first->decides.procedure)
            return false;
    }
    return true;
}

static bool answers_valid(const struct program *program, const struct entry *entry) {
    for (uint32_t i = 0; i < entry->answer_count; i++)
        if (!judging_actor_valid(program, entry->answers[i].actor) || entry->answers[i].answer > ANSWER_RESERVE)
            return false;
    return entry->answer_count > 0;
}

bool judge_form(struct engine *engine, const struct entry *entry, struct receipt *receipt) {
    const struct program *program = engine->program;
    bool too_long = entry->call_count > CALLS_MAX || entry->answer_count > ANSWERS_MAX,
         good = entry->kind <= ENTRY_TICK;
    bool calls = entry->kind == ENTRY_ACT || entry->kind == ENTRY_PROPOSE, answers = entry->kind == ENTRY_ANSWER;
    for (uint32_t i = 0; calls && good && i < entry->call_count && i < CALLS_MAX; i++)
        good = call_valid(program, &entry->calls[i], &too_long);
    if (calls && good && !too_long) good = package_valid(program, entry);
    for (uint32_t i = 0; answers && i < entry->answer_count && i < ANSWERS_MAX; i++)
        too_long |= entry->answers[i].reason.length > TEXT_BYTES_MAX;
    if (answers && good && !too_long) good = answers_valid(program, entry);
    if (!answers && entry->kind != ENTRY_TICK && good) good = judging_actor_valid(program, entry->actor);
    if (entry->recorded && entry->registrar != ACTOR_NONE && good)
        good = judging_actor_valid(program, entry->registrar);
    receipt->refusal = REFUSAL_NONE;
    if (!good) receipt->refusal = REFUSAL_MALFORMED;
    else if (entry->time < engine->base.time || entry->admitted < engine->last_admitted || entry->time < -62135596800 ||
             entry->time > 253402300799)
        receipt->refusal = REFUSAL_TIME;
    else if (too_long) receipt->refusal = REFUSAL_LIMIT;
    return receipt->refusal == REFUSAL_NONE;
}

// ---- Entities ------------------------------------------------------------------------------------------------------
// What an entry names is there from then on; for a proposal, whatever becomes of it.
static bool entity_made(const struct engine *engine, value entity, uint32_t type) {
    uint32_t position = entity_position(entity), ordinal = entity_ordinal(entity);
    if (entity < 0 || entity >= (value)1 << 48 || position == 0 || position > engine->base.position) return false;
    const struct entry *entry = &engine->entries.at[position - 1].entry;
    if (entry->kind != ENTRY_ACT && entry->kind != ENTRY_PROPOSE) return false;
    if (entry->kind == ENTRY_PROPOSE && ordinal-- == 0) return type == ENTITY_PROPOSAL;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        if (ordinal < act->made_count) return act->made[ordinal].entity_type == type;
        ordinal -= act->made_count;
    }
    return false;
}

static bool row_ever(const struct engine *engine, uint32_t relation, value key) {
    value values[COLUMNS_MAX] = {key};
    struct chain_walk walk;
    uint32_t row;
    chain_open(engine, &engine->tables[relation], 0, values, &(struct view){.time = TIME_MIN, .stamp = UINT32_MAX},
               &walk);
    return chain_next(&walk, &row);
}

bool judging_entity_there(const struct engine *engine, value entity, uint32_t type) {
    switch (type) {
    case ENTITY_DUTY: return row_ever(engine, RELATION_OBLIGED, entity);
    case ENTITY_FINDING: return row_ever(engine, RELATION_FINDING, entity);
    case ENTITY_ENTRY:
        return entity > 0 && entity_ordinal(entity) == 0 && entity_position(entity) >= 1 &&
               entity_position(entity) <= engine->base.position && entity < (value)1 << 48;
    default: return entity_made(engine, entity, type);
    }
}

bool judging_entities_there(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        for (uint32_t p = 0; p < act->parameter_count; p++) {
            if (act->parameters[p].type.base != TYPE_ENTITY) continue;
            value entity = entry->calls[i].arguments[p].value;
            bool there = judging_entity_there(engine, entity, act->parameters[p].type.of);
            uint32_t ordinal = entry->kind == ENTRY_PROPOSE ? 1 : 0;
            for (uint32_t k = 0; k < i && !there; k++) {
                const struct act *earlier = &engine->program->acts[entry->calls[k].act];
                for (uint32_t m = 0; m < earlier->made_count; m++, ordinal++)
                    there |= entity == entity_of(engine->current, ordinal) &&
                             earlier->made[m].entity_type == act->parameters[p].type.of;
            }
            if (there) continue;
            judging->failure.item = i, judging->failure.act = act;
            return judging_refuse(judging, REFUSAL_NO_ENTITY);
        }
    }
    return true;
}
