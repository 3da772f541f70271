// SPDX-License-Identifier: Apache-2.0
// Holds the engine against the naive evaluator: draws entries and questions at random, gives them to both, compares what they say.
#ifndef ENTENTE_AGREE_H
#define ENTENTE_AGREE_H

#include "engine/engine.h"
#include "naive/naive.h"

// ---- Chance: a seed, or the bytes of a fuzzer ------------------------------------------------------------------------------
struct chance { uint64_t state; const uint8_t *bytes; size_t left; bool from_bytes; };
uint32_t chance_below(struct chance *chance, uint32_t count);        // 0 .. count - 1; 0 where count is 0
bool chance_of(struct chance *chance, uint32_t percent);
bool chance_over(const struct chance *chance);                       // the bytes are used up

// ---- One session: a program, both evaluators, the entries so far --------------------------------------------------------------
struct agree_counts {
    uint64_t entries, done, kinds_done[ENTRY_TICK + 1], refusals[REFUSAL_LIMIT + 1];
    uint64_t same_second, settled_entries, settled_writes, late_entries, late_outcomes, recorded;
    uint64_t questions, question_rows, judged, adoptions, not_executable, firings[8];
};

struct known_entity { value entity; uint32_t type; };
struct session {
    const struct program *program;
    struct evaluator *naive, *engine;
    struct chance chance;
    struct arena arena;                       // the entries
    VEC(struct known_entity) made;            // by acts and proposals that were done
    struct text story;                        // the entries so far, as a reader writes them
    struct text difference;                   // what the two said, where they differ
    uint64_t rows;                            // begun so far
    int64_t start;                            // time of the first entry
    bool trace;                               // each entry is printed before it is judged
    struct agree_counts *counts;
};
void session_begin(struct session *session, const struct program *program, struct chance chance, struct agree_counts *counts);
void session_end(struct session *session);
// A session that holds so many rows is over: the naive evaluator walks them all, again and again.
#define SESSION_ROWS 1200u
bool session_full(const struct session *session);
// Draws one entry, or one question. False: the two differ, and `difference` says how.
bool session_step(struct session *session);
// Compares everything that can be asked of the two without replaying.
bool session_review(struct session *session);

// ---- draw.c -----------------------------------------------------------------------------------------------------------------------
struct entry *draw_entry(struct session *session);
value draw_value(struct session *session, struct type type, struct span label);
int64_t draw_time(struct session *session, bool past);

// ---- compare.c ----------------------------------------------------------------------------------------------------------------------
void print_entry(const struct session *session, const struct entry *entry, struct text *out);
bool compare_submit(struct session *session, const struct entry *entry);
bool compare_judge(struct session *session, const struct entry *entry);
bool compare_question(struct session *session);

#endif
