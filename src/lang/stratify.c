// SPDX-License-Identifier: Apache-2.0
// What depends on what: components, strata, and consequences that would set each other off.
#include "lang/resolve_internal.h"

// ---- Edges ----------------------------------------------------------------------------------------------------------
static void expression_edges(struct compiler *c, uint32_t from, const struct expression *e, edge_kind outer);

static void condition_edges(struct compiler *c, uint32_t from, struct conditions conditions, edge_kind outer) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        if (condition->kind == CONDITION_ATOM) {
            edge_kind kind = outer;
            if (kind == EDGE_PLAIN && condition->negated) kind = EDGE_NEGATED;
            if (kind == EDGE_PLAIN && condition->moment && c->relation_list.at[condition->relation].derived)
                kind = EDGE_MOMENT;
            VEC_PUSH(&c->edges, (struct edge){from, condition->relation, kind, condition->place});
        }
        for (uint32_t k = 0; k < condition->argument_count; k++)
            expression_edges(c, from, condition->arguments[k], outer);
        expression_edges(c, from, condition->moment, outer);
        expression_edges(c, from, condition->left, outer);
        expression_edges(c, from, condition->right, outer);
        condition_edges(c, from, condition->inner, outer == EDGE_PLAIN ? EDGE_NEGATED : outer);
        condition_edges(c, from, condition->has, outer == EDGE_PLAIN ? EDGE_NEGATED : outer);
    }
}

static void expression_edges(struct compiler *c, uint32_t from, const struct expression *e, edge_kind outer) {
    if (!e) return;
    expression_edges(c, from, e->left, outer);
    expression_edges(c, from, e->right, outer);
    condition_edges(c, from, e->conditions, outer == EDGE_PLAIN ? EDGE_COUNTED : outer);
}

// ---- Components: Tarjan's, with a stack of its own, since a chain of rules may be long ------------------------------
struct visit {
    uint32_t relation, next;
};
struct walk {
    uint32_t *first, *edges;    // edges of relation r: edges[first[r]] .. edges[first[r + 1] - 1]
    uint32_t *number, *low, *stack, stacked, numbered, components;
    bool *on_stack;
};

static void walk_index(struct compiler *c, struct walk *walk) {
    uint32_t count = c->relation_list.count;
    walk->first = ARENA_ARRAY(&c->scratch, uint32_t, count + 2);
    walk->edges = ARENA_ARRAY(&c->scratch, uint32_t, c->edges.count);
    for (uint32_t i = 0; i < c->edges.count; i++) walk->first[c->edges.at[i].from + 2]++;
    for (uint32_t i = 2; i < count + 2; i++) walk->first[i] += walk->first[i - 1];
    for (uint32_t i = 0; i < c->edges.count; i++) walk->edges[walk->first[c->edges.at[i].from + 1]++] = i;
}

static void walk_close(struct compiler *c, struct walk *walk, uint32_t root) {
    uint32_t relation;
    do {
        relation = walk->stack[--walk->stacked];
        walk->on_stack[relation] = false;
        c->relation_drafts.at[relation].component = walk->components;
    } while (relation != root);
    walk->components++;
}

static void walk_from(struct compiler *c, struct walk *walk, uint32_t root) {
    VEC(struct visit) path = {0};
    VEC_PUSH(&path, (struct visit){root, walk->first[root]});
    walk->number[root] = walk->low[root] = ++walk->numbered;
    walk->stack[walk->stacked++] = root;
    walk->on_stack[root] = true;
    while (path.count) {
        struct visit *at = &path.at[path.count - 1];
        uint32_t relation = at->relation;
        if (at->next < walk->first[relation + 1]) {
            uint32_t to = c->edges.at[walk->edges[at->next++]].to;
            if (!walk->number[to]) {
                walk->number[to] = walk->low[to] = ++walk->numbered;
                walk->stack[walk->stacked++] = to;
                walk->on_stack[to] = true;
                VEC_PUSH(&path, (struct visit){to, walk->first[to]});
            } else if (walk->on_stack[to] && walk->number[to] < walk->low[relation])
                walk->low[relation] = walk->number[to];
            continue;
        }
        if (walk->low[relation] == walk->number[relation]) walk_close(c, walk, relation);
        path.count--;
        if (path.count && walk->low[relation] < walk->low[path.at[path.count - 1].relation])
            walk->low[path.at[path.count - 1].relation] = walk->low[relation];
    }
    VEC_RELEASE(&path);
}

void find_components(struct compiler *c) {
    for (uint32_t i = 0; i < c->rule_list.count; i++) {
        const struct rule *rule = &c->rule_list.at[i];
        condition_edges(c, rule->relation, rule->body, EDGE_PLAIN);
        for (uint32_t k = 0; k < c->relation_list.at[rule->relation].column_count; k++)
            expression_edges(c, rule->relation, rule->head[k], EDGE_PLAIN);
    }
    struct walk walk = {0};
    uint32_t count = c->relation_list.count;
    walk_index(c, &walk);
    walk.number = ARENA_ARRAY(&c->scratch, uint32_t, count);
    walk.low = ARENA_ARRAY(&c->scratch, uint32_t, count);
    walk.stack = ARENA_ARRAY(&c->scratch, uint32_t, count);
    walk.on_stack = ARENA_ARRAY(&c->scratch, bool, count);
    for (uint32_t i = 0; i < count; i++)
        if (!walk.number[i]) walk_from(c, &walk, i);
}

// ---- Strata ---------------------------------------------------------------------------------------------------------
static bool same_component(struct compiler *c, const struct edge *edge) {
    return c->relation_drafts.at[edge->from].component == c->relation_drafts.at[edge->to].component;
}

// So many steps of a long way are told, and its last.
#define WAY_TOLD 8

// ` -> a -> b ...` through the names of a way, which lies with its end first.
static void tell_way(struct compiler *c, const uint32_t *way, uint32_t count, struct text *text) {
    for (uint32_t told = 0; told < count; told++) {
        if (told == WAY_TOLD && count > WAY_TOLD + 2) {
            text_print(text, " -> (%u more)", count - told - 1);
            told = count - 1;
        }
        text_print(text, " -> %.*s", SPAN_ARG(c->relation_list.at[way[count - 1 - told]].name));
    }
}

// Breadth first through one component: `came` says from where each relation was reached.
static void find_way(struct compiler *c, const struct walk *walk, const struct edge *strict, uint32_t *came) {
    uint32_t count = c->relation_list.count, head = 0, tail = 0, *queue = ARENA_ARRAY(&c->scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) came[i] = NO_ID;
    queue[tail++] = strict->to;
    while (head < tail && strict->to != strict->from && came[strict->from] == NO_ID) {
        uint32_t relation = queue[head++];
        for (uint32_t i = walk->first[relation]; i < walk->first[relation + 1]; i++) {
            const struct edge *edge = &c->edges.at[walk->edges[i]];
            if (!same_component(c, edge) || came[edge->to] != NO_ID || edge->to == strict->to) continue;
            came[edge->to] = relation;
            queue[tail++] = edge->to;
        }
    }
}

// The shortest way back from a strict edge's end to its beginning, in words.
static void report_cycle(struct compiler *c, const struct walk *walk, const struct edge *strict) {
    uint32_t *came = ARENA_ARRAY(&c->scratch, uint32_t, c->relation_list.count);
    find_way(c, walk, strict, came);
    VEC(uint32_t) way = {0};
    for (uint32_t at = strict->from; at != strict->to && at != NO_ID; at = came[at]) VEC_PUSH(&way, at);
    struct text text = {0};
    static const char *const words[] = {"", "not ", "count of ", "another moment's "};
    text_print(&text, "%.*s -> %s%.*s", SPAN_ARG(c->relation_list.at[strict->from].name), words[strict->kind],
               SPAN_ARG(c->relation_list.at[strict->to].name));
    tell_way(c, way.at, way.count, &text);
    diagnostics_error(
        c->all, strict->place,
        "what is negated, counted or asked of another moment is settled first, without what depends on it",
        "`%.*s` depends on what depends on it: %.*s", SPAN_ARG(c->relation_list.at[strict->from].name),
        SPAN_ARG(text_span(&text)));
    VEC_RELEASE(&way);
    text_release(&text);
}

void stratify(struct compiler *c) {
    uint32_t count = c->relation_list.count, *order = ARENA_ARRAY(&c->scratch, uint32_t, c->edges.count),
             *starts = ARENA_ARRAY(&c->scratch, uint32_t, count + 2);
    bool *reported = ARENA_ARRAY(&c->scratch, bool, count + 1),
         *component_recursive = ARENA_ARRAY(&c->scratch, bool, count + 1);
    uint32_t *stratum = ARENA_ARRAY(&c->scratch, uint32_t, count + 1);
    struct walk walk = {0};
    walk_index(c, &walk);
    // Edges in order of the component they leave: what is needed is settled first.
    for (uint32_t i = 0; i < c->edges.count; i++) starts[c->relation_drafts.at[c->edges.at[i].from].component + 2]++;
    for (uint32_t i = 2; i < count + 2; i++) starts[i] += starts[i - 1];
    for (uint32_t i = 0; i < c->edges.count; i++)
        order[starts[c->relation_drafts.at[c->edges.at[i].from].component + 1]++] = i;
    for (uint32_t i = 0; i < c->edges.count; i++) {
        const struct edge *edge = &c->edges.at[order[i]];
        uint32_t from = c->relation_drafts.at[edge->from].component, to = c->relation_drafts.at[edge->to].component;
        if (from == to) {
            component_recursive[from] = true;
            if (edge->kind == EDGE_PLAIN || reported[from]) continue;
            reported[from] = true;
            if (c->all->errors < DIAGNOSTICS_MAX) report_cycle(c, &walk, edge);
            else c->all->errors++;
            continue;
        }
        bool derived = c->relation_list.at[edge->to].derived;
        uint32_t least = derived ? stratum[to] + (edge->kind == EDGE_PLAIN ? 0 : 1) : 0;
        if (least > stratum[from]) stratum[from] = least;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct relation *relation = &c->relation_list.at[i];
        if (!relation->derived) continue;
        relation->stratum = stratum[c->relation_drafts.at[i].component];
        relation->recursive = component_recursive[c->relation_drafts.at[i].component];
    }
}

// ---- Consequences that set each other off ---------------------------------------------------------------------------
static bool is_delay(const struct expression *e) {
    if (e->kind != EXPRESSION_ADD) return false;
    const struct expression *sides[] = {e->left, e->right};
    for (uint32_t i = 0; i < 2; i++) {
        if (sides[i]->kind != EXPRESSION_CONSTANT || sides[i]->type.base != TYPE_DURATION) continue;
        value duration = sides[i]->constant;
        if (duration_months(duration) > 0 || (duration_months(duration) == 0 && duration_seconds(duration) >= 3600))
            return true;
    }
    return is_delay(e->left) || is_delay(e->right);
}

// now >= t + D with D of an hour or more
static bool is_delayed(struct conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        if (condition->kind != CONDITION_COMPARE) continue;
        bool after = condition->compare == COMPARE_GREATER || condition->compare == COMPARE_GREATER_EQUAL;
        bool before = condition->compare == COMPARE_LESS || condition->compare == COMPARE_LESS_EQUAL;
        if (after && condition->left->kind == EXPRESSION_NOW && is_delay(condition->right)) return true;
        if (before && condition->right->kind == EXPRESSION_NOW && is_delay(condition->left)) return true;
    }
    return false;
}

// Sets as rows of bits: what the positive conditions of rules and of consequences rest on, and which consequence sets
// off which.
struct reach {
    uint32_t count, words;    // consequences, and words of a set of them
    uint32_t relations, relation_words;
    uint64_t *rests;       // of each relation: those that rules of it, which wait for nothing, ask
    uint64_t *readers;     // of each relation: the consequences that rest on it
    uint64_t *sets_off;    // of each consequence: those that it may set off
};

static void bit_set(uint64_t *set, uint32_t bit) { set[bit / 64] |= (uint64_t)1 << (bit % 64); }
static bool bit_has(const uint64_t *set, uint32_t bit) { return set[bit / 64] >> (bit % 64) & 1; }

static void mark_atoms(struct conditions conditions, uint64_t *set) {
    if (is_delayed(conditions)) return;
    for (uint32_t i = 0; i < conditions.count; i++)
        if (conditions.at[i].kind == CONDITION_ATOM && !conditions.at[i].negated)
            bit_set(set, conditions.at[i].relation);
}

// What positive conditions rest on, through rules that wait for nothing. A row that is only set again under its own key
// and without new values is a cycle too: whether values repeat is not known here.
static void mark_readers(struct compiler *c, struct reach *reach, uint32_t consequence, uint64_t *open,
                         uint64_t *seen) {
    memset(open, 0, sizeof *open * reach->relation_words);
    memset(seen, 0, sizeof *seen * reach->relation_words);
    mark_atoms(c->upon.at[consequence].conditions, open);
    for (uint32_t word = 0; word < reach->relation_words;) {
        if (!open[word]) {
            word++;
            continue;
        }
        uint32_t relation = word * 64 + (uint32_t)__builtin_ctzll(open[word]), least = word;
        bit_set(seen, relation);
        bit_set(reach->readers + (size_t)relation * reach->words, consequence);
        const uint64_t *rests = reach->rests + (size_t)relation * reach->relation_words;
        for (uint32_t i = 0; i < reach->relation_words; i++) {
            open[i] = (open[i] | rests[i]) & ~seen[i];
            if (open[i] && i < least) least = i;
        }
        word = least;
    }
}

static void mark_set_off(struct reach *reach, const struct effect *effects, uint32_t count, uint64_t *set) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t written = effects[i].kind == EFFECT_WAIVE ? RELATION_WAIVED : effects[i].relation;
        bool writes = effects[i].kind == EFFECT_ADD || effects[i].kind == EFFECT_SET || effects[i].kind == EFFECT_WAIVE;
        for (uint32_t word = 0; writes && written != NO_ID && word < reach->words; word++)
            set[word] |= reach->readers[(size_t)written * reach->words + word];
        mark_set_off(reach, effects[i].effects, effects[i].effect_count, set);
    }
}

static void reach_find(struct compiler *c, struct reach *reach) {
    reach->words = (reach->count + 63) / 64;
    reach->relation_words = (reach->relations + 63) / 64;
    reach->rests = ARENA_ARRAY(&c->scratch, uint64_t, (size_t)reach->relations * reach->relation_words);
    reach->readers = ARENA_ARRAY(&c->scratch, uint64_t, (size_t)reach->relations * reach->words);
    reach->sets_off = ARENA_ARRAY(&c->scratch, uint64_t, (size_t)reach->count * reach->words);
    uint64_t *open = ARENA_ARRAY(&c->scratch, uint64_t, reach->relation_words),
             *seen = ARENA_ARRAY(&c->scratch, uint64_t, reach->relation_words);
    for (uint32_t i = 0; i < c->rule_list.count; i++)
        mark_atoms(c->rule_list.at[i].body, reach->rests + (size_t)c->rule_list.at[i].relation * reach->relation_words);
    for (uint32_t i = 0; i < reach->count; i++) mark_readers(c, reach, i, open, seen);
    for (uint32_t i = 0; i < reach->count; i++)
        mark_set_off(reach, c->upon.at[i].effects, c->upon.at[i].effect_count,
                     reach->sets_off + (size_t)i * reach->words);
}

// Breadth first from a consequence back to itself: returns the last one before it, and in `came` the way; NO_ID: there
// is none.
static uint32_t way_back(const struct reach *reach, uint32_t start, uint32_t *queue, uint32_t *came) {
    uint32_t head = 0, tail = 0;
    for (uint32_t i = 0; i < reach->count; i++) came[i] = NO_ID;
    queue[tail++] = start;
    while (head < tail) {
        uint32_t at = queue[head++];
        const uint64_t *sets_off = reach->sets_off + (size_t)at * reach->words;
        if (bit_has(sets_off, start)) return at;
        for (uint32_t word = 0; word < reach->words; word++)
            for (uint64_t left = sets_off[word]; left; left &= left - 1) {
                uint32_t to = word * 64 + (uint32_t)__builtin_ctzll(left);
                if (came[to] != NO_ID) continue;
                came[to] = at;
                queue[tail++] = to;
            }
    }
    return NO_ID;
}

static void report_upon_cycle(struct compiler *c, uint32_t start, uint32_t last, const uint32_t *came, bool *done) {
    struct place place = c->upon.at[start].place;
    VEC(uint32_t) way = {0};
    for (uint32_t at = last; at != start; at = came[at]) VEC_PUSH(&way, at);
    struct text text = {0};
    text_print(&text, "%s", line_text(c, place, place));
    for (uint32_t told = 0; told < way.count; told++) {
        if (told == WAY_TOLD && way.count > WAY_TOLD + 2) {
            text_print(&text, " -> (%u more)", way.count - told - 1);
            told = way.count - 1;
        }
        text_print(&text, " -> %s", line_text(c, c->upon.at[way.at[way.count - 1 - told]].place, place));
    }
    for (uint32_t i = 0; i < way.count; i++) done[way.at[i]] = true;
    text_print(&text, " -> %s", line_text(c, place, place));
    diagnostics_error(c->all, place, "let it wait for an hour or more, as `fact(x) since t, now >= t + 1 day`",
                      "this consequence may set itself off without end: %.*s", SPAN_ARG(text_span(&text)));
    VEC_RELEASE(&way);
    text_release(&text);
}

void check_upon_cycles(struct compiler *c) {
    struct reach reach = {.count = c->upon.count, .relations = c->relation_list.count};
    if (reach.count > UPONS_MAX) {
        diagnostics_error(c->all, c->upon.at[UPONS_MAX].place, NULL, "a program has at most %d `upon` and `always`",
                          UPONS_MAX);
        return;
    }
    if (c->relations_full) return;
    reach_find(c, &reach);
    uint32_t *queue = ARENA_ARRAY(&c->scratch, uint32_t, reach.count),
             *came = ARENA_ARRAY(&c->scratch, uint32_t, reach.count);
    bool *done = ARENA_ARRAY(&c->scratch, bool, reach.count);
    for (uint32_t start = 0; start < reach.count; start++) {
        if (done[start]) continue;
        uint32_t last = way_back(&reach, start, queue, came);
        if (last != NO_ID) report_upon_cycle(c, start, last, came, done);
    }
}
