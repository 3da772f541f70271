// SPDX-License-Identifier: Apache-2.0
// Gives entries and questions to both evaluators, and says where their answers differ.
#include "agree.h"

#define DIFFER(session, ...) (text_print(&(session)->difference, __VA_ARGS__), text_byte(&(session)->difference, '\n'), false)

// ---- As a reader writes it ------------------------------------------------------------------------------------------------------
// Both name texts alike as long as they agree; where they do not, one may know a text that the other does not.
static const struct names *texts_of(const struct session *session) {
    return session->engine->texts.count > session->naive->texts.count ? &session->engine->texts : &session->naive->texts;
}

static void print_values(const struct session *session, uint32_t relation, const value *values, struct text *out) {
    const struct relation *declared = &session->program->relations[relation];
    text_print(out, "%.*s(", SPAN_ARG(declared->name));
    for (uint32_t i = 0; i < declared->column_count; i++) {
        if (i) text_print(out, ", ");
        if (values[i] == VALUE_ANY) text_byte(out, '_');
        else if (values[i] == ACTOR_NONE && declared->columns[i].type.base == TYPE_ACTOR) text_print(out, "nobody");
        else program_print_value(session->program, texts_of(session), declared->columns[i].type, values[i], out);
    }
    text_byte(out, ')');
}

static void print_interval(int64_t from, int64_t until, struct text *out) {
    text_print(out, " [");
    calendar_print(out, from, 0);
    text_print(out, " .. ");
    calendar_print(out, until, 0);
    text_print(out, ")");
}

static void print_write(const struct session *session, const struct write *write, struct text *out) {
    static const char *const kinds[] = {"begin", "end", "move"};
    text_print(out, "      %s ", kinds[write->kind]);
    print_values(session, write->relation, write->values, out);
    print_interval(write->from, write->until, out);
    text_byte(out, '\n');
}

static void print_actor(const struct session *session, value actor, struct text *out) {
    if (actor < 0 || actor_class_of(actor) > ACTOR_ROLE) text_print(out, "%lld", (long long)actor);
    else program_print_value(session->program, texts_of(session), (struct type){TYPE_ACTOR, NO_ID}, actor, out);
}

static void print_call(const struct session *session, const struct call *call, struct text *out) {
    const struct act *act = &session->program->acts[call->act];
    text_print(out, "%.*s(", SPAN_ARG(act->name));
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (i) text_print(out, ", ");
        if (act->parameters[i].type.base == TYPE_TEXT) text_json(out, call->arguments[i].text);
        else program_print_value(session->program, texts_of(session), act->parameters[i].type, call->arguments[i].value, out);
    }
    text_byte(out, ')');
}

void print_entry(const struct session *session, const struct entry *entry, struct text *out) {
    static const char *const kinds[] = {"", "propose ", "", "join ", "withdraw ", "confirm ", "contest ", "tick"};
    static const char *const answers[] = {"consent", "object", "abstain", "stand-aside", "reserve"};
    text_print(out, "%u  ", session->naive->position + 1);
    calendar_print(out, entry->time, 0);
    text_print(out, "  ");
    if (entry->recorded) {
        text_print(out, "(recorded by ");
        print_actor(session, entry->registrar, out);
        text_print(out, ") ");
    }
    if (entry->kind != ENTRY_ANSWER && entry->kind != ENTRY_TICK) print_actor(session, entry->actor, out);
    text_print(out, " %s", kinds[entry->kind]);
    for (uint32_t i = 0; entry->kind <= ENTRY_PROPOSE && i < entry->call_count; i++) {
        if (i) text_print(out, "; ");
        print_call(session, &entry->calls[i], out);
    }
    for (uint32_t i = 0; entry->kind == ENTRY_ANSWER && i < entry->answer_count; i++) {
        const struct answer *answer = &entry->answers[i];
        text_print(out, "%s", i ? "; " : "");
        print_actor(session, answer->actor, out);
        text_print(out, " %s @%u.%u ", answer->answer < COUNT_OF(answers) ? answers[answer->answer] : "?", entity_position(answer->proposal), entity_ordinal(answer->proposal));
        if (answer->reason.length) text_json(out, answer->reason);
    }
    if (entry->kind >= ENTRY_JOIN && entry->kind <= ENTRY_CONTEST) text_print(out, "@%u.%u", entity_position(entry->object), entity_ordinal(entry->object));
    text_byte(out, '\n');
}

static void print_receipt(const struct session *session, const char *name, const struct receipt *receipt, struct text *out) {
    static const char *const states[] = {"done", "refused", "turned away"};
    text_print(out, "  %s: %s at %u", name, states[receipt->status], receipt->position);
    if (receipt->status != RECEIPT_DONE)
        text_print(out, ": %s (item %u, clause %u, norm %d) %.*s ", refusal_text(receipt->refusal), receipt->item, receipt->clause, (int)receipt->norm, SPAN_ARG(receipt->message));
    if (receipt->citation) program_print_citation(session->program, receipt->citation, out);
    text_print(out, "\n    settled %u\n", receipt->settled_count);
    for (uint32_t i = 0; i < receipt->settled_count; i++) print_write(session, &receipt->settled[i], out);
    text_print(out, "    own %u\n", receipt->write_count);
    for (uint32_t i = 0; i < receipt->write_count; i++) print_write(session, &receipt->writes[i], out);
    for (uint32_t i = 0; i < receipt->late_count; i++) text_print(out, "    late: %u would %sbe done\n", receipt->late[i].position, receipt->late[i].would_be_done ? "" : "not ");
}

// ---- Receipts -----------------------------------------------------------------------------------------------------------------------
static bool same_writes(const struct session *session, const struct write *a, const struct write *b, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (a[i].kind != b[i].kind || a[i].relation != b[i].relation || a[i].from != b[i].from || a[i].until != b[i].until) return false;
        for (uint32_t k = 0; k < session->program->relations[a[i].relation].column_count; k++)
            if (a[i].values[k] != b[i].values[k]) return false;
    }
    return true;
}

// What a refusal cites; both point into the one program.
static bool same_citation(const struct citation *a, const struct citation *b) {
    uint32_t left = a ? a->count : 0, right = b ? b->count : 0;
    return left == right && (left == 0 || a->at == b->at);
}

static bool same_receipt(const struct session *session, const struct receipt *a, const struct receipt *b) {
    if (a->status != b->status || a->position != b->position || a->refusal != b->refusal) return false;
    if (a->refusal == REFUSAL_REQUIRE && a->clause != b->clause) return false;
    if (a->refusal != REFUSAL_LIMIT && (a->item != b->item || !span_equal(a->message, b->message) || !same_citation(a->citation, b->citation))) return false;
    if (a->refusal == REFUSAL_NEVER && a->norm != b->norm) return false;
    if (a->settled_count != b->settled_count || a->write_count != b->write_count || a->late_count != b->late_count) return false;
    for (uint32_t i = 0; i < a->late_count; i++)
        if (a->late[i].position != b->late[i].position || a->late[i].would_be_done != b->late[i].would_be_done) return false;
    return same_writes(session, a->settled, b->settled, a->settled_count) && same_writes(session, a->writes, b->writes, a->write_count);
}

static bool receipts_differ(struct session *session, const char *what, const struct receipt *naive, const struct receipt *engine) {
    text_print(&session->difference, "%s differs\n", what);
    print_receipt(session, "naive", naive, &session->difference);
    print_receipt(session, "engine", engine, &session->difference);
    return false;
}

static void count_receipt(struct session *session, const struct entry *entry, int64_t before, const struct receipt *receipt) {
    struct agree_counts *counts = session->counts;
    if (session->leading) {
        counts->led++;
        return;
    }
    counts->entries++;
    if (receipt->status != RECEIPT_DONE) {
        counts->refusals[receipt->refusal]++;
        return;
    }
    counts->done++;
    counts->kinds_done[entry->kind]++;
    counts->same_second += entry->time == before;
    counts->settled_entries += receipt->settled_count > 0;
    counts->settled_writes += receipt->settled_count;
    counts->late_outcomes += receipt->late_count;
    counts->recorded += entry->recorded;
    bool late = false;
    for (uint32_t i = 0; i < receipt->write_count; i++) late = late || (receipt->writes[i].kind == WRITE_BEGIN && receipt->writes[i].from < entry->time);
    counts->late_entries += late;
}

static void remember_made(struct session *session, const struct entry *entry) {
    uint32_t ordinal = entry->kind == ENTRY_PROPOSE;
    for (uint32_t i = 0; entry->kind <= ENTRY_PROPOSE && i < entry->call_count; i++) {
        const struct act *act = &session->program->acts[entry->calls[i].act];
        for (uint32_t k = 0; k < act->made_count; k++)
            VEC_PUSH(&session->made, (struct known_entity){entity_of(session->naive->position, ordinal++), act->made[k].entity_type});
    }
}

bool compare_submit(struct session *session, const struct entry *entry, struct receipt *receipt) {
    struct receipt naive, engine;
    uint8_t one[32], other[32];
    int64_t before = session->naive->time;
    struct text line = {0};
    print_entry(session, entry, &line);
    if (session->trace) {
        printf("%.*s", (int)line.length, line.at);
        fflush(stdout);
    }
    evaluator_submit(session->naive, entry, &naive);
    evaluator_submit(session->engine, entry, &engine);
    if (naive.status == RECEIPT_DONE) text_add(&session->story, text_span(&line));
    else if (!same_receipt(session, &naive, &engine)) text_add(&session->story, text_span(&line));
    text_release(&line);
    if (receipt) *receipt = naive;
    if (!same_receipt(session, &naive, &engine)) return receipts_differ(session, "the receipt of the last entry", &naive, &engine);
    count_receipt(session, entry, before, &naive);
    session->rows += naive.settled_count + naive.write_count;
    if (naive.status == RECEIPT_DONE) remember_made(session, entry);
    if (session->naive->position != session->engine->position || session->naive->time != session->engine->time) return DIFFER(session, "the position or the time differs");
    evaluator_hash(session->naive, session->naive->position, one);
    evaluator_hash(session->engine, session->engine->position, other);
    return memcmp(one, other, 32) == 0 || DIFFER(session, "the digest differs");
}

bool compare_judge(struct session *session, const struct entry *entry, struct receipt *receipt) {
    struct receipt naive, engine;
    if (session->trace) {
        struct text line = {0};
        print_entry(session, entry, &line);
        printf("judged only: %.*s", (int)line.length, line.at);
        fflush(stdout);
        text_release(&line);
    }
    evaluator_judge(session->naive, entry, &naive);
    evaluator_judge(session->engine, entry, &engine);
    if (receipt) *receipt = naive;
    session->counts->judged++;
    if (same_receipt(session, &naive, &engine)) return true;
    text_print(&session->story, "judged only: ");
    print_entry(session, entry, &session->story);
    return receipts_differ(session, "the receipt of what is only judged", &naive, &engine);
}

// ---- Questions ------------------------------------------------------------------------------------------------------------------------
struct answers { const struct session *session; uint32_t relation; struct text text; uint32_t count; };

static bool answers_visit(void *context, const struct found *row) {
    struct answers *answers = context;
    text_print(&answers->text, "    ");
    print_values(answers->session, answers->relation, row->values, &answers->text);
    print_interval(row->from, row->until, &answers->text);
    text_print(&answers->text, " begun by %u ended by %u\n", row->begun, row->ended);
    answers->count++;
    return true;
}

static bool answers_same(struct session *session, struct answers *naive, struct answers *engine) {
    bool same = span_equal(text_span(&naive->text), text_span(&engine->text));
    if (!same) text_print(&session->difference, "  naive:\n%.*s  engine:\n%.*s", (int)naive->text.length, naive->text.at, (int)engine->text.length, engine->text.at);
    session->counts->question_rows += naive->count;
    text_release(&naive->text);
    text_release(&engine->text);
    return same;
}

static struct question draw_question(struct session *session) {
    struct question question = {draw_time(session, chance_of(&session->chance, 50)), POSITION_LAST};
    if (chance_of(&session->chance, 50)) question.position = chance_below(&session->chance, session->naive->position + 1);
    if (chance_of(&session->chance, 2)) question.position = session->naive->position + 1;
    if (chance_of(&session->chance, 25)) {
        int64_t next = naive_next_moment(session->naive);
        if (next != TIME_MAX && next - session->naive->time < (int64_t)400 * 86400) question.time = next + (int64_t)chance_below(&session->chance, 3) - 1;
    }
    return question;
}

bool compare_ask(struct session *session, struct question question, uint32_t relation, const value *pattern) {
    struct answers naive = {.session = session, .relation = relation}, engine = naive;
    ask_status one = evaluator_ask(session->naive, question, relation, pattern, answers_visit, &naive);
    ask_status other = evaluator_ask(session->engine, question, relation, pattern, answers_visit, &engine);
    session->counts->questions++;
    bool same = answers_same(session, &naive, &engine);
    if (same && one == other) return true;
    text_print(&session->difference, "the answer differs (status %d, %d): ", (int)one, (int)other);
    print_values(session, relation, pattern, &session->difference);
    text_print(&session->difference, " at ");
    calendar_print(&session->difference, question.time, 0);
    return DIFFER(session, ", position %d", (int)question.position);
}

bool compare_question(struct session *session) {
    uint32_t relation = chance_below(&session->chance, session->program->relations_count);
    const struct relation *declared = &session->program->relations[relation];
    struct question question = draw_question(session);
    value pattern[SLOTS_MAX + 8];
    for (uint32_t i = 0; i < declared->column_count; i++) {
        bool any = declared->columns[i].type.base == TYPE_TEXT || chance_of(&session->chance, 70);
        pattern[i] = any ? VALUE_ANY : draw_value(session, declared->columns[i].type, (struct span){0});
    }
    return compare_ask(session, question, relation, pattern);
}

bool session_review(struct session *session) {
    for (uint32_t r = 0; r < session->program->relations_count; r++) {
        if (session->program->relations[r].derived) continue;
        struct answers naive = {.session = session, .relation = r}, engine = naive;
        evaluator_rows(session->naive, r, answers_visit, &naive);
        evaluator_rows(session->engine, r, answers_visit, &engine);
        if (!answers_same(session, &naive, &engine)) return DIFFER(session, "all rows of %.*s differ", SPAN_ARG(session->program->relations[r].name));
    }
    for (uint32_t p = 0; p <= session->naive->position; p++) {
        uint8_t one[32], other[32];
        evaluator_hash(session->naive, p, one);
        evaluator_hash(session->engine, p, other);
        if (memcmp(one, other, 32) != 0) return DIFFER(session, "the digest at %u differs", p);
    }
    return true;
}

// ---- A session ----------------------------------------------------------------------------------------------------------------------------
void session_begin(struct session *session, const struct program *program, struct evaluator *engine, struct chance chance, struct agree_counts *counts) {
    *session = (struct session){.program = program, .naive = naive_new(program), .chance = chance, .counts = counts};
    session->engine = engine ? evaluator_again(engine) : engine_new(program);
    arena_init(&session->arena);
    // 1 January 2020; or 15 May 1992 and 1 January 2006, since laws are of their day.
    static const int64_t starts[] = {1577836800, 705888000, 1136073600};
    session->start = starts[chance_below(&session->chance, COUNT_OF(starts))] + (int64_t)program->watches_count;
}

struct evaluator *session_end(struct session *session) {
    struct naive_counts counts = naive_count(session->naive);
    session->counts->adoptions += counts.adoptions;
    session->counts->not_executable += counts.not_executable;
    for (size_t i = 0; i < COUNT_OF(counts.firings); i++) session->counts->firings[i] += counts.firings[i];
    evaluator_free(session->naive);
    arena_release(&session->arena);
    VEC_RELEASE(&session->made);
    text_release(&session->story);
    text_release(&session->difference);
    return session->engine;
}

bool session_full(const struct session *session) { return session->rows > SESSION_ROWS; }

// A step of the course is entered as it is, or altered, or left out, or entered and left for a second time.
static bool step_along(struct session *session) {
    const struct course_step *step = &session->course->steps[session->course_next];
    if (!chance_of(&session->chance, 7)) session->course_next++;
    if (chance_of(&session->chance, 7)) return true;
    const struct entry *entry = draw_of_course(session, step, chance_of(&session->chance, 30));
    if (step->tried && chance_of(&session->chance, 70)) return compare_judge(session, entry, NULL);
    uint32_t before = session->naive->position;
    bool same = compare_submit(session, entry, NULL);
    if (step->entered && session->naive->position > before) session->places[step->position] = session->naive->position;
    return same;
}

static bool course_left(const struct session *session) { return session->course && session->course_next < session->course->count; }

bool session_follow(struct session *session, const struct course *course) {
    uint32_t cut = chance_below(&session->chance, course->count + 1), most = 0;
    bool same = true;
    for (uint32_t i = 0; i < course->count; i++)
        if (course->steps[i].position > most) most = course->steps[i].position;
    session->course = course;
    // Years that pass before the course begins would be settled day by day.
    if (course->count) session->start = course->steps[0].entry->time;
    session->places = ARENA_ARRAY(&session->arena, uint32_t, most + 1);
    session->leading = true;
    for (; same && session->course_next < cut; session->course_next++) {
        const struct course_step *step = &course->steps[session->course_next];
        const struct entry *entry = draw_of_course(session, step, false);
        same = step->tried ? compare_judge(session, entry, NULL) : compare_submit(session, entry, NULL);
        if (step->entered) session->places[step->position] = session->naive->position;
    }
    session->leading = false;
    return same;
}

bool session_step(struct session *session) {
    if (session->naive->position && chance_of(&session->chance, 12)) return compare_question(session);
    if (course_left(session) && chance_of(&session->chance, 55)) return step_along(session);
    const struct entry *entry = draw_entry(session);
    if (chance_of(&session->chance, 5) && !compare_judge(session, entry, NULL)) return false;
    // Of a few drawn the first one that would be done is mostly taken, so that something happens.
    for (uint32_t tries = chance_of(&session->chance, 65) ? 0 : 16; tries < 16; tries++) {
        struct receipt receipt;
        evaluator_judge(session->engine, entry, &receipt);
        if (receipt.status == RECEIPT_DONE) break;
        entry = draw_entry(session);
    }
    return compare_submit(session, entry, NULL);
}
