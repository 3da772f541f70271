// SPDX-License-Identifier: Apache-2.0
// Derived relations, computed whole: the rules are applied until nothing new comes. What is computed serves until the
// next write.
#include "naive/naive_internal.h"

void naive_limit(struct naive *n, const char *limit) {
    if (!n->limited) n->limit = limit;
    n->limited = true;
}

void naive_touch(struct naive *n, uint32_t rows) {
    n->touched = rows > TOUCHED_MAX - n->touched ? TOUCHED_MAX : n->touched + rows;
    if (n->touched == TOUCHED_MAX) naive_limit(n, "working it out touches more than 200,000,000 rows");
}

void naive_worlds_forget(struct naive *n) {
    for (uint32_t i = 0; i < n->worlds.count; i++) {
        struct world *world = n->worlds.at[i];
        for (uint32_t k = 0; k < world->touched.count; k++) {
            struct extent *extent = &world->extents[world->touched.at[k]];
            naive_tuples_release(&extent->tuples);
            *extent = (struct extent){0};
        }
        world->touched.count = 0;
        VEC_PUSH(&n->spare_worlds, world);
    }
    n->worlds.count = 0;
}

void naive_worlds_release(struct naive *n) {
    naive_worlds_forget(n);
    for (uint32_t i = 0; i < n->spare_worlds.count; i++) {
        free(n->spare_worlds.at[i]->extents);
        VEC_RELEASE(&n->spare_worlds.at[i]->touched);
        free(n->spare_worlds.at[i]);
    }
    VEC_RELEASE(&n->spare_worlds);
    VEC_RELEASE(&n->worlds);
}

struct world *naive_world_at(struct naive *n, int64_t moment, bool lenient) {
    for (uint32_t i = 0; i < n->worlds.count; i++)
        if (n->worlds.at[i]->moment == moment && n->worlds.at[i]->lenient == lenient) return n->worlds.at[i];
    struct world *world =
        n->spare_worlds.count ? n->spare_worlds.at[--n->spare_worlds.count] : base_alloc(sizeof *world);
    if (!world->extents) world->extents = base_alloc(sizeof(struct extent) * (n->base.program->relations_count + 1));
    world->moment = moment, world->lenient = lenient, world->next = TIME_MAX;
    VEC_PUSH(&n->worlds, world);
    return world;
}

static void extent_init(const struct naive *n, struct world *world, uint32_t relation) {
    const struct relation *declared = &n->base.program->relations[relation];
    struct extent *extent = &world->extents[relation];
    if (extent->tuples.types) return;
    VEC_PUSH(&world->touched, relation);
    naive_tuples_init(&extent->tuples, declared->column_count);
    for (uint32_t i = 0; i < declared->column_count; i++) extent->tuples.types[i] = declared->columns[i].type;
}

// A row that is put in its place moves those behind it, which is quicker than to look at them.
#define ROWS_MOVED_LIKE_ONE 8

struct derivation {
    struct scope scope;
    const struct rule *rule;
    struct tuples *found;
};

static bool derive_row(void *context) {
    struct derivation *derivation = context;
    value values[WIDTH_MAX];
    for (uint32_t i = 0; i < derivation->found->width; i++) {
        value_status status = naive_expression_value(&derivation->scope, derivation->rule->head[i], &values[i]);
        if (status != VALUE_FOUND) return true;
    }
    naive_touch(derivation->scope.naive, derivation->found->count / ROWS_MOVED_LIKE_ONE);
    (void)naive_tuples_add(derivation->scope.naive, derivation->found, values);
    return true;
}

// Applies every rule of a relation once. The rows found are set apart, so that those that the rules read stay where
// they are.
static bool apply_rules(struct naive *n, struct world *world, uint32_t relation) {
    const struct relation *declared = &n->base.program->relations[relation];
    struct tuples found;
    naive_tuples_init(&found, declared->column_count);
    for (uint32_t i = 0; i < declared->column_count; i++) found.types[i] = declared->columns[i].type;
    for (uint32_t i = 0; i < declared->rule_count; i++) {
        value slots[SLOTS_MAX];
        bool bound[SLOTS_MAX] = {false};
        const struct rule *rule = &n->base.program->rules[declared->rules[i]];
        struct derivation derivation = {{n, world, slots, bound}, rule, &found};
        (void)naive_conditions_solve(&derivation.scope, rule->body, derive_row, &derivation);
    }
    bool grown = false;
    struct tuples *all = &world->extents[relation].tuples;
    for (uint32_t i = 0; i < found.count; i++) {
        naive_touch(n, all->count / ROWS_MOVED_LIKE_ONE);
        grown = naive_tuples_add(n, all, naive_tuples_get(&found, i)) || grown;
    }
    if (all->count > DERIVED_MAX) naive_limit(n, "a rule gives more than 200,000 rows");
    naive_tuples_release(&found);
    return grown;
}

// Relations that depend on one another stand in one stratum; all recursive ones of it are computed together.
static bool in_group(const struct naive *n, uint32_t relation, uint32_t other) {
    const struct relation *a = &n->base.program->relations[relation], *b = &n->base.program->relations[other];
    return relation == other || (a->recursive && b->derived && b->recursive && a->stratum == b->stratum);
}

static void work_out(struct world *world, struct naive *n, uint32_t relation) {
    if (!n->base.program->relations[relation].recursive) {
        world->extents[relation].busy = true;
        if (!n->failed && !n->limited) (void)apply_rules(n, world, relation);
        world->extents[relation].busy = false;
        world->extents[relation].done = !n->failed && !n->limited;
        return;
    }
    uint32_t count = n->base.program->relations_count;
    for (uint32_t r = 0; r < count; r++)
        if (in_group(n, relation, r)) {
            extent_init(n, world, r);
            world->extents[r].busy = true;
        }
    bool grown;
    do {
        grown = false;
        for (uint32_t r = 0; r < count && !n->failed && !n->limited; r++)
            if (in_group(n, relation, r)) grown = apply_rules(n, world, r) || grown;
    } while (grown && !n->failed && !n->limited);
    for (uint32_t r = 0; r < count; r++)
        if (in_group(n, relation, r)) {
            world->extents[r].busy = false;
            world->extents[r].done = !n->failed && !n->limited;
        }
}

// ---- Ahead: a long chain of relations is worked out from its end, not from within one another ----------------------
struct ahead {
    VEC(uint32_t) relations;
};    // what is asked of the same moment, directly

static void ahead_conditions(const struct program *program, struct conditions conditions, struct ahead *ahead);

static void ahead_expression(const struct program *program, const struct expression *e, struct ahead *ahead) {
    if (!e) return;
    ahead_conditions(program, e->conditions, ahead);
    ahead_expression(program, e->left, ahead);
    ahead_expression(program, e->right, ahead);
}

static void ahead_conditions(const struct program *program, struct conditions conditions, struct ahead *ahead) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *c = &conditions.at[i];
        if (c->kind == CONDITION_ATOM && !c->moment && program->relations[c->relation].derived)
            VEC_PUSH(&ahead->relations, c->relation);
        ahead_conditions(program, c->inner, ahead);
        ahead_conditions(program, c->has, ahead);
        ahead_expression(program, c->left, ahead);
        ahead_expression(program, c->right, ahead);
    }
}

static void ahead_of(const struct naive *n, uint32_t relation, struct ahead *ahead) {
    const struct program *program = n->base.program;
    for (uint32_t r = 0; r < program->relations_count; r++) {
        if (r != relation && (!program->relations[relation].recursive || !in_group(n, relation, r))) continue;
        for (uint32_t i = 0; i < program->relations[r].rule_count; i++)
            ahead_conditions(program, program->rules[program->relations[r].rules[i]].body, ahead);
    }
}

static void work_out_ahead(struct world *world, struct naive *n, uint32_t relation) {
    struct waiting {
        uint32_t relation, from, next;
    };
    VEC(struct waiting) stack = {0};
    struct ahead ahead = {0};
    VEC_PUSH(&stack, (struct waiting){relation, 0, 0});
    ahead_of(n, relation, &ahead);
    while (stack.count && !n->limited) {
        struct waiting *top = &stack.at[stack.count - 1];
        if (top->next == ahead.relations.count) {
            ahead.relations.count = top->from;
            if (top->relation != relation) work_out(world, n, top->relation);
            stack.count--;
            continue;
        }
        uint32_t other = ahead.relations.at[top->next++];
        extent_init(n, world, other);
        const struct extent *extent = &world->extents[other];
        if (extent->done || extent->busy || in_group(n, top->relation, other)) continue;
        VEC_PUSH(&stack, (struct waiting){other, ahead.relations.count, ahead.relations.count});
        ahead_of(n, other, &ahead);
    }
    VEC_RELEASE(&stack);
    VEC_RELEASE(&ahead.relations);
}

const struct tuples *naive_world_extent(struct world *world, struct naive *n, uint32_t relation) {
    // Within a rule what cannot be worked out is no row, whoever asks.
    if (!world->lenient) world = naive_world_at(n, world->moment, true);
    struct extent *extent = &world->extents[relation];
    extent_init(n, world, relation);
    if (extent->done) return &extent->tuples;
    ENSURE(!extent->busy || n->base.program->relations[relation].recursive);
    if (extent->busy) return &extent->tuples;
    if (n->deep >= STEPS_AHEAD && !n->failed) work_out_ahead(world, n, relation);
    work_out(world, n, relation);
    return &extent->tuples;
}

bool naive_world_has(struct naive *n, struct world *world, uint32_t relation, const value *pattern) {
    const struct relation *declared = &n->base.program->relations[relation];
    const struct tuples *tuples = declared->derived ? naive_world_extent(world, n, relation) : NULL;
    uint32_t count = tuples ? tuples->count : n->tables[relation].rows.count;
    naive_touch(n, count);
    for (uint32_t i = 0; i < count; i++) {
        if (!tuples && !row_holds(&n->tables[relation].rows.at[i], world->moment)) continue;
        const value *values = tuples ? naive_tuples_get(tuples, i) : n->tables[relation].rows.at[i].values;
        uint32_t same = 0;
        while (same < declared->column_count && (pattern[same] == VALUE_ANY || pattern[same] == values[same])) same++;
        if (same == declared->column_count) return true;
    }
    return false;
}
