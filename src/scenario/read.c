// SPDX-License-Identifier: Apache-2.0
// Reads scenarios: blocks into steps, a step's own line into its parts. What stands in the parts is read by the files
// beside.
#include "scenario/import_internal.h"

// ---- Tokens of a step -----------------------------------------------------------------------------------------------
const struct token *reader_token(const struct reader *reader) { return &reader->tokens.at[reader->next]; }

static bool token_is(const struct token *token, const char *word) {
    return token->kind == TOKEN_NAME && span_is(token->text, word);
}

// What comes from a cell is a value, whatever it is called.
static bool is_word(const struct reader *reader, const struct token *token, const char *word) {
    return token_is(token, word) && (reader->cells == NO_ID || token->place.source != reader->cells);
}

bool reader_at(const struct reader *reader, const char *word) { return is_word(reader, reader_token(reader), word); }

bool reader_take(struct reader *reader, const char *word) {
    if (!reader_at(reader, word)) return false;
    reader->next++;
    return true;
}

bool reader_take_kind(struct reader *reader, token_kind kind) {
    if (reader_token(reader)->kind != kind) return false;
    if (kind != TOKEN_END) reader->next++;
    return true;
}

bool reader_followed_by(const struct reader *reader, token_kind kind) {
    return reader_token(reader)->kind != TOKEN_END && reader_token(reader)[1].kind == kind;
}

void reader_expected(struct reader *reader, const char *what) {
    const struct token *token = reader_token(reader);
    if (token->kind == TOKEN_ERROR) return;    // the lexer has spoken
    if (token->kind == TOKEN_END)
        diagnostics_error(reader->all, token->place, NULL, "the line ends where %s is expected", what);
    else diagnostics_error(reader->all, token->place, NULL, "%s is expected here", what);
}

int32_t token_offset(const struct reader *reader, const struct token *time) {
    struct span text = reader->all->sources.at[time->place.source].text;
    if (time->place.at > text.length || time->place.length > text.length - time->place.at)
        return reader->program->offset;
    struct span written = span_trim(span_part(text, time->place.at, time->place.length));
    int64_t here, there;
    uint32_t length;
    // Read at two offsets: the same moment both times means that it states its own.
    if (!calendar_parse(written, 0, &here, &length) || !calendar_parse(written, 3600, &there, &length) || here != there)
        return reader->program->offset;
    if (written.length && (written.at[written.length - 1] == 'Z' || written.at[written.length - 1] == 'z')) return 0;
    if (written.length < 6) return reader->program->offset;
    const char *at = written.at + written.length - 6;
    int32_t seconds = ((at[1] - '0') * 10 + (at[2] - '0')) * 3600 + ((at[4] - '0') * 10 + (at[5] - '0')) * 60;
    return at[0] == '-' ? -seconds : seconds;
}

// ---- Names of a scenario --------------------------------------------------------------------------------------------
bool reader_find_name(const struct reader *reader, struct span text, uint32_t *name) {
    // Names of a register are long and begin alike: the length and the last byte tell most of them apart.
    for (uint32_t i = 0; i < reader->names.count; i++) {
        struct span known = reader->names.at[i].text;
        if (known.length != text.length || !text.length || known.at[known.length - 1] != text.at[text.length - 1])
            continue;
        if (!span_equal(known, text)) continue;
        *name = i;
        return true;
    }
    return false;
}

// What the treaty calls so; NULL: nothing that a step could mean by it.
static const char *named_in_treaty(const struct program *program, struct span name) {
    for (uint32_t i = 0; i < program->parties_count; i++)
        if (span_equal(program->parties[i].name, name)) return "a party";
    for (uint32_t i = 0; i < program->offices_count; i++)
        if (span_equal(program->offices[i].name, name)) return "an office";
    for (uint32_t i = 0; i < program->organs_count; i++)
        if (span_equal(program->organs[i].name, name)) return "an organ";
    for (uint32_t i = 0; i < program->kinds_count; i++)
        if (span_equal(program->kinds[i].name, name)) return "a kind";
    return NULL;
}

bool reader_bind(struct reader *reader, const struct token *name, struct type type, uint32_t *bound) {
    const struct program *program = reader->program;
    uint32_t taken;
    if (reader_find_name(reader, name->text, &taken)) {
        diagnostics_error(reader->all, name->place, "each thing gets a name of its own",
                          "`%.*s` already names something in this scenario", SPAN_ARG(name->text));
        return false;
    }
    const char *other = named_in_treaty(program, name->text);
    if (other) {
        diagnostics_error(reader->all, name->place, "choose another name", "`%.*s` is %s and cannot name anything else",
                          SPAN_ARG(name->text), other);
        return false;
    }
    *bound = reader->names.count;
    VEC_PUSH(&reader->names, (struct scenario_name){span_copy(reader->arena, name->text), type, name->place});
    return true;
}

// Whatever a wrong step would have named is known from then on, so that the steps after it are not blamed for it.
static void bind_loosely(struct reader *reader) {
    const struct type any = {TYPE_ENTITY, NO_ID};
    for (uint32_t i = 0; i + 1 < reader->tokens.count; i++) {
        const struct token *token = &reader->tokens.at[i];
        if (!is_word(reader, token, "as") && !is_word(reader, token, "making") && !is_word(reader, token, "entry"))
            continue;
        while (token[1].kind == TOKEN_NAME) {
            uint32_t bound;
            if (!reader_find_name(reader, token[1].text, &bound) && !named_in_treaty(reader->program, token[1].text))
                VEC_PUSH(&reader->names,
                         (struct scenario_name){span_copy(reader->arena, token[1].text), any, token[1].place});
            token += 2;
            if (token->kind != TOKEN_COMMA) break;
        }
    }
}

// name { "," name }, one per entity that the step makes.
static bool read_made(struct reader *reader, const struct type *types, uint32_t count, struct scenario_step *step) {
    uint32_t *made = ARENA_ARRAY(reader->arena, uint32_t, count + 1), read = 0;
    struct place place = reader_token(reader)->place;
    do {
        const struct token *name = reader_token(reader);
        if (name->kind != TOKEN_NAME) return reader_expected(reader, "a name"), false;
        if (read == count) {
            diagnostics_error(reader->all, name->place, NULL,
                              count == 0 ? "this makes nothing that could be named" : "this makes only %u to be named",
                              count);
            return false;
        }
        if (!reader_bind(reader, name, types[read], &made[read])) return false;
        read++;
        reader->next++;
    } while (reader_take_kind(reader, TOKEN_COMMA));
    if (read < count) {
        diagnostics_error(reader->all, place, NULL, "this makes %u to be named, not %u", count, read);
        return false;
    }
    step->made = made;
    step->made_count = count;
    return true;
}

// ---- Acts and proposals ---------------------------------------------------------------------------------------------
struct raw_call {
    uint32_t act;
    struct tree_expressions arguments;
    struct place place;
};

static bool read_raw_call(struct reader *reader, struct raw_call *call) {
    call->place = reader_token(reader)->place;
    if (!reader_act(reader, &call->act)) return false;
    return reader_arguments(reader, &call->arguments);
}

static bool resolve_call(struct reader *reader, const struct raw_call *raw, struct scenario_call *call) {
    const struct act *act = &reader->program->acts[raw->act];
    if (raw->arguments.count != act->parameter_count) {
        diagnostics_error(reader->all, raw->place, act_signature(reader->arena, reader->program, act).at,
                          "`%.*s` takes %u argument%s, not %u", SPAN_ARG(act->name), act->parameter_count,
                          act->parameter_count == 1 ? "" : "s", raw->arguments.count);
        return false;
    }
    struct operand *operands = ARENA_ARRAY(reader->arena, struct operand, raw->arguments.count + 1);
    bool right = true;
    for (uint32_t i = 0; i < raw->arguments.count; i++)
        if (!reader_operand(reader, raw->arguments.at[i], act->parameters[i].type, false, &operands[i])) right = false;
    *call = (struct scenario_call){raw->act, operands, raw->arguments.count, raw->place};
    return right;
}

// What all calls make, in order.
static uint32_t made_types(struct reader *reader, const struct raw_call *calls, uint32_t count,
                           const struct type **types) {
    uint32_t all = 0;
    for (uint32_t i = 0; i < count; i++) all += reader->program->acts[calls[i].act].made_count;
    struct type *types_made = ARENA_ARRAY(reader->arena, struct type, all + 1);
    uint32_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct act *act = &reader->program->acts[calls[i].act];
        for (uint32_t k = 0; k < act->made_count; k++)
            types_made[at++] = (struct type){TYPE_ENTITY, act->made[k].entity_type};
    }
    *types = types_made;
    return all;
}

static bool resolve_calls(struct reader *reader, const struct raw_call *raw, uint32_t count,
                          struct scenario_step *step) {
    struct scenario_call *calls = ARENA_ARRAY(reader->arena, struct scenario_call, count);
    bool right = true;
    for (uint32_t i = 0; i < count; i++)
        if (!resolve_call(reader, &raw[i], &calls[i])) right = false;
    step->calls = calls;
    step->call_count = count;
    return right;
}

static bool read_act(struct reader *reader, struct scenario_step *step) {
    struct raw_call raw;
    step->kind = STEP_ACT;
    if (!read_raw_call(reader, &raw)) return false;
    const struct act *act = &reader->program->acts[raw.act];
    if (act->kind != ACT_DIRECT) {
        const struct organ *organ = act->kind == ACT_BY_ORGAN ? &reader->program->organs[act->organ] : NULL;
        struct span hint = organ ? span_print(reader->arena, "ACTOR propose %.*s %.*s(...) as NAME",
                                              SPAN_ARG(organ->name), SPAN_ARG(act->name))
                                 : span_print(reader->arena, "ACTOR propose %.*s(...) as NAME", SPAN_ARG(act->name));
        diagnostics_error(reader->all, raw.place, hint.at,
                          organ ? "`%.*s` is decided by %.*s: it is proposed, not done"
                                : "`%.*s` is agreed: it is proposed, not done",
                          SPAN_ARG(act->name), SPAN_ARG(reader_deciding(reader, raw.act)));
        return false;
    }
    const struct type *types;
    uint32_t count = made_types(reader, &raw, 1, &types);
    if (reader_take(reader, "as") && !read_made(reader, types, count, step)) return false;
    return resolve_calls(reader, &raw, 1, step);
}

static bool check_item(struct reader *reader, struct raw_call *call, const struct raw_call *first,
                       const struct token *organ) {
    const struct act *act = &reader->program->acts[call->act];
    if (act->kind == ACT_DIRECT) {
        diagnostics_error(reader->all, call->place, act_signature(reader->arena, reader->program, act).at,
                          "`%.*s` is done by its actor, not proposed", SPAN_ARG(act->name));
        return false;
    }
    if (!reader_settle_act(reader, &call->act, call->place, organ)) return false;
    act = &reader->program->acts[call->act];
    if (call != first && (act->kind != ACT_BY_ORGAN || reader->program->acts[first->act].organ != act->organ)) {
        diagnostics_error(reader->all, call->place, NULL,
                          "the acts of a package are decided by one organ; `%.*s` is not", SPAN_ARG(act->name));
        return false;
    }
    return true;
}

static bool read_proposal(struct reader *reader, struct scenario_step *step) {
    step->kind = STEP_PROPOSE;
    const struct token *organ;
    if (!reader_organ(reader, &organ)) return false;
    VEC(struct raw_call) read = {0};
    bool right = true;
    do {
        struct raw_call call;
        right = read_raw_call(reader, &call);
        if (right) VEC_PUSH(&read, call);
    } while (right && read.count < CALLS_MAX && reader_take(reader, "and"));
    struct raw_call *calls = ARENA_ARRAY(reader->arena, struct raw_call, read.count + 1);
    if (read.count) memcpy(calls, read.at, read.count * sizeof *calls);
    uint32_t count = read.count;
    VEC_RELEASE(&read);
    for (uint32_t i = 0; right && i < count; i++) right = check_item(reader, &calls[i], calls, organ);
    if (!right) return false;

    if (reader_take(reader, "as")) {
        if (reader_token(reader)->kind != TOKEN_NAME) return reader_expected(reader, "a name for the proposal"), false;
        if (!reader_bind(reader, reader_token(reader), (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, &step->proposal))
            return false;
        reader->next++;
    }
    const struct type *types;
    uint32_t made = made_types(reader, calls, count, &types);
    if (reader_take(reader, "making") && !read_made(reader, types, made, step)) return false;
    return resolve_calls(reader, calls, count, step);
}

// ---- Answers and the like -------------------------------------------------------------------------------------------
static const char *const answer_verbs[] = {"consent", "object", "abstain", "stand-aside", "reserve"};

static bool at_answer(const struct reader *reader, uint32_t *answer) {
    if (reader_followed_by(reader, TOKEN_LEFT)) return false;
    for (uint32_t i = 0; i < COUNT_OF(answer_verbs); i++) {
        if (!token_is(reader_token(reader), answer_verbs[i])) continue;
        *answer = i;
        return true;
    }
    return false;
}

static bool read_proposal_name(struct reader *reader, struct operand *operand) {
    return reader_read_operand(reader, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, false, operand);
}

struct actors {
    struct operand at[64];
    uint32_t count;
};

static bool read_actors(struct reader *reader, struct actors *actors) {
    actors->count = 0;
    do {
        if (actors->count == COUNT_OF(actors->at)) return reader_expected(reader, "one of fewer actors"), false;
        if (!reader_read_operand(reader, (struct type){TYPE_ACTOR, NO_ID}, false, &actors->at[actors->count]))
            return false;
        actors->count++;
    } while (reader_take_kind(reader, TOKEN_COMMA));
    return true;
}

// VERB PROPOSAL ["reason"] { "and" ACTORS VERB PROPOSAL ["reason"] }
static bool read_answers(struct reader *reader, struct actors *actors, struct scenario_step *step) {
    step->kind = STEP_ANSWER;
    VEC(struct scenario_answer) answers = {0};
    bool right = true;
    do {
        uint32_t verb = 0;
        struct operand proposal;
        if (answers.count && !read_actors(reader, actors)) {
            right = false;
            break;
        }
        if (!at_answer(reader, &verb)) {
            reader_expected(reader, "an answer: consent, object, abstain, stand-aside or reserve");
            right = false;
            break;
        }
        reader->next++;
        if (!read_proposal_name(reader, &proposal)) {
            right = false;
            break;
        }
        struct span reason = {0};
        if (reader_token(reader)->kind == TOKEN_TEXT) {
            reason = span_copy(reader->arena, reader_token(reader)->text);
            reader->next++;
        }
        for (uint32_t i = 0; i < actors->count; i++)
            VEC_PUSH(&answers, (struct scenario_answer){actors->at[i], proposal, verb, reason});
    } while (answers.count < ANSWERS_MAX && reader_take(reader, "and"));
    struct scenario_answer *kept = ARENA_ARRAY(reader->arena, struct scenario_answer, answers.count + 1);
    if (answers.count) memcpy(kept, answers.at, answers.count * sizeof *kept);
    step->answers = kept;
    step->answer_count = answers.count;
    if (answers.count) step->actor = kept[0].actor;
    VEC_RELEASE(&answers);
    return right;
}

static const struct {
    const char *word;
    step_kind kind;
    uint32_t object;
} verbs[] = {
    {"join", STEP_JOIN, ENTITY_PROPOSAL},
    {"withdraw", STEP_WITHDRAW, ENTITY_PROPOSAL},
    {"confirm", STEP_CONFIRM, ENTITY_ENTRY},
    {"contest", STEP_CONTEST, ENTITY_ENTRY},
};

static bool read_by_actor(struct reader *reader, struct scenario_step *step) {
    struct actors actors;
    uint32_t answer;
    if (!read_actors(reader, &actors)) return false;
    if (at_answer(reader, &answer)) return read_answers(reader, &actors, step);
    if (reader_at(reader, "and")) {
        diagnostics_error(reader->all, reader_token(reader)->place, "BEL, DAN consent NAME", "join actors with commas");
        return false;
    }
    if (actors.count > 1)
        return reader_expected(reader, "an answer: consent, object, abstain, stand-aside or reserve"), false;
    step->actor = actors.at[0];
    if (reader_at(reader, "propose") && !reader_followed_by(reader, TOKEN_LEFT))
        return reader->next++, read_proposal(reader, step);
    for (uint32_t i = 0; i < COUNT_OF(verbs); i++) {
        if (!reader_at(reader, verbs[i].word) || reader_followed_by(reader, TOKEN_LEFT)) continue;
        reader->next++;
        step->kind = verbs[i].kind;
        if (!reader_read_operand(reader, (struct type){TYPE_ENTITY, verbs[i].object}, false, &step->object))
            return false;
        if (step->kind == STEP_CONTEST && reader_token(reader)->kind == TOKEN_TEXT) {
            step->reason = span_copy(reader->arena, reader_token(reader)->text);
            reader->next++;
        }
        return true;
    }
    return read_act(reader, step);
}

// ---- Steps ----------------------------------------------------------------------------------------------------------
static bool in_answer(const struct reader *reader) {
    for (uint32_t i = 0; i < reader->next; i++)
        for (uint32_t k = 0; k < COUNT_OF(answer_verbs); k++)
            if (token_is(&reader->tokens.at[i], answer_verbs[k])) return true;
    return false;
}

bool reader_end(struct reader *reader) {
    if (reader_token(reader)->kind == TOKEN_END) return true;
    const struct token *token = reader_token(reader);
    if (token->kind == TOKEN_ERROR) return false;
    struct span source = reader->all->sources.at[token->place.source].text;
    const char *hint = NULL;
    if (token->first) hint = "a step begins at the margin";
    else if (token->place.at + 2 <= source.length && memcmp(source.at + token->place.at, "=>", 2) == 0)
        hint = "write ->";
    else if (token->kind == TOKEN_COMMA) hint = "join with ;";
    else if (token->kind == TOKEN_NAME && in_answer(reader)) hint = "a reason is in quotation marks";
    if (!hint) return reader_expected(reader, "the end of the line"), false;
    diagnostics_error(reader->all, token->place, hint, "the end of the line is expected here");
    return false;
}

static bool read_entry(struct reader *reader, struct scenario_step *step) {
    step->try = reader_take(reader, "try");
    if (reader_at(reader, "tick") &&
        (reader_followed_by(reader, TOKEN_END) || reader_followed_by(reader, TOKEN_RESULT) ||
         reader_token(reader)[1].kind == TOKEN_NAME)) {
        reader->next++;
        step->kind = STEP_TICK;
    } else if (!read_by_actor(reader, step)) {
        return false;
    }
    if (reader_take(reader, "entry")) {
        if (reader_token(reader)->kind != TOKEN_NAME) return reader_expected(reader, "a name for the entry"), false;
        if (!reader_bind(reader, reader_token(reader), (struct type){TYPE_ENTITY, ENTITY_ENTRY}, &step->entry))
            return false;
        reader->next++;
    }
    if (reader_take_kind(reader, TOKEN_RESULT) && !reader_results(reader, step)) return false;
    return reader_end(reader);
}

static bool read_clock(struct reader *reader) {
    const struct token *time = reader_token(reader);
    if (time->kind != TOKEN_TIME) {
        // What follows is not blamed for it: the clock stands where it stood.
        if (time->kind == TOKEN_INTEGER)
            diagnostics_error(reader->all, time->place, "write 2025-07-01 18:00: year, month, day",
                              "this is not how a time is written");
        else reader_expected(reader, "a time such as 2022-01-05 22:00 +06:00");
        if (!reader->with_clock) reader->with_clock = true, reader->clock = TIME_MIN;
        return false;
    }
    if (reader->with_clock && time->integer < reader->clock) {
        struct text was = {0};
        calendar_print(&was, reader->clock, reader->offset);
        text_print(&was, " is the time already");
        text_byte(&was, 0);
        diagnostics_error(reader->all, time->place, was.at, "the clock does not go back");
        text_release(&was);
        return false;
    }
    reader->with_clock = true;
    reader->clock = time->integer;
    reader->offset = token_offset(reader, time);
    reader->recorded = false;
    reader->next++;
    return reader_end(reader);
}

// What stands where a step would, and cannot: said. True: so it is.
static bool misplaced(struct reader *reader) {
    const struct token *here = reader_token(reader);
    bool scenario = reader_at(reader, "scenario");
    if (scenario && reader_followed_by(reader, TOKEN_NAME))
        diagnostics_error(reader->all, here[1].place, "scenario \"TITLE\"", "the title stands in quotation marks");
    else if (scenario && reader_followed_by(reader, TOKEN_TEXT))
        diagnostics_error(reader->all, here->place, "begin a new ```scenario block",
                          "`scenario` stands at the top of a block only");
    else if (reader_at(reader, "expects"))
        diagnostics_error(reader->all, here->place, "did you mean `expect`?", "`expects` begins no step");
    else return false;
    return true;
}

// A scenario without a time is told so once.
static bool timed(struct reader *reader) {
    if (reader->with_clock) return true;
    diagnostics_error(reader->all, reader_token(reader)->place, "at 2022-01-05 22:00 +06:00",
                      "no time is stated yet: a scenario begins with `at`");
    reader->with_clock = true;
    reader->clock = 0;
    return false;
}

// A step of the story: an entry, or what is expected.
static bool read_told(struct reader *reader) {
    if (reader->steps.count >= SCENARIO_STEPS_MAX) {
        diagnostics_error(reader->all, reader_token(reader)->place, NULL, "a scenario has at most %u steps",
                          SCENARIO_STEPS_MAX);
        return false;
    }
    struct scenario_step step = {.place = reader_token(reader)->place,
                                 .time = reader->clock,
                                 .offset = reader->offset,
                                 .recorded = reader->recorded,
                                 .medium = reader->medium,
                                 .standing = reader->recorded ? reader->standing : STANDING_DEFAULT,
                                 .registrar = reader->registrar,
                                 .proposal = NO_ID,
                                 .entry = NO_ID};
    step.expect.bound = NO_ID;
    if (reader_take(reader, "expect")) {
        step.kind = STEP_EXPECT;
        if (!reader_expect(reader, &step) || !reader_end(reader)) return false;
    } else if (!read_entry(reader, &step)) {
        return false;
    }
    const struct token *last = &reader->tokens.at[reader->tokens.count - 2];
    if (last->place.source == step.place.source && last->place.at >= step.place.at)
        step.place.length = last->place.at + last->place.length - step.place.at;
    if (step.try && step.result_count == 0) {
        diagnostics_error(reader->all, step.place, "say what it would come to: -> refused, or -> done",
                          "`try` without `->` tries nothing");
        return false;
    }
    VEC_PUSH(&reader->steps, step);
    return true;
}

static bool read_step(struct reader *reader) {
    if (reader_take(reader, "at")) return read_clock(reader);
    if (reader_at(reader, "recorded") && !reader_followed_by(reader, TOKEN_LEFT))
        return reader->next++, reader_recorded(reader);
    if (reader_at(reader, "import") && reader_followed_by(reader, TOKEN_TEXT))
        return reader->next++, reader_import_step(reader);
    if (reader_at(reader, "signed") && !reader_followed_by(reader, TOKEN_LEFT)) {
        reader->next++;
        reader->recorded = false;
        return reader_end(reader);
    }
    return !misplaced(reader) && timed(reader) && read_told(reader);
}

// ---- Blocks ---------------------------------------------------------------------------------------------------------
static void begin_scenario(struct reader *reader, struct span path, struct span title, struct place place) {
    reader->started = true;
    reader->scenario = (struct scenario){.title = title, .path = path, .place = place};
    reader->with_clock = reader->recorded = reader->lost = false;
    reader->register_taken = NULL;
}

static void end_scenario(struct reader *reader, struct scenario_set *set) {
    if (!reader->started || reader->stopped) return;
    // Of a scenario that another one goes on from, nothing is added: it stays where it ended.
    if (reader->only.length) {
        struct place place = reader->scenario.place;
        reader->stopped = place.source == reader->only.source && place.at == reader->only.at;
        if (!reader->stopped) reader->steps.count = reader->names.count = 0;
        reader->started = reader->stopped;
        return;
    }
    struct scenario *scenario = &reader->scenario;
    struct scenario_step *steps = ARENA_ARRAY(reader->arena, struct scenario_step, reader->steps.count + 1);
    struct scenario_name *names = ARENA_ARRAY(reader->arena, struct scenario_name, reader->names.count + 1);
    if (reader->steps.count) memcpy(steps, reader->steps.at, reader->steps.count * sizeof *steps);
    if (reader->names.count) memcpy(names, reader->names.at, reader->names.count * sizeof *names);
    scenario->steps = steps;
    scenario->step_count = reader->steps.count;
    scenario->names = names;
    scenario->name_count = reader->names.count;
    scenario->with_end = reader->with_clock;
    scenario->end = reader->clock;
    scenario->end_offset = reader->offset;
    VEC_PUSH(&set->all, *scenario);
    reader->steps.count = reader->names.count = 0;
    reader->started = false;
}

// By its title a scenario is chosen: no two of a file share one.
static void check_title(struct reader *reader, const struct scenario_set *set, const struct token *title) {
    for (uint32_t i = 0; i < set->all.count; i++) {
        const struct scenario *other = &set->all.at[i];
        if (other->place.source != reader->source || !span_equal(other->title, title->text)) continue;
        uint32_t line, column;
        diagnostics_line(reader->all, other->place, &line, &column);
        diagnostics_error(reader->all, title->place, "give each scenario of a file a title of its own",
                          "this title is taken, line %u", line);
        return;
    }
}

bool reader_step(struct reader *reader, struct tokens tokens) {
    reader->tokens = tokens;
    reader->next = 0;
    if (tokens.count < 2 || read_step(reader)) return true;
    bind_loosely(reader);
    return false;
}

// The step's tokens with an end of their own, so that no expression reads on into the next step.
static void set_step(struct reader *reader, struct tokens tokens, uint32_t from, uint32_t to) {
    uint32_t count = to - from;
    struct token *step = ARENA_ARRAY(&reader->tree->arena, struct token, count + 1);
    memcpy(step, tokens.at + from, count * sizeof *step);
    const struct token *last = &tokens.at[to - 1];
    step[count] = (struct token){.kind = TOKEN_END, .place = {reader->source, last->place.at + last->place.length, 0}};
    reader->tokens = (struct tokens){step, count + 1};
    reader->next = 0;
}

// As it stands; what it takes in from a register is written by who takes it in.
static void echo_step(struct reader *reader) {
    struct place from = reader->tokens.at[0].place, to = reader->tokens.at[reader->tokens.count - 1].place;
    text_add(reader->echo, span_part(reader->all->sources.at[from.source].text, from.at, to.at - from.at));
    text_byte(reader->echo, '\n');
}

static void read_block(struct reader *reader, struct scenario_set *set, struct span path, const struct fence *fence) {
    struct tokens tokens =
        lex(reader->arena, reader->all, reader->source, fence->from, fence->to, reader->program->offset);
    uint32_t margin = UINT32_MAX, at = 0;
    for (uint32_t i = 0; i < tokens.count && tokens.at[i].kind != TOKEN_END; i++)
        if (tokens.at[i].first && tokens.at[i].column < margin) margin = tokens.at[i].column;
    struct place place = {reader->source, fence->from, 0};
    if (token_is(&tokens.at[0], "scenario") && tokens.count > 1 && tokens.at[1].kind == TOKEN_TEXT) {
        end_scenario(reader, set);
        if (reader->stopped) return;
        if (reader->echo) reader->echo->length = 0;
        begin_scenario(reader, path, span_copy(reader->arena, tokens.at[1].text), tokens.at[0].place);
        if (!reader->only.length) check_title(reader, set, &tokens.at[1]);
        reader->passed_over = set->only.length && !span_equal(set->only, tokens.at[1].text);
        at = 2;
    } else if (!reader->started) {
        begin_scenario(reader, path, SPAN(""), tokens.at[0].kind == TOKEN_END ? place : tokens.at[0].place);
        reader->passed_over = set->only.length > 0;
    }
    if (reader->passed_over) return;
    while (at < tokens.count && tokens.at[at].kind != TOKEN_END) {
        uint32_t to = at + 1;
        while (tokens.at[to].kind != TOKEN_END &&
               !(tokens.at[to].first && tokens.at[to].column == margin && tokens.at[to].kind != TOKEN_RESULT))
            to++;
        set_step(reader, tokens, at, to);
        if (reader->echo && !is_word(reader, reader_token(reader), "import")) echo_step(reader);
        if (!read_step(reader)) bind_loosely(reader);
        at = to;
    }
}

static struct reader reader_of(struct diagnostics *all, const struct program *program, uint32_t source,
                               struct tree *tree, struct scenario_set *set) {
    tree_init(tree);
    return (struct reader){.all = all,
                           .program = program,
                           .arena = &set->arena,
                           .tree = tree,
                           .source = source,
                           .set = set,
                           .cells = NO_ID};
}

static void read_blocks(struct reader *reader, struct scenario_set *set) {
    struct span path = span_copy(&set->arena, reader->all->sources.at[reader->source].path);
    struct fences fences = markdown_fences(&set->arena, reader->all, reader->source);
    for (uint32_t i = 0; i < fences.count && !reader->stopped; i++)
        if (span_is(fences.at[i].info, "scenario")) read_block(reader, set, path, &fences.at[i]);
    end_scenario(reader, set);
}

static void reader_release(struct reader *reader) {
    VEC_RELEASE(&reader->steps);
    VEC_RELEASE(&reader->names);
    tree_release(reader->tree);
}

void reader_read(struct diagnostics *all, const struct program *program, uint32_t source, bool with_files,
                 struct scenario_set *set) {
    struct tree tree;
    struct reader reader = reader_of(all, program, source, &tree, set);
    reader.with_files = with_files;
    read_blocks(&reader, set);
    reader_release(&reader);
}

// ---- A register by itself -------------------------------------------------------------------------------------------
static void write_batch(const struct program *program, const struct text *steps, struct text *batch) {
    text_print(batch,
               "# A register, taken in\n\n"
               "Written by `entente import` for the treaty %.*s. Behind each time stand the table and the row.\n"
               "To change it, change the table.\n\n"
               "```scenario\nscenario \"The register of %.*s\"\n",
               SPAN_ARG(program->name), SPAN_ARG(program->name));
    text_add(batch, text_span(steps));
    text_print(batch, "```\n");
}

static bool import_from(struct diagnostics *all, const struct program *program, struct import_register *from,
                        const struct scenario *after, struct scenario_set *set, struct text *batch) {
    struct tree tree;
    struct text steps = {0};
    uint32_t errors = all->errors, count = set->all.count;
    if (from->map_count == 0) return false;
    struct reader reader = reader_of(all, program, after ? after->place.source : from->place.source, &tree, set);
    reader.echo = &steps;
    if (after) {
        reader.with_files = true;
        reader.only = after->place;
        read_blocks(&reader, set);
        ENSURE(reader.stopped);
        reader.only.length = 0;
        reader.stopped = false;
    }
    struct span title = span_print(&set->arena, "The register of %.*s", SPAN_ARG(program->name));
    reader.scenario = (struct scenario){.title = title, .path = from->path, .place = from->place};
    reader.started = true;
    // Where tables or maps are wrong the rest is read all the same, for what else there is to say.
    reader.lost = !from->right;
    bool right = reader_import(&reader, from, TIME_MAX) && from->right && all->errors == errors;
    end_scenario(&reader, set);
    reader_release(&reader);
    if (!right) set->all.count = count;
    else write_batch(program, &steps, batch);
    text_release(&steps);
    return right;
}

bool scenario_import(struct diagnostics *all, const struct program *program, const char *folder,
                     const struct scenario *after, struct scenario_set *set, struct text *batch) {
    return import_from(all, program, register_read(all, program, span_of(folder), set), after, set, batch);
}

bool scenario_import_text(struct diagnostics *all, const struct program *program, struct span path,
                          const struct register_file *files, uint32_t count, struct scenario_set *set,
                          struct text *batch) {
    return import_from(all, program, register_read_files(all, program, path, files, count, set), NULL, set, batch);
}
