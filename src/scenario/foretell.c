// SPDX-License-Identifier: Apache-2.0
// What an entry foretells: the findings that would open as the rows begin or end that it wrote for later.
#include "scenario/scenario_internal.h"

static int compare_moments(const void *a, const void *b) {
    return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b);
}

// The moments to come at which a row of the entry begins or ends, each once, ascending.
static uint32_t moments_of(const struct receipt *receipt, int64_t now, int64_t *moments) {
    uint32_t count = 0, kept = 0;
    for (uint32_t i = 0; i < receipt->write_count; i++) {
        const struct write *write = &receipt->writes[i];
        if (write->kind == WRITE_BEGIN && write->from > now) moments[count++] = write->from;
        if (write->until > now && write->until != TIME_MAX) moments[count++] = write->until;
    }
    if (count) qsort(moments, count, sizeof *moments, compare_moments);
    for (uint32_t i = 0; i < count; i++)
        if (!kept || moments[kept - 1] != moments[i]) moments[kept++] = moments[i];
    return kept;
}

// What opens at the moment itself; a duty that is overdue then is told with the duty.
static void foretell_at(struct scenario_run *run, int64_t moment, struct finding_view *found, uint32_t *count) {
    struct question then = {moment, POSITION_LAST};
    struct rows rows, concerns = {0};
    ask_status asked = ASK_OK;
    struct arena scratch;
    arena_init(&scratch);
    if (rows_ask(run->evaluator, then, RELATION_FINDING, NULL, &scratch, &rows) != ASK_OK) rows.count = 0;
    for (uint32_t i = 0; i < rows.count && *count < FORETOLD_MAX; i++) {
        uint32_t norm = (uint32_t)rows.at[i].values[1];
        if (rows.at[i].from != moment || run->evaluator->program->norms[norm].kind == NORM_OVERDUE) continue;
        struct finding_view *view = &found[(*count)++];
        *view = (struct finding_view){
            .finding = rows.at[i].values[0], .norm = norm, .opened = moment, .closed = TIME_MAX};
        if (!concerns.at) asked = concerns_ask(run->evaluator, then, &scratch, &concerns);
        finding_describe(run->evaluator, then, NULL, asked == ASK_OK ? &concerns : NULL, &run->arena, view);
        view->alleged = run->evaluator->program->norms[norm].kind == NORM_NEVER;
    }
    arena_release(&scratch);
}

void foretell(struct scenario_run *run, struct step_result *result) {
    const struct receipt *receipt = &result->receipt;
    int64_t *moments = ARENA_ARRAY(&run->arena, int64_t, 2 * (size_t)receipt->write_count + 1);
    uint32_t moment_count = moments_of(receipt, run->evaluator->time, moments), count = 0;
    if (!moment_count) return;
    struct finding_view *found = ARENA_ARRAY(&run->arena, struct finding_view, FORETOLD_MAX);
    for (uint32_t i = 0; i < moment_count && i < FORETOLD_MAX; i++) foretell_at(run, moments[i], found, &count);
    result->foretold = found;
    result->foretold_count = count;
    result->foretold_cut = moment_count > FORETOLD_MAX || count == FORETOLD_MAX;
}
