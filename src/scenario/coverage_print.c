// SPDX-License-Identifier: Apache-2.0
// Says what no scenario tried.
#include "scenario/scenario_internal.h"

// One kind of thing: how many there are, how many were tried, and a line for each that was not.
struct count {
    const char *name;
    uint32_t all, tried;
};
struct gap {
    struct place place;
    struct span words;
    const char *kind;
    bool information;
};
struct gaps {
    const struct diagnostics *all;
    const struct coverage *coverage;
    const struct labels *labels;
    struct arena arena;
    VEC(struct gap) list;
    struct count acts, rules, clauses, norms, upons, duties;
};

// The prelude and the libraries have tests of their own: they are embedded, or found beside the treaty.
static bool is_own(const struct gaps *gaps, struct place place) {
    if (place.source >= gaps->all->sources.count) return false;
    struct span path = gaps->all->sources.at[place.source].path;
    if (span_starts(path, "<")) return false;
    for (uint32_t i = 0; i + 4 <= path.length; i++)
        if (memcmp(path.at + i, "/../", 4) == 0) return false;
    return place.length > 0;
}

static const char *say(const struct gaps *gaps, const char *english) { return labels_say(gaps->labels, english); }

static void add_gap(struct gaps *gaps, struct place place, const char *kind, bool information, struct text *words) {
    struct span kept;
    text_end(words, &kept, &gaps->arena);
    VEC_PUSH(&gaps->list, (struct gap){place, kept, kind, information});
}

static void count_acts(struct gaps *gaps) {
    const struct program *program = gaps->coverage->program;
    for (uint32_t i = 0; i < program->acts_count; i++) {
        const struct act *act = &program->acts[i];
        if (!is_own(gaps, act->place)) continue;
        gaps->acts.all++;
        if (gaps->coverage->acts[i]) {
            gaps->acts.tried++;
            continue;
        }
        struct text words = {0};
        text_print(&words,
                   act->event                ? say(gaps, "event `%.*s` was never done")
                   : act->kind == ACT_DIRECT ? say(gaps, "act `%.*s` was never done")
                                             : say(gaps, "act `%.*s` was never adopted"),
                   SPAN_ARG(act->proposed));
        add_gap(gaps, act->place, "act", false, &words);
    }
}

// ---- Requires that only bind ----------------------------------------------------------------------------------------
// `require appealed(c, s, _)` cannot fail where whatever makes a crisis adds that row and nothing ends it: it is there
// to give s a name. The row is looked for by the entity alone.
static bool touches(const struct effect *effects, uint32_t count, uint32_t relation) {
    for (uint32_t i = 0; i < count; i++) {
        const struct effect *effect = &effects[i];
        if (effect->kind == EFFECT_ANNUL || touches(effect->effects, effect->effect_count, relation)) return true;
        bool adds = effect->kind == EFFECT_ADD || effect->kind == EFFECT_SET;
        if (effect->relation != relation || (!adds && effect->kind != EFFECT_END && effect->kind != EFFECT_EXTEND))
            continue;
        if (!adds || effect->from || effect->until) return true;
    }
    return false;
}

static bool is_ever_ended(const struct program *program, uint32_t relation) {
    for (uint32_t i = 0; i < program->acts_count; i++)
        if (touches(program->acts[i].effects, program->acts[i].effect_count, relation)) return true;
    for (uint32_t i = 0; i < program->watches_count; i++)
        if (touches(program->watches[i].effects, program->watches[i].effect_count, relation)) return true;
    return false;
}

// Whoever makes such an entity adds a row that begins with it. What an organ is to make is there from its proposal on,
// and the effects of an event may come to nothing.
static bool is_made_with(const struct program *program, uint32_t entity, uint32_t relation) {
    bool made = false;
    for (uint32_t i = 0; i < program->acts_count; i++) {
        const struct act *act = &program->acts[i];
        for (uint32_t m = 0; m < act->made_count; m++) {
            if (act->made[m].entity_type != entity) continue;
            bool adds = false;
            for (uint32_t k = 0; k < act->effect_count; k++) {
                const struct effect *effect = &act->effects[k];
                if (act->event && effect->kind != EFFECT_ADD && effect->kind != EFFECT_OBLIGE) return false;
                adds |= effect->kind == EFFECT_ADD && effect->relation == relation && effect->arguments &&
                        effect->arguments[0]->kind == EXPRESSION_VARIABLE &&
                        effect->arguments[0]->slot == act->made[m].slot;
            }
            if (!adds || act->kind != ACT_DIRECT) return false;
            made = true;
        }
    }
    return made;
}

static bool only_binds(const struct program *program, const struct act *act, const struct clause *clause) {
    bool bound[SLOTS_MAX] = {false};
    for (uint32_t i = 0; i < act->parameter_count; i++) bound[i] = true;
    for (uint32_t i = 0; i < act->made_count; i++) bound[act->made[i].slot] = true;
    const struct who *whos[] = {&act->by, &act->proposed_by};
    for (uint32_t i = 0; i < COUNT_OF(whos); i++)
        if (whos[i]->slot < SLOTS_MAX) bound[whos[i]->slot] = true;
    if (act->actor_slot < SLOTS_MAX) bound[act->actor_slot] = true;
    for (const struct clause *before = act->clauses; before < clause; before++)
        for (uint32_t i = 0; i < before->bind_count; i++) bound[before->binds[i]] = true;
    if (clause->ought || clause->conditions.count != 1) return false;
    const struct condition *c = &clause->conditions.at[0];
    if (c->kind != CONDITION_ATOM || c->negated || c->moment || c->argument_count == 0) return false;
    const struct relation *relation = &program->relations[c->relation];
    const struct expression *first = c->arguments[0];
    if (relation->derived || relation->key_count != 1 || first->kind != EXPRESSION_VARIABLE || !bound[first->slot] ||
        first->type.base != TYPE_ENTITY || first->type.of < ENTITY_FIRST_OWN)
        return false;
    for (uint32_t i = 1; i < c->argument_count; i++) {
        if (c->arguments[i]->kind != EXPRESSION_VARIABLE || bound[c->arguments[i]->slot]) return false;
        bound[c->arguments[i]->slot] = true;
    }
    return is_made_with(program, first->type.of, c->relation) && !is_ever_ended(program, c->relation);
}

static void count_clauses(struct gaps *gaps) {
    const struct program *program = gaps->coverage->program;
    for (uint32_t i = 0; i < program->acts_count; i++)
        for (uint32_t k = 0; program->acts[i].first == i && is_own(gaps, program->acts[i].place) &&
                             k < program->acts[i].clause_count; k++) {
            const struct clause *clause = &program->acts[i].clauses[k];
            const struct clause_coverage *seen = &gaps->coverage->clauses[i][k];
            bool binds = only_binds(program, &program->acts[i], clause);
            gaps->clauses.all += binds ? 1 : 2;
            gaps->clauses.tried += (seen->met > 0) + (!binds && seen->failed > 0);
            if (seen->met && (seen->failed || binds)) continue;
            struct text words = {0};
            text_print(&words, say(gaps, "%s “%.*s” of `%.*s` %s"), clause->ought ? "ought" : "require",
                       SPAN_ARG(labels_message(gaps->labels, clause->message)), SPAN_ARG(program->acts[i].name),
                       seen->met      ? say(gaps, "never failed")
                       : seen->failed ? say(gaps, "was never met")
                                      : say(gaps, "was never reached"));
            add_gap(gaps, clause->place, "clause", false, &words);
        }
}

static void count_rules(struct gaps *gaps) {
    const struct program *program = gaps->coverage->program;
    for (uint32_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = &program->rules[i];
        if (!is_own(gaps, rule->place) || program->relations[rule->relation].hidden ||
            rule->relation < RELATION_FIRST_OWN)
            continue;
        gaps->rules.all++;
        if (gaps->coverage->rules[i]) {
            gaps->rules.tried++;
            continue;
        }
        struct text words = {0};
        text_print(&words, say(gaps, "a rule of `%.*s` never held"), SPAN_ARG(program->relations[rule->relation].name));
        add_gap(gaps, rule->place, "rule", false, &words);
    }
}

static void count_norms(struct gaps *gaps) {
    const struct program *program = gaps->coverage->program;
    for (uint32_t i = 0; i < program->norms_count; i++) {
        const struct norm *norm = &program->norms[i];
        if ((norm->kind != NORM_OUGHT && norm->kind != NORM_NEVER && norm->kind != NORM_LEADS_TO) ||
            !is_own(gaps, norm->place))
            continue;
        gaps->norms.all++;
        if (gaps->coverage->norms[i].failed) {
            gaps->norms.tried++;
            continue;
        }
        struct text words = {0};
        text_print(&words, say(gaps, "norm “%.*s” was never broken"),
                   SPAN_ARG(labels_message(gaps->labels, norm->message)));
        if (norm->watch != NO_ID && !gaps->coverage->norms[i].met)
            text_print(&words, "%s", say(gaps, ", and nothing it speaks of was there"));
        add_gap(gaps, norm->place, "norm", false, &words);
    }
}

static void count_upons(struct gaps *gaps) {
    const struct program *program = gaps->coverage->program;
    for (uint32_t i = 0; i < program->watches_count; i++) {
        const struct watch *watch = &program->watches[i];
        if (watch->kind != WATCH_UPON || !is_own(gaps, watch->place)) continue;
        gaps->upons.all++;
        if (gaps->coverage->upons[i]) {
            gaps->upons.tried++;
            continue;
        }
        struct text words = {0};
        text_print(&words, "%s", say(gaps, "`upon` never fired"));
        add_gap(gaps, watch->place, "upon", false, &words);
    }
}

static void count_duties(struct gaps *gaps) {
    const struct program *program = gaps->coverage->program;
    for (uint32_t i = 0; i < program->obligations_count; i++) {
        const struct obligation *obligation = &program->obligations[i];
        const struct clause_coverage *seen = &gaps->coverage->duties[i];
        if (!is_own(gaps, obligation->place) ||
            (obligation->norm < program->norms_count && program->norms[obligation->norm].kind == NORM_LEADS_TO))
            continue;
        bool ends = obligation->due || obligation->period;
        gaps->duties.all += ends ? 2 : 1;
        gaps->duties.tried += (seen->met > 0) + (ends && seen->failed > 0);
        if (seen->met && (seen->failed || !ends)) continue;
        struct text words = {0};
        text_print(&words, "%s", say(gaps, "a duty"));
        if (obligation->act != NO_ID)
            text_print(&words, say(gaps, " to `%.*s`"), SPAN_ARG(program->acts[obligation->act].name));
        text_print(&words, "%s",
                   !seen->met && !seen->failed && ends ? say(gaps, " was never met and never overdue")
                   : seen->met                         ? say(gaps, " was never overdue")
                                                       : say(gaps, " was never met"));
        add_gap(gaps, obligation->place, "duty", true, &words);
    }
}

static int compare_gaps(const void *a, const void *b) {
    const struct gap *left = a, *right = b;
    if (left->information != right->information) return left->information ? 1 : -1;
    if (left->place.source != right->place.source) return left->place.source < right->place.source ? -1 : 1;
    if (left->place.at != right->place.at) return left->place.at < right->place.at ? -1 : 1;
    return span_compare(left->words, right->words);
}

static void find_gaps(struct gaps *gaps, const struct diagnostics *all, const struct coverage *coverage,
                      const struct labels *labels) {
    *gaps = (struct gaps){.all = all,
                          .coverage = coverage,
                          .labels = labels,
                          .acts = {.name = "acts"},
                          .rules = {.name = "rules"},
                          .clauses = {.name = "clauses met and failed"},
                          .norms = {.name = "norms broken"},
                          .upons = {.name = "upon fired"},
                          .duties = {.name = "duties met and overdue"}};
    arena_init(&gaps->arena);
    count_acts(gaps);
    count_clauses(gaps);
    count_rules(gaps);
    count_norms(gaps);
    count_upons(gaps);
    count_duties(gaps);
    if (gaps->list.count) qsort(gaps->list.at, gaps->list.count, sizeof *gaps->list.at, compare_gaps);
}

static void release_gaps(struct gaps *gaps) {
    VEC_RELEASE(&gaps->list);
    arena_release(&gaps->arena);
}

uint32_t coverage_print(const struct diagnostics *all, const struct coverage *coverage, const struct labels *labels,
                        struct text *out) {
    struct gaps gaps;
    find_gaps(&gaps, all, coverage, labels);
    const struct count *counts[] = {&gaps.acts, &gaps.rules, &gaps.clauses, &gaps.norms, &gaps.upons, &gaps.duties};
    uint32_t missing = 0;
    bool one = coverage->scenarios == 1;
    text_print(out, one ? say(&gaps, "Coverage of %u scenario:") : say(&gaps, "Coverage of %u scenarios:"),
               coverage->scenarios);
    for (uint32_t i = 0; i < COUNT_OF(counts); i++)
        text_print(out, "%s %s %u/%u", i ? "," : "", say(&gaps, counts[i]->name), counts[i]->tried, counts[i]->all);
    text_byte(out, '\n');
    for (uint32_t i = 0; i < gaps.list.count; i++) {
        const struct gap *gap = &gaps.list.at[i];
        uint32_t line, column;
        diagnostics_line(all, gap->place, &line, &column);
        scenario_visible_print(all->sources.at[gap->place.source].path, out);
        text_print(out, ":%u: %s%.*s\n", line, gap->information ? say(&gaps, "(information) ") : "",
                   SPAN_ARG(gap->words));
        if (!gap->information) missing++;
    }
    release_gaps(&gaps);
    return missing;
}

void coverage_json(const struct diagnostics *all, const struct coverage *coverage, struct text *out) {
    struct gaps gaps;
    find_gaps(&gaps, all, coverage, NULL);
    const struct count *counts[] = {&gaps.acts, &gaps.rules, &gaps.clauses, &gaps.norms, &gaps.upons, &gaps.duties};
    text_print(out, "{\"scenarios\":%u,\"counts\":{", coverage->scenarios);
    for (uint32_t i = 0; i < COUNT_OF(counts); i++)
        text_print(out, "%s\"%s\":{\"tried\":%u,\"all\":%u}", i ? "," : "", counts[i]->name, counts[i]->tried,
                   counts[i]->all);
    text_print(out, "},\"missing\":[");
    for (uint32_t i = 0; i < gaps.list.count; i++) {
        const struct gap *gap = &gaps.list.at[i];
        uint32_t line, column;
        diagnostics_line(all, gap->place, &line, &column);
        text_print(out, "%s{\"kind\":\"%s\",\"information\":%s,\"path\":", i ? "," : "", gap->kind,
                   gap->information ? "true" : "false");
        text_json(out, all->sources.at[gap->place.source].path);
        text_print(out, ",\"line\":%u,\"words\":", line);
        text_json(out, gap->words);
        text_byte(out, '}');
    }
    text_print(out, "]}\n");
    release_gaps(&gaps);
}
