// SPDX-License-Identifier: Apache-2.0
// Trees for a terminal, for programs and for a page.
#include "explain/explain.h"

#define WIDTH 100u    // columns of a line of text

// ---- Text ----------------------------------------------------------------------------------------------------------
struct drawing {
    struct text *out;
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
    uint32_t room = indent + 40 > WIDTH ? 40 : WIDTH - indent, used = 0;
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

void explain_print_text(const struct explain_node *tree, struct text *out, bool colour) {
    struct drawing drawing = {out, colour, {0}};
    draw_line(&drawing, tree, "", "");
    draw_children(&drawing, tree);
    text_release(&drawing.indent);
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
