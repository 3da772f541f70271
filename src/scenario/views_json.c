// SPDX-License-Identifier: Apache-2.0
// The views as JSON arrays. Values are as program_print_value writes them, numbers as numbers; times as RFC 3339 in
// UTC; what is not there is null.
#include "scenario/scenario_internal.h"

// ---- Parts ----------------------------------------------------------------------------------------------------------
// A member of an object: `,"name":`, without the comma after a brace.
static void member(struct text *out, const char *name) {
    if (out->length && out->at[out->length - 1] != '{') text_byte(out, ',');
    text_json(out, span_of(name));
    text_byte(out, ':');
}

static void element(struct text *out) {
    if (out->length && out->at[out->length - 1] != '[') text_byte(out, ',');
}

static void json_time(struct text *out, int64_t time) {
    if (time == TIME_MAX || time == TIME_MIN) {
        text_print(out, "null");
        return;
    }
    struct calendar_date date = calendar_date_of(time, 0);
    text_print(out, "\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", date.year, date.month, date.day, date.hour, date.minute,
               date.second);
}

static void json_value(const struct evaluator *evaluator, struct type type, value v, struct text *out) {
    struct text words = {0};
    switch (type.base) {
    case TYPE_INT: text_print(out, "%lld", (long long)v); return;
    case TYPE_TIME: json_time(out, v); return;
    case TYPE_TEXT:
        if (v < 0 || v >= evaluator->texts.count) text_print(out, "null");
        else text_json(out, names_text(&evaluator->texts, (uint32_t)v));
        return;
    case TYPE_ACTOR: words_actor(evaluator, NULL, v, &words); break;
    default: program_print_value(evaluator->program, &evaluator->texts, type, v, &words);
    }
    text_json(out, text_span(&words));
    text_release(&words);
}

static void json_actor(const struct evaluator *evaluator, value actor, struct text *out) {
    if (actor == ACTOR_NONE) text_print(out, "null");
    else json_value(evaluator, (struct type){TYPE_ACTOR, NO_ID}, actor, out);
}

static void json_entity(const struct evaluator *evaluator, uint32_t type, value entity, struct text *out) {
    json_value(evaluator, (struct type){TYPE_ENTITY, type}, entity, out);
}

static const char *standing_name(tree_standing standing) {
    static const char *const names[] = {"verified", "verified", "unverified", "disputed", "notional", "house"};
    return (unsigned)standing < COUNT_OF(names) ? names[standing] : "verified";
}

static void json_citation(const struct program *program, const struct citation *citation, struct text *out) {
    member(out, "citation");
    if (!citation || citation->count == 0) {
        text_print(out, "null");
        return;
    }
    struct text words = {0};
    program_print_citation(program, citation, &words);
    text_json(out, text_span(&words));
    text_release(&words);
    member(out, "standing");
    text_json(out, span_of(standing_name(citation->standing)));
}

static void json_position(struct text *out, const char *name, uint32_t position) {
    member(out, name);
    if (position) text_print(out, "%u", position);
    else text_print(out, "null");
}

// What fell due before an entry is not that entry's doing.
static void json_cause(const struct scenario_words *words, struct text *out, const char *name, uint32_t position,
                       write_kind kind, uint32_t relation, value key) {
    json_position(out, name, words_fell_due(words, position, kind, relation, key) ? 0 : position);
}

static void json_moment(struct text *out, const char *name, int64_t time) {
    member(out, name);
    json_time(out, time);
}

static void json_arguments(const struct evaluator *evaluator, uint32_t act, const value *arguments, const bool *given,
                           uint32_t count, struct text *out) {
    member(out, "arguments");
    text_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        element(out);
        if (given && !given[i]) text_print(out, "null");
        else json_value(evaluator, evaluator->program->acts[act].parameters[i].type, arguments[i], out);
    }
    text_byte(out, ']');
}

// ---- Duties ---------------------------------------------------------------------------------------------------------
void scenario_duties_json(const struct evaluator *evaluator, const struct duty_views *duties,
                          const struct scenario_words *words, struct text *out) {
    text_byte(out, '[');
    for (uint32_t i = 0; i < duties->count; i++) {
        const struct duty_view *duty = &duties->at[i];
        element(out);
        text_byte(out, '{');
        member(out, "duty");
        json_entity(evaluator, ENTITY_DUTY, duty->duty, out);
        member(out, "bearer");
        struct text bearer = {0};
        words_owing(evaluator, NULL, duty, &bearer);
        text_json(out, text_span(&bearer));
        text_release(&bearer);
        member(out, "holder");
        json_actor(evaluator, duty->holder, out);
        member(out, "act");
        if (duty->act == NO_ID) text_print(out, "null");
        else text_json(out, evaluator->program->acts[duty->act].name);
        if (duty->act != NO_ID)
            json_arguments(evaluator, duty->act, duty->arguments, duty->given, duty->argument_count, out);
        struct text asked = {0};
        words_duty(evaluator, NULL, duty, &asked);
        member(out, "words");
        text_json(out, text_span(&asked));
        text_release(&asked);
        member(out, "status");
        text_json(out, span_of(duty_status_name(duty->status)));
        json_moment(out, "opened", duty->opened);
        json_moment(out, "due", duty->due);
        json_moment(out, "ended", duty->ended);
        json_cause(words, out, "cause", duty->cause, WRITE_BEGIN, RELATION_DUTY, duty->duty);
        json_cause(words, out, "end-cause", duty->end_cause, WRITE_END, RELATION_DUTY, duty->duty);
        member(out, "at-once");
        text_print(out, "%s", duty->at_once ? "true" : "false");
        member(out, "due-of-house");
        text_print(out, "%s", duty->house ? "true" : "false");
        json_citation(evaluator->program, duty->citation, out);
        text_byte(out, '}');
    }
    text_print(out, "]\n");
}

// ---- Decisions ------------------------------------------------------------------------------------------------------
static void json_seat(const struct evaluator *evaluator, const struct seat_view *seat, struct text *out) {
    element(out);
    text_byte(out, '{');
    member(out, "seat");
    json_actor(evaluator, seat->seat, out);
    member(out, "answer");
    if (!seat->answered) text_print(out, "null");
    else text_json(out, evaluator->program->kinds[KIND_ANSWER].constants[seat->answer].name);
    json_moment(out, "answered", seat->answered ? seat->when : TIME_MAX);
    member(out, "reason");
    json_value(evaluator, (struct type){TYPE_TEXT, NO_ID}, seat->reason, out);
    json_moment(out, "joined", seat->joined ? seat->joined_when : TIME_MAX);
    json_position(out, "cause", seat->cause);
    text_byte(out, '}');
}

static void json_item(const struct evaluator *evaluator, const struct item_view *item, struct text *out) {
    const struct act *act = &evaluator->program->acts[item->act];
    element(out);
    text_byte(out, '{');
    member(out, "act");
    text_json(out, act->name);
    json_arguments(evaluator, item->act, item->arguments, NULL, item->argument_count, out);
    member(out, "makes");
    text_byte(out, '[');
    for (uint32_t i = 0; i < item->made_count; i++) {
        element(out);
        json_entity(evaluator, act->made[i].entity_type, item->made[i], out);
    }
    text_print(out, "]}");
}

static void json_procedure(const struct evaluator *evaluator, const struct decision_view *decision, struct text *out) {
    member(out, "procedure");
    if (decision->procedure == NO_ID) {
        text_print(out, "null");
        return;
    }
    const struct procedure *procedure = &evaluator->program->procedures[decision->procedure];
    text_json(out, procedure->name);
    member(out, "parameters");
    text_byte(out, '[');
    for (uint32_t i = 0; i < decision->parameter_count; i++) {
        element(out);
        json_value(evaluator, procedure->parameters[i].type, decision->parameters[i], out);
    }
    text_byte(out, ']');
}

void json_obstacle(struct evaluator *evaluator, const struct scenario_words *words, value proposal, struct text *out) {
    struct arena arena;
    struct obstacle_view obstacle;
    arena_init(&arena);
    if (scenario_obstacle(evaluator, words, proposal, &arena, &obstacle)) {
        member(out, "obstacle");
        text_byte(out, '{');
        member(out, "message");
        text_json(out, obstacle.message);
        member(out, "citation");
        if (obstacle.citation.length) text_json(out, obstacle.citation);
        else text_print(out, "null");
        member(out, "why");
        text_json(out, obstacle.why);
        text_byte(out, '}');
    }
    arena_release(&arena);
}

void scenario_decisions_json(struct evaluator *evaluator, const struct decision_views *decisions,
                             struct text *out) {
    text_byte(out, '[');
    for (uint32_t i = 0; i < decisions->count; i++) {
        const struct decision_view *decision = &decisions->at[i];
        element(out);
        text_byte(out, '{');
        member(out, "proposal");
        json_entity(evaluator, ENTITY_PROPOSAL, decision->proposal, out);
        member(out, "by");
        json_actor(evaluator, decision->by, out);
        member(out, "organ");
        json_actor(evaluator, decision->organ, out);
        json_procedure(evaluator, decision, out);
        member(out, "outcome");
        if (decision->outcome == NO_ID) text_print(out, "null");
        else text_json(out, evaluator->program->kinds[KIND_OUTCOME].constants[decision->outcome].name);
        if (decision->outcome == OUTCOME_NOT_EXECUTABLE) json_obstacle(evaluator, NULL, decision->proposal, out);
        json_moment(out, "opened", decision->opened);
        json_moment(out, "closed", decision->closed);
        json_position(out, "cause", decision->cause);
        json_position(out, "end-cause", decision->end_cause);
        json_citation(evaluator->program, decision->citation, out);
        member(out, "items");
        text_byte(out, '[');
        for (uint32_t k = 0; k < decision->item_count; k++) json_item(evaluator, &decision->items[k], out);
        text_byte(out, ']');
        member(out, "seats");
        text_byte(out, '[');
        for (uint32_t k = 0; k < decision->seat_count; k++) json_seat(evaluator, &decision->seats[k], out);
        text_print(out, "]}");
    }
    text_print(out, "]\n");
}

// ---- Findings -------------------------------------------------------------------------------------------------------
void scenario_findings_json(const struct evaluator *evaluator, const struct finding_views *findings,
                            const struct scenario_words *words, struct text *out) {
    text_byte(out, '[');
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding_view *finding = &findings->at[i];
        element(out);
        text_byte(out, '{');
        member(out, "finding");
        json_entity(evaluator, ENTITY_FINDING, finding->finding, out);
        member(out, "message");
        text_json(out, finding->message);
        json_moment(out, "opened", finding->opened);
        json_moment(out, "closed", finding->closed);
        member(out, "alleged");
        text_print(out, "%s", finding->alleged ? "true" : "false");
        member(out, "upheld");
        text_print(out, "%s", finding->upheld ? "true" : "false");
        member(out, "dropped");
        text_print(out, "%s", finding->dropped ? "true" : "false");
        member(out, "binding");
        text_byte(out, '[');
        for (uint32_t k = 0; k < finding->binding_count; k++) {
            element(out);
            json_value(evaluator, finding->columns[k].type, finding->binding[k], out);
        }
        text_byte(out, ']');
        member(out, "concerns");
        text_byte(out, '[');
        for (uint32_t k = 0; k < finding->concern_count; k++) {
            element(out);
            json_actor(evaluator, finding->concerns[k], out);
        }
        text_byte(out, ']');
        json_cause(words, out, "cause", finding->cause, WRITE_BEGIN, RELATION_FINDING, finding->finding);
        json_cause(words, out, "end-cause", finding->end_cause, WRITE_END, RELATION_FINDING, finding->finding);
        json_citation(evaluator->program, finding->citation, out);
        text_byte(out, '}');
    }
    text_print(out, "]\n");
}

// ---- State ----------------------------------------------------------------------------------------------------------
static void json_values(const struct evaluator *evaluator, uint32_t relation, const value *values, struct text *out) {
    const struct relation *of = &evaluator->program->relations[relation];
    struct row_form form = program_row_form(evaluator->program, relation);
    member(out, "values");
    text_byte(out, '[');
    for (uint32_t i = 0; i < form.to; i++) {
        if (i > 0 && i < form.from) continue;
        element(out);
        json_value(evaluator, of->columns[i].type, values[i], out);
    }
    text_byte(out, ']');
}

// The other readings of a row that is given, where there are any.
static void json_readings(const struct evaluator *evaluator, uint32_t relation, const struct fact_view *row,
                          struct text *out) {
    const struct relation *of = &evaluator->program->relations[relation];
    uint32_t count = 0;
    for (uint32_t i = 0; row->given && i < of->given_count; i++) {
        if (of->given[i].reading_of != (uint32_t)(row->given - of->given)) continue;
        if (count++ == 0) {
            member(out, "readings");
            text_byte(out, '[');
        }
        element(out);
        text_byte(out, '{');
        json_values(evaluator, relation, of->given[i].values, out);
        json_citation(evaluator->program, &of->given[i].citation, out);
        text_byte(out, '}');
    }
    if (count) text_byte(out, ']');
}

// From what the entry that began a row was recorded, where it was.
static void json_record(const struct fact_view *row, const struct scenario_words *words, struct text *out) {
    struct span record = row->begun && words && words->record ? words->record(words->context, row->begun) : SPAN("");
    if (!record.length) return;
    member(out, "recorded");
    text_json(out, record);
    member(out, "record-standing");
    text_json(out, span_of(standing_name(words->standing(words->context, row->begun))));
}

static void json_row(const struct evaluator *evaluator, uint32_t relation, const struct fact_view *row,
                     struct text *out) {
    const struct relation *of = &evaluator->program->relations[relation];
    json_values(evaluator, relation, row->values, out);
    if (row->doubt) json_citation(evaluator->program, row->doubt, out);
    if (of->derived) return;
    json_moment(out, "from", row->from);
    json_moment(out, "until", row->until);
    json_position(out, "begun", row->begun);
    json_position(out, "ended", row->ended);
}

void scenario_state_json(const struct evaluator *evaluator, const struct state_view *state,
                         const struct scenario_words *words, struct text *out) {
    text_byte(out, '[');
    for (uint32_t i = 0; i < state->count; i++) {
        const struct relation *of = &evaluator->program->relations[state->at[i].relation];
        element(out);
        text_byte(out, '{');
        struct row_form form = program_row_form(evaluator->program, state->at[i].relation);
        if (form.proposes) {
            member(out, "proposes");
            text_json(out, form.name);
        } else {
            member(out, "fact");
            text_json(out, of->name);
        }
        member(out, "derived");
        text_print(out, "%s", of->derived ? "true" : "false");
        json_citation(evaluator->program, state->at[i].citation, out);
        member(out, "rows");
        text_byte(out, '[');
        for (uint32_t k = 0; k < state->at[i].count; k++) {
            element(out);
            text_byte(out, '{');
            json_row(evaluator, state->at[i].relation, &state->at[i].at[k], out);
            json_readings(evaluator, state->at[i].relation, &state->at[i].at[k], out);
            json_record(&state->at[i].at[k], words, out);
            text_byte(out, '}');
        }
        text_print(out, "]}");
    }
    text_print(out, "]\n");
}

void scenario_diff_json(const struct evaluator *evaluator, const struct diff_view *diff, struct text *out) {
    text_byte(out, '[');
    for (uint32_t i = 0; i < diff->count; i++) {
        element(out);
        text_byte(out, '{');
        member(out, "change");
        text_json(out, span_of(diff->at[i].added ? "added" : "removed"));
        member(out, "fact");
        text_json(out, evaluator->program->relations[diff->at[i].relation].name);
        json_row(evaluator, diff->at[i].relation, &diff->at[i].row, out);
        text_byte(out, '}');
    }
    text_print(out, "]\n");
}
