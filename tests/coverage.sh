#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds treaties/csto/coverage.md to the treaty: the lines S1 to S131 are all there, once each, and every place they name
# carries weight. Each place is taken out of a copy of the treaty, by itself, and the scenario that is named beside it must
# then fail. CONTRIBUTING.md says what a place is.
set -uo pipefail
cd "$ROOT"

# Hundreds of runs: the release program, where there is one.
program=${RELEASE:+$RELEASE/entente}
[ -x "${program:-}" ] || program=$ENTENTE
treaty=treaties/csto
map=${COVERAGE_MAP:-$treaty/coverage.md}    # another one, to try
last=131

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# places MAP: `LINE<tab>NUMBER<tab>FILE<tab>WORDS<tab>SCENARIO` for each place of each line.
places() {
    awk '
        /^\| *S[0-9]+ *\|/ {
            count = split($0, cell, / *\| */)
            rest = cell[5]
            if (count != 7 || cell[3] == "" || cell[4] == "" || cell[6] == "" || rest !~ /^\[/) {
                printf "%d\t%s\t\t\t\n", NR, cell[2]
                next
            }
            titles = split(cell[6], title, / *; */)
            n = 0
            while (match(rest, /\[[^]]*\]\([^)]*\) `[^`]*`/)) {
                place = substr(rest, RSTART, RLENGTH)
                rest = substr(rest, RSTART + RLENGTH)
                file = words = place
                sub(/^[^(]*\(/, "", file); sub(/\).*/, "", file)
                sub(/^[^`]*`/, "", words); sub(/`$/, "", words)
                n++
                printf "%d\t%s\t%s\t%s\t%s\n", NR, cell[2], file, words, titles == 1 ? cell[6] : title[n]
            }
            # As many scenarios as places, or one for all.
            if (rest != "" || (titles != 1 && titles != n)) printf "%d\t%s\t\t\t\n", NR, cell[2]
        }' "$1"
}

# take_out FILE WORDS: the file with the one unit that begins with the words left blank, so that every other line keeps its number.
# Status 4: nothing begins so; 5: more than one unit does.
take_out() {
    awk -v table="${1##*.}" -v words="$2" '
        function plain(s) { sub(/^[ \t]+/, "", s); gsub(/[ \t]+/, " ", s); return s }
        function depth(s) { match(s, /^ */); return RLENGTH }
        function begins(s) { return substr(plain(s), 1, length(words)) == words }
        BEGIN { words = plain(words) }
        # A table: the rows whose first cell is the words; rows with one id are readings of one thing.
        table == "csv" {
            if (NR > 1 && substr($0, 1, length(words) + 1) == words ",") { found = 1; print ""; next }
            print
            next
        }
        /^```/ { inside = !inside && ($0 == "```treaty" || $0 == "```scenario" || $0 == "```import"); cutting = 0; print; next }
        !inside { print; next }
        # What is indented deeper than the first line goes with it.
        cutting && $0 != "" && depth($0) <= level { cutting = 0 }
        cutting { print ""; next }
        begins($0) { found++; cutting = 1; level = depth($0); print ""; next }
        { print }
        END { exit found == 0 ? 4 : found > 1 ? 5 : 0 }' "$1"
}

source "$ROOT/tests/shell/verdict.sh"

# ---- The lines --------------------------------------------------------------------------------------------------------------
places "$map" > "$scratch/places"
verdict every_line_stands_once "$(
    { sed -n 's/^| *S\([0-9]*\) *|.*/\1/p' "$map"; seq "$last"; } | sort -n | uniq -c |
        awk '$1 == 1 { print "S" $2 ": no line, or one too many" } $1 > 2 { print "S" $2 ": " $1 - 1 " lines" }')"
verdict every_line_is_whole "$(
    awk -F '\t' -v map="$map" '$3 == "" || $4 == "" || $5 == "" {
        print map ":" $1 ": " $2 ": a line has five cells: number, words, question, [FILE](FILE) `FIRST WORDS`, scenario" }' "$scratch/places")"

# Opinions and what is contested: each stands as the statement of somebody.
opinions='S14 S25 S30 S55 S63 S64 S65 S66 S67 S68 S90 S102 S106 S129'
verdict opinions_stand_as_statements "$(
    for number in $opinions; do
        awk -F '\t' -v number="$number" '$2 == number && $3 == "register/statements.csv" { found = 1 } END { exit !found }' \
            "$scratch/places" || echo "$number: none of its places is a row of register/statements.csv"
    done)"

# ---- With nothing taken out ---------------------------------------------------------------------------------------------------
"$program" test --color never "$treaty" > "$scratch/whole" 2>&1
code=$?
if [ "$code" -gt 1 ]; then
    verdict the_treaty_is_read "$(head -n 20 "$scratch/whole")"
    exit 1
fi
verdict every_scenario_is_there_and_passes "$(
    sed -n 's/^ok \(.*\) (.*:[0-9]*)$/\1/p' "$scratch/whole" | sort -u > "$scratch/passing"
    cut -f5 "$scratch/places" | sort -u | comm -23 - "$scratch/passing" | sed '/^$/d; s/^/no scenario of this title passes: /')"

# ---- With each place taken out --------------------------------------------------------------------------------------------------
# weigh COPY LINE NUMBER FILE WORDS SCENARIO: one place, in a copy of the treaty of its own process.
weigh() {
    local copy=$1 line=$2 number=$3 file=$4 words=$5 scenario=$6 out code=0 why=''
    if [[ $file == *..* || ! -f $copy/$file ]]; then
        why="there is no file $file"
    else
        take_out "$copy/$file" "$words" > "$copy.cut" || code=$?
        case $code in
            0)  cp "$copy/$file" "$copy.kept"
                cp "$copy.cut" "$copy/$file"
                code=0
                out=$("$program" test --color never "$copy" --only "$scenario" 2>&1) || code=$?
                cp "$copy.kept" "$copy/$file"
                why=$(judge "$copy" "$file" "$words" "$scenario" "$code" "$out") ;;
            4)  why="nothing in $file begins with $words" ;;
            5)  why="more than one thing in $file begins with $words: write more of it" ;;
            *)  why="$file cannot be read" ;;
        esac
    fi
    verdict "$number: $file $words" "${why:+    $map:$line: $why}"
}

# A scenario fails by what becomes of it, or because it asks for what is no longer there: an error in its own file, or in a row of
# the register that builds on the one taken out. That the treaty as a whole does not hold together any more proves nothing.
judge() {
    local copy=$1 file=$2 words=$3 scenario=$4 code=$5 out=$6 own
    case $code in
        0)  echo "“$scenario” passes without it: $file $words" ;;
        1)  grep -qF "FAILED $scenario (" <<< "$out" || echo "“$scenario” was not run:"$'\n'"$out" ;;
        3)  own=$(grep -lrxF "scenario \"$scenario\"" "$copy" --include='*.md' | head -n 1)
            if grep -qF "$own:" <<< "$(grep ': error: ' <<< "$out")"; then return; fi
            if [[ $file == *.csv ]] && grep -qF "\`$words\`" <<< "$(grep ': error: ' <<< "$out")"; then return; fi
            echo "without it the treaty cannot be read, whatever the scenario: cite a part of it"$'\n'"$(head -n 8 <<< "$out")" ;;
        *)  echo "the program ended with status $code"$'\n'"$out" ;;
    esac
}

# The lines are dealt to two processes.
for part in 0 1; do
    cp -r "$treaty" "$scratch/csto-$part"
    awk -F '\t' -v part="$part" '$3 != "" && NR % 2 == part' "$scratch/places" |
        while IFS=$'\t' read -r line number file words scenario; do
            weigh "$scratch/csto-$part" "$line" "$number" "$file" "$words" "$scenario"
        done > "$scratch/weighed-$part" 2>&1 &
done
wait
cat "$scratch/weighed-0" "$scratch/weighed-1"

# Every place has been asked about.
verdict every_place_is_weighed "$(
    said=$(grep -cE '^(ok|FAILED) S' "$scratch/weighed-0" "$scratch/weighed-1" | awk -F : '{ n += $2 } END { print n }')
    places=$(awk -F '\t' '$3 != ""' "$scratch/places" | wc -l)
    [ "$said" = "$places" ] && [ "$places" -ge "$last" ] || echo "$places places, $said of them weighed")"

# ---- A map that is wrong ----------------------------------------------------------------------------------------------------------
[ -z "${COVERAGE_MAP:-}" ] || exit 0
cat > "$scratch/wrong.md" <<'END'
| S1 | words | question | [a](02-membership.md) `act accede()` | No such title |
| S2 | words | question | [a](no-such-file.md) `act accede()` | Admission |
| S3 | words | question | [a](02-membership.md) `act no-such-act()` | Admission |
| S4 | words | question | [a](02-membership.md) `by member s` | Admission |
| S5 | words | question | [a](02-membership.md) `act give-notice(` | Admission |
| S6 | words | question | [a](02-membership.md) `fact member(state)` | Admission |
| S7 | words | question | somewhere | Admission |
| S7 | words | question | [a](register/members.csv) `KAZ`, [a](register/members.csv) `BLR` | Admission; Admission; Admission |
END
COVERAGE_MAP=$scratch/wrong.md bash "$ROOT/tests/coverage.sh" > "$scratch/wrong" 2>&1
verdict what_is_wrong_is_said "$(
    while IFS= read -r words; do
        grep -qF -- "$words" "$scratch/wrong" || echo "it does not say: $words"
    done <<'END'
S8: no line, or one too many
S14: none of its places is a row of register/statements.csv
S7: 2 lines
wrong.md:7: S7: a line has five cells
wrong.md:8: S7: a line has five cells
no scenario of this title passes: No such title
wrong.md:2: there is no file no-such-file.md
wrong.md:3: nothing in 02-membership.md begins with act no-such-act()
wrong.md:4: more than one thing in 02-membership.md begins with by member s
wrong.md:5: “Admission” passes without it
wrong.md:6: without it the treaty cannot be read
END
)"
