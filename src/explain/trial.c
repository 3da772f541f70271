// SPDX-License-Identifier: Apache-2.0
// What calls would do, one after another: each is judged in the state in which those before it leave things, and what
// keeps one from being done is said: a condition, a clash, an expression without a value, a `never`.
#include "explain/explain_internal.h"

#include <string.h>

// ---- Calls ---------------------------------------------------------------------------------------------------------
// The texts of an entry that was refused are forgotten: those that nobody said before stand for themselves.
static value own_text(struct making *making, struct span text) {
    value known = evaluator_text(making->solver.with->evaluator, text);
    if (known != VALUE_ANY + 1) return known;
    struct solver *solver = &making->solver;
    struct span *texts = ARENA_ARRAY(making->arena, struct span, solver->own_text_count + 1);
    if (solver->own_text_count) memcpy(texts, solver->own_texts, solver->own_text_count * sizeof *texts);
    texts[solver->own_text_count] = text;
    solver->own_texts = texts;
    return OWN_TEXT(solver->own_text_count++);
}

static void set(struct bindings bindings, uint32_t slot, value v) {
    if (slot >= bindings.frame->slot_count) return;
    bindings.values[slot] = v;
    bindings.bound[slot] = true;
}

static void set_actor(const struct act *act, value actor, value proposer, struct bindings bindings) {
    const struct who *who = act->kind == ACT_BY_ORGAN ? &act->proposed_by : &act->by;
    value party = act->kind == ACT_BY_ORGAN ? proposer : actor;
    set(bindings, act->actor_slot, act->kind == ACT_BY_ORGAN ? actor_organ(act->organ) : actor);
    if (who->kind == WHO_MEMBER || who->kind == WHO_ONE_OF) set(bindings, who->slot, party);
    if (who->kind == WHO_OFFICE_OF && party >= 0 && actor_class_of(party) == ACTOR_OFFICE)
        set(bindings, who->slot, actor_office_party(party));
}

struct trial trial_of_item(struct making *making, const struct act *act, const value *row, value proposer) {
    struct trial trial = {act, bindings_new(making->arena, &act->frame), 0};
    uint32_t at = 2;
    for (uint32_t i = 0; i < act->parameter_count; i++) set(trial.bindings, i, row[at++]);
    for (uint32_t i = 0; i < act->made_count; i++) set(trial.bindings, act->made[i].slot, row[at++]);
    set_actor(act, row[at], proposer, trial.bindings);
    return trial;
}

struct trial trial_of_entry(struct making *making, const struct entry *entry, uint32_t position, uint32_t item) {
    const struct call *call = &entry->calls[item];
    const struct act *act = &making->program->acts[call->act];
    struct trial trial = {act, bindings_new(making->arena, &act->frame), entry->call_count > 1 ? item + 1 : 0};
    for (uint32_t i = 0; i < call->argument_count && i < act->parameter_count; i++)
        set(trial.bindings, i,
            act->parameters[i].type.base == TYPE_TEXT ? own_text(making, call->arguments[i].text)
                                                      : call->arguments[i].value);
    uint32_t ordinal = entry->kind == ENTRY_PROPOSE ? 1 : 0;
    for (uint32_t i = 0; i < item; i++) ordinal += making->program->acts[entry->calls[i].act].made_count;
    for (uint32_t m = 0; m < act->made_count; m++)
        set(trial.bindings, act->made[m].slot, entity_of(position, ordinal + m));
    set_actor(act, entry->actor, entry->actor, trial.bindings);
    return trial;
}

// ---- Conditions ----------------------------------------------------------------------------------------------------
struct taking {
    struct arena *arena;
    struct bindings bindings;
};

static bool take_solution(void *context, const struct bindings *solution) {
    struct taking *taking = context;
    taking->bindings = bindings_copy(taking->arena, *solution);
    return false;
}

static bool is_waived(struct making *making, const struct clause *clause) {
    value pattern[2] = {clause->requirement, VALUE_ANY};
    if (clause->requirement == NO_ID) return false;
    struct row_copies rows = solver_rows(&making->solver, making->solver.question, RELATION_WAIVED, pattern);
    bool is = rows.count > 0;
    row_copies_release(&rows);
    return is;
}

bool trial_requires(struct making *making, struct trial *trial, uint32_t *failed) {
    struct taking taking = {making->arena, trial->bindings};
    for (uint32_t i = 0; i < trial->act->clause_count; i++) {
        const struct clause *clause = &trial->act->clauses[i];
        // A solution binds what later clauses and the effects go on with; what is waived refuses nothing.
        if (clause->ought || is_waived(making, clause) ||
            !solver_solve(&making->solver, clause->conditions, taking.bindings, take_solution, &taking))
            continue;
        trial->bindings = taking.bindings;
        *failed = i;
        return false;
    }
    trial->bindings = taking.bindings;
    return true;
}

// ---- Expressions without a value -----------------------------------------------------------------------------------
static const struct expression *without_value(struct making *making, const struct expression *e,
                                              struct bindings bindings) {
    value v;
    if (!e || solver_value(&making->solver, e, bindings, &v) != VALUE_FAILS) return NULL;
    bool aggregate = e->kind >= EXPRESSION_COUNT && e->kind <= EXPRESSION_MAX;
    const struct expression *left = aggregate ? NULL : without_value(making, e->left, bindings),
                            *right = aggregate ? NULL : without_value(making, e->right, bindings);
    return left ? left : right ? right : e;
}

static struct span tell_without_value(struct making *making, const struct expression *e, struct bindings bindings) {
    struct text words = {0};
    text_byte(&words, '`');
    program_print_expression(making->program, &making->solver.with->evaluator->texts, bindings.frame, e, &words);
    text_byte(&words, '`');
    value divisor = 1;
    if (e->kind == EXPRESSION_DIVIDE || e->kind == EXPRESSION_MODULO)
        (void)!solver_value(&making->solver, e->right, bindings, &divisor);
    if (e->kind == EXPRESSION_MIN || e->kind == EXPRESSION_MAX)
        text_print(&words, "%s",
                   e->kind == EXPRESSION_MIN
                       ? said(making, " has no value: there is nothing of which to take the least")
                       : said(making, " has no value: there is nothing of which to take the greatest"));
    else if (divisor == 0) text_print(&words, "%s", said(making, " has no value: it divides by zero"));
    else text_print(&words, "%s", said(making, " has no value: the result is out of range"));
    struct span copy = span_copy(making->arena, text_span(&words));
    text_release(&words);
    return copy;
}

static const struct expression *compared_without_value(struct making *making, struct conditions conditions,
                                                       struct bindings bindings) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        if (conditions.at[i].kind != CONDITION_COMPARE) continue;
        const struct expression *left = without_value(making, conditions.at[i].left, bindings),
                                *right = without_value(making, conditions.at[i].right, bindings);
        if (left || right) return left ? left : right;
    }
    return NULL;
}

// ---- Effects, worked out over the state before all of them ---------------------------------------------------------
struct operation {
    const struct effect *effect;
    const value *values;
    int64_t from, until;
    value object;
};
struct working {
    struct making *making;
    VEC(struct operation) list;
    struct span without_value;    // words; length 0: all went well
};

static bool work_value(struct working *working, const struct expression *e, struct bindings bindings, value otherwise,
                       value *result) {
    *result = otherwise;
    if (!e) return true;
    value_status status = solver_value(&working->making->solver, e, bindings, result);
    if (status == VALUE_KNOWN) return true;
    const struct expression *at = without_value(working->making, e, bindings);
    if (at) working->without_value = tell_without_value(working->making, at, bindings);
    *result = otherwise;
    return !at;
}

static bool work_effects(struct working *working, const struct effect *effects, uint32_t count,
                         struct bindings bindings);

struct each {
    struct working *working;
    const struct effect *effect;
};

static bool work_one(void *context, const struct bindings *solution) {
    struct each *each = context;
    const struct effect *effect = each->effect;
    value due;
    if (effect->kind == EFFECT_OBLIGE)
        return work_value(each->working, each->working->making->program->obligations[effect->obligation].due,
                          *solution, TIME_MAX, &due);
    return work_effects(each->working, effect->effects, effect->effect_count, *solution);
}

static bool work_row(struct working *working, const struct effect *effect, struct bindings bindings) {
    struct making *making = working->making;
    uint32_t width = making->program->relations[effect->relation].column_count;
    value *values = ARENA_ARRAY(making->arena, value, width + 1);
    struct operation operation = {.effect = effect, .values = values};
    for (uint32_t i = 0; i < width; i++)
        if (!work_value(working, effect->arguments[i], bindings, VALUE_ANY, &values[i])) return false;
    if (!work_value(working, effect->from, bindings, making->solver.question.time, &operation.from) ||
        !work_value(working, effect->until, bindings, TIME_MAX, &operation.until))
        return false;
    VEC_PUSH(&working->list, operation);
    return true;
}

static bool work_effects(struct working *working, const struct effect *effects, uint32_t count,
                         struct bindings bindings) {
    struct solver *solver = &working->making->solver;
    for (uint32_t i = 0; i < count; i++) {
        const struct effect *effect = &effects[i];
        struct each each = {working, effect};
        struct operation operation = {.effect = effect};
        bool good = true;
        switch (effect->kind) {
        case EFFECT_ADD:
        case EFFECT_SET:
        case EFFECT_END:
        case EFFECT_EXTEND: good = work_row(working, effect, bindings); break;
        case EFFECT_FOR_EACH: good = solver_solve(solver, effect->conditions, bindings, work_one, &each); break;
        case EFFECT_OBLIGE:
            good = solver_solve(solver, working->making->program->obligations[effect->obligation].each_conditions,
                                bindings, work_one, &each);
            break;
        default:
            good = work_value(working, effect->object, bindings, VALUE_ANY, &operation.object) &&
                   work_value(working, effect->until, bindings, TIME_MAX, &operation.until);
            if (good && operation.object != VALUE_ANY) VEC_PUSH(&working->list, operation);
        }
        if (!good) return false;
    }
    return true;
}

// ---- Clashes -------------------------------------------------------------------------------------------------------
static void key_of(const struct relation *relation, const value *values, value *key) {
    for (uint32_t i = 0; i < relation->column_count; i++) key[i] = i < relation->key_count ? values[i] : VALUE_ANY;
}

struct starts {
    struct solver *solver;
    const value *key;
    uint32_t width;
    int64_t from, until;
    VEC(int64_t) at;
};

static bool start_visit(void *context, const struct found *row) {
    struct starts *starts = context;
    if (++starts->solver->steps >= EXPLAIN_STEPS_MAX) return false;
    if (row->begun > starts->solver->question.position || row->from <= starts->from || row->from >= starts->until)
        return true;
    for (uint32_t i = 0; i < starts->width; i++)
        if (starts->key[i] != VALUE_ANY && starts->key[i] != row->values[i]) return true;
    VEC_PUSH(&starts->at, row->from);
    return true;
}

static int compare_times(const void *a, const void *b) {
    return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b);
}

// Shows the first row of the key that is in force at some moment of the interval. False: there is none.
static bool why_overlap(struct making *making, struct explain_node *parent, const struct operation *operation,
                        const char *what) {
    const struct effect *effect = operation->effect;
    const struct relation *relation = &making->program->relations[effect->relation];
    value key[COLUMNS_MAX + 1];
    ENSURE(relation->column_count < COUNT_OF(key));
    key_of(relation, operation->values, key);
    struct starts starts = {&making->solver, key, relation->column_count, operation->from, operation->until, {0}};
    VEC_PUSH(&starts.at, operation->from);
    evaluator_rows(making->solver.with->evaluator, effect->relation, start_visit, &starts);
    qsort(starts.at.at, starts.at.count, sizeof *starts.at.at, compare_times);
    bool found = false;
    for (uint32_t i = 0; i < starts.at.count && !found; i++) {
        struct question then = {starts.at.at[i], making->solver.question.position};
        struct row_copies rows = solver_rows(&making->solver, then, effect->relation, key);
        found = rows.count > 0;
        if (found) {
            bool begins = rows.at[0].from > making->solver.question.time;
            struct explain_node *node = node_print(
                making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%s a row of %.*s, and one of that key %s:", what,
                SPAN_ARG(relation->name), said(making, begins ? "is to begin" : "holds"));
            node_cite(making, node, &effect->citation);
            why_row(making, node, effect->relation, &rows.at[0]);
        }
        row_copies_release(&rows);
    }
    VEC_RELEASE(&starts.at);
    return found;
}

static struct explain_node *why_clash(struct making *making, struct explain_node *parent,
                                      const struct operation *operation, const char *words) {
    struct explain_node *node = node_add(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS, span_of(words));
    node_cite(making, node, &operation->effect->citation);
    return node;
}

// `parent` NULL: it is enough to know whether it clashes.
static bool clash_of_add(struct making *making, struct explain_node *parent, const struct operation *operation,
                         const char *name) {
    const struct effect *effect = operation->effect;
    int64_t now = making->solver.question.time;
    struct span fact = tell_fact(making, effect->relation, operation->values),
                from = tell_time(making, operation->from), until = tell_time(making, operation->until);
    struct span words = {0};
    if (operation->from < now && !effect->occurred)
        words = span_print(making->arena, said(making, "%s adds %.*s from %.*s, which lies in the past"), name,
                           SPAN_ARG(fact), SPAN_ARG(from));
    else if (operation->until < now && operation->from >= now)
        words = span_print(making->arena, said(making, "%s adds %.*s until %.*s: its end lies in the past"), name,
                           SPAN_ARG(fact), SPAN_ARG(until));
    else if (operation->from >= operation->until)
        words = span_print(making->arena, said(making, "%s adds %.*s from %.*s until %.*s: its interval is empty"),
                           name, SPAN_ARG(fact), SPAN_ARG(from), SPAN_ARG(until));
    if (words.length) {
        why_clash(making, parent, operation, words.at);
        return true;
    }
    return effect->kind == EFFECT_ADD &&
           why_overlap(making, parent, operation, span_print(making->arena, said(making, "%s adds"), name).at);
}

static bool clash_of_extend(struct making *making, struct explain_node *parent, const struct operation *operation,
                            const char *name) {
    const struct effect *effect = operation->effect;
    const struct relation *relation = &making->program->relations[effect->relation];
    struct row_copies rows =
        solver_rows(&making->solver, making->solver.question, effect->relation, operation->values);
    struct span fact = tell_fact(making, effect->relation, operation->values),
                until = tell_time(making, operation->until);
    struct span words = {0};
    bool clashes = true;
    if (rows.count != 1)
        words = span_print(making->arena, said(making, "%s extends %.*s, and %s"), name, SPAN_ARG(fact),
                           said(making, rows.count ? "more than one such row is in force" : "no such row is in force"));
    else if (operation->until < making->solver.question.time)
        words = span_print(making->arena, said(making, "%s extends %.*s until %.*s: that lies in the past"), name,
                           SPAN_ARG(fact), SPAN_ARG(until));
    else if (operation->until <= rows.at[0].from)
        words = span_print(making->arena, said(making, "%s extends %.*s until %.*s: its interval would be empty"), name,
                           SPAN_ARG(fact), SPAN_ARG(until));
    if (words.length) {
        struct explain_node *node = why_clash(making, parent, operation, words.at);
        for (uint32_t i = 0; i < rows.count && i < EXPLAIN_LIST_MAX; i++)
            why_row(making, node, effect->relation, &rows.at[i]);
    } else {
        struct operation longer = *operation;
        longer.from = rows.at[0].until;
        longer.values = rows.at[0].values;
        clashes = relation->key_count && longer.from < longer.until &&
                  why_overlap(making, parent, &longer, span_print(making->arena, said(making, "%s extends"), name).at);
    }
    row_copies_release(&rows);
    return clashes;
}

static bool clash_of_object(struct making *making, struct explain_node *parent, const struct operation *operation,
                            const char *name) {
    static const struct {
        effect_kind kind;
        uint32_t relation, thing;
        const char *verb, *lacks;
    } parts[] = {{EFFECT_RELEASE, RELATION_DUTY, ENTITY_DUTY, "releases", "which is not open"},
                 {EFFECT_UPHOLD, RELATION_ALLEGED, ENTITY_FINDING, "upholds", "which is not alleged"},
                 {EFFECT_DROP, RELATION_FINDING, ENTITY_FINDING, "drops", "which is not open"},
                 {EFFECT_AFFIRM, RELATION_IN_DOUBT, ENTITY_ENTRY, "affirms", "which is not in doubt"}};
    for (uint32_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].kind != operation->effect->kind) continue;
        value pattern[4] = {operation->object, VALUE_ANY, VALUE_ANY, VALUE_ANY};
        struct row_copies rows =
            solver_rows(&making->solver, making->solver.question, parts[i].relation, pattern);
        bool there = rows.count > 0;
        row_copies_release(&rows);
        if (there) return false;
        struct span thing = tell_value(making, (struct type){TYPE_ENTITY, parts[i].thing}, operation->object);
        struct explain_node *node =
            why_clash(making, parent, operation,
                      span_print(making->arena, "%s %s %.*s, %s", name, said(making, parts[i].verb), SPAN_ARG(thing),
                                 said(making, parts[i].lacks))
                          .at);
        why_absent(making, node, parts[i].relation, pattern);
        return true;
    }
    return false;
}

static bool clash_of_waiver(struct making *making, struct explain_node *parent, const struct operation *operation,
                            const char *name) {
    struct span condition = tell_value(making, (struct type){TYPE_KIND, KIND_CONDITION}, operation->object);
    const char *why = NULL;
    if (!making->program->requirements[operation->object].waivable)
        why = "which makes something known that the act goes on to use";
    else if (operation->until <= making->solver.question.time) why = "for a time that lies in the past";
    if (why)
        why_clash(
            making, parent, operation,
            span_print(making->arena, said(making, "%s waives %.*s, %s"), name, SPAN_ARG(condition), said(making, why))
                .at);
    return why != NULL;
}

static bool clashes(struct making *making, struct explain_node *parent, const struct operation *operation,
                    const char *name) {
    const struct effect *effect = operation->effect;
    switch (effect->kind) {
    case EFFECT_ADD:
    case EFFECT_SET: return clash_of_add(making, parent, operation, name);
    case EFFECT_EXTEND: return clash_of_extend(making, parent, operation, name);
    case EFFECT_END:
        if (operation->from >= making->solver.question.time) return false;
        why_clash(making, parent, operation,
                  span_print(making->arena, said(making, "%s ends %.*s at %.*s, which lies in the past"), name,
                             SPAN_ARG(tell_fact(making, effect->relation, operation->values)),
                             SPAN_ARG(tell_time(making, operation->from)))
                      .at);
        return true;
    case EFFECT_WAIVE: return clash_of_waiver(making, parent, operation, name);
    default: return clash_of_object(making, parent, operation, name);
    }
}

// ---- Doing ---------------------------------------------------------------------------------------------------------
static void lay_operation(struct making *making, const struct operation *operation, uint32_t item) {
    struct solver *solver = &making->solver;
    const struct effect *effect = operation->effect;
    value object[4] = {operation->object, VALUE_ANY, VALUE_ANY, VALUE_ANY}, key[COLUMNS_MAX + 1];
    int64_t now = solver->question.time;
    switch (effect->kind) {
    case EFFECT_SET:
        key_of(&making->program->relations[effect->relation], operation->values, key);
        lay_end(solver, effect->relation, key, operation->from, item);
        lay_row(solver, effect->relation, operation->values, operation->from, operation->until, item);
        break;
    case EFFECT_ADD:
        lay_row(solver, effect->relation, operation->values, operation->from, operation->until, item);
        break;
    case EFFECT_END: lay_end(solver, effect->relation, operation->values, operation->from, item); break;
    case EFFECT_RELEASE:
        lay_end(solver, RELATION_DUTY, object, now, item);
        lay_row(solver, RELATION_RELEASED, object, now, TIME_MAX, item);
        break;
    case EFFECT_UPHOLD:
        lay_end(solver, RELATION_ALLEGED, object, now, item);
        lay_row(solver, RELATION_UPHELD, object, now, TIME_MAX, item);
        break;
    case EFFECT_DROP:
        lay_end(solver, RELATION_ALLEGED, object, now, item);
        lay_end(solver, RELATION_FINDING, object, now, item);
        lay_row(solver, RELATION_DROPPED, object, now, TIME_MAX, item);
        break;
    case EFFECT_AFFIRM: lay_end(solver, RELATION_IN_DOUBT, object, now, item); break;
    // A longer row is in force as it was; duties, and what an annulled entry began, hardly bear on what follows.
    default: break;
    }
}

bool trial_effects(struct making *making, const struct effect *effects, uint32_t count, struct bindings bindings,
                   struct span name, uint32_t item, struct explain_node *parent) {
    struct working working = {.making = making};
    if (!making->solver.laid) laid_begin(&making->solver);
    work_effects(&working, effects, count, bindings);
    bool good = working.without_value.length == 0;
    if (!good) node_add(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS, working.without_value);
    const char *words = span_copy(making->arena, name).at;
    for (uint32_t i = 0; i < working.list.count && good; i++) {
        good = !clashes(making, parent, &working.list.at[i], words);
        if (good) lay_operation(making, &working.list.at[i], item);
    }
    VEC_RELEASE(&working.list);
    return good;
}

bool trial_do(struct making *making, const struct trial *trial, struct explain_node *parent) {
    return trial_effects(making, trial->act->effects, trial->act->effect_count, trial->bindings, trial->act->name,
                         trial->item, parent);
}

struct span trial_without_value(struct making *making, struct trial *trial) {
    struct bindings *bindings = &trial->bindings;
    for (uint32_t i = 0; i < trial->act->clause_count; i++) {
        const struct clause *clause = &trial->act->clauses[i];
        struct taking taking = {making->arena, *bindings};
        struct progress progress = {.of = clause->conditions.at};
        if (clause->ought) continue;
        making->solver.progress = &progress;
        bool met = !solver_solve(&making->solver, clause->conditions, *bindings, take_solution, &taking);
        making->solver.progress = NULL;
        *bindings = taking.bindings;
        if (met || !progress.bindings.values) continue;
        const struct expression *at = compared_without_value(making, clause->conditions, progress.bindings);
        if (at) return tell_without_value(making, at, progress.bindings);
    }
    struct working working = {.making = making};
    work_effects(&working, trial->act->effects, trial->act->effect_count, *bindings);
    VEC_RELEASE(&working.list);
    return working.without_value;
}

// ---- What must never be --------------------------------------------------------------------------------------------
struct bringing {
    struct making *making;
    struct explain_node *root;
    const struct norm *norm;
    const struct watch *watch;
    int64_t now;
    bool brought;
};

// What was so before is none of the act's doing.
static bool show_brought(void *context, const struct bindings *solution) {
    struct bringing *all = context;
    struct making *making = all->making;
    struct laid *laid = making->solver.laid;
    struct bindings start = bindings_new(making->arena, &all->watch->frame);
    for (uint32_t i = 0; i < all->watch->binding_count; i++)
        set(start, all->watch->binding[i], solution->values[all->watch->binding[i]]);
    making->solver.laid = NULL;
    bool was = solver_holds(&making->solver, all->watch->conditions, start);
    making->solver.laid = laid;
    if (was) return true;
    all->brought = true;
    int64_t time = making->solver.question.time;
    struct span later = time > all->now
                            ? span_print(making->arena, said(making, " at %.*s"), SPAN_ARG(tell_time(making, time)))
                            : SPAN("");
    struct explain_node *node =
        node_print(making, all->root, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "the act would make this so%.*s: %.*s",
                   SPAN_ARG(later), SPAN_ARG(tell_conditions(making, &all->watch->frame, all->watch->conditions)));
    node_cite(making, node, &all->norm->citation);
    why_conditions_hold(making, node, all->watch->conditions, *solution);
    return false;
}

bool trial_never(struct making *making, uint32_t norm, struct explain_node *parent) {
    const struct norm *of = &making->program->norms[norm];
    if (of->watch == NO_ID || !making->solver.laid) return false;
    struct bringing all = {making, parent, of, &making->program->watches[of->watch],
                           making->solver.question.time, false};
    struct question question = making->solver.question;
    value any[COLUMNS_MAX + 1];
    for (uint32_t i = 0; i < COUNT_OF(any); i++) any[i] = VALUE_ANY;
    // Now, and where a row that it speaks of begins later.
    struct starts starts = {&making->solver, any, 0, question.time, TIME_MAX, {0}};
    VEC_PUSH(&starts.at, question.time);
    for (uint32_t i = 0; i < all.watch->conditions.count; i++) {
        const struct condition *c = &all.watch->conditions.at[i];
        if (c->kind == CONDITION_ATOM && !making->program->relations[c->relation].derived)
            evaluator_rows(making->solver.with->evaluator, c->relation, start_visit, &starts);
    }
    int64_t laid = question.time;
    while (laid_next_start(making->solver.laid, &laid)) VEC_PUSH(&starts.at, laid);
    qsort(starts.at.at, starts.at.count, sizeof *starts.at.at, compare_times);
    for (uint32_t i = 0; i < starts.at.count && !all.brought; i++) {
        if (i && starts.at.at[i] == starts.at.at[i - 1]) continue;
        making->solver.question.time = starts.at.at[i];
        laid_at(making->solver.laid, starts.at.at[i]);
        solver_solve(&making->solver, all.watch->conditions, bindings_new(making->arena, &all.watch->frame),
                     show_brought, &all);
    }
    VEC_RELEASE(&starts.at);
    making->solver.question = question;
    laid_at(making->solver.laid, question.time);
    return all.brought;
}
