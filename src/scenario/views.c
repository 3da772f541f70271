// SPDX-License-Identifier: Apache-2.0
// Duties and findings as of a question, and the rows that all views are made of.
#include "explain/explain.h"
#include "scenario/scenario_internal.h"

// ---- Rows -----------------------------------------------------------------------------------------------------------
struct collecting {
    struct arena *arena;
    VEC(struct row) rows;
    uint32_t width;
};

static bool collect(void *context, const struct found *found) {
    struct collecting *collecting = context;
    value *values = ARENA_ARRAY(collecting->arena, value, collecting->width + 1);
    memcpy(values, found->values, collecting->width * sizeof *values);
    VEC_PUSH(&collecting->rows, (struct row){values, found->from, found->until, found->begun, found->ended});
    return true;
}

static struct rows keep_rows(struct collecting *collecting) {
    struct rows rows = {ARENA_ARRAY(collecting->arena, struct row, collecting->rows.count + 1), collecting->rows.count};
    if (rows.count) memcpy(rows.at, collecting->rows.at, rows.count * sizeof *rows.at);
    VEC_RELEASE(&collecting->rows);
    return rows;
}

ask_status rows_ask(struct evaluator *evaluator, struct question question, uint32_t relation, const value *pattern,
                    struct arena *arena, struct rows *rows) {
    value any[COLUMNS_MAX * 2 + 4];
    struct collecting collecting = {.arena = arena, .width = evaluator->program->relations[relation].column_count};
    ENSURE(collecting.width <= COUNT_OF(any));
    for (uint32_t i = 0; i < collecting.width; i++) any[i] = VALUE_ANY;
    ask_status status = evaluator_ask(evaluator, question, relation, pattern ? pattern : any, collect, &collecting);
    *rows = keep_rows(&collecting);
    return status;
}

struct rows rows_ever(struct evaluator *evaluator, uint32_t relation, struct arena *arena) {
    struct collecting collecting = {.arena = arena, .width = evaluator->program->relations[relation].column_count};
    evaluator_rows(evaluator, relation, collect, &collecting);
    return keep_rows(&collecting);
}

bool row_of(struct evaluator *evaluator, struct question question, uint32_t relation, value key, struct arena *arena,
            struct row *row) {
    value pattern[COLUMNS_MAX * 2 + 4];
    uint32_t width = evaluator->program->relations[relation].column_count;
    ENSURE(width <= COUNT_OF(pattern));
    for (uint32_t i = 0; i < width; i++) pattern[i] = VALUE_ANY;
    pattern[0] = key;
    struct rows rows;
    if (rows_ask(evaluator, question, relation, pattern, arena, &rows) != ASK_OK || rows.count == 0) return false;
    *row = rows.at[0];
    return true;
}

const struct row *rows_find(const struct rows *rows, value key) {
    for (uint32_t i = 0; i < rows->count; i++)
        if (rows->at[i].values[0] == key) return &rows->at[i];
    return NULL;
}

static int compare_keys(const void *a, const void *b) {
    const struct row *left = a, *right = b;
    if (left->values[0] != right->values[0]) return left->values[0] < right->values[0] ? -1 : 1;
    return (left->from > right->from) - (left->from < right->from);
}

// As rows_find, in rows that are sorted by their first column (what is asked comes so).
static const struct row *sorted_find(const struct rows *rows, value key) {
    uint32_t low = 0, high = rows->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rows->at[middle].values[0] < key) low = middle + 1;
        else high = middle;
    }
    return low < rows->count && rows->at[low].values[0] == key ? &rows->at[low] : NULL;
}

// ---- Writes ---------------------------------------------------------------------------------------------------------
static int compare_write(const struct write *write, uint32_t relation, value key) {
    if (write->relation != relation) return write->relation < relation ? -1 : 1;
    return (write->values[0] > key) - (write->values[0] < key);
}

static int compare_writes(const void *a, const void *b) {
    const struct write *left = *(const struct write *const *)a, *right = *(const struct write *const *)b;
    int order = compare_write(left, right->relation, right->values[0]);
    return order ? order : (left > right) - (left < right);
}

struct writes writes_sort(const struct program *program, const struct write *writes, uint32_t count,
                          struct arena *arena) {
    struct writes sorted = {ARENA_ARRAY(arena, const struct write *, count + 1), 0};
    for (uint32_t i = 0; i < count; i++)
        if (program->relations[writes[i].relation].column_count) sorted.at[sorted.count++] = &writes[i];
    if (sorted.count) qsort(sorted.at, sorted.count, sizeof *sorted.at, compare_writes);
    return sorted;
}

struct writes writes_of(const struct writes *writes, uint32_t relation, value key) {
    uint32_t low = 0, high = writes ? writes->count : 0, last;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_write(writes->at[middle], relation, key) < 0) low = middle + 1;
        else high = middle;
    }
    for (last = low; writes && last < writes->count && !compare_write(writes->at[last], relation, key);) last++;
    return (struct writes){writes ? writes->at + low : NULL, last - low};
}

const struct write *find_write(const struct writes *writes, write_kind kind, uint32_t relation, value key) {
    struct writes of = writes_of(writes, relation, key);
    for (uint32_t i = 0; i < of.count; i++)
        if (of.at[i]->kind == kind) return of.at[i];
    return NULL;
}

// Values that belong to a key: from what was written, else from what is known.
static const value *values_of(struct evaluator *evaluator, struct question question, const struct writes *writes,
                              uint32_t relation, value key, struct arena *arena) {
    const struct write *write = find_write(writes, WRITE_BEGIN, relation, key);
    struct row row;
    if (write) return write->values;
    return row_of(evaluator, question, relation, key, arena, &row) ? row.values : NULL;
}

// ---- Actors ---------------------------------------------------------------------------------------------------------
struct holder {
    value actor;
    uint32_t column;
};

static bool take_holder(void *context, const struct found *row) {
    struct holder *holder = context;
    holder->actor = row->values[holder->column];
    return false;
}

value actor_holder(struct evaluator *evaluator, struct question question, value actor) {
    if (actor < 0 || actor_class_of(actor) != ACTOR_ROLE) return actor;
    uint32_t relation = actor_role_relation(actor);
    if (relation >= evaluator->program->relations_count) return ACTOR_NONE;
    uint32_t columns = evaluator->program->relations[relation].column_count;
    value pattern[2] = {VALUE_ANY, VALUE_ANY};
    if (columns == 0 || columns > 2) return ACTOR_NONE;
    if (columns == 2) pattern[0] = actor_role_argument(actor);
    struct holder holder = {ACTOR_NONE, columns - 1};
    evaluator_ask(evaluator, question, relation, pattern, take_holder, &holder);
    return holder.actor;
}

// ---- Duties ---------------------------------------------------------------------------------------------------------
// The value of an expression over the captured frame. What is more than a constant or a captured value is found by the
// explainer, as the binding of one more slot.
static bool pattern_value(struct evaluator *evaluator, struct question question, const struct obligation *obligation,
                          const struct expression *expression, const value *captured, struct arena *arena,
                          value *result) {
    uint32_t slots = obligation->frame.slot_count;
    if (expression->kind == EXPRESSION_CONSTANT) return *result = expression->constant, true;
    if (expression->kind == EXPRESSION_VARIABLE && expression->slot < obligation->captured_count)
        return *result = captured[expression->slot + 1], true;
    struct span *names = ARENA_ARRAY(arena, struct span, slots + 1);
    struct type *types = ARENA_ARRAY(arena, struct type, slots + 1);
    value *values = ARENA_ARRAY(arena, value, slots + 1);
    bool *bound = ARENA_ARRAY(arena, bool, slots + 1);
    if (slots) memcpy(names, obligation->frame.names, slots * sizeof *names);
    if (slots) memcpy(types, obligation->frame.types, slots * sizeof *types);
    for (uint32_t i = 0; i < obligation->captured_count; i++) values[i] = captured[i + 1], bound[i] = true;
    types[slots] = expression->type;
    struct expression target = {.kind = EXPRESSION_VARIABLE, .type = expression->type, .slot = slots};
    struct condition equal = {.kind = CONDITION_COMPARE,
                              .relation = NO_ID,
                              .since = NO_ID,
                              .compare = COMPARE_EQUAL,
                              .left = &target,
                              .right = expression};
    struct frame frame = {slots + 1, names, types};
    struct explainer with = {.arena = arena, .evaluator = evaluator, .question = question};
    if (explain_holds(&with, &frame, (struct conditions){&equal, 1}, values, bound) != EXPLAIN_YES) return false;
    *result = values[slots];
    return true;
}

static void duty_arguments(struct evaluator *evaluator, struct question question, const struct obligation *obligation,
                           const value *captured, struct arena *arena, struct duty_view *duty) {
    const struct act *act = &evaluator->program->acts[obligation->act];
    value *arguments = ARENA_ARRAY(arena, value, act->parameter_count + 1);
    bool *given = ARENA_ARRAY(arena, bool, act->parameter_count + 1);
    for (uint32_t i = 0; i < act->parameter_count; i++)
        given[i] =
            captured && obligation->pattern && obligation->pattern[i] &&
            pattern_value(evaluator, question, obligation, obligation->pattern[i], captured, arena, &arguments[i]);
    duty->arguments = arguments;
    duty->given = given;
    duty->argument_count = act->parameter_count;
}

void duty_describe(struct evaluator *evaluator, struct question question, const struct writes *writes,
                   struct arena *arena, struct duty_view *duty) {
    const struct program *program = evaluator->program;
    duty->act = duty->obligation = NO_ID;
    duty->ended = TIME_MAX;
    duty->holder = actor_holder(evaluator, question, duty->bearer);
    const value *obliged = values_of(evaluator, question, writes, RELATION_OBLIGED, duty->duty, arena);
    if (!obliged || obliged[1] < 0 || obliged[1] >= program->obligations_count) return;
    const struct obligation *obligation = &program->obligations[obliged[1]];
    duty->obligation = (uint32_t)obliged[1];
    duty->act = obligation->act;
    duty->citation = &obligation->citation;
    duty->at_once = obligation->at_once;
    duty->house = obligation->house_due;
    const value *captured = values_of(evaluator, question, writes, obligation->relation, duty->duty, arena);
    duty->captured = captured ? captured + 1 : NULL;
    if (obligation->act == NO_ID) return;
    duty_arguments(evaluator, question, obligation, captured, arena, duty);
}

const char *duty_status_name(duty_status status) {
    static const char *const names[] = {"open", "overdue", "met", "met late", "released", "lapsed"};
    ENSURE((unsigned)status < COUNT_OF(names));
    return names[status];
}

static int compare_duties(const void *a, const void *b) {
    const struct duty_view *left = a, *right = b;
    bool left_open = left->status <= DUTY_OVERDUE, right_open = right->status <= DUTY_OVERDUE;
    if (left_open != right_open) return left_open ? -1 : 1;
    int64_t left_time = left_open ? left->due : left->ended, right_time = right_open ? right->due : right->ended;
    if (left_time != right_time) return left_time < right_time ? -1 : 1;
    return (left->duty > right->duty) - (left->duty < right->duty);
}

// The rows that ever were by then, and those that only a projection brings.
static ask_status known_rows(struct evaluator *evaluator, struct question question, uint32_t relation,
                             struct arena *arena, struct rows *all) {
    struct rows ever = rows_ever(evaluator, relation, arena), now;
    ask_status status = rows_ask(evaluator, question, relation, NULL, arena, &now);
    if (status != ASK_OK) return status;
    if (ever.count) qsort(ever.at, ever.count, sizeof *ever.at, compare_keys);
    *all = (struct rows){ARENA_ARRAY(arena, struct row, ever.count + now.count + 1), 0};
    for (uint32_t i = 0; i < ever.count; i++)
        if (ever.at[i].begun <= question.position && ever.at[i].from <= question.time)
            all->at[all->count++] = ever.at[i];
    uint32_t history = all->count;
    for (uint32_t i = 0; i < now.count; i++) {
        struct rows old = {all->at, history};
        if (!sorted_find(&old, now.at[i].values[0])) all->at[all->count++] = now.at[i];
    }
    return ASK_OK;
}

struct endings {
    struct rows open, met, released, lapsed;
};

static ask_status ask_endings(struct evaluator *evaluator, struct question question, struct arena *arena,
                              struct endings *endings) {
    ask_status status = rows_ask(evaluator, question, RELATION_DUTY, NULL, arena, &endings->open);
    if (status == ASK_OK) status = rows_ask(evaluator, question, RELATION_MET, NULL, arena, &endings->met);
    if (status == ASK_OK) status = rows_ask(evaluator, question, RELATION_RELEASED, NULL, arena, &endings->released);
    if (status == ASK_OK) status = rows_ask(evaluator, question, RELATION_LAPSED, NULL, arena, &endings->lapsed);
    return status;
}

static bool duty_ending(const struct endings *endings, struct duty_view *duty, int64_t now) {
    const struct row *ended;
    if (sorted_find(&endings->open, duty->duty)) {
        duty->status = now >= duty->due ? DUTY_OVERDUE : DUTY_OPEN;
        return true;
    }
    if ((ended = sorted_find(&endings->met, duty->duty)) != NULL)
        duty->status = ended->values[1] ? DUTY_MET_LATE : DUTY_MET;
    else if ((ended = sorted_find(&endings->released, duty->duty)) != NULL) duty->status = DUTY_RELEASED;
    else if ((ended = sorted_find(&endings->lapsed, duty->duty)) != NULL) duty->status = DUTY_LAPSED;
    else return false;
    duty->ended = ended->from;
    duty->end_cause = ended->begun;
    return true;
}

struct question question_of_end(struct question question, int64_t ended, uint32_t end_cause) {
    if (ended == TIME_MAX) return question;
    return (struct question){ended, end_cause ? end_cause - 1 : question.position};
}

// Each but the first of a series, and each that escalates another.
static bool is_by_time(const struct program *program, const struct rows *series, const struct duty_view *duty) {
    const struct row *row = sorted_find(series, duty->duty);
    if (row && row->values[2] > 1) return true;
    for (uint32_t i = 0; i < program->obligations_count; i++)
        if (program->obligations[i].then != NO_ID && program->obligations[i].then == duty->obligation) return true;
    return false;
}

ask_status scenario_duties(struct evaluator *evaluator, struct question question, struct arena *arena,
                           struct duty_views *duties) {
    struct rows all, series = rows_ever(evaluator, RELATION_SERIES, arena);
    if (series.count) qsort(series.at, series.count, sizeof *series.at, compare_keys);
    struct endings endings = {0};
    ask_status status = known_rows(evaluator, question, RELATION_DUTY, arena, &all);
    if (status == ASK_OK) status = ask_endings(evaluator, question, arena, &endings);
    if (status != ASK_OK) return status;
    *duties = (struct duty_views){ARENA_ARRAY(arena, struct duty_view, all.count + 1), 0};
    for (uint32_t i = 0; i < all.count; i++) {
        const struct row *row = &all.at[i];
        if (row->values[1] == ACTOR_NONE) continue;    // a `leads to` is nobody's
        struct duty_view duty = {.duty = row->values[0],
                                 .bearer = row->values[1],
                                 .opened = row->from,
                                 .due = row->values[2],
                                 .cause = row->begun};
        duty_describe(evaluator, question, NULL, arena, &duty);
        duty.by_time = is_by_time(evaluator->program, &series, &duty);
        if (!duty_ending(&endings, &duty, question.time)) continue;
        if (duty.ended != TIME_MAX)
            duty.holder =
                actor_holder(evaluator, question_of_end(question, duty.ended, duty.end_cause), duty.bearer);
        duties->at[duties->count++] = duty;
    }
    if (duties->count) qsort(duties->at, duties->count, sizeof *duties->at, compare_duties);
    return ASK_OK;
}

bool scenario_obstacle(struct evaluator *evaluator, const struct scenario_words *words, value proposal,
                       struct arena *arena, struct obstacle_view *obstacle) {
    struct explain_log log = {0};
    if (words) log = (struct explain_log){words->context, NULL, words->entity, words->labels, words_in};
    struct explainer with = {.arena = arena, .evaluator = evaluator, .log = &log};
    const struct explain_node *tree = explain_obstacle(&with, proposal);
    if (!tree) return false;
    struct text why = {0};
    explain_print_decisive(tree, &why);
    *obstacle = (struct obstacle_view){tree->text, tree->citation, span_copy(arena, text_span(&why))};
    text_release(&why);
    return true;
}

// ---- Findings -------------------------------------------------------------------------------------------------------
ask_status concerns_ask(struct evaluator *evaluator, struct question question, struct arena *arena, struct rows *rows) {
    return rows_ask(evaluator, question, RELATION_CONCERNS, NULL, arena, rows);
}

void finding_describe(struct evaluator *evaluator, struct question question, const struct writes *writes,
                      const struct rows *concerns, struct arena *arena, struct finding_view *finding) {
    const struct program *program = evaluator->program;
    if (finding->norm >= program->norms_count) return;
    const struct norm *norm = &program->norms[finding->norm];
    finding->message = norm->message;
    finding->citation = &norm->citation;
    const struct relation *relation = &program->relations[norm->relation];
    const value *binding = values_of(evaluator, question, writes, norm->relation, finding->finding, arena);
    if (binding) {
        finding->binding = binding + 1;
        finding->columns = relation->columns + 1;
        finding->binding_count = relation->column_count - 1;
    }
    finding->concerns_unknown = !concerns;
    if (!concerns) return;
    const struct row *known = sorted_find(concerns, finding->finding), *end = concerns->at + concerns->count;
    struct writes written = writes_of(writes, RELATION_CONCERNS, finding->finding);
    uint32_t count = 0;
    while (known && known + count < end && known[count].values[0] == finding->finding) count++;
    value *of = ARENA_ARRAY(arena, value, count + written.count + 1);
    for (uint32_t i = 0; i < count; i++) of[finding->concern_count++] = known[i].values[1];
    for (uint32_t i = 0; i < written.count && count == 0; i++)
        if (written.at[i]->kind == WRITE_BEGIN) of[finding->concern_count++] = written.at[i]->values[1];
    finding->concerns = of;
}

// A finding that a duty is overdue is about that duty.
static void finding_duty(struct evaluator *evaluator, struct question question, const struct rows *duties,
                         struct arena *arena, struct finding_view *finding) {
    const struct program *program = evaluator->program;
    if (finding->norm >= program->norms_count || program->norms[finding->norm].kind != NORM_OVERDUE ||
        finding->binding_count == 0)
        return;
    const struct row *row = sorted_find(duties, finding->binding[0]);
    if (!row) return;
    struct duty_view *duty = ARENA_NEW(arena, struct duty_view);
    *duty = (struct duty_view){
        .duty = row->values[0], .bearer = row->values[1], .opened = row->from, .due = row->values[2]};
    duty_describe(evaluator, question, NULL, arena, duty);
    // What closed it ended the duty.
    duty->holder =
        actor_holder(evaluator, question_of_end(question, finding->closed, finding->end_cause), duty->bearer);
    finding->duty = duty;
}

static int compare_findings(const void *a, const void *b) {
    const struct finding_view *left = a, *right = b;
    bool left_open = left->closed == TIME_MAX, right_open = right->closed == TIME_MAX;
    if (left_open != right_open) return left_open ? -1 : 1;
    if (left->opened != right->opened) return left->opened < right->opened ? -1 : 1;
    return (left->finding > right->finding) - (left->finding < right->finding);
}

ask_status scenario_findings(struct evaluator *evaluator, struct question question, struct arena *arena,
                             struct finding_views *findings) {
    struct rows all, open, alleged, upheld, dropped, duties, concerns;
    ask_status status = known_rows(evaluator, question, RELATION_FINDING, arena, &all);
    if (status == ASK_OK) status = rows_ask(evaluator, question, RELATION_FINDING, NULL, arena, &open);
    if (status == ASK_OK) status = rows_ask(evaluator, question, RELATION_ALLEGED, NULL, arena, &alleged);
    if (status == ASK_OK) status = rows_ask(evaluator, question, RELATION_UPHELD, NULL, arena, &upheld);
    if (status == ASK_OK) status = rows_ask(evaluator, question, RELATION_DROPPED, NULL, arena, &dropped);
    if (status == ASK_OK) status = known_rows(evaluator, question, RELATION_DUTY, arena, &duties);
    if (status == ASK_OK) status = concerns_ask(evaluator, question, arena, &concerns);
    if (status != ASK_OK) return status;
    if (duties.count) qsort(duties.at, duties.count, sizeof *duties.at, compare_keys);
    *findings = (struct finding_views){ARENA_ARRAY(arena, struct finding_view, all.count + 1), 0};
    for (uint32_t i = 0; i < all.count; i++) {
        const struct row *row = &all.at[i];
        struct finding_view *finding = &findings->at[findings->count++];
        *finding = (struct finding_view){.finding = row->values[0],
                                         .norm = (uint32_t)row->values[1],
                                         .opened = row->from,
                                         .closed = TIME_MAX,
                                         .cause = row->begun};
        finding->alleged = sorted_find(&alleged, finding->finding) != NULL;
        finding->upheld = sorted_find(&upheld, finding->finding) != NULL;
        finding->dropped = sorted_find(&dropped, finding->finding) != NULL;
        if (!sorted_find(&open, finding->finding)) finding->closed = row->until, finding->end_cause = row->ended;
        finding_describe(evaluator, question, NULL, &concerns, arena, finding);
        finding_duty(evaluator, question, &duties, arena, finding);
    }
    if (findings->count) qsort(findings->at, findings->count, sizeof *findings->at, compare_findings);
    return ASK_OK;
}
