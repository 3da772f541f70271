// SPDX-License-Identifier: Apache-2.0
// Trees for a terminal, for programs and for a page.
#include "explain/explain.h"

#define WIDTH 100u               // columns of a line of text
#define DECISIVE_LINES_MAX 8u    // of a refusal
#define DECISIVE_LEVELS_MAX 3u

// ---- Text ----------------------------------------------------------------------------------------------------------
struct drawing {
    struct text *out;
    uint32_t width;
    bool colour;
    struct text indent;
};    // indent: what stands before the lines of the level

static uint32_t columns_of(struct span text) {
    uint32_t columns = 0;
    for (uint32_t i = 0; i < text.length; i++) columns += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return columns;
}

// The bytes of `text` that fit into `room` columns, cut at a blank where there is one.
static uint32_t bytes_fitting(struct span text, uint32_t room) {
    uint32_t columns = 0, at = 0, blank = 0;
    while (at < text.length) {
        uint32_t next = at + 1;
        while (next < text.length && ((unsigned char)text.at[next] & 0xC0) == 0x80) next++;
        if (columns == room) return blank ? blank : at;
        if (text.at[at] == ' ') blank = at;
        columns++;
        at = next;
    }
    return text.length;
}

static const char *mark_of(const struct explain_node *node) {
    if (node->kind == EXPLAIN_CUT) return "… ";
    if (node->kind == EXPLAIN_REMEDY) return "→ ";
    return node->truth == EXPLAIN_HOLDS ? "✓ " : node->truth == EXPLAIN_FAILS ? "✗ " : "";
}

static const char *colour_of(const struct explain_node *node) {
    if (node->kind == EXPLAIN_REMEDY || node->kind == EXPLAIN_MISSING) return "\033[33m";
    return node->truth == EXPLAIN_HOLDS ? "\033[32m" : node->truth == EXPLAIN_FAILS ? "\033[31m" : "";
}

static void line_part(struct drawing *drawing, const char *colour, struct span part) {
    bool painted = drawing->colour && colour[0];
    if (painted) text_add(drawing->out, span_of(colour));
    text_add(drawing->out, part);
    if (painted) text_add(drawing->out, SPAN("\033[0m"));
}

// One node over as many lines as it takes; continuation lines stand under its text.
static void draw_line(struct drawing *drawing, const struct explain_node *node, const char *branch, const char *below) {
    struct span mark = span_of(mark_of(node)), rest = node->text;
    text_add(drawing->out, text_span(&drawing->indent));
    text_add(drawing->out, span_of(branch));
    line_part(drawing, colour_of(node), mark);
    uint32_t indent = columns_of(text_span(&drawing->indent)) + columns_of(span_of(branch)) + columns_of(mark);
    uint32_t room = indent + 40 > drawing->width ? 40 : drawing->width - indent, used = 0;
    for (bool citing = false;;) {
        uint32_t length = bytes_fitting(rest, room - used);
        bool whole = length == rest.length;
        line_part(drawing,
                  citing                        ? "\033[2m"
                  : node->kind == EXPLAIN_CLAIM ? "\033[1m"
                                                : "",
                  span_part(rest, 0, length));
        used += columns_of(span_part(rest, 0, length));
        rest = span_trim(span_part(rest, length, rest.length - length));
        if (whole && (citing || node->citation.length == 0)) break;
        if (whole) {
            citing = true;
            rest = node->citation;
            if (used + 2 + columns_of(rest) <= room) {
                text_add(drawing->out, SPAN("  "));
                used += 2;
                continue;
            }
        }
        text_byte(drawing->out, '\n');
        text_add(drawing->out, text_span(&drawing->indent));
        text_add(drawing->out, span_of(below));
        for (uint32_t i = 0; i < columns_of(mark); i++) text_byte(drawing->out, ' ');
        used = 0;
    }
    text_byte(drawing->out, '\n');
}

static void draw_children(struct drawing *drawing, const struct explain_node *node) {
    for (const struct explain_node *child = node->first; child; child = child->next) {
        struct span below = child->next ? SPAN("│  ") : SPAN("   ");
        draw_line(drawing, child, child->next ? "├─ " : "└─ ", child->next ? "│  " : "   ");
        size_t kept = drawing->indent.length;
        text_add(&drawing->indent, below);
        draw_children(drawing, child);
        drawing->indent.length = kept;
    }
}

void explain_print_within(const struct explain_node *tree, uint32_t width, struct text *out, bool colour) {
    struct drawing drawing = {out, width, colour, {0}};
    draw_line(&drawing, tree, "", "");
    draw_children(&drawing, tree);
    text_release(&drawing.indent);
}

void explain_print_text(const struct explain_node *tree, struct text *out, bool colour) {
    explain_print_within(tree, WIDTH, out, colour);
}

// ---- What decides --------------------------------------------------------------------------------------------------
struct deciding {
    struct text *out;
    struct span citation;    // said already
    uint32_t lines;
};

static bool is_failing(const struct explain_node *node) {
    return node->truth == EXPLAIN_FAILS || node->kind == EXPLAIN_MISSING || node->kind == EXPLAIN_REMEDY ||
           node->kind == EXPLAIN_NEAR;
}

static void decisive_line(struct deciding *deciding, const struct explain_node *node, uint32_t level) {
    if (deciding->lines++ >= DECISIVE_LINES_MAX) return;
    for (uint32_t i = 0; i < level; i++) text_add(deciding->out, SPAN("   "));
    text_add(deciding->out, span_of(mark_of(node)));
    text_add(deciding->out, node->text);
    if (node->citation.length && !span_equal(node->citation, deciding->citation))
        text_print(deciding->out, "  %.*s", SPAN_ARG(node->citation));
    text_byte(deciding->out, '\n');
}

// The proposals of an act that would bring it about, and how they stand.
static void decide_tried(struct deciding *deciding, const struct explain_node *remedy, uint32_t level) {
    for (const struct explain_node *child = remedy->first; child; child = child->next)
        if (child->kind == EXPLAIN_NOTE) decisive_line(deciding, child, level);
}

// `missing`: what is missing was said above. What was met on the way does not decide, but where nothing below fails,
// what holds is what stands against it.
static void decide(struct deciding *deciding, const struct explain_node *node, uint32_t level, bool missing) {
    bool fails = false;
    for (const struct explain_node *child = node->first; child; child = child->next) fails |= is_failing(child);
    for (const struct explain_node *child = node->first; child; child = child->next) {
        bool row = !fails && child->truth == EXPLAIN_HOLDS, figures = child->kind == EXPLAIN_AGGREGATE;
        if (row || figures) {
            decisive_line(deciding, child, level);
        } else if (!is_failing(child) || child->kind == EXPLAIN_NOTE) {
            continue;
        } else if (child->kind == EXPLAIN_RULE || child->restates || (missing && child->kind == EXPLAIN_ABSENT)) {
            decide(deciding, child, level, missing);
        } else if (!missing || child->kind != EXPLAIN_NEAR) {
            decisive_line(deciding, child, level);
            missing |= child->kind == EXPLAIN_MISSING;
            if (child->kind == EXPLAIN_REMEDY) decide_tried(deciding, child, level + 1);
            bool leaf = child->kind == EXPLAIN_MISSING || child->kind == EXPLAIN_REMEDY || child->kind == EXPLAIN_NEAR;
            if (!leaf && level + 1 < DECISIVE_LEVELS_MAX) decide(deciding, child, level + 1, false);
        }
    }
}

void explain_print_decisive(const struct explain_node *tree, struct text *out) {
    struct deciding deciding = {out, tree->citation, 0};
    decide(&deciding, tree, 0, false);
    if (deciding.lines > DECISIVE_LINES_MAX) text_print(out, "… +%u\n", deciding.lines - DECISIVE_LINES_MAX);
}

// ---- JSON ----------------------------------------------------------------------------------------------------------
static const char *standing_name(tree_standing standing) {
    switch (standing) {
    case STANDING_VERIFIED: return "verified";
    case STANDING_UNVERIFIED: return "unverified";
    case STANDING_DISPUTED: return "disputed";
    case STANDING_NOTIONAL: return "notional";
    case STANDING_HOUSE: return "house";
    default: return "none";
    }
}

void explain_print_moment(int64_t time, struct text *out) {
    struct calendar_date date = calendar_date_of(time, 0);
    if (time == TIME_MIN || time == TIME_MAX) text_add(out, SPAN("null"));
    else
        text_print(out, "\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", date.year, date.month, date.day, date.hour, date.minute,
                   date.second);
}

void explain_print_json(const struct explain_node *tree, struct text *out) {
    text_print(out, "{\"kind\":\"%s\"", explain_kind_name(tree->kind));
    if (tree->truth != EXPLAIN_NEUTRAL)
        text_print(out, ",\"holds\":%s", tree->truth == EXPLAIN_HOLDS ? "true" : "false");
    text_add(out, SPAN(",\"text\":"));
    text_json(out, tree->text);
    if (tree->citation.length) {
        text_add(out, SPAN(",\"citation\":"));
        text_json(out, tree->citation);
        text_print(out, ",\"standing\":\"%s\"", standing_name(tree->standing));
    }
    if (tree->position) text_print(out, ",\"entry\":%u", tree->position);
    if (tree->time != TIME_MIN) {
        text_add(out, SPAN(",\"since\":"));
        explain_print_moment(tree->time, out);
    }
    if (tree->first) {
        text_add(out, SPAN(",\"because\":["));
        for (const struct explain_node *child = tree->first; child; child = child->next) {
            explain_print_json(child, out);
            if (child->next) text_byte(out, ',');
        }
        text_byte(out, ']');
    }
    text_byte(out, '}');
}

// ---- HTML ----------------------------------------------------------------------------------------------------------
static void html_line(const struct explain_node *node, struct text *out) {
    text_print(out, "<span class=\"%s%s\">", explain_kind_name(node->kind),
               node->truth == EXPLAIN_HOLDS   ? " holds"
               : node->truth == EXPLAIN_FAILS ? " fails"
                                              : "");
    text_html(out, node->text);
    text_add(out, SPAN("</span>"));
    if (node->citation.length == 0) return;
    text_print(out, " <cite class=\"%s\">", standing_name(node->standing));
    text_html(out, node->citation);
    text_add(out, SPAN("</cite>"));
}

static void html_node(const struct explain_node *node, struct text *out) {
    if (!node->first) {
        text_add(out, SPAN("<div>"));
        html_line(node, out);
        text_add(out, SPAN("</div>\n"));
        return;
    }
    text_print(out, "<details class=\"why\"%s><summary>", node->kind == EXPLAIN_CLAIM ? " open" : "");
    html_line(node, out);
    text_add(out, SPAN("</summary>\n"));
    for (const struct explain_node *child = node->first; child; child = child->next) html_node(child, out);
    text_add(out, SPAN("</details>\n"));
}

void explain_print_html(const struct explain_node *tree, struct text *out) { html_node(tree, out); }
