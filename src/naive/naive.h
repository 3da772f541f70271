// SPDX-License-Identifier: Apache-2.0
// naive: the second evaluator, an independent reading of docs/language.md and engine/engine.h in the plainest way.
//
// Rows stand in one array per relation and every condition walks all of them; derived relations are computed whole; a
// question about an earlier position is answered by replaying the entries. It is slow on purpose: the engine proper is
// held against it.
#ifndef ENTENTE_NAIVE_NAIVE_H
#define ENTENTE_NAIVE_NAIVE_H

#include "engine/engine.h"

// The program must outlive the evaluator. Give back with evaluator_free.
struct evaluator *naive_new(const struct program *program);

// How often each clause of each act was met and failed since the evaluator was made; what a trial meets (it is asked
// again at adoption) and replays are left out. A test that draws its entries at random wants to know what it never
// reached. Clause c of act a is at[starts[a] + c].
struct naive_clause_count {
    uint64_t met, failed;
};
struct naive_counts {
    const struct naive_clause_count *clauses;
    const uint32_t *starts;
    uint32_t clause_count;
    uint64_t adoptions, not_executable, firings[8];    // firings by watch_kind; norms: findings opened
};
struct naive_counts naive_count(const struct evaluator *naive);

// The next moment after the last entry at which time alone may change something; TIME_MAX where there is none.
int64_t naive_next_moment(struct evaluator *naive);

#endif
