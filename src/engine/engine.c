// SPDX-License-Identifier: Apache-2.0
// The engine as an evaluator: submits, judges, answers.
#include "engine/engine_internal.h"

uint32_t position_of_stamp(const struct engine *engine, uint32_t stamp) {
    if (stamp == 0) return 0;
    uint32_t low = 0, high = engine->moments.count;    // the last moment whose first stamp is not after it
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (engine->moments.at[middle].stamp <= stamp) low = middle;
        else high = middle;
    }
    return engine->moments.count ? engine->moments.at[low].position : 0;
}

// ---- Submitting ----------------------------------------------------------------------------------------------------
struct attempt {
    struct mark mark;
    uint32_t serial, texts;
    int64_t now;
    bool sampled;
};

static struct attempt attempt_begin(struct engine *engine) {
    struct attempt attempt = {engine_mark(engine), engine->timer_serial, engine->base.texts.count, engine->now,
                              engine->sampled};
    engine->writes.count = 0;
    attempt.mark.writes = 0;
    engine->firings = 0;
    arena_reset(&engine->work_arena);
    engine->norm_floor = 0;
    engine->agenda.count = 0;
    engine->overrun = engine->judging = false;
    engine->limit = NULL;
    engine->attempt++;
    engine->late.count = 0;
    engine->current = engine->base.position + 1;
    engine->first_moment = engine->moments.count;
    return attempt;
}

static void attempt_undo(struct engine *engine, const struct attempt *attempt) {
    engine_undo(engine, attempt->mark);
    watch_rewind(engine, attempt->serial);
    engine->dirty.count = engine->norm_dirty.count = 0;
    names_cut(&engine->base.texts, attempt->texts);
    engine->now = attempt->now;
    engine->sampled = attempt->sampled;
    engine->current = engine->base.position ? engine->base.position : 0;
    engine->entry = NULL;
    ENSURE(engine->undo.count == 0 && engine->limbo.count == 0);
}

static struct entry entry_copy(struct arena *arena, const struct entry *entry) {
    struct entry copy = *entry;
    struct call *calls = ARENA_ARRAY(arena, struct call, entry->call_count + 1);
    for (uint32_t i = 0; i < entry->call_count; i++) {
        struct argument *arguments = ARENA_ARRAY(arena, struct argument, entry->calls[i].argument_count + 1);
        for (uint32_t a = 0; a < entry->calls[i].argument_count; a++) {
            arguments[a] = entry->calls[i].arguments[a];
            if (arguments[a].text.length) arguments[a].text = span_copy(arena, arguments[a].text);
        }
        calls[i] = entry->calls[i];
        calls[i].arguments = arguments;
    }
    struct answer *answers = entry->answer_count ? ARENA_ARRAY(arena, struct answer, entry->answer_count) : NULL;
    for (uint32_t i = 0; i < entry->answer_count; i++) {
        answers[i] = entry->answers[i];
        if (answers[i].reason.length) answers[i].reason = span_copy(arena, answers[i].reason);
    }
    copy.calls = calls, copy.answers = answers;
    if (copy.medium.length) copy.medium = span_copy(arena, copy.medium);
    return copy;
}

// The writes after what settled; there may be none of either.
static const struct write *own_writes(const struct engine *engine) {
    return engine->writes.at ? engine->writes.at + engine->settled_writes : NULL;
}

static void commit(struct engine *engine, const struct entry *entry) {
    static const uint8_t zero[32];
    struct entry_kept kept = {.time = entry->time, .moment = engine->first_moment};
    if (engine->entries.count % TIMES_STEP == 0) VEC_PUSH(&engine->sparse_times, entry->time);
    VEC_PUSH(&engine->times, entry->time);
    const uint8_t *before = engine->entries.count ? engine->entries.at[engine->entries.count - 1].digest : zero;
    evaluator_chain(&engine->base, &engine->sha, &engine->hash_text, before, entry, engine->writes.at,
                    engine->settled_writes, own_writes(engine), engine->writes.count - engine->settled_writes,
                    kept.digest);
    kept.entry = entry_copy(&engine->entry_arena, entry);
    VEC_PUSH(&engine->entries, kept);
    engine->base.position = engine->current;
    engine->base.time = entry->time;
    engine->last_admitted = entry->admitted;
    engine->entry = NULL;
    watch_commit(engine);
}

static void attempt_entry(struct engine *engine, const struct entry *entry, struct receipt *receipt) {
    *receipt = (struct receipt){.status = RECEIPT_REFUSED, .position = engine->current, .norm = NO_ID};
    if (!judge_form(engine, entry, receipt)) {
        if (receipt->refusal == REFUSAL_LIMIT) receipt->status = RECEIPT_TURNED_AWAY;
        receipt->message = span_of(refusal_text(receipt->refusal));
        return;
    }
    engine->entry = entry;
    engine->ordinal = entry_made_count(engine, entry);
    run_status status = watch_settle(engine, entry->time);
    engine->settled_writes = engine->writes.count;
    moment_begin(engine, false);
    engine->judging = true;
    engine->judged_from = engine->writes.count;
    bool stands = status == RUN_OK && judge_entry(engine, entry, receipt);
    engine->judging = false;
    if (stands) status = watch_instant(engine);
    if (status != RUN_OK || engine->overrun || receipt->refusal == REFUSAL_LIMIT) {
        receipt->status = RECEIPT_TURNED_AWAY;
        receipt->refusal = REFUSAL_LIMIT;
        receipt->message = span_of(engine->limit ? engine->limit : refusal_text(REFUSAL_LIMIT));
        return;
    }
    if (receipt->refusal != REFUSAL_NONE) return;
    receipt->status = RECEIPT_DONE;
    receipt->late = engine->late.at, receipt->late_count = engine->late.count;
    receipt->settled = engine->writes.at, receipt->settled_count = engine->settled_writes;
    receipt->writes = own_writes(engine), receipt->write_count = engine->writes.count - engine->settled_writes;
}

static void engine_submit(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt) {
    struct engine *engine = engine_of(evaluator);
    struct attempt attempt = attempt_begin(engine);
    attempt_entry(engine, entry, receipt);
    if (receipt->status == RECEIPT_DONE) commit(engine, entry);
    else attempt_undo(engine, &attempt);
}

static void engine_judge(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt) {
    struct engine *engine = engine_of(evaluator);
    struct attempt attempt = attempt_begin(engine);
    attempt_entry(engine, entry, receipt);
    attempt_undo(engine, &attempt);
}

// ---- Asking --------------------------------------------------------------------------------------------------------
struct asked {
    uint32_t row, values;
};
struct asking {
    struct engine *engine;
    uint32_t columns;
    bool derived;
    VEC(struct asked) rows;
    VEC(value) values;
};

static run_status ask_take(void *context, struct run *run, value *tuple) {
    struct asking *asking = context;
    if (asking->rows.count >= ASK_ROWS_MAX) return RUN_LIMIT;
    VEC_PUSH(&asking->rows, (struct asked){asking->derived ? NO_ID : run->row, asking->values.count});
    for (uint32_t c = 0; c < asking->columns; c++) VEC_PUSH(&asking->values, tuple[c]);
    return RUN_OK;
}

static void ask_found(const struct engine *engine, uint32_t relation, uint32_t id, struct view view,
                      struct found *found) {
    const struct row *row = table_row(&engine->tables[relation], id);
    found->from = row->from;
    found->until = store_until_at(engine, row, view);
    found->begun = position_of_stamp(engine, row->begun);
    found->ended = found->until == TIME_MAX ? 0 : found->begun;
    uint32_t ended = row->ended, r = row->revision;
    while (ended && !view.present && ended >= view.stamp) {    // an end that the view does not know: the one before it
        ended = r == NO_ID ? 0 : engine->revisions.at[r].ended;
        r = r == NO_ID ? NO_ID : engine->revisions.at[r].earlier;
    }
    if (ended) found->ended = position_of_stamp(engine, ended);
}

static int ask_order(const struct asking *asking, const struct relation *shape, const struct asked *a,
                     const struct asked *b) {
    for (uint32_t c = 0; c < asking->columns; c++) {
        value x = asking->values.at[a->values + c], y = asking->values.at[b->values + c];
        int order = x == y ? 0
                           : program_compare(asking->engine->program, &asking->engine->base.texts,
                                             shape->columns[c].type, x, y);
        if (order) return order;
    }
    return 0;
}

static void ask_sort(struct asking *asking, const struct relation *shape) {
    uint32_t count = asking->rows.count;
    struct asked *from = asking->rows.at, *other = base_alloc(sizeof *other * ((size_t)count + 1)), *to = other;
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t low = 0; low < count; low += 2 * width) {
            uint32_t a = low, middle = low + width < count ? low + width : count, b = middle,
                     high = low + 2 * width < count ? low + 2 * width : count;
            for (uint32_t k = low; k < high; k++)
                to[k] = b >= high || (a < middle && ask_order(asking, shape, &from[a], &from[b]) <= 0) ? from[a++]
                                                                                                       : from[b++];
        }
        struct asked *swap = from;
        from = to, to = swap;
    }
    if (from != asking->rows.at) memcpy(asking->rows.at, from, sizeof *from * count);
    free(other);
}

static ask_status ask_view(struct engine *engine, struct view view, uint32_t relation, const value *pattern,
                           ask_visitor visit, void *context) {
    const struct relation *shape = &engine->program->relations[relation];
    struct asking asking = {.engine = engine, .columns = shape->column_count, .derived = shape->derived};
    struct run run = {.engine = engine, .view = view, .horizon = TIME_MAX};
    run_status status = run_relation(&run, relation, pattern, ask_take, &asking);
    engine->rows_touched += run.rows;
    ENSURE(status == RUN_OK || status == RUN_LIMIT);    // within a rule what cannot be worked out is no row
    ask_status result = status == RUN_OK ? ASK_OK : ASK_LIMIT;
    if (result == ASK_OK) ask_sort(&asking, shape);
    for (uint32_t i = 0; i < asking.rows.count && result == ASK_OK; i++) {
        if (i && shape->derived && !ask_order(&asking, shape, &asking.rows.at[i - 1], &asking.rows.at[i])) continue;
        static const value nothing[1];
        struct found found = {.values = asking.columns ? asking.values.at + asking.rows.at[i].values : nothing,
                              .from = view.time,
                              .until = TIME_MAX};
        if (!shape->derived) ask_found(engine, relation, asking.rows.at[i].row, view, &found);
        if (!visit(context, &found)) result = ASK_STOPPED;
    }
    VEC_RELEASE(&asking.rows);
    VEC_RELEASE(&asking.values);
    return result;
}

// The stamp up to which a question sees: entries up to its position, and what settled after that up to its time.
static uint32_t question_stamp(const struct engine *engine, uint32_t position, int64_t time) {
    if (position >= engine->entries.count) return engine->stamp;
    uint32_t m = engine->entries.at[position].moment;
    while (m < engine->moments.count && engine->moments.at[m].position == position + 1 &&
           engine->moments.at[m].settled && engine->moments.at[m].time <= time)
        m++;
    return m < engine->moments.count ? engine->moments.at[m].stamp : engine->stamp;
}

static uint32_t times_not_after(const int64_t *times, uint32_t count, int64_t time) {
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (times[middle] <= time) low = middle + 1;
        else high = middle;
    }
    return low;
}

// How many entries are at or before a time.
static uint32_t position_at(const struct engine *engine, int64_t time) {
    uint32_t block = times_not_after(engine->sparse_times.at, engine->sparse_times.count, time);
    if (block == 0) return 0;
    uint32_t from = (block - 1) * TIMES_STEP,
             count = engine->times.count - from < TIMES_STEP ? engine->times.count - from : TIMES_STEP;
    return from + times_not_after(engine->times.at + from, count, time);
}

static ask_status ask_projection(struct engine *engine, int64_t time, uint32_t relation, const value *pattern,
                                 ask_visitor visit, void *context) {
    struct attempt attempt = attempt_begin(engine);
    engine->ordinal = 0;
    bool before_first = !engine->sampled;
    run_status status = before_first ? RUN_OK : watch_settle(engine, time);
    ask_status result = ASK_LIMIT;
    if (status == RUN_OK && !engine->overrun)
        result = ask_view(engine, (struct view){.time = time, .stamp = UINT32_MAX, .present = true}, relation, pattern,
                          visit, context);
    attempt_undo(engine, &attempt);
    return result;
}

// A question beyond the entry after its position: asked of an engine that has seen only the entries up to there.
static ask_status ask_scratch(struct engine *engine, struct question question, uint32_t relation, const value *pattern,
                              ask_visitor visit, void *context) {
    if (!engine->scratch || engine->scratch_position != question.position) {
        engine->scratch = engine->scratch ? evaluator_again(engine->scratch) : engine_new(engine->program);
        engine->scratch_position = question.position;
        for (uint32_t i = 0; i < question.position; i++) {
            struct receipt receipt;
            evaluator_submit(engine->scratch, &engine->entries.at[i].entry, &receipt);
            ENSURE(receipt.status == RECEIPT_DONE);
        }
    }
    return evaluator_ask(engine->scratch, (struct question){question.time, POSITION_LAST}, relation, pattern, visit,
                         context);
}

static ask_status engine_ask(struct evaluator *evaluator, struct question question, uint32_t relation,
                             const value *pattern, ask_visitor visit, void *context) {
    struct engine *engine = engine_of(evaluator);
    bool last = question.position == POSITION_LAST;
    uint32_t position = last ? position_at(engine, question.time) : question.position;
    if (position > engine->base.position) return ASK_NO_SUCH_POSITION;
    if (position == engine->base.position && question.time == engine->now && engine->sampled)
        return ask_view(engine, (struct view){.time = question.time, .stamp = UINT32_MAX, .present = true}, relation,
                        pattern, visit, context);
    if (position == engine->base.position && question.time > engine->now && engine->sampled)
        return ask_projection(engine, question.time, relation, pattern, visit, context);
    if (position < engine->base.position && position > 0 && question.time > engine->entries.at[position].time)
        return ask_scratch(engine, (struct question){question.time, position}, relation, pattern, visit, context);
    uint32_t stamp = position == 0 ? 1 : question_stamp(engine, position, question.time);
    return ask_view(engine, (struct view){.time = question.time, .stamp = stamp}, relation, pattern, visit, context);
}

static void engine_rows(struct evaluator *evaluator, uint32_t relation, ask_visitor visit, void *context) {
    struct engine *engine = engine_of(evaluator);
    const struct table *table = &engine->tables[relation];
    if (engine->program->relations[relation].derived) return;
    for (uint32_t row = 0; row < table->row_count; row++) {
        struct found found = {.values = table_values(table, row)};
        ask_found(engine, relation, row, (struct view){.present = true}, &found);
        if (!visit(context, &found)) return;
    }
}

static void engine_hash(struct evaluator *evaluator, uint32_t position, uint8_t digest[32]) {
    const struct engine *engine = engine_of(evaluator);
    memset(digest, 0, 32);
    if (position > 0 && position <= engine->entries.count) memcpy(digest, engine->entries.at[position - 1].digest, 32);
}

struct engine_counts engine_count(const struct evaluator *evaluator) {
    const struct engine *engine = (const struct engine *)evaluator;
    struct engine_counts counts = {.rows_touched = engine->rows_touched, .firings = engine->all_firings};
    for (uint32_t r = 0; r < engine->program->relations_count; r++) {
        const struct table *table = &engine->tables[r];
        counts.rows_stored += table->row_count;
        counts.bytes_stored += (uint64_t)table->chunk_count * CHUNK_ROWS * sizeof(struct row);
        for (uint32_t i = 0; i < table->index_count; i++)
            counts.bytes_stored += (uint64_t)table->indexes[i].group_count * sizeof(struct slot_group) +
                                   (uint64_t)table->indexes[i].chain_capacity * sizeof(struct chain);
    }
    counts.bytes_stored += (uint64_t)engine->list_capacity * sizeof(uint32_t) +
                           (uint64_t)engine->revisions.capacity * sizeof(struct revision) +
                           (uint64_t)engine->segments.capacity * sizeof(struct segment);
    return counts;
}

// ---- Life ----------------------------------------------------------------------------------------------------------
static void engine_free(struct evaluator *evaluator) {
    struct engine *engine = engine_of(evaluator);
    if (engine->scratch) evaluator_free(engine->scratch);
    for (uint32_t r = 0; r < engine->program->relations_count; r++) {
        struct derived *derived = &engine->derived[r];
        free(derived->calls), free(derived->tuples.at), free(derived->tuples.slots);
        for (uint32_t k = 0; k < derived->tuples.index_count; k++)
            free(derived->tuples.indexes[k].heads), free(derived->tuples.indexes[k].next);
    }
    watch_release(engine);
    store_release(engine);
    seats_release(engine);
    memo_clear(engine);
    free(engine->derived);
    VEC_RELEASE(&engine->aggregates), VEC_RELEASE(&engine->moments), VEC_RELEASE(&engine->entries),
        VEC_RELEASE(&engine->executed);
    VEC_RELEASE(&engine->executed_values), VEC_RELEASE(&engine->writes), VEC_RELEASE(&engine->late),
        VEC_RELEASE(&engine->times), VEC_RELEASE(&engine->sparse_times);
    text_release(&engine->hash_text);
    sha256_release(&engine->sha);
    names_release(&engine->base.texts);
    arena_release(&engine->arena);
    arena_release(&engine->entry_arena);
    arena_release(&engine->row_arena);
    arena_release(&engine->work_arena);
    free(engine);
}

static void given_rows(struct engine *engine) {
    for (uint32_t r = 0; r < engine->program->relations_count; r++) {
        const struct relation *relation = &engine->program->relations[r];
        for (uint32_t g = 0; g < relation->given_count; g++)
            if (relation->given[g].reading_of == NO_ID)
                store_begin(engine, r, relation->given[g].values, TIME_MIN, TIME_MAX);
    }
}

// Before the first entry: the rows of the program stand. Plans are kept, and so is room.
static void begin(struct engine *engine) {
    names_cut(&engine->base.texts, engine->program->texts.count);
    engine->base.position = engine->current = engine->ordinal = engine->attempt = 0;
    engine->base.time = engine->now = engine->last_admitted = TIME_MIN;
    engine->sampled = false;
    engine->moments.count = engine->entries.count = engine->times.count = engine->sparse_times.count = 0;
    engine->executed.count = engine->executed_values.count = engine->writes.count = engine->late.count = 0;
    engine->rows_touched = engine->all_firings = 0;
    engine->scratch_position = NO_ID;
    arena_reset(&engine->entry_arena);
    for (uint32_t c = 0; c < engine->component_count; c++) engine->components[c].attempt = NO_ID;
    store_clear(engine);
    seats_clear(engine);
    watch_clear(engine);
    given_rows(engine);
}

static struct evaluator *engine_again(struct evaluator *evaluator) {
    begin(engine_of(evaluator));
    return evaluator;
}

static const struct evaluator_methods methods = {engine_free, engine_again, engine_submit, engine_judge,
                                                 engine_ask,  engine_rows,  engine_hash};

struct evaluator *engine_new(const struct program *program) {
    struct engine *engine = base_alloc(sizeof *engine);
    engine->base = (struct evaluator){.methods = &methods, .program = program};
    engine->program = program;
    names_init(&engine->base.texts);
    for (uint32_t t = 0; t < program->texts.count; t++)
        (void)names_add(&engine->base.texts, names_text(&program->texts, t));
    arena_init(&engine->arena);
    arena_init(&engine->entry_arena);
    arena_init(&engine->row_arena);
    arena_init(&engine->work_arena);
    sha256_init(&engine->sha);
    store_init(engine);
    engine->derived = base_alloc(sizeof *engine->derived * (program->relations_count + 1));
    unfold_init(engine);
    plan_components(engine);
    seats_plan(engine);
    judge_plan(engine);
    watch_init(engine);
    plan_settle(engine);
    begin(engine);
    return &engine->base;
}
