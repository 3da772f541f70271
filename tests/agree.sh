#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the engine against the naive evaluator: on what once showed them to differ, then on entries drawn at random, the same ones
# each time, a short run per program. A long run: tests/agree/run-long.
set -euo pipefail
cd "$ROOT"

said=$(mktemp)
trap 'rm -f "$said"' EXIT
# check FOLDER NAME ACTS PATH: a program's scenarios on both, then ACTS entries that go on from within them, or begin with nothing.
check() {
    local folder=$1 name=$2 acts=$3 path=$4 status=0
    case agree/$name in *"${TEST_FILTER:-}"*) ;; *) [[ agree == *"${TEST_FILTER:-}"* ]] || return 0 ;; esac
    "$folder/agree-guided" --acts "$acts" --seed 1 --length 50 --treaty "$path" > "$said" 2>&1 || status=$?
    if [ "$status" = 0 ]; then
        echo "ok $name"
    else
        echo "FAILED $name"
        head -c 6000 "$said"
    fi
}

tests/agree/build "$BUILD"
tests/agree/build "$RELEASE"
for path in tests/agree/found/*.md; do check "$BUILD" "found/$(basename "${path%.md}")" 40 "$path"; done
for path in $(bash tests/agree/programs); do
    # A treaty as long as those that ship takes the plain evaluator minutes with sanitizers.
    case $path in treaties/*) folder=$RELEASE ;; *) folder=$BUILD ;; esac
    check "$folder" "$(basename "${path%.md}")" 250 "$path"
done
