#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tries each command of the program on a small treaty: what it prints, what it returns, how it takes a wrong line.
set -uo pipefail
cd "$ROOT"
unset NO_COLOR

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pact=tests/cli/pact.md
story="$pact:an operation"

# try STATUS ARGS...: runs the program, keeps out, err and status; says FAILED of $name where the status is another.
name='' tried='' out='' err='' status=0 bad=''
try() {
    local want=$1
    shift
    tried="entente $*"
    out=$("$ENTENTE" "$@" 2> "$scratch/err") && status=0 || status=$?
    err=$(cat "$scratch/err")
    [ "$status" = "$want" ] || bad+="status $status, expected $want: entente $*"$'\n'"$err"$'\n'
}
says() { [[ $out == *"$1"* ]] || bad+="expected to read: $1"$'\n'"of: $tried"$'\n'"$out"$'\n'; }
complains() { [[ $err == *"$1"* ]] || bad+="expected to hear: $1"$'\n'"of: $tried"$'\n'"$err"$'\n'; }
silent() { [ -z "$out" ] || bad+="expected nothing on standard output: $tried"$'\n'"$out"$'\n'; }
json() { node -e 'JSON.parse(require("fs").readFileSync(0, "utf8"))' <<< "$out" 2> /dev/null || bad+="no JSON: $tried"$'\n'"$out"$'\n'; }
case_is() { name=$1 bad=''; }
verdict() {
    if [ -z "$bad" ]; then echo "ok $name"; else printf 'FAILED %s\n%s' "$name" "$bad"; fi
}

# ---- Help and usage ---------------------------------------------------------------------------------------------------------
commands=$("$ENTENTE" help | sed -n 's/^  \([a-z-]*\) .*/\1/p')

case_is every_command_has_help
for command in $commands; do
    try 0 "$command" --help
    says "usage: entente $command"
    try 0 help "$command"
    says "usage: entente $command"
done
verdict

case_is no_command_is_usage
try 2
silent
complains "usage: entente COMMAND"
try 0 --help
says "why-not"
try 0 --version
says "entente "
verdict

case_is unknown_words_are_met_with_the_nearest
try 2 stat "$story"
complains "did you mean state?"
try 2 help duty
try 2 state "$story" --jsn
complains "did you mean --json?"
try 2 state "$story" membr
complains "did you mean member?"
try 2 why "$story" 'member(KAZZ)'
complains 'did you mean `KAZ`?'
try 2 state "$pact:an operatoin"
complains "did you mean an operation?"
verdict

case_is a_wrong_option_runs_nothing
cp "$pact" "$scratch/wide.md"
sed -i 's/^  add member(s)$/  add       member(s)/' "$scratch/wide.md"
before=$(sha256sum < "$scratch/wide.md")
try 2 fmt "$scratch/wide.md" --chek
silent
complains "did you mean --check?"
try 2 fmt --at 2025-01-01 "$scratch/wide.md"
complains "it takes no --at"
try 2 fmt --check --check "$scratch/wide.md"
complains "given twice"
[ "$before" = "$(sha256sum < "$scratch/wide.md")" ] || bad+="the file was written"$'\n'
try 2 state "$story" --at
complains "--at takes a value"
try 2 state "$story" --at --json
complains "--at takes a value"
try 2 state "$story" --json=yes
complains "takes no value"
try 2 state "$story" --color=blue
complains "auto always never"
try 2 state "$story" --at yesterday
complains "is no time"
try 2 state "$story" member more
complains "one argument too many"
try 2 state
complains "SCENARIO is missing"
try 2 why "$story"
complains "FACT | line N | NAME is missing"
verdict

case_is options_stand_anywhere
try 0 state --at 2025-01-05 "$story" member
first=$out
try 0 state "$story" member --at=2025-01-05
[ "$first" = "$out" ] || bad+="--at TIME before and --at=TIME behind differ"$'\n'
try 3 check -- --json
complains "cannot read --json"
verdict

case_is completion_knows_every_command
for shell in bash zsh fish; do
    try 0 completion $shell
    for command in $commands; do says "$command"; done
done
try 0 completion bash
bash -n <<< "$out" || bad+="the completion for bash does not parse"$'\n'
try 2 completion tcsh
verdict

# ---- check, fmt ---------------------------------------------------------------------------------------------------------------
case_is check_reports_and_returns
try 0 check "$pact"
says 'pact "A small pact"'
try 1 check "$pact" --labels
says "ARM has no label in labels.en"
says "labels or help lines are missing"
try 2 check "$pact" --labels --json
try 0 check "$pact" --json
says '"ok":true'
json
sed 's/add member(s)/add membr(s)/' "$pact" > "$scratch/wrong.md"
try 3 check "$scratch/wrong.md"
silent
complains "wrong.md:"
try 3 check "$scratch/wrong.md" --json
says '"ok":false'
json
try 3 check "$scratch/nowhere.md"
complains "cannot read"
try 2 check "$pact" --dump=facts
for stage in tokens tree program; do
    try 0 check "$pact" --dump=$stage
    says "member"
done
verdict

case_is labels_are_checked
mkdir "$scratch/labelled"
cp "$pact" "$scratch/labelled/"
printf 'KAZ "Kazakhstan"\nKAZ "Again"\nKAZZ "Typo"\nARM\n' > "$scratch/labelled/labels.ru"
try 3 check "$scratch/labelled"
complains "has a label already, in line 1"
complains "did you mean KAZ?"
complains "a label is a name and a text in quotes"
verdict

case_is fmt_lays_out_once
try 1 fmt --check "$scratch/wide.md"
says "is not laid out"
try 0 fmt "$scratch/wide.md"
says "wide.md"
try 0 fmt "$scratch/wide.md"
silent
try 0 fmt --check "$scratch/wide.md"
silent
try 3 fmt "$scratch/nowhere.md"
verdict

case_is a_block_indented_by_four_is_shown_not_run
{ cat "$pact"; printf '    ```scenario\n    scenario "shown"\n    at 2025-01-01\n    KAZ nonsense()\n    ```\n\n   ```scenario\n   scenario "run"\n   at 2025-01-01\n   ARM accede()\n    ```\n   ```\n'; } > "$scratch/indented.md"
try 3 test "$scratch/indented.md"
sed -i '$d' "$scratch/indented.md"
sed -i '$d' "$scratch/indented.md"
printf '   ```\n' >> "$scratch/indented.md"
try 0 test "$scratch/indented.md"
says "3 passed, 0 failed"
[[ $out != *shown* ]] || bad+="what is shown was run"$'\n'
complains "a block that is indented by four blanks is shown, not run"
verdict

case_is fmt_changes_nothing_of_a_block_without_an_end
printf 'Prose.\n\n```treaty\ntreaty   pact "A pact"\n```\n\n```treaty\nparty   state = ARM\n' > "$scratch/endless.md"
before=$(sha256sum < "$scratch/endless.md")
for option in "" --check; do
    try 3 fmt $option "$scratch/endless.md"
    silent
    complains "endless.md:7:1: error: the block begun at line 7 has no end"
done
[ "$before" = "$(sha256sum < "$scratch/endless.md")" ] || bad+="the file was written"$'\n'
verdict

case_is fmt_writes_through_a_link
mkdir "$scratch/linked"
printf '```treaty\nparty   state = ARM\n```\n' > "$scratch/linked/real.md"
chmod 640 "$scratch/linked/real.md"
ln -s linked/real.md "$scratch/link.md"
try 0 fmt "$scratch/link.md"
[ -L "$scratch/link.md" ] || bad+="the link became a file"$'\n'
[ "$(stat -c %a "$scratch/linked/real.md")" = 640 ] || bad+="the mode is another"$'\n'
try 0 fmt --check "$scratch/linked/real.md"
[ "$(ls "$scratch/linked")" = real.md ] || bad+="something was left beside it"$'\n'
verdict

# ---- test, replay ---------------------------------------------------------------------------------------------------------------
case_is test_runs_every_scenario
try 0 test "$pact"
says "ok an operation (tests/cli/pact.md:"
[ "${out##*$'\n'}" = "2 passed, 0 failed" ] || bad+="the last line is ${out##*$'\n'}"$'\n'
try 0 test "$pact" --match quiet
says "1 passed, 0 failed"
try 1 test "$pact" --match nothing-like-it
try 0 test "$pact" --only "a quiet year"
says "1 passed, 0 failed"
try 2 test "$pact" --only "a quiet yaer"
complains "did you mean a quiet year?"
try 2 test "$pact" --only quiet
try 2 test "$pact" --only ""
try 2 test "$story" --only "a quiet year"
complains "one too many"
sed 's/^KAZ appeal/KAZ apeal/' "$pact" > "$scratch/half.md"
try 3 test "$scratch/half.md"
try 0 test "$scratch/half.md" --only "a quiet year"
try 0 test "$pact" --naive
says "2 passed, 0 failed"
try 0 test "$pact" --json
json
try 0 test "$pact" --coverage
try 0 test "$pact" --coverage --json
json
sed 's/^expect member(ARM)/expect member(BLR)/' "$pact" > "$scratch/failing.md"
try 1 test "$scratch/failing.md"
says "FAILED a quiet year"
says "1 passed, 1 failed"
says "member(BLR) does not hold"
try 1 test "$scratch/failing.md" --json
json
verdict

case_is replay_tells_the_story
try 0 replay "$story"
says "columns at the border"
try 0 replay "$story" --naive
try 0 replay "$pact"
try 0 replay "$story" --json
json
try 0 replay "$story" --dump=facts
says "member(KAZ) from 2025-01-01 10:00 +03:00 until without end, begun 3"
try 0 replay "$story" --html "$scratch/page.html"
grep -q '<html' "$scratch/page.html" || bad+="the page is none"$'\n'
try 2 replay "$pact" --html "$scratch/page.html"
try 1 replay "$scratch/failing.md"
try 4 replay "$story" --html /dev/full
try 4 replay "$story" --html "$scratch/no/such/folder/page.html"
verdict

case_is a_chair_of_several_organs_is_shown_as_it_is_written
cat > "$scratch/chairs.md" <<'END'
```treaty
treaty chairs "Two organs and one chair"
use std/consensus
party state = ARM, BLR
fact member(state)
given member(ARM), member(BLR)
fact chairing(=> state)
fact said(text)
organ council "Council", ministers "Ministers"
  seats   member
  chair   chairing
  decides by consensus
act take-chair()
  by member s
  set    chairing(s)
  oblige chair(ministers) to speak(_) within 1 day
act speak(words: text)
  by chair(council)
  set said(words)
```
```scenario
scenario "one chair"
at 2025-01-01
ARM take-chair()
expect duty chair(ministers) speak(_)
try BLR speak("no")   -> refused
expect not duty chair(council) speak(_)
```
END
try 1 replay "$scratch/chairs.md"
says "duty     chair(ministers) (ARM): speak"
says "speak is for chair(council), now ARM"
says "owed     chair(ministers) (ARM): speak"
says "not duty chair(council) speak(_); instead: open: chair(ministers) (ARM) speak"
try 1 replay "$scratch/chairs.md" --html -
says "<b>chair(ministers) (ARM)</b>"
try 1 replay "$scratch/chairs.md" --json
json
says '"kind":"duty","time":"2025-01-01T00:00:00Z","bearer":"chair(ministers)"'
try 0 duties "$scratch/chairs.md" --json
says '"bearer":"chair(ministers)"'
try 0 why "$scratch/chairs.md" duty@1.0
says "duty@1.0: chair(ministers), now ARM, speak(_)"
try 0 state "$scratch/chairs.md" duty
says "chairing"
verdict

case_is a_page_that_cannot_be_written_leaves_the_one_before
"$ENTENTE" replay "$story" --html "$scratch/kept.html" > "$scratch/out" 2>&1
cp "$scratch/kept.html" "$scratch/before.html"
(trap '' XFSZ; ulimit -f 1; "$RELEASE/entente" replay "$story" --html "$scratch/kept.html" > /dev/null 2> /dev/null)
[ $? = 4 ] || bad+="a disk that is full is not told"$'\n'
cmp -s "$scratch/kept.html" "$scratch/before.html" || bad+="the page before it is lost"$'\n'
[ -z "$(find "$scratch" -name 'kept.html.*')" ] || bad+="a part of a page is left"$'\n'
verdict

case_is a_page_never_takes_the_place_of_its_treaty
cp "$pact" "$scratch/own.md"
ln "$scratch/own.md" "$scratch/other-name.html"
try 2 replay "$scratch/own.md:an operation" --html "$scratch/own.md"
complains "is what the page is made from"
try 2 replay "$scratch/own.md:an operation" --html "$scratch/other-name.html"
cmp -s "$pact" "$scratch/own.md" || bad+="the treaty was overwritten"$'\n'
verdict

case_is check_reads_the_scenarios
{ cat "$pact"; printf '```scenario\nscenario "bad"\nat 2025-02-30\nBLA take-chair()\n```\n\n```scenrio\nx\n```\n'; } > "$scratch/badly.md"
try 3 check "$scratch/badly.md"
complains "BLA"
complains "did you mean \`scenario\`?"
[ "$(grep -c 'marked .scenrio' <<< "$err")" = 1 ] || bad+="the fence is spoken of more than once"$'\n'"$err"$'\n'
{ cat "$pact"; printf '```scenrio\nx\n```\n'; } > "$scratch/fence.md"
try 0 check "$scratch/fence.md"
complains "did you mean \`scenario\`?"
try 0 test "$scratch/fence.md"
complains "did you mean \`scenario\`?"
verdict

case_is the_treaty_of_a_scenario
mkdir -p "$scratch/find/.git" "$scratch/find/pact/cases"    # nothing is looked for above a working copy
cp "$pact" "$scratch/find/pact/pact.md"
printf '```scenario\nscenario "s"\nat 2025-01-01\nARM accede()\n```\n' > "$scratch/find/story.md"
cp "$scratch/find/story.md" "$scratch/find/pact/cases/"
try 3 test "$scratch/find/story.md"
complains "story.md declares no treaty, and no folder above it does; name one with --treaty"
try 0 test "$scratch/find/pact/cases/story.md"
says "the treaty is that in $scratch/find/pact"
try 0 test "$scratch/find/pact/cases/story.md" --treaty "$pact"
[[ $out != *'the treaty is'* ]] || bad+="a treaty that was named is told"$'\n'
try 0 test "$scratch/find/pact/pact.md"
[[ $out != *'the treaty is'* ]] || bad+="a treaty in the file itself is told"$'\n'
sed 's/ARM accede/ARM join-in/' "$scratch/find/story.md" > "$scratch/find/pact/cases/wrong.md"
try 3 replay "$scratch/find/pact/cases/wrong.md"
complains "it was read as a scenario of the treaty in $scratch/find/pact;"
rm "$scratch/find/pact/cases/wrong.md"
sed 's/^treaty pact .*/treaty/' "$pact" > "$scratch/find/pact/broken.md"
try 3 test "$scratch/find/pact/broken.md"
complains "broken.md:"
[[ $err != *pact/pact.md* ]] || bad+="another file is blamed: $err"$'\n'
verdict

case_is a_scenario_is_chosen_by_title_or_line
line=$(grep -n '^scenario "an operation"' "$pact" | cut -d: -f1)
try 0 replay "$pact:$line"
says "an operation"
try 0 replay "$pact:$((line + 2))"
says "an operation"
try 2 replay "$pact:nosuch"
complains "pact.md:an operation' "
complains "pact.md:a quiet year' "
{ cat "$pact"; printf '```scenario\nscenario "an operation"\nat 2025-02-03\ntick\n```\n'; } > "$scratch/twice.md"
try 3 check "$scratch/twice.md"
complains "this title is taken, line $line"
verdict

case_is what_tries_nothing_fails
{ sed '/^```scenario/,/^```$/d' "$pact"; printf '```scenario\nscenario "empty"\nat 2025-02-03\n```\n'; } > "$scratch/empty.md"
try 1 test "$scratch/empty.md"
says "the scenario does nothing"
try 1 replay "$scratch/empty.md"
try 1 replay "$scratch/empty.md" --html -
{ sed '/^```scenario/,/^```$/d' "$pact"; printf '```scenario\nscenario "s"\nat 2025-02-03\ntry ARM accede()\n```\n'; } > "$scratch/try.md"
try 3 test "$scratch/try.md"
complains '`try` without `->` tries nothing'
verdict

# Without sanitizers, which reserve more than any limit.
case_is what_is_long_takes_room_in_proportion
{
    printf '```treaty\ntreaty p "P"\nsource S "S"\narticle [S 1]\nparty state = ARM\nfact member(state)\nrule r0(s) if member(s)\n'
    for ((i = 1; i < 3000; i++)); do echo "rule r$i(s) if r$((i - 1))(s)"; done
    printf 'act join() by state s\n  add member(s)\n```\n```scenario\nscenario "s"\nat 2000-01-01\nARM join()\n```\n'
} > "$scratch/chain.md"
(ulimit -v 500000; "$RELEASE/entente" state "$scratch/chain.md" > "$scratch/shown" 2>&1)
grep -qF 'r2999(ARM)' "$scratch/shown" || bad+="a chain of 3,000 rules: $(tail -1 "$scratch/shown")"$'\n'
cat > "$scratch/daily.md" <<'END'
```treaty
treaty p "P"
source S "S"
article [S 1]
party state = ARM
fact member(state)
given member(ARM)
act begin() by state s
  oblige s to report() every 1 day while member(s)
act report() by state s
  set last(s)
fact last(state)
```
```scenario
scenario "s"
at 2000-01-01
ARM begin()
at 2027-05-19
tick
```
END
(ulimit -v 500000; "$RELEASE/entente" replay "$scratch/daily.md" > "$scratch/shown" 2>&1)
grep -qF 'nothing was expected' "$scratch/shown" || bad+="10,000 firings: $(tail -1 "$scratch/shown")"$'\n'
verdict

# ---- Looking ----------------------------------------------------------------------------------------------------------------------
case_is looking_as_of_a_moment
try 0 state "$story" member
says "KAZ"
try 0 state "$story" consulting
try 0 state "$story" member --at '2025-01-01 09:00'
says "at 2025-01-01 09:00 +03:00"
[[ $out != *KAZ* ]] || bad+="KAZ was a member before it acceded"$'\n'
try 0 state "$story" --seq 2 member
[[ $out != *KAZ* ]] || bad+="KAZ was a member after entry 2"$'\n'
try 2 state "$story" --seq 9999
complains "there is no entry 9999"
try 2 state "$story" --seq two
try 0 duties "$story" --at '2025-02-02 09:00'
says "open consultations (crisis)"
try 0 decisions "$story"
says "p3"
try 0 findings "$story"
says "a mandate has an end"
try 0 diff "$story" --from 2025-01-01 --to 2025-01-02
says "member"
try 2 diff "$story"
complains "--from TIME is missing"
try 2 state "$pact"
complains "an operation"
try 2 why "$pact" 'member(KAZ)'
verdict

case_is state_takes_a_pattern
try 0 state "$story" 'member(KAZ)'
says "member(KAZ)  since"
[[ $out != *ARM* ]] || bad+="a row that does not match is shown"$'\n'
try 0 state "$story" 'contributed(op, _, 60)'
says "BLR => 60"
[[ $out != *120* ]] || bad+="a row that does not match is shown"$'\n'
try 0 state "$story" 'voter(BLR)'
says "nothing holds"
try 0 state "$story" 'reaches(_, KAZ)' --json
says '"values":["ARM","KAZ"]'
[[ $out != *'"KAZ","BLR"'* ]] || bad+="a row that does not match is shown"$'\n'
json
try 2 state "$story" 'membr(KAZ)'
complains "did you mean member?"
try 2 state "$story" 'member(KAZZ)'
complains 'did you mean `KAZ`?'
try 2 state "$story" 'member(KAZ, BLR)'
verdict

case_is state_says_how_sure_a_row_is
try 0 state "$story"
says "voter (derived) [Pact 2, unverified]"
says "reaches (derived) [Pact 3, notional]"
says "borders(ARM, BLR)  [Pact 9, disputed]"
says "borders(BLR, KAZ)  [Pact 9, notional]"
says "near(ARM, BLR)  [Pact 3, notional]"
says "near(ARM, KAZ)  [Pact 3, disputed]"
try 0 state "$story" 'borders(ARM, _)'
says "another reading, which is not followed: borders(ARM, RUS) [Pact 10, notional]"
try 0 state "$story" 'borders(ARM, _)' --json
says '"readings":[{"values":["ARM","RUS"],"citation":"[Pact 10, notional]","standing":"notional"}]'
json
try 0 state "$story" 'near(ARM, KAZ)' --json
says '"values":["ARM","KAZ"],"citation":"[Pact 3, disputed]","standing":"disputed"'
json
try 0 state "$story" voter --json
says '"fact":"voter","derived":true,"citation":"[Pact 2, unverified]"'
try 0 state "$story" voter --lang ru
says "[Pact 2, не проверено]"
try 0 replay "$story" --html -
says '<cite class="disputed">[Pact 3] <i>disputed</i></cite>'
verdict

case_is what_is_proposed_is_asked_like_a_fact
try 0 state "$story" 'p2 proposes limit(op, _)'
says "p2 proposes limit(op, 200)"
try 0 state "$story" '_ proposes limit(_, _)'
says "p3 proposes limit(op, 300)"
try 0 state "$story" 'p2 proposes limit(op, 7)'
says "nothing holds"
try 0 state "$story" '_ proposes limit(_, 300)' --json
says '"proposes":"limit"'
json
try 0 why "$story" 'p proposes mandate(crisis)'
says "p proposes mandate(crisis) holds"
try 0 why-not "$story" 'p2 proposes limit(op, 201)'
says "p2 proposes limit(op, 201) does not hold"
try 0 blame "$story" 'p proposes mandate(_)'
try 2 state "$story" '_ proposes limitt(_, _)'
complains "did you mean limit?"
try 2 state "$story" '_ proposes accede()'
complains 'no act `accede` is proposed: who may do it does it'
try 2 state "$story" '_ proposes limit(_)'
complains '`limit` takes 2 arguments, here is 1'
complains 'write limit(o, most)'
several="$ROOT/tests/explain/several.md"
try 0 state "$several" '_ proposes board hold(_)'
says "p proposes board hold(c)"
try 0 why-not "$several" 'p proposes council hold(c)'
says "does not hold"
try 2 state "$several" '_ proposes hold(_)'
complains 'name the organ that decides on `hold`: council, board'
try 2 state "$ROOT/tests/cases/g-asking.md:every state on the route consents" '_ proposes council transit(_, _)'
complains 'no organ decides on `transit`: it is agreed by each; leave the organ out'
verdict

case_is a_role_is_who_held_it_at_the_decision
cat > "$scratch/held.md" <<'END'
```treaty
treaty held "A council of its chair alone"
use std/consensus
party state = ARM, BLR
fact chairing(=> state)
organ council "Council"
  seats   chairing
  chair   chairing
  decides by consensus
act take-chair()
  by state s
  set chairing(s)
act adjourn()
  by council
```
```scenario
scenario "two chairs"
at 2025-01-01
ARM take-chair()
ARM propose council adjourn() as early
at 2025-01-02
BLR take-chair()
BLR propose council adjourn() as late
```
END
try 0 decisions "$scratch/held.md" --of 'chair(council)'
says "early"
says "late"
verdict

case_is an_actor_that_is_unknown_is_named
try 2 duties "$story" --of 'chair(counsel)'
complains 'nothing is called `counsel` here'
complains 'did you mean `council`?'
try 2 duties "$story" --of ''
complains "--of takes an actor: KAZ"
try 2 duties "$story" --of ' '
complains "--of takes an actor: KAZ"
verdict

case_is what_is_asked_of_is_shown_as_it_was_written
try 2 why "$story" duty@99999.0
complains '`duty@99999.0` is no duty, finding or proposal that is known then'
try 2 why "$story" 'appealed(duty@3.0, _, _)'
complains 'called `duty@3.0` here'
complains 'appealed(duty@3.0, _, _)'
try 2 state "$story" 'member@1.0(_)'
complains 'the treaty has no fact `member@1.0`'
verdict

case_is what_one_actor_has_to_do_with
try 0 duties "$story" --of ARM
says "open consultations (crisis)"
try 0 duties "$story" --of 'chair(council)'
says "open consultations (crisis)"
try 0 duties "$story" --of KAZ
says "Nothing is owed"
try 0 duties "$story" --of KAZ --json
says '"duties":[]'
json
try 0 decisions "$story" --of council
says "p3"
try 0 decisions "$story" --of KAZ --json
json
try 0 decisions "$story" --of RUS
says "Nothing was proposed"
try 0 findings "$story" --of ARM
says "open-consultations is overdue"
try 0 findings "$story" --of RUS
says "Nothing is amiss"
try 2 duties "$story" --of KAZZ
complains 'did you mean `KAZ`?'
try 2 duties "$story" --of 'KAZ, ARM'
complains "this is not one actor"
try 2 duties "$story" --of secretary-genral
complains 'did you mean `secretary-general`?'
try 2 state "$story" --of KAZ
complains "it takes no --of"
verdict

case_is a_wrong_question_is_met_with_the_right_one
try 2 state "$story" --at 2025-07-01 22:00
complains "put a time with a clock in quotes: --at '2025-07-01 22:00'"
try 2 duties "$story" --at 2025-07-01 22:00
complains "--at '2025-07-01 22:00'"
try 2 diff "$story" --from 2025-02-01 --to 2025-01-01
complains "--from is later than --to"
try 0 state "$story" --at 2024-01-01
says "the start of the day, before the first entry"
try 0 state "$story" --at '2024-01-01 10:00'
says ", before the first entry"
try 0 state "$story" --at 2025-01-05
says "00:00 +03:00, the start of the day"
try 2 why "$story" line x
complains "a line number"
try 2 why "$story" crisis
complains "crisis is a crisis; ask e.g. 'appealed(crisis, _, _)'"
mkdir "$scratch/bare"
try 3 fmt "$scratch/bare"
complains "has no .md file"
try 0 state "$scratch/empty.md"
says "2025-02-03"
[[ $out != *ever* ]] || bad+="an empty scenario is said to be at since ever"$'\n'
verdict

case_is scenarios_say_how_it_is_written
# wrong LINES EXPECTED: a scenario with these lines behind its clock, and what is said of it.
wrong() {
    { sed '/^```scenario/,/^```$/d' "$pact"; printf '```scenario\n%b\n```\n' "$1"; } > "$scratch/wrong-way.md"
    try 3 check "$scratch/wrong-way.md"
    complains "$2"
    [[ $err != *"no time is stated"* ]] || bad+="a time is missed: $1"$'\n'"$err"$'\n'
}
head='scenario "s"\nat 2025-01-01\n'
wrong 'scenario fire\nat 2025-01-01\nARM accede()' "the title stands in quotation marks"
wrong "$head"'ARM accede()\n  BLR accede()' "a step begins at the margin"
wrong "$head"'ARM accede() -> done, duty ARM' "join with ;"
wrong "$head"'ARM accede()\nBLR and KAZ consent p' "join actors with commas"
wrong "$head"'expects member(ARM)' 'did you mean `expect`?'
wrong 'scenario "s"\nat 01.07.2025\nARM accede()' "write 2025-07-01"
wrong 'scenario "s"\nat 2025-02-30\nARM accede()' "no such date"
wrong "$head"'ARM accede()\nARM take-chair()\nARM appeal("x") as c\nARM propose council mandate(c) as p making op\nARM object p vote too expensive' "a reason is in quotation marks"
wrong "$head"'ARM accede() => done' "write ->"
verdict

case_is a_name_that_is_missing_is_said_once
{ sed '/^```scenario/,/^```$/d' "$pact"; printf '```scenario\nscenario "s"\nat 2025-01-01\nARM accede()\nBLR appeal("x") as crisis\nexpect appealed(crisis, BLR, _)\nexpect not consulting(crisis)\n```\n'; } > "$scratch/missing.md"
try 1 test "$scratch/missing.md"
says '2 later steps were not run: they name `crisis`'
[ "$(grep -c 'not run' <<< "$out")" = 1 ] || bad+="$out"$'\n'
verdict

case_is the_end_is_the_last_time_stated
{ sed '/^```scenario/,/^```$/d' "$pact"; sed -n '/^scenario "an operation"/,/^```$/p' "$pact" | sed '1i ```scenario' | sed '$d'; printf 'at 2025-09-09 10:00\nexpect not appealed(crisis, BLR, _)\n```\n'; } > "$scratch/end.md"
try 0 duties "$scratch/end.md"
says "at 2025-09-09 10:00 +03:00"
[[ $out != *projection* ]] || bad+="the end is called a projection"$'\n'
verdict

case_is a_time_to_come_is_a_projection
try 0 state "$story" --at 2030-01-01
says "projection"
try 0 state "$story" --at 2025-01-05
[[ $out != *projection* ]] || bad+="history is called a projection"$'\n'
try 0 state "$story" --seq 3 --at 2025-06-01
says "projection"
try 0 why "$story" 'overdue(d1)' --at 2025-06-01
says "projection"
try 0 state "$story" --at 2030-01-01 --json
says '"projection":true'
verdict

case_is json_of_everything_that_looks
for command in state duties decisions findings; do
    try 0 $command "$story" --json
    json
done
try 0 diff "$story" --from 2025-01-01 --json
json
try 0 why "$story" 'voter(KAZ)' --json
json
says '"standing":"unverified"'
says '"at":"2025-03-01T07:00:00Z"'
try 0 why-not "$story" 'voter(BLR)' --json
json
try 0 blame "$story" 'member(KAZ)' --json
json
verdict

case_is labels_in_a_language
try 0 state "$story" member --lang en
says "Members"
try 0 duties "$story" --lang=en
says "Open consultations"
try 0 replay "$story" --lang en
says "  open-consultations: Open consultations. The chair calls the members together"
try 0 replay "$story" --lang en --html -
says '<th scope="row">open-consultations</th>'
try 0 diff "$story" --from 2025-01-01 --lang en
says "  member: Members. Who belongs to the pact"
verdict

case_is a_language_is_a_file
mkdir "$scratch/third"
cp "$pact" "$scratch/third/pact.md"
printf 'KAZ "Kasachstan"\n' > "$scratch/third/labels.de"
touch "$scratch/third/labels.de~" "$scratch/third/labels." "$scratch/third/labels.old.de"
third="$scratch/third/pact.md:an operation"
try 0 replay "$third" --lang de
says "  KAZ: Kasachstan"
try 2 replay "$third" --lang fr
complains "there are no labels in \`fr\`; there are: de, en, ru"
silent
try 2 duties "$story" --lang de
complains "there are: en, ru"
printf 'KAZZ "Kasachstan"\n' > "$scratch/third/labels.de"
try 3 replay "$third" --lang de
complains "labels.de:1:1: error: the treaty has no name KAZZ"
try 3 check "$scratch/third"
complains "labels.de:1:1: error: the treaty has no name KAZZ"
verdict

case_is names_of_files_are_shown_harmless
odd="$scratch/a"$'\x1b[31m\xff'"b.md"
sed 's/^scenario "an operation"/&/' "$pact" > "$odd"
for words in "test" "replay" "state"; do
    "$ENTENTE" $words "$odd" > "$scratch/shown" 2>&1 || true
    "$ENTENTE" $words "$odd:no such" >> "$scratch/shown" 2>&1 || true
    "$ENTENTE" $words "$odd.gone" >> "$scratch/shown" 2>&1 || true
    grep -q 'a\\x1B\[31m\\xFFb' "$scratch/shown" || bad+="$words does not name the file"$'\n'
    LC_ALL=C grep -q $'\x1b\|\xff' "$scratch/shown" && bad+="$words prints a name as it is"$'\n'
done
head -c 400 "$ENTENTE" > "$scratch/binary.md"
{ printf '```scenario\n'; head -c 400 "$ENTENTE"; } > "$scratch/fenced.md"
for file in binary fenced; do
    "$ENTENTE" check "$scratch/$file.md" > "$scratch/shown" 2>&1 || true
    [ -z "$(LC_ALL=C tr -d '\011\012\040-\176\357\277\275' < "$scratch/shown")" ] || bad+="bytes of $file are printed"$'\n'
done
verdict

case_is a_line_without_an_act_is_usage
try 2 why "$story" line 1
complains "no act stands in line 1: acts stand in lines"
complains "refused: "
silent
try 2 why "$story" line 99999
complains "no act stands in line 99999"
silent
verdict

# ---- Why ----------------------------------------------------------------------------------------------------------------------------
case_is why_and_why_not
try 0 why "$story" 'member(KAZ)'
says "KAZ accede()"
try 1 why "$story" 'member(RUS)'
says "does not hold"
try 0 why-not "$story" 'member(RUS)'
try 1 why-not "$story" 'member(KAZ)'
try 0 why "$story" d1
says "met by: open-consultations(crisis) by"
try 0 why "$story" 'duty@5.1'
says "met by: open-consultations(crisis) by"
try 0 why "$story" 'appealed(crisis@5.0, KAZ, _)'
try 2 why "$story" 'appealed(duty@5.1, KAZ, _)'
try 0 why "$story" f1
says "a mandate has an end"
try 0 why "$story" p3
says "no answer from KAZ"
try 0 why "$story" 'ceiling(op, _)'
says "200"
try 2 why "$story" 'member('
try 2 why "$story" 'member(KAZ, BLR)'
complains '`member` has 1 column, here are 2'
complains 'write member(_)'
try 2 why "$story" 'member(KAZ), member(BLR)'
verdict

case_is why_a_refusal
line=$(grep -n '^try BLR contribute' "$pact" | cut -d: -f1)
try 0 why "$story" line "$line"
says "no mandate is in force"
says "[Pact 6, notional]"
try 0 why "$story" "line $line"
line=$(grep -n '^KAZ contribute' "$pact" | cut -d: -f1)
try 0 why "$story" "$line"
says "230 <= 200 is not so"
says "[Pact 7, unverified]"
try 2 why "$story" line 1
try 1 why "$story" "$(grep -n '^ARM contribute' "$pact" | cut -d: -f1)"
complains "was not refused"
verdict

case_is blame_names_the_entries
try 0 blame "$story" 'chairing(_)'
says "begun by entry 4 (line "
says "ARM take-chair()"
verdict

# Each step of a story is told at its own offset, what holds at the treaty's.
case_is state_is_at_one_offset
cat > "$scratch/offsets.md" <<'END'
```treaty
treaty pact "A pact" offset +03:00
party state = ARM, KAZ
fact calling(state)
act call() by state s
  add calling(s)
```
```scenario
scenario "two clocks"
at 2003-06-11
ARM call()
at 2003-06-12 12:00 +06:00
KAZ call()
```
END
try 0 state "$scratch/offsets.md" calling --at 2003-06-12
says "calling(ARM)  since 11 Jun 2003 00:00"
verdict

case_is what_is_too_many_to_count_is_not_counted
{
    echo '```treaty'
    echo 'treaty wide "A wide pact"'
    echo "party state = $(seq -f P%g -s ', ' 1001)"
    echo "fact member(state)"
    echo "given $(seq -f 'member(P%g)' -s ', ' 1001)"
    echo "rule pair(a, b) if member(a), member(b)"
    printf '```\n```scenario\nscenario "wide"\nat 2025-01-01\ntick\n```\n'
} > "$scratch/wide.md"
try 0 why "$scratch/wide.md" 'pair(P1, _)'
says "─ 1001 rows match"
try 0 why "$scratch/wide.md" pair
says "at least 1000000 rows match"
verdict

# ---- Output -------------------------------------------------------------------------------------------------------------------------
case_is no_colour_into_a_pipe
try 0 why "$story" 'voter(KAZ)'
[[ $out != *$'\033'* ]] || bad+="colours in a pipe"$'\n'
try 0 why "$story" 'voter(KAZ)' --color=always
[[ $out == *$'\033'* ]] || bad+="no colours though always"$'\n'
try 0 replay "$story" --color always
[[ $out == *$'\033'* ]] || bad+="no colours though always"$'\n'
verdict

case_is output_that_fails_is_noticed
"$ENTENTE" state "$story" > /dev/full 2> "$scratch/err" && status=0 || status=$?
[ $status = 4 ] || bad+="a full disk returned $status"$'\n'
grep -q "cannot write the output" "$scratch/err" || bad+="a full disk was not spoken of"$'\n'
{ "$ENTENTE" replay "$story" 2> "$scratch/err"; echo $? > "$scratch/status"; } | true
[ "$(cat "$scratch/status")" = 4 ] || [ "$(cat "$scratch/status")" = 0 ] || bad+="a closed pipe returned $(cat "$scratch/status")"$'\n'
"$ENTENTE" state "$story" >&- 2> "$scratch/err" && status=0 || status=$?
[ $status = 4 ] || bad+="a closed output returned $status"$'\n'
verdict
