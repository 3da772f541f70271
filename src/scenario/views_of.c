// SPDX-License-Identifier: Apache-2.0
// Views of one actor: what it owes, what it has a part in, what concerns it.
#include "scenario/scenario_internal.h"

// What an actor does in a role that it holds, or through an office of its own, it does itself.
static bool is_of(struct evaluator *evaluator, struct question question, value actor, value of) {
    if (actor == of) return true;
    if (actor < 0) return false;
    if (actor_class_of(actor) == ACTOR_OFFICE) return actor_office_party(actor) == of;
    return actor_holder(evaluator, question, actor) == of;
}

void scenario_duties_of(struct evaluator *evaluator, struct question question, value of, struct duty_views *duties) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < duties->count; i++)
        if (duties->at[i].bearer == of || is_of(evaluator, question, duties->at[i].holder, of))
            duties->at[kept++] = duties->at[i];
    duties->count = kept;
}

static bool decision_is_of(struct evaluator *evaluator, struct question question, const struct decision_view *decision,
                           value of) {
    struct question then = question_of_end(question, decision->closed, decision->end_cause);
    value holder = actor_holder(evaluator, then, of);
    if (decision->organ == of || is_of(evaluator, then, decision->by, holder)) return true;
    for (uint32_t i = 0; i < decision->seat_count; i++)
        if (is_of(evaluator, then, decision->seats[i].seat, holder)) return true;
    return false;
}

void scenario_decisions_of(struct evaluator *evaluator, struct question question, value of,
                           struct decision_views *decisions) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < decisions->count; i++)
        if (decision_is_of(evaluator, question, &decisions->at[i], of)) decisions->at[kept++] = decisions->at[i];
    decisions->count = kept;
}

void scenario_findings_of(struct evaluator *evaluator, struct question question, value of,
                          struct finding_views *findings) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding_view *finding = &findings->at[i];
        struct question then = question_of_end(question, finding->closed, finding->end_cause);
        bool concerns = false;
        for (uint32_t k = 0; k < finding->concern_count && !concerns; k++)
            concerns = is_of(evaluator, then, finding->concerns[k], of);
        if (concerns) findings->at[kept++] = *finding;
    }
    findings->count = kept;
}
