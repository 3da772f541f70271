// SPDX-License-Identifier: Apache-2.0
// The store: rows over time, chains by index key, and the undo of all of it.
#include "engine/engine_internal.h"

#define NO_CHECK_BELOW 8u    // a chain shorter than this is never worth a new segment

// ---- Tables --------------------------------------------------------------------------------------------------------
static uint32_t all_columns(uint32_t count) { return count >= 32 ? UINT32_MAX : (1u << count) - 1; }

static void table_init(struct table *table, const struct relation *relation, uint32_t id) {
    *table = (struct table){.relation = id, .columns = relation->column_count, .keys = relation->key_count};
    table->indexes = base_alloc(sizeof *table->indexes * 2);
    // The seats of a proposal are few, come together and are asked for together: its number is enough to find one.
    table->indexes[0].mask = id == RELATION_SEATED ? 1 : all_columns(relation->key_count);
    table->indexes[0].most = table->indexes[1].most = INT64_MIN;
    table->rest = all_columns(relation->key_count) & ~table->indexes[0].mask;
    // What is asked for whole, and mostly is over, gets a list of what lives; other relations get one where a plan
    // wants it.
    bool whole = id == RELATION_OPEN || id == RELATION_DUTY || id == RELATION_FINDING || id == RELATION_ALLEGED;
    table->index_count = whole ? 2 : 1;
}

void store_init(struct engine *engine) {
    const struct program *program = engine->program;
    engine->tables = base_alloc(sizeof *engine->tables * (program->relations_count + 1));
    for (uint32_t i = 0; i < program->relations_count; i++)
        if (!program->relations[i].derived) table_init(&engine->tables[i], &program->relations[i], i);
}

static void index_clear(struct index *index) {
    if (index->chain_count)
        for (uint32_t g = 0; g < index->group_count; g++) index->groups[g].tags = 0;
    index->chain_count = 0;
    index->most = INT64_MIN;
}

void store_clear(struct engine *engine) {
    for (uint32_t i = 0; i < engine->program->relations_count; i++) {
        struct table *table = &engine->tables[i];
        for (uint32_t k = 0; k < table->index_count; k++) index_clear(&table->indexes[k]);
        table->row_count = table->changed = table->coming.count = 0;
    }
    engine->revisions.count = engine->segments.count = engine->undo.count = engine->list_count = 0;
    for (size_t k = 0; k < COUNT_OF(engine->free_lists); k++) engine->free_lists[k] = NO_ID;
    engine->stamp = 1;
}

void store_release(struct engine *engine) {
    for (uint32_t i = 0; i < engine->program->relations_count; i++) {
        struct table *table = &engine->tables[i];
        free(table->rows), free(table->values);
        for (uint32_t k = 0; k < table->index_count; k++)
            free(table->indexes[k].groups), free(table->indexes[k].chains);
        free(table->indexes);
        VEC_RELEASE(&table->coming);
    }
    free(engine->tables), free(engine->lists);
    VEC_RELEASE(&engine->revisions), VEC_RELEASE(&engine->segments), VEC_RELEASE(&engine->undo);
}

// ---- Lists of rows, in blocks of powers of two ---------------------------------------------------------------------
static uint32_t list_take(struct engine *engine, uint32_t power) {
    uint32_t at = engine->free_lists[power];
    if (at != NO_ID) {
        engine->free_lists[power] = engine->lists[at];
        return at;
    }
    uint32_t size = 1u << power;
    if (engine->list_count + size > engine->list_capacity) {
        uint64_t capacity = engine->list_capacity ? (uint64_t)engine->list_capacity * 5 / 4 : 1024;
        while (capacity < (uint64_t)engine->list_count + size) capacity = capacity * 5 / 4 + 16;
        ENSURE(capacity < UINT32_MAX);
        engine->lists = base_grow(engine->lists, sizeof *engine->lists * capacity);
        engine->list_capacity = (uint32_t)capacity;
    }
    at = engine->list_count;
    engine->list_count += size;
    return at;
}

static uint32_t power_of(uint32_t size) { return size <= 1 ? 0 : 32u - (uint32_t)__builtin_clz(size - 1); }

static void list_give(struct engine *engine, uint32_t at, uint32_t capacity) {
    uint32_t power = power_of(capacity);
    engine->lists[at] = engine->free_lists[power];
    engine->free_lists[power] = at;
}

static const uint32_t *chain_rows(const struct engine *engine, const struct chain *chain) {
    return chain->capacity ? engine->lists + chain->at : &chain->at;
}

static void chain_append(struct engine *engine, struct chain *chain, uint32_t row) {
    if (chain->count == 0 && chain->capacity == 0) {
        chain->at = row, chain->count = 1;
        return;
    }
    if (chain->count >= chain->capacity) {
        uint32_t power = power_of(chain->count + 1), at = list_take(engine, power);
        memcpy(engine->lists + at, chain_rows(engine, chain), sizeof(uint32_t) * chain->count);
        if (chain->capacity) list_give(engine, chain->at, chain->capacity);
        chain->at = at, chain->capacity = 1u << power;
    }
    engine->lists[chain->at + chain->count++] = row;
}

// ---- Indexes -------------------------------------------------------------------------------------------------------
static uint32_t key_hash(uint32_t mask, const value *values) {
    uint64_t hash = mask;
    for (; mask; mask &= mask - 1) hash = hash_mix(hash, (uint64_t)values[__builtin_ctz(mask)]);
    return (uint32_t)(hash ^ hash >> 32);
}

static uint64_t tags_equal(uint64_t tags, uint64_t tag) {
    uint64_t differs = tags ^ tag * 0x0101010101010101u;
    return (differs - 0x0101010101010101u) & ~differs &
           0x8080808080808080u;    // may name one too many, which the key then tells
}
static uint64_t tags_free(uint64_t tags) { return ~tags & 0x8080808080808080u; }
static uint64_t tag_of(uint32_t hash) { return hash >> 25 | 0x80; }
static uint32_t lane_of(uint64_t found) { return (uint32_t)__builtin_ctzll(found) / 8; }

// Where a key is in an index: its hash, its chain, or NO_ID and the group where it would be put, if it was looked for.
struct probe {
    uint32_t hash, chain, group;
};

// What is new has numbers beyond those of all before it: most of what is not there is known not to be without a look.
static bool beyond(const struct index *index, const value *values) {
    return index->mask && values[__builtin_ctz(index->mask)] > index->most;
}

static uint32_t group_free(const struct index *index, uint32_t hash) {
    uint32_t group = hash & (index->group_count - 1);
    while (!tags_free(index->groups[group].tags)) group = (group + 1) & (index->group_count - 1);
    return group;
}

static struct probe index_probe(const struct engine *engine, const struct table *table, const struct index *index,
                                const value *values, uint32_t hash) {
    struct probe probe = {hash, NO_ID, NO_ID};
    if (!index->group_count || beyond(index, values)) return probe;
    probe.group = hash & (index->group_count - 1);
    for (;; probe.group = (probe.group + 1) & (index->group_count - 1)) {
        const struct slot_group *group = &index->groups[probe.group];
        for (uint64_t found = tags_equal(group->tags, tag_of(hash)); found; found &= found - 1) {
            uint32_t chain = group->slots[lane_of(found)];
            if (!key_equal(index->mask, table_values(table, chain_rows(engine, &index->chains[chain])[0]), values))
                continue;
            probe.chain = chain;
            return probe;
        }
        if (tags_free(group->tags)) return probe;
    }
}

static uint32_t index_find(const struct engine *engine, const struct table *table, const struct index *index,
                           const value *values) {
    if (beyond(index, values)) return NO_ID;
    return index_probe(engine, table, index, values, key_hash(index->mask, values)).chain;
}

static void group_prefetch(const struct index *index, uint32_t hash) {
    const struct slot_group *group = &index->groups[hash & (index->group_count - 1)];
    __builtin_prefetch(group);
    __builtin_prefetch(&group->slots[GROUP - 1]);
}

// Groups that nobody asked for of late wait for memory, one after the other; asked for beforehand, they wait together.
void store_prefetch(const struct engine *engine, uint32_t relation, const value *values) {
    const struct table *table = &engine->tables[relation];
    for (uint32_t i = 0; i < table->index_count; i++)
        if (table->indexes[i].group_count)
            group_prefetch(&table->indexes[i], key_hash(table->indexes[i].mask, values));
}

static void group_put(struct slot_group *group, uint32_t hash, uint32_t chain) {
    uint32_t lane = lane_of(tags_free(group->tags));
    group->tags |= tag_of(hash) << 8 * lane;
    group->slots[lane] = chain;
}

static void index_grow(const struct engine *engine, const struct table *table, struct index *index) {
    index->group_count = index->group_count ? index->group_count * 2 : 1;
    free(index->groups);
    index->groups = base_alloc(sizeof *index->groups * index->group_count);
    for (uint32_t c = 0; c < index->chain_count; c++) {
        const value *values = table_values(table, chain_rows(engine, &index->chains[c])[0]);
        uint32_t hash = key_hash(index->mask, values);
        group_put(&index->groups[group_free(index, hash)], hash, c);
    }
}

// The chain of a key, a new one where there is none.
static struct chain *index_chain(const struct engine *engine, const struct table *table, struct index *index,
                                 const value *values, struct probe probe) {
    if (probe.chain != NO_ID) return &index->chains[probe.chain];
    if ((uint64_t)(index->chain_count + 1) * 8 > (uint64_t)index->group_count * GROUP * 7) {
        index_grow(engine, table, index);
        probe.group = NO_ID;
    }
    if (probe.group == NO_ID) probe.group = group_free(index, probe.hash);
    if (beyond(index, values)) index->most = values[__builtin_ctz(index->mask)];
    if (index->chain_count == index->chain_capacity) {
        index->chain_capacity = index->chain_capacity ? index->chain_capacity + index->chain_capacity / 4 + 4 : 2;
        index->chains = base_grow(index->chains, sizeof *index->chains * index->chain_capacity);
    }
    group_put(&index->groups[probe.group], probe.hash, index->chain_count);
    struct chain *chain = &index->chains[index->chain_count++];
    *chain = (struct chain){.segment = NO_ID, .check = NO_CHECK_BELOW};
    return chain;
}

// The newest chain goes. Whatever was put after it is gone already, so that no probe relies on its slot.
static void index_drop_chain(struct index *index, uint32_t hash) {
    uint32_t id = --index->chain_count;
    for (uint32_t group = hash & (index->group_count - 1);; group = (group + 1) & (index->group_count - 1))
        for (uint64_t found = tags_equal(index->groups[group].tags, tag_of(hash)); found; found &= found - 1) {
            uint32_t lane = lane_of(found);
            if (index->groups[group].slots[lane] != id || !(index->groups[group].tags >> 8 * lane & 0x80)) continue;
            index->groups[group].tags &= ~((uint64_t)0xFF << 8 * lane);
            return;
        }
}

static void segment_add(struct engine *engine, struct chain *chain, uint32_t start, uint32_t copied, uint32_t stamp) {
    struct segment segment = {.start = start,
                              .copied = copied,
                              .stamp = stamp,
                              .time = engine->now,
                              .earlier = chain->segment,
                              .later = NO_ID,
                              .jump = NO_ID};
    uint32_t id = engine->segments.count;
    if (chain->segment != NO_ID) {
        // The jumps of skew binary numbers: as far as two equal jumps before, else to the one before.
        struct segment *before = &engine->segments.at[chain->segment];
        uint32_t far = before->jump, farther = far == NO_ID ? NO_ID : engine->segments.at[far].jump;
        segment.depth = before->depth + 1;
        bool equal = far != NO_ID && farther != NO_ID &&
                     before->depth - engine->segments.at[far].depth ==
                         engine->segments.at[far].depth - engine->segments.at[farther].depth;
        segment.jump = equal ? farther : chain->segment;
        before->later = id;
    }
    VEC_PUSH(&engine->segments, segment);
    chain->segment = id;
}

// Begins a new segment with a copy of the rows that still live, where that is less than half of those since the last
// one.
static void chain_check(struct engine *engine, const struct table *table, struct chain *chain, uint32_t stamp) {
    uint32_t live = 0, from = chain->live, to = chain->count;
    for (uint32_t i = from; i < to; i++) live += table_row(table, chain_rows(engine, chain)[i])->until > engine->now;
    if (2 * live < to - from) {
        segment_add(engine, chain, to, live, stamp);
        for (uint32_t i = from; i < to; i++) {
            uint32_t row = chain_rows(engine, chain)[i];
            if (table_row(table, row)->until > engine->now) chain_append(engine, chain, row);
        }
        chain->live = to;
    }
    uint32_t span = chain->count - chain->live;
    chain->check = span + (live < NO_CHECK_BELOW ? NO_CHECK_BELOW : live);
}

static void index_push(struct engine *engine, struct table *table, struct index *index, uint32_t row,
                       struct probe probe, bool check) {
    struct chain *chain = index_chain(engine, table, index, table_values(table, row), probe);
    if (check && chain->count - chain->live >= chain->check)
        chain_check(engine, table, chain, table_row(table, row)->begun);    // whose stamp is the first of the segment
    chain_append(engine, chain, row);
}

static void index_pop(struct engine *engine, struct table *table, struct index *index, uint32_t row) {
    const value *values = table_values(table, row);
    struct probe probe = index_probe(engine, table, index, values, key_hash(index->mask, values));
    ENSURE(probe.chain != NO_ID);
    struct chain *chain = &index->chains[probe.chain];
    ENSURE(chain_rows(engine, chain)[chain->count - 1] == row);
    if (chain->count == 1) {
        if (chain->capacity) list_give(engine, chain->at, chain->capacity);
        index_drop_chain(index, probe.hash);
        return;
    }
    chain->count--;
    if (chain->segment == NO_ID) return;
    struct segment segment = engine->segments.at[chain->segment];
    if (chain->count != segment.start + segment.copied) return;
    chain->count = segment.start;    // the segment was begun by the push that is taken back
    chain->live = segment.earlier == NO_ID ? 0 : engine->segments.at[segment.earlier].start;
    ENSURE(chain->segment == engine->segments.count - 1);
    engine->segments.count--;
    chain->segment = segment.earlier;
    if (segment.earlier != NO_ID) engine->segments.at[segment.earlier].later = NO_ID;
}

uint32_t store_index(struct engine *engine, uint32_t relation, uint32_t mask) {
    struct table *table = &engine->tables[relation];
    for (uint32_t i = 0; i < table->index_count; i++)
        if (table->indexes[i].mask == mask) return i;
    table->indexes = base_grow(table->indexes, sizeof *table->indexes * (table->index_count + 1));
    struct index *index = &table->indexes[table->index_count];
    *index = (struct index){.mask = mask, .most = INT64_MIN};
    for (uint32_t row = 0; row < table->row_count; row++) {
        const value *values = table_values(table, row);
        index_push(engine, table, index, row, index_probe(engine, table, index, values, key_hash(mask, values)), false);
    }
    return table->index_count++;
}

// ---- Views ---------------------------------------------------------------------------------------------------------
static bool write_seen(uint32_t stamp, int64_t time, struct view view) {
    return stamp < view.stamp || (stamp >= view.also_from && stamp < view.also_to && time < view.also_before);
}

int64_t store_until_at(const struct engine *engine, const struct row *row, struct view view) {
    if (view.present || row->ended == 0 || write_seen(row->ended, row->until, view)) return row->until;
    for (uint32_t r = row->revision; r != NO_ID; r = engine->revisions.at[r].earlier) {
        const struct revision *revision = &engine->revisions.at[r];
        if (revision->ended == 0 || write_seen(revision->ended, revision->until, view)) return revision->until;
    }
    return TIME_MAX;
}

bool store_row_visible(const struct engine *engine, const struct table *table, uint32_t id, struct view view,
                       int64_t *until) {
    const struct row *row = table_row(table, id);
    if (row->from > view.time || !(view.present || write_seen(row->begun, row->from, view))) return false;
    *until = store_until_at(engine, row, view);
    return view.time < *until;
}

static bool segment_known(const struct engine *engine, uint32_t segment, struct view view) {
    return engine->segments.at[segment].stamp <= view.stamp && engine->segments.at[segment].time <= view.time;
}

// The newest segment that the view knows, and the one after it; NO_ID: the beginning.
static uint32_t segment_of(const struct engine *engine, const struct chain *chain, struct view view, uint32_t *later) {
    uint32_t s = chain->segment;
    *later = NO_ID;
    while (s != NO_ID && !segment_known(engine, s, view)) {
        uint32_t jump = engine->segments.at[s].jump;
        *later = s;
        s = jump != NO_ID && !segment_known(engine, jump, view) ? jump : engine->segments.at[s].earlier;
    }
    return s;
}

// Walks the rows of a key that may matter to the view, oldest first; the caller checks each. Later segments repeat
// rows, which are skipped.
static void chain_start(const struct engine *engine, const struct index *index, uint32_t id, const struct view *view,
                        struct chain_walk *walk) {
    walk->rows = NULL;
    if (id == NO_ID) return;
    const struct chain *chain = &index->chains[id];
    *walk = (struct chain_walk){.rows = chain_rows(engine, chain),
                                .engine = engine,
                                .next = chain->live,
                                .end = chain->count,
                                .segment_end = chain->count,
                                .later = NO_ID};
    if (view->present || chain->segment == NO_ID) return;
    uint32_t s = segment_of(engine, chain, *view, &walk->later);
    walk->next = s == NO_ID ? 0 : engine->segments.at[s].start;
    if (walk->later == NO_ID) return;
    const struct segment *later = &engine->segments.at[walk->later];
    walk->segment_end = later->start;
    // Where the view knows what came after the next segment began, it walks on through it.
    if (view->stamp <= later->stamp && view->also_to <= later->stamp) walk->end = walk->segment_end;
}

void chain_open(const struct engine *engine, const struct table *table, uint32_t number, const value *key,
                const struct view *view, struct chain_walk *walk) {
    const struct index *index = &table->indexes[number];
    chain_start(engine, index, index_find(engine, table, index, key), view, walk);
}

bool chain_next(struct chain_walk *walk, uint32_t *row) {
    if (!walk->rows) return false;
    while (walk->next >= walk->segment_end) {
        if (walk->segment_end >= walk->end) return false;
        const struct segment *segment =
            &walk->engine->segments.at[walk->later];    // pass over the rows that it repeats
        walk->next = segment->start + segment->copied;
        walk->later = segment->later;
        walk->segment_end = segment->later == NO_ID ? walk->end : walk->engine->segments.at[segment->later].start;
    }
    *row = walk->rows[walk->next++];
    return true;
}

bool store_find(const struct engine *engine, uint32_t relation, const value *values, int64_t at, uint32_t *row) {
    const struct table *table = &engine->tables[relation];
    struct chain_walk walk;
    chain_open(engine, table, 0, values, &(struct view){.time = at, .stamp = UINT32_MAX, .present = at >= engine->now},
               &walk);
    while (chain_next(&walk, row)) {
        const struct row *found = table_row(table, *row);
        if (found->from <= at && at < found->until && key_equal(table->rest, table_values(table, *row), values))
            return true;
    }
    return false;
}

// ---- Writing -------------------------------------------------------------------------------------------------------
static void write_log(struct engine *engine, write_kind kind, uint32_t relation, const value *values, int64_t from,
                      int64_t until) {
    VEC_PUSH(&engine->writes, (struct write){kind, relation, values, from, until});
    if (engine->judging && engine->writes.count - engine->judged_from > WRITES_MAX)
        engine->overrun = true, engine->limit = "it writes more than 60,000 rows";
}

static uint32_t row_append(struct engine *engine, struct table *table, const value *values, struct row row) {
    uint32_t id = table->row_count;
    ENSURE(id < NO_ID - 1);
    if (id / CHUNK_ROWS == table->chunk_count) {
        // Chunks keep their place, so that values seen by a caller stay where they are.
        table->rows = base_grow(table->rows, sizeof *table->rows * (table->chunk_count + 1));
        table->values = base_grow(table->values, sizeof *table->values * (table->chunk_count + 1));
        table->rows[table->chunk_count] = ARENA_ARRAY(&engine->row_arena, struct row, CHUNK_ROWS);
        table->values[table->chunk_count] =
            ARENA_ARRAY(&engine->row_arena, value, CHUNK_ROWS * (table->columns ? table->columns : 1));
        table->chunk_count++;
    }
    table->row_count++;
    *table_row(table, id) = row;
    memcpy(table_values(table, id), values, sizeof(value) * table->columns);
    return id;
}

static void table_changed(struct engine *engine, struct table *table, uint32_t stamp) {
    table->changed = stamp;
    if (table->seats_rest) engine->seats_changed = stamp;
}

// Where the key of a row was looked up before, `first` says where it is.
static void row_begin(struct engine *engine, uint32_t relation, const value *values, int64_t from, int64_t until,
                      const struct probe *first) {
    struct table *table = &engine->tables[relation];
    uint32_t stamp = engine->current ? engine->stamp++ : 0;    // before the first entry: rows of the program
    ENSURE(engine->stamp < UINT32_MAX);
    struct row begun = {.from = from, .until = until, .begun = stamp, .revision = NO_ID};
    uint32_t row = row_append(engine, table, values, begun);
    for (uint32_t i = 0; i < table->index_count; i++) {
        struct index *index = &table->indexes[i];
        struct probe probe = first && i == 0 ? *first
                                             : index_probe(engine, table, index, values, key_hash(index->mask, values));
        index_push(engine, table, index, row, probe, true);
    }
    if (!engine->current) return;
    if (from > engine->now) {
        VEC_PUSH(&table->coming, row);
        engine->coming = true;
    }
    VEC_PUSH(&engine->undo,
             (struct undo){.kind = UNDO_ROW, .relation = relation, .row = row, .changed = table->changed});
    table_changed(engine, table, stamp);
    write_log(engine, WRITE_BEGIN, relation, table_values(table, row), from, until);
    watch_note(engine, relation, row, true, false);
}

void store_begin(struct engine *engine, uint32_t relation, const value *values, int64_t from, int64_t until) {
    row_begin(engine, relation, values, from, until, NULL);
}

void store_move(struct engine *engine, uint32_t relation, uint32_t row, int64_t until, write_kind kind) {
    struct table *table = &engine->tables[relation];
    struct row *moved = table_row(table, row);
    VEC_PUSH(&engine->undo, (struct undo){.kind = UNDO_UNTIL,
                                          .relation = relation,
                                          .row = row,
                                          .ended = moved->ended,
                                          .revision = moved->revision,
                                          .until = moved->until,
                                          .changed = table->changed});
    if (moved->ended || moved->until != TIME_MAX) {
        VEC_PUSH(&engine->revisions, (struct revision){moved->until, moved->ended, moved->revision});
        moved->revision = engine->revisions.count - 1;
    }
    moved->until = until;
    moved->ended = engine->stamp++;
    table_changed(engine, table, moved->ended);
    write_log(engine, kind, relation, table_values(table, row), moved->from, until);
    watch_note(engine, relation, row, kind == WRITE_MOVE, true);
}

// Visits, oldest first, the rows of the key of `values` that meet [from, until) anywhere; returns how many, the first
// few of them in `rows`.
#define OVERLAPS_MAX 64u
static uint32_t overlaps(const struct engine *engine, const struct table *table, const value *values, uint32_t chain,
                         int64_t from, int64_t until, uint32_t *rows) {
    struct chain_walk walk;
    uint32_t row, count = 0;
    chain_start(engine, &table->indexes[0], chain,
                &(struct view){.time = from, .stamp = UINT32_MAX, .present = from >= engine->now}, &walk);
    while (count < OVERLAPS_MAX && chain_next(&walk, &row)) {
        const struct row *other = table_row(table, row);
        if (other->from < until && from < other->until && other->from < other->until &&
            key_equal(table->rest, table_values(table, row), values))
            rows[count++] = row;
    }
    return count;
}

static struct probe key_probe(const struct engine *engine, const struct table *table, const value *values) {
    const struct index *index = &table->indexes[0];
    return index_probe(engine, table, index, values, key_hash(index->mask, values));
}

bool store_add(struct engine *engine, uint32_t relation, const value *values, int64_t from, int64_t until) {
    const struct table *table = &engine->tables[relation];
    struct probe probe = key_probe(engine, table, values);
    uint32_t rows[OVERLAPS_MAX];
    if (from >= until || overlaps(engine, table, values, probe.chain, from, until, rows)) return false;
    row_begin(engine, relation, values, from, until, &probe);
    return true;
}

bool store_set(struct engine *engine, uint32_t relation, const value *values, int64_t from, int64_t until) {
    if (from >= until) return false;
    const struct table *table = &engine->tables[relation];
    struct probe probe = key_probe(engine, table, values);
    uint32_t rows[OVERLAPS_MAX], count;
    do {
        count = overlaps(engine, table, values, probe.chain, from, until, rows);
        for (uint32_t i = 0; i < count; i++) {
            const struct row *other = table_row(table, rows[i]);
            store_move(engine, relation, rows[i], other->from >= from ? other->from : from, WRITE_END);
        }
    } while (count == OVERLAPS_MAX);
    row_begin(engine, relation, values, from, until, &probe);
    return true;
}

// ---- Undo ----------------------------------------------------------------------------------------------------------
static void undo_row(struct engine *engine, const struct undo *undo) {
    struct table *table = &engine->tables[undo->relation];
    ENSURE(undo->row == table->row_count - 1);
    for (uint32_t i = table->index_count; i-- > 0;) index_pop(engine, table, &table->indexes[i], undo->row);
    if (table->coming.count && table->coming.at[table->coming.count - 1] == undo->row) table->coming.count--;
    table->row_count--;
    table->changed = undo->changed;
}

static void undo_until(struct engine *engine, const struct undo *undo) {
    struct table *table = &engine->tables[undo->relation];
    struct row *row = table_row(table, undo->row);
    if (row->revision != undo->revision && row->revision == engine->revisions.count - 1) engine->revisions.count--;
    row->until = undo->until, row->ended = undo->ended, row->revision = undo->revision;
    table->changed = undo->changed;
}

struct mark engine_mark(const struct engine *engine) {
    return (struct mark){engine->undo.count,   engine->stamp,   engine->dirty.count,    engine->norm_dirty.count,
                         engine->writes.count, engine->ordinal, engine->executed.count, engine->executed_values.count,
                         engine->moments.count};
}

void engine_undo(struct engine *engine, struct mark mark) {
    while (engine->undo.count > mark.undo) {
        struct undo undo = engine->undo.at[--engine->undo.count];
        if (undo.kind == UNDO_ROW) undo_row(engine, &undo);
        else if (undo.kind == UNDO_UNTIL) undo_until(engine, &undo);
        else watch_undo(engine, &undo);
    }
    engine->stamp = mark.stamp;
    for (uint32_t c = 0; c < engine->component_count; c++)
        if (engine->components[c].stamp >= mark.stamp) engine->components[c].filled = false;
    seats_undo(engine, mark.stamp);
    if (engine->dirty.count > mark.dirty) engine->dirty.count = mark.dirty;
    if (engine->norm_dirty.count > mark.norm_dirty) engine->norm_dirty.count = mark.norm_dirty;
    engine->writes.count = mark.writes;
    engine->ordinal = mark.ordinal;
    engine->executed.count = mark.executed;
    engine->executed_values.count = mark.executed_values;
    engine->moments.count = mark.moments;
}
