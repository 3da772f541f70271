// SPDX-License-Identifier: Apache-2.0
// Reads what a question is about: a fact in the language's words, in which the names that the scenario binds are known.
#include "cli/cli_internal.h"

#include <string.h>

struct asking {
    struct invocation *invocation;
    struct story *story;
    const struct program *program;
    struct diagnostics *all;
    struct span written;    // all that was written
};

// ---- Entities by their number --------------------------------------------------------------------------------------
// What is printed is understood: duty@19.0 is the duty that entry 19 opened first. False: it is not written so, or of
// no such type.
bool read_entity(const struct program *program, struct span text, struct type *type, value *entity) {
    uint32_t at = 0, number[2] = {0, 0};
    while (at < text.length && text.at[at] != '@') at++;
    struct span name = span_part(text, 0, at);
    for (int part = 0; part < 2; part++) {
        if (at >= text.length || text.at[at] != (part ? '.' : '@')) return false;
        uint32_t first = ++at;
        for (; at < text.length && text.at[at] >= '0' && text.at[at] <= '9' && at - first < 9; at++)
            number[part] = number[part] * 10 + (uint32_t)(text.at[at] - '0');
        if (at == first) return false;
    }
    if (at != text.length || number[1] >= ORDINALS_MAX) return false;
    for (uint32_t i = 0; i < program->entity_types_count; i++) {
        if (!span_equal(program->entity_types[i].name, name)) continue;
        *type = (struct type){TYPE_ENTITY, i};
        *entity = entity_of(number[0], number[1]);
        return true;
    }
    return false;
}

static bool name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

// The language has no such words: duty@19.0 is read as the name duty-19-0, which is as long, and turned back by its
// place where a value is wanted.
static char *spell_entities(struct arena *arena, const char *words) {
    size_t length = strlen(words);
    char *spelled = ARENA_ARRAY(arena, char, length + 1);
    bool quoted = false, number = false;
    memcpy(spelled, words, length + 1);
    for (size_t i = 0; i < length; i++) {
        if (words[i] == '"' && (i == 0 || words[i - 1] != '\\')) quoted = !quoted;
        number = words[i] == '@' ? !quoted && i > 0 && name_byte(words[i - 1])
                                 : number && ((words[i] >= '0' && words[i] <= '9') || words[i] == '.');
        if (number && (words[i] == '@' || words[i] == '.')) spelled[i] = '-';
    }
    return spelled;
}

// A name as it was written.
static struct span as_written(const struct asking *asking, struct place place, struct span name) {
    return place.length == name.length ? span_part(asking->written, place.at, place.length) : name;
}

static bool entity_value(const struct asking *asking, struct span name, struct type wanted, value *result) {
    struct type type;
    return wanted.base == TYPE_ENTITY && read_entity(asking->program, name, &type, result) &&
           (wanted.of == NO_ID || wanted.of == type.of);
}

// ---- Names ---------------------------------------------------------------------------------------------------------
#define FIND(array, count, name)                                                                                       \
    do {                                                                                                               \
        for (uint32_t i = 0; i < (count); i++)                                                                         \
            if (span_equal((array)[i].name, name)) return i;                                                           \
        return NO_ID;                                                                                                  \
    } while (0)

static uint32_t find_party(const struct program *program, struct span name) {
    FIND(program->parties, program->parties_count, name);
}
static uint32_t find_office(const struct program *program, struct span name) {
    FIND(program->offices, program->offices_count, name);
}
static uint32_t find_organ(const struct program *program, struct span name) {
    FIND(program->organs, program->organs_count, name);
}
static uint32_t find_constant(const struct kind *kind, struct span name) {
    FIND(kind->constants, kind->constant_count, name);
}

static bool fits(struct type got, struct type wanted) {
    bool actor = got.base == TYPE_ACTOR || got.base == TYPE_PARTY;
    if (wanted.base == TYPE_ACTOR) return actor;
    return got.base == wanted.base && (wanted.of == NO_ID || got.of == NO_ID || got.of == wanted.of);
}

static bool wrong(struct asking *asking, struct place place, struct span name, struct type type) {
    const struct program *program = asking->program;
    const struct scenario *scenario = asking->story->scenario;
    VEC(struct span) names = {0};
    bool other = false;    // it is the name of something, but of nothing that fits
    for (uint32_t i = 0; i < scenario->name_count; i++) {
        if (fits(scenario->names[i].type, type)) VEC_PUSH(&names, scenario->names[i].text);
        else other = other || span_equal(scenario->names[i].text, name);
    }
    for (uint32_t i = 0; i < program->parties_count; i++) VEC_PUSH(&names, program->parties[i].name);
    for (uint32_t i = 0; i < program->offices_count; i++) VEC_PUSH(&names, program->offices[i].name);
    for (uint32_t i = 0; i < program->organs_count; i++) VEC_PUSH(&names, program->organs[i].name);
    for (uint32_t i = 0; type.base == TYPE_KIND && i < program->kinds[type.of].constant_count; i++)
        VEC_PUSH(&names, program->kinds[type.of].constants[i].name);
    struct span near = span_nearest(name, names.at, names.count);
    VEC_RELEASE(&names);
    struct span hint = span_print(&asking->invocation->arena, "did you mean `%.*s`?", SPAN_ARG(near));
    diagnostics_error(asking->all, place, near.length ? hint.at : NULL,
                      other ? "`%.*s` is something else than what is asked for here" : "nothing is called `%.*s` here",
                      SPAN_ARG(name));
    return false;
}

// Yes, no, or a mistake that was reported.
typedef enum { NAME_FOUND, NAME_UNKNOWN, NAME_WRONG } name_status;

static name_status scenario_name(struct asking *asking, struct place place, struct span name, struct type type,
                                 value *result) {
    const struct scenario *scenario = asking->story->scenario;
    const struct scenario_run *run = &asking->story->run;
    for (uint32_t i = 0; i < scenario->name_count; i++) {
        if (!span_equal(scenario->names[i].text, name) || !fits(scenario->names[i].type, type)) continue;
        if (!run->bound[i]) {
            diagnostics_error(asking->all, place, NULL,
                              "`%.*s` never came into being: the step that names it was not done", SPAN_ARG(name));
            return NAME_WRONG;
        }
        *result = run->names[i];
        return NAME_FOUND;
    }
    return NAME_UNKNOWN;
}

static bool role_of(const struct program *program, struct span name, uint32_t columns, uint32_t *relation) {
    *relation = program_find_relation(program, name);
    if (*relation == NO_ID || program->relations[*relation].column_count != columns) return false;
    type_base last = program->relations[*relation].columns[columns - 1].type.base;
    return last == TYPE_PARTY || last == TYPE_ACTOR;
}

static bool name_value(struct asking *asking, struct place place, struct span name, struct type type, value *result) {
    const struct program *program = asking->program;
    uint32_t id;
    name = as_written(asking, place, name);
    name_status known = scenario_name(asking, place, name, type, result);
    if (known != NAME_UNKNOWN) return known == NAME_FOUND;
    if (entity_value(asking, name, type, result)) return true;
    if (type.base == TYPE_KIND) {
        id = find_constant(&program->kinds[type.of], name);
        return id == NO_ID ? wrong(asking, place, name, type) : (*result = id, true);
    }
    if (type.base != TYPE_PARTY && type.base != TYPE_ACTOR) return wrong(asking, place, name, type);
    id = find_party(program, name);
    if (id != NO_ID && fits((struct type){TYPE_PARTY, program->parties[id].type}, type)) return *result = id, true;
    if (type.base != TYPE_ACTOR) return wrong(asking, place, name, type);
    id = find_office(program, name);
    if (id != NO_ID && program->offices[id].of == NO_ID) return *result = actor_office(id, ACTOR_NONE), true;
    id = find_organ(program, name);
    if (id != NO_ID) return *result = actor_organ(id), true;
    if (role_of(program, name, 1, &id)) return *result = actor_role(id, false, 0), true;
    return wrong(asking, place, name, type);
}

// ---- Values --------------------------------------------------------------------------------------------------------
static bool read_value(struct asking *asking, const struct tree_expression *e, struct type type, value *result);

static bool office_value(struct asking *asking, const struct tree_expression *e, value *result) {
    uint32_t office = find_office(asking->program, e->text);
    value party;
    if (office == NO_ID || asking->program->offices[office].of == NO_ID)
        return wrong(asking, e->place, e->text, (struct type){TYPE_ACTOR, NO_ID});
    if (!read_value(asking, e->left, (struct type){TYPE_PARTY, asking->program->offices[office].of}, &party))
        return false;
    *result = actor_office(office, party);
    return true;
}

// The role of an organ's chair. False where it is none, or was reported.
static bool chair_value(struct asking *asking, const struct tree_expression *organ, value *result) {
    const struct program *program = asking->program;
    struct span name = as_written(asking, organ->place, organ->text);
    uint32_t id = find_organ(program, name);
    if (id == NO_ID) return wrong(asking, organ->place, name, (struct type){TYPE_ACTOR, NO_ID});
    if (program->organs[id].chair != NO_ID) return *result = actor_role(program->organs[id].chair, false, 0), true;
    diagnostics_error(asking->all, organ->place, "ask for the organ itself", "`%.*s` names no chair", SPAN_ARG(name));
    return false;
}

// chair(council): the relation that the organ names; commander(op): that relation over its argument.
static bool role_value(struct asking *asking, const struct tree_expression *e, value *result) {
    const struct program *program = asking->program;
    uint32_t relation;
    bool role = role_of(program, e->text, e->left ? 2 : 1, &relation);
    bool chair = span_is(e->text, "chair") && e->left && e->left->kind == TREE_NAME;
    if (chair && (!role || find_organ(program, e->left->text) != NO_ID)) return chair_value(asking, e->left, result);
    if (!role)
        return wrong(asking, e->place, e->text, (struct type){TYPE_ACTOR, NO_ID});
    value argument = 0;
    if (e->left && !read_value(asking, e->left, program->relations[relation].columns[0].type, &argument)) return false;
    *result = actor_role(relation, e->left != NULL, argument);
    return true;
}

static bool duration_value(const struct tree_expression *e, value *result) {
    static const struct {
        const char *unit;
        int64_t months, seconds;
    } units[] = {{"second", 0, 1},    {"minute", 0, 60}, {"hour", 0, 3600}, {"day", 0, 86400},
                 {"week", 0, 604800}, {"month", 1, 0},   {"year", 12, 0}};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (!span_is(e->text, units[i].unit) || e->integer > 100000000) continue;
        *result = duration_of(e->integer * units[i].months, e->integer * units[i].seconds);
        return true;
    }
    return false;
}

static bool literal_value(struct asking *asking, const struct tree_expression *e, struct type type, value *result) {
    if (e->kind == TREE_INTEGER && type.base == TYPE_INT) return *result = e->integer, true;
    if (e->kind == TREE_TIME && type.base == TYPE_TIME) return *result = e->integer, true;
    if (e->kind == TREE_NOW && type.base == TYPE_TIME) return *result = asking->story->question.time, true;
    if (e->kind == TREE_TEXT && type.base == TYPE_TEXT)
        return *result = evaluator_text(asking->story->evaluator, e->text), true;
    if (e->kind == TREE_DURATION && type.base == TYPE_DURATION && duration_value(e, result)) return true;
    if (e->kind == TREE_NEGATE && type.base == TYPE_INT && e->left->kind == TREE_INTEGER)
        return *result = -e->left->integer, true;
    diagnostics_error(asking->all, e->place, NULL, "this is not a value that fits here");
    return false;
}

static bool read_value(struct asking *asking, const struct tree_expression *e, struct type type, value *result) {
    bool actor = type.base == TYPE_ACTOR;
    if (e->kind == TREE_ANY) return *result = VALUE_ANY, true;
    if (e->kind == TREE_NAME) return name_value(asking, e->place, e->text, type, result);
    if (e->kind == TREE_OFFICE_OF && actor) return office_value(asking, e, result);
    if (e->kind == TREE_CALL && actor) return role_value(asking, e, result);
    if (e->kind == TREE_REQUIREMENT && type.base == TYPE_KIND)
        return name_value(asking, e->place, e->text, type, result);
    return literal_value(asking, e, type, result);
}

// ---- Facts ---------------------------------------------------------------------------------------------------------
uint32_t read_relation(struct invocation *invocation, const struct program *program, struct span name) {
    uint32_t relation = program_find_relation(program, name), count = 0;
    if (relation != NO_ID) return relation;
    struct span *names = ARENA_ARRAY(&invocation->arena, struct span, program->relations_count + 1);
    for (uint32_t i = 0; i < program->relations_count; i++)
        if (!program->relations[i].hidden) names[count++] = program->relations[i].name;
    usage(invocation, "the treaty has no fact `%.*s`%s", SPAN_ARG(name), did_you_mean(invocation, name, names, count));
    return NO_ID;
}

// NAME(label, label): how it is written; the asker puts a value or _ in place of each.
static const char *form_of(struct asking *asking, struct span name, const struct column *columns, uint32_t count) {
    struct text out = {0};
    text_print(&out, "write %.*s(", SPAN_ARG(name));
    for (uint32_t i = 0; i < count; i++) {
        struct span label = columns[i].label.length ? columns[i].label : SPAN("_");
        text_print(&out, i ? ", %.*s" : "%.*s", SPAN_ARG(label));
    }
    text_byte(&out, ')');
    struct span form = span_copy(&asking->invocation->arena, text_span(&out));
    text_release(&out);
    return form.at;
}

static void wrong_count(struct asking *asking, struct place place, struct span name, bool act,
                        const struct column *columns, uint32_t count, uint32_t given) {
    diagnostics_error(asking->all, place, form_of(asking, name, columns, count), "`%.*s` %s %u %s%s, here %s %u",
                      SPAN_ARG(name), act ? "takes" : "has", count, act ? "argument" : "column", count == 1 ? "" : "s",
                      given == 1 ? "is" : "are", given);
}

static int read_arguments(struct asking *asking, const struct tree_atom *atom, uint32_t relation, value *pattern) {
    const struct relation *r = &asking->program->relations[relation];
    // No arguments at all ask about any row.
    if (atom->arguments.count != r->column_count && atom->arguments.count != 0) {
        wrong_count(asking, atom->place, r->name, false, r->columns, r->column_count, atom->arguments.count);
        return EXIT_USAGE;
    }
    for (uint32_t i = 0; i < r->column_count; i++) {
        pattern[i] = VALUE_ANY;
        if (atom->arguments.count) read_value(asking, atom->arguments.at[i], r->columns[i].type, &pattern[i]);
    }
    return asking->all->errors ? EXIT_USAGE : EXIT_DONE;
}

// Where several organs decide the act, the one that is named says which is meant.
static int settle_act(struct asking *asking, struct tree_name organ, uint32_t *act) {
    const struct program *program = asking->program;
    uint32_t own = NO_ID;
    struct text organs = {0};
    for (uint32_t i = 0; i < program->organs_count; i++) {
        struct span name = program->organs[i].name;
        uint32_t of = program_act_of_organ(program, *act, i);
        if (of == NO_ID) continue;
        text_print(&organs, "%s%.*s", organs.length ? ", " : "", SPAN_ARG(name));
        if (span_equal(name, organ.text)) own = of;
    }
    int status = EXIT_DONE;
    if (own != NO_ID) *act = own;
    else if (organ.text.length || program_act_is_several(program, *act))
        status = usage(asking->invocation,
                       organs.length ? "name the organ that decides on `%.*s`: %.*s"
                                     : "no organ decides on `%.*s`: it is agreed by each; leave the organ out%.*s",
                       SPAN_ARG(program->acts[*act].name), SPAN_ARG(text_span(&organs)));
    text_release(&organs);
    return status;
}

// P proposes [ORGAN] ACT(ARGUMENTS): the row of the act's items.
static int read_proposes(struct asking *asking, struct tree_atom atom, uint32_t *relation, value *pattern) {
    const struct program *program = asking->program;
    uint32_t act = program_find_act(program, atom.name.text);
    *relation = act == NO_ID ? NO_ID : program->acts[act].item_relation;
    if (*relation == NO_ID) {
        struct span *names = ARENA_ARRAY(&asking->invocation->arena, struct span, program->acts_count + 1);
        uint32_t count = 0;
        for (uint32_t i = 0; i < program->acts_count; i++)
            if (program->acts[i].item_relation != NO_ID) names[count++] = program->acts[i].name;
        const char *near = did_you_mean(asking->invocation, atom.name.text, names, count);
        return usage(asking->invocation, "no act `%.*s` is proposed%s", SPAN_ARG(atom.name.text),
                     act != NO_ID ? ": who may do it does it; `entente blame` says who did" : near);
    }
    int status = settle_act(asking, atom.organ, &act);
    if (status != EXIT_DONE) return status;
    *relation = program->acts[act].item_relation;
    const struct relation *items = &program->relations[*relation];
    struct row_form form = program_row_form(program, *relation);
    if (atom.arguments.count != 1 + form.to - form.from) {
        wrong_count(asking, atom.place, form.name, true, items->columns + form.from, form.to - form.from,
                    atom.arguments.count - 1);
        return EXIT_USAGE;
    }
    for (uint32_t i = 0; i < items->column_count; i++) pattern[i] = VALUE_ANY;
    read_value(asking, atom.arguments.at[0], items->columns[0].type, &pattern[0]);
    for (uint32_t i = form.from; i < form.to; i++)
        read_value(asking, atom.arguments.at[1 + i - form.from], items->columns[i].type, &pattern[i]);
    return asking->all->errors ? EXIT_USAGE : EXIT_DONE;
}

// What was written on the command line, as tokens.
struct written {
    struct tree tree;
    struct diagnostics all;
    struct tokens tokens;
    struct place place;
};

// False: it is wrong, which written_close() tells; it is called either way.
static bool written_open(struct written *written, struct asking *asking, const char *name, const char *words) {
    diagnostics_init(&written->all);
    tree_init(&written->tree);
    asking->written = span_of(words);
    uint32_t source = diagnostics_source(&written->all, span_of(name),
                                         span_of(spell_entities(&asking->invocation->arena, words)));
    written->place = (struct place){source, 0, (uint32_t)strlen(words)};
    written->tokens =
        lex(&written->tree.arena, &written->all, source, 0, written->place.length, asking->program->offset);
    asking->all = &written->all;
    written->all.sources.at[source].text = asking->written;    // what errors show
    return written->all.errors == 0;
}

static void written_close(struct written *written, const struct asking *asking) {
    if (written->all.errors) print_diagnostics(asking->invocation, &written->all);
    diagnostics_release(&written->all);
    tree_release(&written->tree);
}

static int fact_of(struct asking *asking, struct written *written, uint32_t *relation, value *pattern) {
    struct tokens tokens = written->tokens;
    uint32_t next = 0;
    // A relation's name alone.
    if (tokens.count == 2 && tokens.at[0].kind == TOKEN_NAME) {
        struct span name = as_written(asking, tokens.at[0].place, tokens.at[0].text);
        struct type type;
        value entity;
        if (read_entity(asking->program, name, &type, &entity))
            return usage(asking->invocation,
                         "`%.*s` is no duty, finding or proposal that is known then; `entente duties`, `findings` and "
                         "`decisions` list those that are",
                         SPAN_ARG(name));
        *relation = read_relation(asking->invocation, asking->program, name);
        return *relation == NO_ID ? EXIT_USAGE : read_arguments(asking, &(struct tree_atom){0}, *relation, pattern);
    }
    struct tree_conditions conditions = tree_parse_conditions(&written->tree, asking->all, tokens, &next);
    if (asking->all->errors) return EXIT_USAGE;
    const struct tree_condition *c = conditions.count == 1 ? &conditions.at[0] : NULL;
    if (!c || c->kind != TREE_ATOM || c->negated || c->moment || c->since.text.length ||
        tokens.at[next].kind != TOKEN_END) {
        diagnostics_error(asking->all, written->place, "write a fact like member(KAZ); the time goes to --at",
                          "this is not one fact");
        return EXIT_USAGE;
    }
    if (c->atom.proposes) return read_proposes(asking, c->atom, relation, pattern);
    struct span name = as_written(asking, c->atom.name.place, c->atom.name.text);
    *relation = read_relation(asking->invocation, asking->program, name);
    return *relation == NO_ID ? EXIT_USAGE : read_arguments(asking, &c->atom, *relation, pattern);
}

int read_fact(struct invocation *invocation, struct story *story, const char *words, uint32_t *relation,
              value *pattern) {
    struct asking asking = {.invocation = invocation, .story = story, .program = story->treaty.program};
    struct written written;
    int status = EXIT_USAGE;
    if (written_open(&written, &asking, "FACT", words)) status = fact_of(&asking, &written, relation, pattern);
    written_close(&written, &asking);
    return status;
}

int read_of(struct invocation *invocation, struct story *story, value *of) {
    struct asking asking = {.invocation = invocation, .story = story, .program = story->treaty.program};
    struct written written;
    uint32_t next = 0;
    *of = VALUE_ANY;
    if (!has(invocation, OPTION_OF)) return EXIT_DONE;
    if (span_trim(span_of(invocation->values[OPTION_OF])).length == 0)
        return usage(invocation, "--of takes an actor: KAZ, secretary-general, parliament of KAZ, chair(council)");
    const struct tree_expression *actor = NULL;
    if (written_open(&written, &asking, "--of", invocation->values[OPTION_OF]))
        actor = tree_parse_expression(&written.tree, &written.all, written.tokens, &next);
    if (actor && written.tokens.at[next].kind != TOKEN_END)
        diagnostics_error(&written.all, written.place, "KAZ, secretary-general, parliament of KAZ, chair(council)",
                          "this is not one actor");
    else if (actor) read_value(&asking, actor, (struct type){TYPE_ACTOR, NO_ID}, of);
    int status = written.all.errors ? EXIT_USAGE : EXIT_DONE;
    written_close(&written, &asking);
    return status;
}
