// SPDX-License-Identifier: Apache-2.0
// What rests on what.
#include "export_internal.h"

struct walk {
    atom_visitor visit;
    void *context;
};

static void walk_conditions(const struct walk *walk, struct conditions conditions);

static void walk_expression(const struct walk *walk, const struct expression *expression) {
    if (!expression) return;
    walk_expression(walk, expression->left);
    walk_expression(walk, expression->right);
    walk_conditions(walk, expression->conditions);
}

static void walk_conditions(const struct walk *walk, struct conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        if (condition->kind == CONDITION_ATOM)
            walk->visit(walk->context, condition->relation, condition->moment != NULL);
        for (uint32_t k = 0; k < condition->argument_count; k++) walk_expression(walk, condition->arguments[k]);
        walk_expression(walk, condition->moment);
        walk_expression(walk, condition->left);
        walk_expression(walk, condition->right);
        walk_conditions(walk, condition->inner);
        walk_conditions(walk, condition->has);
    }
}

void depends_atoms(const struct program *program, const struct rule *rule, atom_visitor visit, void *context) {
    struct walk walk = {visit, context};
    walk_conditions(&walk, rule->body);
    for (uint32_t i = 0; i < program->relations[rule->relation].column_count; i++)
        walk_expression(&walk, rule->head[i]);
}

// ---- Reasons -------------------------------------------------------------------------------------------------------
struct spreading {
    const struct span *reasons;
    uint32_t because;
};

static void look_for_reason(void *context, uint32_t relation, bool elsewhen) {
    struct spreading *spreading = context;
    (void)elsewhen;
    if (spreading->because == NO_ID && spreading->reasons[relation].length) spreading->because = relation;
}

void depends_spread(const struct program *program, struct arena *arena, struct span *reasons) {
    bool grown;
    do {
        grown = false;
        for (uint32_t i = 0; i < program->rules_count; i++) {
            uint32_t relation = program->rules[i].relation;
            struct spreading spreading = {reasons, NO_ID};
            if (reasons[relation].length) continue;
            depends_atoms(program, &program->rules[i], look_for_reason, &spreading);
            if (spreading.because == NO_ID) continue;
            reasons[relation] =
                span_print(arena, "it rests on %.*s", SPAN_ARG(program->relations[spreading.because].name));
            grown = true;
        }
    } while (grown);
}

// ---- Other moments -------------------------------------------------------------------------------------------------
struct reaching {
    bool *elsewhen;
    bool from_there, grown;
};

static void reach(void *context, uint32_t relation, bool elsewhen) {
    struct reaching *reaching = context;
    if (reaching->elsewhen[relation] || (!elsewhen && !reaching->from_there)) return;
    reaching->elsewhen[relation] = reaching->grown = true;
}

void depends_elsewhen(const struct program *program, bool *elsewhen) {
    struct reaching reaching = {.elsewhen = elsewhen};
    do {
        reaching.grown = false;
        for (uint32_t i = 0; i < program->rules_count; i++) {
            reaching.from_there = elsewhen[program->rules[i].relation];
            depends_atoms(program, &program->rules[i], reach, &reaching);
        }
    } while (reaching.grown);
}
