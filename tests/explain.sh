#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares explanations with what tests/explain/*.md expects. There a fence
#     ```ask why 'member(KAZ)' --at 2025-02-01
# holds what the command prints, asked of the file's scenario. UPDATE=1 writes anew what is expected: read the difference.
set -uo pipefail
cd "$ROOT"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# ask FILE WORDS: the words are the fence's; quotes in them keep a fact together.
ask() {
    local words=()
    eval "words=($2)"
    "$ENTENTE" "${words[0]}" "$1" "${words[@]:1}" 2>&1 || true
}

for file in tests/explain/*.md; do
    name=$(basename "$file" .md)
    : > "$scratch/anew"
    words='' number=0 failed=''
    while IFS= read -r line || [ -n "$line" ]; do
        if [ -n "$words" ]; then
            [ "$line" = '```' ] || { printf '%s\n' "$line" >> "$scratch/expected"; continue; }
            ask "$file" "$words" > "$scratch/got"
            number=$((number + 1))
            if cmp -s "$scratch/expected" "$scratch/got"; then
                echo "ok ${name}_$number"
            elif [ -z "${UPDATE:-}" ]; then
                echo "FAILED ${name}_$number"
                echo "$file: $words"
                diff "$scratch/expected" "$scratch/got" || true
            fi
            cat "$scratch/got" >> "$scratch/anew"
            words=''
        elif [[ $line == '```ask '* ]]; then
            words=${line#'```ask '}
            : > "$scratch/expected"
        fi
        printf '%s\n' "$line" >> "$scratch/anew"
    done < "$file"
    [ -z "${UPDATE:-}" ] || cmp -s "$scratch/anew" "$file" || { cp "$scratch/anew" "$file"; echo "written: $file"; }
done
