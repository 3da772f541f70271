// SPDX-License-Identifier: Apache-2.0
// What the parts of judging share: call.c, form.c, decide.c, judge.c.
#ifndef ENTENTE_ENGINE_JUDGE_INTERNAL_H
#define ENTENTE_ENGINE_JUDGE_INTERNAL_H

#include "engine/engine_internal.h"

struct failure {
    refusal refusal;
    uint32_t item, clause, norm;
    const struct act *act;
    const value *frame;
    const bool *bound;
    uint32_t frame_count;
};
struct judging {
    struct engine *engine;
    const struct entry *entry;
    struct failure failure;
    value frame[SLOTS_MAX];
    bool bound[SLOTS_MAX];
};

// call.c
bool judging_refuse(struct judging *judging, refusal why);
bool judging_refuse_run(struct judging *judging, run_status status);
struct run judging_run(struct engine *engine);
bool judging_in_force(const struct engine *engine, uint32_t relation, value key, uint32_t *row);
bool judging_holds(const struct engine *engine, uint32_t relation, value key);
run_status judging_relation_holds(struct engine *engine, uint32_t relation, const value *pattern, bool *yes);
bool judging_is_party(const struct program *program, value actor, uint32_t type);
bool judging_actor_valid(const struct program *program, value actor);
bool judging_role_valid(const struct program *program, value actor);
void judging_who_bind(const struct who *who, value actor, value *frame);
bool judging_who_matches(struct judging *judging, const struct act *act, const struct who *who,
                         const struct expression *planned, value actor, value *frame);
void judging_call_frame(struct engine *engine, const struct entry *entry, uint32_t position, uint32_t item, value actor,
                        value *frame);
value judging_call_actor(const struct act *act, value actor);
bool judging_run_call(struct judging *judging, uint32_t act_id, value *frame, value actor);

// form.c
bool judging_entities_there(struct judging *judging);
bool judging_entity_there(const struct engine *engine, value entity, uint32_t type);

// decide.c
bool judging_propose(struct judging *judging);
bool judging_answer(struct judging *judging, const struct answer *answer);
bool judging_withdraw(struct judging *judging);
bool judging_join(struct judging *judging);

// judge.c
void judging_record(struct engine *engine, const struct entry *entry, value actor);
void judging_begin(struct engine *engine, uint32_t relation, const value *values);
uint32_t judging_guard_begin(struct engine *engine);
bool judging_guard(struct judging *judging, uint32_t from, uint32_t before);
bool judging_package_run(struct judging *judging, const struct entry *entry, uint32_t position);

#endif
