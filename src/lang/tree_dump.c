// SPDX-License-Identifier: Apache-2.0
// The tree as text: a line for each part, indented under what it belongs to; expressions in prefix form, so that
// precedence shows.
#include "lang/tree.h"

struct dump { struct text *out; uint32_t indent; };

static void line(struct dump *dump, const char *word) {
    text_print(dump->out, "%*s%s", (int)dump->indent * 2, "", word);
}
static void end(struct dump *dump) { text_byte(dump->out, '\n'); }
static void open_level(struct dump *dump) { end(dump), dump->indent++; }
static void close_level(struct dump *dump) { dump->indent--; }
static void word(struct dump *dump, struct span text) { text_print(dump->out, " %.*s", SPAN_ARG(text)); }

// ---- Expressions ----------------------------------------------------------------------------------------------------
static void dump_condition_inline(struct dump *dump, const struct tree_condition *condition);

static void dump_expression(struct dump *dump, const struct tree_expression *expression) {
    static const char *const words[] = {"",  "",  "",    "",      "",    "_",   "now", "-",  "+", "-",
                                        "*", "/", "mod", "count", "sum", "min", "max", "of", ""};
    struct text *out = dump->out;
    switch (expression->kind) {
    case TREE_INTEGER: text_print(out, "%lld", (long long)expression->integer); break;
    case TREE_TIME: calendar_print(out, expression->integer, 0); break;
    case TREE_DURATION:
        text_print(out, "(%lld %.*s)", (long long)expression->integer, SPAN_ARG(expression->text));
        break;
    case TREE_TEXT: text_json(out, expression->text); break;
    case TREE_NAME: text_add(out, expression->text); break;
    case TREE_ANY:
    case TREE_NOW: text_add(out, span_of(words[expression->kind])); break;
    case TREE_NEGATE:
        text_add(out, SPAN("(- "));
        dump_expression(dump, expression->left);
        text_byte(out, ')');
        break;
    case TREE_ADD:
    case TREE_SUBTRACT:
    case TREE_MULTIPLY:
    case TREE_DIVIDE:
    case TREE_MODULO:
        text_print(out, "(%s ", words[expression->kind]);
        dump_expression(dump, expression->left);
        text_byte(out, ' ');
        dump_expression(dump, expression->right);
        text_byte(out, ')');
        break;
    case TREE_COUNT:
    case TREE_SUM:
    case TREE_MIN:
    case TREE_MAX:
        text_print(out, "(%s ", words[expression->kind]);
        dump_expression(dump, expression->left);
        text_add(out, SPAN(" :"));
        for (uint32_t i = 0; i < expression->conditions.count; i++)
            dump_condition_inline(dump, &expression->conditions.at[i]);
        text_byte(out, ')');
        break;
    case TREE_REQUIREMENT: text_print(out, "(%.*s)", SPAN_ARG(expression->text)); break;
    case TREE_OFFICE_OF:
    case TREE_CALL:
        text_print(out, "(%s %.*s", expression->kind == TREE_CALL ? "call" : "of", SPAN_ARG(expression->text));
        if (expression->left) {
            text_byte(out, ' ');
            dump_expression(dump, expression->left);
        }
        text_byte(out, ')');
        break;
    }
}

static void dump_part(struct dump *dump, const char *label, const struct tree_expression *expression) {
    if (!expression) return;
    text_print(dump->out, " %s ", label);
    dump_expression(dump, expression);
}

static void dump_arguments(struct dump *dump, struct tree_expressions arguments) {
    text_byte(dump->out, '(');
    for (uint32_t i = 0; i < arguments.count; i++) {
        if (i) text_add(dump->out, SPAN(", "));
        dump_expression(dump, arguments.at[i]);
    }
    text_byte(dump->out, ')');
}

static void dump_atom(struct dump *dump, const struct tree_atom *atom) {
    if (atom->proposes) text_add(dump->out, SPAN(" proposes"));
    if (atom->organ.text.length) word(dump, atom->organ.text);
    word(dump, atom->name.text);
    dump_arguments(dump, atom->arguments);
}

static void dump_names(struct dump *dump, struct tree_names names) {
    for (uint32_t i = 0; i < names.count; i++) word(dump, names.at[i].text);
}

// ---- Conditions -----------------------------------------------------------------------------------------------------
static void dump_list(struct dump *dump, const char *label, struct tree_conditions conditions) {
    text_print(dump->out, " %s{", label);
    for (uint32_t i = 0; i < conditions.count; i++) dump_condition_inline(dump, &conditions.at[i]);
    text_add(dump->out, SPAN(" }"));
}

static void dump_condition_inline(struct dump *dump, const struct tree_condition *condition) {
    static const char *const compares[] = {"=", "!=", "<", "<=", ">", ">="};
    if (condition->negated) text_add(dump->out, SPAN(" not"));
    switch (condition->kind) {
    case TREE_ATOM:
        dump_atom(dump, &condition->atom);
        if (condition->since.text.length) text_print(dump->out, " since %.*s", SPAN_ARG(condition->since.text));
        dump_part(dump, "at", condition->moment);
        break;
    case TREE_GROUP: dump_list(dump, "", condition->inner); break;
    case TREE_EVERY:
        text_add(dump->out, SPAN(" every"));
        dump_names(dump, condition->variables);
        dump_list(dump, "", condition->inner);
        dump_list(dump, "has ", condition->has);
        break;
    case TREE_COMPARE:
        text_print(dump->out, " (%s ", compares[condition->compare]);
        dump_expression(dump, condition->left);
        text_byte(dump->out, ' ');
        dump_expression(dump, condition->right);
        text_byte(dump->out, ')');
        break;
    }
}

static void dump_conditions(struct dump *dump, const char *label, struct tree_conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        line(dump, label);
        dump_condition_inline(dump, &conditions.at[i]);
        end(dump);
    }
}

static void dump_citation(struct dump *dump, const struct tree_citation *citation) {
    static const char *const standings[] = {"", ", verified", ", unverified", ", disputed", ", notional", ", house"};
    if (citation->count == 0) return;
    line(dump, "cite");
    for (uint32_t i = 0; i < citation->count; i++) {
        text_print(dump->out, "%s %.*s", i ? ";" : "", SPAN_ARG(citation->at[i].source.text));
        if (citation->at[i].where.length) word(dump, citation->at[i].where);
    }
    text_add(dump->out, span_of(standings[citation->standing]));
    end(dump);
}

static void dump_text(struct dump *dump, const char *label, struct tree_name text) {
    if (text.text.at == NULL) return;
    line(dump, label);
    text_byte(dump->out, ' ');
    text_json(dump->out, text.text);
    end(dump);
}

// ---- Clauses --------------------------------------------------------------------------------------------------------
static void dump_who(struct dump *dump, const char *label, const struct tree_who *who) {
    if (!who->given) return;
    line(dump, label);
    text_byte(dump->out, ' ');
    if (who->expression) dump_expression(dump, who->expression);
    else text_print(dump->out, "%.*s %.*s", SPAN_ARG(who->relation.text), SPAN_ARG(who->variable.text));
    end(dump);
    dump->indent++;
    for (uint32_t i = 0; i < who->other_count; i++) dump_who(dump, "or", &who->others[i]);
    if (who->as.text.length) {
        line(dump, "as");
        word(dump, who->as.text);
        end(dump);
    }
    dump->indent--;
}

static void dump_obligation(struct dump *dump, const char *label, const struct tree_obligation *obligation) {
    line(dump, label);
    text_byte(dump->out, ' ');
    dump_expression(dump, obligation->bearer);
    if (obligation->act.text.length) text_print(dump->out, " to %.*s", SPAN_ARG(obligation->act.text));
    if (obligation->with_arguments) dump_arguments(dump, obligation->arguments);
    if (obligation->at_once) text_add(dump->out, SPAN(" at once"));
    dump_part(dump, "within", obligation->within);
    dump_part(dump, "by", obligation->by);
    dump_part(dump, "every", obligation->every);
    if (obligation->as.text.length) text_print(dump->out, " as %.*s", SPAN_ARG(obligation->as.text));
    open_level(dump);
    if (obligation->each.count) {
        line(dump, "each");
        dump_names(dump, obligation->each);
        open_level(dump);
        dump_conditions(dump, "if", obligation->each_conditions);
        close_level(dump);
    }
    dump_conditions(dump, "that", obligation->that);
    dump_conditions(dump, "while", obligation->while_conditions);
    if (obligation->then) dump_obligation(dump, "then oblige", obligation->then);
    close_level(dump);
}

static void dump_effect(struct dump *dump, const struct tree_effect *effect) {
    static const char *const words[] = {"add",     "set",    "extend", "end",   "oblige",
                                        "release", "uphold", "drop",   "annul", "affirm", "waive", "for each"};
    if (effect->kind == EFFECT_OBLIGE) {
        dump_obligation(dump, "oblige", effect->obligation);
        dump->indent++;
    } else {
        line(dump, words[effect->kind]);
        if (effect->atom.name.text.length) dump_atom(dump, &effect->atom);
        if (effect->object) text_byte(dump->out, ' '), dump_expression(dump, effect->object);
        dump_names(dump, effect->variables);
        dump_part(dump, effect->kind == EFFECT_END || effect->kind == EFFECT_ANNUL ? "at" : "from", effect->from);
        dump_part(dump, "until", effect->until);
        open_level(dump);
        dump_conditions(dump, "if", effect->conditions);
        for (uint32_t i = 0; i < effect->effect_count; i++) dump_effect(dump, &effect->effects[i]);
    }
    dump_citation(dump, &effect->citation);
    close_level(dump);
}

static void dump_clause(struct dump *dump, const struct tree_clause *clause) {
    if (clause->kind == CLAUSE_EFFECT) {
        dump_effect(dump, &clause->effect);
        return;
    }
    line(dump, clause->kind == CLAUSE_REQUIRE ? "require" : "ought");
    open_level(dump);
    dump_conditions(dump, "if", clause->conditions);
    dump_text(dump, "else", clause->otherwise);
    dump_citation(dump, &clause->citation);
    close_level(dump);
}

// ---- Declarations ---------------------------------------------------------------------------------------------------
static const char *word_of(const struct tree_declaration *declaration) {
    static const char *const words[] = {"treaty", "library",   "use",     "source", "article", "party",
                                        "entity", "kind",      "office",  "fact",   "given",   "rule",
                                        "organ",  "procedure", "act",     "event",  "norm",    "upon",
                                        "always", "under",     "at once", "records"};
    static const char *const norms[] = {"never", "ought never", "ought"};
    return declaration->kind == TREE_NORM ? norms[declaration->norm] : words[declaration->kind];
}

static void dump_columns(struct dump *dump, const struct tree_declaration *declaration) {
    for (uint32_t i = 0; i < declaration->column_count; i++) {
        const struct tree_column *column = &declaration->columns[i];
        line(dump, declaration->kind != TREE_FACT ? "parameter" : i < declaration->key_count ? "key" : "column");
        if (column->label.text.length)
            text_print(dump->out, " %.*s%s", SPAN_ARG(column->label.text), column->type.text.length ? ":" : "");
        if (column->type.text.length) word(dump, column->type.text);
        end(dump);
    }
}

static void dump_use(struct dump *dump, const struct tree_procedure_use *use) {
    if (use->name.text.length == 0) return;
    line(dump, "decides");
    word(dump, use->name.text);
    dump_arguments(dump, use->arguments);
    open_level(dump);
    dump_citation(dump, &use->citation);
    close_level(dump);
}

static void dump_name(struct dump *dump, const char *label, struct tree_name name) {
    if (name.text.length == 0) return;
    line(dump, label);
    word(dump, name.text);
    end(dump);
}

static void dump_procedure(struct dump *dump, const struct tree_declaration *declaration) {
    for (uint32_t i = 0; i < declaration->closed_count; i++) {
        line(dump, "closed");
        open_level(dump);
        dump_conditions(dump, "when", declaration->closed[i]);
        close_level(dump);
    }
    for (uint32_t i = 0; i < declaration->outcome_count; i++) {
        const struct tree_outcome *outcome = &declaration->outcomes[i];
        line(dump, outcome->otherwise ? "else" : "outcome");
        word(dump, outcome->name.text);
        open_level(dump);
        dump_conditions(dump, "if", outcome->conditions);
        close_level(dump);
    }
}

static void dump_deciding(struct dump *dump, const struct tree_declaration *declaration) {
    dump_who(dump, "by", &declaration->by);
    if (declaration->without.text.length) {
        dump_name(dump, "without", declaration->without);
        dump->indent++;
        dump_conditions(dump, "if", declaration->without_conditions);
        dump->indent--;
    }
    for (uint32_t i = 0; i < declaration->made_count; i++) {
        line(dump, "makes");
        word(dump, declaration->made[i].type.text);
        word(dump, declaration->made[i].variable.text);
        end(dump);
    }
    if (declaration->each.text.length) {
        dump_name(dump, "agreed by each", declaration->each);
        dump->indent++;
        dump_conditions(dump, "if", declaration->each_conditions);
        dump->indent--;
    }
    dump_use(dump, &declaration->decides);
    dump_who(dump, "proposed by", &declaration->proposed_by);
}

static void dump_given(struct dump *dump, const struct tree_declaration *declaration) {
    for (uint32_t i = 0; i < declaration->given_count; i++) {
        line(dump, declaration->given[i].reading ? "or" : "row");
        dump_atom(dump, &declaration->given[i].row);
        open_level(dump);
        dump_citation(dump, &declaration->given[i].citation);
        close_level(dump);
    }
}

static void dump_declaration(struct dump *dump, const struct tree_declaration *declaration) {
    line(dump, word_of(declaration));
    if (declaration->kind == TREE_RULE) dump_atom(dump, &declaration->head);
    else if (declaration->name.text.length) word(dump, declaration->name.text);
    dump_names(dump, declaration->names);
    if (declaration->of.text.length) text_print(dump->out, " of %.*s", SPAN_ARG(declaration->of.text));
    if (declaration->kind == TREE_TREATY) text_print(dump->out, " offset %d", declaration->offset);
    if (declaration->standing != STANDING_DEFAULT) text_print(dump->out, " standing %d", (int)declaration->standing);
    if (declaration->arrow) text_add(dump->out, SPAN(" =>"));
    open_level(dump);
    dump_text(dump, "title", declaration->title);
    for (uint32_t i = 0; i < declaration->further_count; i++) {
        line(dump, "and");
        word(dump, declaration->further[i].name.text);
        open_level(dump);
        dump_text(dump, "title", declaration->further[i].title);
        dump_citation(dump, &declaration->further[i].citation);
        close_level(dump);
    }
    dump_columns(dump, declaration);
    dump_given(dump, declaration);
    dump_name(dump, "seats", declaration->seats);
    dump_name(dump, "chair", declaration->chair);
    dump_name(dump, "voice", declaration->voice);
    dump_deciding(dump, declaration);
    dump_procedure(dump, declaration);
    dump_conditions(dump, "if", declaration->conditions);
    dump_conditions(dump, "leads to", declaration->second);
    if (declaration->within) {
        line(dump, "within ");
        dump_expression(dump, declaration->within);
        end(dump);
    }
    dump_text(dump, "else", declaration->otherwise);
    for (uint32_t i = 0; i < declaration->clause_count; i++) dump_clause(dump, &declaration->clauses[i]);
    dump_citation(dump, &declaration->citation);
    for (uint32_t i = 0; i < declaration->inner_count; i++) dump_declaration(dump, &declaration->inner[i]);
    close_level(dump);
}

void tree_dump(const struct tree *tree, struct text *out) {
    struct dump dump = {out, 0};
    for (uint32_t i = 0; i < tree->blocks.count; i++)
        for (uint32_t j = 0; j < tree->blocks.at[i].count; j++) dump_declaration(&dump, &tree->blocks.at[i].at[j]);
}
