// SPDX-License-Identifier: Apache-2.0
// Draws entries: arguments among what is there, actors who may, times near those at which something happens.
#include "agree.h"

// ---- Chance -------------------------------------------------------------------------------------------------------------------
uint32_t chance_below(struct chance *chance, uint32_t count) {
    if (count <= 1) return 0;
    if (chance->from_bytes) {
        uint32_t drawn = 0;
        for (uint32_t reach = 1; reach < count && reach < 65536u; reach *= 256u) {
            drawn = drawn * 256 + (chance->left ? *chance->bytes : 0);
            if (chance->left) chance->bytes++, chance->left--;
        }
        return drawn % count;
    }
    chance->state = hash_mix(chance->state, 0x51ED270B7F4A7C15u);
    return (uint32_t)((chance->state >> 16) % count);
}

bool chance_of(struct chance *chance, uint32_t percent) { return chance_below(chance, 100) < percent; }
bool chance_over(const struct chance *chance) { return chance->from_bytes && chance->left == 0; }

static uint32_t below(struct session *session, uint32_t count) { return chance_below(&session->chance, count); }
static bool percent(struct session *session, uint32_t share) { return chance_of(&session->chance, share); }

// ---- What is there --------------------------------------------------------------------------------------------------------------
#define POOL_MAX 64
struct pool { value at[POOL_MAX]; uint32_t count; uint32_t column; int64_t time; bool open_only; };

static bool pool_visit(void *context, const struct found *row) {
    struct pool *pool = context;
    if (pool->open_only && (row->from > pool->time || row->until <= pool->time)) return true;
    // The later ones are the more interesting: they push the earlier ones out.
    pool->at[pool->count++ % POOL_MAX] = row->values[pool->column];
    return true;
}

static struct pool pool_of(struct session *session, uint32_t relation, uint32_t column, bool open_only) {
    struct pool pool = {.column = column, .time = session->naive->time, .open_only = open_only};
    evaluator_rows(session->naive, relation, pool_visit, &pool);
    if (pool.count > POOL_MAX) pool.count = POOL_MAX;
    return pool;
}

static struct pool pool_asked(struct session *session, uint32_t relation, const value *pattern, uint32_t column) {
    struct pool pool = {.column = column};
    if (session->engine->position == 0) return pool;
    (void)evaluator_ask(session->engine, (struct question){session->engine->time, POSITION_LAST}, relation, pattern, pool_visit, &pool);
    if (pool.count > POOL_MAX) pool.count = POOL_MAX;
    return pool;
}

static bool pool_draw(struct session *session, const struct pool *pool, value *drawn) {
    if (!pool->count) return false;
    *drawn = pool->at[below(session, pool->count)];
    return true;
}

// ---- Times ------------------------------------------------------------------------------------------------------------------------
static int64_t start_of(const struct session *session) {
    return session->naive->position ? session->naive->time : session->start;
}

static int64_t step_forward(struct session *session) {
    static const int64_t spans[] = {1, 60, 3599, 3600, 86399, 86400, 2 * 86400, 7 * 86400, 31 * 86400, 183 * 86400};
    int64_t span = spans[below(session, COUNT_OF(spans))];
    return percent(session, 50) ? span : below(session, (uint32_t)span + 1);
}

// The time of the next entry: often the same second, often one at which something falls due, or one second off.
static int64_t next_time(struct session *session) {
    int64_t now = start_of(session);
    if (session->naive->position == 0 || percent(session, 35)) return now;
    int64_t next = percent(session, 50) ? naive_next_moment(session->naive) : TIME_MAX;
    if (next != TIME_MAX && next - now < (int64_t)400 * 86400) {
        next += (int64_t)below(session, 3) - 1;
        return next < now ? now : next;
    }
    return now + step_forward(session);
}

int64_t draw_time(struct session *session, bool past) {
    int64_t now = start_of(session);
    if (past) return now - (percent(session, 20) ? 0 : step_forward(session));
    switch (below(session, 6)) {
    case 0: return now;
    case 1: return now - step_forward(session);
    case 2: return now + 1;
    default: return now + step_forward(session);
    }
}

// ---- Values ---------------------------------------------------------------------------------------------------------------------------
static value draw_party(struct session *session, uint32_t of) {
    const struct program *program = session->program;
    if (!program->parties_count) return ACTOR_NONE;
    value party = below(session, program->parties_count);
    for (uint32_t i = 0; i < program->parties_count && of != NO_ID && program->parties[party].type != of; i++) party = (party + 1) % program->parties_count;
    return party;
}

static value draw_office(struct session *session, uint32_t office) {
    uint32_t of = session->program->offices[office].of;
    return actor_office(office, of == NO_ID ? -1 : draw_party(session, of));
}

static value draw_role(struct session *session) {
    for (uint32_t tries = 0; tries < 20; tries++) {
        uint32_t r = below(session, session->program->relations_count);
        const struct relation *relation = &session->program->relations[r];
        if (relation->hidden || relation->column_count < 1 || relation->column_count > 2) continue;
        type_base holder = relation->columns[relation->column_count - 1].type.base, argument = relation->columns[0].type.base;
        if (holder != TYPE_PARTY && holder != TYPE_ACTOR) continue;
        if (relation->column_count == 1) return actor_role(r, false, 0);
        if (argument == TYPE_PARTY || argument == TYPE_ENTITY) return actor_role(r, true, draw_value(session, relation->columns[0].type, (struct span){0}));
    }
    return draw_party(session, NO_ID);
}

#define ROLES_DRAWN 15

static value draw_actor(struct session *session, bool role_too) {
    const struct program *program = session->program;
    if (program->offices_count && percent(session, 30)) return draw_office(session, below(session, program->offices_count));
    if (program->organs_count && percent(session, 5)) return actor_organ(below(session, program->organs_count));
    return role_too && percent(session, ROLES_DRAWN) ? draw_role(session) : draw_party(session, NO_ID);
}

static value draw_entity(struct session *session, uint32_t type) {
    value drawn;
    struct pool pool = {0};
    if (percent(session, 4)) return entity_of(below(session, session->naive->position + 3), below(session, 4));
    if (type == ENTITY_ENTRY) return entity_of(1 + below(session, session->naive->position + (session->naive->position == 0)), 0);
    bool open = percent(session, 80);
    if (type == ENTITY_PROPOSAL) pool = pool_of(session, open ? RELATION_OPEN : RELATION_PROPOSED, 0, open);
    else if (type == ENTITY_DUTY) pool = pool_of(session, RELATION_DUTY, 0, open);
    else if (type == ENTITY_FINDING) pool = pool_of(session, percent(session, 50) ? RELATION_ALLEGED : RELATION_FINDING, 0, open);
    else
        for (uint32_t i = 0; i < session->made.count; i++)
            if (session->made.at[i].type == type) pool.at[pool.count++ % POOL_MAX] = session->made.at[i].entity;
    if (pool.count > POOL_MAX) pool.count = POOL_MAX;
    return pool_draw(session, &pool, &drawn) ? drawn : entity_of(1 + below(session, session->naive->position + 1), below(session, 2));
}

value draw_value(struct session *session, struct type type, struct span label) {
    switch (type.base) {
    case TYPE_INT: return percent(session, 4) ? (percent(session, 50) ? INT64_MAX : -INT64_MAX) : (value)below(session, 14) - 2;
    case TYPE_TIME: return draw_time(session, span_is(label, "occurred"));
    case TYPE_DURATION: return duration_of(below(session, 2), (int64_t)below(session, 4) * 43200);
    case TYPE_TEXT: return 0;
    case TYPE_PARTY: return draw_party(session, type.of);
    case TYPE_ACTOR: return draw_actor(session, true);
    case TYPE_ENTITY: return draw_entity(session, type.of);
    case TYPE_KIND: return session->program->kinds[type.of].constant_count ? below(session, session->program->kinds[type.of].constant_count) : 0;
    }
    return 0;
}

static struct span draw_text(struct session *session) {
    static const char *const words[] = {"one", "two", "three", "", "\xc3\xa4 \"quoted\""};
    const struct names *texts = &session->program->texts;
    if (texts->count && percent(session, 30)) return names_text(texts, below(session, texts->count));
    return span_of(words[below(session, COUNT_OF(words))]);
}

// ---- Calls ------------------------------------------------------------------------------------------------------------------------------
// An act that is drawn: what its frame is known to hold so far.
struct drawn { const struct act *act; value values[SLOTS_MAX]; bool known[SLOTS_MAX]; };

// Where conditions ask about a variable: the atoms that take it as an argument, bare.
#define PLACES_MAX 32
struct atom_place { const struct condition *atom; uint32_t column; };
struct atom_places { struct atom_place at[PLACES_MAX]; uint32_t count; };

static void find_atoms(const struct conditions *conditions, uint32_t slot, struct atom_places *places) {
    for (uint32_t i = 0; i < conditions->count; i++) {
        const struct condition *condition = &conditions->at[i];
        for (uint32_t k = 0; condition->kind == CONDITION_ATOM && k < condition->argument_count; k++) {
            const struct expression *argument = condition->arguments[k];
            if (argument->kind == EXPRESSION_VARIABLE && argument->slot == slot && places->count < PLACES_MAX) places->at[places->count++] = (struct atom_place){condition, k};
        }
        find_atoms(&condition->inner, slot, places);
        find_atoms(&condition->has, slot, places);
    }
}

// A value with which a condition of the act is met, or would be if it were not negated: one from the rows that it asks about.
static bool draw_fitting(struct session *session, const struct drawn *drawn, uint32_t slot, value *fitting) {
    struct atom_places places = {0};
    value pattern[COLUMNS_MAX + 2];
    for (uint32_t i = 0; i < drawn->act->clause_count; i++) find_atoms(&drawn->act->clauses[i].conditions, slot, &places);
    if (!places.count) return false;
    struct atom_place place = places.at[below(session, places.count)];
    bool whole = percent(session, 70);
    for (uint32_t k = 0; k < place.atom->argument_count; k++) {
        const struct expression *argument = place.atom->arguments[k];
        pattern[k] = VALUE_ANY;
        if (!whole || k == place.column) continue;
        if (argument->kind == EXPRESSION_CONSTANT) pattern[k] = argument->constant;
        if (argument->kind == EXPRESSION_VARIABLE && drawn->known[argument->slot]) pattern[k] = drawn->values[argument->slot];
    }
    struct pool pool = pool_asked(session, place.atom->relation, pattern, place.column);
    return pool_draw(session, &pool, fitting);
}

static struct drawn draw_call(struct session *session, struct call *call, uint32_t act) {
    struct drawn drawn = {.act = &session->program->acts[act]};
    uint32_t count = drawn.act->parameter_count;
    struct argument *arguments = ARENA_ARRAY(&session->arena, struct argument, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        struct type type = drawn.act->parameters[i].type;
        bool fits = percent(session, 60) && draw_fitting(session, &drawn, i, &drawn.values[i]);
        if (!fits) drawn.values[i] = draw_value(session, type, drawn.act->parameters[i].label);
        drawn.known[i] = fits || type.base != TYPE_TEXT;
        if (type.base == TYPE_TEXT) arguments[i].text = fits ? names_text(&session->engine->texts, (uint32_t)drawn.values[i]) : draw_text(session);
        else arguments[i].value = drawn.values[i];
    }
    *call = (struct call){act, arguments, count};
    return drawn;
}

// of: the act that is drawn, or NULL.
static value draw_who(struct session *session, const struct who *who, const struct drawn *of) {
    value drawn;
    if (who->kind == WHO_ONE_OF) {
        if (percent(session, 8)) return draw_actor(session, false);
        if (of && who->slot < of->act->parameter_count && percent(session, 70)) return of->values[who->slot];
        return draw_who(session, &who->others[below(session, who->other_count)], of);
    }
    bool slot = of && who->slot != NO_ID, parameter = slot && who->slot < of->act->parameter_count;
    value party = parameter ? of->values[who->slot] : draw_party(session, who->kind == WHO_MEMBER ? who->type.of : NO_ID);
    if (percent(session, 8)) return draw_actor(session, false);
    if (slot && !parameter && percent(session, 50) && draw_fitting(session, of, who->slot, &drawn)) parameter = true, party = drawn;
    switch (who->kind) {
    case WHO_ANYONE: return draw_actor(session, false);
    case WHO_MEMBER:
        if (!parameter && who->relation != NO_ID) {
            struct pool pool = pool_asked(session, who->relation, (value[]){VALUE_ANY}, 0);
            if (pool_draw(session, &pool, &drawn)) return drawn;
        }
        return party;
    case WHO_OFFICE_OF: return parameter && party >= 0 ? actor_office(who->office, party) : draw_office(session, who->office);
    case WHO_ACTOR:
    case WHO_ONE_OF: break;
    }
    if (who->actor->kind == EXPRESSION_CONSTANT && actor_class_of(who->actor->constant) != ACTOR_ROLE) return who->actor->constant;
    if (who->actor->kind == EXPRESSION_OFFICE_OF) return draw_office(session, who->actor->id);
    uint32_t relation = who->actor->kind == EXPRESSION_ROLE ? who->actor->id : who->actor->kind == EXPRESSION_CONSTANT ? actor_role_relation(who->actor->constant) : NO_ID;
    if (relation == NO_ID) return draw_actor(session, false);
    value any[2] = {VALUE_ANY, VALUE_ANY};
    struct pool pool = pool_asked(session, relation, any, session->program->relations[relation].column_count - 1);
    return pool_draw(session, &pool, &drawn) ? drawn : draw_actor(session, false);
}

static bool draw_act_of(struct session *session, bool direct, uint32_t *act) {
    for (uint32_t tries = 0; tries < 40; tries++) {
        *act = below(session, session->program->acts_count);
        if ((session->program->acts[*act].kind == ACT_DIRECT) == direct) return true;
    }
    return false;
}

static bool draw_direct(struct session *session, struct entry *entry) {
    uint32_t act;
    struct call *call = ARENA_NEW(&session->arena, struct call);
    if (!session->program->acts_count || !draw_act_of(session, true, &act)) return false;
    struct drawn drawn = draw_call(session, call, act);
    entry->kind = ENTRY_ACT;
    entry->calls = call;
    entry->call_count = 1;
    entry->actor = draw_who(session, &drawn.act->by, &drawn);
    return true;
}

// Later items like to name what earlier ones make.
static void refer_back(struct session *session, struct call *calls, uint32_t count) {
    const struct program *program = session->program;
    uint32_t ordinal = 1;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t m = 0; m < program->acts[calls[i].act].made_count; m++, ordinal++)
            for (uint32_t k = i + 1; k < count; k++) {
                struct argument *arguments = ARENA_ARRAY(&session->arena, struct argument, calls[k].argument_count + 1);
                for (uint32_t a = 0; a < calls[k].argument_count; a++) {
                    struct type type = program->acts[calls[k].act].parameters[a].type;
                    arguments[a] = calls[k].arguments[a];
                    if (type.base == TYPE_ENTITY && type.of == program->acts[calls[i].act].made[m].entity_type && percent(session, 70))
                        arguments[a].value = entity_of(session->naive->position + 1, ordinal);
                }
                calls[k].arguments = arguments;
            }
    }
}

static value draw_proposer(struct session *session, const struct drawn *of) {
    value drawn;
    const struct act *act = of->act;
    if (act->proposer_given) return draw_who(session, &act->proposed_by, of);
    if (act->kind == ACT_AGREED) return draw_who(session, &act->by, of);
    const struct organ *organ = &session->program->organs[act->organ];
    struct pool pool = pool_asked(session, organ->seats, (value[]){VALUE_ANY}, 0);
    if (organ->voice != NO_ID && percent(session, 70)) return draw_actor(session, false);
    return !percent(session, 10) && pool_draw(session, &pool, &drawn) ? drawn : draw_actor(session, false);
}

static bool draw_proposal(struct session *session, struct entry *entry) {
    const struct program *program = session->program;
    uint32_t act, wanted = percent(session, 60) ? 1 : 2 + below(session, 2), count = 0;
    struct call *calls = ARENA_ARRAY(&session->arena, struct call, 4);
    if (!program->acts_count || !draw_act_of(session, false, &act)) return false;
    struct drawn drawn = draw_call(session, &calls[count++], act);
    for (uint32_t tries = 0; tries < 10 && count < wanted && program->acts[act].kind == ACT_BY_ORGAN; tries++) {
        uint32_t other;
        if (!draw_act_of(session, false, &other)) break;
        bool same = program->acts[other].organ == program->acts[act].organ && program->acts[other].decides.procedure == program->acts[act].decides.procedure;
        if (same || percent(session, 3)) draw_call(session, &calls[count++], other);
    }
    refer_back(session, calls, count);
    entry->kind = ENTRY_PROPOSE;
    entry->calls = calls;
    entry->call_count = count;
    entry->actor = draw_proposer(session, &drawn);
    return true;
}

// ---- Answers and the rest -----------------------------------------------------------------------------------------------------------
static value draw_answerer(struct session *session, value proposal) {
    value drawn, laid;
    value any[3] = {VALUE_ANY, VALUE_ANY, proposal}, seat[2] = {proposal, VALUE_ANY};
    struct pool before = pool_asked(session, RELATION_LAID_BEFORE, seat, 1);
    if (pool_draw(session, &before, &laid) && actor_class_of(laid) == ACTOR_ORGAN && session->program->organs[actor_organ_id(laid)].voice != NO_ID) {
        struct pool voices = pool_asked(session, session->program->organs[actor_organ_id(laid)].voice, any, 0);
        if (percent(session, 90) && pool_draw(session, &voices, &drawn)) return drawn;
    }
    // Those who have not answered yet come first.
    struct pool seats = pool_asked(session, percent(session, 75) ? RELATION_UNANSWERED : RELATION_SEAT, seat, 1);
    return !percent(session, 5) && pool_draw(session, &seats, &drawn) ? drawn : draw_actor(session, false);
}

static bool draw_answers(struct session *session, struct entry *entry) {
    static const uint32_t words[] = {ANSWER_CONSENT, ANSWER_CONSENT, ANSWER_CONSENT, ANSWER_CONSENT, ANSWER_CONSENT, ANSWER_OBJECT, ANSWER_ABSTAIN, ANSWER_STAND_ASIDE, ANSWER_RESERVE};
    uint32_t count = percent(session, 70) ? 1 : 1 + below(session, 4);
    struct answer *answers = ARENA_ARRAY(&session->arena, struct answer, count);
    struct pool open = pool_of(session, RELATION_OPEN, 0, true);
    for (uint32_t i = 0; i < count; i++) {
        if (percent(session, 97) ? !pool_draw(session, &open, &answers[i].proposal) : false) return false;
        if (!answers[i].proposal) answers[i].proposal = draw_entity(session, ENTITY_PROPOSAL);
        answers[i].actor = draw_answerer(session, answers[i].proposal);
        answers[i].answer = words[below(session, COUNT_OF(words))];
        if (percent(session, 15)) answers[i].reason = draw_text(session);
    }
    entry->kind = ENTRY_ANSWER;
    entry->answers = answers;
    entry->answer_count = count;
    return true;
}

static void draw_object(struct session *session, struct entry *entry) {
    value drawn;
    entry->kind = (entry_kind)(ENTRY_JOIN + below(session, 4));
    bool record = entry->kind == ENTRY_CONFIRM || entry->kind == ENTRY_CONTEST;
    struct pool pool = record ? pool_of(session, RELATION_RECORDED, 0, false) : pool_of(session, entry->kind == ENTRY_JOIN ? RELATION_OUTCOME : RELATION_OPEN, 0, true);
    entry->object = pool_draw(session, &pool, &drawn) ? drawn : draw_entity(session, record ? ENTITY_ENTRY : ENTITY_PROPOSAL);
    value pattern[2] = {entry->object, VALUE_ANY};
    struct pool actors = pool_asked(session, record ? RELATION_RECORDED : RELATION_PROPOSED, pattern, 1);
    entry->actor = !percent(session, 15) && entry->kind != ENTRY_JOIN && pool_draw(session, &actors, &drawn) ? drawn : draw_actor(session, false);
}

// Something that is wrong in its form, in one way only.
static void spoil(struct session *session, struct entry *entry) {
    switch (below(session, 5)) {
    case 0: entry->time = start_of(session) - 1 - below(session, 100); break;
    case 1: entry->actor = draw_role(session); break;
    case 2:
        if (entry->kind == ENTRY_PROPOSE) entry->kind = ENTRY_ACT;
        else if (entry->kind == ENTRY_ACT) entry->kind = ENTRY_PROPOSE;
        break;
    case 3:
        if (entry->kind <= ENTRY_PROPOSE && entry->calls[0].argument_count) ((struct call *)entry->calls)->argument_count--;
        break;
    default: entry->admitted = session->naive->position ? 0 : entry->admitted; break;
    }
}

struct entry *draw_entry(struct session *session) {
    struct entry *entry = ARENA_NEW(&session->arena, struct entry);
    struct pool open = pool_of(session, RELATION_OPEN, 0, true);
    uint32_t lot = below(session, 100);
    bool drawn = false;
    entry->registrar = ACTOR_NONE;
    entry->kind = ENTRY_TICK;
    if (open.count && lot < 38) drawn = draw_answers(session, entry);
    else if (lot < 44) draw_object(session, entry), drawn = true;
    else if (lot < 64) drawn = draw_proposal(session, entry);
    if (!drawn && lot < 96) drawn = draw_direct(session, entry) || draw_proposal(session, entry);
    entry->time = next_time(session);
    if (session->course && session->course_next < session->course->count && percent(session, 85)) {
        // So that the course is not left behind at once.
        int64_t next = session->course->steps[session->course_next].entry->time, now = start_of(session);
        if (entry->time > next) entry->time = next > now ? next : now;
    }
    entry->admitted = percent(session, 10) ? entry->time + 5 : entry->time;
    // Neither time may decrease; what was admitted late holds the later ones up.
    if (entry->admitted < start_of(session) + 5) entry->admitted = start_of(session) + 5;
    if (entry->kind != ENTRY_TICK && percent(session, 12)) {
        entry->recorded = true;
        entry->medium = SPAN("telephone");
        bool given = session->program->records_given;
        if (percent(session, given ? 60 : 20)) entry->registrar = given ? draw_who(session, &session->program->records, NULL) : draw_actor(session, false);
    }
    if (percent(session, 2)) spoil(session, entry);
    return entry;
}

// ---- Along a course -----------------------------------------------------------------------------------------------------------------------
static value placed_entity(const struct session *session, const struct course_step *step, value entity) {
    uint32_t position = entity_position(entity), here = session->naive->position + 1;
    if (position == step->position) return entity_of(here, entity_ordinal(entity));
    return position < step->position && session->places[position] ? entity_of(session->places[position], entity_ordinal(entity)) : entity;
}

static value placed(const struct session *session, const struct course_step *step, struct type type, value v) {
    if (type.base == TYPE_ENTITY) return placed_entity(session, step, v);
    if (type.base != TYPE_ACTOR || v < 0 || actor_class_of(v) != ACTOR_ROLE || actor_role_argument(v) < 0) return v;
    struct type argument = session->program->relations[actor_role_relation(v)].columns[0].type;
    return actor_role(actor_role_relation(v), true, placed(session, step, argument, actor_role_argument(v)));
}

static void place_calls(struct session *session, const struct course_step *step, struct entry *entry) {
    struct call *calls = ARENA_ARRAY(&session->arena, struct call, entry->call_count + 1);
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &session->program->acts[entry->calls[i].act];
        struct argument *arguments = ARENA_ARRAY(&session->arena, struct argument, act->parameter_count + 1);
        for (uint32_t k = 0; k < act->parameter_count; k++) {
            arguments[k] = entry->calls[i].arguments[k];
            arguments[k].value = placed(session, step, act->parameters[k].type, arguments[k].value);
        }
        calls[i] = (struct call){entry->calls[i].act, arguments, act->parameter_count};
    }
    entry->calls = calls;
}

static void place_answers(struct session *session, const struct course_step *step, struct entry *entry) {
    struct answer *answers = ARENA_ARRAY(&session->arena, struct answer, entry->answer_count + 1);
    for (uint32_t i = 0; i < entry->answer_count; i++) {
        answers[i] = entry->answers[i];
        answers[i].proposal = placed_entity(session, step, answers[i].proposal);
    }
    entry->answers = answers;
}

static void alter(struct session *session, struct entry *entry) {
    uint32_t lot = below(session, 6);
    const struct call *call = entry->call_count ? &entry->calls[below(session, entry->call_count)] : NULL;
    if (lot < 3 && call && call->argument_count) {
        const struct act *act = &session->program->acts[call->act];
        uint32_t changed = below(session, call->argument_count);
        struct argument *argument = (struct argument *)&call->arguments[changed];
        if (act->parameters[changed].type.base == TYPE_TEXT) argument->text = draw_text(session);
        else argument->value = draw_value(session, act->parameters[changed].type, act->parameters[changed].label);
    } else if (lot < 4 && entry->answer_count) {
        struct answer *answer = (struct answer *)&entry->answers[below(session, entry->answer_count)];
        if (percent(session, 60)) answer->answer = below(session, ANSWER_RESERVE + 1);
        else answer->actor = draw_answerer(session, answer->proposal);
    } else if (lot < 5) {
        entry->actor = draw_actor(session, false);
    } else {
        entry->time = next_time(session);
    }
}

// A course of decades, with a duty of every day in it, would keep the naive evaluator at one entry for minutes.
#define LEAP_MAX ((int64_t)200 * 86400)

struct entry *draw_of_course(struct session *session, const struct course_step *step, bool altered) {
    struct entry *entry = ARENA_NEW(&session->arena, struct entry);
    *entry = *step->entry;
    place_calls(session, step, entry);
    place_answers(session, step, entry);
    if (entry->kind >= ENTRY_JOIN && entry->kind <= ENTRY_CONTEST) entry->object = placed_entity(session, step, entry->object);
    if (altered) alter(session, entry);
    int64_t now = start_of(session);
    if (session->naive->position && entry->time < now) entry->time = now;
    if (!session->leading && session->naive->position && entry->time > now + LEAP_MAX) entry->time = now + LEAP_MAX;
    entry->admitted = entry->time;
    if (!session->leading && entry->admitted < start_of(session) + 5) entry->admitted = start_of(session) + 5;
    return entry;
}
