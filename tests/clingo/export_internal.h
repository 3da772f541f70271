// SPDX-License-Identifier: Apache-2.0
// Private to the exporter.
#ifndef ENTENTE_CLINGO_EXPORT_INTERNAL_H
#define ENTENTE_CLINGO_EXPORT_INTERNAL_H

#include "export.h"

// Clingo's integers have 32 bits.
#define INTEGER_MOST ((int64_t)INT32_MAX)

// ---- terms.c: values and names -------------------------------------------------------------------------------------
void term_print(const struct program *program, const struct names *texts, struct type type, value v, struct text *out);
// `b` for base, `r` for derived, the number, the name: r83_binds
void term_relation(const struct program *program, uint32_t relation, struct text *out);
void term_word(struct span name, struct text *out);    // letters, digits and underscores
bool term_fits(struct type type, value v);

// ---- rules.c: a rule of the treaty as rules of clingo --------------------------------------------------------------
// Writes a rule and the rules that help it. An empty span, or why it cannot be written (in the arena).
struct span rule_print(const struct program *program, struct arena *arena, uint32_t rule, struct text *out);

// ---- depends.c -----------------------------------------------------------------------------------------------------
// Calls `visit` for each atom of a rule, however deep.
typedef void (*atom_visitor)(void *context, uint32_t relation, bool elsewhen);
void depends_atoms(const struct program *program, const struct rule *rule, atom_visitor visit, void *context);
// Gives every derived relation that rests on one with a reason the reason that it does.
void depends_spread(const struct program *program, struct arena *arena, struct span *reasons);
// Marks what is asked at another moment, and what that rests on.
void depends_elsewhen(const struct program *program, bool *elsewhen);

#endif
