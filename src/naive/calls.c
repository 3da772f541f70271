// SPDX-License-Identifier: Apache-2.0
// A call of an act: who may, what is required, what it does.
#include "naive/naive_internal.h"

bool naive_refuse(struct naive *n, refusal why) {
    if (n->failure.refusal == REFUSAL_NONE) n->failure.refusal = n->limited ? REFUSAL_LIMIT : why;
    return false;
}

// ---- Who acts ------------------------------------------------------------------------------------------------------
bool naive_role_filled_by(struct naive *n, value role, value actor) {
    uint32_t relation = actor_role_relation(role);
    uint32_t width = n->base.program->relations[relation].column_count;
    value pattern[2] = {actor_role_argument(role), actor};
    return naive_world_has(n, naive_world_at(n, n->now, false), relation, width == 1 ? &actor : pattern);
}

static bool take_slot(struct scope *scope, uint32_t slot, value party) {
    if (slot == NO_ID) return true;
    if (scope->bound[slot]) return scope->slots[slot] == party;
    scope->slots[slot] = party;
    scope->bound[slot] = true;
    return true;
}

static bool is_member(struct scope *scope, const struct who *who, value actor) {
    const struct program *program = scope->naive->base.program;
    if (who->relation != NO_ID) return naive_world_has(scope->naive, scope->world, who->relation, &actor);
    if (actor_class_of(actor) != ACTOR_PARTY) return false;
    return who->type.of == NO_ID || program->parties[actor].type == who->type.of;
}

static bool is_actor(struct scope *scope, const struct who *who, value actor) {
    value wanted;
    value_status status = naive_expression_value(scope, who->actor, &wanted);
    if (status == VALUE_FAILED) scope->naive->failed = true;
    if (status != VALUE_FOUND) return false;
    return wanted == actor ||
           (actor_class_of(wanted) == ACTOR_ROLE && naive_role_filled_by(scope->naive, wanted, actor));
}

bool naive_who_admits(struct scope *scope, const struct who *who, value actor) {
    switch (who->kind) {
    case WHO_ANYONE: return true;
    case WHO_MEMBER: return is_member(scope, who, actor) && take_slot(scope, who->slot, actor);
    case WHO_OFFICE_OF:
        return actor_class_of(actor) == ACTOR_OFFICE && actor_office_id(actor) == who->office &&
               actor_office_party(actor) >= 0 && take_slot(scope, who->slot, actor_office_party(actor));
    case WHO_ACTOR: return is_actor(scope, who, actor);
    case WHO_ONE_OF:
        for (uint32_t i = 0; i < who->other_count; i++)
            if (naive_who_admits(scope, &who->others[i], actor)) return take_slot(scope, who->slot, actor);
        return false;
    }
    ENSURE(false);
}

void naive_who_bind(const struct who *who, value actor, struct slots *slots) {
    if (who->slot == NO_ID || slots->bound[who->slot]) return;
    slots->values[who->slot] = who->kind == WHO_OFFICE_OF ? actor_office_party(actor) : actor;
    slots->bound[who->slot] = true;
}

void naive_call_slots(const struct act *act, const value *arguments, value first_made, value actor,
                      struct slots *slots) {
    *slots = (struct slots){0};
    for (uint32_t i = 0; i < act->parameter_count; i++) slots->values[i] = arguments[i], slots->bound[i] = true;
    for (uint32_t i = 0; i < act->made_count; i++)
        slots->values[act->made[i].slot] = first_made + i, slots->bound[act->made[i].slot] = true;
    if (act->actor_slot != NO_ID) slots->values[act->actor_slot] = actor, slots->bound[act->actor_slot] = true;
}

// ---- Clauses -------------------------------------------------------------------------------------------------------
#define CLAUSES_MAX 256u
struct binder {
    const struct scope *scope;
    const struct clause *clause;
    value values[SLOTS_MAX];
    bool found;
};

static bool binder_visit(void *context) {
    struct binder *binder = context;
    for (uint32_t i = 0; i < binder->clause->bind_count; i++)
        binder->values[i] = binder->scope->slots[binder->clause->binds[i]];
    binder->found = true;
    return false;
}

// Judges a clause; a `require` that is met makes its unique variables known to those after it.
static bool clause_met(struct scope *scope, const struct clause *clause) {
    struct binder binder = {.scope = scope, .clause = clause};
    (void)naive_conditions_solve(scope, clause->conditions, binder_visit, &binder);
    if (!binder.found || clause->ought) return binder.found;
    for (uint32_t i = 0; i < clause->bind_count; i++) {
        scope->slots[clause->binds[i]] = binder.values[i];
        scope->bound[clause->binds[i]] = true;
    }
    return true;
}

static void count_clause(struct naive *n, const struct act *act, uint32_t clause, bool met) {
    if (n->probe || (n->trial && met)) return;
    struct naive_clause_count *count = &n->clauses[n->starts[act - n->base.program->acts] + clause];
    if (met) count->met++;
    else count->failed++;
}

static bool refuse_clause(struct naive *n, const struct act *act, uint32_t clause, const struct slots *slots) {
    if (n->failure.refusal != REFUSAL_NONE) return false;
    memcpy(n->failure_frame, slots->values, sizeof n->failure_frame);
    memcpy(n->failure_bound, slots->bound, sizeof n->failure_bound);
    n->failure.clause = clause;
    n->failure.act = act;
    return naive_refuse(n, n->failed ? REFUSAL_ARITHMETIC : REFUSAL_REQUIRE);
}

// What does not refuse though it is not met: an `ought`, or a `require` that an entry waived.
struct unmet {
    bool is, waived;
    value by;
};

// Whether a `require` is waived now.
static bool is_waived(const struct naive *n, const struct clause *clause, struct unmet *unmet) {
    value condition = clause->requirement;
    const struct row *row = clause->requirement == NO_ID ? NULL : naive_store_find(n, RELATION_WAIVED, &condition, 1);
    if (!row) return false;
    *unmet = (struct unmet){true, true, row->values[1]};
    return true;
}

static bool requires_met(struct naive *n, const struct act *act, struct slots *slots, struct unmet *unmet) {
    struct scope scope = {n, naive_world_at(n, n->now, false), slots->values, slots->bound};
    for (uint32_t i = 0; i < act->clause_count; i++) {
        if (act->clauses[i].ought) continue;
        bool met = clause_met(&scope, &act->clauses[i]);
        count_clause(n, act, i, met);
        if (n->failed || (!met && !is_waived(n, &act->clauses[i], &unmet[i]))) return refuse_clause(n, act, i, slots);
    }
    return true;
}

static bool oughts_judge(struct naive *n, const struct act *act, struct slots *slots, struct unmet *unmet) {
    struct scope scope = {n, naive_world_at(n, n->now, false), slots->values, slots->bound};
    for (uint32_t i = 0; i < act->clause_count; i++) {
        if (!act->clauses[i].ought) continue;
        unmet[i].is = !clause_met(&scope, &act->clauses[i]);
        count_clause(n, act, i, !unmet[i].is);
        if (n->failed) return refuse_clause(n, act, i, slots);
    }
    return true;
}

// ---- Late rows: what an act of the past would have met with them there ---------------------------------------------
// The rows that gave way stand behind the added ones in the list: they are cut first, while places in the table are
// what they were.
static void probe_swap(struct naive *n, struct row *saved, bool in) {
    for (uint32_t i = 0; i < n->probe->rows.count; i++) {
        const struct late_row *late = &n->probe->rows.at[in ? n->probe->rows.count - 1 - i : i];
        struct table *table = &n->tables[late->relation];
        uint32_t place = (uint32_t)(late - n->probe->rows.at);
        if (late->added) {
            if (in) VEC_PUSH(&table->rows, late->after);
            else table->rows.count--;
        } else if (late->row < table->rows.count && in) {
            saved[place] = table->rows.at[late->row];
            if (table->rows.at[late->row].until > late->after.until)
                table->rows.at[late->row].until = late->after.until;
        } else if (late->row < table->rows.count) {
            table->rows.at[late->row] = saved[place];
        }
    }
    naive_worlds_forget(n);
}

// Whether what an act requires reads a relation that has late rows.
static bool probe_concerns(const struct naive *n, const struct act *act) {
    const struct program *program = n->base.program;
    bool *reads = base_alloc((size_t)program->relations_count + 1), concerns = false;
    for (uint32_t i = 0; i < act->clause_count; i++)
        if (!act->clauses[i].ought) naive_reads(program, act->clauses[i].conditions, reads);
    for (uint32_t r = 0; r < program->relations_count; r++) concerns = concerns || (reads[r] && n->probe->late[r]);
    free(reads);
    return concerns;
}

static void probe_judge(struct naive *n, const struct act *act, const struct slots *slots) {
    if (n->probe->differs || n->now < n->probe->from || !probe_concerns(n, act) || n->probe->asked >= LATE_MAX) return;
    n->probe->asked++;
    struct row *saved = base_alloc(sizeof *saved * (n->probe->rows.count + 1));
    struct slots copy = *slots;
    struct unmet ignored[CLAUSES_MAX];
    struct failure failure = n->failure;
    probe_swap(n, saved, true);
    if (!requires_met(n, act, &copy, ignored)) n->probe->differs = true;
    n->failed = false;
    n->failure = failure;
    probe_swap(n, saved, false);
    free(saved);
}

// ---- The call ------------------------------------------------------------------------------------------------------
// False: the effects clash or cannot be computed. Whoever called takes them back.
static bool effects_run(struct naive *n, const struct act *act, struct slots *slots, refusal *why) {
    struct operations all;
    struct scope scope = {n, naive_world_at(n, n->now, false), slots->values, slots->bound};
    naive_operations_init(&all);
    *why = REFUSAL_NONE;
    if (!naive_effects_prepare(&scope, &act->frame, act->effects, act->effect_count, &all)) *why = REFUSAL_ARITHMETIC;
    else if (!naive_effects_apply(n, &all)) *why = REFUSAL_CLASH;
    naive_operations_release(&all);
    return *why == REFUSAL_NONE;
}

static bool event_void(struct naive *n, const struct act *act, struct mark mark) {
    if (!act->event || n->limited) return false;
    naive_store_take_back(n, mark);
    n->failed = false;
    return true;
}

bool naive_run_call(struct naive *n, const struct act *act, struct slots *slots, value actor) {
    struct unmet unmet[CLAUSES_MAX] = {0};
    bool voided = false;
    struct values_list duties = {0};
    refusal why;
    ENSURE(act->clause_count <= CLAUSES_MAX);
    if (n->probe && !n->trial) probe_judge(n, act, slots);
    if (!requires_met(n, act, slots, unmet) || !oughts_judge(n, act, slots, unmet)) return false;
    if (!naive_duties_matching(n, act, slots->values, actor, &duties)) {
        VEC_RELEASE(&duties.list);
        return naive_refuse(n, REFUSAL_ARITHMETIC);
    }
    struct mark mark = naive_store_mark(n);
    if (!effects_run(n, act, slots, &why)) {
        voided = event_void(n, act, mark);
        if (!voided) {
            VEC_RELEASE(&duties.list);
            return naive_refuse(n, why);
        }
    }
    for (uint32_t i = 0; i < duties.list.count; i++) naive_duty_meet(n, duties.list.at[i]);
    VEC_RELEASE(&duties.list);
    for (uint32_t i = 0; i < act->clause_count; i++)
        if (unmet[i].is) naive_finding_open(n, act->clauses[i].norm, &unmet[i].by, unmet[i].waived, &actor, 1);
    if (voided) naive_finding_open(n, act->void_norm, NULL, 0, NULL, 0);
    return !n->limited || naive_refuse(n, REFUSAL_LIMIT);
}
