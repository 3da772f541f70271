#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whatever a report shows has a label in English and Russian; whatever one does or fills in has a line of help as well.
set -uo pipefail
cd "$ROOT"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

source "$ROOT/tests/shell/verdict.sh"

# ---- Names, messages and help lines of every treaty and of the libraries that it uses -------------------------------
for treaty in treaties/*/; do
    treaty=${treaty%/}
    [ "$treaty" = treaties/std ] && continue
    wrong=
    for language in en ru; do
        [ -f "$treaty/labels.$language" ] || wrong+="$treaty/labels.$language is not there"$'\n'
    done
    said=$("$ENTENTE" check "$treaty" --labels --color never 2>&1) || wrong+=$(grep -v 'are missing$' <<< "$said" | head -40)
    verdict "everything_is_labelled: $treaty" "$wrong"
done

# ---- The program's own words ----------------------------------------------------------------------------------------
# Every text that is passed to a function that says it in the reader's language, as a literal, has a line in labels.ru.
literals() {
    cat src/scenario/*.c src/explain/*.c src/cli/*.c | tr '\n' ' ' | sed 's/" *"//g' |
        grep -oE '(words_say|said|said_span|html_say|html_format|labels_say|[^a-z_]say)\((&?[a-z_>.-]+(\([^()]*\))?, )?[^";]*(SPAN\()?"([^"\\]|\\.)*"( : "([^"\\]|\\.)*")*' |
        grep -oE '"([^"\\]|\\.)*"' | grep '[A-Za-z]\{2\}' | LC_ALL=C sort -u
}
keys() { grep -oE '^"([^"\\]|\\.)*"' treaties/std/labels.ru | LC_ALL=C sort -u; }
verdict "words_of_reports_are_labelled" "$(comm -23 <(literals) <(keys))"

# ---- A report in Russian has no English of the program's ------------------------------------------------------------
# What the treaty's author or the scenario's wrote stays as it is: names in formulas and citations, texts in quotes, what was recorded.
english() {
    grep -oE '(^| )(is|are|was|were|has|have|had|the|of|by|at|since|until|from|which|would|not|no|and|for|entry|line|holds|missing|done|refused|due|overdue|owed|open|closed|adopted|projection|nothing|today|ago)( |[,.;:]|$)' |
        LC_ALL=C sort | uniq -c | sort -rn | head -10
}
# Formulas keep the treaty's language; a line that has one is left out, and so are the labels' own names at the end.
# What is quoted may go on in the next line.
plain() {
    sed -zE 's/«[^»]*»//g' | sed -E 's/“[^”]*”//g; s/"[^"]*"//g; s/`[^`]*`//g; s/\[[^]]*\]//g; s/[a-z-]+\([^()]*\)//g' |
        grep -vE 'записано|[✓✗→├└│]|^  [A-Za-z][A-Za-z0-9-]*: |^[A-Za-z]' || true
}
cp -r tests/cli "$scratch/pact"
touch "$scratch/pact/labels.ru"
# What `check --labels` asks for is all that it takes.
fill() { sed -nE 's/^.*: ("[^"]*") has no label in labels\.ru$/\1 "Так сказано"/p; s/^(.*: )?([^" :]+) has no label in labels\.ru$/\2 "Название" "Пояснение"/p'; }
"$ENTENTE" check "$scratch/pact/pact.md" --labels 2> /dev/null | fill > "$scratch/lines"
cat "$scratch/lines" > "$scratch/pact/labels.ru"
verdict "what_is_listed_is_all_that_is_missing" \
    "$("$ENTENTE" check "$scratch/pact/pact.md" --labels 2>&1 | grep 'labels\.ru')"
for command in replay duties decisions findings state "diff --from 2025-01-01"; do
    set -- $command
    name=$1
    shift
    said=$("$ENTENTE" "$name" "$scratch/pact/pact.md:an operation" "$@" --lang ru --color never 2>&1) || said="status $?: $said"
    verdict "no_english_is_left: $name" "$(plain <<< "$said" | english)"
done

# Of what it is told: which scenarios pass and why others fail, what no scenario tries, what became of a register's rows.
# say NAME ARGS...: what a command says in Russian has no English; its status is not asked.
say() { verdict "no_english_is_left: $1" "$("$ENTENTE" "${@:2}" --lang ru --color never 2>&1 | plain | english)"; }
say check check "$scratch/pact/pact.md"
say test test "$scratch/pact/pact.md" --coverage
sed 's/^expect member(ARM)/expect member(BLR)\nexpect duty BLR\nexpect finding "none"\nexpect met _\nBLR accede() -> refused/' "$scratch/pact/pact.md" > "$scratch/pact/failing.md"
rm "$scratch/pact/pact.md"
say "test, which fails" test "$scratch/pact/failing.md"
# Below each row stands what was recorded of it, which stays as it is.
verdict "no_english_is_left: import" \
    "$("$ENTENTE" import tests/import/pact.md tests/import/register --lang ru | grep -v '^ \{9\}[^ ]' | plain | english)"
said=$("$ENTENTE" test "$scratch/pact/failing.md" --lang ru --color never 2>&1)
verdict "what_fails_is_told_in_the_language" "$(for words in НЕВЕРНО ожидалось получено 'не выполнено: 1'; do grep -qF "$words" <<< "$said" || echo "not there: $words"; done)"

# Every line of help but the calls themselves.
for command in "" $("$ENTENTE" help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
    verdict "help_is_in_the_language: ${command:-all}" \
        "$("$ENTENTE" help $command --lang ru | grep '[A-Za-z]' | LC_ALL=C grep -v $'[\xd0\xd1]')"
done

# Who did what of a duty stands on the page without what was said, but with all of who it was.
"$ENTENTE" replay 'treaties/csto/cases/kazakhstan-2022.md:' --lang ru --html "$scratch/page.html" > /dev/null 2>&1
verdict "a_label_with_brackets_is_not_cut" "$(grep -qF 'soft">Командующий силами (Россия): доложить</span>' "$scratch/page.html" || echo "the act is missing")"

# ---- A third language is a file -------------------------------------------------------------------------------------
cp -r tests/cli "$scratch/third"
printf '%s\n' 'KAZ "Қазақстан"' 'open-consultations "Консультациялар ашу"' '"duty" "міндет"' > "$scratch/third/labels.kk"
said=$("$ENTENTE" replay "$scratch/third/pact.md:an operation" --lang kk 2>&1) || said="status $?: $said"
wrong=
for words in 'Қазақстан' 'консультациялар ашу' 'міндет' 'recorded: ' '[en]'; do
    grep -qF -- "$words" <<< "$said" || wrong+="not there: $words"$'\n'
done
verdict "three_lines_are_a_language_and_the_rest_is_english" "$wrong"

# A translation that takes other arguments than the English is not used.
printf '"all %%u expectations are met\\n" "%%s%%n%%u\\n"\n' > "$scratch/third/labels.kk"
said=$("$ENTENTE" replay "$scratch/third/pact.md:an operation" --lang kk 2>&1)
verdict "a_wrong_format_is_not_used" "$(grep -qE 'expectations? (are|is) met' <<< "$said" || echo "$said" | tail -3)"
