// SPDX-License-Identifier: Apache-2.0
// The engine against named limits and peers, all in one run:
//   acts      judging the acts of crises of the CSTO with 100,000 facts, and of votes of 30 seats, against Ed25519 verifications of 512 bytes
//   past      a question as of a time, at ten thousand acts and at ten million, by rows touched and by time
//   closure   2,000 nodes, 4,000 edges, against clingo and a hand-written loop
//   memory    bytes per stored interval beyond its columns
//   replay    Kazakhstan 2022 from process start to last line
// What is counted: a submit whole: form, settling, judging, effects, consequences, norms, the receipt and the state hash.
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef ENTENTE_HAVE_SODIUM
#include <sodium.h>
#endif

#include "engine/engine.h"

#define ACTS_FACTS 100000u
#define ACTS_MEASURED 60000u
#define CRISES_MEASURED 500u
#define PARTS 5u       // of the acts that are measured by the clock
#define STRETCH 25u    // crises between two looks at the clock
#define SEATS 30u
#define PAST_KEYS 1000u
#define PAST_QUESTIONS 20000u

// Time of this thread on a processor: what others do on the machine does not count.
static double busy(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint64_t chance_state = 42;
static uint32_t chance(uint32_t below) {
    chance_state = hash_mix(chance_state, 0x2545F4914F6CDD1Du);
    return (uint32_t)((chance_state >> 20) % below);
}

static void tell(const char *what, double measured, double limit, const char *unit) {
    printf("  %-58s %10.4g %s, limit %.4g: %s\n", what, measured, unit, limit, measured <= limit ? "kept" : "MISSED");
}

// ---- Samples --------------------------------------------------------------------------------------------------------------------
struct samples {
    double *at;
    uint32_t count, capacity;
};
static void sample(struct samples *samples, double value_s) {
    if (samples->count == samples->capacity)
        samples->at = base_vec_grow(samples->at, &samples->capacity, sizeof *samples->at);
    samples->at[samples->count++] = value_s;
}
static int by_size(const void *a, const void *b) {
    return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b;
}
static double quantile(struct samples *samples, double q) {
    qsort(samples->at, samples->count, sizeof *samples->at, by_size);
    return samples->at[(uint32_t)(q * (samples->count - 1))];
}
// ---- By kind of act -----------------------------------------------------------------------------------------------------------
static struct {
    const char *name;
    bool done;
    uint32_t count;
    double total;
} kinds[64];
static uint32_t kind_count;
static void kind_add(const char *name, double took, bool done) {
    uint32_t k = 0;
    while (k < kind_count && (kinds[k].name != name || kinds[k].done != done)) k++;
    if (k == COUNT_OF(kinds)) return;
    if (k == kind_count) kind_count++;
    kinds[k].name = name, kinds[k].done = done, kinds[k].count++, kinds[k].total += took;
}

// ---- Entries --------------------------------------------------------------------------------------------------------------------
struct game {
    struct diagnostics all;
    struct program *program;
    struct evaluator *engine;
    int64_t time;
    struct samples *samples;
    uint32_t refused, submitted;
    struct {
        const char *name;
        value value;
    } known[64];
    uint32_t known_count;
};

static void game_begin(struct game *game, const char *path, struct span text) {
    *game = (struct game){0};
    diagnostics_init(&game->all);
    game->program = path ? lang_load(&game->all, path) : lang_load_text(&game->all, SPAN("bench.md"), text);
    if (!game->program) {
        struct text out = {0};
        diagnostics_print(&game->all, &out, false);
        fprintf(stderr, "%.*s", (int)out.length, out.at);
        exit(1);
    }
    game->engine = engine_new(game->program);
}

static void game_end(struct game *game) {
    evaluator_free(game->engine);
    program_free(game->program);
    diagnostics_release(&game->all);
}

static void submit(struct game *game, struct entry *entry) {
    struct receipt receipt;
    entry->time = entry->admitted = game->time;
    entry->registrar = ACTOR_NONE;
    double start = game->samples ? now() : 0;
    game->submitted++;
    evaluator_submit(game->engine, entry, &receipt);
    if (game->samples) {
        double took = now() - start;
        const char *name = "answer";
        if (entry->call_count) name = game->program->acts[entry->calls[0].act].name.at;
        kind_add(name, took, receipt.status == RECEIPT_DONE);
        sample(game->samples, took);
    }
    game->refused += receipt.status != RECEIPT_DONE;
}

// Names are looked up once each, so that the bench does not measure itself.
static uint32_t act_id(struct game *game, const char *name) {
    for (uint32_t i = 0; i < game->known_count; i++)
        if (game->known[i].name == name) return (uint32_t)game->known[i].value;
    uint32_t id = program_find_act(game->program, span_of(name));
    ENSURE(id != NO_ID && game->known_count < COUNT_OF(game->known));
    game->known[game->known_count].name = name, game->known[game->known_count++].value = id;
    return id;
}

static void act(struct game *game, entry_kind kind, value actor, const char *name, uint32_t count,
                const struct argument *arguments) {
    struct call call = {act_id(game, name), arguments, count};
    submit(game, &(struct entry){.kind = kind, .actor = actor, .calls = &call, .call_count = 1});
}
#define ARGUMENTS(...)                                                                                                 \
    COUNT_OF(((struct argument[]){__VA_ARGS__})), (struct argument[]) { __VA_ARGS__ }
#define NUMBER(v)                                                                                                      \
    { .value = (v) }
#define TEXT(words)                                                                                                    \
    { .text = SPAN(words) }

static void answer(struct game *game, value actor, value proposal, uint32_t kind) {
    struct answer answer = {.actor = actor, .proposal = proposal, .answer = kind};
    submit(game, &(struct entry){.kind = ENTRY_ANSWER, .answers = &answer, .answer_count = 1});
}

static value constant_find(const struct game *game, const char *name) {
    for (uint32_t k = 0; k < game->program->kinds_count; k++)
        for (uint32_t c = 0; c < game->program->kinds[k].constant_count; c++)
            if (span_is(game->program->kinds[k].constants[c].name, name)) return c;
    for (uint32_t p = 0; p < game->program->parties_count; p++)
        if (span_is(game->program->parties[p].name, name)) return p;
    for (uint32_t o = 0; o < game->program->offices_count; o++)
        if (span_is(game->program->offices[o].name, name)) return actor_office(o, -1);
    ENSURE(false);
}

static value constant(struct game *game, const char *name) {
    for (uint32_t i = 0; i < game->known_count; i++)
        if (game->known[i].name == name) return game->known[i].value;
    ENSURE(game->known_count < COUNT_OF(game->known));
    value found = constant_find(game, name);
    game->known[game->known_count].name = name, game->known[game->known_count++].value = found;
    return found;
}

// ---- Acts -----------------------------------------------------------------------------------------------------------------------
// One crisis of the CSTO on the lines of treaties/csto/cases/kazakhstan-2022.md, with what is tried there and refused, from the appeal to the
// withdrawal in half a day.
struct story {
    struct game *game;
    const value *members;
    uint32_t member_count, host;    // host: which of the members
    value crisis, operation, commander;
};

static value member_of(const struct story *story, uint32_t after_host) {
    return story->members[(story->host + after_host) % story->member_count];
}

static void contribute(const struct story *story, value state) {
    act(story->game, ENTRY_ACT, state, "contribute", ARGUMENTS(NUMBER(story->operation)));
}

static void decide(const struct story *story, value proposer, const char *name, uint32_t count,
                   const struct argument *arguments) {
    value proposal = entity_of(story->game->engine->position + 1, 0);
    act(story->game, ENTRY_PROPOSE, proposer, name, count, arguments);
    for (uint32_t m = 0; m < story->member_count; m++)
        if (story->members[m] != proposer) answer(story->game, story->members[m], proposal, ANSWER_CONSENT);
}

static void appeal_and_mandate(struct story *story) {
    struct game *game = story->game;
    value host = member_of(story, 0), chair = story->members[0], aggression = constant(game, "aggression");
    game->time += 60 + chance(600);
    story->crisis = entity_of(game->engine->position + 1, 0);
    act(game, ENTRY_ACT, host, "appeal",
        ARGUMENTS(NUMBER(constant(game, "assistance")), TEXT("the host states: armed groups")));
    act(game, ENTRY_ACT, member_of(story, 1), "name-ground", ARGUMENTS(NUMBER(story->crisis), NUMBER(aggression)));
    act(game, ENTRY_ACT, host, "name-ground", ARGUMENTS(NUMBER(story->crisis), NUMBER(aggression)));
    act(game, ENTRY_ACT, host == chair ? member_of(story, 1) : host, "open-consultations",
        ARGUMENTS(NUMBER(story->crisis)));
    act(game, ENTRY_ACT, chair, "open-consultations", ARGUMENTS(NUMBER(story->crisis)));
    game->time += chance(60);
    story->operation = entity_of(game->engine->position + 1, 1);
    contribute(story, member_of(story, 1));
    story->operation = entity_of(game->engine->position + 1, 1);
    decide(story, chair, "mandate", ARGUMENTS(NUMBER(story->crisis), TEXT("stabilise the situation")));
    act(game, ENTRY_ACT, constant(game, "secretary-general"), "notify-security-council",
        ARGUMENTS(NUMBER(story->operation)));
}

static void approve(const struct story *story, const char *state, const char *body) {
    struct game *game = story->game;
    value party = constant(game, state), office = constant(game, body);
    act(game, ENTRY_ACT, party, "approve",
        ARGUMENTS(NUMBER(story->operation), NUMBER(actor_office(actor_office_id(office), party))));
}

static void contributions(const struct story *story) {
    struct game *game = story->game;
    contribute(story, constant(game, "ARM")), approve(story, "ARM", "government");
    approve(story, "TJK", "lower-chamber"), contribute(story, constant(game, "TJK")),
        approve(story, "TJK", "upper-chamber");
    contribute(story, constant(game, "KGZ")), approve(story, "KGZ", "parliament");
    for (uint32_t m = 0; m < story->member_count; m++) {    // the host is refused
        contribute(story, member_of(story, m));
        act(game, ENTRY_ACT, member_of(story, m), "assign",
            ARGUMENTS(NUMBER(story->operation), NUMBER(constant(game, "people")), NUMBER(100 + chance(900))));
    }
    for (uint32_t m = 0; m < story->member_count; m++)
        act(game, ENTRY_ACT, member_of(story, m), "arrive", ARGUMENTS(NUMBER(story->operation)));
}

static void command_and_end(struct story *story) {
    struct game *game = story->game;
    value guards = member_of(story, 1), operation = story->operation;
    story->commander = actor_office(actor_office_id(constant(game, "force-commander")), guards);
    decide(story, story->members[0], "appoint-commander", ARGUMENTS(NUMBER(operation), NUMBER(story->commander)));
    act(game, ENTRY_ACT, story->commander, "assign-task",
        ARGUMENTS(NUMBER(operation), NUMBER(guards), NUMBER(constant(game, "guard-sites"))));
    act(game, ENTRY_ACT, story->commander, "assign-task",
        ARGUMENTS(NUMBER(operation), NUMBER(member_of(story, 0)), NUMBER(constant(game, "guard-sites"))));
    act(game, ENTRY_ACT, story->commander, "declare-deployed", ARGUMENTS(NUMBER(operation)));
    act(game, ENTRY_ACT, story->commander, "take-sites", ARGUMENTS(NUMBER(operation), NUMBER(14)));
    for (uint32_t report = 0; report < 8; report++) {
        game->time += 3600;
        act(game, ENTRY_ACT, story->commander, "report", ARGUMENTS(NUMBER(operation), TEXT("report of the hour")));
    }
    act(game, ENTRY_ACT, guards, "declare-tasks-done",
        ARGUMENTS(NUMBER(operation), NUMBER(game->time), NUMBER(game->time + 86400)));
    act(game, ENTRY_ACT, member_of(story, 0), "declare-tasks-done",
        ARGUMENTS(NUMBER(operation), NUMBER(game->time), NUMBER(game->time + 86400)));
    act(game, ENTRY_ACT, story->commander, "hand-over-sites", ARGUMENTS(NUMBER(operation), NUMBER(15)));
    act(game, ENTRY_ACT, story->commander, "hand-over-sites", ARGUMENTS(NUMBER(operation), NUMBER(14)));
    for (uint32_t m = 1; m < story->member_count; m++)
        act(game, ENTRY_ACT, member_of(story, m), "withdraw", ARGUMENTS(NUMBER(operation)));
    act(game, ENTRY_ACT, guards, "withdraw", ARGUMENTS(NUMBER(operation)));
}

static uint32_t crisis(struct game *game, const value *members, uint32_t member_count) {
    uint32_t before = game->submitted;
    struct story story = {.game = game, .members = members, .member_count = member_count, .host = chance(member_count)};
    appeal_and_mandate(&story);
    contributions(&story);
    command_and_end(&story);
    return game->submitted - before;
}

static const char thirty[] =
    "```treaty\ntreaty thirty \"Thirty seats\"\nuse std/consensus\n"
    "party state = S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16, S17, S18, S19, S20, S21, "
    "S22, S23, S24, S25, S26, S27, S28, S29, S30\n"
    "entity mission\nfact member(state)\nfact mandate(mission => tasks: text)\nfact told(mission)\noffice clerk\n"
    "act join-in() by state s\n  require not member(s) else \"in already\"\n  add member(s)\n"
    "organ council \"Council\"\n  seats member\n  decides by consensus\n"
    "act send(tasks: text) by council makes mission m\n  add mandate(m, tasks)\n  oblige clerk to tell(m) within 1 "
    "day\n"
    "act tell(m: mission) by clerk\n  add told(m)\n```\n";

static void adoption(struct game *game) {
    game->time += 60;
    value proposal = entity_of(game->engine->position + 1, 0);
    act(game, ENTRY_PROPOSE, 0, "send", ARGUMENTS(TEXT("go")));
    for (uint32_t s = 1; s < SEATS; s++) answer(game, s, proposal, ANSWER_CONSENT);
    act(game, ENTRY_ACT, constant(game, "clerk"), "tell", ARGUMENTS(NUMBER(proposal + 1)));
}

#ifdef ENTENTE_HAVE_SODIUM
static unsigned char public[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES], message[512] = {1};
static void verification_prepare(void) {
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    ENSURE(sodium_init() >= 0);
    crypto_sign_keypair(public, secret);
    crypto_sign_detached(signature, NULL, message, sizeof message, secret);
}
static void verify(void) { ENSURE(crypto_sign_verify_detached(signature, message, sizeof message, public) == 0); }
#else
static void verification_prepare(void) {}
static void verify(void) {}
#endif

// The least of a few, by either clock: what a machine does whose pace changes as it runs is taken beside what it is the unit of.
static double verification(double (*clock)(void)) {
    double best = 1;
    for (int i = 0; i < 3; i++) {
        double start = clock();
        verify();
        double took = clock() - start;
        best = took < best ? took : best;
    }
    return best;
}

// Two organisations with 100,000 facts each: the CSTO, and one of thirty seats.
static void acts_begin(const char *root, struct game *csto, struct game *small, value members[6]) {
    static const char *const names[] = {"ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"};
    char path[4096];
    ENSURE(snprintf(path, sizeof path, "%s/treaties/csto", root) < (int)sizeof path);
    game_begin(csto, path, (struct span){0});
    game_begin(small, NULL, (struct span){thirty, sizeof thirty - 1});
    csto->time = small->time = 703209600;    // 1992-04-14
    for (uint32_t m = 0; m < 6; m++) {
        members[m] = constant(csto, names[m]);
        act(csto, ENTRY_ACT, members[m], "accede", 0, NULL);
        act(csto, ENTRY_ACT, members[m], "prolong", 0, NULL);
    }
    for (uint32_t s = 0; s < SEATS; s++) act(small, ENTRY_ACT, s, "join-in", 0, NULL);
    act(csto, ENTRY_ACT, members[0], "take-chair", 0, NULL);
    csto->time = 1356048000;    // 2012-12-21: the law of today
    while (engine_count(csto->engine).rows_stored < ACTS_FACTS) crisis(csto, members, 6);
    while (engine_count(small->engine).rows_stored < ACTS_FACTS) adoption(small);
}

static void bench_acts(const char *root) {
    struct game csto, small;
    struct samples samples = {0}, means = {0}, ratios = {0}, tails = {0}, adoptions = {0}, units = {0};
    value members[6];
    acts_begin(root, &csto, &small, members);
    uint32_t before = csto.refused, of_csto = 0;
    uint64_t rows = engine_count(csto.engine).rows_touched;
    double spent = 0;
    verification_prepare();
    // The mean in stretches without a look at the clock between acts, which would cost a twentieth of what is measured.
    for (uint32_t i = 0; i < CRISES_MEASURED / STRETCH; i++) {
        uint32_t acts = 0;
        double start = busy();
        for (uint32_t k = 0; k < STRETCH; k++) acts += crisis(&csto, members, 6);
        double took = busy() - start;
        spent += took, of_csto += acts;
        sample(&means, took / acts / verification(busy));
    }
    uint32_t refused = csto.refused - before;
    rows = engine_count(csto.engine).rows_touched - rows;
    csto.samples = &samples, small.samples = &samples;
    // What else the machine does only adds: the least of a few parts is nearest to what the engine does.
    for (uint32_t part = 0; part < PARTS; part++) {
        ratios.count = 0;
        while (ratios.count < ACTS_MEASURED / PARTS) {
            uint32_t from = samples.count;
            crisis(&csto, members, 6);
            adoption(&small);
            double unit = verification(now);
            sample(&units, unit);
            sample(&adoptions,
                   samples.at[samples.count - 2] / unit);    // the answer before the last act of an adoption
            for (uint32_t i = from; i < samples.count; i++) sample(&ratios, samples.at[i] / unit);
        }
        sample(&tails, quantile(&ratios, 0.99));
    }
    printf("acts: on average over %u of the CSTO, %u of them refused, %.1f rows touched each; by the clock over %u, "
           "those of %u seats up to adoption among them; on %u facts each\n",
           of_csto, refused, (double)rows / of_csto, samples.count, SEATS, ACTS_FACTS);
    printf("  %.2f us of processor for one of the CSTO; all by the clock: p50 %.2f us, p99 %.2f us, most %.0f us; one "
           "verification %.2f us\n",
           spent / of_csto * 1e6, quantile(&samples, 0.5) * 1e6, quantile(&samples, 0.99) * 1e6,
           quantile(&samples, 1) * 1e6, quantile(&units, 0.5) * 1e6);
    for (uint32_t k = 0; k < kind_count; k++)
        printf("    %-24s %-8s %6u  %6.2f us\n", kinds[k].name, kinds[k].done ? "done" : "refused", kinds[k].count,
               kinds[k].total / kinds[k].count * 1e6);
#ifdef ENTENTE_HAVE_SODIUM
    printf("  in verifications, each with those of its own moment; on average %.3f to %.3f, at the 99th percentile "
           "%.3f to %.3f:\n",
           quantile(&means, 0), quantile(&means, 1), quantile(&tails, 0), quantile(&tails, 1));
    tell("an act on average, median of stretches", quantile(&means, 0.5), 1.0 / 20, "x");
    tell("an act at the 99th percentile, least of five parts", quantile(&tails, 0), 1.0 / 4, "x");
    tell("the answer that closes a vote of 30 seats, median", quantile(&adoptions, 0.5), 1.0 / 4, "x");
#endif
    struct engine_counts counts = engine_count(csto.engine);
    printf("memory: %llu intervals of the CSTO\n", (unsigned long long)counts.rows_stored);
    tell("bytes per interval beyond its columns, indexes included",
         (double)counts.bytes_stored / (double)counts.rows_stored, 96, "B");
    game_end(&csto);
    game_end(&small);
    free(samples.at), free(means.at), free(ratios.at), free(tails.at), free(adoptions.at), free(units.at);
}

// ---- The past -------------------------------------------------------------------------------------------------------------------
static const char status_text[] =
    "```treaty\ntreaty status \"Status\"\nparty state = A\nfact status(item: int => level: int)\n"
    "act report(item: int, level: int) by state s\n  set status(item, level)\n```\n";

static bool none(void *context, const struct found *row) {
    (void)context, (void)row;
    return true;
}

static void past_at(uint32_t acts, struct samples *samples, double *rows) {
    struct game game;
    game_begin(&game, NULL, (struct span){status_text, sizeof status_text - 1});
    uint32_t relation = program_find_relation(game.program, SPAN("status"));
    for (uint32_t i = 0; i < acts; i++) {
        game.time += 10;
        act(&game, ENTRY_ACT, 0, "report", ARGUMENTS(NUMBER(chance(PAST_KEYS)), NUMBER(chance(5))));
    }
    uint64_t before = engine_count(game.engine).rows_touched;
    for (uint32_t i = 0; i < PAST_QUESTIONS; i++) {
        value pattern[] = {chance(PAST_KEYS), VALUE_ANY};
        struct question question = {(int64_t)(acts / 2 + chance(acts / 2)) * 10, POSITION_LAST};
        double start = now();
        ENSURE(evaluator_ask(game.engine, question, relation, pattern, none, NULL) == ASK_OK);
        sample(samples, now() - start);
    }
    *rows = (double)(engine_count(game.engine).rows_touched - before) / PAST_QUESTIONS;
    struct engine_counts counts = engine_count(game.engine);
    printf("  %9u acts: %.2f rows touched, p50 %.2f us, p99 %.2f us; %.0f B per interval\n", acts, *rows,
           quantile(samples, 0.5) * 1e6, quantile(samples, 0.99) * 1e6,
           (double)counts.bytes_stored / (double)counts.rows_stored);
    game_end(&game);
}

static void bench_past(void) {
    struct samples few = {0}, many = {0};
    double rows_few, rows_many;
    printf("past: status(k, _) as of a moment of the second half\n");
    past_at(10000, &few, &rows_few);
    past_at(10000000, &many, &rows_many);
    tell("rows touched at ten million acts", rows_many, rows_few * 1.25 + 1, "rows");
    tell("p99 at ten million acts", quantile(&many, 0.99) * 1e3, 1, "ms");
    free(few.at), free(many.at);
}

// ---- Closure --------------------------------------------------------------------------------------------------------------------
#define NODES 2000u
#define EDGES 4000u
static uint32_t edges[EDGES][2];

static double closure_by_hand(uint64_t *total) {
    static uint64_t reach[NODES][NODES / 64 + 1];
    static uint32_t queue[NODES * 64];
    double start = now();
    *total = 0;
    memset(reach, 0, sizeof reach);
    static uint32_t first[NODES + 1], target[EDGES];
    memset(first, 0, sizeof first);
    for (uint32_t e = 0; e < EDGES; e++) first[edges[e][0] + 1]++;
    for (uint32_t n = 0; n < NODES; n++) first[n + 1] += first[n];
    uint32_t fill[NODES];
    memcpy(fill, first, sizeof fill);
    for (uint32_t e = 0; e < EDGES; e++) target[fill[edges[e][0]]++] = edges[e][1];
    for (uint32_t n = 0; n < NODES; n++) {
        uint32_t count = 0;
        queue[count++] = n;
        for (uint32_t q = 0; q < count; q++)
            for (uint32_t e = first[queue[q]]; e < first[queue[q] + 1]; e++) {
                uint32_t to = target[e];
                if (reach[n][to / 64] >> to % 64 & 1) continue;
                reach[n][to / 64] |= (uint64_t)1 << to % 64;
                queue[count++] = to, ++*total;
            }
    }
    return now() - start;
}

static bool take_total(void *context, const struct found *row) {
    *(value *)context = row->values[0];
    return true;
}

static double closure_by_engine(value *total) {
    struct text text = {0};
    text_print(&text, "```treaty\ntreaty closure \"Closure\"\nfact edge(int, int)\ngiven ");
    for (uint32_t e = 0; e < EDGES; e++)
        text_print(&text, "%sedge(%u, %u)", e ? ",\n  " : "", edges[e][0], edges[e][1]);
    text_print(&text, "\nrule reach(x, y) if edge(x, y)\nrule reach(x, z) if edge(x, y), reach(y, z)\nrule total(n) if "
                      "n = sum(1 : reach(_, _))\n```\n");
    struct game game;
    game_begin(&game, NULL, text_span(&text));
    uint32_t relation = program_find_relation(game.program, SPAN("total"));
    value any = VALUE_ANY;
    double start = now();
    ENSURE(evaluator_ask(game.engine, (struct question){0, POSITION_LAST}, relation, &any, take_total, total) ==
           ASK_OK);
    double took = now() - start;
    game_end(&game);
    text_release(&text);
    return took;
}

static double closure_by_clingo(void) {
    char path[] = "/tmp/entente-closure-XXXXXX";
    int file = mkstemp(path);
    if (file < 0) return 0;
    FILE *out = fdopen(file, "w");
    for (uint32_t e = 0; e < EDGES; e++) fprintf(out, "edge(%u,%u).\n", edges[e][0], edges[e][1]);
    fprintf(out, "reach(X,Y):-edge(X,Y).\nreach(X,Z):-edge(X,Y),reach(Y,Z).\n#show.\n");
    fclose(out);
    double start = now();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(127);
        execlp("clingo", "clingo", "--quiet=2", path, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    double took = now() - start;
    unlink(path);
    return WIFEXITED(status) && WEXITSTATUS(status) != 127 ? took : 0;
}

static void bench_closure(void) {
    for (uint32_t e = 0; e < EDGES; e++) {
        bool again = true;
        while (again) {
            edges[e][0] = chance(NODES), edges[e][1] = chance(NODES), again = false;
            for (uint32_t k = 0; k < e && !again; k++) again = edges[k][0] == edges[e][0] && edges[k][1] == edges[e][1];
        }
    }
    uint64_t by_hand;
    value total = 0;
    double hand = closure_by_hand(&by_hand), engine = closure_by_engine(&total), clingo = closure_by_clingo();
    ENSURE((uint64_t)total == by_hand);
    printf("closure: %u nodes, %u edges, %llu pairs: engine %.1f ms, by hand %.1f ms (%.1f times as fast)", NODES,
           EDGES, (unsigned long long)by_hand, engine * 1e3, hand * 1e3, engine / hand);
    if (clingo == 0) {
        printf("; clingo is not there\n");
        return;
    }
    printf(", clingo %.0f ms\n", clingo * 1e3);
    tell("the engine's time, in clingo's", engine / clingo, 1.0 / 20, "x");
}

// ---- Replay ---------------------------------------------------------------------------------------------------------------------
static void bench_replay(const char *root, const char *program) {
    struct samples samples = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/treaties/csto/cases/kazakhstan-2022.md", root);
    for (int i = 0; i < 20; i++) {
        double start = now();
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            if (!freopen("/dev/null", "w", stdout)) _exit(127);
            execl(program, "entente", "replay", path, (char *)NULL);
            _exit(127);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            printf("replay: `entente replay` did not end well\n");
            free(samples.at);
            return;
        }
        sample(&samples, now() - start);
    }
    printf("replay: Kazakhstan 2022, 20 runs, least %.1f ms, most %.1f ms\n", quantile(&samples, 0) * 1e3,
           quantile(&samples, 1) * 1e3);
    tell("median from process start to last line", quantile(&samples, 0.5) * 1e3, 50, "ms");
    free(samples.at);
}

static bool wanted(int argc, char **argv, const char *name) { return argc < 2 || strcmp(argv[1], name) == 0; }

int main(int argc, char **argv) {
    const char *root = getenv("ROOT"), *program = getenv("ENTENTE");
    if (!root || !program) {
        fprintf(stderr, "run it as bench/run engine\n");
        return 2;
    }
    if (wanted(argc, argv, "acts")) bench_acts(root);
    if (wanted(argc, argv, "closure")) bench_closure();
    if (wanted(argc, argv, "replay")) bench_replay(root, program);
    if (wanted(argc, argv, "past")) bench_past();
    return 0;
}
