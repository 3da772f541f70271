// SPDX-License-Identifier: Apache-2.0
// The page behind the timeline: duties, decisions with each seat's answer, findings, facts at the end.
#include "scenario/html_internal.h"

static void open_cell(struct page *page, const char *label) {
    html_put(page, "<td data-label=\"");
    html_say(page, label);
    html_put(page, "\">");
}

static void put_cause(struct page *page, uint32_t position) {
    struct span words = {0};
    if (position && page->words.entry) words = page->words.entry(page->words.context, position);
    if (words.length == 0) return;
    html_put(page, "<br><span class=\"soft\">");
    // What was said belongs to the timeline; here it is enough who did what. A label may have brackets of its own.
    uint32_t end = words.length, act = 0;
    for (uint32_t i = 0; i + 1 < words.length && act == 0 && words_labelled(&page->words); i++)
        if (words.at[i] == ':' && words.at[i + 1] == ' ') act = i;
    for (uint32_t i = act; i + 1 < words.length && end == words.length; i++)
        if (words.at[i] == ' ' && words.at[i + 1] == '(') end = i;
    text_html(page->out, span_part(words, 0, end));
    html_put(page, "</span>");
}

static void put_soft(struct page *page, const char *before, const char *words) {
    html_put(page, before);
    html_put(page, "<span class=\"soft\">");
    html_say(page, words);
    html_put(page, "</span>");
}

static void put_none(struct page *page, const char *words) {
    html_put(page, "<p class=\"none\">");
    html_say(page, words);
    html_put(page, "</p>");
}

// ---- Duties ---------------------------------------------------------------------------------------------------------
static void put_trace(struct page *page, const char *label, const struct text *why) {
    if (why->length == 0) return;
    html_put(page, "<details class=\"trace\"><summary>");
    html_say(page, label);
    html_put(page, "</summary>");
    text_add(page->out, text_span(why));
    html_put(page, "</details>");
}

static void put_duty(struct page *page, const struct duty_view *duty, struct question question) {
    static const char *const kinds[] = {"warn", "bad", "good", "warn", "", ""};
    struct text why = {0};
    if (page->run->why.duty_html && duty->status <= DUTY_OVERDUE)
        page->run->why.duty_html(page->run->why.context, page->evaluator, question, duty->duty, &why);
    html_put(page, "<tr><th scope=\"row\">");
    words_bearer(page->evaluator, &page->words, duty, &page->line);
    html_flush(page);
    html_put(page, "</th>");
    open_cell(page, "");
    words_duty(page->evaluator, &page->words, duty, &page->line);
    html_flush(page);
    html_citation(page, duty->citation);
    put_trace(page, "Why", &why);
    html_put(page, "</td>");
    open_cell(page, "since");
    html_time(page, duty->opened, true);
    if (duty->by_time) put_soft(page, "<br>", "after the one before");
    else if (words_fell_due(&page->words, duty->cause, WRITE_BEGIN, RELATION_DUTY, duty->duty))
        put_soft(page, "<br>", "as it fell due");
    else put_cause(page, duty->cause);
    html_put(page, "</td>");
    open_cell(page, "due");
    if (duty->due == TIME_MAX) put_soft(page, "", "no time named");
    else html_time(page, duty->due, true);
    if (duty->at_once) put_soft(page, "<br>", duty->house ? "at once; the hour is the house's" : "at once");
    html_put(page, "</td>");
    open_cell(page, "");
    html_chip(page, kinds[duty->status], duty_status_name(duty->status));
    if (duty->ended != TIME_MAX) {
        html_put(page, " ");
        html_time(page, duty->ended, true);
        if (words_fell_due(&page->words, duty->end_cause, WRITE_END, RELATION_DUTY, duty->duty))
            put_soft(page, "<br>", "by time alone");
        else put_cause(page, duty->end_cause);
    }
    html_put(page, "</td></tr>\n");
    text_release(&why);
}

static void put_duties(struct page *page, const struct duty_views *duties, struct question question) {
    static const char *const heads[] = {"Owed by", "What", "Since", "Due", "How it ended"};
    html_put(page, "<div class=\"table\"><table class=\"stack\"><thead><tr>");
    for (uint32_t i = 0; i < COUNT_OF(heads); i++) {
        html_put(page, "<th scope=\"col\">");
        html_say(page, heads[i]);
        html_put(page, "</th>");
    }
    html_put(page, "</tr></thead><tbody>\n");
    for (uint32_t i = 0; i < duties->count; i++) put_duty(page, &duties->at[i], question);
    html_put(page, "</tbody></table></div>\n");
}

// ---- Decisions ------------------------------------------------------------------------------------------------------
static void put_seat(struct page *page, const struct seat_view *seat, bool open) {
    static const char *const kinds[] = {"good", "bad", "", "", "warn"};
    static const char *const words[] = {"consents", "objects", "abstains", "stands aside",
                                        "consents, with a reservation"};
    text_print(page->out, "<li class=\"%s\"><b>", seat->answered ? kinds[seat->answer] : open ? "warn" : "");
    words_actor(page->evaluator, &page->words, seat->seat, &page->line);
    html_flush(page);
    html_put(page, "<span>");
    if (seat->answered) html_time(page, seat->when, true);
    html_put(page, "</span></b>");
    html_say(page, seat->answered ? words[seat->answer] : open ? "has not answered" : "did not answer");
    if (seat->reason != VALUE_ANY) {
        html_put(page, "<br>");
        words_value(page->evaluator, &page->words, (struct type){TYPE_TEXT, NO_ID}, seat->reason, &page->line);
        html_flush(page);
    }
    if (seat->joined) {
        html_put(page, "<br>");
        html_say(page, "joined ");
        html_time(page, seat->joined_when, true);
    }
    html_put(page, "</li>\n");
}

static void put_procedure(struct page *page, const struct decision_view *decision) {
    if (decision->procedure == NO_ID) return;
    const struct procedure *procedure = &page->evaluator->program->procedures[decision->procedure];
    html_say(page, words_labelled(&page->words) ? " · decides by " : ", by ");
    words_label_inside(&page->words, procedure->name, &page->line);
    for (uint32_t i = 0; i < decision->parameter_count; i++) {
        text_print(&page->line, i ? ", " : " (");
        words_value(page->evaluator, &page->words, procedure->parameters[i].type, decision->parameters[i], &page->line);
    }
    if (decision->parameter_count) text_byte(&page->line, ')');
    html_flush(page);
}

static void put_decision_head(struct page *page, const struct decision_view *decision) {
    const struct program *program = page->evaluator->program;
    html_put(page, "<header><h3><span class=\"name\">");
    words_value(page->evaluator, &page->words, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, decision->proposal,
                &page->line);
    html_flush(page);
    html_put(page, "</span></h3>");
    struct text outcome = {0};
    if (decision->outcome == NO_ID) text_print(&outcome, "open");
    else words_label_inside(&page->words, program->kinds[KIND_OUTCOME].constants[decision->outcome].name, &outcome);
    text_byte(&outcome, 0);
    html_chip(page,
              decision->outcome == NO_ID             ? "warn"
              : decision->outcome == OUTCOME_ADOPTED ? "good"
                                                     : "bad",
              outcome.at);
    text_release(&outcome);
    html_put(page, "<span class=\"soft\">");
    bool agreed = decision->item_count && program->acts[decision->items[0].act].kind == ACT_AGREED;
    if (agreed) text_print(&page->line, "%s", html_format(page, "asked of those whom it concerns"));
    else words_actor(page->evaluator, &page->words, decision->organ, &page->line);
    html_flush(page);
    put_procedure(page, decision);
    html_say(page, "; proposed by ");
    words_actor(page->evaluator, &page->words, decision->by, &page->line);
    html_flush(page);
    html_put(page, ", ");
    html_time(page, decision->opened, true);
    if (decision->closed != TIME_MAX) {
        html_say(page, "; closed ");
        html_time(page, decision->closed, true);
    }
    html_obstacle(page, decision->outcome, decision->proposal);
    html_put(page, "</span></header>\n");
}

static void put_decision(struct page *page, const struct decision_view *decision, struct question question) {
    html_put(page, "<article class=\"card\">");
    put_decision_head(page, decision);
    html_put(page, decision->item_count > 1 ? "<ol class=\"text\">" : "<ol class=\"text one\">");
    for (uint32_t i = 0; i < decision->item_count; i++) {
        const struct item_view *item = &decision->items[i];
        html_put(page, "<li>");
        words_call(page->evaluator, &page->words, item->act, item->arguments, NULL, item->argument_count, &page->line);
        html_flush(page);
        html_citation(page, &page->evaluator->program->acts[item->act].citation);
        html_put(page, "</li>");
    }
    html_put(page, "</ol>\n<ul class=\"seats\">\n");
    for (uint32_t i = 0; i < decision->seat_count; i++) put_seat(page, &decision->seats[i], decision->open);
    html_put(page, "</ul>");
    struct text why = {0};
    if (page->run->why.decision_html)
        page->run->why.decision_html(page->run->why.context, page->evaluator, question, decision->proposal, &why);
    put_trace(page, "How it came about", &why);
    text_release(&why);
    html_put(page, "</article>\n");
}

// ---- Findings -------------------------------------------------------------------------------------------------------
static void put_finding(struct page *page, const struct finding_view *finding, struct question question) {
    bool open = finding->closed == TIME_MAX;
    html_put(page, "<article class=\"card\"><header><h3>");
    words_finding(page->evaluator, &page->words, finding, &page->line);
    html_flush(page);
    html_put(page, "</h3>");
    html_chip(page, open ? "bad" : "good",
              finding->dropped   ? "dropped"
              : !open            ? "closed"
              : finding->upheld  ? "upheld"
              : finding->alleged ? "alleged"
                                 : "open");
    html_put(page, "</header><p class=\"soft\">");
    words_finding_about(page->evaluator, &page->words, finding, &page->line);
    if (page->line.length) text_print(&page->line, "; ");
    html_flush(page);
    html_say(page, "since ");
    html_time(page, finding->opened, true);
    if (!open) {
        html_say(page, " until ");
        html_time(page, finding->closed, true);
    }
    html_citation(page, finding->citation);
    html_put(page, "</p>");
    struct text why = {0};
    if (page->run->why.finding_html)
        page->run->why.finding_html(page->run->why.context, page->evaluator, question, finding->finding, &why);
    put_trace(page, "Why", &why);
    text_release(&why);
    html_put(page, "</article>\n");
}

// ---- Facts ----------------------------------------------------------------------------------------------------------
static void put_label(struct page *page, const struct relation *of, const struct column *column) {
    struct span words = {0};
    struct label label;
    const struct program *program = page->evaluator->program;
    if (column->label.length) words = column->label;
    else if (column->type.base == TYPE_PARTY && column->type.of != NO_ID)
        words = program->party_types[column->type.of].name;
    else if (column->type.base == TYPE_ENTITY && column->type.of != NO_ID)
        words = program->entity_types[column->type.of].name;
    else if (column->type.base == TYPE_KIND) words = program->kinds[column->type.of].name;
    if (labels_part(page->words.labels, program, of->name, column, &label)) text_add(&page->line, label.label);
    else words_name(words, &page->line);
    html_flush(page);
}

static void put_relation(struct page *page, const struct relation_view *view) {
    const struct relation *of = &page->evaluator->program->relations[view->relation];
    html_put(page, "<details><summary>");
    words_label(&page->words, of->name, &page->line);
    html_flush(page);
    text_print(page->out, " <small>%u", view->count);
    if (of->derived) html_say(page, ", derived");
    html_put(page, "</small>");
    html_citation(page, view->citation);
    html_put(page, "</summary><div class=\"table\"><table><thead><tr>");
    for (uint32_t i = 0; i < of->column_count; i++) {
        html_put(page, "<th scope=\"col\">");
        put_label(page, of, &of->columns[i]);
        html_put(page, "</th>");
    }
    for (uint32_t i = 0; i < 2 && !of->derived; i++) {
        html_put(page, "<th scope=\"col\">");
        html_say(page, i ? "until" : "since");
        html_put(page, "</th>");
    }
    html_put(page, "</tr></thead><tbody>\n");
    for (uint32_t k = 0; k < view->count; k++) {
        html_put(page, "<tr>");
        for (uint32_t i = 0; i < of->column_count; i++) {
            html_put(page, "<td>");
            words_value(page->evaluator, &page->words, of->columns[i].type, view->at[k].values[i], &page->line);
            html_flush(page);
            if (i + 1 == of->column_count) html_citation(page, view->at[k].doubt);
            html_put(page, "</td>");
        }
        if (!of->derived) {
            html_put(page, "<td>");
            if (view->at[k].begun) html_time(page, view->at[k].from, true);
            else put_soft(page, "", "given");
            html_put(page, "</td><td>");
            if (view->at[k].until != TIME_MAX) html_time(page, view->at[k].until, true);
            html_put(page, "</td>");
        }
        html_put(page, "</tr>\n");
    }
    if (of->column_count == 0) {
        html_put(page, "<tr><td>");
        html_say(page, "it is so");
        html_put(page, "</td></tr>");
    }
    html_put(page, "</tbody></table></div></details>\n");
}

// The timeline has each act at its own offset; from here on all times are at the treaty's.
static void open_section(struct page *page, const char *id, const char *kind, const char *title) {
    int32_t offset = page->words.offset;
    text_print(page->out, "<section id=\"%s\" class=\"%s\"><h2>", id, kind);
    html_say(page, title);
    html_put(page, " <small>");
    html_say(page, offset ? "times at " : "times in UTC");
    if (offset) text_print(page->out, "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 3600, abs(offset) / 60 % 60);
    html_put(page, "</small></h2>\n");
}

// ---- Names ----------------------------------------------------------------------------------------------------------
static void put_names(struct page *page) {
    struct scenario_legend legend = {.labels = page->words.labels};
    legend_run(&legend, page->run);
    html_put(page, "<section id=\"names\"><h2>");
    html_say(page, "Names");
    html_put(page, "</h2>\n<div class=\"table\"><table class=\"stack\"><tbody>\n");
    for (uint32_t i = 0; i < legend.at.count; i++) {
        const struct label *label = legend.at.at[i];
        html_put(page, "<tr><th scope=\"row\">");
        text_html(page->out, label->name);
        html_put(page, "</th>");
        open_cell(page, "");
        text_html(page->out, label->label);
        html_put(page, "</td>");
        open_cell(page, "");
        text_html(page->out, label->help);
        html_put(page, "</td></tr>\n");
    }
    html_put(page, "</tbody></table></div></section>\n");
    legend_release(&legend);
}

// Heads what the register left and the story did not end.
static bool put_left(struct page *page, uint32_t count) {
    if (count == 0) return false;
    html_put(page, "<h3 class=\"left\">");
    html_say(page, "Still open from the register");
    html_put(page, "</h3>\n");
    return true;
}

void html_parts(struct page *page, struct question question) {
    page->words.offset = page->evaluator->program->offset;
    const struct story_end *own = &page->own, *left = &page->left;
    open_section(page, "duties", "", "Duties");
    if (own->duties.count) put_duties(page, &own->duties, question);
    else put_none(page, "Nobody owed anything.");
    if (put_left(page, left->duties.count)) put_duties(page, &left->duties, question);
    html_put(page, "</section>\n");
    open_section(page, "decisions", "", "Decisions");
    if (own->decisions.count == 0) put_none(page, "Nothing was proposed.");
    for (uint32_t i = 0; i < own->decisions.count; i++) put_decision(page, &own->decisions.at[i], question);
    put_left(page, left->decisions.count);
    for (uint32_t i = 0; i < left->decisions.count; i++) put_decision(page, &left->decisions.at[i], question);
    html_put(page, "</section>\n");
    open_section(page, "findings", "", "Findings");
    if (own->findings.count == 0) put_none(page, "Nothing was amiss.");
    for (uint32_t i = 0; i < own->findings.count; i++) put_finding(page, &own->findings.at[i], question);
    put_left(page, left->findings.count);
    for (uint32_t i = 0; i < left->findings.count; i++) put_finding(page, &left->findings.at[i], question);
    html_put(page, "</section>\n");
    open_section(page, "facts", "facts", "Facts at the end");
    if (page->state.count == 0) put_none(page, "Nothing was so.");
    for (uint32_t i = 0; i < page->state.count; i++) put_relation(page, &page->state.at[i]);
    html_put(page, "</section>\n");
    if (page->words.labels) put_names(page);
}
