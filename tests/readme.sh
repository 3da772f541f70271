#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds README.md to what the program does, and the links of the documents to what is there.
#
# A `console` block of README.md holds commands after `$ ` and, below each, lines of what it prints, in their order; `…` alone on a
# line stands for lines left out. What does not begin or end with it begins or ends what is printed.
set -uo pipefail
cd "$ROOT"
export NO_COLOR=1 COLUMNS=100

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

source "$ROOT/tests/shell/verdict.sh"

# Writes each command of README.md to work/N.command and what is shown of its output to work/N.shown.
awk -v work="$work" '
    !inside && /^```console$/ { inside = 1; next }
    inside && /^```$/ { inside = 0; next }
    inside && /^\$ / { number++; print substr($0, 3) > (work "/" number ".command"); printf "" > (work "/" number ".shown"); next }
    inside { print > (work "/" number ".shown") }
' README.md

# Says which shown line is not printed where it should be.
compare() {
    awk -v shown="$1" '
        { printed[++lines] = $0 }
        END {
            at = 1; gap = 0
            while ((getline row < shown) > 0) {
                if (row == "…") { gap = 1; continue }
                if (gap) while (at <= lines && printed[at] != row) at++
                if (at > lines || printed[at] != row) {
                    print "README.md shows: " row
                    if (gap || at > lines) print "which is not printed after the lines before it"
                    else print "what is printed:  " printed[at]
                    exit
                }
                at++; gap = 0
            }
            if (!gap && at <= lines) print "README.md ends where this is printed: " printed[at]
        }' "$2"
}

for file in "$work"/*.command; do
    command=$(cat "$file")
    # ./run without arguments is this replay; the program under test is the one built with sanitizers.
    words=${command#./run}
    [ -n "$words" ] || words=" replay treaties/csto/cases/kazakhstan-2022.md"
    eval "\"\$ENTENTE\"$words" > "$work/printed" 2>&1
    verdict "readme: $command" "$(compare "${file%.command}.shown" "$work/printed")"
done

verdict "readme_is_laid_out" "$("$ENTENTE" fmt --check README.md 2>&1)"
verdict "readme_passes" "$("$ENTENTE" test README.md 2>&1 | grep -v '^ok \|^[0-9]* passed, 0 failed$')"

# Links that are neither a page elsewhere nor a place in the same page.
dead_links() {
    local file folder link
    for file in README.md CONTRIBUTING.md docs/*.md; do
        folder=$(dirname "$file")
        grep -oE '\]\([^)]+\)' "$file" | sed 's/^](//; s/)$//; s/#.*//' | while read -r link; do
            case $link in '' | http*) continue ;; esac
            [ -e "$folder/$link" ] || echo "$file: nothing is at $link"
        done
    done
}
verdict "links_lead_somewhere" "$(dead_links)"
