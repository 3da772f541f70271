// SPDX-License-Identifier: Apache-2.0
// Entries: their form, what they name, and what each kind of them does.
#include "naive/naive_internal.h"

// ---- Form ----------------------------------------------------------------------------------------------------------
static bool role_valid(const struct program *program, value role) {
    uint32_t id = actor_role_relation(role);
    if (id >= program->relations_count) return false;
    const struct relation *relation = &program->relations[id];
    if (relation->column_count < 1 || relation->column_count > 2) return false;
    type_base holder = relation->columns[relation->column_count - 1].type.base;
    if (holder != TYPE_PARTY && holder != TYPE_ACTOR) return false;
    value argument = actor_role_argument(role);
    if (relation->column_count == 1) return argument < 0;
    if (argument < 0) return false;
    struct type type = relation->columns[0].type;
    if (type.base == TYPE_PARTY)
        return argument < program->parties_count && (type.of == NO_ID || program->parties[argument].type == type.of);
    return type.base == TYPE_ENTITY;
}

static bool office_valid(const struct program *program, value office) {
    uint32_t id = actor_office_id(office);
    if (id >= program->offices_count || actor_office(id, actor_office_party(office)) != office) return false;
    value party = actor_office_party(office);
    if (program->offices[id].of == NO_ID) return party < 0;
    return party >= 0 && party < program->parties_count && program->parties[party].type == program->offices[id].of;
}

static bool actor_valid(const struct program *program, value actor, bool role_too) {
    if (actor < 0) return false;
    switch (actor_class_of(actor)) {
    case ACTOR_PARTY: return actor < program->parties_count;
    case ACTOR_OFFICE: return office_valid(program, actor);
    case ACTOR_ORGAN:
        return actor_organ(actor_organ_id(actor)) == actor && actor_organ_id(actor) < program->organs_count;
    case ACTOR_ROLE: return role_too && role_valid(program, actor);
    default: return false;
    }
}

static bool argument_valid(const struct program *program, struct type type, value v) {
    if (type.base == TYPE_TEXT) return true;
    if (v == VALUE_ANY) return false;
    switch (type.base) {
    case TYPE_TIME: return naive_time_valid(v);
    case TYPE_PARTY:
        return v >= 0 && v < program->parties_count && (type.of == NO_ID || program->parties[v].type == type.of);
    case TYPE_ACTOR: return actor_valid(program, v, true);
    case TYPE_KIND: return v >= 0 && v < program->kinds[type.of].constant_count;
    default: return true;
    }
}

static bool calls_formed(const struct program *program, const struct entry *entry) {
    if (entry->call_count == 0 || (entry->kind == ENTRY_ACT && entry->call_count != 1)) return false;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct call *call = &entry->calls[i];
        if (call->act >= program->acts_count) return false;
        const struct act *act = &program->acts[call->act], *first = &program->acts[entry->calls[0].act];
        if (call->argument_count != act->parameter_count) return false;
        if ((entry->kind == ENTRY_ACT) != (act->kind == ACT_DIRECT)) return false;
        if (act->kind == ACT_AGREED && entry->call_count != 1) return false;
        if (act->kind == ACT_BY_ORGAN && (first->kind != ACT_BY_ORGAN || act->organ != first->organ ||
                                          act->decides.procedure != first->decides.procedure))
            return false;
        for (uint32_t k = 0; k < call->argument_count; k++)
            if (!argument_valid(program, act->parameters[k].type, call->arguments[k].value)) return false;
    }
    return true;
}

static bool formed(const struct program *program, const struct entry *entry) {
    switch (entry->kind) {
    case ENTRY_ACT:
    case ENTRY_PROPOSE: return actor_valid(program, entry->actor, false) && calls_formed(program, entry);
    case ENTRY_ANSWER:
        for (uint32_t i = 0; i < entry->answer_count; i++)
            if (entry->answers[i].answer > ANSWER_RESERVE || !actor_valid(program, entry->answers[i].actor, false))
                return false;
        return entry->answer_count > 0;
    case ENTRY_JOIN:
    case ENTRY_WITHDRAW:
    case ENTRY_CONFIRM:
    case ENTRY_CONTEST: return actor_valid(program, entry->actor, false);
    case ENTRY_TICK: return true;
    }
    return false;
}

static bool too_large(const struct program *program, const struct entry *entry) {
    if (entry->kind == ENTRY_PROPOSE && entry->call_count > CALLS_MAX) return true;
    if (entry->kind == ENTRY_ANSWER && entry->answer_count > ANSWERS_MAX) return true;
    for (uint32_t i = 0; entry->kind <= ENTRY_PROPOSE && i < entry->call_count; i++)
        for (uint32_t k = 0; k < entry->calls[i].argument_count; k++)
            if (program->acts[entry->calls[i].act].parameters[k].type.base == TYPE_TEXT &&
                entry->calls[i].arguments[k].text.length > TEXT_BYTES_MAX)
                return true;
    for (uint32_t i = 0; entry->kind == ENTRY_ANSWER && i < entry->answer_count; i++)
        if (entry->answers[i].reason.length > TEXT_BYTES_MAX) return true;
    return false;
}

refusal naive_entry_form(const struct naive *n, const struct entry *entry) {
    if (!formed(n->base.program, entry)) return REFUSAL_MALFORMED;
    if (!naive_time_valid(entry->time) || !naive_time_valid(entry->admitted)) return REFUSAL_TIME;
    if (n->entries.count) {
        const struct entry *last = &n->entries.at[n->entries.count - 1];
        if (entry->time < last->time || entry->admitted < last->admitted) return REFUSAL_TIME;
    }
    return too_large(n->base.program, entry) ? REFUSAL_LIMIT : REFUSAL_NONE;
}

uint32_t naive_entry_made_count(const struct program *program, const struct entry *entry) {
    uint32_t count = entry->kind == ENTRY_PROPOSE;
    if (entry->kind != ENTRY_ACT && entry->kind != ENTRY_PROPOSE) return 0;
    for (uint32_t i = 0; i < entry->call_count; i++) count += program->acts[entry->calls[i].act].made_count;
    return count;
}

// ---- What an entry names -------------------------------------------------------------------------------------------
static bool ever_first(const struct naive *n, uint32_t relation, value first) {
    for (uint32_t i = 0; i < n->tables[relation].rows.count; i++)
        if (n->tables[relation].rows.at[i].values[0] == first) return true;
    return false;
}

static bool entity_there(const struct naive *n, uint32_t type, value entity) {
    switch (type) {
    case ENTITY_PROPOSAL: return ever_first(n, RELATION_PROPOSED, entity);
    case ENTITY_DUTY: return ever_first(n, RELATION_DUTY, entity);
    case ENTITY_FINDING: return ever_first(n, RELATION_FINDING, entity);
    case ENTITY_ENTRY:
        return entity > 0 && entity_ordinal(entity) == 0 && entity_position(entity) >= 1 &&
               entity_position(entity) < n->position && entity == entity_of(entity_position(entity), 0);
    default:
        for (uint32_t i = 0; i < n->entities.count; i++)
            if (n->entities.at[i].entity == entity && n->entities.at[i].type == type) return true;
        return false;
    }
}

static bool entities_there(struct naive *n, const struct entry *entry) {
    const struct program *program = n->base.program;
    uint32_t ordinal = entry->kind == ENTRY_PROPOSE;
    for (uint32_t i = 0; entry->kind <= ENTRY_PROPOSE && i < entry->call_count; i++) {
        const struct act *act = &program->acts[entry->calls[i].act];
        n->failure.item = i;
        for (uint32_t k = 0; k < act->parameter_count; k++)
            if (act->parameters[k].type.base == TYPE_ENTITY &&
                !entity_there(n, act->parameters[k].type.of, entry->calls[i].arguments[k].value))
                return false;
        for (uint32_t k = 0; k < act->made_count; k++)
            VEC_PUSH(&n->entities, (struct made_entity){entity_of(n->position, ordinal++), act->made[k].entity_type});
    }
    n->failure.item = 0;
    return true;
}

static bool object_there(const struct naive *n, const struct entry *entry) {
    if (entry->kind == ENTRY_JOIN || entry->kind == ENTRY_WITHDRAW)
        return entity_there(n, ENTITY_PROPOSAL, entry->object);
    if (entry->kind == ENTRY_CONFIRM || entry->kind == ENTRY_CONTEST)
        return entity_there(n, ENTITY_ENTRY, entry->object);
    return true;
}

static bool registrar_may(struct naive *n, const struct entry *entry) {
    const struct program *program = n->base.program;
    if (!entry->recorded || entry->kind == ENTRY_TICK || entry->registrar == ACTOR_NONE) return true;
    if (!program->records_given) return false;
    struct slots slots = {0};
    struct scope scope = {n, naive_world_at(n, n->now, false), slots.values, slots.bound};
    return naive_who_admits(&scope, &program->records, entry->registrar);
}

// ---- What each kind does -------------------------------------------------------------------------------------------
static void write_recorded(struct naive *n, const struct entry *entry) {
    if (entry->recorded)
        naive_write_2(n, RELATION_RECORDED, entity_of(n->position, 0),
                      entry->kind == ENTRY_ANSWER ? entry->answers[0].actor : entry->actor);
}

static bool enact_call(struct naive *n, const struct entry *entry, const value *arguments) {
    const struct act *act = &n->base.program->acts[entry->calls[0].act];
    struct slots slots;
    naive_call_slots(act, arguments, entity_of(n->position, 0), entry->actor, &slots);
    struct scope scope = {n, naive_world_at(n, n->now, false), slots.values, slots.bound};
    bool may = naive_who_admits(&scope, &act->by, entry->actor);
    if (n->failed) return naive_refuse(n, REFUSAL_ARITHMETIC);
    if (!may) return naive_refuse(n, REFUSAL_ACTOR);
    struct mark before = naive_store_mark(n);
    write_recorded(n, entry);
    bool good = naive_run_call(n, act, &slots, entry->actor);
    if (good && !act->event) {
        n->failure.norm = naive_never_newly(n, before);
        if (n->failure.norm != NO_ID) good = naive_refuse(n, REFUSAL_NEVER);
    }
    n->acting = false;    // what follows is not the act's own
    if (good) naive_late_review(n, before);
    return good;
}

// Texts become ids in the order in which they stand in the entry.
static value text_id(struct naive *n, struct span text) { return names_add(&n->base.texts, text); }

static bool enact_calls(struct naive *n, const struct entry *entry) {
    value **arguments = base_alloc(sizeof *arguments * entry->call_count);
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct call *call = &entry->calls[i];
        arguments[i] = base_alloc(sizeof(value) * (call->argument_count + 1));
        for (uint32_t k = 0; k < call->argument_count; k++) {
            bool text = n->base.program->acts[call->act].parameters[k].type.base == TYPE_TEXT;
            arguments[i][k] = text ? text_id(n, call->arguments[k].text) : call->arguments[k].value;
        }
    }
    bool good = entry->kind == ENTRY_ACT ? enact_call(n, entry, arguments[0])
                                         : naive_proposal_make(n, entry, (const value *const *)arguments);
    for (uint32_t i = 0; i < entry->call_count; i++) free(arguments[i]);
    free(arguments);
    return good;
}

static bool enact_answers(struct naive *n, const struct entry *entry) {
    bool good = true;
    write_recorded(n, entry);
    for (uint32_t i = 0; good && i < entry->answer_count; i++) {
        n->failure.item = i;
        good = entity_there(n, ENTITY_PROPOSAL, entry->answers[i].proposal) || naive_refuse(n, REFUSAL_NO_ENTITY);
        good =
            good && naive_proposal_answer(n, &entry->answers[i],
                                          entry->answers[i].reason.length ? text_id(n, entry->answers[i].reason) : 0);
    }
    return good;
}

static bool enact_on_record(struct naive *n, const struct entry *entry) {
    const struct program *program = n->base.program;
    value object = entry->object;
    const struct row *row = naive_store_find(n, RELATION_RECORDED, &object, 1);
    if (!row || row->values[1] != entry->actor || naive_holds_1(n, RELATION_CONFIRMED, object) ||
        naive_holds_1(n, RELATION_CONTESTED, object))
        return naive_refuse(n, REFUSAL_NOT_RECORDED);
    if (entry->kind == ENTRY_CONFIRM) {
        naive_write_1(n, RELATION_CONFIRMED, object);
        return true;
    }
    if (program->contestable) {
        struct expression moment = {.kind = EXPRESSION_CONSTANT, .type = {TYPE_TIME, NO_ID}};
        struct expression plus = {.kind = EXPRESSION_ADD, .left = &moment, .right = program->contestable};
        value last;
        if (naive_value_combine(program, &plus, n->entries.at[entity_position(object) - 1].time,
                                program->contestable->constant, &last) != VALUE_FOUND)
            return naive_refuse(n, REFUSAL_ARITHMETIC);
        if (n->now >= last) return naive_refuse(n, REFUSAL_CONTEST_LATE);
    }
    naive_write_1(n, RELATION_CONTESTED, object);
    naive_finding_open_binding(n, program->contested_norm, &object, 1);
    return true;
}

bool naive_entry_enact(struct naive *n, const struct entry *entry) {
    if (!entities_there(n, entry)) return naive_refuse(n, REFUSAL_NO_ENTITY);
    bool may = registrar_may(n, entry);
    if (n->failed) return naive_refuse(n, REFUSAL_ARITHMETIC);
    if (!may) return naive_refuse(n, REFUSAL_REGISTRAR);
    if (!object_there(n, entry)) return naive_refuse(n, REFUSAL_NO_ENTITY);
    if (entry->kind >= ENTRY_JOIN && entry->kind <= ENTRY_CONTEST) write_recorded(n, entry);
    switch (entry->kind) {
    case ENTRY_ACT:
    case ENTRY_PROPOSE: return enact_calls(n, entry);
    case ENTRY_ANSWER: return enact_answers(n, entry);
    case ENTRY_JOIN: return naive_proposal_join(n, entry->object, entry->actor);
    case ENTRY_WITHDRAW: return naive_proposal_withdraw(n, entry->object, entry->actor);
    case ENTRY_CONFIRM:
    case ENTRY_CONTEST: return enact_on_record(n, entry);
    case ENTRY_TICK: return true;
    }
    return false;
}
