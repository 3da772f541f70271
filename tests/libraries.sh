#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A library is common to treaties: at least two of those in treaties/ really use each one of treaties/std/, themselves or through
# another library. Really: the treaty, or what is tried on it, does not stand once the library is empty.
set -uo pipefail
cd "$ROOT"

# Each treaty's scenarios are run many times: the release program, where there is one.
program=${RELEASE:+$RELEASE/entente}
[ -x "${program:-}" ] || program=$ENTENTE

# A library beside a treaty comes before the program's own. A label alone is no use.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r treaties/* "$scratch"
rm "$scratch"/*/labels.*

source "$ROOT/tests/shell/verdict.sh"

# stands TREATY: it is read and its scenarios pass; status 1 where they do not, 2 where that cannot be told.
stands() {
    local code=0
    "$program" test "$scratch/$1" > "$scratch/said" 2>&1 || code=$?
    case $code in
        0)    return 0 ;;
        1|3)  return 1 ;;
        *)    return 2 ;;
    esac
}

# users LIBRARY TREATY...: those of the treaties that do not stand without the library.
users() {
    local library=$1 treaty code
    shift
    printf '```treaty\nlibrary std/%s "Empty"\n```\n' "$library" > "$scratch/std/$library.md"
    for treaty in "$@"; do
        code=0
        stands "$treaty" || code=$?
        case $code in
            1)  echo "$treaty" ;;
            2)  { echo "FAILED $treaty cannot be run without std/$library"; cat "$scratch/said"; } >&2 ;;
        esac
    done
    cp "treaties/std/$library.md" "$scratch/std/$library.md"
}

# few LIBRARY TREATY...: says so where fewer than two of the treaties use the library.
few() {
    local found
    found=$(users "$@" | paste -sd ' ')
    [[ $found == *' '* ]] || echo "std/$1 is used by ${found:-no treaty} alone: use it where it belongs, or keep it in the treaty"
}

treaties=()
for folder in treaties/*/; do
    treaty=$(basename "$folder")
    [ "$treaty" != std ] && treaties+=("$treaty")
done

for treaty in "${treaties[@]}"; do
    stands "$treaty" || verdict "stands_as_it_is: $treaty" "$(head -n 20 "$scratch/said")"
done
for library in treaties/std/*.md; do
    library=$(basename "$library" .md)
    verdict "used_by_two_treaties: std/$library" "$(few "$library" "${treaties[@]}")"
done

# What is said when one of two users is taken away.
for away in european-union mutual-aid-compact; do
    others=()
    for treaty in "${treaties[@]}"; do
        [ "$treaty" = "$away" ] || others+=("$treaty")
    done
    said=$(few weighted "${others[@]}")
    [[ $said == "std/weighted is used by "*" alone"* ]] && wrong= || wrong="nothing is said of std/weighted: $said"
    verdict "finds_what_is_used_once: without $away" "$wrong"
done
