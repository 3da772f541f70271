// SPDX-License-Identifier: Apache-2.0
// What of a treaty its scenarios try, found out from outside: by receipts, by writes, and by asking each rule's own
// body after each step.
#include "explain/explain.h"
#include "scenario/scenario_internal.h"

void coverage_init(struct coverage *coverage, const struct program *program) {
    *coverage = (struct coverage){.program = program};
    struct arena *arena = &coverage->arena;
    arena_init(arena);
    coverage->rules = ARENA_ARRAY(arena, bool, program->rules_count + 1);
    coverage->acts = ARENA_ARRAY(arena, uint32_t, program->acts_count + 1);
    coverage->clauses = ARENA_ARRAY(arena, struct clause_coverage *, program->acts_count + 1);
    for (uint32_t i = 0; i < program->acts_count; i++)
        coverage->clauses[i] =
            program->acts[i].first < i ? coverage->clauses[program->acts[i].first]
                                       : ARENA_ARRAY(arena, struct clause_coverage, program->acts[i].clause_count + 1);
    coverage->norms = ARENA_ARRAY(arena, struct clause_coverage, program->norms_count + 1);
    coverage->upons = ARENA_ARRAY(arena, bool, program->watches_count + 1);
    coverage->duties = ARENA_ARRAY(arena, struct clause_coverage, program->obligations_count + 1);
}

void coverage_release(struct coverage *coverage) { arena_release(&coverage->arena); }

// ---- What holds -----------------------------------------------------------------------------------------------------
static bool conditions_hold(struct evaluator *evaluator, struct question question, struct arena *arena,
                            const struct frame *frame, struct conditions conditions) {
    struct explainer with = {.arena = arena, .evaluator = evaluator, .question = question};
    value *values = ARENA_ARRAY(arena, value, frame->slot_count + 1);
    bool *bound = ARENA_ARRAY(arena, bool, frame->slot_count + 1);
    bool holds = explain_holds(&with, frame, conditions, values, bound) == EXPLAIN_YES;
    arena_reset(arena);
    return holds;
}

static void look(struct coverage *coverage, struct evaluator *evaluator, int64_t time) {
    const struct program *program = coverage->program;
    struct question question = {time, POSITION_LAST};
    struct arena arena;
    arena_init(&arena);
    for (uint32_t i = 0; i < program->rules_count; i++)
        if (!coverage->rules[i])
            coverage->rules[i] =
                conditions_hold(evaluator, question, &arena, &program->rules[i].frame, program->rules[i].body);
    for (uint32_t i = 0; i < program->norms_count; i++) {
        const struct norm *norm = &program->norms[i];
        if (coverage->norms[i].met || norm->watch == NO_ID || norm->watch >= program->watches_count) continue;
        // A norm has had its say where what it begins with was there.
        const struct watch *watch = &program->watches[norm->watch];
        struct conditions first = {watch->conditions.at, watch->conditions.count ? 1 : 0};
        if (conditions_hold(evaluator, question, &arena, &watch->frame, first)) coverage->norms[i].met++;
    }
    arena_release(&arena);
}

// ---- Acts and their clauses -----------------------------------------------------------------------------------------
static bool finding_opened(const struct step_result *result, uint32_t norm) {
    for (uint32_t i = 0; i < result->write_count; i++) {
        const struct write *write = &result->writes[i];
        if (write->kind == WRITE_BEGIN && write->relation == RELATION_FINDING && write->values[1] == (value)norm)
            return true;
    }
    return false;
}

static void clauses_met(struct coverage *coverage, uint32_t act, uint32_t before, bool oughts,
                        const struct step_result *result) {
    const struct act *of = &coverage->program->acts[act];
    for (uint32_t i = 0; i < of->clause_count && i < before; i++) {
        if (!of->clauses[i].ought && (of->clauses[i].norm == NO_ID || !finding_opened(result, of->clauses[i].norm)))
            coverage->clauses[act][i].met++;
        else if (oughts && finding_opened(result, of->clauses[i].norm)) coverage->clauses[act][i].failed++;
        else if (oughts) coverage->clauses[act][i].met++;
    }
}

static void by_receipt(struct coverage *coverage, const struct step_result *result) {
    const struct receipt *receipt = &result->receipt;
    const struct scenario_step *step = result->step;
    bool done = receipt->status == RECEIPT_DONE, act = step->kind == STEP_ACT;
    uint32_t whole = done || receipt->refusal == REFUSAL_NEVER || receipt->refusal == REFUSAL_CLASH ? step->call_count
                                                                                                    : receipt->item;
    for (uint32_t i = 0; i < step->call_count && i < whole; i++) {
        clauses_met(coverage, step->calls[i].act, UINT32_MAX, done && act, result);
        if (done && act) coverage->acts[step->calls[i].act]++;
    }
    if (done) return;
    if (receipt->refusal == REFUSAL_NEVER && receipt->norm < coverage->program->norms_count)
        coverage->norms[receipt->norm].failed++;
    if (receipt->refusal != REFUSAL_REQUIRE || receipt->item >= step->call_count) return;
    uint32_t failed = step->calls[receipt->item].act;
    if (receipt->clause >= coverage->program->acts[failed].clause_count) return;
    clauses_met(coverage, failed, receipt->clause, false, result);
    coverage->clauses[failed][receipt->clause].failed++;
}

// Acts that were done by being adopted. `acts` takes a mark for each.
static void by_adoption(struct coverage *coverage, struct evaluator *evaluator, const struct step_result *result,
                        struct arena *arena, bool *adopted) {
    const struct program *program = coverage->program;
    const struct {
        const struct write *at;
        uint32_t count;
    } parts[] = {{result->settled, result->settled_count}, {result->writes, result->write_count}};
    for (uint32_t part = 0; part < COUNT_OF(parts); part++)
        for (uint32_t i = 0; i < parts[part].count; i++) {
            const struct write *write = &parts[part].at[i];
            if (write->kind != WRITE_BEGIN || write->relation != RELATION_OUTCOME ||
                write->values[1] != OUTCOME_ADOPTED)
                continue;
            for (uint32_t act = 0; act < program->acts_count; act++) {
                struct row row;
                if (program->acts[act].item_relation == NO_ID) continue;
                if (!row_of(evaluator, (struct question){result->step->time, POSITION_LAST},
                            program->acts[act].item_relation, write->values[0], arena, &row))
                    continue;
                coverage->acts[act]++;
                adopted[act] = true;
                clauses_met(coverage, act, UINT32_MAX, true, result);
            }
        }
}

// ---- Consequences ---------------------------------------------------------------------------------------------------
static bool constants_meet(const struct effect *effect, const struct write *write, uint32_t columns) {
    for (uint32_t i = 0; i < columns; i++) {
        const struct expression *argument = effect->arguments ? effect->arguments[i] : NULL;
        if (argument && argument->kind == EXPRESSION_CONSTANT && argument->constant != write->values[i]) return false;
    }
    return true;
}

static bool effect_wrote(const struct program *program, const struct effect *effect, const struct write *write) {
    switch (effect->kind) {
    case EFFECT_ADD:
    case EFFECT_SET:
        return write->kind == WRITE_BEGIN && write->relation == effect->relation &&
               constants_meet(effect, write, program->relations[effect->relation].column_count);
    case EFFECT_EXTEND: return write->kind == WRITE_MOVE && write->relation == effect->relation;
    case EFFECT_END:
        return write->kind == WRITE_END && write->relation == effect->relation &&
               constants_meet(effect, write, program->relations[effect->relation].column_count);
    case EFFECT_OBLIGE:
        return write->kind == WRITE_BEGIN && write->relation == RELATION_OBLIGED &&
               write->values[1] == (value)effect->obligation;
    case EFFECT_RELEASE: return write->kind == WRITE_BEGIN && write->relation == RELATION_RELEASED;
    case EFFECT_UPHOLD: return write->kind == WRITE_BEGIN && write->relation == RELATION_UPHELD;
    case EFFECT_DROP: return write->kind == WRITE_BEGIN && write->relation == RELATION_DROPPED;
    case EFFECT_ANNUL: return write->kind == WRITE_END && write->relation >= RELATION_FIRST_OWN;
    case EFFECT_WAIVE: return write->kind == WRITE_BEGIN && write->relation == RELATION_WAIVED;
    case EFFECT_AFFIRM: return write->kind == WRITE_END && write->relation == RELATION_IN_DOUBT;
    case EFFECT_FOR_EACH:
        for (uint32_t i = 0; i < effect->effect_count; i++)
            if (effect_wrote(program, &effect->effects[i], write)) return true;
        return false;
    }
    return false;
}

static bool any_wrote(const struct program *program, const struct effect *effects, uint32_t count,
                      const struct write *write) {
    for (uint32_t i = 0; i < count; i++)
        if (effect_wrote(program, &effects[i], write)) return true;
    return false;
}

// An `upon` has fired where something was written that it writes and that no act of this step does.
static void by_writes(struct coverage *coverage, const struct write *writes, uint32_t count, const bool *acted) {
    const struct program *program = coverage->program;
    for (uint32_t i = 0; i < program->watches_count; i++) {
        const struct watch *watch = &program->watches[i];
        if (watch->kind != WATCH_UPON || coverage->upons[i]) continue;
        for (uint32_t k = 0; k < count && !coverage->upons[i]; k++) {
            if (!any_wrote(program, watch->effects, watch->effect_count, &writes[k])) continue;
            bool by_act = false;
            for (uint32_t act = 0; act < program->acts_count && !by_act; act++)
                by_act = acted[act] &&
                         any_wrote(program, program->acts[act].effects, program->acts[act].effect_count, &writes[k]);
            coverage->upons[i] = !by_act;
        }
    }
}

static void by_deeds(struct coverage *coverage, struct evaluator *evaluator, const struct step_result *result,
                     const struct write *writes, uint32_t count, struct arena *arena) {
    const struct program *program = coverage->program;
    struct deeds deeds =
        deeds_of(evaluator, (struct question){result->step->time, POSITION_LAST}, writes, count, arena);
    for (uint32_t i = 0; i < deeds.count; i++) {
        const struct deed *deed = &deeds.at[i];
        if (deed->kind == DEED_MET && deed->duty.obligation != NO_ID) coverage->duties[deed->duty.obligation].met++;
        if (deed->kind != DEED_FINDING || deed->finding.norm >= program->norms_count) continue;
        coverage->norms[deed->finding.norm].failed++;
        for (uint32_t k = 0; k < program->obligations_count; k++)
            if (program->obligations[k].norm == deed->finding.norm &&
                program->norms[deed->finding.norm].kind == NORM_OVERDUE)
                coverage->duties[k].failed++;
    }
}

static void observe(void *context, struct evaluator *evaluator, const struct scenario_step *step,
                    const struct step_result *result) {
    struct coverage *coverage = context;
    if (!result) {
        if (!coverage->last || step != coverage->last + 1) coverage->scenarios++;
        coverage->last = step;
        // What time alone brings, before anybody acts.
        if (evaluator->position && step->kind != STEP_EXPECT && step->time > evaluator->time)
            look(coverage, evaluator, step->time);
        return;
    }
    look(coverage, evaluator, step->time);
    if (step->kind == STEP_EXPECT) return;
    struct arena arena;
    arena_init(&arena);
    bool *acted = ARENA_ARRAY(&arena, bool, coverage->program->acts_count + 1);
    for (uint32_t i = 0; i < step->call_count; i++) acted[step->calls[i].act] |= step->kind == STEP_ACT;
    by_receipt(coverage, result);
    if (result->entered) {
        by_adoption(coverage, evaluator, result, &arena, acted);
        by_writes(coverage, result->settled, result->settled_count, acted);
        by_writes(coverage, result->writes, result->write_count, acted);
        by_deeds(coverage, evaluator, result, result->settled, result->settled_count, &arena);
        by_deeds(coverage, evaluator, result, result->writes, result->write_count, &arena);
    }
    arena_release(&arena);
}

struct scenario_observer coverage_observer(struct coverage *coverage) {
    return (struct scenario_observer){coverage, observe};
}
