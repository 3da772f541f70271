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

// ---- Courses: the entries of a treaty's own scenarios -------------------------------------------------------------------------
struct course_step {
    const struct entry *entry;
    uint32_t position;                        // that it got, or would have had
    bool entered, tried;                      // tried: the scenario only judged it
};
struct course { struct span title; const struct course_step *steps; uint32_t count; };

// ---- One session: a program, both evaluators, the entries so far --------------------------------------------------------------
struct agree_counts {
    uint64_t led;                             // entries that a course led with; they count nowhere else among entries
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
    const struct course *course;              // that the session goes along with, or NULL
    uint32_t course_next;                     // step
    uint32_t *places;                         // by the position that an entry has in the course: the one it has here; 0: none
    bool leading;
    struct agree_counts *counts;
};
// engine: one that a session of the same program gave back, which begins again; NULL: a new one.
void session_begin(struct session *session, const struct program *program, struct evaluator *engine, struct chance chance, struct agree_counts *counts);
struct evaluator *session_end(struct session *session);    // gives back the engine
// A session that holds so many rows is over: the naive evaluator walks them all, again and again.
#define SESSION_ROWS 1200u
bool session_full(const struct session *session);
// Before the first step: enters the course up to a step that is drawn; the session then goes along with what follows it, among what
// is drawn, out of order and altered. False: the two differ.
bool session_follow(struct session *session, const struct course *course);
// Draws one entry, or one question. False: the two differ, and `difference` says how.
bool session_step(struct session *session);
// Compares everything that can be asked of the two without replaying.
bool session_review(struct session *session);

// ---- draw.c -----------------------------------------------------------------------------------------------------------------------
struct entry *draw_entry(struct session *session);
// The entry of a step, with what earlier entries made named as it is here. `altered`: perhaps with something else in it.
struct entry *draw_of_course(struct session *session, const struct course_step *step, bool altered);
value draw_value(struct session *session, struct type type, struct span label);
int64_t draw_time(struct session *session, bool past);

// ---- compare.c ----------------------------------------------------------------------------------------------------------------------
void print_entry(const struct session *session, const struct entry *entry, struct text *out);
// receipt: takes the naive evaluator's, or NULL.
bool compare_submit(struct session *session, const struct entry *entry, struct receipt *receipt);
bool compare_judge(struct session *session, const struct entry *entry, struct receipt *receipt);
bool compare_ask(struct session *session, struct question question, uint32_t relation, const value *pattern);
bool compare_question(struct session *session);

// ---- guide.c: in the program that tests/agree/build makes --------------------------------------------------------------------------
struct guide { struct arena arena; VEC(struct course) courses; struct evaluator *engine; };    // engine: of all its stories, one after the other
// Reads the scenarios of a file or folder and runs them on both evaluators. False: they differ, or an expectation fails; `said` says how.
bool guide_load(struct guide *guide, struct diagnostics *all, const struct program *program, const char *path, struct agree_counts *counts, struct text *said);
void guide_release(struct guide *guide);

#endif
