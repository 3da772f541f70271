#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds treaties/csto/open.md to what the program says: each command, asked of the history, prints the words beside it, and each
# part that is linked to says them. Words are compared with blanks and line ends taken as one.
set -uo pipefail
cd "$ROOT"
export NO_COLOR=1 COLUMNS=100
source "$ROOT/tests/shell/verdict.sh"

treaty=treaties/csto
story=$treaty/history/history.md
# Takes in the whole register once a line: the release program, where there is one.
program=${RELEASE:+$RELEASE/entente}
[ -x "${program:-}" ] || program=$ENTENTE

# says TEXT WORDS
says() { grep -qF -- "$2" <<< "$(sed 's/│/ /g' <<< "$1" | tr -s '[:space:]' ' ')"; }

# answer PLACE: what a command prints, or what a linked part holds.
answer() {
    local command file
    if [[ $1 =~ ^\`(why|state)\ (.*)\`$ ]]; then
        command=${BASH_REMATCH[1]}
        eval "set -- ${BASH_REMATCH[2]}"
        "$program" "$command" "$story" "$@" 2>&1
    elif [[ $1 =~ ^\[.*\]\((.*)\)$ ]]; then
        file=${BASH_REMATCH[1]}
        cat "$treaty/$file" 2>&1
    else
        echo "neither a command nor a link"
    fi
}

lines=0
while IFS='|' read -r _ number _ _ place words _; do
    number=${number// /}
    place=$(sed 's/^ *//; s/ *$//' <<< "$place")
    words=$(sed 's/^ *`//; s/` *$//' <<< "$words")
    lines=$((lines + 1))
    said=$(answer "$place")
    wrong=
    says "$said" "$words" || wrong="$place does not say: $words"$'\n'"$said"
    verdict "$number: it shows that it is open" "$wrong"
done < <(grep '^| O[0-9]' "$treaty/open.md")
verdict every_open_point_is_asked "$([ "$lines" = 17 ] || echo "$lines lines, not 17")"
