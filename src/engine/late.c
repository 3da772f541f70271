// SPDX-License-Identifier: Apache-2.0
// Late knowledge: what an entry writes of the past casts doubt on the entries that it would have refused.
#include "engine/engine_internal.h"

// ---- Which relations the requires of an act read -------------------------------------------------------------------
static void read_conditions(const struct program *program, struct conditions conditions, bool *reads);

static void read_expression(const struct program *program, const struct expression *expression, bool *reads) {
    if (!expression) return;
    read_expression(program, expression->left, reads);
    read_expression(program, expression->right, reads);
    read_conditions(program, expression->conditions, reads);
}

static void read_relation(const struct program *program, uint32_t relation, bool *reads) {
    const struct relation *shape = &program->relations[relation];
    if (reads[relation]) return;
    reads[relation] = true;
    for (uint32_t r = 0; shape->derived && r < shape->rule_count; r++)
        read_conditions(program, program->rules[shape->rules[r]].body, reads);
}

static void read_conditions(const struct program *program, struct conditions conditions, bool *reads) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        if (condition->kind == CONDITION_ATOM) read_relation(program, condition->relation, reads);
        for (uint32_t a = 0; condition->kind == CONDITION_ATOM && a < condition->argument_count; a++)
            read_expression(program, condition->arguments[a], reads);
        read_conditions(program, condition->inner, reads);
        read_conditions(program, condition->has, reads);
        read_expression(program, condition->left, reads);
        read_expression(program, condition->right, reads);
    }
}

static void reads_find(struct engine *engine, uint32_t id) {
    const struct program *program = engine->program;
    const struct act *act = &program->acts[id];
    struct act_plan *plan = &engine->acts[id];
    bool *reads = base_alloc((size_t)program->relations_count + 1);
    for (uint32_t i = 0; i < act->clause_count; i++)
        if (!act->clauses[i].ought) read_conditions(program, act->clauses[i].conditions, reads);
    for (uint32_t r = 0; r < program->relations_count; r++)
        plan->read_count += reads[r] && !program->relations[r].derived;
    plan->reads = ARENA_ARRAY(&engine->arena, uint32_t, plan->read_count + 1);
    for (uint32_t r = 0, n = 0; r < program->relations_count; r++)
        if (reads[r] && !program->relations[r].derived) plan->reads[n++] = r;
    free(reads);
}

// ---- What was written of the past ----------------------------------------------------------------------------------
struct review {
    struct engine *engine;
    uint32_t stamp;
    bool *late;
    int64_t least;
};    // late: relations that have late rows

static bool review_begin(struct review *review, uint32_t writes) {
    struct engine *engine = review->engine;
    for (uint32_t w = writes; w < engine->writes.count; w++) {
        const struct write *write = &engine->writes.at[w];
        if (write->kind != WRITE_BEGIN || write->from >= engine->now) continue;
        if (!review->late) review->late = ARENA_ARRAY(&engine->work_arena, bool, engine->program->relations_count);
        review->late[write->relation] = true;
        if (write->from < review->least) review->least = write->from;
    }
    return review->late;
}

static bool concerned(const struct review *review, uint32_t act) {
    const struct act_plan *plan = &review->engine->acts[act];
    if (!plan->reads) reads_find(review->engine, act);
    for (uint32_t i = 0; i < plan->read_count; i++)
        if (review->late[plan->reads[i]]) return true;
    return false;
}

// ---- Doubts --------------------------------------------------------------------------------------------------------
// Asks the requires of an earlier call again where they were judged, with the late rows known.
static bool would_stand(const struct review *review, const struct executed *executed) {
    struct engine *engine = review->engine;
    const struct act *act = &engine->program->acts[executed->act];
    value frame[SLOTS_MAX] = {0};
    for (uint32_t p = 0; p < act->parameter_count; p++) frame[p] = engine->executed_values.at[executed->values + p];
    for (uint32_t m = 0; m < act->made_count; m++)
        frame[act->made[m].slot] = engine->executed_values.at[executed->values + act->parameter_count + m];
    frame[act->actor_slot] = executed->actor;
    const struct who *who = act->kind == ACT_BY_ORGAN ? &act->proposed_by : &act->by;
    if (who->slot != NO_ID)
        frame[who->slot] = engine->executed_values.at[executed->values + act->parameter_count + act->made_count];
    for (uint32_t i = 0; i < act->clause_count; i++) {
        if (act->clauses[i].ought) continue;
        bool yes;
        struct run run = {.engine = engine,
                          .horizon = TIME_MAX,
                          .view = {.time = executed->time,
                                   .stamp = executed->stamp,
                                   .also_from = review->stamp,
                                   .also_to = engine->stamp,
                                   .also_before = engine->now}};
        run_status status = run_exists(&run, &act_plan(engine, executed->act)->clauses[i], frame, &yes);
        engine->rows_touched += run.rows;
        value by;
        if (status != RUN_OK || (!yes && !judge_waived(engine, &act->clauses[i], run.view, &by))) return false;
    }
    return true;
}

// Listed already: last, or with late rows that this entry wrote before.
static bool listed(const struct engine *engine, uint32_t first, uint32_t position) {
    bool is = engine->late.count && engine->late.at[engine->late.count - 1].position == position;
    for (uint32_t i = 0; i < first && !is; i++) is = engine->late.at[i].position == position;
    return is;
}

static void doubts(struct review *review) {
    struct engine *engine = review->engine;
    uint32_t first = engine->late.count;
    for (uint32_t i = 0, asked = 0; i < engine->executed.count && asked < LATE_MAX; i++) {
        const struct executed *executed = &engine->executed.at[i];
        if (executed->time < review->least || executed->position >= engine->current ||
            !concerned(review, executed->act))
            continue;
        if (listed(engine, first, executed->position)) continue;
        asked++;
        if (!would_stand(review, executed)) VEC_PUSH(&engine->late, (struct late_outcome){executed->position, false});
    }
    for (uint32_t i = first; i < engine->late.count; i++)
        store_begin(engine, RELATION_IN_DOUBT,
                    (value[]){entity_of(engine->late.at[i].position, 0), entity_of(engine->current, 0)}, engine->now,
                    TIME_MAX);
}

run_status late_review(struct engine *engine, uint32_t stamp, uint32_t writes) {
    struct review review = {.engine = engine, .stamp = stamp, .least = TIME_MAX};
    if (!review_begin(&review, writes)) return RUN_OK;
    uint32_t own = engine->writes.count;
    doubts(&review);
    return past_findings(engine, stamp, writes, own, review.least);
}
