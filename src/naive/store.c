// SPDX-License-Identifier: Apache-2.0
// Rows over time: what adding, setting, extending and ending do to them, and how it is all taken back.
#include "naive/naive_internal.h"

// ---- Writes and how they are taken back ----------------------------------------------------------------------------
struct mark naive_store_mark(const struct naive *n) {
    return (struct mark){n->changes.count, n->ordinal};
}

void naive_store_take_back(struct naive *n, struct mark mark) {
    while (n->changes.count > mark.changes) {
        const struct change *change = &n->changes.at[--n->changes.count];
        struct table *table = &n->tables[change->relation];
        if (change->kind == WRITE_BEGIN) {
            ENSURE(change->row + 1 == table->rows.count);
            table->rows.count--;
        } else {
            table->rows.at[change->row].until = change->old_until;
            table->rows.at[change->row].ended = change->old_ended;
        }
    }
    n->ordinal = mark.ordinal;
    naive_worlds_forget(n);
}

// Shows the rows as they were at the mark, and then again as they are: what was begun since becomes void, what was
// moved goes back.
static void swap_ends(struct naive *n, struct change *change) {
    struct row *row = &n->tables[change->relation].rows.at[change->row];
    int64_t until = row->until;
    row->until = change->kind == WRITE_BEGIN ? change->aside : change->old_until;
    if (change->kind == WRITE_BEGIN) change->aside = until;
    else change->old_until = until;
}

void naive_store_swap(struct naive *n, struct mark mark) {
    for (uint32_t i = n->changes.count; i-- > mark.changes;) {
        struct change *change = &n->changes.at[i];
        if (change->kind == WRITE_BEGIN) change->aside = n->tables[change->relation].rows.at[change->row].from;
        swap_ends(n, change);
    }
    naive_worlds_forget(n);
}

void naive_store_swap_back(struct naive *n, struct mark mark) {
    for (uint32_t i = mark.changes; i < n->changes.count; i++) swap_ends(n, &n->changes.at[i]);
    naive_worlds_forget(n);
}

void naive_store_begin(struct naive *n, uint32_t relation, const value *values, int64_t from, int64_t until) {
    uint32_t width = n->base.program->relations[relation].column_count;
    value *own = ARENA_ARRAY(&n->arena, value, width + 1);
    memcpy(own, values, sizeof *own * width);
    struct table *table = &n->tables[relation];
    VEC_PUSH(
        &n->changes,
        (struct change){
            .kind = WRITE_BEGIN, .relation = relation, .row = table->rows.count, .until = until, .moment = n->now});
    VEC_PUSH(&table->rows,
             (struct row){own, from, until, n->position, until == TIME_MAX ? 0 : n->position, n->serial++});
    if (n->acting && n->changes.count - n->acted_from > WRITES_MAX) naive_limit(n, "it writes more than 60,000 rows");
    naive_worlds_forget(n);
}

void naive_store_move(struct naive *n, uint32_t relation, uint32_t row, int64_t until, write_kind kind) {
    struct row *at = &n->tables[relation].rows.at[row];
    VEC_PUSH(&n->changes, (struct change){.kind = kind,
                                          .relation = relation,
                                          .row = row,
                                          .until = until,
                                          .old_until = at->until,
                                          .old_ended = at->ended,
                                          .moment = n->now});
    at->until = until;
    at->ended = n->position;
    if (n->acting && n->changes.count - n->acted_from > WRITES_MAX) naive_limit(n, "it writes more than 60,000 rows");
    naive_worlds_forget(n);
}

// ---- Finding rows --------------------------------------------------------------------------------------------------
static bool matches(const value *values, const value *pattern, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (pattern[i] != VALUE_ANY && pattern[i] != values[i]) return false;
    return true;
}

const struct row *naive_store_find(const struct naive *n, uint32_t relation, const value *values, uint32_t count) {
    const struct table *table = &n->tables[relation];
    for (uint32_t i = 0; i < table->rows.count; i++)
        if (row_holds(&table->rows.at[i], n->now) && matches(table->rows.at[i].values, values, count))
            return &table->rows.at[i];
    return NULL;
}

// A void row (until == from) holds nowhere and meets no interval.
static bool meets(const struct row *row, int64_t from, int64_t until) {
    return row->from < row->until && row->from < until && from < row->until;
}

static uint32_t width_of(const struct naive *n, uint32_t relation) {
    return n->base.program->relations[relation].column_count;
}
static uint32_t key_of(const struct naive *n, uint32_t relation) {
    return n->base.program->relations[relation].key_count;
}

// ---- Effects on facts ----------------------------------------------------------------------------------------------
static bool interval_clashes(const struct naive *n, int64_t from, int64_t until, bool past_allowed) {
    return ((from < n->now || until < n->now) && !past_allowed) || until <= from;
}

bool naive_fact_add(struct naive *n, uint32_t relation, const value *values, int64_t from, int64_t until,
                    bool past_allowed) {
    if (interval_clashes(n, from, until, past_allowed)) return false;
    const struct table *table = &n->tables[relation];
    for (uint32_t i = 0; i < table->rows.count; i++)
        if (meets(&table->rows.at[i], from, until) && matches(table->rows.at[i].values, values, key_of(n, relation)))
            return false;
    naive_store_begin(n, relation, values, from, until);
    return true;
}

bool naive_fact_set(struct naive *n, uint32_t relation, const value *values, int64_t from, int64_t until,
                    bool past_allowed) {
    if (interval_clashes(n, from, until, past_allowed)) return false;
    const struct table *table = &n->tables[relation];
    for (uint32_t i = 0; i < table->rows.count; i++) {
        const struct row *row = &table->rows.at[i];
        if (!meets(row, from, until) || !matches(row->values, values, key_of(n, relation))) continue;
        naive_store_move(n, relation, i, row->from < from ? from : row->from, WRITE_END);
    }
    naive_store_begin(n, relation, values, from, until);
    return true;
}

bool naive_fact_extend(struct naive *n, uint32_t relation, const value *pattern, int64_t until) {
    const struct table *table = &n->tables[relation];
    uint32_t found = NO_ID;
    for (uint32_t i = 0; i < table->rows.count; i++) {
        if (!row_holds(&table->rows.at[i], n->now) ||
            !matches(table->rows.at[i].values, pattern, width_of(n, relation)))
            continue;
        if (found != NO_ID) return false;
        found = i;
    }
    if (found == NO_ID) return false;
    const struct row *row = &table->rows.at[found];
    if (until < n->now || until <= row->from) return false;
    for (uint32_t i = 0; i < table->rows.count; i++)
        if (i != found && meets(&table->rows.at[i], row->from, until) &&
            matches(table->rows.at[i].values, row->values, key_of(n, relation)))
            return false;
    naive_store_move(n, relation, found, until, WRITE_MOVE);
    return true;
}

bool naive_fact_end(struct naive *n, uint32_t relation, const value *pattern, int64_t at) {
    if (at < n->now) return false;
    const struct table *table = &n->tables[relation];
    for (uint32_t i = 0; i < table->rows.count; i++) {
        const struct row *row = &table->rows.at[i];
        if (row->until <= row->from || row->until <= at || !matches(row->values, pattern, width_of(n, relation)))
            continue;
        naive_store_move(n, relation, i, row->from < at ? at : row->from, WRITE_END);
    }
    return true;
}

void naive_annul_entry(struct naive *n, uint32_t position, int64_t at) {
    const struct program *program = n->base.program;
    // Rows of several relations end in the order in which they were written: by serial, which only grows.
    uint64_t after = 0;
    for (;;) {
        uint32_t relation = NO_ID, found = 0;
        uint64_t least = UINT64_MAX;
        for (uint32_t r = RELATION_FIRST_OWN; r < program->relations_count; r++) {
            if (program->relations[r].derived || program->relations[r].hidden) continue;
            for (uint32_t i = 0; i < n->tables[r].rows.count; i++) {
                const struct row *row = &n->tables[r].rows.at[i];
                if (row->begun != position || row->until <= row->from || row->until <= at || row->serial < after ||
                    row->serial >= least)
                    continue;
                relation = r, found = i, least = row->serial;
            }
        }
        if (relation == NO_ID) break;
        const struct row *row = &n->tables[relation].rows.at[found];
        after = row->serial + 1;
        naive_store_move(n, relation, found, row->from < at ? at : row->from, WRITE_END);
    }
    (void)naive_doubts_end(n, entity_of(position, 0), true, at);
    for (uint32_t i = 0; i < n->tables[RELATION_WAIVED].rows.count; i++) {
        const struct row *row = &n->tables[RELATION_WAIVED].rows.at[i];
        if (row->values[1] == entity_of(position, 0) && row->until > row->from && row->until > at)
            naive_store_move(n, RELATION_WAIVED, i, at, WRITE_END);
    }
}

bool naive_doubts_end(struct naive *n, value entry, bool cast, int64_t at) {
    bool any = false;
    for (uint32_t i = 0; i < n->tables[RELATION_IN_DOUBT].rows.count; i++) {
        const struct row *row = &n->tables[RELATION_IN_DOUBT].rows.at[i];
        if (row->until <= row->from || row->until <= at ||
            !(row->values[0] == entry || (cast && row->values[1] == entry)))
            continue;
        naive_store_move(n, RELATION_IN_DOUBT, i, at, WRITE_END);
        any = true;
    }
    return any;
}

// ---- Short forms ---------------------------------------------------------------------------------------------------
void naive_write_1(struct naive *n, uint32_t relation, value a) {
    naive_store_begin(n, relation, &a, n->now, TIME_MAX);
}
void naive_write_2(struct naive *n, uint32_t relation, value a, value b) {
    naive_store_begin(n, relation, (value[]){a, b}, n->now, TIME_MAX);
}
void naive_write_3(struct naive *n, uint32_t relation, value a, value b, value c) {
    naive_store_begin(n, relation, (value[]){a, b, c}, n->now, TIME_MAX);
}
bool naive_holds_1(const struct naive *n, uint32_t relation, value a) { return naive_store_find(n, relation, &a, 1); }

bool naive_end_1(struct naive *n, uint32_t relation, value a) {
    const struct row *row = naive_store_find(n, relation, &a, 1);
    if (!row) return false;
    naive_store_move(n, relation, (uint32_t)(row - n->tables[relation].rows.at), n->now, WRITE_END);
    return true;
}
