// SPDX-License-Identifier: Apache-2.0
// What of a story that takes a register in is its own. It is told from where its own acts begin: nobody asks for thirty
// years to read of a week. One that has no acts of its own is the register's story, and told whole.
#include "scenario/scenario_internal.h"

uint32_t scenario_begins(const struct scenario_run *run) {
    for (uint32_t i = 0; i < run->steps.count; i++)
        if (!run->steps.at[i].step->row && run->steps.at[i].step->kind != STEP_EXPECT) return i;
    return 0;
}

uint32_t scenario_taken_in(const struct scenario_run *run) {
    uint32_t taken = 0, begins = scenario_begins(run);
    for (uint32_t i = 0; i < begins; i++) taken += run->steps.at[i].step->row != 0;
    return taken;
}

uint32_t scenario_before(const struct scenario_run *run) {
    uint32_t before = 0, begins = scenario_begins(run);
    for (uint32_t i = 0; i < begins; i++)
        if (run->steps.at[i].entered) before = run->steps.at[i].last;
    return before;
}

// NULL: it is neither the story's own nor still open.
static struct story_end *part_of(uint32_t before, uint32_t cause, uint32_t end_cause, bool open, struct story_end *own,
                                 struct story_end *left) {
    if (cause > before || (!open && end_cause > before)) return own;
    return open ? left : NULL;
}

static void init_end(struct story_end *end, const struct story_end *all, struct arena *arena) {
    *end = (struct story_end){{ARENA_ARRAY(arena, struct duty_view, all->duties.count + 1), 0},
                              {ARENA_ARRAY(arena, struct decision_view, all->decisions.count + 1), 0},
                              {ARENA_ARRAY(arena, struct finding_view, all->findings.count + 1), 0}};
}

ask_status scenario_story_end(const struct scenario_run *run, struct arena *arena, struct story_end *own,
                              struct story_end *left) {
    struct story_end all = {0}, *part;
    struct question question = {scenario_end(run), POSITION_LAST};
    uint32_t before = scenario_before(run);
    ask_status status = scenario_duties(run->evaluator, question, arena, &all.duties);
    if (status == ASK_OK) status = scenario_decisions(run->evaluator, question, arena, &all.decisions);
    if (status == ASK_OK) status = scenario_findings(run->evaluator, question, arena, &all.findings);
    if (status != ASK_OK) return status;
    init_end(own, &all, arena);
    init_end(left, &all, arena);
    for (uint32_t i = 0; i < all.duties.count; i++) {
        const struct duty_view *duty = &all.duties.at[i];
        part = part_of(before, duty->cause, duty->end_cause, duty->status <= DUTY_OVERDUE, own, left);
        if (part) part->duties.at[part->duties.count++] = *duty;
    }
    for (uint32_t i = 0; i < all.decisions.count; i++) {
        const struct decision_view *decision = &all.decisions.at[i];
        part = part_of(before, decision->cause, decision->end_cause, decision->open, own, left);
        if (part) part->decisions.at[part->decisions.count++] = *decision;
    }
    for (uint32_t i = 0; i < all.findings.count; i++) {
        const struct finding_view *finding = &all.findings.at[i];
        part = part_of(before, finding->cause, finding->end_cause, finding->closed == TIME_MAX, own, left);
        if (part) part->findings.at[part->findings.count++] = *finding;
    }
    return ASK_OK;
}

uint32_t story_end_open(struct story_end *end) {
    uint32_t duties = 0, decisions = 0, findings = 0;
    for (uint32_t i = 0; i < end->duties.count; i++)
        if (end->duties.at[i].status <= DUTY_OVERDUE) end->duties.at[duties++] = end->duties.at[i];
    for (uint32_t i = 0; i < end->decisions.count; i++)
        if (end->decisions.at[i].open) end->decisions.at[decisions++] = end->decisions.at[i];
    // That a duty is overdue is told by the duty.
    for (uint32_t i = 0; i < end->findings.count; i++)
        if (end->findings.at[i].closed == TIME_MAX && !end->findings.at[i].duty)
            end->findings.at[findings++] = end->findings.at[i];
    end->duties.count = duties;
    end->decisions.count = decisions;
    end->findings.count = findings;
    return duties + decisions + findings;
}
