// SPDX-License-Identifier: Apache-2.0
// What time and consequences do: sampling the watches, firing them in order, opening and closing findings.
#include "naive/naive_internal.h"

struct tuples naive_watch_bindings(struct naive *n, const struct watch *watch) {
    value slots[SLOTS_MAX];
    bool bound[SLOTS_MAX] = {false};
    struct scope scope = {n, naive_world_at(n, n->now, true), slots, bound};
    n->touched = 0;    // the limit is on each watch
    return naive_conditions_bindings(&scope, &watch->frame, watch->conditions, watch->binding, watch->binding_count);
}

// Samples one watch: what is no longer true may fire again. Returns what is true.
static struct tuples sample(struct naive *n, uint32_t w) {
    struct tuples bindings = naive_watch_bindings(n, &n->base.program->watches[w]);
    struct tuples *fired = &n->fired[w], kept = naive_tuples_copy(fired);
    kept.count = 0;
    for (uint32_t i = 0; i < fired->count; i++)
        if (naive_tuples_has(n, &bindings, naive_tuples_get(fired, i)))
            (void)naive_tuples_add(n, &kept, naive_tuples_get(fired, i));
    naive_tuples_release(fired);
    *fired = kept;
    return bindings;
}

// Void firings open a finding: each that clashes or cannot be worked out, and for each `upon` the first that comes
// after the limit.
static void fire_upon(struct naive *n, uint32_t w, const value *binding) {
    const struct watch *watch = &n->base.program->watches[w];
    bool limit = n->firings > FIRINGS_MAX;
    struct slots slots = {0};
    for (uint32_t i = 0; i < watch->binding_count; i++)
        slots.values[watch->binding[i]] = binding[i], slots.bound[watch->binding[i]] = true;
    struct scope scope = {n, naive_world_at(n, n->now, false), slots.values, slots.bound};
    struct mark mark = naive_store_mark(n);
    uint32_t before = n->changes.count;
    struct operations all;
    naive_operations_init(&all);
    bool done = !limit && naive_effects_prepare(&scope, &watch->frame, watch->effects, watch->effect_count, &all) &&
                naive_effects_apply(n, &all);
    if (n->changes.count - before > WRITES_MAX) limit = true, done = false;
    if (!done) {
        n->failed = false;
        naive_store_take_back(n, mark);
        if (!limit || !n->voided[w]) naive_finding_open(n, watch->norm, NULL, 0, NULL, 0);
        if (limit) n->voided[w] = true;
    }
    naive_operations_release(&all);
}

static void fire(struct naive *n, uint32_t w, const value *binding) {
    const struct watch *watch = &n->base.program->watches[w];
    (void)naive_tuples_add(n, &n->fired[w], binding);
    n->counts.firings[watch->kind]++;
    n->firings++;
    switch (watch->kind) {
    case WATCH_CLOSE: naive_proposal_close(n, binding[0]); break;
    case WATCH_MET: naive_duty_meet(n, binding[0]); break;
    case WATCH_LAPSE: naive_duty_lapse(n, binding[0]); break;
    case WATCH_UPON: fire_upon(n, w, binding); break;
    case WATCH_OVERDUE: naive_duty_overdue(n, binding[0]); break;
    case WATCH_PERIOD: naive_duty_period(n, binding[0]); break;
    case WATCH_NORM: ENSURE(false);
    }
}

// Samples all watches but norms and fires the first that is due. False: none was.
static bool fire_first(struct naive *n) {
    const struct program *program = n->base.program;
    value first[WIDTH_MAX];
    uint32_t found = NO_ID;
    for (uint32_t w = 0; w < program->watches_count; w++) {
        if (program->watches[w].kind == WATCH_NORM) continue;
        struct tuples bindings = sample(n, w);
        for (uint32_t i = 0; i < bindings.count && found == NO_ID; i++) {
            if (naive_tuples_has(n, &n->fired[w], naive_tuples_get(&bindings, i))) continue;
            found = w;
            for (uint32_t k = 0; k < bindings.width; k++) first[k] = naive_tuples_get(&bindings, i)[k];
        }
        naive_tuples_release(&bindings);
    }
    if (found == NO_ID || n->limited) return false;
    fire(n, found, first);
    return true;
}

// The open findings of a norm that are no longer so, by binding: lists of the binding and the finding.
static struct tuples findings_to_close(struct naive *n, const struct watch *watch, const struct tuples *bindings) {
    const struct relation *relation = &n->base.program->relations[n->base.program->norms[watch->norm].relation];
    const struct table *table = &n->tables[n->base.program->norms[watch->norm].relation];
    struct tuples found;
    naive_tuples_init(&found, relation->column_count);
    for (uint32_t i = 0; i < watch->binding_count; i++) found.types[i] = relation->columns[i + 1].type;
    found.types[watch->binding_count] = relation->columns[0].type;
    for (uint32_t i = 0; i < table->rows.count; i++) {
        const struct row *row = &table->rows.at[i];
        value list[WIDTH_MAX];
        if (!row_holds(row, n->now) || !naive_holds_1(n, RELATION_FINDING, row->values[0]) ||
            naive_tuples_has(n, bindings, row->values + 1))
            continue;
        for (uint32_t k = 0; k < watch->binding_count; k++) list[k] = row->values[k + 1];
        list[watch->binding_count] = row->values[0];
        (void)naive_tuples_add(n, &found, list);
    }
    return found;
}

static bool judge_norm(struct naive *n, uint32_t w) {
    const struct watch *watch = &n->base.program->watches[w];
    struct tuples bindings = sample(n, w), closing = findings_to_close(n, watch, &bindings);
    bool any = closing.count > 0;
    for (uint32_t i = 0; i < closing.count; i++)
        naive_finding_close(n, naive_tuples_get(&closing, i)[watch->binding_count]);
    for (uint32_t i = 0; i < bindings.count && !n->limited; i++) {
        if (!naive_tuples_add(n, &n->fired[w], naive_tuples_get(&bindings, i))) continue;
        naive_finding_open_binding(n, watch->norm, naive_tuples_get(&bindings, i), watch->binding_count);
        any = true;
    }
    naive_tuples_release(&bindings);
    naive_tuples_release(&closing);
    return any;
}

void naive_instant(struct naive *n) {
    bool again;
    do {
        while (fire_first(n)) {}
        again = false;
        for (uint32_t w = 0; w < n->base.program->watches_count && !n->limited; w++)
            if (n->base.program->watches[w].kind == WATCH_NORM) again = judge_norm(n, w) || again;
    } while (again && !n->limited);
}

// A row begins or ends, or a comparison with `now` comes out otherwise.
static int64_t next_moment(struct naive *n) {
    int64_t next = TIME_MAX;
    for (uint32_t r = 0; r < n->base.program->relations_count; r++)
        for (uint32_t i = 0; i < n->tables[r].rows.count; i++) {
            const struct row *row = &n->tables[r].rows.at[i];
            if (row->from > n->now && row->from < next) next = row->from;
            if (row->until > n->now && row->until < next) next = row->until;
        }
    for (uint32_t w = 0; w < n->base.program->watches_count; w++) {
        struct tuples bindings = naive_watch_bindings(n, &n->base.program->watches[w]);
        naive_tuples_release(&bindings);
    }
    int64_t compared = naive_world_at(n, n->now, true)->next;
    return compared < next ? compared : next;
}

int64_t naive_next_moment(struct evaluator *naive) {
    struct naive *n = (struct naive *)naive;
    if (n->base.position == 0) return TIME_MAX;
    n->now = n->base.time;
    return next_moment(n);
}

void naive_settle(struct naive *n, int64_t time) {
    if (n->base.position == 0) {
        n->now = time;
        naive_instant(n);
        return;
    }
    n->now = n->base.time;
    while (!n->limited) {
        int64_t next = next_moment(n);
        if (next > time) break;
        n->now = next;
        naive_instant(n);
    }
    n->now = time;
}
