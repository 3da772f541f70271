#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds what the engine derives against clingo, at every step of every scenario of the treaties and cases, and over entries
# drawn at random. tests/clingo/README.md says how.
set -euo pipefail
cd "$ROOT"

# The arithmetic of calendars is written in Lua, which clingo may be built without.
if ! command -v clingo > /dev/null; then
    echo "ok skipped: there is no clingo here (Debian: gringo)"
    exit 0
elif ! [[ $(clingo --version) == *"with"*Lua* ]]; then
    echo "ok skipped: this clingo is built without Lua"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$BUILD/clingo"
status=0

# A filter that names a treaty needs no other.
wanted() {
    case clingo/$1 in *"${TEST_FILTER:-}"*) return 0 ;; esac
    case ${TEST_FILTER:-} in clingo | "clingo/$1"* | "$1"*) return 0 ;; esac
    [[ clingo == *"${TEST_FILTER:-}"* ]]
}

# compare TREATY [OPTION...]: prints one line for each scenario; the logic program of one that failed is kept.
compare() {
    local treaty=$1 code=0 kept
    shift
    wanted "$treaty" || return 0
    "$BUILD/derived" "$@" "$work" "$treaty" > "$work/said" 2>&1 || code=$?
    cat "$work/said"
    [ "$code" != 0 ] || return 0
    status=1
    grep -q '^FAILED ' "$work/said" || echo "FAILED $treaty: status $code"
    [ -e "$work/derived.lp" ] || return 0
    mkdir -p "$BUILD/clingo"
    kept=$BUILD/clingo/$(basename "${treaty%.md}").lp
    mv "$work/derived.lp" "$kept"
    echo "the logic program: clingo tests/clingo/arithmetic.lp ${kept#"$ROOT"/}"
}

for treaty in treaties/*/ tests/cases/*.md tests/clingo/corners.md; do
    treaty=${treaty%/}
    [ "$treaty" != treaties/std ] || continue
    # A treaty with many scenarios has thousands of moments, and clingo all of them in memory: one in ten is asked here, and each of
    # them where CLINGO_EVERY=1 says so.
    many=$(cat "$treaty" "$treaty"/*.md "$treaty"/*/*.md 2> /dev/null | grep -c '^scenario "' || true)
    if [ "$many" -gt 40 ]; then compare "$treaty" --every "${CLINGO_EVERY:-10}"; else compare "$treaty"; fi
done
# The programs of tests/agree have no scenarios, but are made to be drawn from.
for treaty in tests/agree/*.md; do
    [ "$treaty" = tests/agree/README.md ] || compare "$treaty" --draw 1
done

if wanted finds_a_planted_difference; then
    code=0
    "$BUILD/derived" --plant "$work" tests/clingo/corners.md > "$work/said" 2>&1 || code=$?
    if [ "$code" = 1 ] && grep -q 'line [0-9]*, .*: only clingo has r' "$work/said"; then
        echo "ok finds_a_planted_difference"
    else
        echo "FAILED finds_a_planted_difference"
        cat "$work/said"
        status=1
    fi
fi
exit "$status"
