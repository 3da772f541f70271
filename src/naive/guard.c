// SPDX-License-Identifier: Apache-2.0
// The guard of what may never be: now, and at each later start of a row that is known already.
#include "naive/naive_internal.h"

// ---- Which relations a norm reads ----------------------------------------------------------------------------------
static void read_conditions(const struct program *program, struct conditions conditions, bool *reads);

static void read_relation(const struct program *program, uint32_t relation, bool *reads) {
    if (reads[relation]) return;
    reads[relation] = true;
    for (uint32_t i = 0; program->relations[relation].derived && i < program->relations[relation].rule_count; i++) {
        const struct rule *rule = &program->rules[program->relations[relation].rules[i]];
        read_conditions(program, rule->body, reads);
    }
}

static void read_expression(const struct program *program, const struct expression *expression, bool *reads) {
    if (!expression) return;
    read_expression(program, expression->left, reads);
    read_expression(program, expression->right, reads);
    read_conditions(program, expression->conditions, reads);
}

static void read_conditions(const struct program *program, struct conditions conditions, bool *reads) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        if (condition->kind == CONDITION_ATOM) {
            read_relation(program, condition->relation, reads);
            for (uint32_t k = 0; k < condition->argument_count; k++)
                read_expression(program, condition->arguments[k], reads);
        }
        read_conditions(program, condition->inner, reads);
        read_conditions(program, condition->has, reads);
        read_expression(program, condition->left, reads);
        read_expression(program, condition->right, reads);
    }
}

void naive_reads(const struct program *program, struct conditions conditions, bool *reads) {
    read_conditions(program, conditions, reads);
}

// Now, and the later starts of rows of these relations, ascending.
static struct tuples moments_of(const struct naive *n, const struct watch *watch) {
    const struct program *program = n->base.program;
    bool *reads = base_alloc(program->relations_count + 1);
    struct tuples moments;
    naive_tuples_init(&moments, 1);
    moments.types[0] = (struct type){TYPE_TIME, NO_ID};
    value now = n->now;
    (void)naive_tuples_add(n, &moments, &now);
    read_conditions(program, watch->conditions, reads);
    for (uint32_t r = 0; r < program->relations_count; r++)
        for (uint32_t i = 0; reads[r] && i < n->tables[r].rows.count; i++) {
            const struct row *row = &n->tables[r].rows.at[i];
            value from = row->from;
            if (row->from > n->now && row->from < row->until) (void)naive_tuples_add(n, &moments, &from);
        }
    free(reads);
    return moments;
}

// ---- What is newly so ----------------------------------------------------------------------------------------------
static struct tuples bindings_at(struct naive *n, const struct watch *watch, int64_t moment) {
    int64_t now = n->now;
    n->now = moment;
    struct tuples bindings = naive_watch_bindings(n, watch);
    n->now = now;
    return bindings;
}

static bool newly(struct naive *n, const struct watch *watch, struct mark before) {
    struct tuples moments = moments_of(n, watch);
    bool found = false;
    for (uint32_t i = 0; i < moments.count && !found; i++) {
        int64_t moment = naive_tuples_get(&moments, i)[0];
        struct tuples after = bindings_at(n, watch, moment);
        naive_store_swap(n, before);
        struct tuples earlier = bindings_at(n, watch, moment);
        naive_store_swap_back(n, before);
        for (uint32_t k = 0; k < after.count && !found; k++)
            found = !naive_tuples_has(n, &earlier, naive_tuples_get(&after, k));
        naive_tuples_release(&after);
        naive_tuples_release(&earlier);
    }
    naive_tuples_release(&moments);
    return found;
}

uint32_t naive_never_newly(struct naive *n, struct mark before) {
    const struct program *program = n->base.program;
    for (uint32_t w = 0; w < program->watches_count; w++) {
        const struct watch *watch = &program->watches[w];
        if (watch->kind != WATCH_NORM || program->norms[watch->norm].kind != NORM_NEVER) continue;
        if (newly(n, watch, before)) return watch->norm;
    }
    return NO_ID;
}
