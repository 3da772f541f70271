#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the engine against the naive evaluator on entries drawn at random, the same ones each time: a short run per program.
# A long run: build/release/agree --acts 1000000 --seed 7 --treaty tests/agree/guards.md ... (see tests/agree/README.md)
set -euo pipefail
cd "$ROOT"

said=$(mktemp)
trap 'rm -f "$said"' EXIT
check() {
    local path=$1 acts=$2 name status=0
    name=$(basename "${path%.md}")
    case agree/$name in *"${TEST_FILTER:-}"*) ;; *) [[ agree == *"${TEST_FILTER:-}"* ]] || return 0 ;; esac
    for seed in 1 2; do
        [ "$status" = 0 ] && { "$BUILD/agree" --acts "$acts" --seed "$seed" --length 50 --treaty "$path" > "$said" 2>&1 || status=$?; }
    done
    if [ "$status" = 0 ]; then
        echo "ok $name"
    else
        echo "FAILED $name"
        head -c 6000 "$said"
    fi
}

for path in tests/agree/*.md tests/cases/[a-l]-*.md tests/cases/std-voting.md treaties/csto treaties/north-atlantic treaties/un-security-council; do
    [ "$path" = tests/agree/README.md ] || check "$path" 150
done
