// SPDX-License-Identifier: Apache-2.0
// Norms that were broken in the past, as late rows show, and are kept by now: each moment at which anything changed is
// looked at.
#include "naive/naive_internal.h"

// The first time after a moment at which a row begins or ends.
static int64_t next_edge(const struct naive *n, int64_t moment) {
    int64_t next = TIME_MAX;
    for (uint32_t r = 0; r < n->base.program->relations_count; r++)
        for (uint32_t i = 0; i < n->tables[r].rows.count; i++) {
            const struct row *row = &n->tables[r].rows.at[i];
            if (row->from > moment && row->from < next) next = row->from;
            if (row->until > moment && row->until < next) next = row->until;
        }
    return next;
}

// What breaks the norm at a moment; *next goes back to when that may change.
static struct tuples broken_at(struct naive *n, const struct watch *watch, int64_t moment, int64_t *next) {
    int64_t now = n->now, edge = next_edge(n, moment);
    n->now = moment;
    struct tuples bindings = naive_watch_bindings(n, watch);
    int64_t compared = naive_world_at(n, moment, true)->next;
    n->now = now;
    if (edge < *next) *next = edge;
    if (compared < *next) *next = compared;
    return bindings;
}

// Of that, what did not by what was known at the mark.
static struct tuples newly_broken_at(struct naive *n, const struct watch *watch, struct mark before, int64_t moment,
                                     int64_t *next) {
    struct tuples all = broken_at(n, watch, moment, next);
    naive_store_swap(n, before);
    struct tuples earlier = broken_at(n, watch, moment, next);
    naive_store_swap_back(n, before);
    struct tuples newly = naive_tuples_copy(&all);
    newly.count = 0;
    for (uint32_t i = 0; i < all.count; i++)
        if (!naive_tuples_has(n, &earlier, naive_tuples_get(&all, i)))
            (void)naive_tuples_add(n, &newly, naive_tuples_get(&all, i));
    naive_tuples_release(&all);
    naive_tuples_release(&earlier);
    return newly;
}

static struct tuples look_back(struct naive *n, const struct watch *watch, struct mark before, int64_t least) {
    uint32_t width = watch->binding_count;
    struct tuples open = naive_tuples_of_slots(&watch->frame, watch->binding, width), over;
    VEC(int64_t) since = {0};
    naive_tuples_init(&over, width + 2);    // the binding, from, until
    for (uint32_t i = 0; i < width; i++) over.types[i] = open.types[i];
    over.types[width] = over.types[width + 1] = (struct type){TYPE_TIME, NO_ID};
    for (int64_t moment = least, next; moment <= n->now; moment = next) {
        next = moment < n->now ? n->now : TIME_MAX;
        struct tuples newly = newly_broken_at(n, watch, before, moment, &next);
        if (moment == n->now) next = TIME_MAX;
        VEC(int64_t) starts = {0};
        for (uint32_t i = 0; i < newly.count; i++) {
            int64_t start = moment;
            for (uint32_t k = 0; k < open.count; k++)
                if (!memcmp(naive_tuples_get(&open, k), naive_tuples_get(&newly, i), sizeof(value) * width))
                    start = since.at[k];
            VEC_PUSH(&starts, start);
        }
        for (uint32_t k = 0; k < open.count; k++) {
            value list[WIDTH_MAX];
            if (naive_tuples_has(n, &newly, naive_tuples_get(&open, k))) continue;
            for (uint32_t i = 0; i < width; i++) list[i] = naive_tuples_get(&open, k)[i];
            list[width] = since.at[k], list[width + 1] = moment;
            (void)naive_tuples_add(n, &over, list);
        }
        naive_tuples_release(&open);
        VEC_RELEASE(&since);
        open = newly;
        since.at = starts.at, since.count = starts.count, since.capacity = starts.capacity;
    }
    naive_tuples_release(&open);
    VEC_RELEASE(&since);
    return over;
}

static bool concerned(const struct program *program, const struct watch *watch, const bool *late) {
    bool *reads = base_alloc((size_t)program->relations_count + 1), is = false;
    naive_reads(program, watch->conditions, reads);
    for (uint32_t r = 0; r < program->relations_count; r++) is = is || (reads[r] && late[r]);
    free(reads);
    return is;
}

// All norms are looked at before the first finding is written.
void naive_past_findings(struct naive *n, struct mark before, int64_t least, const bool *late) {
    const struct program *program = n->base.program;
    struct tuples *over = base_alloc(sizeof *over * (program->watches_count + 1));
    for (uint32_t w = 0; w < program->watches_count; w++)
        if (program->watches[w].kind == WATCH_NORM && concerned(program, &program->watches[w], late))
            over[w] = look_back(n, &program->watches[w], before, least);
    for (uint32_t w = 0; w < program->watches_count; w++) {
        for (uint32_t i = 0; i < over[w].count; i++) {
            const value *one = naive_tuples_get(&over[w], i);
            naive_finding_open_over(n, program->watches[w].norm, one, over[w].width - 2, one[over[w].width - 2],
                                    one[over[w].width - 1]);
        }
        naive_tuples_release(&over[w]);
    }
    free(over);
}
