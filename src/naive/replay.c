// SPDX-License-Identifier: Apache-2.0
// Everything about the past is answered by replaying the entries: questions as of a position, and what late rows would
// have changed.
#include "naive/naive_internal.h"

static struct argument *keep_arguments(struct naive *n, const struct call *call) {
    const struct act *act = &n->base.program->acts[call->act];
    struct argument *arguments = ARENA_ARRAY(&n->arena, struct argument, call->argument_count + 1);
    for (uint32_t i = 0; i < call->argument_count; i++) {
        arguments[i].value = call->arguments[i].value;
        if (act->parameters[i].type.base == TYPE_TEXT)
            arguments[i].text = span_copy(&n->arena, call->arguments[i].text);
    }
    return arguments;
}

void naive_entry_keep(struct naive *n, const struct entry *entry) {
    struct entry kept = *entry;
    kept.medium = (struct span){0};
    struct call *calls = ARENA_ARRAY(&n->arena, struct call, entry->call_count + 1);
    struct answer *answers = ARENA_ARRAY(&n->arena, struct answer, entry->answer_count + 1);
    for (uint32_t i = 0; entry->kind <= ENTRY_PROPOSE && i < entry->call_count; i++) {
        calls[i] = entry->calls[i];
        calls[i].arguments = keep_arguments(n, &entry->calls[i]);
    }
    for (uint32_t i = 0; entry->kind == ENTRY_ANSWER && i < entry->answer_count; i++) {
        answers[i] = entry->answers[i];
        if (answers[i].reason.length) answers[i].reason = span_copy(&n->arena, answers[i].reason);
    }
    kept.calls = calls;
    kept.answers = answers;
    VEC_PUSH(&n->entries, kept);
}

static bool listed(const struct naive *n, uint32_t position) {
    for (uint32_t i = 0; i < n->late.count; i++)
        if (n->late.at[i] == position) return true;
    return false;
}

// A fresh evaluator after entry `position`. With a probe, `differing` takes the positions at which requirements come
// out otherwise.
struct naive *naive_replay_to(const struct naive *n, uint32_t position, struct probe *probe, uint32_t *differing,
                              uint32_t *differing_count) {
    struct naive *replay = (struct naive *)naive_new(n->base.program);
    replay->replaying = true;
    replay->given = n->doubts.at;
    replay->given_count = n->doubts.count;
    for (uint32_t i = 0; i < position; i++) {
        struct receipt receipt;
        bool ask = probe && !listed(n, i + 1);
        replay->probe = ask ? probe : NULL;
        if (ask) probe->differs = false;
        naive_judge(replay, &n->entries.at[i], true, &receipt);
        ENSURE(receipt.status == RECEIPT_DONE);
        if (ask && probe->differs) differing[(*differing_count)++] = i + 1;
    }
    replay->probe = NULL;
    return replay;
}

// ---- Late knowledge ------------------------------------------------------------------------------------------------
static bool same_key(const struct naive *n, uint32_t relation, const value *a, const value *b) {
    for (uint32_t i = 0; i < n->base.program->relations[relation].key_count; i++)
        if (a[i] != b[i]) return false;
    return true;
}

static void find_late(const struct naive *n, uint32_t from, struct probe *probe) {
    probe->from = TIME_MAX;
    probe->late = base_alloc((size_t)n->base.program->relations_count + 1);
    for (uint32_t i = from; i < n->changes.count; i++) {
        const struct change *change = &n->changes.at[i];
        const struct row *row = &n->tables[change->relation].rows.at[change->row];
        if (change->kind != WRITE_BEGIN || row->from >= change->moment) continue;
        if (row->from < row->until)
            VEC_PUSH(&probe->rows, (struct late_row){change->relation, change->row, *row, true});
        if (row->from < probe->from) probe->from = row->from;
        probe->late[change->relation] = true;
    }
    uint32_t added = probe->rows.count;
    for (uint32_t i = from; i < n->changes.count; i++) {
        const struct change *change = &n->changes.at[i];
        const struct row *row = &n->tables[change->relation].rows.at[change->row];
        bool gave_way = false;
        for (uint32_t k = 0; k < added; k++)
            gave_way = gave_way || (probe->rows.at[k].relation == change->relation &&
                                    same_key(n, change->relation, probe->rows.at[k].after.values, row->values));
        if (gave_way && change->kind != WRITE_BEGIN && change->until < change->moment)
            VEC_PUSH(&probe->rows, (struct late_row){change->relation, change->row, *row, false});
    }
}

// Asks the entries before again, by replaying them with the late rows at hand.
static void find_doubts(struct naive *n, struct probe *probe) {
    uint32_t *differing = base_alloc(sizeof *differing * (n->base.position + 1)), count = 0;
    struct naive *replay = naive_replay_to(n, n->base.position, probe, differing, &count);
    replay->base.methods->free(&replay->base);
    for (uint32_t i = 0; i < count; i++) VEC_PUSH(&n->late, differing[i]);
    free(differing);
}

void naive_late_review(struct naive *n, struct mark before) {
    struct probe probe = {0};
    uint32_t first = n->late.count;
    find_late(n, before.changes, &probe);
    if (probe.from == TIME_MAX) {
        // nothing is late
    } else if (n->given_next < n->given_count) {
        uint32_t count = n->given[n->given_next++];
        for (uint32_t i = 0; i < count; i++) VEC_PUSH(&n->late, n->given[n->given_next++]);
    } else {
        find_doubts(n, &probe);
    }
    if (probe.from != TIME_MAX) VEC_PUSH(&n->doubts, n->late.count - first);
    for (uint32_t i = first; i < n->late.count; i++) {
        VEC_PUSH(&n->doubts, n->late.at[i]);
        naive_write_2(n, RELATION_IN_DOUBT, entity_of(n->late.at[i], 0), entity_of(n->position, 0));
    }
    if (probe.from != TIME_MAX) naive_past_findings(n, before, probe.from, probe.late);
    VEC_RELEASE(&probe.rows);
    free(probe.late);
}

// ---- Questions -----------------------------------------------------------------------------------------------------
static uint32_t last_before(const struct naive *n, int64_t time) {
    uint32_t position = 0;
    while (position < n->base.position && n->entries.at[position].time <= time) position++;
    return position;
}

// What time alone brings after the position belongs to the next entry, up to its time; beyond, the answer is a
// projection, and it is a tick's.
static void replay_settle(struct naive *replay, const struct naive *n, struct question question, uint32_t position) {
    bool before_next = position < n->base.position && question.time <= n->entries.at[position].time;
    replay->now = question.time;
    if (position == 0 || question.time <= replay->base.time) return;
    replay->changes.count = 0;
    replay->firings = 0;
    replay->position = position + 1;
    replay->late.count = 0;
    if (!before_next) replay->given_count = replay->given_next;    // nobody has found it yet
    replay->ordinal = before_next ? naive_entry_made_count(n->base.program, &n->entries.at[position]) : 0;
    naive_settle(replay, question.time);
}

static bool shows(const struct relation *relation, const value *values, const value *pattern) {
    for (uint32_t i = 0; pattern && i < relation->column_count; i++)
        if (pattern[i] != VALUE_ANY && pattern[i] != values[i]) return false;
    return true;
}

// The rows that hold, in ascending order, each with its place in the table behind its values.
static struct tuples rows_at(struct naive *n, uint32_t relation, int64_t moment) {
    const struct relation *declared = &n->base.program->relations[relation];
    struct tuples found;
    naive_tuples_init(&found, declared->column_count + 1);
    for (uint32_t i = 0; i < declared->column_count; i++) found.types[i] = declared->columns[i].type;
    found.types[declared->column_count] = (struct type){TYPE_INT, NO_ID};
    for (uint32_t i = 0; i < n->tables[relation].rows.count; i++) {
        value list[WIDTH_MAX];
        if (!row_holds(&n->tables[relation].rows.at[i], moment)) continue;
        for (uint32_t k = 0; k < declared->column_count; k++) list[k] = n->tables[relation].rows.at[i].values[k];
        list[declared->column_count] = i;
        (void)naive_tuples_add(n, &found, list);
    }
    return found;
}

static ask_status visit_all(struct naive *n, uint32_t relation, int64_t moment, const value *pattern, ask_visitor visit,
                            void *context) {
    const struct relation *declared = &n->base.program->relations[relation];
    struct tuples found = declared->derived
                              ? naive_tuples_copy(naive_world_extent(naive_world_at(n, moment, false), n, relation))
                              : rows_at(n, relation, moment);
    ENSURE(!n->failed);    // within a rule what cannot be worked out is no row
    ask_status status = n->limited ? ASK_LIMIT : ASK_OK;
    for (uint32_t i = 0; status == ASK_OK && i < found.count; i++) {
        const value *values = naive_tuples_get(&found, i);
        if (!shows(declared, values, pattern)) continue;
        struct found row = {values, moment, TIME_MAX, 0, 0};
        if (!declared->derived) {
            const struct row *stored = &n->tables[relation].rows.at[values[declared->column_count]];
            row = (struct found){values, stored->from, stored->until, stored->begun, stored->ended};
        }
        if (!visit(context, &row)) status = ASK_STOPPED;
    }
    naive_tuples_release(&found);
    return status;
}

ask_status naive_replay_ask(struct naive *n, struct question question, uint32_t relation, const value *pattern,
                            ask_visitor visit, void *context) {
    uint32_t position = question.position == POSITION_LAST ? last_before(n, question.time) : question.position;
    if (position > n->base.position) return ASK_NO_SUCH_POSITION;
    struct naive *replay = n->kept;
    // What is visited may ask again: meanwhile nothing is kept.
    n->kept = NULL;
    if (replay &&
        (n->kept_position != position || n->kept_time != question.time || n->kept_doubts != n->doubts.count)) {
        replay->base.methods->free(&replay->base);
        replay = NULL;
    }
    if (!replay) {
        replay = naive_replay_to(n, position, NULL, NULL, NULL);
        replay->touched = 0;
        replay_settle(replay, n, question, position);
    }
    replay->touched = 0;
    uint32_t doubts = n->doubts.count;
    ask_status status =
        replay->limited ? ASK_LIMIT : visit_all(replay, relation, question.time, pattern, visit, context);
    if (n->kept || replay->limited) {
        replay->base.methods->free(&replay->base);
        return status;
    }
    n->kept = replay;
    n->kept_position = position;
    n->kept_time = question.time;
    n->kept_doubts = doubts;
    return status;
}
