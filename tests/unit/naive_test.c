// SPDX-License-Identifier: Apache-2.0
// What small programs do, computed by hand. Every case runs with each evaluator.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "play.h"

static const struct { const char *name; struct evaluator *(*make)(const struct program *); } makers[] = {{"naive", naive_new}, {"engine", engine_new}};

typedef void (*body)(struct play *p);

// EVALUATOR=naive ./test naive_test runs the cases with one of them.
static void on_each(const char *text, body body) {
    const char *only = getenv("EVALUATOR");
    for (size_t i = 0; i < COUNT_OF(makers); i++) {
        struct play p = {0};
        if (only && strcmp(only, makers[i].name) != 0) continue;
        assert_true(play_begin(&p, makers[i].make, text));
        body(&p);
        play_end(&p);
    }
}

static void done_at(struct play *p, const char *time, const char *line, const char *file, int at) {
    const struct receipt *receipt = play(p, time, line);
    if (receipt->status != RECEIPT_DONE) printf("%s:%d: refused: %s %.*s\n", file, at, refusal_text(receipt->refusal), SPAN_ARG(receipt->message));
    _assert_int_equal(receipt->status, RECEIPT_DONE, file, at);
}
static void refused_at(struct play *p, const char *time, const char *line, refusal why, const char *file, int at) {
    const struct receipt *receipt = play(p, time, line);
    _assert_int_not_equal(receipt->status, RECEIPT_DONE, file, at);
    if (receipt->refusal != why) printf("%s:%d: refused: %s\n", file, at, refusal_text(receipt->refusal));
    _assert_int_equal(receipt->refusal, why, file, at);
}
#define DONE(time, line) done_at(p, time, line, __FILE__, __LINE__)
#define REFUSED(time, line, why) refused_at(p, time, line, why, __FILE__, __LINE__)
#define COUNT(time, atom, wanted) assert_int_equal(play_count(p, time, atom), wanted)
#define MESSAGE(wanted) assert_true(span_is(p->receipt.message, wanted))

#define HEAD                                                                                                                   \
    "treaty test \"Test\"\nsource S \"Made up\", notional\narticle [S 1]\nparty state = A, B, C, D\nentity thing\n"                  \
    "at once means 1 hour\n"

// ---- Facts over time --------------------------------------------------------------------------------------------------------
#define FACTS HEAD                                                                                                             \
    "fact holder(thing => state)\nfact seen(state)\nfact note(state => text: text)\n"                                             \
    "act make() by state s makes thing t\n  add holder(t, s)\n"                                                                    \
    "act add-from(t: thing, w: state, a: time, b: time) by state s\n  require s = s\n  add holder(t, w) from a until b\n"           \
    "act set-from(t: thing, w: state, a: time, b: time) by state s\n  require s = s\n  set holder(t, w) from a until b\n"           \
    "act give(t: thing, w: state) by state s\n  require s = s\n  set holder(t, w)\n"                                               \
    "act stretch(t: thing, b: time) by state s\n  require s = s\n  extend holder(t, _) until b\n"                                   \
    "act drop-it(t: thing, b: time) by state s\n  require s = s\n  end holder(t, _) at b\n"                                         \
    "act see() by state s\n  add seen(s)\n"                                                                                        \
    "act unsee() by state s\n  end seen(s)\n"                                                                                      \
    "act write(text: text) by state s\n  set note(s, text)\n"

static void rows_hold_from_their_start_to_before_their_end(struct play *p) {
    DONE("2020-01-01", "A make()");
    DONE("2020-01-02", "A drop-it(@1.0, 2020-02-01)");
    COUNT("2019-12-31", "holder(@1.0, _)", 0);
    COUNT("2020-01-01", "holder(@1.0, A)", 1);
    COUNT("2020-01-31 23:59:59", "holder(@1.0, A)", 1);
    COUNT("2020-02-01", "holder(@1.0, A)", 0);
    // As known before the second entry the end was not known.
    assert_int_equal(play_ask(p, "2020-02-01", 1, "holder(@1.0, A)").count, 1);
    assert_int_equal(play_ask(p, "2020-01-03", 3, "holder(@1.0, A)").count, 1000000 + ASK_NO_SUCH_POSITION);
    struct play_found found = play_ask(p, "2020-01-05", 2, "holder(@1.0, _)");
    assert_int_equal(found.row.begun, 1);
    assert_int_equal(found.row.ended, 2);
    assert_true(found.row.until == play_time("2020-02-01"));
}

static void add_clashes_where_the_key_holds(struct play *p) {
    DONE("2020-01-01", "A see()");
    REFUSED("2020-01-02", "A see()", REFUSAL_CLASH);
    DONE("2020-01-02", "A unsee()");
    DONE("2020-01-02", "A see()");
    DONE("2020-01-03", "A make()");
    REFUSED("2020-01-04", "A add-from(@4.0, B, 2020-02-01, 2020-03-01)", REFUSAL_CLASH);
    DONE("2020-01-04", "A drop-it(@4.0, 2020-02-01)");
    DONE("2020-01-04", "A add-from(@4.0, B, 2020-02-01, 2020-03-01)");
    REFUSED("2020-01-05", "A add-from(@4.0, C, 2020-01-10, 2020-02-02)", REFUSAL_CLASH);
    REFUSED("2020-01-05", "A add-from(@4.0, C, 2020-03-01, 2020-03-01)", REFUSAL_CLASH);
    REFUSED("2020-01-05", "A add-from(@4.0, C, 2020-01-04, 2020-05-01)", REFUSAL_CLASH);
    DONE("2020-01-05", "A add-from(@4.0, C, 2020-03-01, 2020-04-01)");
    COUNT("2020-02-15", "holder(@4.0, B)", 1);
    COUNT("2020-03-01", "holder(@4.0, C)", 1);
    COUNT("2020-04-01", "holder(@4.0, _)", 0);
}

static void set_ends_what_it_meets(struct play *p) {
    DONE("2020-01-01", "A make()");
    DONE("2020-01-02", "A set-from(@1.0, B, 2020-06-01, 2020-07-01)");
    // The row of A reaches over the whole interval: it is cut, and nothing revives behind it.
    COUNT("2020-05-31", "holder(@1.0, A)", 1);
    COUNT("2020-06-01", "holder(@1.0, B)", 1);
    COUNT("2020-07-01", "holder(@1.0, _)", 0);
    // A row to come that begins inside the interval is void; one that ended before stays.
    DONE("2020-01-03", "A set-from(@1.0, C, 2020-05-01, 2020-06-15)");
    COUNT("2020-04-30", "holder(@1.0, A)", 1);
    COUNT("2020-05-01", "holder(@1.0, C)", 1);
    COUNT("2020-06-01", "holder(@1.0, C)", 1);
    COUNT("2020-06-20", "holder(@1.0, _)", 0);
    const struct receipt *receipt = &p->receipt;
    assert_int_equal(receipt->write_count, 3);
    assert_int_equal(receipt->writes[0].kind, WRITE_END);
    assert_int_equal(receipt->writes[1].kind, WRITE_END);
    assert_true(receipt->writes[1].until == receipt->writes[1].from);
    assert_int_equal(receipt->writes[2].kind, WRITE_BEGIN);
    // Within one second a set voids the row of before.
    DONE("2020-01-04", "A give(@1.0, B)");
    DONE("2020-01-04", "A give(@1.0, D)");
    COUNT("2020-01-04", "holder(@1.0, D)", 1);
    COUNT("2020-01-04", "holder(_, _)", 1);
}

static void extend_moves_the_end_of_the_row_in_force(struct play *p) {
    DONE("2020-01-01", "A make()");
    DONE("2020-01-01", "A drop-it(@1.0, 2020-02-01)");
    DONE("2020-01-10", "A stretch(@1.0, 2020-03-01)");
    assert_int_equal(p->receipt.writes[0].kind, WRITE_MOVE);
    COUNT("2020-02-15", "holder(@1.0, A)", 1);
    DONE("2020-01-10", "A add-from(@1.0, B, 2020-04-01, 2020-05-01)");
    REFUSED("2020-01-11", "A stretch(@1.0, 2020-04-02)", REFUSAL_CLASH);
    DONE("2020-01-11", "A stretch(@1.0, 2020-04-01)");
    REFUSED("2020-01-12", "A stretch(@1.0, 2020-01-11)", REFUSAL_CLASH);
    REFUSED("2020-05-01", "A stretch(@1.0, 2020-06-01)", REFUSAL_CLASH);
}

static void end_cancels_what_is_to_come(struct play *p) {
    DONE("2020-01-01", "A make()");
    DONE("2020-01-01", "A drop-it(@1.0, 2020-02-01)");
    DONE("2020-01-01", "A add-from(@1.0, B, 2020-03-01, 2020-04-01)");
    // The end lies behind the first row, which stays as it is, and before the second, which is void.
    DONE("2020-01-02", "A drop-it(@1.0, 2020-02-15)");
    assert_int_equal(p->receipt.write_count, 1);
    COUNT("2020-01-31", "holder(@1.0, A)", 1);
    COUNT("2020-02-01", "holder(@1.0, A)", 0);
    COUNT("2020-03-15", "holder(@1.0, B)", 0);
    REFUSED("2020-01-03", "A drop-it(@1.0, 2020-01-02)", REFUSAL_CLASH);
    DONE("2020-05-01", "A drop-it(@1.0, 2020-05-01)");
    assert_int_equal(p->receipt.write_count, 0);
    struct play_found all = {.width = 2};
    evaluator_rows(p->evaluator, program_find_relation(p->program, SPAN("holder")), play_visit, &all);
    assert_int_equal(all.count, 2);
}

static void texts_of_refused_entries_are_forgotten(struct play *p) {
    DONE("2020-01-01", "A write(one)");
    uint32_t before = p->evaluator->texts.count;
    REFUSED("2019-01-01", "A write(two)", REFUSAL_TIME);
    DONE("2020-01-01", "A write(three)");
    assert_int_equal(p->evaluator->texts.count, before + 1);
    COUNT("2020-01-01", "note(A, three)", 1);
    COUNT("2020-01-01", "note(A, two)", 0);
}

static void form_is_judged_first(struct play *p) {
    DONE("2020-01-01", "A make()");
    REFUSED("2020-01-02", "A make(A)", REFUSAL_MALFORMED);
    REFUSED("2020-01-02", "A propose make()", REFUSAL_MALFORMED);
    REFUSED("2020-01-02", "A give(@7.0, B)", REFUSAL_NO_ENTITY);
    REFUSED("2020-01-02", "A give(@1.1, B)", REFUSAL_NO_ENTITY);
    REFUSED("2020-01-02", "A consent @1.0", REFUSAL_NO_ENTITY);
    REFUSED("2020-01-02", "A confirm @1.0", REFUSAL_NOT_RECORDED);
    REFUSED("2020-01-02", "A confirm @2.0", REFUSAL_NO_ENTITY);
    REFUSED("2019-12-31", "tick", REFUSAL_TIME);
    DONE("2020-01-01", "tick");
}

static void a_digest_chains_the_entries(struct play *p) {
    uint8_t zero[32], first[32], again[32];
    evaluator_hash(p->evaluator, 0, zero);
    for (int i = 0; i < 32; i++) assert_int_equal(zero[i], 0);
    DONE("2020-01-01", "A see()");
    evaluator_hash(p->evaluator, 1, first);
    struct play_entry e;
    play_read(p, &e, "2020-01-02", "B see()");
    evaluator_judge(p->evaluator, &e.entry, &p->receipt);
    assert_int_equal(p->receipt.status, RECEIPT_DONE);
    assert_int_equal(p->receipt.write_count, 1);
    COUNT("2020-01-02", "seen(B)", 0);
    REFUSED("2020-01-02", "A see()", REFUSAL_CLASH);
    evaluator_hash(p->evaluator, 1, again);
    assert_memory_equal(first, again, 32);
}

// ---- Acts ---------------------------------------------------------------------------------------------------------------------
#define ACTS HEAD                                                                                                              \
    "office minister of state\noffice clerk\nfact member(state)\nfact chairing(=> state)\nfact owned(thing => by: state, worth: int)\nfact big(thing)\nfact marked(thing)\n" \
    "act join-in() by state s\n  add member(s)\n"                                                                                 \
    "act take-chair() by member s\n  set chairing(s)\n"                                                                            \
    "act make(worth: int) by minister of s makes thing t\n"                                                                        \
    "  require member(s) else \"members only\"\n  require worth > 0 else \"worth something\"\n"                                       \
    "  ought worth < 100 else \"modesty\"\n  add owned(t, s, worth)\n"                                                               \
    "act judge-it(t: thing) by chairing\n  require owned(t, s, worth), worth >= 10 else \"too small\"\n"                               \
    "  require member(s) else \"no owner\"\n  add big(t)\n"                                                                         \
    "act mark(t: thing) by clerk\n  for each x: owned(x, _, _), x != t add marked(x)\n"                                             \
    "act grow(t: thing, more: int) by member s\n  require owned(t, s, w) else \"not yours\"\n  set owned(t, s, w * more / (w - 7))\n"   \
    "never owned(t, A, _), big(t) else \"A owns nothing big\"\n"

static void requirements_are_judged_in_order(struct play *p) {
    REFUSED("2020-01-01", "minister of A make(0)", REFUSAL_REQUIRE);
    MESSAGE("members only");
    assert_int_equal(p->receipt.clause, 0);
    REFUSED("2020-01-01", "A take-chair()", REFUSAL_ACTOR);
    DONE("2020-01-01", "B join-in()");
    REFUSED("2020-01-01", "minister of B make(0)", REFUSAL_REQUIRE);
    MESSAGE("worth something");
    assert_int_equal(p->receipt.clause, 1);
    REFUSED("2020-01-01", "B make(5)", REFUSAL_ACTOR);
    DONE("2020-01-01", "minister of B make(5)");
    COUNT("2020-01-01", "owned(@2.0, B, 5)", 1);
    COUNT("2020-01-01", "finding(_, _)", 0);
    DONE("2020-01-02", "minister of B make(500)");
    COUNT("2020-01-02", "finding(_, _)", 1);
    COUNT("2020-01-02", "concerns(@3.1, minister of B)", 1);
}

static void a_role_acts_through_its_holder(struct play *p) {
    DONE("2020-01-01", "B join-in()");
    DONE("2020-01-01", "C join-in()");
    DONE("2020-01-01", "minister of B make(50)");
    REFUSED("2020-01-01", "B judge-it(@3.0)", REFUSAL_ACTOR);
    DONE("2020-01-02", "C take-chair()");
    REFUSED("2020-01-02", "B judge-it(@3.0)", REFUSAL_ACTOR);
    DONE("2020-01-03", "C judge-it(@3.0)");
    DONE("2020-01-04", "clerk mark(@3.0)");
    COUNT("2020-01-04", "marked(_)", 0);
    DONE("2020-01-05", "minister of C make(9)");
    DONE("2020-01-05", "clerk mark(@3.0)");
    COUNT("2020-01-05", "marked(@7.0)", 1);
    REFUSED("2020-01-05", "C judge-it(@7.0)", REFUSAL_REQUIRE);
    MESSAGE("too small");
}

static void what_may_never_be_refuses_the_act(struct play *p) {
    DONE("2020-01-01", "A join-in()");
    DONE("2020-01-01", "A take-chair()");
    DONE("2020-01-01", "minister of A make(50)");
    REFUSED("2020-01-02", "A judge-it(@3.0)", REFUSAL_NEVER);
    MESSAGE("A owns nothing big");
    COUNT("2020-01-02", "big(_)", 0);
    COUNT("2020-01-02", "alleged(_)", 0);
}

static void arithmetic_that_fails_refuses(struct play *p) {
    DONE("2020-01-01", "B join-in()");
    DONE("2020-01-01", "minister of B make(7)");
    REFUSED("2020-01-02", "B grow(@2.0, 3)", REFUSAL_ARITHMETIC);
    DONE("2020-01-02", "minister of B make(9)");
    DONE("2020-01-02", "B grow(@3.0, 3)");
    COUNT("2020-01-02", "owned(@3.0, B, 13)", 1);
    REFUSED("2020-01-02", "B grow(@3.0, 9223372036854775807)", REFUSAL_ARITHMETIC);
    REFUSED("2020-01-02", "C grow(@3.0, 1)", REFUSAL_ACTOR);
}

// ---- Proposals ----------------------------------------------------------------------------------------------------------------
#define ORGAN HEAD                                                                                                             \
    "use std/consensus\nfact member(state)\nfact limit(thing => int)\nfact made-by(thing => text: text)\nfact passed(thing)\nfact done-with(thing)\n"          \
    "act join-in() by state s\n  add member(s)\n"                                                                                 \
    "act leave() by member s\n  end member(s)\n"                                                                                   \
    "procedure majority(p, wait: duration)\n  closed when proposed(p, _) since t, now >= t + wait\n"                               \
    "  closed when 2 * count(s : consents(p, s)) > count(s : counted(p, s))\n"                                                    \
    "  adopted if 2 * count(s : consents(p, s)) > count(s : counted(p, s))\n  tied if consents(p, _)\n  else rejected\n"              \
    "organ council \"Council\"\n  seats member\n  decides by consensus\n"                                                          \
    "organ board \"Board\"\n  seats member\n  decides by majority(2 days)\n"                                                        \
    "act mandate(name: text) by council makes thing t\n  add made-by(t, name)\n"                                                    \
    "act restrict(t: thing, most: int) by council\n  require made-by(t, _) else \"no mandate\"\n  require not passed(t) else \"passed\"\n  set limit(t, most)\n"  \
    "act pass(t: thing) by board without s: s = D\n  require made-by(t, _)\n  add passed(t)\n"                                       \
    "act finish(t: thing) by state s agreed by each x: member(x) decided by consensus\n  add done-with(t)\n"                       \
    "never passed(t), limit(t, 13) else \"unlucky\"\n"

static void four_members(struct play *p) {
    DONE("2020-01-01", "A join-in()");
    DONE("2020-01-01", "B join-in()");
    DONE("2020-01-01", "C join-in()");
    DONE("2020-01-01", "D join-in()");
}

static void consensus_adopts_a_package_together(struct play *p) {
    four_members(p);
    DONE("2020-01-02", "A propose mandate(peace); restrict(@5.1, 40)");
    COUNT("2020-01-02", "answered(@5.0, A, consent)", 1);
    COUNT("2020-01-02", "seat(@5.0, _)", 4);
    COUNT("2020-01-02", "made-by(_, _)", 0);
    DONE("2020-01-03", "B consent @5.0");
    DONE("2020-01-03", "C reserve @5.0 with doubts");
    COUNT("2020-01-03", "unanswered(@5.0, D)", 1);
    COUNT("2020-01-03", "reason(@5.0, C, with doubts)", 1);
    DONE("2020-01-04", "D consent @5.0");
    COUNT("2020-01-04", "outcome(@5.0, adopted)", 1);
    COUNT("2020-01-04", "made-by(@5.1, peace)", 1);
    COUNT("2020-01-04", "limit(@5.1, 40)", 1);
    COUNT("2020-01-04", "seated(@5.0, _)", 4);
    REFUSED("2020-01-05", "B object @5.0", REFUSAL_CLOSED);
    REFUSED("2020-01-05", "A withdraw @5.0", REFUSAL_CLOSED);
}

static void proposals_refuse_what_fails(struct play *p) {
    DONE("2020-01-01", "A join-in()");
    DONE("2020-01-01", "B join-in()");
    REFUSED("2020-01-02", "C propose mandate(peace)", REFUSAL_ACTOR);
    REFUSED("2020-01-02", "A propose mandate(peace); pass(@3.1)", REFUSAL_MALFORMED);
    REFUSED("2020-01-02", "A propose restrict(@3.1, 4); mandate(peace)", REFUSAL_NO_ENTITY);
    DONE("2020-01-02", "A propose mandate(peace)");
    // What a proposal names is there at once; the treaty says that no mandate is in force yet.
    REFUSED("2020-01-02", "A propose restrict(@3.1, 4)", REFUSAL_REQUIRE);
    MESSAGE("no mandate");
    REFUSED("2020-01-03", "C consent @3.0", REFUSAL_NO_SEAT);
    REFUSED("2020-01-03", "B withdraw @3.0", REFUSAL_NOT_PROPOSER);
    REFUSED("2020-01-03", "B join @3.0", REFUSAL_NOT_ADOPTED);
    DONE("2020-01-03", "A withdraw @3.0");
    COUNT("2020-01-03", "outcome(@3.0, withdrawn)", 1);
    COUNT("2020-01-03", "seated(@3.0, _)", 2);
}

static void an_objection_rejects_and_a_leaving_seat_may_close(struct play *p) {
    four_members(p);
    DONE("2020-01-02", "A propose mandate(peace)");
    DONE("2020-01-03", "B object @5.0");
    COUNT("2020-01-03", "outcome(@5.0, rejected)", 1);
    DONE("2020-01-04", "A propose mandate(quiet)");
    DONE("2020-01-05", "B consent @7.0");
    DONE("2020-01-05", "C consent @7.0");
    DONE("2020-01-06", "D leave()");
    COUNT("2020-01-06", "outcome(@7.0, adopted)", 1);
    DONE("2020-01-07", "B join @7.0");
    REFUSED("2020-01-07", "B join @7.0", REFUSAL_CLASH);
    REFUSED("2020-01-07", "D join @7.0", REFUSAL_NOT_ADOPTED);
}

static void conditions_are_judged_again_at_adoption(struct play *p) {
    four_members(p);
    DONE("2020-01-02", "A propose mandate(peace)");
    DONE("2020-01-02", "B consent @5.0");
    DONE("2020-01-02", "C consent @5.0");
    DONE("2020-01-02", "D consent @5.0");
    DONE("2020-01-03", "A propose restrict(@5.1, 13)");
    DONE("2020-01-03", "B propose restrict(@5.1, 14)");
    DONE("2020-01-03", "A propose pass(@5.1)");
    COUNT("2020-01-03", "seat(@11.0, _)", 3);
    DONE("2020-01-03", "B consent @9.0");
    DONE("2020-01-04", "B consent @11.0");
    COUNT("2020-01-04", "outcome(@11.0, adopted)", 1);
    COUNT("2020-01-04", "passed(@5.1)", 1);
    DONE("2020-01-05", "C consent @9.0");
    DONE("2020-01-05", "D consent @9.0");
    COUNT("2020-01-05", "outcome(@9.0, not-executable)", 1);
    COUNT("2020-01-05", "limit(_, _)", 0);
    COUNT("2020-01-05", "open(_)", 1);
}

static void a_majority_waits_for_its_time(struct play *p) {
    four_members(p);
    DONE("2020-01-02", "A propose mandate(peace)");
    DONE("2020-01-02", "B consent @5.0");
    DONE("2020-01-02", "C consent @5.0");
    DONE("2020-01-02", "D consent @5.0");
    DONE("2020-01-03", "A propose pass(@5.1)");
    COUNT("2020-01-04 23:59:59", "outcome(@9.0, _)", 0);
    COUNT("2020-01-05", "outcome(@9.0, tied)", 1);
    REFUSED("2020-01-05", "B consent @9.0", REFUSAL_CLOSED);
    DONE("2020-01-06", "tick");
    struct play_found found = play_ask(p, "2020-01-06", POSITION_LAST, "outcome(@9.0, _)");
    assert_true(found.row.from == play_time("2020-01-05"));
    assert_int_equal(found.row.begun, 10);
    assert_int_equal(p->receipt.settled_count, 5);
    assert_int_equal(p->receipt.write_count, 0);
    // No seat that is left out of it has an answer.
    DONE("2020-01-06", "A propose pass(@5.1)");
    REFUSED("2020-01-06", "D consent @11.0", REFUSAL_NO_SEAT);
}

static void an_act_is_agreed_by_each(struct play *p) {
    DONE("2020-01-01", "A join-in()");
    DONE("2020-01-01", "B join-in()");
    DONE("2020-01-02", "A propose mandate(peace)");
    DONE("2020-01-02", "B consent @3.0");
    DONE("2020-01-02", "C propose finish(@3.1)");
    COUNT("2020-01-02", "seat(@5.0, _)", 2);
    COUNT("2020-01-02", "answered(@5.0, _, _)", 0);
    COUNT("2020-01-02", "laid-before(@5.0, C)", 1);
    DONE("2020-01-03", "A consent @5.0");
    DONE("2020-01-03", "B consent @5.0");
    COUNT("2020-01-03", "done-with(@3.1)", 1);
    REFUSED("2020-01-03", "A join @5.0", REFUSAL_NOT_ADOPTED);
    DONE("2020-01-04", "A propose mandate(quiet); restrict(@8.1, 4)");
    DONE("2020-01-04", "B object @8.0");
    REFUSED("2020-01-04", "A propose restrict(@8.1, 4)", REFUSAL_REQUIRE);
}

// ---- Voices ---------------------------------------------------------------------------------------------------------------------
#define VOICES HEAD                                                                                                            \
    "use std/consensus\noffice envoy of state\nfact done-with()\nfact member(state)\nact join-in() by state s\n  add member(s)\n"       \
    "rule speaks(envoy of s, s, p) if member(s), laid-before(p, council)\n"                                                        \
    "organ council \"Council\"\n  seats member\n  voice speaks\n  decides by consensus\n"                                          \
    "act finish() by council proposed by envoy of s\n  add done-with()\n"                                                           \
    "act resume() by council\n  end done-with()\n"

static void a_seat_answers_through_its_voice(struct play *p) {
    DONE("2020-01-01", "A join-in()");
    DONE("2020-01-01", "B join-in()");
    REFUSED("2020-01-02", "A propose finish()", REFUSAL_ACTOR);
    DONE("2020-01-02", "envoy of A propose finish()");
    COUNT("2020-01-02", "answered(@3.0, A, consent)", 1);
    REFUSED("2020-01-03", "B consent @3.0", REFUSAL_NO_SEAT);
    REFUSED("2020-01-03", "envoy of C consent @3.0", REFUSAL_NO_SEAT);
    DONE("2020-01-03", "envoy of B consent @3.0");
    COUNT("2020-01-03", "done-with()", 1);
    DONE("2020-01-04", "envoy of B propose resume()");
    DONE("2020-01-05", "A propose resume()");
    COUNT("2020-01-05", "answered(_, _, consent)", 4);
    REFUSED("2020-01-05", "envoy of C propose resume()", REFUSAL_ACTOR);
}

// ---- Duties ---------------------------------------------------------------------------------------------------------------------
#define DUTIES HEAD                                                                                                            \
    "office clerk\nfact chairing(=> state)\nfact asked(thing => by: state)\nfact told(thing)\nfact active(thing)\nfact quiet(duty)\n"       \
    "act take-chair() by state s\n  set chairing(s)\n"                                                                              \
    "act ask(w: state) by state s makes thing t\n  add asked(t, s)\n  oblige w to tell(t) within 2 days then oblige clerk to remind(t) within 1 day\n"   \
    "act tell(t: thing) by state s\n  add told(t)\n"                                                                                \
    "act remind(t: thing) by clerk\n  require asked(t, _)\n"                                                                           \
    "act ask-chair() by state s makes thing t\n  add asked(t, s)\n  oblige chairing to tell(t) at once as d\n  add quiet(d)\n  oblige each x: chairing(x), x to tell(_)\n"          \
    "act need() by state s makes thing t\n  add active(t)\n  oblige s that told(t) by 2020-03-01\n"                                      \
    "act start() by state s makes thing t\n  add active(t)\n  oblige s to report(t) every 1 month while active(t)\n"                  \
    "act report(t: thing) by state s\n  require s = s\n"                                                                            \
    "act stop(t: thing) by state s\n  require s = s\n  end active(t)\n"                                                                 \
    "act excuse(d: duty) by clerk\n  release d\n"

static void a_duty_is_met_in_time_or_late(struct play *p) {
    DONE("2020-01-01", "A ask(B)");
    COUNT("2020-01-01", "duty(@1.1, B, 2020-01-03)", 1);
    DONE("2020-01-01", "A ask(C)");
    COUNT("2020-01-02 23:59:59", "overdue(_)", 0);
    COUNT("2020-01-03", "overdue(_)", 2);
    DONE("2020-01-02", "B tell(@1.0)");
    COUNT("2020-01-02", "met(@1.1, 0)", 1);
    COUNT("2020-01-02", "duty(_, _, _)", 1);
    // The deadline's own second is late: a finding opens, and the clerk is to remind.
    REFUSED("2020-01-03", "A remind(@2.0)", REFUSAL_ACTOR);
    DONE("2020-01-03", "B tell(@2.0)");
    assert_int_equal(p->receipt.settled_count, 6);
    COUNT("2020-01-03", "finding(@4.0, _)", 1);
    COUNT("2020-01-03", "concerns(@4.0, C)", 1);
    COUNT("2020-01-03", "duty(@4.1, clerk, 2020-01-04)", 1);
    REFUSED("2020-01-03", "C tell(@2.0)", REFUSAL_CLASH);
    DONE("2020-01-03", "clerk remind(@2.0)");
    COUNT("2020-01-03", "met(@4.1, 0)", 1);
    DONE("2020-01-04", "clerk excuse(@2.1)");
    COUNT("2020-01-04", "released(@2.1)", 1);
    COUNT("2020-01-04", "finding(_, _)", 0);
    REFUSED("2020-01-04", "clerk excuse(@2.1)", REFUSAL_CLASH);
}

static void a_duty_of_a_role_follows_its_holder(struct play *p) {
    DONE("2020-01-01", "A take-chair()");
    DONE("2020-01-01", "C ask-chair()");
    COUNT("2020-01-01", "duty(@2.1, chairing(), 2020-01-01 01:00)", 1);
    COUNT("2020-01-01", "duty(@2.2, A, end)", 1);
    DONE("2020-01-01 00:30", "B take-chair()");
    // B fills the role; the other duty was laid on A by name, and is met by any telling.
    DONE("2020-01-01 00:59:59", "B tell(@2.0)");
    COUNT("2020-01-01 00:59:59", "met(@2.1, 0)", 1);
    COUNT("2020-01-01 00:59:59", "duty(_, _, _)", 1);
}

static void a_duty_is_met_when_its_condition_is_true(struct play *p) {
    DONE("2020-01-01", "A need()");
    DONE("2020-02-01", "C tell(@1.0)");
    COUNT("2020-02-01", "met(@1.1, 0)", 1);
    DONE("2020-02-01", "A need()");
    COUNT("2020-03-01", "finding(_, _)", 1);
    DONE("2020-03-02", "C tell(@3.0)");
    COUNT("2020-03-02", "met(@3.1, 1)", 1);
    COUNT("2020-03-02", "finding(_, _)", 0);
    COUNT("2020-03-01 12:00", "finding(_, _)", 1);
}

static void a_periodic_duty_counts_from_its_start(struct play *p) {
    DONE("2020-01-31", "A start()");
    COUNT("2020-01-31", "duty(@1.1, A, 2020-02-29)", 1);
    DONE("2020-02-10", "A report(@1.0)");
    COUNT("2020-02-10", "duty(_, _, _)", 0);
    COUNT("2020-02-29", "duty(_, A, 2020-03-31)", 1);
    COUNT("2020-03-31", "duty(_, _, _)", 2);
    COUNT("2020-03-31", "overdue(_)", 1);
    DONE("2020-04-05", "A stop(@1.0)");
    COUNT("2020-04-05", "duty(_, _, _)", 0);
    COUNT("2020-04-05", "lapsed(_)", 2);
    COUNT("2020-04-05", "finding(_, _)", 0);
    COUNT("2020-09-01", "duty(_, _, _)", 0);
}

// ---- Upon -----------------------------------------------------------------------------------------------------------------------
#define UPONS HEAD                                                                                                             \
    "fact lit(state)\nfact warm(state)\nfact hot(state)\nfact spark(state)\nfact warmth(=> int)\nfact once(=> state)\n"                     \
    "act light() by state s\n  set lit(s)\n"                                                                                        \
    "act light-later(t: time) by state s\n  add lit(s) from t\n"                                                                   \
    "act dim() by state s\n  end lit(s)\n"                                                                                          \
    "act strike() by state s\n  add spark(s)\n"                                                                                    \
    "upon lit(s): add warm(s)\n"                                                                                                    \
    "upon warm(s) since t, now >= t + 1 day: add hot(s)\n"                                                                          \
    "upon spark(s): add once(s)\n"                                                                                                  \
    "upon hot(s), lit(s): end lit(s)\n"

static void upon_fires_once_when_it_becomes_true(struct play *p) {
    DONE("2020-01-01", "A light()");
    COUNT("2020-01-01", "warm(A)", 1);
    COUNT("2020-01-01 23:59:59", "hot(A)", 0);
    COUNT("2020-01-02", "hot(A)", 1);
    COUNT("2020-01-02", "lit(A)", 0);
    DONE("2020-01-05", "B light-later(2020-02-01)");
    COUNT("2020-01-31", "warm(B)", 0);
    COUNT("2020-02-01", "warm(B)", 1);
    DONE("2020-02-03", "tick");
    struct play_found found = play_ask(p, "2020-02-03", POSITION_LAST, "hot(B)");
    assert_true(found.row.from == play_time("2020-02-02"));
    assert_int_equal(found.row.begun, 3);
}

static void a_clash_voids_a_firing(struct play *p) {
    DONE("2020-01-01", "A light()");
    DONE("2020-01-01", "A dim()");
    COUNT("2020-01-01", "finding(_, _)", 0);
    // warm(A) stands: the second firing clashes.
    DONE("2020-01-01 12:00", "A light()");
    COUNT("2020-01-01 12:00", "finding(_, _)", 1);
    COUNT("2020-01-01 12:00", "lit(A)", 1);
    DONE("2020-01-01 13:00", "A strike()");
    DONE("2020-01-01 13:00", "B strike()");
    COUNT("2020-01-01 13:00", "once(A)", 1);
    COUNT("2020-01-01 13:00", "once(B)", 0);
    COUNT("2020-01-01 13:00", "finding(_, _)", 2);
}

// ---- Norms ----------------------------------------------------------------------------------------------------------------------
#define NORMS HEAD                                                                                                             \
    "use std/consensus\noffice clerk\nfact member(state)\nfact paid(state)\nfact armed(state)\nfact banned(state)\nfact fired-on(state, state)\nfact appealed(thing => by: state)\nfact heard(thing)\n" \
    "act join-in() by state s\n  add member(s)\n"                                                                                 \
    "act pay(until: time) by state s\n  add paid(s) until until\n"                                                                  \
    "act arm() by state s\n  add armed(s)\n"                                                                                        \
    "act disarm() by state s\n  end armed(s)\n"                                                                                     \
    "event ban(w: state, t: time) reported by clerk\n  add banned(w) from t\n"                                               \
    "event attack(w: state) reported by state s\n  add fired-on(s, w)\n"                                                            \
    "act appeal() by state s makes thing c\n  add appealed(c, s)\n"                                                                 \
    "act hear(c: thing) by state s\n  require s = s\n  add heard(c)\n"                                                              \
    "organ council \"Council\"\n  seats member\n  decides by consensus\n"                                                           \
    "act confirm-it(f: finding) by council\n  uphold f\n"                                                                           \
    "act dismiss(f: finding) by council\n  drop f\n"                                                                                \
    "ought every member(s) has paid(s) else \"pay\"\n"                                                                              \
    "ought member(_) else \"a member\"\n"                                                                                           \
    "never armed(s), banned(s) else \"no arms\"\n"                                                                                  \
    "never fired-on(a, b), member(b), a != b\n"                                                                                            \
    "ought never armed(s), armed(r), s != r\n"                                                                                     \
    "always appealed(c, _) leads to heard(c) within 24 hours\n"

static void norms_open_and_close_findings(struct play *p) {
    DONE("2020-01-01", "tick");
    COUNT("2020-01-01", "finding(@1.0, _)", 1);
    DONE("2020-01-02", "A join-in()");
    COUNT("2020-01-02", "finding(@1.0, _)", 0);
    COUNT("2020-01-02", "finding(@2.0, _)", 1);
    COUNT("2020-01-02", "concerns(@2.0, A)", 1);
    DONE("2020-01-03", "A pay(2020-02-01)");
    COUNT("2020-01-03", "finding(_, _)", 0);
    COUNT("2020-02-01", "finding(_, _)", 1);
    DONE("2020-03-01", "A pay(2020-04-01)");
    COUNT("2020-02-15", "finding(@4.0, _)", 1);
    COUNT("2020-03-01", "finding(_, _)", 0);
}

static void a_finding_of_never_is_alleged_until_an_organ_decides(struct play *p) {
    DONE("2020-01-01", "A join-in()");
    DONE("2020-01-01", "A pay(2021-01-01)");
    DONE("2020-01-02", "B arm()");
    DONE("2020-01-02", "clerk ban(B, 2020-02-01)");
    COUNT("2020-01-31", "alleged(_)", 0);
    COUNT("2020-02-01", "alleged(_)", 1);
    DONE("2020-02-02", "A propose confirm-it(@5.1)");
    REFUSED("2020-02-02", "A propose confirm-it(@5.1)", REFUSAL_CLASH);
    COUNT("2020-02-02", "upheld(@5.1)", 1);
    COUNT("2020-02-02", "finding(@5.1, _)", 1);
    DONE("2020-02-03", "B disarm()");
    COUNT("2020-02-03", "finding(_, _)", 0);
    REFUSED("2020-02-04", "B arm()", REFUSAL_NEVER);
    MESSAGE("no arms");
    // An event is not refused: what it makes true is alleged, and stays dropped once it is dropped.
    DONE("2020-02-05", "B attack(A)");
    COUNT("2020-02-05", "alleged(@7.0)", 1);
    COUNT("2020-02-05", "concerns(@7.0, _)", 2);
    DONE("2020-02-06", "A propose dismiss(@7.0)");
    COUNT("2020-02-06", "dropped(@7.0)", 1);
    COUNT("2020-02-06", "finding(_, _)", 0);
    DONE("2020-02-07", "tick");
    COUNT("2020-02-07", "finding(_, _)", 0);
    // The same report again clashes: it is kept without effect, with a finding.
    DONE("2020-02-08", "B attack(A)");
    COUNT("2020-02-08", "finding(_, _)", 1);
    COUNT("2020-02-08", "alleged(_)", 0);
}

static void one_thing_leads_to_another(struct play *p) {
    DONE("2020-01-01", "A join-in()");
    DONE("2020-01-01", "A pay(2021-01-01)");
    DONE("2020-01-02", "B appeal()");
    COUNT("2020-01-02 23:59:59", "finding(_, _)", 0);
    COUNT("2020-01-03", "finding(_, _)", 1);
    DONE("2020-01-04", "A hear(@3.0)");
    COUNT("2020-01-04", "finding(_, _)", 0);
    COUNT("2020-01-03", "finding(_, _)", 1);
    DONE("2020-01-05", "B appeal()");
    DONE("2020-01-05 12:00", "A hear(@5.0)");
    COUNT("2020-01-08", "finding(_, _)", 0);
}

// ---- Late knowledge -------------------------------------------------------------------------------------------------------------
#define LATE HEAD                                                                                                              \
    "fact enemy(state)\nfact helped(state)\nact help(w: state) by state s\n  require s = s\n  require not enemy(w) else \"an enemy\"\n  set helped(w)\n"   \
    "act back-date(t: time) by state s\n  add helped(s) from t\n"                                                                    \
    "event attack(occurred: time) reported by state s\n  add enemy(s) from occurred\n"

static void late_knowledge_names_what_would_have_differed(struct play *p) {
    DONE("2020-01-01", "A help(B)");
    DONE("2020-01-10", "A help(B)");
    DONE("2020-01-10", "A help(C)");
    REFUSED("2020-01-11", "C back-date(2020-01-10)", REFUSAL_CLASH);
    DONE("2020-01-20", "B attack(2020-01-10)");
    assert_int_equal(p->receipt.late_count, 1);
    assert_int_equal(p->receipt.late[0].position, 2);
    assert_false(p->receipt.late[0].would_be_done);
    COUNT("2020-01-15", "helped(B)", 1);
    assert_int_equal(play_ask(p, "2020-01-15", 3, "enemy(B)").count, 0);
    assert_int_equal(play_ask(p, "2020-01-15", 4, "enemy(B)").count, 1);
    assert_int_equal(play_ask(p, "2020-01-09", 4, "enemy(B)").count, 0);
    REFUSED("2020-01-21", "A help(B)", REFUSAL_REQUIRE);
}

// ---- Records --------------------------------------------------------------------------------------------------------------------
#define RECORDS HEAD                                                                                                           \
    "office registrar\nfact seen(state)\nrecords by registrar contestable within 10 days\nact see() by state s\n  add seen(s)\n"

static void what_is_recorded_is_confirmed_or_contested(struct play *p) {
    REFUSED("2020-01-01", "B recorded A see()", REFUSAL_REGISTRAR);
    DONE("2020-01-01", "registrar recorded A see()");
    COUNT("2020-01-01", "recorded(@1.0, A)", 1);
    DONE("2020-01-01", "- recorded B see()");
    DONE("2020-01-02", "registrar recorded C see()");
    REFUSED("2020-01-03", "B confirm @1.0", REFUSAL_NOT_RECORDED);
    DONE("2020-01-03", "A confirm @1.0");
    REFUSED("2020-01-04", "A contest @1.0", REFUSAL_NOT_RECORDED);
    REFUSED("2020-01-11", "B contest @2.0", REFUSAL_CONTEST_LATE);
    DONE("2020-01-11", "C contest @3.0");
    COUNT("2020-01-11", "contested(@3.0)", 1);
    COUNT("2020-01-11", "finding(_, _)", 1);
    COUNT("2020-01-11", "seen(C)", 1);
}

// ---- Rules ----------------------------------------------------------------------------------------------------------------------
#define RULES HEAD                                                                                                             \
    "fact gave(state, thing, n: int)\nfact pact(state, state)\nfact total(=> int)\nfact worth(state => int)\n"                       \
    "act give(n: int) by state s makes thing t\n  add gave(s, t, n)\n"                                                              \
    "act ally(w: state) by state s\n  add pact(s, w)\n"                                                                            \
    "act leave(w: state) by state s\n  end pact(s, w)\n"                                                                           \
    "act cap(most: int) by state s\n  require most >= sum(n : gave(s, _, n)) else \"too much\"\n  set total(most)\n"                    \
    "act rate() by state s\n  set worth(s, max(n : gave(s, _, n)))\n"                                                                \
    "rule given-by(s, n) if gave(s, _, _), n = sum(k : gave(s, _, k))\n"                                                            \
    "rule gifts(s, n) if gave(s, _, _), n = count(t : gave(s, t, _))\n"                                                             \
    "rule best(s, n) if gave(s, _, _), n = max(k : gave(s, _, k))\n"                                                                \
    "rule linked(a, b) if pact(a, b)\nrule linked(a, b) if pact(b, a)\nrule linked(a, c) if linked(a, b), linked(b, c)\n"              \
    "rule alone(s) if gave(s, _, _), not linked(s, _)\n"                                                                            \
    "rule content(s) if gave(s, _, _), every w: linked(s, w) has gave(w, _, _)\n"                                                   \
    "rule was-linked(a, b) if pact(a, b) since t, not linked(a, b) at t\nrule lasting(a, b) if pact(a, b) since t, now >= t + 1 month\n"

static void aggregates_go_over_distinct_bindings(struct play *p) {
    DONE("2020-01-01", "A give(5)");
    DONE("2020-01-01", "A give(5)");
    DONE("2020-01-01", "B give(7)");
    COUNT("2020-01-01", "given-by(A, 10)", 1);
    COUNT("2020-01-01", "given-by(_, _)", 2);
    COUNT("2020-01-01", "gifts(A, 2)", 1);
    COUNT("2020-01-01", "best(B, 7)", 1);
    DONE("2020-01-01", "C cap(0)");
    REFUSED("2020-01-01", "A cap(9)", REFUSAL_REQUIRE);
    REFUSED("2020-01-01", "C rate()", REFUSAL_ARITHMETIC);
    DONE("2020-01-01", "A rate()");
    COUNT("2020-01-01", "worth(A, 5)", 1);
}

static void rules_recur_and_negate(struct play *p) {
    DONE("2020-01-01", "A give(1)");
    DONE("2020-01-01", "D give(1)");
    DONE("2020-01-31", "A ally(B)");
    DONE("2020-01-31", "B ally(C)");
    COUNT("2020-01-31", "linked(A, C)", 1);
    COUNT("2020-01-31", "linked(_, _)", 9);
    COUNT("2020-01-31", "alone(_)", 1);
    COUNT("2020-01-31", "alone(D)", 1);
    COUNT("2020-01-31", "content(A)", 0);
    COUNT("2020-01-31", "content(D)", 1);
    COUNT("2020-01-31", "was-linked(_, _)", 0);
    COUNT("2020-02-28", "lasting(_, _)", 0);
    COUNT("2020-02-29", "lasting(_, _)", 2);
    DONE("2020-03-01", "B give(1)");
    DONE("2020-03-01", "C give(1)");
    COUNT("2020-03-01", "content(A)", 1);
    DONE("2020-03-02", "B leave(C)");
    COUNT("2020-03-02", "linked(_, _)", 4);
    COUNT("2020-03-01", "linked(_, _)", 9);
}

// What a rule may go through is the same whether one of a recursive relation is asked for or all of it: on the way from one to the
// next the engine asks deeper than rules go.
static void what_recurs_may_rest_on_a_long_chain(struct play *p) {
    DONE("2020-01-01", "A go(0)");
    COUNT("2020-01-01", "leads(0, 28)", 1);
    COUNT("2020-01-01", "leads(0, _)", 30);
    COUNT("2020-01-01", "leads(28, 0)", 0);
}

static void run_what_recurs_may_rest_on_a_long_chain(void **state) {
    (void)state;
    struct text text = {0};
    text_print(&text, HEAD "fact line(int, int)\nfact base(int)\nfact on(int)\ngiven base(30)\n");
    for (uint32_t i = 0; i < 30; i++) text_print(&text, "given base(%u), line(%u, %u)\n", i, i, i + 1);
    text_print(&text, "rule r0(a) if base(a)\n");
    for (uint32_t i = 1; i < 980; i++)
        text_print(&text, "rule r%u(a) if r%u(a)\nrule r%u(a) if on(a), base(a)\n", i, i - 1, i);
    text_print(&text, "rule leads(a, b) if line(a, b), r979(a)\nrule leads(a, c) if line(a, b), r979(a), leads(b, c)\n"
                      "act go(a: int) by state s\n  require leads(a, 28)\n  add on(a)\n");
    text_byte(&text, '\0');
    on_each(text.at, what_recurs_may_rest_on_a_long_chain);
    text_release(&text);
}

#define CASE(name, text) static void run_##name(void **state) { (void)state; on_each(text, name); }
#define CASES(X)                                                                                                               \
    X(rows_hold_from_their_start_to_before_their_end, FACTS) X(add_clashes_where_the_key_holds, FACTS) X(set_ends_what_it_meets, FACTS) \
    X(extend_moves_the_end_of_the_row_in_force, FACTS) X(end_cancels_what_is_to_come, FACTS)                                      \
    X(texts_of_refused_entries_are_forgotten, FACTS) X(form_is_judged_first, FACTS) X(a_digest_chains_the_entries, FACTS)           \
    X(requirements_are_judged_in_order, ACTS) X(a_role_acts_through_its_holder, ACTS) X(what_may_never_be_refuses_the_act, ACTS)      \
    X(arithmetic_that_fails_refuses, ACTS) X(consensus_adopts_a_package_together, ORGAN) X(proposals_refuse_what_fails, ORGAN)       \
    X(an_objection_rejects_and_a_leaving_seat_may_close, ORGAN) X(conditions_are_judged_again_at_adoption, ORGAN)                   \
    X(a_majority_waits_for_its_time, ORGAN) X(an_act_is_agreed_by_each, ORGAN) X(a_seat_answers_through_its_voice, VOICES)            \
    X(a_duty_is_met_in_time_or_late, DUTIES) X(a_duty_of_a_role_follows_its_holder, DUTIES)                                        \
    X(a_duty_is_met_when_its_condition_is_true, DUTIES) X(a_periodic_duty_counts_from_its_start, DUTIES)                            \
    X(upon_fires_once_when_it_becomes_true, UPONS) X(a_clash_voids_a_firing, UPONS) X(norms_open_and_close_findings, NORMS)           \
    X(a_finding_of_never_is_alleged_until_an_organ_decides, NORMS) X(one_thing_leads_to_another, NORMS)                              \
    X(late_knowledge_names_what_would_have_differed, LATE) X(what_is_recorded_is_confirmed_or_contested, RECORDS)                    \
    X(aggregates_go_over_distinct_bindings, RULES) X(rules_recur_and_negate, RULES)
CASES(CASE)

int main(void) {
#define UNIT(name, text) {#name, run_##name, NULL, NULL, NULL},
    const struct CMUnitTest tests[] = {CASES(UNIT) cmocka_unit_test(run_what_recurs_may_rest_on_a_long_chain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
