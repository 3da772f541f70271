// SPDX-License-Identifier: Apache-2.0
// The evaluator as a whole: its making, and the judging of one entry from form to digest.
#include "naive/naive_internal.h"

// ---- Judging one entry ---------------------------------------------------------------------------------------------
static void judging_begins(struct naive *n) {
    // Texts of an entry that was not entered live until now, since the receipt's frame may name them.
    names_cut(&n->base.texts, n->text_count);
    arena_reset(&n->receipt);
    n->changes.count = 0;
    n->position = n->base.position + 1;
    n->ordinal = n->firings = 0;
    n->late.count = 0;
    n->doubts.count = n->doubts_kept;
    n->trial = n->failed = n->limited = n->acting = false;
    n->limit = NULL;
    n->touched = 0;
    memset(n->voided, 0, n->base.program->watches_count);
    n->failure = (struct failure){.refusal = REFUSAL_NONE, .norm = NO_ID};
    naive_worlds_forget(n);
}

static struct tuples *copy_fired(const struct naive *n) {
    struct tuples *copy = base_alloc(sizeof *copy * (n->base.program->watches_count + 1));
    for (uint32_t w = 0; w < n->base.program->watches_count; w++) copy[w] = naive_tuples_copy(&n->fired[w]);
    return copy;
}

static void release_fired(const struct naive *n, struct tuples *fired) {
    for (uint32_t w = 0; w < n->base.program->watches_count; w++) naive_tuples_release(&fired[w]);
    free(fired);
}

// What an entry that is refused rests on: the clause, the norm, the effect that clashes; else the act that is called,
// if it is for that that the call is refused. A limit is not the treaty's.
static const struct citation *refusal_cites(const struct naive *n, const struct entry *entry, refusal why) {
    const struct program *program = n->base.program;
    const struct failure *failure = &n->failure;
    bool called = (entry->kind == ENTRY_ACT || entry->kind == ENTRY_PROPOSE) && failure->item < entry->call_count;
    if (why == REFUSAL_NEVER) return &program->norms[failure->norm].citation;
    if (why == REFUSAL_LIMIT || !called) return NULL;
    if (failure->act) return &failure->act->clauses[failure->clause].citation;
    if (why == REFUSAL_CLASH && failure->effect) return &failure->effect->citation;
    bool of_call =
        why == REFUSAL_CLASH || why == REFUSAL_ARITHMETIC || why == REFUSAL_ACTOR || why == REFUSAL_NO_ENTITY;
    return of_call ? &program->acts[entry->calls[failure->item].act].citation : NULL;
}

static void refusal_receipt(struct naive *n, const struct entry *entry, struct receipt *receipt) {
    const struct failure *failure = &n->failure;
    receipt->refusal = n->limited ? REFUSAL_LIMIT : failure->refusal;
    receipt->status = receipt->refusal == REFUSAL_LIMIT ? RECEIPT_TURNED_AWAY : RECEIPT_REFUSED;
    receipt->item = failure->item;
    receipt->clause = failure->clause;
    receipt->norm = failure->norm;
    receipt->message = span_of(n->limit && n->limited ? n->limit : refusal_text(receipt->refusal));
    receipt->citation = refusal_cites(n, entry, receipt->refusal);
    if (receipt->refusal == REFUSAL_NEVER) receipt->message = n->base.program->norms[failure->norm].message;
    if (receipt->refusal != REFUSAL_REQUIRE) return;
    receipt->message = failure->act->clauses[failure->clause].message;
    receipt->frame_count = failure->act->frame.slot_count;
    receipt->frame = n->failure_frame;
    receipt->bound = n->failure_bound;
}

static void done_receipt(struct naive *n, uint32_t settled, struct receipt *receipt) {
    struct write *writes = ARENA_ARRAY(&n->receipt, struct write, n->changes.count + 1);
    for (uint32_t i = 0; i < n->changes.count; i++) {
        const struct change *change = &n->changes.at[i];
        const struct row *row = &n->tables[change->relation].rows.at[change->row];
        writes[i] = (struct write){change->kind, change->relation, row->values, row->from, change->until};
    }
    receipt->status = RECEIPT_DONE;
    receipt->settled = writes;
    receipt->settled_count = settled;
    receipt->writes = writes + settled;
    receipt->write_count = n->changes.count - settled;
    struct late_outcome *late = ARENA_ARRAY(&n->receipt, struct late_outcome, n->late.count + 1);
    for (uint32_t i = 0; i < n->late.count; i++) late[i] = (struct late_outcome){n->late.at[i], false};
    receipt->late = late;
    receipt->late_count = n->late.count;
}

static void enter(struct naive *n, const struct entry *entry, const struct receipt *receipt) {
    static const uint8_t zero[32];
    struct digest digest;
    const uint8_t *before = n->digests.count ? n->digests.at[n->digests.count - 1].bytes : zero;
    evaluator_chain(&n->base, &n->sha, &n->scratch, before, entry, receipt->settled, receipt->settled_count,
                    receipt->writes, receipt->write_count, digest.bytes);
    VEC_PUSH(&n->digests, digest);
    naive_entry_keep(n, entry);
    n->base.position = n->position;
    n->base.time = entry->time;
    n->text_count = n->base.texts.count;
    n->doubts_kept = n->doubts.count;
}

void naive_judge(struct naive *n, const struct entry *entry, bool keep, struct receipt *receipt) {
    judging_begins(n);
    *receipt = (struct receipt){.position = n->position};
    struct tuples *fired = copy_fired(n);
    uint32_t entities = n->entities.count, settled = 0;
    refusal form = naive_entry_form(n, entry);
    bool good = form == REFUSAL_NONE || naive_refuse(n, form);
    if (good) {
        n->ordinal = naive_entry_made_count(n->base.program, entry);
        naive_settle(n, entry->time);
        settled = n->changes.count;
        n->acting = true;
        n->acted_from = n->changes.count;
        good = !n->limited && naive_entry_enact(n, entry);
        n->acting = false;
        if (good) naive_instant(n);
        good = good && !n->limited;
    }
    if (good) done_receipt(n, settled, receipt);
    else refusal_receipt(n, entry, receipt);
    if (good && keep) {
        enter(n, entry, receipt);
        release_fired(n, fired);
    } else {
        naive_store_take_back(n, (struct mark){0, 0});
        release_fired(n, n->fired);
        n->fired = fired;
        n->entities.count = entities;
        n->failed = n->limited = false;
    }
    naive_worlds_forget(n);
}

// ---- The interface -------------------------------------------------------------------------------------------------
static void naive_free(struct evaluator *evaluator) {
    struct naive *n = (struct naive *)evaluator;
    if (n->kept) n->kept->base.methods->free(&n->kept->base);
    naive_worlds_forget(n);
    for (uint32_t r = 0; r < evaluator->program->relations_count; r++) VEC_RELEASE(&n->tables[r].rows);
    free(n->tables);
    free(n->voided);
    release_fired(n, n->fired);
    VEC_RELEASE(&n->entities);
    VEC_RELEASE(&n->entries);
    VEC_RELEASE(&n->digests);
    naive_worlds_release(n);
    VEC_RELEASE(&n->changes);
    VEC_RELEASE(&n->late);
    VEC_RELEASE(&n->doubts);
    free(n->clauses);
    free(n->starts);
    text_release(&n->scratch);
    sha256_release(&n->sha);
    names_release(&evaluator->texts);
    arena_release(&n->receipt);
    arena_release(&n->arena);
    free(n);
}

static void naive_submit(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt) {
    naive_judge((struct naive *)evaluator, entry, true, receipt);
}

static void naive_judge_only(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt) {
    naive_judge((struct naive *)evaluator, entry, false, receipt);
}

static ask_status naive_ask(struct evaluator *evaluator, struct question question, uint32_t relation,
                            const value *pattern, ask_visitor visit, void *context) {
    return naive_replay_ask((struct naive *)evaluator, question, relation, pattern, visit, context);
}

static void naive_rows(struct evaluator *evaluator, uint32_t relation, ask_visitor visit, void *context) {
    const struct table *table = &((struct naive *)evaluator)->tables[relation];
    for (uint32_t i = 0; i < table->rows.count; i++) {
        const struct row *row = &table->rows.at[i];
        if (!visit(context, &(struct found){row->values, row->from, row->until, row->begun, row->ended})) return;
    }
}

static void naive_hash(struct evaluator *evaluator, uint32_t position, uint8_t digest[32]) {
    const struct naive *n = (struct naive *)evaluator;
    memset(digest, 0, 32);
    if (position) memcpy(digest, n->digests.at[position - 1].bytes, 32);
}

static struct evaluator *naive_again(struct evaluator *evaluator) {
    const struct program *program = evaluator->program;
    naive_free(evaluator);
    return naive_new(program);
}

static const struct evaluator_methods methods = {naive_free, naive_again, naive_submit, naive_judge_only,
                                                 naive_ask,  naive_rows,  naive_hash};

// ---- Making one ----------------------------------------------------------------------------------------------------
static void add_given(struct naive *n, const struct relation *relation, uint32_t id) {
    for (uint32_t i = 0; i < relation->given_count; i++) {
        if (relation->given[i].reading_of != NO_ID) continue;
        VEC_PUSH(&n->tables[id].rows, (struct row){relation->given[i].values, TIME_MIN, TIME_MAX, 0, 0, n->serial++});
    }
}

struct evaluator *naive_new(const struct program *program) {
    struct naive *n = base_alloc(sizeof *n);
    n->base = (struct evaluator){.methods = &methods, .program = program, .time = TIME_MIN};
    names_init(&n->base.texts);
    for (uint32_t i = 0; i < program->texts.count; i++) (void)names_add(&n->base.texts, names_text(&program->texts, i));
    n->text_count = n->base.texts.count;
    arena_init(&n->arena);
    arena_init(&n->receipt);
    sha256_init(&n->sha);
    n->tables = base_alloc(sizeof *n->tables * (program->relations_count + 1));
    for (uint32_t r = 0; r < program->relations_count; r++) add_given(n, &program->relations[r], r);
    n->fired = base_alloc(sizeof *n->fired * (program->watches_count + 1));
    n->voided = base_alloc((size_t)program->watches_count + 1);
    for (uint32_t w = 0; w < program->watches_count; w++)
        n->fired[w] = naive_tuples_of_slots(&program->watches[w].frame, program->watches[w].binding,
                                            program->watches[w].binding_count);
    n->starts = base_alloc(sizeof *n->starts * (program->acts_count + 1));
    for (uint32_t a = 0; a < program->acts_count; a++) {
        n->starts[a] = n->clause_count;
        n->clause_count += program->acts[a].clause_count;
    }
    n->clauses = base_alloc(sizeof *n->clauses * (n->clause_count + 1));
    return &n->base;
}

struct naive_counts naive_count(const struct evaluator *naive) {
    const struct naive *n = (const struct naive *)naive;
    struct naive_counts counts = n->counts;
    counts.clauses = n->clauses;
    counts.starts = n->starts;
    counts.clause_count = n->clause_count;
    return counts;
}
