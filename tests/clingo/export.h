// SPDX-License-Identifier: Apache-2.0
// Writes the derived relations of a program as a logic program that clingo solves, so that what the engine derives can
// be held against a solver that shares no line with it. tests/clingo/README.md says how things are written.
#ifndef ENTENTE_CLINGO_EXPORT_H
#define ENTENTE_CLINGO_EXPORT_H

#include "engine/engine.h"

struct export {
    const struct program *program;
    struct arena arena;
    struct text facts;       // of all questions so far
    struct span *refused;    // per relation: why it cannot be written; length 0: it can
    bool *elsewhen;          // per relation: something asks it `at` another moment
    bool any_elsewhen;
    uint32_t questions;
};
// The program must outlive it.
void export_init(struct export *all, const struct program *program);
void export_release(struct export *all);

// Adds what holds of the base relations at a question; returns its number. Every relation that cannot be asked there
// gets the reason in `lost` (relations_count of them; length 0: it can). The question is of the head, or beyond it.
uint32_t export_question(struct export *all, struct evaluator *evaluator, struct question question, struct span *lost);
// Gives each relation that rests on a lost one the reason that it is lost too.
void export_spread(struct export *all, struct span *lost);
// The rules, then the facts of all questions.
void export_print(const struct export *all, struct text *out);
// A row as clingo prints it: r83_binds(QUESTION,...)
void export_row(const struct export *all, const struct names *texts, uint32_t question, uint32_t relation,
                const value *values, struct text *out);

#endif
