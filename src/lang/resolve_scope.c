// SPDX-License-Identifier: Apache-2.0
// Scopes, their environments and slots.
#include "lang/resolve_internal.h"

void scope_release(struct scope *scope) {
    VEC_RELEASE(&scope->slots);
    VEC_RELEASE(&scope->ended);
}

void env_init(struct env *env, struct env *outer, struct scope *scope, uint32_t depth) {
    *env = (struct env){.outer = outer, .scope = scope, .depth = depth};
}

void env_release(struct env *env) {
    VEC_RELEASE(&env->names);
    VEC_RELEASE(&env->own);
}

uint32_t env_find(const struct env *env, struct span name) {
    for (; env; env = env->outer)
        for (uint32_t i = 0; i < env->names.count; i++)
            if (span_equal(env->names.at[i].name, name)) return env->names.at[i].slot;
    return NO_ID;
}

// Nothing follows from what is left out, so nothing is said of what is there.
static void give_up(struct scope *scope) {
    scope->given_up = scope->lost = true;
    for (uint32_t i = 0; i < scope->slots.count; i++) scope->slots.at[i].poisoned = scope->slots.at[i].reported = true;
}

static void report_limit(struct compiler *c, struct place place, const char *what, uint32_t limit) {
    bool again = c->given_up.length && c->given_up.source == place.source && c->given_up.at == place.at;
    c->given_up = place;
    if (!again)
        diagnostics_error(c->all, place, "divide it in parts, with rules of their own",
                          "one declaration has at most %u %s", limit, what);
}

bool scope_takes(struct compiler *c, struct scope *scope, struct place place) {
    if (scope->given_up) return false;
    if (c->conditions == PROGRAM_CONDITIONS_MAX && !c->conditions_full) {
        diagnostics_error(c->all, place, "what `under` says counts once for each thing that it encloses",
                          "a program has at most %d conditions", PROGRAM_CONDITIONS_MAX);
        c->conditions_full = true;
    }
    bool many = scope->condition_count == CONDITIONS_MAX;
    if (many && !c->conditions_full)
        report_limit(c, place, "conditions, those of its `under` among them", CONDITIONS_MAX);
    if (many || c->conditions_full) {
        give_up(scope);
        return false;
    }
    scope->condition_count++;
    c->conditions++;
    return true;
}

static uint32_t slot_add(struct compiler *c, struct env *env, struct span name, struct place place, struct type type) {
    struct scope *scope = env->scope;
    if (scope->slots.count > SLOTS_MAX) return SLOTS_MAX;    // one slot stands for all beyond
    if (scope->slots.count == SLOTS_MAX && !scope->given_up) {
        report_limit(c, place, "variables, each `_` among them", SLOTS_MAX);
        give_up(scope);
    }
    VEC_PUSH(&scope->slots, (struct slot){.name = name,
                                          .place = place,
                                          .type = type,
                                          .poisoned = scope->lost,
                                          .reported = scope->lost,
                                          .fixed = type.base != BASE_UNKNOWN,
                                          .depth = env->depth,
                                          .origin_relation = NO_ID,
                                          .origin = place});
    VEC_PUSH(&env->own, scope->slots.count - 1);
    return scope->slots.count - 1;
}

uint32_t env_declare(struct compiler *c, struct env *env, struct span name, struct place place, struct type type) {
    uint32_t slot = slot_add(c, env, name, place, type);
    if (slot < SLOTS_MAX) VEC_PUSH(&env->names, (struct visible){name, slot});
    return slot;
}

uint32_t env_hidden(struct compiler *c, struct env *env, struct place place, struct type type) {
    return slot_add(c, env, (struct span){0}, place, type);
}

uint32_t env_parameter(struct compiler *c, struct env *env, struct tree_name name, struct type type, bool *fresh) {
    *fresh = true;
    uint32_t old = env_find(env, name.text);
    if (old != NO_ID) {
        *fresh = false;
        return old;
    }
    uint32_t constant = constant_called(c, name.text, name.place);
    if (constant != NO_ID)
        diagnostics_error(c->all, name.place,
                          hint_print(c, "`%.*s` is declared at %s; choose another name", SPAN_ARG(name.text),
                                     line_text(c, c->candidates.at[constant].place, name.place)),
                          "a variable is named like the constant `%.*s`", SPAN_ARG(name.text));
    uint32_t slot = env_declare(c, env, name.text, name.place, type);
    env->scope->slots.at[slot].declared = true;
    return slot;
}

struct frame scope_frame(struct compiler *c, const struct scope *scope) {
    uint32_t count = scope->slots.count;
    struct span *names = ARENA_ARRAY(c->arena, struct span, count);
    struct type *types = ARENA_ARRAY(c->arena, struct type, count);
    for (uint32_t i = 0; i < count; i++) {
        if (scope->slots.at[i].name.length) names[i] = keep(c, scope->slots.at[i].name);
        types[i] = scope->slots.at[i].type;
    }
    return (struct frame){count, names, types};
}

void env_names_binding(struct env *env) {
    for (uint32_t i = 0; i < env->names.count; i++) env->scope->slots.at[env->names.at[i].slot].names_binding = true;
}

// A name alone that stands for the holder of an office: `chairing` for `chairing()`.
static bool is_role(struct compiler *c, struct span name) {
    uint32_t relation = table_get(&c->relations, name);
    return relation != NO_ID && c->relation_list.at[relation].column_count == 1 &&
           c->relation_list.at[relation].key_count == 0;
}

// Who wrote `a-b` used both: only the hyphen is reported.
static bool forgive_minus(struct scope *scope, const struct env *env, struct span name) {
    for (uint32_t i = 1; i + 1 < name.length; i++) {
        if (name.at[i] != '-') continue;
        uint32_t left = env_find(env, span_part(name, 0, i)),
                 right = env_find(env, span_part(name, i + 1, name.length - i - 1));
        if (left == NO_ID || right == NO_ID) continue;
        scope->slots.at[left].reported = scope->slots.at[right].reported = true;
        return true;
    }
    return false;
}

void scope_finish(struct compiler *c, struct scope *scope, const struct env *env) {
    for (uint32_t i = 0; i < scope->slots.count; i++) {
        struct slot *slot = &scope->slots.at[i];
        if (slot->uses != 1 || !slot->name.length) continue;
        bool meant_otherwise = forgive_minus(scope, env, slot->name) || is_role(c, slot->name);
        slot->names_binding &= !meant_otherwise;
    }
    for (uint32_t i = 0; i < scope->slots.count; i++) {
        struct slot *slot = &scope->slots.at[i];
        if (slot->declared && slot->name.length && slot->uses == 0 && slot->type.base == BASE_UNKNOWN &&
            !slot->reported) {
            diagnostics_error(c->all, slot->place, "name it in the conditions after the colon, or leave it out",
                              "nothing says what `%.*s` is", SPAN_ARG(slot->name));
            slot->poisoned = slot->reported = true;
        }
        if (slot->reported || !slot->name.length || slot->declared || slot->names_binding || slot->uses > 1) continue;
        const char *hint = slot->lonely;
        if (!hint && table_get(&c->relations, slot->name) != NO_ID)
            hint = hint_print(c, "write `_` for whatever it is, or `%.*s()` for whoever holds that role",
                              SPAN_ARG(slot->name));
        if (!hint) hint = suggest_name(c, env, slot->name);
        diagnostics_error(c->all, slot->place, hint ? hint : "write `_` for whatever it is",
                          "the variable `%.*s` is used only once", SPAN_ARG(slot->name));
        slot->reported = true;
    }
}

bool report_ended(struct compiler *c, struct env *env, struct span name, struct place place) {
    for (uint32_t i = 0; i < env->scope->ended.count; i++) {
        struct ended *ended = &env->scope->ended.at[i];
        if (!span_equal(ended->name, name)) continue;
        ended->scope->slots.at[ended->slot].reported = true;
        if (ended->alternative) {
            diagnostics_error(c->all, place,
                              "write `as` and a name after the last of them, for whichever acts: `by member s or "
                              "secretary-general as who`",
                              "`%.*s` is known only where it is the one that acts", SPAN_ARG(name));
            return true;
        }
        diagnostics_error(
            c->all, place,
            hint_print(c, "write `for each %.*s: CONDITIONS EFFECT`, or another name for another one", SPAN_ARG(name)),
            "`%.*s` ended with its clause (%s): no key shows that there is only one", SPAN_ARG(name),
            line_text(c, ended->scope->slots.at[ended->slot].place, place));
        return true;
    }
    return false;
}

struct bound env_bound(const struct env *env) {
    struct bound bound = {0};
    for (; env; env = env->outer)
        for (uint32_t i = 0; i < env->names.count; i++) bound_add(&bound, env->names.at[i].slot);
    return bound;
}
