#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every kept input of every fuzz program; each is a case.
set -euo pipefail
cd "$ROOT"

output=$(mktemp)
trap 'rm -f "$output"' EXIT
for file in fuzz/*_fuzz.c; do
    name=$(basename "$file" _fuzz.c)
    folders=()
    [ -d "fuzz/corpus/$name" ] && folders=("fuzz/corpus/$name")
    status=0
    "$BUILD/fuzz/${name}_fuzz" "${folders[@]}" > "$output" 2>&1 || status=$?
    sed -n "s|^ok \(fuzz/corpus/\)\?|ok |p" "$output" | sed "s|^ok nothing$|ok $name/nothing|"
    if [ "$status" != 0 ]; then
        last=$(sed -n 's|^run \(fuzz/corpus/\)\?||p' "$output" | tail -n 1)
        [ "$last" = nothing ] && last=$name/nothing
        echo "FAILED $last"
        sed '/^run /d; /^ok /d' "$output"
    fi
done
