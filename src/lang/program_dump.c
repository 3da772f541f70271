// SPDX-License-Identifier: Apache-2.0
// --dump=program: the whole program, one thing a line, with the numbers by which its parts name one another.
#include "lang/program.h"

struct dump {
    const struct program *program;
    struct text *out;
    const struct frame *frame;
};

static void print_type(const struct program *program, struct type type, struct text *out) {
    static const char *const plain[] = {"int", "time", "duration", "text", "party", "actor", "entity", "kind"};
    struct span name = {0};
    if (type.base == TYPE_PARTY && type.of != NO_ID) name = program->party_types[type.of].name;
    if (type.base == TYPE_ENTITY) name = program->entity_types[type.of].name;
    if (type.base == TYPE_KIND) name = program->kinds[type.of].name;
    if (name.length) text_add(out, name);
    else text_print(out, "%s", type.base < COUNT_OF(plain) ? plain[type.base] : "?");
}

static void dump_columns(const struct dump *d, const struct column *columns, uint32_t count, uint32_t keys) {
    text_byte(d->out, '(');
    for (uint32_t i = 0; i < count; i++) {
        if (i == keys) text_print(d->out, i ? " => " : "=> ");
        else if (i) text_print(d->out, ", ");
        if (columns[i].label.length) text_print(d->out, "%.*s: ", SPAN_ARG(columns[i].label));
        print_type(d->program, columns[i].type, d->out);
    }
    text_byte(d->out, ')');
}

static void dump_citation(const struct dump *d, const struct citation *citation) {
    if (!citation->count) return;
    text_byte(d->out, ' ');
    program_print_citation(d->program, citation, d->out);
}

static void dump_expression(const struct dump *d, const struct expression *e) {
    if (e) program_print_expression(d->program, &d->program->texts, d->frame, e, d->out);
    else text_byte(d->out, '_');
}

static void dump_arguments(const struct dump *d, const struct expression *const *arguments, uint32_t count) {
    text_byte(d->out, '(');
    for (uint32_t i = 0; i < count; i++) {
        if (i) text_print(d->out, ", ");
        dump_expression(d, arguments[i]);
    }
    text_byte(d->out, ')');
}

static void dump_conditions(const struct dump *d, const char *before, struct conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        text_print(d->out, "%s", i ? ", " : before);
        program_print_condition(d->program, &d->program->texts, d->frame, &conditions.at[i], d->out);
    }
}

static void dump_slots(const struct dump *d, const uint32_t *slots, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        text_print(d->out, "%s", i ? ", " : "");
        if (d->frame->names[slots[i]].length) text_add(d->out, d->frame->names[slots[i]]);
        else text_print(d->out, "#%u", slots[i]);
    }
}

static void dump_frame(const struct dump *d, const char *indent) {
    text_print(d->out, "%sframe", indent);
    for (uint32_t i = 0; i < d->frame->slot_count; i++) {
        text_print(d->out, "%s", i ? ", " : " ");
        if (d->frame->names[i].length) text_print(d->out, "%.*s: ", SPAN_ARG(d->frame->names[i]));
        print_type(d->program, d->frame->types[i], d->out);
    }
    text_byte(d->out, '\n');
}

// ---- Names ----------------------------------------------------------------------------------------------------------
static void dump_names(const struct dump *d) {
    const struct program *p = d->program;
    text_print(d->out, "treaty %.*s \"%.*s\" offset %d\n", SPAN_ARG(p->name), SPAN_ARG(p->title), p->offset);
    for (uint32_t i = 0; i < p->sources_count; i++)
        text_print(d->out, "source %u %.*s \"%.*s\"\n", i, SPAN_ARG(p->sources[i].name), SPAN_ARG(p->sources[i].title));
    for (uint32_t i = 0; i < p->party_types_count; i++) {
        text_print(d->out, "party-type %u %.*s", i, SPAN_ARG(p->party_types[i].name));
        for (uint32_t k = 0; k < p->parties_count; k++)
            if (p->parties[k].type == i) text_print(d->out, " %.*s=%u", SPAN_ARG(p->parties[k].name), k);
        text_byte(d->out, '\n');
    }
    for (uint32_t i = ENTITY_FIRST_OWN; i < p->entity_types_count; i++)
        text_print(d->out, "entity %u %.*s\n", i, SPAN_ARG(p->entity_types[i].name));
    for (uint32_t i = KIND_OUTCOME; i < p->kinds_count; i++) {
        if (i == KIND_CONDITION) continue;    // the requires, which stand with their acts
        text_print(d->out, "kind %u %.*s", i, SPAN_ARG(p->kinds[i].name));
        for (uint32_t k = 0; k < p->kinds[i].constant_count; k++)
            text_print(d->out, " %.*s", SPAN_ARG(p->kinds[i].constants[k].name));
        text_byte(d->out, '\n');
    }
    for (uint32_t i = 0; i < p->offices_count; i++) {
        text_print(d->out, "office %u %.*s", i, SPAN_ARG(p->offices[i].name));
        if (p->offices[i].of != NO_ID) text_print(d->out, " of %.*s", SPAN_ARG(p->party_types[p->offices[i].of].name));
        dump_citation(d, &p->offices[i].citation);
        text_byte(d->out, '\n');
    }
}

// ---- Relations and rules --------------------------------------------------------------------------------------------
static void dump_rule(const struct dump *outer, const struct rule *rule) {
    struct dump d = {outer->program, outer->out, &rule->frame};
    text_print(d.out, "  rule %.*s", SPAN_ARG(d.program->relations[rule->relation].name));
    dump_arguments(&d, rule->head, d.program->relations[rule->relation].column_count);
    dump_conditions(&d, " if ", rule->body);
    dump_citation(&d, &rule->citation);
    text_byte(d.out, '\n');
}

static void dump_relation(const struct dump *d, uint32_t id) {
    const struct relation *relation = &d->program->relations[id];
    text_print(d->out, "%s %u %.*s", relation->derived ? "derived" : "fact", id, SPAN_ARG(relation->name));
    dump_columns(d, relation->columns, relation->column_count, relation->key_count);
    if (relation->hidden) text_print(d->out, " hidden");
    if (relation->derived)
        text_print(d->out, " stratum %u%s", relation->stratum, relation->recursive ? " recursive" : "");
    dump_citation(d, &relation->citation);
    text_byte(d->out, '\n');
    for (uint32_t i = 0; i < relation->given_count; i++) {
        const struct given_row *row = &relation->given[i];
        text_print(d->out, "  %s ", row->reading_of == NO_ID ? "given" : "or");
        for (uint32_t k = 0; k < relation->column_count; k++) {
            text_print(d->out, "%s", k ? ", " : "");
            program_print_value(d->program, &d->program->texts, relation->columns[k].type, row->values[k], d->out);
        }
        dump_citation(d, &row->citation);
        text_byte(d->out, '\n');
    }
    for (uint32_t i = 0; i < relation->rule_count; i++) dump_rule(d, &d->program->rules[relation->rules[i]]);
}

// ---- Effects --------------------------------------------------------------------------------------------------------
static void dump_effects(const struct dump *d, const struct effect *effects, uint32_t count, int indent) {
    static const char *const words[] = {"add",    "set",  "extend", "end",    "oblige", "release",
                                        "uphold", "drop", "annul",  "affirm", "waive",  "for-each"};
    for (uint32_t i = 0; i < count; i++) {
        const struct effect *effect = &effects[i];
        text_print(d->out, "%*s%s", indent, "", words[effect->kind]);
        if (effect->relation != NO_ID) {
            text_print(d->out, " %.*s", SPAN_ARG(d->program->relations[effect->relation].name));
            dump_arguments(d, effect->arguments, d->program->relations[effect->relation].column_count);
        }
        if (effect->object) {
            text_byte(d->out, ' ');
            dump_expression(d, effect->object);
        }
        if (effect->from) {
            text_print(d->out, effect->kind == EFFECT_END || effect->kind == EFFECT_ANNUL ? " at " : " from ");
            dump_expression(d, effect->from);
        }
        if (effect->occurred) text_print(d->out, " (late knowledge)");
        if (effect->until) {
            text_print(d->out, " until ");
            dump_expression(d, effect->until);
        }
        if (effect->obligation != NO_ID) text_print(d->out, " obligation %u", effect->obligation);
        if (effect->duty_slot != NO_ID) {
            text_print(d->out, " as ");
            dump_slots(d, &effect->duty_slot, 1);
        }
        if (effect->kind == EFFECT_FOR_EACH) {
            text_byte(d->out, ' ');
            dump_slots(d, effect->slots, effect->slot_count);
            dump_conditions(d, ": ", effect->conditions);
        }
        dump_citation(d, &effect->citation);
        text_byte(d->out, '\n');
        dump_effects(d, effect->effects, effect->effect_count, indent + 2);
    }
}

static void dump_obligation(const struct dump *outer, const struct obligation *o, uint32_t id) {
    struct dump d = {outer->program, outer->out, &o->frame};
    text_print(d.out, "obligation %u", id);
    if (o->act != NO_ID) {
        text_print(d.out, " to %.*s", SPAN_ARG(d.program->acts[o->act].name));
        dump_arguments(&d, o->pattern, d.program->acts[o->act].parameter_count);
    } else text_print(d.out, " that");
    if (o->each_count) text_print(d.out, " each");
    if (o->at_once) text_print(d.out, " at once");
    if (o->house_due) text_print(d.out, " (house)");
    if (o->due) text_print(d.out, " due");
    if (o->period) {
        text_print(d.out, " every ");
        dump_expression(&d, o->period);
    }
    if (o->while_conditions.count) dump_conditions(&d, " while ", o->while_conditions);
    text_print(d.out, ", keeps %u in %.*s, norm %u", o->captured_count,
               SPAN_ARG(d.program->relations[o->relation].name), o->norm);
    if (o->met_watch != NO_ID) text_print(d.out, ", met by watch %u", o->met_watch);
    if (o->lapse_watch != NO_ID) text_print(d.out, ", lapses by watch %u", o->lapse_watch);
    if (o->then != NO_ID) text_print(d.out, ", then obligation %u", o->then);
    dump_citation(&d, &o->citation);
    text_byte(d.out, '\n');
}

// ---- Acts -----------------------------------------------------------------------------------------------------------
static void dump_actor(const struct dump *d, const struct who *who) {
    switch (who->kind) {
    case WHO_ANYONE: text_print(d->out, "anyone"); break;
    case WHO_MEMBER:
        if (who->relation != NO_ID) text_add(d->out, d->program->relations[who->relation].name);
        else print_type(d->program, who->type, d->out);
        text_byte(d->out, ' ');
        dump_slots(d, &who->slot, 1);
        break;
    case WHO_OFFICE_OF:
        text_print(d->out, "%.*s of ", SPAN_ARG(d->program->offices[who->office].name));
        dump_slots(d, &who->slot, 1);
        break;
    case WHO_ACTOR: dump_expression(d, who->actor); break;
    case WHO_ONE_OF:
        for (uint32_t i = 0; i < who->other_count; i++) {
            if (i) text_print(d->out, " or ");
            dump_actor(d, &who->others[i]);
        }
        if (who->slot == NO_ID) break;
        text_print(d->out, " as ");
        dump_slots(d, &who->slot, 1);
        break;
    }
}

static void dump_who(const struct dump *d, const char *word, const struct who *who) {
    text_print(d->out, "  %s ", word);
    dump_actor(d, who);
    text_byte(d->out, '\n');
}

static void dump_act(const struct dump *outer, uint32_t id) {
    static const char *const kinds[] = {"direct", "by organ", "agreed"};
    const struct act *act = &outer->program->acts[id];
    struct dump d = {outer->program, outer->out, &act->frame};
    text_print(d.out, "%s %u %.*s", act->event ? "event" : "act", id, SPAN_ARG(act->name));
    dump_columns(&d, act->parameters, act->parameter_count, act->parameter_count);
    text_print(d.out, " %s", kinds[act->kind]);
    dump_citation(&d, &act->citation);
    text_byte(d.out, '\n');
    dump_frame(&d, "  ");
    dump_who(&d, "by", &act->by);
    if (act->proposer_given) dump_who(&d, "proposed by", &act->proposed_by);
    if (act->decides.procedure != NO_ID) {
        text_print(d.out, "  decided by %.*s", SPAN_ARG(d.program->procedures[act->decides.procedure].name));
        dump_arguments(&d, act->decides.arguments, d.program->procedures[act->decides.procedure].parameter_count);
        text_byte(d.out, '\n');
    }
    for (uint32_t i = 0; i < act->clause_count; i++) {
        const struct clause *clause = &act->clauses[i];
        text_print(d.out, "  %s", clause->ought ? "ought" : "require");
        dump_conditions(&d, " ", clause->conditions);
        text_print(d.out, " else \"%.*s\"", SPAN_ARG(clause->message));
        if (clause->bind_count) {
            text_print(d.out, " binds ");
            dump_slots(&d, clause->binds, clause->bind_count);
        }
        if (!clause->ought && clause->norm != NO_ID) text_print(d.out, ", waived: norm %u", clause->norm);
        dump_citation(&d, &clause->citation);
        text_byte(d.out, '\n');
    }
    dump_effects(&d, act->effects, act->effect_count, 2);
}

// ---- Procedures, watches, norms -------------------------------------------------------------------------------------
static void dump_organ(const struct dump *d, uint32_t id) {
    const struct organ *organ = &d->program->organs[id];
    text_print(d->out, "organ %u %.*s \"%.*s\" seats %.*s", id, SPAN_ARG(organ->name), SPAN_ARG(organ->title),
               SPAN_ARG(d->program->relations[organ->seats].name));
    if (organ->chair != NO_ID) text_print(d->out, " chair %.*s", SPAN_ARG(d->program->relations[organ->chair].name));
    if (organ->voice != NO_ID) text_print(d->out, " voice %.*s", SPAN_ARG(d->program->relations[organ->voice].name));
    dump_citation(d, &organ->citation);
    text_byte(d->out, '\n');
}

static void dump_procedure(const struct dump *outer, uint32_t id) {
    const struct procedure *procedure = &outer->program->procedures[id];
    struct dump d = {outer->program, outer->out, &procedure->frame};
    text_print(d.out, "procedure %u %.*s", id, SPAN_ARG(procedure->name));
    dump_columns(&d, procedure->parameters, procedure->parameter_count, procedure->parameter_count);
    dump_citation(&d, &procedure->citation);
    text_byte(d.out, '\n');
    for (uint32_t i = 0; i < procedure->outcome_count; i++) {
        const struct outcome *outcome = &procedure->outcomes[i];
        text_print(d.out, "  %s%.*s", outcome->otherwise ? "else " : "",
                   SPAN_ARG(d.program->kinds[KIND_OUTCOME].constants[outcome->outcome].name));
        dump_conditions(&d, " if ", outcome->conditions);
        text_byte(d.out, '\n');
    }
}

static void dump_watch(const struct dump *outer, uint32_t id) {
    static const char *const kinds[] = {"close", "met", "lapse", "upon", "overdue", "period", "norm"};
    const struct watch *watch = &outer->program->watches[id];
    struct dump d = {outer->program, outer->out, &watch->frame};
    text_print(d.out, "watch %u %s", id, kinds[watch->kind]);
    if (watch->norm != NO_ID) text_print(d.out, " norm %u", watch->norm);
    if (watch->obligation != NO_ID) text_print(d.out, " obligation %u", watch->obligation);
    text_print(d.out, " of ");
    dump_slots(&d, watch->binding, watch->binding_count);
    dump_conditions(&d, ": ", watch->conditions);
    dump_citation(&d, &watch->citation);
    text_byte(d.out, '\n');
    dump_effects(&d, watch->effects, watch->effect_count, 2);
}

static void dump_norm(const struct dump *d, uint32_t id) {
    static const char *const kinds[] = {"ought",    "never", "act-ought", "overdue",
                                        "leads-to", "void",  "contested", "waived"};
    const struct norm *norm = &d->program->norms[id];
    text_print(d->out, "norm %u %s \"%.*s\" in %.*s", id, kinds[norm->kind], SPAN_ARG(norm->message),
               SPAN_ARG(d->program->relations[norm->relation].name));
    if (norm->watch != NO_ID) text_print(d->out, " watch %u", norm->watch);
    dump_citation(d, &norm->citation);
    text_byte(d->out, '\n');
}

void program_dump(const struct program *program, struct text *out) {
    struct dump d = {program, out, NULL};
    dump_names(&d);
    for (uint32_t i = 0; i < program->relations_count; i++)
        if (i == RELATION_SEAT || i == RELATION_CLOSES || i >= RELATION_FIRST_OWN) dump_relation(&d, i);
    for (uint32_t i = 0; i < program->organs_count; i++) dump_organ(&d, i);
    for (uint32_t i = 0; i < program->procedures_count; i++) dump_procedure(&d, i);
    for (uint32_t i = 0; i < program->acts_count; i++) dump_act(&d, i);
    for (uint32_t i = 0; i < program->obligations_count; i++) dump_obligation(&d, &program->obligations[i], i);
    for (uint32_t i = 0; i < program->watches_count; i++) dump_watch(&d, i);
    for (uint32_t i = 0; i < program->norms_count; i++) dump_norm(&d, i);
}
