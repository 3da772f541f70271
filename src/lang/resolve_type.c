// SPDX-License-Identifier: Apache-2.0
// Types. A base column has the type it was declared with; a rule's head gives its columns theirs (the wider of what its
// rules say); a variable takes the narrower of what its uses say. Only an actor and a party differ in width.
#include "lang/resolve_internal.h"

// ---- The order of types ---------------------------------------------------------------------------------------------
bool type_fits(struct type narrow, struct type wide) {
    if (!type_known(narrow) || !type_known(wide) || type_same(narrow, wide)) return true;
    if (narrow.base != TYPE_PARTY) return false;
    return wide.base == TYPE_ACTOR || (wide.base == TYPE_PARTY && wide.of == NO_ID);
}

bool type_meet(struct type a, struct type b, struct type *both) {
    if (a.base == BASE_POISONED || b.base == BASE_UNKNOWN) {
        *both = a;
        return true;
    }
    if (b.base == BASE_POISONED || a.base == BASE_UNKNOWN) {
        *both = b;
        return true;
    }
    if (!type_fits(a, b) && !type_fits(b, a)) return false;
    *both = type_fits(a, b) ? a : b;
    return true;
}

bool type_join(struct type a, struct type b, struct type *either) {
    if (a.base == BASE_POISONED || b.base == BASE_UNKNOWN) {
        *either = a;
        return true;
    }
    if (b.base == BASE_POISONED || a.base == BASE_UNKNOWN) {
        *either = b;
        return true;
    }
    if (a.base == TYPE_PARTY && b.base == TYPE_PARTY && a.of != b.of) {
        *either = type_of(TYPE_PARTY, NO_ID);
        return true;
    }
    if (!type_fits(a, b) && !type_fits(b, a)) return false;
    *either = type_fits(a, b) ? b : a;
    return true;
}

const char *type_word(struct compiler *c, struct type type) {
    struct span name = {0};
    switch (type.base) {
    case TYPE_INT: return "int";
    case TYPE_TIME: return "time";
    case TYPE_DURATION: return "duration";
    case TYPE_TEXT: return "text";
    case TYPE_ACTOR: return "actor";
    case TYPE_PARTY: name = type.of == NO_ID ? SPAN("party") : c->party_types.at[type.of].name; break;
    case TYPE_ENTITY: name = c->entity_types.at[type.of].name; break;
    case TYPE_KIND: name = c->kinds.at[type.of].name; break;
    default: return "something";
    }
    return hint_print(c, "%.*s", SPAN_ARG(name));
}

const char *type_text(struct compiler *c, struct type type) {
    if (!type_known(type)) return "something";
    const char *word = type_word(c, type);
    return hint_print(c, "%s %s", strchr("aeiou", word[0] | 0x20) ? "an" : "a", word);
}

// ---- Messages -------------------------------------------------------------------------------------------------------
// The items of an act that is proposed go by the act's name.
static struct span written_name(const struct compiler *c, uint32_t relation) {
    struct span name = c->relation_list.at[relation].name;
    for (uint32_t i = 0; i < name.length; i++)
        if (name.at[i] == '#') name.length = i;
    return name;
}

static const char *where_text(struct compiler *c, uint32_t relation, struct place place, struct place seen_from) {
    if (relation == NO_ID) return hint_print(c, "at %s", line_text(c, place, seen_from));
    return hint_print(c, "in %.*s(...) at %s", SPAN_ARG(written_name(c, relation)), line_text(c, place, seen_from));
}

static void report_slot(struct compiler *c, struct slot *slot, const struct expression *e, struct type want) {
    if (slot->reported) return;
    struct span name = slot->name.length ? slot->name : SPAN("_");
    diagnostics_error(c->all, e->place, NULL, "`%.*s` is %s here, %s %s", SPAN_ARG(name), type_text(c, want),
                      type_text(c, slot->type), where_text(c, slot->origin_relation, slot->origin, e->place));
    slot->poisoned = slot->reported = true;
    slot->type = type_plain(BASE_POISONED);
}

static void report_type(struct compiler *c, const struct expression *e, struct type is, struct type want,
                        uint32_t relation) {
    if (relation != NO_ID)
        diagnostics_error(c->all, e->place, NULL, "this is %s, `%.*s` has %s here", type_text(c, is),
                          SPAN_ARG(written_name(c, relation)), type_text(c, want));
    else
        diagnostics_error(c->all, e->place, NULL, "this is %s, where %s is wanted", type_text(c, is),
                          type_text(c, want));
    ((struct node *)e)->expression.type = type_plain(BASE_POISONED);
}

// ---- Expressions ----------------------------------------------------------------------------------------------------
static struct type infer_variable(struct compiler *c, struct scope *scope, const struct expression *e, struct type want,
                                  uint32_t relation, uint32_t depth, bool report) {
    struct slot *slot = &scope->slots.at[e->slot];
    if (slot->poisoned) return type_plain(BASE_POISONED);
    struct type both;
    if (want.base == BASE_POISONED) {
        // What it is was not found out for another reason; nothing follows from that.
        if (slot->type.base == BASE_UNKNOWN && report) slot->poisoned = true;
        return slot->type;
    }
    if (!type_meet(slot->type, want, &both)) {
        if (report) report_slot(c, slot, e, want);
        return type_plain(BASE_POISONED);
    }
    // Inside a negation nothing is said of a variable that is bound outside.
    if (depth <= slot->depth && !type_same(slot->type, both)) {
        slot->type = both;
        slot->origin = e->place;
        slot->origin_relation = relation;
    }
    return slot->type;
}

static struct type infer_constant(struct compiler *c, struct node *node, struct type want, uint32_t relation,
                                  bool report) {
    struct expression *e = &node->expression;
    struct type both;
    if (node->pending && type_known(want)) {
        uint32_t i = candidate_of(c, node->name, want);
        if (i != NO_ID && type_meet(c->candidates.at[i].type, want, &both)) {
            e->type = c->candidates.at[i].type;
            e->constant = c->candidates.at[i].constant;
            node->pending = false;
        }
    }
    if (node->pending) {
        if (!report) return type_plain(BASE_UNKNOWN);
        node->pending = false;
        if (want.base != BASE_POISONED)
            diagnostics_error(
                c->all, e->place, "use it where one of them is wanted", "`%.*s` may be %s or %s here",
                SPAN_ARG(node->name), type_text(c, e->type),
                type_text(c, c->candidates.at[c->candidates.at[table_get(&c->constants, node->name)].next].type));
        e->type = type_plain(BASE_POISONED);
    }
    if (!type_meet(e->type, want, &both) && report) {
        if (node->name.length && relation != NO_ID)
            diagnostics_error(c->all, e->place, NULL, "`%.*s` is %s, `%.*s` has %s here", SPAN_ARG(node->name),
                              type_text(c, e->type), SPAN_ARG(written_name(c, relation)), type_text(c, want));
        else if (node->name.length)
            diagnostics_error(c->all, e->place, NULL, "`%.*s` is %s, where %s is wanted", SPAN_ARG(node->name),
                              type_text(c, e->type), type_text(c, want));
        else report_type(c, e, e->type, want, relation);
        e->type = type_plain(BASE_POISONED);
    }
    return e->type;
}

static struct type arithmetic_type(expression_kind kind, type_base left, type_base right) {
    bool ints = left == TYPE_INT && right == TYPE_INT, durations = left == TYPE_DURATION && right == TYPE_DURATION;
    switch (kind) {
    case EXPRESSION_ADD:
        if ((left == TYPE_TIME && right == TYPE_DURATION) || (left == TYPE_DURATION && right == TYPE_TIME))
            return type_plain(TYPE_TIME);
        break;
    case EXPRESSION_SUBTRACT:
        if (left == TYPE_TIME && right == TYPE_DURATION) return type_plain(TYPE_TIME);
        if (left == TYPE_TIME && right == TYPE_TIME) return type_plain(TYPE_DURATION);
        break;
    case EXPRESSION_MULTIPLY:
        if ((left == TYPE_DURATION && right == TYPE_INT) || (left == TYPE_INT && right == TYPE_DURATION))
            return type_plain(TYPE_DURATION);
        durations = false;
        break;
    default: durations = false;
    }
    return ints ? type_plain(TYPE_INT) : durations ? type_plain(TYPE_DURATION) : type_plain(BASE_POISONED);
}

static struct type infer_arithmetic(struct compiler *c, struct scope *scope, struct expression *e, struct type want,
                                    uint32_t depth, bool report) {
    struct type none = type_plain(BASE_UNKNOWN);
    struct type hint = want.base == TYPE_INT ? want : none;
    if (want.base == TYPE_TIME || want.base == TYPE_DURATION) hint = none;
    struct type left = infer_expression(c, scope, e->left, hint, NO_ID, depth, report);
    struct type right = infer_expression(c, scope, e->right, hint, NO_ID, depth, report);
    if (left.base == BASE_UNKNOWN && right.base == TYPE_INT && e->kind != EXPRESSION_MULTIPLY)
        left = infer_expression(c, scope, e->left, right, NO_ID, depth, report);
    if (right.base == BASE_UNKNOWN && left.base == TYPE_INT && e->kind != EXPRESSION_MULTIPLY)
        right = infer_expression(c, scope, e->right, left, NO_ID, depth, report);
    if (left.base == BASE_POISONED || right.base == BASE_POISONED) return type_plain(BASE_POISONED);
    if (left.base == BASE_UNKNOWN || right.base == BASE_UNKNOWN) return none;
    struct type result = arithmetic_type(e->kind, left.base, right.base);
    if (result.base == BASE_POISONED && report) {
        static const char *const verbs[] = {"added to", "taken from", "multiplied by", "divided by", "divided by"};
        bool minus = e->kind == EXPRESSION_SUBTRACT;
        const char *first = type_text(c, minus ? right : left), *second = type_text(c, minus ? left : right);
        if (e->kind == EXPRESSION_ADD) {
            const char *swap = first;
            first = second;
            second = swap;
        }
        diagnostics_error(c->all, e->place, NULL, "%s cannot be %s %s", first, verbs[e->kind - EXPRESSION_ADD], second);
    }
    return result;
}

static struct type infer_aggregate(struct compiler *c, struct scope *scope, struct expression *e, bool report) {
    uint32_t depth = ((struct node *)e)->depth;
    struct type none = type_plain(BASE_UNKNOWN), whole = type_plain(TYPE_INT);
    // Where only a relation that nothing declares would say what is summed, it is taken for an int.
    if (report && c->forgotten.count && e->kind == EXPRESSION_SUM &&
        infer_expression(c, scope, e->left, none, NO_ID, depth, false).base == BASE_UNKNOWN)
        infer_expression(c, scope, e->left, whole, NO_ID, depth, false);
    infer_conditions(c, scope, e->conditions, depth, report);
    struct type left = infer_expression(c, scope, e->left, type_plain(BASE_UNKNOWN), NO_ID, depth, report);
    if (e->kind == EXPRESSION_COUNT) return type_plain(TYPE_INT);
    if (!type_known(left)) return left;
    bool fine =
        left.base == TYPE_INT || (e->kind == EXPRESSION_SUM ? left.base == TYPE_DURATION : left.base == TYPE_TIME);
    if (!fine && report)
        diagnostics_error(c->all, e->left->place, NULL, "%s, and this is %s",
                          e->kind == EXPRESSION_SUM ? "only ints and durations are summed"
                                                    : "only ints and times have a least and a greatest",
                          type_text(c, left));
    return fine ? left : type_plain(BASE_POISONED);
}

struct type infer_expression(struct compiler *c, struct scope *scope, const struct expression *expression,
                             struct type want, uint32_t relation, uint32_t depth, bool report) {
    struct expression *e = &((struct node *)expression)->expression;
    if (e->kind == EXPRESSION_VARIABLE) return e->type = infer_variable(c, scope, e, want, relation, depth, report);
    if (e->kind == EXPRESSION_CONSTANT) return infer_constant(c, (struct node *)e, want, relation, report);
    struct type is = e->type, both;
    switch (e->kind) {
    case EXPRESSION_NOW: break;
    case EXPRESSION_NEGATE:
        is = infer_expression(c, scope, e->left,
                              want.base == TYPE_INT || want.base == TYPE_DURATION ? want : type_plain(BASE_UNKNOWN),
                              NO_ID, depth, report);
        if (type_known(is) && is.base != TYPE_INT && is.base != TYPE_DURATION) {
            if (report) diagnostics_error(c->all, e->place, NULL, "%s has no negative", type_text(c, is));
            is = type_plain(BASE_POISONED);
        }
        break;
    case EXPRESSION_COUNT:
    case EXPRESSION_SUM:
    case EXPRESSION_MIN:
    case EXPRESSION_MAX: is = infer_aggregate(c, scope, e, report); break;
    case EXPRESSION_OFFICE_OF:
        infer_expression(c, scope, e->left, type_of(TYPE_PARTY, c->offices_list.at[e->id].of), NO_ID, depth, report);
        break;
    case EXPRESSION_ROLE: {
        struct type argument = c->relation_list.at[e->id].columns[0].type;
        infer_expression(c, scope, e->left, argument, e->id, depth, report);
        if (report && type_known(argument) && argument.base != TYPE_PARTY && argument.base != TYPE_ENTITY)
            diagnostics_error(
                c->all, e->place,
                "a role is a relation whose last column is a party or actor, after at most one entity or party",
                "`%.*s` is no role: its first column is %s", SPAN_ARG(c->relation_list.at[e->id].name),
                type_text(c, argument));
        break;
    }
    default: is = infer_arithmetic(c, scope, e, want, depth, report);
    }
    e->type = is;
    if (!type_meet(is, want, &both)) {
        if (report) report_type(c, e, is, want, relation);
        return type_plain(BASE_POISONED);
    }
    return is;
}

// ---- Conditions -----------------------------------------------------------------------------------------------------
static void infer_compare(struct compiler *c, struct scope *scope, struct condition *condition, uint32_t depth,
                          bool report) {
    static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">="};
    struct type none = type_plain(BASE_UNKNOWN), both;
    // Only `=` says that a variable is what the other side is. The one that knows more speaks first.
    bool equal = condition->compare == COMPARE_EQUAL;
    struct type left = infer_expression(c, scope, condition->left, none, NO_ID, equal ? depth : depth + 1, false);
    struct type right = infer_expression(c, scope, condition->right, none, NO_ID, equal ? depth : depth + 1, false);
    if (!equal && type_known(left) && type_known(right) && type_meet(left, right, &both)) {
        infer_expression(c, scope, condition->left, none, NO_ID, depth + 1, report);
        infer_expression(c, scope, condition->right, none, NO_ID, depth + 1, report);
    } else {
        bool left_first = left.base != BASE_UNKNOWN;
        const struct expression *first = left_first ? condition->left : condition->right,
                                *second = left_first ? condition->right : condition->left;
        struct type type = infer_expression(c, scope, first, left_first ? none : right, NO_ID, depth, report);
        struct type other = infer_expression(c, scope, second, type, NO_ID, depth, report);
        if (equal && type_known(other)) infer_expression(c, scope, first, other, NO_ID, depth, false);
    }
    left = condition->left->type;
    right = condition->right->type;
    if (!report || equal || condition->compare == COMPARE_DIFFERENT || !type_known(left) || !type_known(right)) return;
    if (left.base == TYPE_INT || left.base == TYPE_TIME) return;
    const char *hint = left.base == TYPE_DURATION
                           ? "months have no fixed length: compare times instead, as `now >= t + 1 month`"
                           : "compare with = or !=";
    diagnostics_error(c->all, condition->place, hint, "`%s` orders ints and times, and this is %s",
                      signs[condition->compare], type_text(c, left));
}

static void infer_atom(struct compiler *c, struct scope *scope, struct condition *condition, uint32_t depth,
                       bool report) {
    bool forgotten = c->relation_drafts.at[condition->relation].forgotten;
    for (uint32_t i = 0; i < condition->argument_count; i++) {
        struct type want = c->relation_list.at[condition->relation].columns[i].type;
        // Where nothing declares the relation, what is asked of it tells its types; nothing more is said of them.
        if (forgotten && report) want = type_plain(BASE_POISONED);
        struct type is = infer_expression(c, scope, condition->arguments[i], want, condition->relation,
                                          condition->negated ? depth + 1 : depth, report);
        if (forgotten && report) forgotten_seen(c, condition->relation, i, is);
    }
    struct type time = type_plain(TYPE_TIME);
    if (condition->moment) infer_expression(c, scope, condition->moment, time, NO_ID, depth, report);
    if (condition->since == NO_ID) return;
    struct expression since = {.kind = EXPRESSION_VARIABLE, .slot = condition->since, .place = condition->place};
    infer_variable(c, scope, &since, time, NO_ID, depth, report);
}

void infer_conditions(struct compiler *c, struct scope *scope, struct conditions conditions, uint32_t depth,
                      bool report) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        struct condition *condition = &conditions.at[i];
        switch (condition->kind) {
        case CONDITION_ATOM: infer_atom(c, scope, condition, depth, report); break;
        case CONDITION_NOT: infer_conditions(c, scope, condition->inner, depth + 1, report); break;
        case CONDITION_EVERY:
            infer_conditions(c, scope, condition->inner, depth + 1, report);
            infer_conditions(c, scope, condition->has, depth + 2, report);
            break;
        case CONDITION_COMPARE: infer_compare(c, scope, condition, depth, report); break;
        }
    }
}

static uint64_t types_hash(const struct scope *scope) {
    uint64_t hash = 0;
    for (uint32_t i = 0; i < scope->slots.count; i++)
        hash = hash_mix(hash, (uint64_t)scope->slots.at[i].type.base << 32 | scope->slots.at[i].type.of);
    return hash;
}

static void infer_silently(struct compiler *c, struct scope *scope, struct conditions conditions, uint32_t depth) {
    // Each round types at least one variable more, through one more comparison.
    for (uint32_t round = 0; round <= scope->slots.count; round++) {
        uint64_t before = types_hash(scope);
        infer_conditions(c, scope, conditions, depth, false);
        if (types_hash(scope) == before) break;
    }
}

void infer_settle(struct compiler *c, struct scope *scope, struct conditions conditions, uint32_t depth) {
    infer_silently(c, scope, conditions, depth);
    infer_conditions(c, scope, conditions, depth, true);
    infer_conditions(c, scope, conditions, depth, false);    // what was narrowed last reaches the expressions before it
}

// ---- Rules ----------------------------------------------------------------------------------------------------------
// One reading of a rule with the columns as they are so far; its head's types go into `heads`.
static void infer_rule(struct compiler *c, uint32_t id, struct type *heads) {
    struct rule *rule = &c->rule_list.at[id];
    struct scope *scope = &c->rule_drafts.at[id].scope;
    for (uint32_t i = 0; i < scope->slots.count; i++)
        if (!scope->slots.at[i].fixed)
            scope->slots.at[i].type = type_plain(scope->slots.at[i].poisoned ? BASE_POISONED : BASE_UNKNOWN);
    infer_silently(c, scope, rule->body, 0);
    for (uint32_t i = 0; i < c->relation_list.at[rule->relation].column_count; i++) {
        struct type type = infer_expression(c, scope, rule->head[i], type_plain(BASE_UNKNOWN), NO_ID, 0, false), joined;
        if (type_join(heads[i], type, &joined)) heads[i] = joined;
    }
}

static void infer_component(struct compiler *c, const uint32_t *relations, uint32_t count) {
    // Types only widen from round to round but for the first few, so few rounds settle it; the bound is for what never
    // would.
    bool changed = true;
    for (uint32_t round = 0; changed && round < 64; round++) {
        changed = false;
        for (uint32_t step = 0; step < count; step++) {
            // There and back again, so that a long chain is gone through in one go whichever way it runs.
            uint32_t k = round % 2 ? count - 1 - step : step;
            struct relation *relation = &c->relation_list.at[relations[k]];
            struct relation_draft *draft = &c->relation_drafts.at[relations[k]];
            if (!relation->derived) continue;
            struct type heads[COLUMNS_MAX];
            uint32_t columns = relation->column_count < COLUMNS_MAX ? relation->column_count : COLUMNS_MAX;
            if (relation->column_count > COLUMNS_MAX) continue;
            for (uint32_t i = 0; i < columns; i++)
                heads[i] = draft->system && relations[k] <= RELATION_CLOSES ? relation->columns[i].type
                                                                            : type_plain(BASE_UNKNOWN);
            for (uint32_t i = 0; i < draft->rules.count; i++) infer_rule(c, draft->rules.at[i], heads);
            for (uint32_t i = 0; i < columns; i++) {
                if (relations[k] <= RELATION_CLOSES || type_same(relation->columns[i].type, heads[i])) continue;
                relation->columns[i].type = heads[i];
                changed = true;
            }
        }
    }
}

static void report_rule(struct compiler *c, uint32_t id) {
    struct rule *rule = &c->rule_list.at[id];
    struct scope *scope = &c->rule_drafts.at[id].scope;
    infer_conditions(c, scope, rule->body, 0, true);
    for (uint32_t i = 0; i < c->relation_list.at[rule->relation].column_count; i++) {
        struct relation *relation = &c->relation_list.at[rule->relation];
        struct column *column = &relation->columns[i];
        bool variable = rule->head[i]->kind == EXPRESSION_VARIABLE;
        struct type want = variable ? type_plain(BASE_UNKNOWN) : column->type, joined;
        struct type type = infer_expression(c, scope, rule->head[i], want, rule->relation, 1, true);
        bool joins = type_join(column->type, type, &joined);
        if (!joins && rule->relation == RELATION_SEAT)
            diagnostics_error(c->all, rule->head[i]->place, NULL,
                              "a seat is held by a party or another actor; here it is %s", type_text(c, type));
        else if (!joins)
            diagnostics_error(c->all, rule->head[i]->place, NULL, "column %u of `%.*s` is %s here, %s in a rule before",
                              i + 1, SPAN_ARG(relation->name), type_text(c, type), type_text(c, column->type));
        bool poisoned = c->rule_drafts.at[id].body_poisoned || type.base == BASE_POISONED ||
                        (variable && scope->slots.at[rule->head[i]->slot].poisoned);
        if (column->type.base == BASE_UNKNOWN) {
            // Whether that is the error, or only follows from a variable that nothing binds, finish_rules finds out.
            // Where a relation is missing it may follow from that, which is reported.
            if (!poisoned && !c->forgotten.count) VEC_PUSH(&c->unknown_columns, (struct unknown_column){id, i});
            column->type = type_plain(BASE_POISONED);
        }
    }
    infer_conditions(c, scope, rule->body, 0, false);
}

void infer_rules(struct compiler *c) {
    // find_components numbered the relations so that what one needs has a lower number, or its own.
    uint32_t count = c->relation_list.count, *order = ARENA_ARRAY(&c->scratch, uint32_t, count),
             *starts = ARENA_ARRAY(&c->scratch, uint32_t, count + 2);
    for (uint32_t i = 0; i < count; i++) starts[c->relation_drafts.at[i].component + 2]++;
    for (uint32_t i = 2; i < count + 2; i++) starts[i] += starts[i - 1];
    for (uint32_t i = 0; i < count; i++) order[starts[c->relation_drafts.at[i].component + 1]++] = i;
    for (uint32_t from = 0; from < count;) {
        uint32_t to = from;
        while (to < count && c->relation_drafts.at[order[to]].component == c->relation_drafts.at[order[from]].component)
            to++;
        infer_component(c, order + from, to - from);
        for (uint32_t k = from; k < to; k++)
            for (uint32_t i = 0; i < c->relation_drafts.at[order[k]].rules.count; i++)
                report_rule(c, c->relation_drafts.at[order[k]].rules.at[i]);
        from = to;
    }
}
