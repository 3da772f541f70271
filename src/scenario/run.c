// SPDX-License-Identifier: Apache-2.0
// Runs a scenario: builds the entries of each step, hands them to the evaluator, keeps what came of it.
#include "explain/explain.h"
#include "scenario/scenario_internal.h"

void run_fail(struct scenario_run *run, uint32_t step, struct place place, struct span expected, struct span got,
              struct span why) {
    if (step != NO_ID) run->steps.at[step].failed = true;
    // What is wrong with a row is shown in its table.
    if (step != NO_ID && run->steps.at[step].step->row) place = run->steps.at[step].step->place;
    VEC_PUSH(&run->failures, (struct scenario_failure){place, step, expected, got, why});
}

// The first step that cannot be run for want of a name says so; those after it are counted there.
void run_leave_out(struct scenario_run *run, uint32_t step, struct place place, uint32_t name) {
    struct step_result *result = &run->steps.at[step];
    uint32_t others = 0;
    result->not_run = result->failed = true;
    result->missing = name;
    for (uint32_t i = 0; i <= step; i++)
        others += run->steps.at[i].not_run && run->steps.at[i].missing == name;
    struct span text = run->scenario->names[name].text, none = {0};
    struct span got =
        others == 1 ? span_print(&run->arena, words_say(&run->words, "1 later step was not run: it names `%.*s`"),
                                 SPAN_ARG(text))
                    : span_print(&run->arena, words_say(&run->words, "%u later steps were not run: they name `%.*s`"),
                                 others, SPAN_ARG(text));
    for (uint32_t i = 0; i < run->failures.count; i++) {
        struct scenario_failure *failure = &run->failures.at[i];
        if (failure->step == NO_ID || !run->steps.at[failure->step].not_run ||
            run->steps.at[failure->step].missing != name)
            continue;
        failure->got = got;
        return;
    }
    struct span wanted = span_print(&run->arena, words_say(&run->words, "a value for `%.*s`"), SPAN_ARG(text));
    run_fail(run, step, place, wanted, got, none);
}

// ---- Operands -------------------------------------------------------------------------------------------------------
bool run_operand(struct scenario_run *run, const struct operand *operand, int64_t time, value *v, struct span *text) {
    value inner;
    *text = (struct span){0};
    switch (operand->kind) {
    case OPERAND_VALUE: *v = operand->value; return true;
    case OPERAND_ANY: *v = VALUE_ANY; return true;
    case OPERAND_TEXT:
        *text = operand->text;
        *v = evaluator_text(run->evaluator, operand->text);
        return true;
    case OPERAND_NAME: *v = run->names[operand->name]; return run->bound[operand->name];
    case OPERAND_ROLE:
        if (!run_operand(run, operand->inner, time, &inner, text)) return false;
        *v = actor_role(operand->name, true, inner);
        return true;
    }
    return false;
}

static const struct operand *innermost(const struct operand *operand) {
    while (operand->kind == OPERAND_ROLE) operand = operand->inner;
    return operand;
}

static bool needed_operand(struct scenario_run *run, uint32_t step, const struct operand *operand, value *v,
                           struct span *text) {
    const struct scenario_step *of = run->steps.at[step].step;
    if (run_operand(run, operand, of->time, v, text)) return true;
    run_leave_out(run, step, operand->place, innermost(operand)->name);
    return false;
}

// Who acts: a role's holder at that moment.
static bool needed_actor(struct scenario_run *run, uint32_t step, const struct operand *operand, value *actor) {
    struct span text;
    if (!needed_operand(run, step, operand, actor, &text)) return false;
    int64_t time = run->steps.at[step].step->time;
    value role = *actor;
    *actor = actor_holder(run->evaluator, (struct question){time, POSITION_LAST}, role);
    if (*actor != ACTOR_NONE) return true;
    struct text who = {0};
    struct span words;
    words_actor(run->evaluator, &run->words, role, &who);
    text_end(&who, &words, &run->arena);
    run_fail(run, step, operand->place, span_print(&run->arena, words_say(&run->words, "%.*s acts"), SPAN_ARG(words)),
             span_of(words_say(&run->words, "nobody holds that office at this moment")), (struct span){0});
    return false;
}

// ---- Entries --------------------------------------------------------------------------------------------------------
// What the step makes is known to its own later items: it is named before the entry is judged, by the position that it
// will have.
static void name_made(struct scenario_run *run, const struct scenario_step *step) {
    uint32_t position = run->evaluator->position + 1, ordinal = 0;
    if (step->kind == STEP_PROPOSE && step->proposal != NO_ID)
        run->names[step->proposal] = entity_of(position, 0), run->bound[step->proposal] = true;
    if (step->kind == STEP_PROPOSE) ordinal = 1;
    for (uint32_t i = 0; i < step->made_count; i++) {
        run->names[step->made[i]] = entity_of(position, ordinal + i);
        run->bound[step->made[i]] = true;
    }
    if (step->entry != NO_ID) run->names[step->entry] = entity_of(position, 0), run->bound[step->entry] = true;
}

static void forget_made(struct scenario_run *run, const struct scenario_step *step) {
    if (step->proposal != NO_ID) run->bound[step->proposal] = false;
    for (uint32_t i = 0; i < step->made_count; i++) run->bound[step->made[i]] = false;
    if (step->entry != NO_ID) run->bound[step->entry] = false;
}

static bool build_calls(struct scenario_run *run, uint32_t step, struct entry *entry) {
    const struct scenario_step *of = run->steps.at[step].step;
    struct call *calls = ARENA_ARRAY(&run->arena, struct call, of->call_count + 1);
    for (uint32_t i = 0; i < of->call_count; i++) {
        const struct scenario_call *call = &of->calls[i];
        struct argument *arguments = ARENA_ARRAY(&run->arena, struct argument, call->argument_count + 1);
        for (uint32_t k = 0; k < call->argument_count; k++)
            if (!needed_operand(run, step, &call->arguments[k], &arguments[k].value, &arguments[k].text)) return false;
        calls[i] = (struct call){call->act, arguments, call->argument_count};
    }
    entry->calls = calls;
    entry->call_count = of->call_count;
    return true;
}

static bool build_answers(struct scenario_run *run, uint32_t step, struct entry *entry) {
    const struct scenario_step *of = run->steps.at[step].step;
    struct answer *answers = ARENA_ARRAY(&run->arena, struct answer, of->answer_count + 1);
    struct span text;
    for (uint32_t i = 0; i < of->answer_count; i++) {
        const struct scenario_answer *answer = &of->answers[i];
        answers[i].answer = answer->answer;
        answers[i].reason = answer->reason;
        if (!needed_actor(run, step, &answer->actor, &answers[i].actor) ||
            !needed_operand(run, step, &answer->proposal, &answers[i].proposal, &text))
            return false;
    }
    entry->answers = answers;
    entry->answer_count = of->answer_count;
    entry->actor = of->answer_count ? answers[0].actor : ACTOR_NONE;
    return true;
}

static bool build_entry(struct scenario_run *run, uint32_t step, struct entry *entry) {
    static const entry_kind kinds[] = {
        [STEP_ACT] = ENTRY_ACT,         [STEP_PROPOSE] = ENTRY_PROPOSE,   [STEP_ANSWER] = ENTRY_ANSWER,
        [STEP_JOIN] = ENTRY_JOIN,       [STEP_WITHDRAW] = ENTRY_WITHDRAW, [STEP_CONFIRM] = ENTRY_CONFIRM,
        [STEP_CONTEST] = ENTRY_CONTEST, [STEP_TICK] = ENTRY_TICK};
    const struct scenario_step *of = run->steps.at[step].step;
    struct span text;
    *entry = (struct entry){.kind = kinds[of->kind],
                            .time = of->time,
                            .admitted = of->time,
                            .actor = ACTOR_NONE,
                            .recorded = of->recorded,
                            .registrar = ACTOR_NONE,
                            .medium = of->medium};
    if (of->kind == STEP_TICK) return entry->recorded = false, true;
    if (of->recorded && of->registrar.kind != OPERAND_ANY &&
        !needed_actor(run, step, &of->registrar, &entry->registrar))
        return false;
    if (of->kind == STEP_ANSWER) return build_answers(run, step, entry);
    if (!needed_actor(run, step, &of->actor, &entry->actor)) return false;
    if (of->kind == STEP_ACT || of->kind == STEP_PROPOSE) return build_calls(run, step, entry);
    return needed_operand(run, step, &of->object, &entry->object, &text);
}

// ---- Copies ---------------------------------------------------------------------------------------------------------
static struct write *copy_writes(struct scenario_run *run, const struct write *writes, uint32_t count) {
    struct write *copies = ARENA_ARRAY(&run->arena, struct write, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t columns = run->evaluator->program->relations[writes[i].relation].column_count;
        value *values = ARENA_ARRAY(&run->arena, value, columns + 1);
        memcpy(values, writes[i].values, columns * sizeof *values);
        copies[i] = writes[i];
        copies[i].values = values;
    }
    return copies;
}

static void copy_receipt(struct scenario_run *run, const struct receipt *receipt, struct receipt *copy) {
    *copy = *receipt;
    bool built_in = receipt->status != RECEIPT_DONE && receipt->message.length == 0;
    copy->message = span_copy(&run->arena, built_in ? span_of(refusal_text(receipt->refusal)) : receipt->message);
    copy->settled = copy_writes(run, receipt->settled, receipt->settled_count);
    copy->writes = copy_writes(run, receipt->writes, receipt->write_count);
    value *frame = ARENA_ARRAY(&run->arena, value, receipt->frame_count + 1);
    bool *bound = ARENA_ARRAY(&run->arena, bool, receipt->frame_count + 1);
    struct late_outcome *late = ARENA_ARRAY(&run->arena, struct late_outcome, receipt->late_count + 1);
    if (receipt->frame_count && receipt->frame) memcpy(frame, receipt->frame, receipt->frame_count * sizeof *frame);
    if (receipt->frame_count && receipt->bound) memcpy(bound, receipt->bound, receipt->frame_count * sizeof *bound);
    if (receipt->late_count) memcpy(late, receipt->late, receipt->late_count * sizeof *late);
    copy->frame = frame;
    copy->bound = bound;
    copy->late = late;
}

static void join_writes(struct scenario_run *run, const struct write **all, uint32_t *count, const struct write *more,
                        uint32_t more_count) {
    if (more_count == 0) return;
    struct write *joined = ARENA_ARRAY(&run->arena, struct write, *count + more_count);
    if (*count) memcpy(joined, *all, *count * sizeof *joined);
    memcpy(joined + *count, more, more_count * sizeof *joined);
    *all = joined;
    *count += more_count;
}

// ---- Steps ----------------------------------------------------------------------------------------------------------
static void submit(struct scenario_run *run, struct step_result *result, const struct entry *entry) {
    struct receipt receipt = {0};
    if (result->step->try) evaluator_judge(run->evaluator, entry, &receipt);
    else evaluator_submit(run->evaluator, entry, &receipt);
    if (receipt.status != RECEIPT_DONE) {
        struct explain_log log = {run->words.context, NULL, run->words.entity, run->words.labels, words_in};
        struct explainer with = {.arena = &run->arena, .evaluator = run->evaluator, .log = &log};
        receipt.message = explain_message(&with, entry, &receipt);
    }
    copy_receipt(run, &receipt, &result->receipt);
    if (receipt.refusal == REFUSAL_ACTOR && !receipt.citation && entry->call_count && receipt.item < entry->call_count)
        result->receipt.citation = &run->evaluator->program->acts[entry->calls[receipt.item].act].citation;
    const struct receipt *copy = &result->receipt;
    join_writes(run, &result->settled, &result->settled_count, copy->settled, copy->settled_count);
    join_writes(run, &result->writes, &result->write_count, copy->writes, copy->write_count);
    if (copy->status == RECEIPT_DONE && !result->step->try) {
        if (!result->entered) result->first = copy->position;
        result->last = copy->position;
        result->entered = true;
        if (run->why.told) foretell(run, result);
    }
}

void run_explain(struct scenario_run *run, struct step_result *result) {
    if (result->explained || result->receipt.status != RECEIPT_REFUSED || !run->why.refused) return;
    struct scenario_reasons reasons = {0};
    run->why.refused(run->why.context, run->evaluator, &result->entries[result->entry_count - 1], &result->receipt,
                     &reasons);
    text_end(&reasons.whole, &result->why, &run->arena);
    text_end(&reasons.decisive, &result->why_decisive, &run->arena);
    text_end(&reasons.html, &result->why_html, &run->arena);
    result->explained = true;
}

// A session's record is one entry; signed answers are one each, and the first that is refused is the last.
static void submit_answers(struct scenario_run *run, struct step_result *result, const struct entry *whole) {
    struct entry *entries = ARENA_ARRAY(&run->arena, struct entry, whole->answer_count + 1);
    result->entries = entries;
    for (uint32_t i = 0; i < whole->answer_count; i++) {
        entries[i] = *whole;
        entries[i].actor = whole->answers[i].actor;
        entries[i].answers = &whole->answers[i];
        entries[i].answer_count = 1;
        result->entry_count = i + 1;
        submit(run, result, &entries[i]);
        if (result->receipt.status != RECEIPT_DONE) break;
    }
}

// Who did what, in words.
static void words_of_step(struct scenario_run *run, struct step_result *result) {
    const struct scenario_step *step = result->step;
    const struct entry *entry = &result->entries[0];
    struct text out = {0};
    const struct scenario_words *words = &run->words;
    if (step->kind == STEP_TICK) text_print(&out, "%s", words_say(words, "time passes"));
    for (uint32_t i = 0; step->kind == STEP_ANSWER && i < step->answer_count; i++) {
        bool same = i > 0 && step->answers[i].answer == step->answers[i - 1].answer &&
                    span_equal(step->answers[i].reason, step->answers[i - 1].reason);
        if (i > 0) text_print(&out, same ? ", " : "; ");
        words_operand(run, &step->answers[i].actor, &out);
        if (i + 1 < step->answer_count && step->answers[i + 1].answer == step->answers[i].answer &&
            span_equal(step->answers[i].reason, step->answers[i + 1].reason))
            continue;
        if (result->who_length == 0) result->who_length = (uint32_t)out.length;
        static const char *const verbs[] = {" consent to ", " object to ", " abstain on ", " stand aside on ",
                                            " consent with a reservation to "};
        text_print(&out, "%s", words_say(words, verbs[step->answers[i].answer]));
        words_operand(run, &step->answers[i].proposal, &out);
        if (step->answers[i].reason.length)
            text_print(&out, words_say(words, " “%.*s”"), SPAN_ARG(step->answers[i].reason));
    }
    if (step->kind != STEP_TICK && step->kind != STEP_ANSWER) {
        words_operand(run, &step->actor, &out);
        result->who_length = (uint32_t)out.length;
    }
    if (step->kind == STEP_PROPOSE) text_print(&out, "%s", words_say(words, " propose"));
    for (uint32_t i = 0; i < entry->call_count; i++) {
        text_print(&out, "%s", i ? words_say(words, " and ") : words_labelled(words) ? ": " : " ");
        words_entry_call(run->evaluator, &run->words, &entry->calls[i], &out);
    }
    static const char *const verbs[] = {
        [STEP_JOIN] = " join ", [STEP_WITHDRAW] = " withdraw ", [STEP_CONFIRM] = " confirm ",
        [STEP_CONTEST] = " contest "};
    if (step->kind >= STEP_JOIN && step->kind <= STEP_CONTEST) {
        text_print(&out, "%s", words_say(words, verbs[step->kind]));
        words_operand(run, &step->object, &out);
        if (step->reason.length) text_print(&out, words_say(words, " “%.*s”"), SPAN_ARG(step->reason));
    }
    text_end(&out, &result->words, &run->arena);
    if (*standing_word(step->standing))
        result->sure_words =
            span_print(&run->arena, "%.*s, %s", SPAN_ARG(result->words), words_standing(words, step->standing));
}

static void run_entry(struct scenario_run *run, uint32_t step) {
    struct step_result *result = &run->steps.at[step];
    struct entry *entry = ARENA_NEW(&run->arena, struct entry);
    name_made(run, result->step);
    if (!build_entry(run, step, entry)) {
        result->receipt.status = RECEIPT_TURNED_AWAY;
        forget_made(run, result->step);
        return;
    }
    result->entries = entry;
    result->entry_count = 1;
    if (result->step->kind == STEP_ANSWER && !entry->recorded) submit_answers(run, result, entry);
    else submit(run, result, entry);
    words_of_step(run, result);
    if (run->why.told) run_explain(run, result);
    if (result->step->try || result->receipt.status != RECEIPT_DONE) forget_made(run, result->step);
    run_check(run, step, result);
}

// ---- The whole ------------------------------------------------------------------------------------------------------
static struct span name_of_entity(void *context, struct type type, value entity) {
    const struct scenario_run *run = context;
    for (uint32_t i = 0; i < run->scenario->name_count; i++) {
        if (!run->bound[i] || run->names[i] != entity || run->scenario->names[i].type.base != TYPE_ENTITY) continue;
        uint32_t of = run->scenario->names[i].type.of;
        // An entry and the first thing it made have one value.
        if (type.of == NO_ID || of == type.of) return run->scenario->names[i].text;
    }
    return (struct span){0};
}

const struct entry *scenario_entry(const struct scenario_run *run, uint32_t position,
                                   const struct scenario_step **step) {
    for (uint32_t i = 0; i < run->steps.count; i++) {
        const struct step_result *result = &run->steps.at[i];
        if (!result->entered || position < result->first || result->last < position) continue;
        *step = result->step;
        return &result->entries[position - result->first];
    }
    return NULL;
}

static struct span words_of_entry(void *context, uint32_t position) {
    const struct scenario_run *run = context;
    for (uint32_t i = 0; i < run->steps.count; i++) {
        const struct step_result *result = &run->steps.at[i];
        if (result->entered && result->first <= position && position <= result->last)
            return result->sure_words.length ? result->sure_words : result->words;
    }
    return (struct span){0};
}

static bool was_settled(void *context, uint32_t position, write_kind kind, uint32_t relation, value key) {
    const struct scenario_run *run = context;
    for (uint32_t i = 0; i < run->steps.count; i++) {
        const struct step_result *result = &run->steps.at[i];
        if (!result->entered || position < result->first || result->last < position) continue;
        for (uint32_t k = 0; k < result->settled_count; k++) {
            const struct write *write = &result->settled[k];
            if (write->kind == kind && write->relation == relation && write->values[0] == key) return true;
        }
        return false;
    }
    return true;    // after the last entry there is only time
}

static tree_standing standing_of_entry(void *context, uint32_t position) {
    const struct scenario_step *step;
    return scenario_entry(context, position, &step) ? step->standing : STANDING_DEFAULT;
}

static struct span record_of_entry(void *context, uint32_t position) {
    const struct scenario_step *step;
    return scenario_entry(context, position, &step) && step->recorded ? step->medium : (struct span){0};
}

void scenario_run(const struct scenario *scenario, struct evaluator *evaluator, const struct scenario_why *why,
                  const struct scenario_observer *observer, struct scenario_run *run) {
    *run = (struct scenario_run){.scenario = scenario, .evaluator = evaluator};
    arena_init(&run->arena);
    if (why) run->why = *why;
    run->names = ARENA_ARRAY(&run->arena, value, scenario->name_count + 1);
    run->bound = ARENA_ARRAY(&run->arena, bool, scenario->name_count + 1);
    run->words = (struct scenario_words){.context = run,
                                         .entity = name_of_entity,
                                         .entry = words_of_entry,
                                         .fell_due = was_settled,
                                         .standing = standing_of_entry,
                                         .record = record_of_entry,
                                         .labels = why ? why->labels : NULL};
    if (scenario->step_count == 0 && !scenario->imports)
        run_fail(run, NO_ID, scenario->place, span_of(words_say(&run->words, "a step or an expectation")),
                 span_of(words_say(&run->words, "the scenario does nothing")),
                 (struct span){0});
    for (uint32_t i = 0; i < scenario->step_count; i++) {
        const struct scenario_step *step = &scenario->steps[i];
        run->words.with_offset = true;
        run->words.offset = step->offset;
        if (observer) observer->step(observer->context, evaluator, step, NULL);
        VEC_PUSH(&run->steps, (struct step_result){.step = step});
        if (step->kind == STEP_EXPECT) run_expect(run, i, &run->steps.at[i]);
        else run_entry(run, i);
        if (observer) observer->step(observer->context, evaluator, step, &run->steps.at[i]);
    }
}

int64_t scenario_end(const struct scenario_run *run) {
    const struct scenario *scenario = run->scenario;
    int64_t last = run->evaluator->time;
    return scenario->with_end && (run->evaluator->position == 0 || scenario->end > last) ? scenario->end : last;
}

void scenario_run_release(struct scenario_run *run) {
    VEC_RELEASE(&run->steps);
    VEC_RELEASE(&run->failures);
    arena_release(&run->arena);
}
