// SPDX-License-Identifier: Apache-2.0
// A run as one page of its own: heading and timeline. Tables and what stands at the end are in html_parts.c. Everything
// that comes from a treaty or a scenario goes out through text_html.
#include "scenario/html_internal.h"

// ---- Small parts ----------------------------------------------------------------------------------------------------
void html_flush(struct page *page) {
    text_html(page->out, text_span(&page->line));
    page->line.length = 0;
}

const char *html_format(const struct page *page, const char *english) { return words_say(&page->words, english); }

void html_say(struct page *page, const char *english) { text_html(page->out, span_of(html_format(page, english))); }

void html_put(struct page *page, const char *markup) { text_print(page->out, "%s", markup); }

void html_time(struct page *page, int64_t time, bool with_day) {
    struct calendar_date date = calendar_date_of(time, 0);
    if (time == TIME_MAX || time == TIME_MIN) {
        words_time(&page->words, page->evaluator->program, time, &page->line);
        html_flush(page);
        return;
    }
    text_print(page->out, "<time datetime=\"%04d-%02d-%02dT%02d:%02d:%02dZ\">", date.year, date.month, date.day,
               date.hour, date.minute, date.second);
    if (with_day) words_time(&page->words, page->evaluator->program, time, &page->line);
    else text_clock(&page->line, time, page->words.offset);
    html_flush(page);
    html_put(page, "</time>");
}

void html_citation(struct page *page, const struct citation *citation) {
    if (!citation || citation->count == 0) return;
    struct citation bare = *citation;
    const char *standing = standing_word(citation->standing);
    bare.standing = STANDING_VERIFIED;
    program_print_citation(page->evaluator->program, &bare, &page->line);
    text_print(page->out, " <cite class=\"%s\">", standing);
    html_flush(page);
    if (*standing) {
        html_put(page, " <i>");
        html_say(page, standing);
        html_put(page, "</i>");
    }
    html_put(page, "</cite>");
}

void html_chip(struct page *page, const char *kind, const char *words) {
    text_print(page->out, "<span class=\"chip%s%s\">", *kind ? " " : "", kind);
    html_say(page, words);
    html_put(page, "</span>");
}

// ---- Consequences ---------------------------------------------------------------------------------------------------
static void put_due(struct page *page, const struct duty_view *duty) {
    if (duty->at_once || duty->due != TIME_MAX) html_put(page, " <small>");
    if (duty->at_once) html_say(page, duty->due == TIME_MAX ? "at once" : "at once; ");
    if (duty->due != TIME_MAX) {
        html_say(page, "by ");
        html_time(page, duty->due, true);
        if (duty->house) html_say(page, ", a setting of the house");
    }
    if (duty->at_once || duty->due != TIME_MAX) html_put(page, "</small>");
}

static void put_duty(struct page *page, const struct deed *deed) {
    static const struct {
        const char *kind, *words;
    } chips[] = {{"warn", "duty"}, {"good", "met"}, {"", "released"}, {"", "lapsed"}};
    html_chip(page, deed->late ? "warn" : chips[deed->kind].kind, deed->late ? "met late" : chips[deed->kind].words);
    html_put(page, "<span><b>");
    words_bearer(page->evaluator, &page->words, &deed->duty, &page->line);
    html_flush(page);
    html_put(page, "</b> ");
    words_duty(page->evaluator, &page->words, &deed->duty, &page->line);
    html_flush(page);
    if (deed->kind == DEED_DUTY) put_due(page, &deed->duty);
    html_citation(page, deed->duty.citation);
    html_put(page, "</span>");
}

static void put_overdue(struct page *page, const struct deed *deed) {
    html_chip(page, "bad", "overdue");
    html_put(page, "<span><b>");
    words_bearer(page->evaluator, &page->words, &deed->duty, &page->line);
    html_flush(page);
    html_put(page, "</b> ");
    words_duty(page->evaluator, &page->words, &deed->duty, &page->line);
    html_flush(page);
    html_put(page, " <small>");
    html_say(page, "overdue since ");
    html_time(page, deed->duty.due, true);
    html_put(page, "</small>");
    html_citation(page, deed->duty.citation);
    html_put(page, "</span>");
}

static void put_finding(struct page *page, const struct deed *deed) {
    bool opens = deed->kind == DEED_FINDING;
    html_chip(page, opens ? "bad" : "good", opens ? deed->finding.alleged ? "alleged" : "finding" : "closed");
    html_put(page, "<span>");
    words_finding(page->evaluator, &page->words, &deed->finding, &page->line);
    html_flush(page);
    words_finding_about(page->evaluator, &page->words, &deed->finding, &page->line);
    if (page->line.length) {
        html_put(page, " <small>");
        html_flush(page);
        html_put(page, "</small>");
    }
    if (opens && deed->finding.closed != TIME_MAX) {
        html_put(page, " <small>");
        html_say(page, "from ");
        html_time(page, deed->finding.opened, true);
        html_say(page, " until ");
        html_time(page, deed->finding.closed, true);
        html_put(page, "</small>");
    }
    html_citation(page, deed->finding.citation);
    html_put(page, "</span>");
}

static void put_answers(struct page *page, const struct decision_view *decision) {
    static const char *const labels[] = {"consent",  "object", "abstain", "stand aside", "consent with a reservation",
                                         "no answer"};
    html_put(page, "<dl class=\"answers\">");
    for (uint32_t answer = 0; answer < COUNT_OF(labels); answer++) {
        uint32_t shown = 0;
        for (uint32_t i = 0; i < decision->seat_count; i++) {
            const struct seat_view *seat = &decision->seats[i];
            if (seat->answered ? seat->answer != answer : answer + 1 != COUNT_OF(labels)) continue;
            if (shown++) text_print(&page->line, ", ");
            words_actor(page->evaluator, &page->words, seat->seat, &page->line);
        }
        if (!shown) continue;
        html_put(page, "<div><dt>");
        html_say(page, labels[answer]);
        html_put(page, "</dt> <dd>");
        html_flush(page);
        html_put(page, "</dd></div>");
    }
    html_put(page, "</dl>");
}

void html_obstacle(struct page *page, uint32_t outcome, value proposal) {
    struct obstacle_view obstacle;
    if (outcome != OUTCOME_NOT_EXECUTABLE ||
        !scenario_obstacle(page->evaluator, &page->words, proposal, &page->arena, &obstacle))
        return;
    html_put(page, "<br>");
    html_say(page, "could not be carried out: ");
    text_html(page->out, words_message(&page->words, obstacle.message));
    html_put(page, " <cite>");
    text_html(page->out, obstacle.citation);
    html_put(page, "</cite>");
}

void html_items(struct page *page, const struct decision_view *decision) {
    for (uint32_t i = 0; i < decision->item_count; i++) {
        const struct item_view *item = &decision->items[i];
        if (i) text_print(&page->line, "%s", html_format(page, " and "));
        words_item(page->evaluator, &page->words, item, &page->line);
    }
    html_flush(page);
}

static void put_outcome(struct page *page, const struct deed *deed, struct question question, bool tried) {
    struct text words = {0};
    words_label_inside(&page->words, page->evaluator->program->kinds[KIND_OUTCOME].constants[deed->outcome].name,
                       &words);
    text_byte(&words, 0);
    html_chip(page, deed->outcome == OUTCOME_ADOPTED ? "good" : "bad", words.at);
    text_release(&words);
    html_put(page, "<span>");
    words_value(page->evaluator, &page->words, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, deed->proposal,
                &page->line);
    html_put(page, "<span class=\"name\">");
    html_flush(page);
    html_put(page, "</span> ");
    struct decision_view decision;
    if (!tried && decision_of(page->evaluator, question, deed->proposal, &page->arena, &decision)) {
        html_items(page, &decision);
        html_citation(page, decision.citation);
        html_obstacle(page, deed->outcome, deed->proposal);
        put_answers(page, &decision);
    }
    html_put(page, "</span>");
}

// How an overdue duty ended is told by the duty itself.
static bool is_told(const struct deed *deed) { return !(deed->kind == DEED_CLOSED && deed->overdue); }

static void put_deed(struct page *page, const struct deed *deed, uint32_t position, bool tried) {
    if (!is_told(deed)) return;
    html_put(page, "<li>");
    if (deed->overdue) put_overdue(page, deed);
    else switch (deed->kind) {
        case DEED_DECIDED: put_outcome(page, deed, (struct question){deed->time, position}, tried); break;
        case DEED_FINDING:
        case DEED_CLOSED: put_finding(page, deed); break;
        default: put_duty(page, deed);
        }
    html_put(page, "</li>\n");
}

// ---- The timeline ---------------------------------------------------------------------------------------------------
static void close_list(struct page *page) {
    if (page->with_list) html_put(page, "</ol>\n");
    page->with_list = false;
}

static void put_day(struct page *page, int64_t time) {
    int32_t offset = page->words.offset;
    int64_t local = time + offset, day = local / 86400 - (local % 86400 < 0);
    if (!page->with_day || day != page->day || offset != page->day_offset) {
        close_list(page);
        page->with_day = true;
        page->day = day;
        page->day_offset = offset;
        page->clock = TIME_MIN;
        page->recorded = false;
        html_put(page, "<h3 class=\"day\">");
        text_date_words(&page->words, page->out, time, offset);
        if (offset)
            text_print(page->out, " <small>%c%02d:%02d</small></h3>\n", offset < 0 ? '-' : '+', abs(offset) / 3600,
                       abs(offset) / 60 % 60);
        else html_put(page, " <small>UTC</small></h3>\n");
    }
    if (!page->with_list) html_put(page, "<ol class=\"acts\">\n");
    page->with_list = true;
}

// Opens a line of the timeline; the hour stands where it is not the one above.
static void open_line(struct page *page, int64_t time, const char *kind) {
    put_day(page, time);
    text_print(page->out, "<li class=\"%s\">", kind);
    if (page->clock == time) html_put(page, "<span></span>");
    else html_time(page, time, false);
    page->clock = time;
    html_put(page, "<div class=\"what\">");
}

static void put_record(struct page *page, const struct scenario_step *step) {
    bool same = page->recorded && step->recorded && span_equal(page->medium, step->medium);
    page->recorded = step->recorded;
    page->medium = step->medium;
    if (!step->recorded || same) return;
    open_line(page, step->time, "said");
    text_print(&page->line, html_format(page, "recorded: %.*s"), SPAN_ARG(step->medium));
    html_flush(page);
    if (step->registrar.kind != OPERAND_ANY) {
        html_say(page, words_labelled(&page->words) ? ", recorded by " : ", by ");
        words_operand(page->run, &step->registrar, &page->line);
        html_flush(page);
    }
    html_put(page, "</div></li>\n");
    page->recorded = true;
}

static void put_settled(struct page *page, const struct step_result *result) {
    struct question question = {result->step->time, result->entered ? result->first : POSITION_LAST};
    struct deeds deeds = deeds_of(page->evaluator, question, result->settled, result->settled_count, &page->arena);
    for (uint32_t i = 0; i < deeds.count; i++) {
        bool first = i == 0 || deeds.at[i].time != deeds.at[i - 1].time,
             last = i + 1 == deeds.count || deeds.at[i].time != deeds.at[i + 1].time;
        if (first) {
            open_line(page, deeds.at[i].time, "due");
            html_put(page, "<p>");
            html_say(page, "falls due");
            html_put(page, "</p><ul class=\"came\">\n");
        }
        put_deed(page, &deeds.at[i], result->first, false);
        if (last) html_put(page, "</ul></div></li>\n");
        page->recorded = false;
    }
}

static void put_name(struct page *page, uint32_t name, const char *before) {
    html_say(page, before);
    html_put(page, "<span class=\"name\">");
    text_html(page->out, page->run->scenario->names[name].text);
    html_put(page, "</span>");
}

static void put_words(struct page *page, const struct step_result *result) {
    const struct scenario_step *step = result->step;
    struct span words = result->words.length ? result->words : span_of(html_format(page, "an act that cannot be made"));
    uint32_t who = result->words.length ? result->who_length : 0;
    html_put(page, "<p>");
    if (step->try) {
        html_chip(page, "", "tried");
        text_byte(page->out, ' ');
    }
    html_put(page, "<span class=\"who\">");
    text_html(page->out, span_part(words, 0, who));
    html_put(page, "</span>");
    text_html(page->out, span_part(words, who, words.length - who));
    if (step->proposal != NO_ID) put_name(page, step->proposal, " as ");
    for (uint32_t i = 0; i < step->made_count; i++)
        put_name(page, step->made[i], i ? ", " : step->kind == STEP_PROPOSE ? ", for " : " as ");
    if (result->receipt.status == RECEIPT_DONE && step->call_count)
        html_citation(page, &page->evaluator->program->acts[step->calls[0].act].citation);
    html_put(page, "</p>\n");
}

static void put_chip_alone(struct page *page, const char *kind, const char *words) {
    html_put(page, "<p>");
    html_chip(page, kind, words);
    html_put(page, "</p>");
}

// A record that a party confirmed or contests is no longer only the registrar's word.
static void put_confirmation(struct page *page, const struct step_result *result) {
    struct row row;
    struct question question = {page->evaluator->time, POSITION_LAST};
    if (!result->entered || !result->step->recorded) return;
    value entry = entity_of(result->last, 0);
    if (row_of(page->evaluator, question, RELATION_CONTESTED, entry, &page->arena, &row))
        put_chip_alone(page, "bad", "contested");
    else if (row_of(page->evaluator, question, RELATION_CONFIRMED, entry, &page->arena, &row))
        put_chip_alone(page, "good", "confirmed");
}

static void put_refusal(struct page *page, const struct step_result *result) {
    const struct receipt *receipt = &result->receipt;
    html_put(page, "<li>");
    html_chip(page, "bad", receipt->status == RECEIPT_REFUSED ? "refused" : "turned away");
    html_put(page, "<span>");
    text_html(page->out, words_message(&page->words, receipt->message));
    html_citation(page, receipt->citation);
    if (result->why_html.length) {
        html_put(page, "<details class=\"trace\"><summary>");
        html_say(page, "Why");
        html_put(page, "</summary>");
        text_add(page->out, result->why_html);
        html_put(page, "</details>");
    }
    html_put(page, "</span></li>\n");
}

static void put_failures(struct page *page, uint32_t step) {
    for (uint32_t i = 0; i < page->run->failures.count; i++) {
        const struct scenario_failure *failure = &page->run->failures.at[i];
        if (failure->step != step || step == NO_ID) continue;
        put_day(page, page->run->steps.at[step].step->time);
        html_put(page, "<li><span></span><div class=\"what\"><p class=\"failed\">");
        html_say(page, "expected: ");
        text_html(page->out, failure->expected);
        html_put(page, "<br>");
        html_say(page, "instead: ");
        text_html(page->out, failure->got);
        html_put(page, "</p></div></li>\n");
    }
}

static void put_act(struct page *page, const struct step_result *result) {
    const struct scenario_step *step = result->step;
    bool done = result->receipt.status == RECEIPT_DONE, refused = !done && result->words.length;
    put_record(page, step);
    open_line(page, step->time, done ? "done" : "refused");
    put_words(page, result);
    put_confirmation(page, result);
    struct question question = {step->time, result->entered ? result->last : POSITION_LAST};
    struct deeds deeds = deeds_of(page->evaluator, question, result->writes, result->write_count, &page->arena);
    uint32_t late = result->receipt.late_count;
    bool came = deeds.count || late || refused || result->foretold_count;
    if (came) html_put(page, "<ul class=\"came\">\n");
    if (refused) put_refusal(page, result);
    for (uint32_t i = 0; i < deeds.count; i++) put_deed(page, &deeds.at[i], result->last, step->try);
    for (uint32_t i = 0; i < late; i++) {
        html_put(page, "<li>");
        html_chip(page, "warn", "late");
        html_put(page, "<span>");
        text_print(&page->line,
                   result->receipt.late[i].would_be_done
                       ? html_format(page, "known then, entry %u would have been done")
                       : html_format(page, "known then, entry %u would have been refused"),
                   result->receipt.late[i].position);
        html_flush(page);
        html_put(page, "</span></li>\n");
    }
    for (uint32_t i = 0; i < result->foretold_count; i++) {
        html_put(page, "<li>");
        html_chip(page, "warn", "foretold");
        html_put(page, "<span>");
        text_html(page->out, words_message(&page->words, result->foretold[i].message));
        html_put(page, " <small>");
        words_finding_about(page->evaluator, &page->words, &result->foretold[i], &page->line);
        html_flush(page);
        text_byte(page->out, ' ');
        html_say(page, "from ");
        html_time(page, result->foretold[i].opened, true);
        html_put(page, "</small>");
        html_citation(page, result->foretold[i].citation);
        html_put(page, "</span></li>\n");
    }
    if (came) html_put(page, "</ul>");
    html_put(page, "</div></li>\n");
}

static void put_timeline(struct page *page) {
    html_put(page, "<section id=\"timeline\"><h2>");
    html_say(page, "Timeline");
    html_put(page, "</h2>\n");
    uint32_t begins = scenario_begins(page->run);
    for (uint32_t i = 0; i < page->run->steps.count; i++) {
        const struct step_result *result = &page->run->steps.at[i];
        if (result->step->kind != STEP_EXPECT && i >= begins) {
            page->words.offset = result->step->offset;
            if (!result->step->try) put_settled(page, result);
            put_act(page, result);
        }
        put_failures(page, i);
        arena_reset(&page->arena);
    }
    close_list(page);
    html_put(page, "</section>\n");
}

// ---- The heading ----------------------------------------------------------------------------------------------------
static void put_figure(struct page *page, uint32_t count, const char *kind, const char *one, const char *several) {
    text_print(page->out, "<li class=\"%s\"><b>%u</b>", count ? kind : "", count);
    html_say(page, count == 1 ? one : several);
    html_put(page, "</li>\n");
}

// That a duty is overdue is counted with the duties.
static uint32_t open_findings(const struct finding_views *findings) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < findings->count; i++)
        count += findings->at[i].closed == TIME_MAX && !findings->at[i].duty;
    return count;
}

static void put_figures(struct page *page) {
    const struct story_end *own = &page->own, *left = &page->left;
    uint32_t open = 0, overdue = 0, late = 0, adopted = 0, undecided = 0;
    for (uint32_t i = 0; i < own->duties.count; i++) {
        duty_status status = own->duties.at[i].status;
        open += status == DUTY_OPEN;
        overdue += status == DUTY_OVERDUE;
        late += status == DUTY_MET_LATE;
    }
    for (uint32_t i = 0; i < own->decisions.count; i++) {
        adopted += own->decisions.at[i].outcome == OUTCOME_ADOPTED;
        undecided += own->decisions.at[i].open;
    }
    uint32_t inherited = left->duties.count + left->decisions.count + open_findings(&left->findings);
    html_put(page, "<ul class=\"figures\">\n");
    put_figure(page, page->evaluator->position - scenario_before(page->run), "", "entry", "entries");
    put_figure(page, adopted, "good", "decision adopted", "decisions adopted");
    put_figure(page, undecided, "", "open decision", "open decisions");
    put_figure(page, open, "", "duty open at the end", "duties open at the end");
    put_figure(page, overdue, "bad", "overdue", "overdue");
    put_figure(page, late, "bad", "met late", "met late");
    put_figure(page, open_findings(&own->findings), "bad", "open finding", "open findings");
    if (inherited) put_figure(page, inherited, "", "still open from the register", "still open from the register");
    uint32_t failures = page->run->failures.count;
    if (failures) put_figure(page, failures, "bad", "expectation not met", "expectations not met");
    html_put(page, "</ul>\n");
}

static void put_period(struct page *page) {
    const struct scenario *scenario = page->run->scenario;
    struct text from = {0}, until = {0};
    for (uint32_t i = scenario_begins(page->run); i < scenario->step_count && !from.length; i++) {
        if (scenario->steps[i].kind == STEP_EXPECT) continue;
        page->words.offset = scenario->steps[i].offset;
        text_date_words(&page->words, &from, scenario->steps[i].time, page->words.offset);
    }
    if (page->evaluator->position) {
        if (scenario->step_count) page->words.offset = scenario->steps[scenario->step_count - 1].offset;
        text_date_words(&page->words, &until, page->evaluator->time, page->words.offset);
    }
    html_put(page, "<p class=\"period\">");
    text_html(page->out, text_span(&from));
    if (until.length && !span_equal(text_span(&from), text_span(&until))) {
        html_put(page, " – ");
        text_html(page->out, text_span(&until));
    }
    html_put(page, "</p>\n");
    text_release(&from);
    text_release(&until);
    uint32_t taken = scenario_taken_in(page->run);
    if (!taken) return;
    html_put(page, "<p class=\"soft\">");
    text_print(&page->line, html_format(page, "Steps of the register taken in before: %u."), taken);
    html_flush(page);
    html_put(page, "</p>\n");
}

static void put_heading(struct page *page) {
    const struct program *program = page->evaluator->program;
    struct span title = page->run->scenario->title.length ? page->run->scenario->title
                                                          : span_of(html_format(page, "A scenario without a title"));
    html_put(page, "<!doctype html>\n<html lang=\"");
    text_print(&page->line, "%s", labels_language(page->words.labels));
    html_flush(page);
    html_put(page, "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                   "content=\"width=device-width,initial-scale=1\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                   "'unsafe-inline'\">\n<title>");
    text_html(page->out, title);
    html_put(page, "</title>\n<style>\n");
    for (uint32_t i = 0; html_style[i]; i++) html_put(page, html_style[i]);
    html_put(page, "</style>\n</head>\n<body>\n<header>\n<p class=\"treaty\">");
    const struct label *treaty = labels_find(page->words.labels, program->name);
    text_html(page->out, treaty ? treaty->label : program->title.length ? program->title : program->name);
    html_put(page, "</p>\n<h1>");
    text_html(page->out, title);
    html_put(page, "</h1>\n");
    put_period(page);
    put_figures(page);
    static const char *const parts[][2] = {{"timeline", "Timeline"}, {"duties", "Duties"}, {"decisions", "Decisions"},
                                           {"findings", "Findings"}, {"facts", "Facts"},   {"names", "Names"}};
    html_put(page, "</header>\n<nav><ul>");
    for (uint32_t i = 0; i < COUNT_OF(parts) - (page->words.labels ? 0 : 1); i++) {
        text_print(page->out, "<li><a href=\"#%s\">", parts[i][0]);
        html_say(page, parts[i][1]);
        html_put(page, "</a></li>");
    }
    html_put(page, "</ul></nav>\n<main>\n");
}

void scenario_replay_html(const struct scenario_run *run, struct text *out) {
    struct page page = {.run = run, .evaluator = run->evaluator, .words = run->words, .out = out, .clock = TIME_MIN};
    struct arena kept;
    struct question question = {scenario_end(run), POSITION_LAST};
    arena_init(&page.arena);
    arena_init(&kept);
    if (run->evaluator->position) {
        if (scenario_story_end(run, &kept, &page.own, &page.left) != ASK_OK)
            page.own = page.left = (struct story_end){0};
        if (scenario_state(run->evaluator, question, STATE_BASE | STATE_DERIVED, &kept, &page.state) != ASK_OK)
            page.state.count = 0;
    }
    put_heading(&page);
    put_timeline(&page);
    html_parts(&page, question);
    html_put(&page, "</main>\n<footer>");
    html_say(&page, "What is unverified, disputed, notional or a setting of the house says so beside its source.");
    html_put(&page, "</footer>\n</body>\n</html>\n");
    text_release(&page.line);
    arena_release(&page.arena);
    arena_release(&kept);
}
