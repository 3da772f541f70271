#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every scenario of every treaty in treaties/ and of every case in tests/cases/: on the engine with sanitizers, and on the plain
# evaluator without, which would take it minutes.
set -uo pipefail

cd "$ROOT"
status=0

# run_scenarios PROGRAM TREATY [OPTION...]: one line `ok TREATY: TITLE` or `FAILED TREATY: TITLE` for each scenario, and what failed in it.
run_scenarios() {
    local program=$1 treaty=$2 how= out code=0 line
    shift 2
    [ $# = 0 ] || how=" ($*)"
    out=$("$program" test --color never "$@" "$treaty" 2>&1) || code=$?
    # 0 and 1 say that the scenarios were run; with anything else there may be no line that says so.
    if [ "$code" -gt 1 ]; then
        printf 'FAILED %s%s: it cannot be run, status %d\n%s\n' "$treaty" "$how" "$code" "$out"
        status=1
        return
    fi
    [ "$code" = 0 ] || status=1
    while IFS= read -r line; do
        case $line in
            "ok "*)                  printf 'ok %s%s: %s\n' "$treaty" "$how" "${line#ok }" ;;
            "FAILED "*)              printf 'FAILED %s%s: %s\n' "$treaty" "$how" "${line#FAILED }" ;;
            *" passed, "*" failed")  ;;
            *)                       printf '%s\n' "$line" ;;
        esac
    done <<< "$out"
    # A treaty that nothing is tried on has lost its scenarios.
    if ! grep -q '^\(ok\|FAILED\) ' <<< "$out"; then
        printf 'FAILED %s%s: it has no scenario\n' "$treaty" "$how"
        status=1
    fi
}

for treaty in treaties/*/ tests/cases/*.md; do
    treaty=${treaty%/}
    # Libraries are no treaty of their own; tests/cases/ tries them.
    [ "$treaty" != treaties/std ] || continue
    # A filter that names a treaty, as what a failed case prints does, needs no other.
    case ${TEST_FILTER:-} in
        "treaties/$treaty"*)  ;;
        treaties/*/*)         case treaties/$treaty in "$TEST_FILTER"*) ;; *) continue ;; esac ;;
    esac
    run_scenarios "$ENTENTE" "$treaty"
    # A scenario that takes a register in costs the plain evaluator many seconds: all of them are run where NAIVE=all says so.
    if [ "${NAIVE:-}" = all ] || ! grep -rqs --include='*.md' '^import "' "$treaty"; then
        run_scenarios "$RELEASE/entente" "$treaty" --naive
    else
        while IFS= read -r file; do
            run_scenarios "$RELEASE/entente" "$file" --naive
        done < <(grep -rl --include='*.md' '^scenario "' "$treaty" | xargs grep -L '^import "' | LC_ALL=C sort)
    fi
done
exit "$status"
