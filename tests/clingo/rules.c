// SPDX-License-Identifier: Apache-2.0
// Rules. A body is written from left to right, as the treaty's conditions stand. Negation, `every` and aggregates
// become #count, #sum, #min, #max over elements; what cannot stand inside an element becomes a helping rule.
#include "export_internal.h"

struct ids {
    uint32_t *at, count, capacity;
};
struct binder {    // a literal that makes variables known once others are
    struct span literal;
    struct ids binds, needs;
    bool recursive;
};
struct writer {
    const struct program *program;
    struct arena *arena;
    const struct rule *rule;
    uint32_t number;               // of the rule
    struct text *out;              // helping rules, as they are complete
    VEC(struct span) variables;    // names
    uint32_t *slots;               // the variable that a slot is, or NO_ID while nothing binds it
    VEC(struct binder) binders;
    uint32_t helpers;
    struct span why;    // why the rule cannot be written
};
struct body {
    struct text text;
    bool element;    // of an aggregate: no aggregate may stand in it
};

static void give_up(struct writer *w, const char *why) {
    if (!w->why.length) w->why = span_of(why);
}

static void add_literal(struct body *body, struct span literal) {
    if (body->text.length) text_add(&body->text, SPAN(", "));
    text_add(&body->text, literal);
}

static void ids_add(struct ids *ids, uint32_t id) {
    for (uint32_t i = 0; i < ids->count; i++)
        if (ids->at[i] == id) return;
    VEC_PUSH(ids, id);
}

static struct span keep(struct writer *w, struct text *text) {
    struct span kept = span_copy(w->arena, text_span(text));
    text_release(text);
    return kept;
}

// ---- Variables -----------------------------------------------------------------------------------------------------
static uint32_t new_variable(struct writer *w, struct span word) {
    struct text name = {0};
    text_print(&name, "V%u", w->variables.count);
    if (word.length) {
        text_byte(&name, '_');
        term_word(word, &name);
    }
    VEC_PUSH(&w->variables, keep(w, &name));
    return w->variables.count - 1;
}

static uint32_t slot_variable(struct writer *w, uint32_t slot) {
    if (w->slots[slot] == NO_ID) w->slots[slot] = new_variable(w, w->rule->frame.names[slot]);
    return w->slots[slot];
}

static bool is_free(const struct writer *w, const struct expression *e) {
    return e->kind == EXPRESSION_VARIABLE && w->slots[e->slot] == NO_ID;
}

static void add_binder(struct writer *w, struct span literal, struct ids binds, struct ids needs, bool recursive) {
    VEC_PUSH(&w->binders, (struct binder){literal, binds, needs, recursive});
}

// What is bound in a group is forgotten behind it.
struct group {
    uint32_t *slots, variables, binders;
    struct ids uses;
};

static struct group group_begin(struct writer *w) {
    struct group group = {.variables = w->variables.count, .binders = w->binders.count};
    group.slots = ARENA_ARRAY(w->arena, uint32_t, w->rule->frame.slot_count + 1);
    for (uint32_t i = 0; i < w->rule->frame.slot_count; i++) group.slots[i] = w->slots[i];
    return group;
}

// What the group used of outside is used by what it stands in.
static void group_end(struct writer *w, struct group *group, struct ids *uses) {
    for (uint32_t i = 0; i < w->rule->frame.slot_count; i++) w->slots[i] = group->slots[i];
    while (w->binders.count > group->binders) {
        struct binder *last = &w->binders.at[--w->binders.count];
        VEC_RELEASE(&last->binds);
        VEC_RELEASE(&last->needs);
    }
    for (uint32_t i = 0; i < group->uses.count; i++)
        if (group->uses.at[i] < group->variables) ids_add(uses, group->uses.at[i]);
    VEC_RELEASE(&group->uses);
}

// ---- Helping rules -------------------------------------------------------------------------------------------------
static bool covered(const struct ids *ids, uint32_t id) {
    for (uint32_t i = 0; i < ids->count; i++)
        if (ids->at[i] == id) return true;
    return false;
}

// Adds literals that make the variables known, from the latest back, since a literal's needs are met by earlier ones.
static void add_grounds(struct writer *w, const struct ids *wanted, struct body *body) {
    struct ids open = {0};
    for (uint32_t i = 0; i < wanted->count; i++) ids_add(&open, wanted->at[i]);
    VEC(struct span) chosen = {0};
    for (uint32_t i = w->binders.count; i-- > 0;) {
        const struct binder *binder = &w->binders.at[i];
        bool serves = false;
        for (uint32_t k = 0; k < binder->binds.count; k++) serves = serves || covered(&open, binder->binds.at[k]);
        // A helping rule under a negation that rested on the rule's own relation would deny itself.
        if (!serves || binder->recursive) continue;
        VEC_PUSH(&chosen, binder->literal);
        uint32_t left = 0;
        for (uint32_t k = 0; k < open.count; k++)
            if (!covered(&binder->binds, open.at[k])) open.at[left++] = open.at[k];
        open.count = left;
        for (uint32_t k = 0; k < binder->needs.count; k++) ids_add(&open, binder->needs.at[k]);
    }
    if (open.count) give_up(w, "what is negated, counted or asked of another moment is bound by recursion alone");
    for (uint32_t i = chosen.count; i-- > 0;) add_literal(body, chosen.at[i]);
    VEC_RELEASE(&chosen);
    VEC_RELEASE(&open);
}

// Writes `h(Q,Now,uses...) :- grounds, body.` and returns its head. The body is given back.
static struct span write_helper(struct writer *w, struct body *body, const struct ids *uses, struct span more) {
    struct text head = {0};
    text_print(&head, "h%u_%u(Q,Now", w->number, w->helpers++);
    for (uint32_t i = 0; i < uses->count; i++) text_print(&head, ",%.*s", SPAN_ARG(w->variables.at[uses->at[i]]));
    if (more.length) text_print(&head, ",%.*s", SPAN_ARG(more));
    text_byte(&head, ')');
    struct span kept = keep(w, &head);
    struct body whole = {0};
    add_literal(&whole, SPAN("world(Q,Now)"));
    add_grounds(w, uses, &whole);
    if (body->text.length) add_literal(&whole, text_span(&body->text));
    text_print(w->out, "%.*s :- %.*s.\n", SPAN_ARG(kept), SPAN_ARG(text_span(&whole.text)));
    text_release(&whole.text);
    text_release(&body->text);
    return kept;
}

// ---- Expressions ---------------------------------------------------------------------------------------------------
static void write_conditions(struct writer *w, struct body *body, struct conditions conditions, struct ids *uses);
static struct span write_expression(struct writer *w, struct body *body, const struct expression *e, struct ids *uses);

// The parts of an element: the value that is gathered, and every variable of its own, by which bindings differ.
static struct span element_tuple(struct writer *w, const struct expression *e, struct span head) {
    struct text tuple = {0};
    text_add(&tuple, head);
    if (e->kind == EXPRESSION_SUM)
        for (uint32_t i = 0; i < e->slot_count; i++)
            if (w->slots[e->slots[i]] != NO_ID)
                text_print(&tuple, ",%.*s", SPAN_ARG(w->variables.at[w->slots[e->slots[i]]]));
    return keep(w, &tuple);
}

// Sums of durations are sums of months, days and seconds. Of integers also a sum of 65536ths is made, by which
// arithmetic.lp knows when 32 bits were too few.
static void write_sum(struct writer *w, const struct expression *e, struct span result, struct span head,
                      struct body *element, struct body *body) {
    bool duration = e->left->type.base == TYPE_DURATION;
    const char *const parts[] = {duration ? "M" : "S", duration ? "D" : "S/65536", "S"};
    if (duration) add_literal(element, span_print(w->arena, "d(M,D,S) = %.*s", SPAN_ARG(head)));
    else add_literal(element, span_print(w->arena, "S = %.*s", SPAN_ARG(head)));
    for (uint32_t i = 0; i < (duration ? 3 : 2); i++) {
        struct span tuple = element_tuple(w, e, span_of(parts[i]));
        add_literal(body, span_print(w->arena, "%.*s_%u = #sum{ %.*s : %.*s }", SPAN_ARG(result), i, SPAN_ARG(tuple),
                                     SPAN_ARG(text_span(&element->text))));
    }
    add_literal(body, duration ? span_print(w->arena, "%.*s = @duration(Q,%.*s_0,%.*s_1,%.*s_2)", SPAN_ARG(result),
                                            SPAN_ARG(result), SPAN_ARG(result), SPAN_ARG(result))
                               : span_print(w->arena, "%.*s = @sum(Q,%.*s_0,%.*s_1)", SPAN_ARG(result),
                                            SPAN_ARG(result), SPAN_ARG(result)));
}

static void write_gathering(struct writer *w, struct body *body, const struct expression *e, struct span result,
                            struct ids *uses) {
    struct group group = group_begin(w);
    struct body element = {.element = true};
    write_conditions(w, &element, e->conditions, &group.uses);
    struct span head = write_expression(w, &element, e->left, &group.uses);
    if (e->kind == EXPRESSION_SUM) {
        write_sum(w, e, result, head, &element, body);
    } else {
        const char *what = e->kind == EXPRESSION_COUNT ? "count" : e->kind == EXPRESSION_MIN ? "min" : "max";
        add_literal(body, span_print(w->arena, "%.*s = #%s{ %.*s : %.*s }", SPAN_ARG(result), what, SPAN_ARG(head),
                                     SPAN_ARG(text_span(&element.text))));
        if (e->kind != EXPRESSION_COUNT)
            add_literal(body, span_print(w->arena, "%.*s != %s", SPAN_ARG(result),
                                         e->kind == EXPRESSION_MIN ? "#sup" : "#inf"));
    }
    text_release(&element.text);
    group_end(w, &group, uses);
}

static struct span write_aggregate(struct writer *w, struct body *body, const struct expression *e, struct ids *uses) {
    uint32_t variable = new_variable(w, (struct span){0});
    struct span result = w->variables.at[variable];
    struct ids inner = {0}, binds = {0};
    struct body whole = {0};
    write_gathering(w, &whole, e, result, &inner);
    struct span literal;
    if (body->element) {
        literal = write_helper(w, &whole, &inner, result);
    } else {
        literal = keep(w, &whole.text);
    }
    add_literal(body, literal);
    VEC_PUSH(&binds, variable);
    for (uint32_t i = 0; i < inner.count; i++) ids_add(uses, inner.at[i]);
    ids_add(uses, variable);
    add_binder(w, literal, binds, inner, false);
    return result;
}

static struct span write_call(struct writer *w, struct body *body, const char *name, const struct expression *e,
                              struct ids *uses) {
    struct span left = write_expression(w, body, e->left, uses);
    if (!e->right) return span_print(w->arena, "@%s(Q,%.*s)", name, SPAN_ARG(left));
    struct span right = write_expression(w, body, e->right, uses);
    return span_print(w->arena, "@%s(Q,%.*s,%.*s)", name, SPAN_ARG(left), SPAN_ARG(right));
}

static struct span write_actor(struct writer *w, struct body *body, const struct expression *e, struct ids *uses) {
    bool office = e->kind == EXPRESSION_OFFICE_OF;
    struct span left = e->left ? write_expression(w, body, e->left, uses) : SPAN("0");
    struct span name = office ? w->program->offices[e->id].name : w->program->relations[e->id].name;
    return span_print(w->arena, "a(%d,%u,%.*s,\"%.*s\")", office ? 1 : 3, e->id, SPAN_ARG(left), SPAN_ARG(name));
}

static struct span write_constant(struct writer *w, const struct expression *e) {
    struct text text = {0};
    if (!term_fits(e->type, e->constant)) {
        text_print(&text, "the integer %lld needs more than 32 bits", (long long)e->constant);
        give_up(w, keep(w, &text).at);
        return SPAN("0");
    }
    term_print(w->program, &w->program->texts, e->type, e->constant, &text);
    return keep(w, &text);
}

static struct span write_expression(struct writer *w, struct body *body, const struct expression *e, struct ids *uses) {
    switch (e->kind) {
    case EXPRESSION_CONSTANT: return write_constant(w, e);
    case EXPRESSION_VARIABLE:
        if (w->slots[e->slot] == NO_ID) give_up(w, "a variable is used before it is bound");
        ids_add(uses, slot_variable(w, e->slot));
        return w->variables.at[w->slots[e->slot]];
    case EXPRESSION_NOW: return SPAN("Now");
    case EXPRESSION_ADD: return write_call(w, body, "plus", e, uses);
    case EXPRESSION_SUBTRACT: return write_call(w, body, "minus", e, uses);
    case EXPRESSION_MULTIPLY: return write_call(w, body, "times", e, uses);
    case EXPRESSION_DIVIDE: return write_call(w, body, "over", e, uses);
    case EXPRESSION_MODULO: return write_call(w, body, "modulo", e, uses);
    case EXPRESSION_NEGATE: return write_call(w, body, "negative", e, uses);
    case EXPRESSION_COUNT:
    case EXPRESSION_SUM:
    case EXPRESSION_MIN:
    case EXPRESSION_MAX: return write_aggregate(w, body, e, uses);
    case EXPRESSION_OFFICE_OF:
    case EXPRESSION_ROLE: return write_actor(w, body, e, uses);
    }
    return (struct span){0};
}

// ---- Atoms ---------------------------------------------------------------------------------------------------------
static bool same_component(const struct writer *w, uint32_t relation) {
    const struct relation *other = &w->program->relations[relation], *own = &w->program->relations[w->rule->relation];
    return other->derived && other->recursive && own->recursive && other->stratum == own->stratum;
}

// An atom without its negation. `binding`: it binds what is free in it; else what is free stands for anything.
static struct span write_atom(struct writer *w, struct body *body, const struct condition *c, bool binding,
                              struct ids *binds, struct ids *uses) {
    struct text text = {0};
    struct span moment = c->moment ? write_expression(w, body, c->moment, uses) : SPAN("Now");
    term_relation(w->program, c->relation, &text);
    text_print(&text, "(Q,%.*s", SPAN_ARG(moment));
    for (uint32_t i = 0; i < c->argument_count; i++) {
        const struct expression *argument = c->arguments[i];
        text_byte(&text, ',');
        if (!argument || (is_free(w, argument) && !binding)) {
            text_byte(&text, '_');
        } else if (argument->kind == EXPRESSION_VARIABLE) {
            uint32_t variable = slot_variable(w, argument->slot);
            ids_add(binding ? binds : uses, variable);
            text_add(&text, w->variables.at[variable]);
        } else {
            text_add(&text, write_expression(w, body, argument, uses));
        }
    }
    if (!w->program->relations[c->relation].derived) {
        bool since = c->since != NO_ID && (binding || w->slots[c->since] != NO_ID);
        uint32_t variable = since ? slot_variable(w, c->since) : NO_ID;
        if (since) ids_add(binding ? binds : uses, variable);
        text_print(&text, ",%.*s", SPAN_ARG(since ? w->variables.at[variable] : SPAN("_")));
    }
    text_byte(&text, ')');
    if (c->moment) {
        // The other moment is one that relations are asked at.
        struct body demand = {0};
        struct ids of_moment = {0};
        add_literal(&demand, SPAN("world(Q,Now)"));
        (void)write_expression(w, &demand, c->moment, &of_moment);
        add_grounds(w, &of_moment, &demand);
        text_print(w->out, "world(Q,%.*s) :- %.*s.\n", SPAN_ARG(moment), SPAN_ARG(text_span(&demand.text)));
        text_release(&demand.text);
        VEC_RELEASE(&of_moment);
    }
    return keep(w, &text);
}

static void write_positive(struct writer *w, struct body *body, const struct condition *c, struct ids *uses) {
    struct ids binds = {0}, needs = {0};
    struct span literal = write_atom(w, body, c, true, &binds, &needs);
    add_literal(body, literal);
    for (uint32_t i = 0; i < binds.count; i++) ids_add(uses, binds.at[i]);
    for (uint32_t i = 0; i < needs.count; i++) ids_add(uses, needs.at[i]);
    add_binder(w, literal, binds, needs, same_component(w, c->relation));
}

// Whether what is free in an atom stands in it once, so that it stands for anything.
static bool free_ones_differ(const struct writer *w, const struct condition *c) {
    for (uint32_t i = 0; i < c->argument_count; i++)
        for (uint32_t k = 0; k < c->argument_count; k++) {
            const struct expression *a = c->arguments[i], *b = c->arguments[k];
            if (i != k && a && b && is_free(w, a) && b->kind == EXPRESSION_VARIABLE && a->slot == b->slot) return false;
        }
    return true;
}

// ---- Groups --------------------------------------------------------------------------------------------------------
// What of `every` an element must not find: that `has` does not hold.
static void write_failing(struct writer *w, struct body *element, struct conditions has, struct ids *uses) {
    static const char *const opposite[] = {"!=", "=", ">=", ">", "<=", "<"};
    const struct condition *only = has.count == 1 ? &has.at[0] : NULL;
    struct ids unused = {0};
    if (only && only->kind == CONDITION_ATOM && free_ones_differ(w, only)) {
        struct span atom = write_atom(w, element, only, false, &unused, uses);
        add_literal(element, span_print(w->arena, "%s%.*s", only->negated ? "" : "not ", SPAN_ARG(atom)));
        return;
    }
    if (only && only->kind == CONDITION_COMPARE && !is_free(w, only->left) && !is_free(w, only->right)) {
        struct span left = write_expression(w, element, only->left, uses);
        struct span right = write_expression(w, element, only->right, uses);
        add_literal(element,
                    span_print(w->arena, "%.*s %s %.*s", SPAN_ARG(left), opposite[only->compare], SPAN_ARG(right)));
        return;
    }
    struct group group = group_begin(w);
    struct body body = {0};
    struct ids inner = {0};
    write_conditions(w, &body, has, &group.uses);
    group_end(w, &group, &inner);
    struct span head = write_helper(w, &body, &inner, (struct span){0});
    add_literal(element, span_print(w->arena, "not %.*s", SPAN_ARG(head)));
    for (uint32_t i = 0; i < inner.count; i++) ids_add(uses, inner.at[i]);
    VEC_RELEASE(&inner);
}

// No binding meets the conditions, or none of those for which `has` fails.
static void write_none(struct writer *w, struct body *body, struct conditions conditions, struct conditions has,
                       struct ids *uses) {
    struct group group = group_begin(w);
    struct body element = {.element = true}, whole = {0};
    struct ids inner = {0};
    write_conditions(w, &element, conditions, &group.uses);
    if (has.count) write_failing(w, &element, has, &group.uses);
    add_literal(&whole, span_print(w->arena, "#count{ 0 : %.*s } = 0", SPAN_ARG(text_span(&element.text))));
    text_release(&element.text);
    group_end(w, &group, &inner);
    if (body->element) {
        add_literal(body, write_helper(w, &whole, &inner, (struct span){0}));
    } else {
        add_literal(body, text_span(&whole.text));
        text_release(&whole.text);
    }
    for (uint32_t i = 0; i < inner.count; i++) ids_add(uses, inner.at[i]);
    VEC_RELEASE(&inner);
}

static void write_negated(struct writer *w, struct body *body, const struct condition *c, struct ids *uses) {
    struct ids unused = {0};
    if (free_ones_differ(w, c)) {
        struct span atom = write_atom(w, body, c, false, &unused, uses);
        add_literal(body, span_print(w->arena, "not %.*s", SPAN_ARG(atom)));
        return;
    }
    struct condition *positive = ARENA_NEW(w->arena, struct condition);
    *positive = *c;
    positive->negated = false;
    write_none(w, body, (struct conditions){positive, 1}, (struct conditions){0}, uses);
}

static void write_comparison(struct writer *w, struct body *body, const struct condition *c, struct ids *uses) {
    static const char *const words[] = {"=", "!=", "<", "<=", ">", ">="};
    const struct expression *left = c->left, *right = c->right;
    bool binds = c->compare == COMPARE_EQUAL && (is_free(w, left) || is_free(w, right));
    if (binds && !is_free(w, left)) left = c->right, right = c->left;
    struct ids needs = {0}, bound = {0};
    struct span of_right = write_expression(w, body, right, &needs);
    if (binds) VEC_PUSH(&bound, slot_variable(w, left->slot));
    struct span of_left = binds ? w->variables.at[bound.at[0]] : write_expression(w, body, left, &needs);
    struct span literal =
        span_print(w->arena, "%.*s %s %.*s", SPAN_ARG(of_left), words[c->compare], SPAN_ARG(of_right));
    add_literal(body, literal);
    for (uint32_t i = 0; i < needs.count; i++) ids_add(uses, needs.at[i]);
    if (binds) {
        ids_add(uses, bound.at[0]);
        add_binder(w, literal, bound, needs, false);
    } else {
        VEC_RELEASE(&needs);
    }
}

static void write_conditions(struct writer *w, struct body *body, struct conditions conditions, struct ids *uses) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *c = &conditions.at[i];
        switch (c->kind) {
        case CONDITION_ATOM:
            if (c->negated) write_negated(w, body, c, uses);
            else write_positive(w, body, c, uses);
            break;
        case CONDITION_NOT: write_none(w, body, c->inner, (struct conditions){0}, uses); break;
        case CONDITION_EVERY: write_none(w, body, c->inner, c->has, uses); break;
        case CONDITION_COMPARE: write_comparison(w, body, c, uses); break;
        }
    }
}

// ---- A rule --------------------------------------------------------------------------------------------------------
static void write_rule(struct writer *w) {
    struct body body = {0};
    struct text head = {0};
    struct group group = group_begin(w);
    struct ids none = {0};
    add_literal(&body, SPAN("world(Q,Now)"));
    write_conditions(w, &body, w->rule->body, &group.uses);
    term_relation(w->program, w->rule->relation, &head);
    text_add(&head, SPAN("(Q,Now"));
    for (uint32_t i = 0; i < w->program->relations[w->rule->relation].column_count; i++) {
        struct span value = write_expression(w, &body, w->rule->head[i], &group.uses);
        text_print(&head, ",%.*s", SPAN_ARG(value));
    }
    text_print(w->out, "%.*s) :- %.*s.\n", SPAN_ARG(text_span(&head)), SPAN_ARG(text_span(&body.text)));
    group_end(w, &group, &none);
    text_release(&head);
    text_release(&body.text);
    VEC_RELEASE(&none);
}

struct span rule_print(const struct program *program, struct arena *arena, uint32_t rule, struct text *out) {
    struct text text = {0};
    struct writer w = {.program = program, .arena = arena, .rule = &program->rules[rule], .number = rule, .out = &text};
    w.slots = ARENA_ARRAY(arena, uint32_t, w.rule->frame.slot_count + 1);
    for (uint32_t i = 0; i < w.rule->frame.slot_count; i++) w.slots[i] = NO_ID;
    write_rule(&w);
    if (!w.why.length) text_add(out, text_span(&text));
    text_release(&text);
    VEC_RELEASE(&w.variables);
    VEC_RELEASE(&w.binders);
    return w.why;
}
