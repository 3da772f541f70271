#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds what is committed, and what is about to be, to the rules of the house that no compiler checks.
set -euo pipefail
cd "$ROOT"

# Files that git knows or would add, without those that are deleted; outside a clone, the folder's own.
files=$(mktemp)
trap 'rm -f "$files"' EXIT
if git rev-parse --is-inside-work-tree > /dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
else
    find . -path ./build -prune -o -path '*/node_modules' -prune -o -type f -print0 | sed -z 's|^\./||'
fi | while IFS= read -r -d '' file; do
    [ -f "$file" ] && printf '%s\0' "$file"
done | LC_ALL=C sort -zu > "$files"

# select PATTERN: the files whose path matches, each ended by NUL.
select_files() { grep -zE "$1" "$files" || true; }

source "$ROOT/tests/shell/verdict.sh"

# The compiler refuses these calls by name; this also finds them in files that no preset compiles.
banned() {
    select_files '\.[ch]$' | grep -zvx 'src/base/banned\.h' |
        xargs -0 -r grep -nHE '(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|gets|alloca) *\(' || true
}

long_files() {
    select_files '^src/' | xargs -0 -r -n1 wc -l | awk '$1 > 1000 { print $2 ": " $1 " lines; a thousand is the signal to split" }'
}

without_licence() {
    { select_files '\.(c|h|sh|cmake|js|mjs|css)$'; select_files '(^|/)CMakeLists\.txt$'; scripts; } |
        LC_ALL=C sort -zu | while IFS= read -r -d '' file; do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' || echo "$file: no SPDX line at its top"
    done
}

# Shell scripts by their name or their first line.
scripts() {
    while IFS= read -r -d '' file; do
        if [[ $file == *.sh ]] || { [[ ${file##*/} != *.* ]] && IFS= read -r first < "$file" &&
            [[ $first == '#!'*[/\ ]bash* || $first == '#!'*[/\ ]sh* ]]; } 2> /dev/null; then
            printf '%s\0' "$file"
        fi
    done < "$files"
}

# The patterns are written so that they do not find themselves.
machine_paths() {
    xargs -0 -r grep -nHIE '(^|[^A-Za-z0-9_.~-])/(work|home|root)/' < "$files" | grep -v '^tests/house\.sh:' || true
}

# What npm notes down is where a package came from; the name and the hash are enough to fetch it again.
registry_hosts() {
    xargs -0 -r grep -nHIiE '(registry\.(npm|yarn)|npmjs\.(org|com)|"resolved":|pypi\.|crates\.io|deb\.debian|proxy\.golang)' < "$files" |
        grep -v '^tests/house\.sh:' || true
}

unsound_scripts() {
    scripts | while IFS= read -r -d '' file; do bash -n "$file" 2>&1 || true; done
}

blank_ends() {
    { select_files '\.[ch]$'; scripts; } | xargs -0 -r grep -nHE '[[:blank:]]+$' | sed 's/$/  <- blanks at the end/' || true
}

verdict no_banned_call "$(banned)"
verdict no_file_of_more_than_1000_lines "$(long_files)"
verdict every_source_says_its_licence "$(without_licence)"
verdict no_path_of_a_machine "$(machine_paths)"
verdict no_registry_host "$(registry_hosts)"
verdict shell_scripts_parse "$(unsound_scripts)"
verdict no_blanks_at_line_ends "$(blank_ends)"
