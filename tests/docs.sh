#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds docs/language.md and docs/tutorial.md to what the program does. The reference: each example is compiled and its scenarios
# are run. The tutorial: its edits are made and its commands are run, and what they print is compared. To look at one example
# of the reference: `tests/docs.sh example LINE` prints it as it is run.
set -uo pipefail
shopt -s nullglob
: "${ROOT:=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}"
: "${ENTENTE:=$ROOT/build/debug/entente}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NO_COLOR=1 COLUMNS=100

# ---- The reference ----------------------------------------------------------------------------------------------------------
#
# A block is told by its first line and the words of its fence:
#   treaty frame     the lines on which fragments stand; an example of its own
#   treaty           begins an example: a whole program where its first line begins with `treaty`, else a fragment, set under the frame
#   treaty further   more of the example before
#   treaty wrong     an example that the compiler refuses; the next `expect` block holds what is said, lines counted from the fragment's
#   treaty from CASE is quoted from tests/cases/CASE.md, and stands there line for line
#   scenario         tries the example before
# Each example becomes a folder: example.md, and of a wrong one `expect` and `before`, the number of lines above the fragment.
split_reference() {
    awk -v out="$1" '
        function end_example(   path, file) {
            if (!line) return
            path = sprintf("%s/%05d", out, line)
            system("mkdir -p " path)
            file = path "/example.md"
            printf "```treaty\n%s```\n%s", program, scenarios > file
            close(file)
            print title > (path "/title"); close(path "/title")
            print above + 1 > (path "/before"); close(path "/before")
            if (wrong) { printf "%s", expected > (path "/expect"); close(path "/expect") }
            line = 0
        }
        function count_lines(text) { return gsub(/\n/, "\n", text) }
        function begin_example(fragment) {
            end_example()
            line = at; title = heading; wrong = 0; scenarios = expected = ""
            program = fragment ? frame : ""
            above = fragment ? count_lines(frame) : 0
        }
        function end_block(   whole, file) {
            whole = body ~ /^(treaty|library) /
            if (info == "treaty frame") { begin_example(0); frame = program = body }
            else if (info == "treaty further") program = program body
            else if (info ~ /^treaty from /) { file = out "/" substr(info, 13) ".quote"; printf "%s", body >> file; print "" >> file }
            else if (info == "treaty") { begin_example(!whole); program = program body }
            else if (info == "treaty wrong") { begin_example(!whole); program = program body; wrong = 1 }
            else if (info == "scenario") scenarios = scenarios "\n```scenario\n" body "```\n"
            else if (info == "expect") expected = body
        }
        /^```/ && !inside { inside = 1; info = substr($0, 4); body = ""; at = NR; next }
        /^```/ { inside = 0; end_block(); next }
        inside { body = body $0 "\n"; next }
        /^#/ { heading = $0; sub(/^#+ */, "", heading) }
        END { end_example() }
    ' "$2"
}

# What is said of a wrong example, with lines counted from the fragment's first.
told() {
    awk -v before="$1" '
        match($0, /^([^ ]*\/)?example\.md:[0-9]+/) {
            rest = substr($0, RLENGTH + 1)
            split(substr($0, 1, RLENGTH), parts, ":")
            said = "line " (parts[2] - before)
            while (match(rest, /line [0-9]+/)) {
                said = said substr(rest, 1, RSTART - 1) "line " (substr(rest, RSTART + 5, RLENGTH - 5) - before)
                rest = substr(rest, RSTART + RLENGTH)
            }
            print said rest
            next
        }
        { print }'
}

run_example() {
    local folder=$1 line title out code=0
    line=$((10#$(basename "$folder")))
    title=$(cat "$folder/title")
    if [ -e "$folder/expect" ]; then
        out=$(cd "$folder" && "$ENTENTE" check example.md 2>&1)
        told "$(cat "$folder/before")" <<< "$out" > "$folder/got"
        if diff -u --label "language.md, as it stands" --label "what is said" "$folder/expect" "$folder/got" > "$folder/diff"; then
            echo "ok language/$line: $title, a mistake"
        else
            echo "FAILED language/$line: $title, a mistake"
            cat "$folder/diff"
        fi
        return
    fi
    out=$(cd "$folder" && "$ENTENTE" check example.md 2>&1) || code=$?
    if [ "$code" != 0 ]; then
        echo "FAILED language/$line: $title"
        told "$(cat "$folder/before")" <<< "$out"
        return
    fi
    if ! grep -q '^```scenario' "$folder/example.md"; then
        echo "ok language/$line: $title"
        return
    fi
    (cd "$folder" && "$ENTENTE" test example.md 2>&1) | told "$(cat "$folder/before")" | awk -v line="$line" -v heading="$title" '
        / passed, [0-9]+ failed$/ { next }
        /^(ok|FAILED) /           { word = $1; sub(/^[a-zA-Z]+ /, ""); sub(/ \(example\.md:[0-9]+\)$/, ""); print word " language/" line ": " $0; seen = 1; next }
                                  { print }
        END { if (!seen) print "FAILED language/" line ": " heading " cannot be run" }'
}

# The cases of tests/cases that the reference does not link to.
missing_cases() {
    local file
    for file in "$ROOT"/tests/cases/[a-z]-*.md; do
        grep -q "tests/cases/$(basename "$file")" "$ROOT/docs/language.md" || echo "docs/language.md does not link to $(basename "$file")"
    done
}

# Quoted lines that the case does not have, or not one after the other.
wrong_quotes() {
    local quote
    for quote in "$work"/language/*.quote; do
        awk -v name="$(basename "$quote" .quote)" '
            NR == FNR { case_text = case_text $0 "\n"; next }
            /^$/ { if (part != "" && !index(case_text, part)) print "tests/cases/" name ".md does not say:\n" part; part = ""; next }
            { part = part $0 "\n" }' "$ROOT/tests/cases/$(basename "$quote" .quote).md" "$quote"
    done
}

# Limits are named with their values; each must be what the source says: a table row | `NAME` | VALUE | ...
wrong_limits() {
    grep -oE '^\| `[A-Z_]+` \| [0-9 ]+ \|' "$ROOT/docs/language.md" | tr -d '|`' | while read -r name number; do
        number=${number// /}
        said=$(grep -rhE "#define $name +" "$ROOT/src" | head -1 | sed -E "s/#define $name +//; s@ *//.*@@; s/[u()]//g; s/int64_t//")
        [ -n "$said" ] && [ "$((said))" = "$number" ] || echo "docs/language.md says $name is $number; the source says ${said:-nothing}"
    done
}

# Words of the grammar that no parser knows, and declarations that the grammar does not have.
wrong_grammar() {
    local word grammar
    grammar=$(sed -n '/^```grammar$/,/^```$/p' "$ROOT/docs/language.md" | sed 's/(\*.*\*)//')
    for word in $(grep -oE '"[a-z]+"' <<< "$grammar" | tr -d '"' | sort -u); do
        grep -qE "[\"{]$word\"" "$ROOT"/src/lang/{parser,citation,resolve}*.c || echo "the grammar has \`$word\`, the parser does not"
    done
    sed -n '/forms\[\] = {/,/};/p' "$ROOT/src/lang/parser_declaration.c" | grep -oE '\{"[a-z]+"' | tr -d '{"' | while read -r word; do
        grep -q "\"$word\"" <<< "$grammar" || echo "the grammar does not have \`$word\`"
    done
}

source "$ROOT/tests/shell/verdict.sh"

# ---- The tutorial -----------------------------------------------------------------------------------------------------------
#
# What a reader does with a block is said in the prose, and here: the first `markdown` block is compact.md, further ones go to its end, after
# a blank line. A comment before a block, which is not seen on the page, says otherwise:
#   <!-- edit: before PATTERN -->         it goes before the first line that matches, with a blank line between
#   <!-- edit: from PATTERN to PATTERN -->   it takes the place of the lines from the first to the second, both included
#   <!-- try: ... -->                     likewise, until the next block of commands was run; then the file is as before
#   <!-- line: after PATTERN: TEXT -->    a single line that the prose names
# Commands stand in `console` blocks, each after `$ `, with what they print below them.
run_tutorial() {
    local folder=$work/tutorial
    mkdir -p "$folder"
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$ENTENTE" > "$folder/run"
    chmod +x "$folder/run"
    awk -v folder="$folder" '
        function read_file(   text, row) {
            text = ""
            while ((getline row < file) > 0) text = text row "\n"
            close(file)
            return text
        }
        function write_file(text) { printf "%s", text > file; close(file) }
        function apply(how, block,   rows, count, i, from, to, stage, text, parts) {
            if (how == "whole") { write_file(block); return }
            if (how == "end") { write_file(read_file() "\n" block); return }
            count = split(read_file(), rows, "\n") - 1
            text = ""; stage = 0
            if (how ~ /^before /) from = substr(how, 8)
            else if (how ~ /^after /) from = substr(how, 7)
            else { split(substr(how, 6), parts, " to "); from = parts[1]; to = parts[2] }
            for (i = 1; i <= count; i++) {
                if (stage == 0 && rows[i] ~ from) {
                    stage = 2
                    if (how ~ /^before /) text = text block "\n" rows[i] "\n"
                    else if (how ~ /^after /) text = text rows[i] "\n" block
                    else { text = text block; stage = rows[i] ~ to && to == from ? 2 : 1 }
                } else if (stage == 1) {
                    if (rows[i] ~ to) stage = 2
                } else text = text rows[i] "\n"
            }
            if (stage != 2) print "FAILED tutorial/" NR ": no line matches in: " how
            write_file(text)
        }
        function run_command(   path, printed, shell, row) {
            if (command == "") return
            path = folder "/commands.sh"
            print "cd \"" folder "\" && " command > path; close(path)
            printed = ""
            shell = "bash " path " 2>&1 < /dev/null"; while ((shell | getline row) > 0) printed = printed row "\n"
            close(shell)
            if (printed == expected) print "ok tutorial/" at ": " command
            else {
                print "FAILED tutorial/" at ": " command
                printf "%s", expected > (folder "/expected"); close(folder "/expected")
                printf "%s", printed > (folder "/printed"); close(folder "/printed")
                fflush()
                system("diff -u --label tutorial.md --label printed \"" folder "/expected\" \"" folder "/printed\"")
            }
            command = ""
        }
        BEGIN { file = folder "/compact.md" }
        !inside && /^<!-- (edit|try): / {
            edit = $0; sub(/^<!-- (edit|try): /, "", edit); sub(/ -->$/, "", edit)
            if (/^<!-- try/) { kept = read_file(); trying = 1 }
            next
        }
        !inside && /^<!-- line: / {
            rest = $0; sub(/^<!-- line: /, "", rest); sub(/ -->$/, "", rest)
            colon = index(rest, ": ")
            apply(substr(rest, 1, colon - 1), substr(rest, colon + 2) "\n")
            next
        }
        !inside && /^```/ { fence = $0; sub(/[^`].*/, "", fence); info = substr($0, length(fence) + 1); inside = 1; block = ""; next }
        inside && $0 == fence {
            inside = 0
            if (edit == "" && info == "markdown") edit = started++ ? "end" : "whole"
            else if (info == "markdown") started++
            if (info == "console") { run_command(); if (trying) write_file(kept); trying = 0 }
            else if (edit != "") apply(edit, block)
            edit = ""
            next
        }
        inside && info == "console" && /^\$ / { run_command(); command = substr($0, 3); expected = ""; at = NR; next }
        inside && info == "console" { expected = expected $0 "\n"; next }
        inside { block = block $0 "\n" }
    ' "$ROOT/docs/tutorial.md"
}

# ---- All of it --------------------------------------------------------------------------------------------------------------
mkdir -p "$work/language"
split_reference "$work/language" "$ROOT/docs/language.md"
if [ "${1:-}" = example ]; then
    cat "$work/language/$(printf '%05d' "$2")/example.md"
    exit
fi
report=$(
    for folder in "$work"/language/*/; do run_example "${folder%/}"; done
    verdict every_case_is_linked "$(missing_cases)"
    verdict quotes_are_those_of_the_cases "$(wrong_quotes)"
    verdict grammar_is_that_of_the_parser "$(wrong_grammar)"
    verdict limits_are_those_of_the_source "$(wrong_limits)"
    run_tutorial || echo "FAILED tutorial: it could not be read"
)
printf '%s\n' "$report"
! grep -q '^FAILED ' <<< "$report"
