#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the engine against the naive evaluator: on what once showed them to differ, then on entries drawn at random, the same ones
# each time, a short run per program. A long run: tests/agree/run-long.
set -euo pipefail
cd "$ROOT"

said=$(mktemp)
trap 'rm -f "$said"' EXIT
# check NAME ACTS PATH: a program's scenarios on both, then ACTS entries that go on from within them, or begin with nothing.
check() {
    local name=$1 acts=$2 path=$3 status=0
    case agree/$name in *"${TEST_FILTER:-}"*) ;; *) [[ agree == *"${TEST_FILTER:-}"* ]] || return 0 ;; esac
    "$BUILD/agree-guided" --acts "$acts" --seed 1 --length 50 --treaty "$path" > "$said" 2>&1 || status=$?
    if [ "$status" = 0 ]; then
        echo "ok $name"
    else
        echo "FAILED $name"
        head -c 6000 "$said"
    fi
}

tests/agree/build "$BUILD"
for path in tests/agree/found/*.md; do check "found/$(basename "${path%.md}")" 40 "$path"; done
for path in $(bash tests/agree/programs); do check "$(basename "${path%.md}")" 250 "$path"; done
