// SPDX-License-Identifier: Apache-2.0
// agree --acts N --seed S --treaty PATH ... draws N entries in sessions over the given treaties and stops at the first difference
// between the engine and the naive evaluator. Built with guide.c (tests/agree/build) it first runs the treaties' own scenarios on both,
// and then goes on from within them; `--acts 0` runs the scenarios alone.
#include <inttypes.h>

#include "agree.h"

#define TREATIES_MAX 64

struct treaty {
    const char *path;
    struct diagnostics all;
    struct program *program;
    struct naive_clause_count *clauses;
    uint32_t clause_count;
    uint64_t entries, done;
    struct guide guide;
    struct evaluator *engine;    // of all its sessions, one after the other
};
struct options { uint64_t acts, seed, session; uint32_t length, guided; bool trace, one_session, clauses, sums; };

static const char *const refusal_names[] = {"none", "time", "malformed", "no-entity", "registrar", "actor", "require", "clash", "never", "arithmetic", "closed",
                                            "no-seat", "not-adopted", "not-proposer", "not-recorded", "contest-late", "limit"};

static const char *const kind_names[] = {"acts", "proposals", "answers", "joinings", "withdrawals", "confirmations", "contests", "ticks"};
static const char *const firing_names[] = {"closings", "met by condition", "lapsed", "upon", "overdue", "periodic", "findings"};

static bool load(struct treaty *treaty) {
    diagnostics_init(&treaty->all);
    treaty->program = lang_load(&treaty->all, treaty->path);
    if (treaty->program) return true;
    struct text said = {0};
    diagnostics_print(&treaty->all, &said, false);
    printf("%s does not load\n%.*s", treaty->path, (int)said.length, said.at);
    text_release(&said);
    return false;
}

#ifdef AGREE_GUIDED
static bool lead(struct treaty *treaty, struct agree_counts *counts) {
    struct text said = {0};
    bool same = guide_load(&treaty->guide, &treaty->all, treaty->program, treaty->path, counts, &said);
    printf("%.*s", (int)said.length, said.at);
    text_release(&said);
    return same;
}
static void release_guide(struct treaty *treaty) { guide_release(&treaty->guide); }
#else
static bool lead(struct treaty *treaty, struct agree_counts *counts) { return (void)treaty, (void)counts, true; }
static void release_guide(struct treaty *treaty) { (void)treaty; }
#endif

static void add_clauses(struct treaty *treaty, const struct evaluator *naive) {
    struct naive_counts counts = naive_count(naive);
    if (!treaty->clauses) treaty->clauses = base_alloc(sizeof *treaty->clauses * (counts.clause_count + 1));
    treaty->clause_count = counts.clause_count;
    for (uint32_t i = 0; i < counts.clause_count; i++) {
        treaty->clauses[i].met += counts.clauses[i].met;
        treaty->clauses[i].failed += counts.clauses[i].failed;
    }
}

// One session; false where the two differ.
static bool run_session(struct treaty *treaty, const struct options *options, uint64_t number, struct agree_counts *counts) {
    struct session session;
    uint64_t seed = hash_mix(hash_mix(0x9E3779B97F4A7C15u, options->seed), number);
    uint64_t entries = counts->entries, done = counts->done;
    session_begin(&session, treaty->program, treaty->engine, (struct chance){.state = seed}, counts);
    session.trace = options->trace;
    bool same = true;
    if (treaty->guide.courses.count && chance_of(&session.chance, options->guided))
        same = session_follow(&session, &treaty->guide.courses.at[chance_below(&session.chance, treaty->guide.courses.count)]);
    for (uint32_t i = 0; same && i < options->length && !session_full(&session); i++) same = session_step(&session);
    same = same && session_review(&session);
    if (!same)
        printf("\n%s, seed %" PRIu64 ", session %" PRIu64 ": the engine and the naive evaluator differ\n%.*s\n%.*s\nagain: agree --seed %" PRIu64
               " --session %" PRIu64 " --length %u --treaty %s\n",
               treaty->path, options->seed, number, (int)session.story.length, session.story.at, (int)session.difference.length, session.difference.at,
               options->seed, number, options->length, treaty->path);
    add_clauses(treaty, session.naive);
    treaty->engine = session_end(&session);
    treaty->entries += counts->entries - entries;
    treaty->done += counts->done - done;
    return same;
}

static void print_clauses(const struct treaty *treaty) {
    uint32_t at = 0;
    for (uint32_t a = 0; a < treaty->program->acts_count; a++)
        for (uint32_t c = 0; c < treaty->program->acts[a].clause_count; c++, at++)
            if (!treaty->clauses[at].met || !treaty->clauses[at].failed)
                printf("    %.*s, condition %u: met %" PRIu64 ", failed %" PRIu64 "\n", SPAN_ARG(treaty->program->acts[a].name), c + 1, treaty->clauses[at].met,
                       treaty->clauses[at].failed);
}

static void print_treaty(const struct treaty *treaty, bool clauses) {
    uint64_t met = 0, failed = 0;
    uint32_t never_met = 0, never_failed = 0;
    for (uint32_t i = 0; i < treaty->clause_count; i++) {
        met += treaty->clauses[i].met;
        failed += treaty->clauses[i].failed;
        never_met += !treaty->clauses[i].met;
        never_failed += !treaty->clauses[i].failed;
    }
    printf("  %-36s %7" PRIu64 " entries %3.0f%% done; %u conditions: met %" PRIu64 ", failed %" PRIu64 "; never met %u, never failed %u\n", treaty->path, treaty->entries,
           treaty->entries ? 100.0 * (double)treaty->done / (double)treaty->entries : 0.0, treaty->clause_count, met, failed, never_met, never_failed);
    if (clauses && treaty->clauses) print_clauses(treaty);
}

static void print_counts(const struct agree_counts *counts) {
    printf("entries %" PRIu64 ", done %" PRIu64 " (%.0f%%)\n  done:", counts->entries, counts->done, counts->entries ? 100.0 * (double)counts->done / (double)counts->entries : 0.0);
    for (size_t i = 0; i < COUNT_OF(kind_names); i++) printf(" %s %" PRIu64, kind_names[i], counts->kinds_done[i]);
    printf("\n  entered beforehand from scenarios: %" PRIu64 "\n  refused:", counts->led);
    for (size_t i = 1; i < COUNT_OF(refusal_names); i++) printf(" %s %" PRIu64, refusal_names[i], counts->refusals[i]);
    printf("\n  adoptions %" PRIu64 ", not executable %" PRIu64 "; in the same second %" PRIu64 "; recorded %" PRIu64 "\n", counts->adoptions, counts->not_executable,
           counts->same_second, counts->recorded);
    printf("  fired:");
    for (size_t i = 0; i < COUNT_OF(firing_names); i++) printf(" %s %" PRIu64, firing_names[i], counts->firings[i]);
    printf("\n  time alone: entries that settled something %" PRIu64 ", rows written so %" PRIu64 "\n", counts->settled_entries, counts->settled_writes);
    printf("  late knowledge: entries %" PRIu64 ", outcomes that would have differed %" PRIu64 "\n", counts->late_entries, counts->late_outcomes);
    printf("  questions %" PRIu64 " with %" PRIu64 " rows; judged only %" PRIu64 "\n", counts->questions, counts->question_rows, counts->judged);
}

// For run-long, which adds up what several processes print.
static void print_sum(const char *of, const char *label, uint64_t count) { printf("sum\t%s%s%s\t%" PRIu64 "\n", of, *of ? " " : "", label, count); }

static void print_sums(const struct agree_counts *counts, const struct treaty *treaties, uint32_t treaty_count) {
    uint64_t conditions = 0, met = 0, failed = 0;
    for (uint32_t i = 0; i < treaty_count; i++) {
        conditions += treaties[i].clause_count;
        for (uint32_t k = 0; k < treaties[i].clause_count; k++) met += treaties[i].clauses[k].met > 0, failed += treaties[i].clauses[k].failed > 0;
    }
    print_sum("", "entries drawn", counts->entries);
    print_sum("", "entries done", counts->done);
    for (size_t i = 0; i < COUNT_OF(kind_names); i++) print_sum("done,", kind_names[i], counts->kinds_done[i]);
    for (size_t i = 1; i < COUNT_OF(refusal_names); i++) print_sum("refused,", refusal_names[i], counts->refusals[i]);
    for (size_t i = 0; i < COUNT_OF(firing_names); i++) print_sum("fired,", firing_names[i], counts->firings[i]);
    const struct { const char *label; uint64_t count; } others[] = {
        {"entered beforehand from scenarios", counts->led}, {"adoptions", counts->adoptions}, {"adoptions not executable", counts->not_executable},
        {"in the same second as the entry before", counts->same_second}, {"recorded", counts->recorded}, {"settled something", counts->settled_entries},
        {"rows written by time alone", counts->settled_writes}, {"with late knowledge", counts->late_entries},
        {"late outcomes", counts->late_outcomes}, {"questions", counts->questions}, {"rows answered", counts->question_rows}, {"judged only", counts->judged},
        {"conditions", conditions}, {"conditions that were met", met}, {"conditions that failed", failed}};
    for (size_t i = 0; i < COUNT_OF(others); i++) print_sum("", others[i].label, others[i].count);
}

static bool read_options(int count, char **words, struct options *options, struct treaty *treaties, uint32_t *treaty_count) {
    for (int i = 1; i < count; i++) {
        bool more = i + 1 < count;
        if (strcmp(words[i], "--trace") == 0) options->trace = true;
        else if (strcmp(words[i], "--sums") == 0) options->sums = true;
        else if (strcmp(words[i], "--conditions") == 0) options->clauses = true;
        else if (more && strcmp(words[i], "--acts") == 0) options->acts = strtoull(words[++i], NULL, 10);
        else if (more && strcmp(words[i], "--seed") == 0) options->seed = strtoull(words[++i], NULL, 10);
        else if (more && strcmp(words[i], "--length") == 0) options->length = (uint32_t)strtoul(words[++i], NULL, 10);
        else if (more && strcmp(words[i], "--guided") == 0) options->guided = (uint32_t)strtoul(words[++i], NULL, 10);
        else if (more && strcmp(words[i], "--session") == 0) options->session = strtoull(words[++i], NULL, 10), options->one_session = true;
        else if (more && strcmp(words[i], "--treaty") == 0 && *treaty_count < TREATIES_MAX) treaties[(*treaty_count)++].path = words[++i];
        else {
            printf("agree [--acts N] [--seed S] [--length ENTRIES-OF-A-SESSION] [--session NUMBER] [--guided PERCENT-OF-SESSIONS] [--trace] [--conditions] [--sums] --treaty PATH ...\n");
            return false;
        }
    }
    return *treaty_count > 0;
}

int main(int count, char **words) {
    static struct treaty treaties[TREATIES_MAX];
    struct options options = {.acts = 2000, .seed = 1, .length = 60, .guided = 60};
    struct agree_counts counts = {0};
    uint32_t treaty_count = 0;
    bool same = true;
    if (!read_options(count, words, &options, treaties, &treaty_count)) return 2;
    for (uint32_t i = 0; i < treaty_count; i++)
        if (!load(&treaties[i])) return 2;
    for (uint32_t i = 0; i < treaty_count; i++) same = lead(&treaties[i], &counts) && same;
    if (!same) options.acts = 0, options.one_session = false;
    if (options.one_session) same = run_session(&treaties[0], &options, options.session, &counts);
    else
        for (uint64_t number = 0; same && counts.entries < options.acts; number++) same = run_session(&treaties[number % treaty_count], &options, number, &counts);
    for (uint32_t i = 0; options.acts && i < treaty_count; i++) print_treaty(&treaties[i], options.clauses);
    if (options.acts) print_counts(&counts);
    if (options.sums) print_sums(&counts, treaties, treaty_count);
    for (uint32_t i = 0; i < treaty_count; i++) {
        release_guide(&treaties[i]);
        evaluator_free(treaties[i].engine);
        free(treaties[i].clauses);
        program_free(treaties[i].program);
        diagnostics_release(&treaties[i].all);
    }
    printf(same ? "the two agree\n" : "THE TWO DIFFER\n");
    return same ? 0 : 1;
}
