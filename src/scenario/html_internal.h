// SPDX-License-Identifier: Apache-2.0
// What the files of the page share.
#ifndef ENTENTE_SCENARIO_HTML_INTERNAL_H
#define ENTENTE_SCENARIO_HTML_INTERNAL_H

#include "scenario/scenario_internal.h"

struct page {
    const struct scenario_run *run;
    struct evaluator *evaluator;
    struct scenario_words words;      // the run's, at the offset of the step that is told
    struct arena arena;
    struct text *out, line;           // line: plain words, on their way through html_flush
    bool with_day, with_list, recorded;
    int64_t day;
    int32_t day_offset;
    int64_t clock;
    struct span medium;
    struct story_end own, left;       // left: by the register, still open
    struct state_view state;
};

void html_put(struct page *page, const char *markup);         // as it is: never with words of a treaty or scenario
// A format of the page in the reader's language, and such words put as text.
const char *html_format(const struct page *page, const char *english) __attribute__((format_arg(2)));
void html_say(struct page *page, const char *english);
void html_flush(struct page *page);                           // the collected words, escaped
void html_time(struct page *page, int64_t time, bool with_day);
void html_citation(struct page *page, const struct citation *citation);
void html_chip(struct page *page, const char *kind, const char *words);
void html_obstacle(struct page *page, uint32_t outcome, value proposal);    // where it could not be carried out
void html_items(struct page *page, const struct decision_view *decision);
void html_parts(struct page *page, struct question question); // duties, decisions, findings, facts

#endif
