// SPDX-License-Identifier: Apache-2.0
// The whole logic program: rules once, facts per question.
#include "export.h"
#include "export_internal.h"

void export_init(struct export *all, const struct program *program) {
    *all = (struct export){.program = program};
    arena_init(&all->arena);
    all->refused = ARENA_ARRAY(&all->arena, struct span, program->relations_count + 1);
    all->elsewhen = ARENA_ARRAY(&all->arena, bool, program->relations_count + 1);
    depends_elsewhen(program, all->elsewhen);
    for (uint32_t i = 0; i < program->relations_count; i++) all->any_elsewhen = all->any_elsewhen || all->elsewhen[i];
    for (uint32_t i = 0; i < program->rules_count; i++) {
        struct text unused = {0};
        struct span why = rule_print(program, &all->arena, i, &unused);
        if (why.length) all->refused[program->rules[i].relation] = why;
        text_release(&unused);
    }
    for (uint32_t i = 0; i < program->relations_count; i++)
        for (uint32_t k = 0; k < program->relations[i].given_count * program->relations[i].column_count; k++) {
            uint32_t column = k % program->relations[i].column_count;
            value v = program->relations[i].given[k / program->relations[i].column_count].values[column];
            if (!term_fits(program->relations[i].columns[column].type, v))
                all->refused[i] = span_print(&all->arena, "the integer %lld needs more than 32 bits", (long long)v);
        }
    depends_spread(program, &all->arena, all->refused);
}

void export_release(struct export *all) {
    text_release(&all->facts);
    arena_release(&all->arena);
}

// ---- Facts ---------------------------------------------------------------------------------------------------------
struct facts {
    struct export *all;
    const struct names *texts;
    uint32_t relation;
    struct span *lost;
};

static bool add_fact(void *context, const struct found *row) {
    struct facts *facts = context;
    const struct program *program = facts->all->program;
    const struct relation *relation = &program->relations[facts->relation];
    struct text *out = &facts->all->facts;
    for (uint32_t i = 0; i < relation->column_count; i++)
        if (!term_fits(relation->columns[i].type, row->values[i])) {
            facts->lost[facts->relation] =
                span_print(&facts->all->arena, "the integer %lld needs more than 32 bits", (long long)row->values[i]);
            return true;
        }
    text_print(out, "f%u(%u,", facts->relation, facts->all->questions);
    for (uint32_t i = 0; i < relation->column_count; i++) {
        term_print(program, facts->texts, relation->columns[i].type, row->values[i], out);
        text_byte(out, ',');
    }
    struct type time = {TYPE_TIME, NO_ID};
    term_print(program, facts->texts, time, row->from, out);
    text_byte(out, ',');
    term_print(program, facts->texts, time, row->until, out);
    text_add(out, SPAN(").\n"));
    return true;
}

uint32_t export_question(struct export *all, struct evaluator *evaluator, struct question question, struct span *lost) {
    const struct program *program = all->program;
    value pattern[COLUMNS_MAX + 2];
    for (uint32_t i = 0; i < COUNT_OF(pattern); i++) pattern[i] = VALUE_ANY;
    text_print(&all->facts, "question(%u,", all->questions);
    term_print(program, &evaluator->texts, (struct type){TYPE_TIME, NO_ID}, question.time, &all->facts);
    text_add(&all->facts, SPAN(").\n"));
    for (uint32_t i = 0; i < program->relations_count; i++) {
        const struct relation *relation = &program->relations[i];
        struct facts facts = {all, &evaluator->texts, i, lost};
        if (all->refused[i].length) lost[i] = all->refused[i];
        if (relation->derived || relation->given_count || lost[i].length) continue;
        ENSURE(relation->column_count <= COUNT_OF(pattern));
        if (!all->elsewhen[i]) {
            ask_status status = evaluator_ask(evaluator, question, i, pattern, add_fact, &facts);
            if (status != ASK_OK) lost[i] = SPAN("the engine cannot be asked");
        } else if (question.time > evaluator->time) {
            lost[i] = SPAN("it is asked at another moment, and this one is a projection");
        } else {
            evaluator_rows(evaluator, i, add_fact, &facts);
        }
    }
    return all->questions++;
}

void export_spread(struct export *all, struct span *lost) { depends_spread(all->program, &all->arena, lost); }

// ---- The program ---------------------------------------------------------------------------------------------------
static void print_columns(uint32_t count, struct text *out) {
    for (uint32_t i = 0; i < count; i++) text_print(out, ",C%u", i);
}

static void print_base(const struct export *all, uint32_t relation, struct text *out) {
    const struct relation *of = &all->program->relations[relation];
    for (uint32_t i = 0; i < of->given_count; i++) {
        if (of->given[i].reading_of != NO_ID) continue;
        text_print(out, "g%u(0", relation);
        for (uint32_t k = 0; k < of->column_count; k++) {
            text_byte(out, ',');
            term_print(all->program, &all->program->texts, of->columns[k].type, of->given[i].values[k], out);
        }
        text_add(out, SPAN(").\n"));
    }
    term_relation(all->program, relation, out);
    text_add(out, SPAN("(Q,Now"));
    print_columns(of->column_count, out);
    if (of->given_count) {
        text_print(out, ",From) :- world(Q,Now), g%u(0", relation);
        print_columns(of->column_count, out);
        text_add(out, SPAN("), From = t(-2000000000,0).\n"));
    } else {
        text_print(out, ",From) :- world(Q,Now), f%u(Q", relation);
        print_columns(of->column_count, out);
        text_add(out, SPAN(",From,Until), From <= Now, Now < Until.\n"));
    }
}

static void print_derived(const struct export *all, uint32_t relation, struct text *out) {
    const struct relation *of = &all->program->relations[relation];
    for (uint32_t i = 0; i < of->rule_count; i++) {
        struct arena arena;
        arena_init(&arena);
        (void)rule_print(all->program, &arena, of->rules[i], out);
        arena_release(&arena);
    }
    // Shown is what holds at the question's own moment.
    for (uint32_t part = 0; part < 2; part++) {
        text_add(out, part ? SPAN(" : question(Q,Now), ") : SPAN("#show "));
        term_relation(all->program, relation, out);
        text_add(out, part ? SPAN("(Q,Now") : SPAN("(Q"));
        print_columns(of->column_count, out);
        text_byte(out, ')');
    }
    text_add(out, SPAN(".\n"));
}

void export_print(const struct export *all, struct text *out) {
    text_print(out, "#script (lua) offset = %d #end.\n", all->program->offset);
    text_add(out, SPAN("#show.\nworld(Q,Now) :- question(Q,Now).\n"));
    for (uint32_t i = 0; i < all->program->relations_count; i++) {
        if (all->refused[i].length) continue;
        if (all->program->relations[i].derived) print_derived(all, i, out);
        else print_base(all, i, out);
    }
    text_add(out, text_span(&all->facts));
}

void export_row(const struct export *all, const struct names *texts, uint32_t question, uint32_t relation,
                const value *values, struct text *out) {
    term_relation(all->program, relation, out);
    text_print(out, "(%u", question);
    for (uint32_t i = 0; i < all->program->relations[relation].column_count; i++) {
        text_byte(out, ',');
        term_print(all->program, texts, all->program->relations[relation].columns[i].type, values[i], out);
    }
    text_byte(out, ')');
}
