#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Takes registers in: a good one (tests/import), wrong ones (tests/import/wrong), tables that Python wrote, and the examples of
# docs/import.md. UPDATE=1 writes what is expected anew.
set -uo pipefail
: "${ROOT:=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}"
: "${ENTENTE:=$ROOT/build/debug/entente}"
cd "$ROOT"
export NO_COLOR=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

source "$ROOT/tests/shell/verdict.sh"

# same NAME EXPECTED GOT: two files are alike.
same() {
    [ -z "${UPDATE:-}" ] || cp "$3" "$2"
    verdict "$1" "$(diff -u --label "$2" --label printed "$2" "$3")"
}

# ---- A good one -------------------------------------------------------------------------------------------------------------
"$ENTENTE" import tests/import/pact.md tests/import/register > "$work/report" 2>&1
same what_became_of_each_row_is_told tests/import/report.expected "$work/report"

for how in "" --naive; do
    verdict "a_scenario_takes_it_in${how:+ ($how)}" "$("$ENTENTE" test $how --treaty tests/import/pact.md tests/import/story.md 2>&1 | grep -v '^ok \|^3 passed, 0 failed$')"
done

look() { "$ENTENTE" "$1" --treaty tests/import/pact.md "tests/import/story.md:all of it" "${@:2}"; }
{
    look why 'chaired-by(BLR)' --at 2004-01-01
    look blame 'approved(doc-d1, KAZ)'
    look state --at 2004-01-01
    look state 'chairing(_)' --at 2004-01-01
    look state 'chairing(KAZ)' --at 2004-01-01
    look state 'chairing(KAZ)' --at 2004-01-01 --seq 3
    look decisions --at 2004-01-01
    look findings
    look duties
} > "$work/looks" 2>&1
same every_command_shows_table_row_and_standing tests/import/looks.expected "$work/looks"

cp tests/import/pact.md "$work/"
"$ENTENTE" import tests/import/pact.md tests/import/register -o "$work/batch.md" > /dev/null
same the_batch_is_a_scenario tests/import/batch.expected "$work/batch.md"
verdict the_batch_runs_as_it_stands "$("$ENTENTE" replay "$work/batch.md" > /dev/null 2>&1 || echo "status $?")"
printf '```scenario\nscenario "x"\nimport "register"\n```\n' > "$work/imports.md"
cp -r tests/import/register "$work/register"
verdict the_batch_does_what_the_register_does "$(diff <("$ENTENTE" replay --dump=facts "$work/batch.md") <("$ENTENTE" replay --dump=facts "$work/imports.md"))"

"$ENTENTE" import tests/import/pact.md tests/import/register --dry-run --output "$work/dry.md" > "$work/dry" 2>&1
verdict a_dry_run_writes_nothing "$([ -e "$work/dry.md" ] && echo "it wrote"; grep -q '^nothing is written$' "$work/dry" || cat "$work/dry")"
ln -s batch.md "$work/link.md"
mkfifo "$work/pipe"
timeout 20 cat "$work/pipe" > "$work/piped" &
"$ENTENTE" import tests/import/pact.md tests/import/register -o "$work/pipe" > /dev/null
wait "$!" || :
"$ENTENTE" import tests/import/pact.md tests/import/register -o "$work/link.md" > /dev/null
verdict links_and_pipes_stay_what_they_are "$([ -L "$work/link.md" ] && [ -p "$work/pipe" ] && cmp "$work/piped" "$work/batch.md" 2>&1 || ls -l "$work")"
cp tests/import/register/README.md "$work/before"
"$ENTENTE" import tests/import/pact.md "$work/register" -o "$work/register/README.md" > "$work/over" 2>&1
verdict what_is_read_is_not_written_over "$([ $? = 2 ] && cmp "$work/before" "$work/register/README.md" 2>&1 || cat "$work/over")"

# ---- A story of its own after it ---------------------------------------------------------------------------------------------
# The register leaves two duties overdue and d2 open; d1 and a duty that was met are nobody's any more.
mkdir "$work/own"
cp -r tests/import/register "$work/own/"
sed 's/^  set chairing(s)/&\n  oblige s to report(_, _) within 1 month/' tests/import/pact.md > "$work/own/pact.md"
cat > "$work/own/own.md" <<'END'
```scenario
scenario "its own"
import "register"
at 2005-01-01
ARM take-chair()
ARM propose council adopt(base, "third", 2005-01-01) as d3
BLR, KAZ consent d3                                -> adopted
ARM propose council adopt(base, "fourth", 2005-01-01) as d4
```
END
own() { "$ENTENTE" replay "$work/own/own.md" "$@" 2>&1; }
own | sed -n '/^Steps/p; /^At the end/,$p' | sed 's/ \[Pact.*//' > "$work/said"
verdict a_story_ends_with_its_own_and_then_what_the_register_left "$(diff -u - "$work/said" <<'END'
Steps of the register taken in before: 10.
At the end
         owed     ARM: report, by 1 Feb 2005 00:00
         open     d4: adopt (base, “fourth”, day 1 Jan 2005 00:00)
                  no answer: BLR, KAZ

Still open from the register
         OVERDUE  BLR: report, by 1 Jul 2003 00:00
         OVERDUE  KAZ: report, by 1 Jul 2004 09:00
         open     d2: adopt (base, “Второй \ документ”, day 20 Jun 2003 00:00)
                  no answer: ARM, KAZ

its expectation is met
END
)"
own --html - > "$work/page.html"
# plain text of a part of the page
part() { sed -n "/$1/,/$2/p" "$work/page.html" | sed 's/<[^>]*>/ /g' | tr -s ' \n' ' ' | sed 's/ $//'; }
verdict the_page_counts_its_own "$(diff -u - <(part '<ul class="figures">' '<.ul>'; echo) <<'END'
 5 entries 1 decision adopted 1 open decision 1 duty open at the end 0 overdue 0 met late 0 open findings 3 still open from the register
END
)"
verdict the_page_lists_its_own_and_then_what_the_register_left "$(diff -u - <(grep -oE '<h2>[A-Z][a-z]+|Still open from the register|<th scope="row">[A-Z]+|<h3><span class="name">d[0-9]|<h3>[^<]*overdue' "$work/page.html" | sed 's/.*>//') <<'END'
Timeline
Duties
ARM
Still open from the register
BLR
KAZ
Decisions
d4
d3
Still open from the register
d2
Findings
report is overdue
Still open from the register
report is overdue
Facts
END
)"
own --json > "$work/json"
verdict programs_are_told_the_same "$(python3 - "$work/json" <<'END' 2>&1
import json, sys
[story] = json.load(open(sys.argv[1]))
def ends(part): return [d["bearer"] for d in part["duties"]] + [d["proposal"].split("@")[0] for d in part["decisions"]] + part["findings"]
got = story["taken-in"], sum("table" in step for step in story["steps"]), len(story["steps"]), ends(story["open"]), ends(story["open-from-register"])
wanted = 10, 10, 14, ["ARM", "proposal"], ["BLR", "KAZ", "proposal"]
if got != wanted: print(got, "instead of", wanted)
END
)"

# ---- Again, further down ----------------------------------------------------------------------------------------------------
cp -r tests/import/register "$work/again"
# refuses NAME STEPS MESSAGE: the steps are wrong, and this is said.
refuses() {
    printf '```scenario\nscenario "again"\n%b\n```\n' "$2" > "$work/again.md"
    "$ENTENTE" test --treaty tests/import/pact.md "$work/again.md" > "$work/got" 2>&1
    verdict "$1" "$([ $? = 3 ] && grep -q "$3" "$work/got" || cat "$work/got")"
}
refuses it_does_not_begin_further_down 'at 2001-01-01\nimport "again"' 'from the start of a scenario'
refuses another_does_not_begin_further_down 'import "again" until 2002-06-01\nimport "more"' 'from the start of a scenario'
refuses it_goes_on_from_where_the_story_is 'import "again" until 2002-06-01\nat 2005-01-01\nARM take-chair()\nimport "again"' 'the clock does not go back'
refuses it_goes_on_to_a_later_time 'import "again" until 2002-06-01\nat 2002-06-01\nimport "again" until 2002-06-01' 'has reached that time already'

# ---- After a scenario -------------------------------------------------------------------------------------------------------
cat > "$work/after.md" <<'END'
```scenario
scenario "before it"
at 2001-01-01
BLR take-chair()
recorded "a letter", unverified by parliament of ARM
  or "another day" recorded "a diary", disputed
try BLR take-chair()   -> refused
```
```scenario
scenario "not this"
at 2010-01-01
ARM take-chair()
```
END
"$ENTENTE" import tests/import/pact.md tests/import/register --after "$work/after.md:before it" -o "$work/both.md" > "$work/both" 2>&1
verdict rows_come_after_a_scenario "$([ $? = 0 ] && "$ENTENTE" test --treaty tests/import/pact.md "$work/both.md" > "$work/ran" 2>&1 && grep -q 'BLR take-chair' "$work/both.md" || cat "$work/both" "$work/ran")"
"$ENTENTE" import tests/import/pact.md tests/import/register --after "$work/after.md:not this" > "$work/late" 2>&1
verdict rows_before_its_end_are_wrong "$([ $? = 3 ] && grep -q 'the clock does not go back' "$work/late" || cat "$work/late")"
printf '```scenario\nscenario "whole"\nimport "register" until 2002-06-01\nexpect chairing(ARM)\n```\n' > "$work/whole.md"
mkdir -p "$work/more"
printf '```import\ntable "t.csv"\nat {at}\n{state} take-chair()\n```\n' > "$work/more/map.md"
printf 'at,state,source,standing\n2002-06-01,KAZ,x,notional\n' > "$work/more/t.csv"
"$ENTENTE" import tests/import/pact.md "$work/more" --after "$work/whole.md" -o "$work/more.md" > "$work/both" 2>&1
verdict rows_come_after_another_register "$([ $? = 0 ] && "$ENTENTE" test --treaty tests/import/pact.md "$work/more.md" > "$work/ran" 2>&1 || cat "$work/both" "$work/ran")"

# ---- Wrong ones -------------------------------------------------------------------------------------------------------------
# A case holds the files of a register, each after `=== NAME`, and after `=== expect` what is said.
for case in tests/import/wrong/*.txt; do
    name=$(basename "$case" .txt)
    folder=$work/wrong/$name
    mkdir -p "$folder"
    awk -v folder="$folder" '/^=== / { file = folder "/" $2; printf "" > file; next } { print > file }' "$case"
    mv "$folder/expect" "$work/expect"
    touch "$work/kept.md"
    (cd "$work/wrong" && "$ENTENTE" import "$ROOT/tests/import/pact.md" "$name" -o "$work/kept.md" 2>&1) > "$work/got"
    echo "status $?" >> "$work/got"
    if [ -n "${UPDATE:-}" ]; then
        sed -i '/^=== expect$/q' "$case"
        cat "$work/got" >> "$case"
    else
        verdict "wrong/$name" "$(diff -u --label "$case" --label printed "$work/expect" "$work/got")"
    fi
    [ ! -s "$work/kept.md" ] || verdict "wrong/$name/writes_nothing" "something was written"
done

# too NAME WORDS: the table t.csv passes a limit.
mkdir -p "$work/limit"
printf '```import\ntable "t.csv"\nat {at}\n{state} take-chair()\n```\n' > "$work/limit/map.md"
too() {
    "$ENTENTE" import tests/import/pact.md "$work/limit" > "$work/said" 2>&1
    verdict "limit/$1" "$([ $? = 3 ] && grep -qF "$2" "$work/said" || head -c 2000 "$work/said")"
}
awk 'BEGIN { printf "at,state,source,standing,note\n2002-01-01,ARM,a,documented,"; for (i = 0; i < 16385; i++) printf "x"; print "" }' > "$work/limit/t.csv"
too cell_bytes "row 2, column \`note\`: a cell has at most 16384 bytes, this one has 16385"
awk 'BEGIN { printf "at,state,source,standing"; for (i = 0; i < 61; i++) printf ",c%d", i; print "" }' > "$work/limit/t.csv"
too columns "a table has at most 64 columns, this one has 65"
awk 'BEGIN { print "at,state,source,standing"; for (i = 0; i < 20001; i++) print "2002-01-01,ARM,a,documented" }' > "$work/limit/t.csv"
too rows "a table has at most 20000 rows"
awk 'BEGIN { print "at,state,source,standing"; for (i = 0; i < 16384; i++) { for (k = 0; k < 16; k++) printf "%064d", k; print "" } }' > "$work/limit/t.csv"
too table_bytes "a table has at most 16777216 bytes"
printf 'at,state,source,standing\n2002-01-01,ARM,caf\351,documented\n' > "$work/limit/t.csv"
too not_utf8 "a byte that is not UTF-8: 0xE9"
rm "$work/limit/t.csv"
too no_table "there is no table \`t.csv\` here"
printf 'at,state,source,standing\n2002-01-01,ARM,a,documented\n' > "$work/limit/t.csv"
printf 'x\n' > "$work/limit/other.csv"
"$ENTENTE" import tests/import/pact.md "$work/limit" > "$work/said" 2>&1
verdict a_table_without_a_map_is_warned_of "$([ $? = 0 ] && grep -q 'no map takes this table in' "$work/said" || cat "$work/said")"
rm "$work/limit/other.csv"
printf 'at,state,source,standing\n' > "$work/limit/t.csv"
"$ENTENTE" import tests/import/pact.md "$work/limit" > "$work/said" 2>&1
verdict a_table_without_rows_is_told_of "$([ $? = 0 ] && grep -q '^  it has no rows$' "$work/said" || cat "$work/said")"
printf '```scenario\nscenario "x"\nimport "limit"\nat 2002-06-01\nARM take-chair()\n```\n' > "$work/empty.md"
"$ENTENTE" test --treaty tests/import/pact.md "$work/empty.md" > "$work/said" 2>&1
verdict a_table_without_rows_brings_nothing "$([ $? = 0 ] && grep -q '^1 passed, 0 failed$' "$work/said" || cat "$work/said")"
"$ENTENTE" import tests/import/pact.md "$work/none" > "$work/said" 2>&1
verdict a_folder_that_is_not_there "$([ $? = 3 ] && grep -q 'there is no such folder' "$work/said" || cat "$work/said")"

# ---- Tables that another program writes and reads ---------------------------------------------------------------------------
mkdir -p "$work/python"
printf '```import\ntable "t.csv"\nat {at}\nARM note("{words}")\n```\n' > "$work/python/map.md"
verdict python_writes_the_same_tables "$(python3 tests/import/tables.py "$ENTENTE" tests/import/pact.md "$work/python" 2>&1)"

# ---- The reference ----------------------------------------------------------------------------------------------------------
# Blocks `csv NAME` of docs/import.md are files beside it; a folder in NAME is a register of its own, with the first map. Commands of a
# `console` block, after `$ `, print what stands below them; a word after `console` is the folder in which they are run.
page=$work/page
mkdir -p "$page/wrong"
cp docs/import.md "$page/import.md"
awk -v page="$page" '
    !inside && /^```/ { inside = 1; info = substr($0, 4); file = ""
                        if (info ~ /^csv /) { file = page "/" substr(info, 5); printf "" > file }
                        if (info == "import" && !maps++) file = page "/wrong/map.md"
                        if (info == "import" && maps == 1) print "```import" > file
                        if (info ~ /^console/) { folder = substr(info, 9); file = page "/" ++number ".shown"; printf "" > file }
                        next }
    inside && /^```$/ { if (info == "import" && file) print "```" > file
                        inside = 0; next }
    inside && info ~ /^console/ && /^\$ / { print "cd \"" page "/" folder "\" && " substr($0, 3) > (page "/" number ".command"); next }
    inside && file { print > file }' docs/import.md
entente() { "$ENTENTE" "$@"; }
for command in "$page"/*.command; do
    (source "$command") > "$work/printed" 2>&1
    verdict "docs: $(sed 's/.*&& //' "$command")" "$(diff -u --label docs/import.md --label printed "${command%.command}.shown" "$work/printed")"
done
verdict "docs: scenarios" "$(cd "$page" && "$ENTENTE" test import.md 2>&1 | grep -v '^ok \|^3 passed, 0 failed$')"
verdict "docs: limits" "$(grep -oE '^\| `[A-Z_]+` \| [0-9]+ \|' docs/import.md | tr -d '|`' | while read -r limit number; do
    grep -qE "#define $limit +${number}u" src/scenario/scenario.h || echo "docs/import.md says $limit is $number"
done)"
