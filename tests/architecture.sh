#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the includes of src/ to the arrows between the modules, and every header to compiling by itself.
set -euo pipefail

# A module, then the modules whose public header it may include; its own files need no leave.
arrows="
base
lang      base
engine    base lang
naive     base lang engine
explain   base lang engine
labels    base lang
scenario  base lang engine naive explain labels
cli       base lang engine naive explain labels scenario
"

# check_arrows SRC: prints one line per include that points where no arrow does.
check_arrows() {
    local src=$1
    find "$src" -name '*.[ch]' -print0 | LC_ALL=C sort -z | xargs -0 -r awk -v src="$src/" -v arrows="$arrows" '
        BEGIN {
            count = split(arrows, lines, "\n")
            for (i = 1; i <= count; i++) {
                words = split(lines[i], word, " ")
                if (words == 0) continue
                known[word[1]] = 1
                for (k = 1; k <= words; k++) allowed[word[1], word[k]] = 1
            }
        }
        function wrong(why) { printf "%s:%d: %s\n", file, FNR, why }
        FNR == 1 {
            file = substr(FILENAME, length(src) + 1)
            own = file
            sub("/.*", "", own)
            if (!(own in known)) wrong("\"" own "\" is no module that the arrows know")
        }
        # A literal is written the same way in text that is printed, but never at the start of a line.
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            split($0, part, "\"")
            path = part[2]
            module = path
            sub("/.*", "", module)
            if (path !~ "^[a-z]+/[a-z0-9_]+[.][a-z]+$") wrong("\"" path "\" is not written as \"module/file.h\"")
            else if (module == own) next
            else if (!((own, module) in allowed)) wrong(own " may not include " module)
            else if (path ~ /_internal[.]h$/) wrong("\"" path "\" is for " module " alone")
            else if (path != module "/" module ".h") wrong("\"" path "\" is not the public header of " module)
        }'
}

# check_headers SRC: prints the compiler's words on each header that does not compile by itself.
check_headers() {
    local src=$1 header
    find "$src" -name '*.h' | LC_ALL=C sort | while read -r header; do
        # Not even the banned header comes first: what a header uses, it includes.
        "${CC:-cc}" -std=c17 -D_GNU_SOURCE= -Wall -Wextra -Werror -fsyntax-only -I"$src" -x c - \
            <<< "#include \"${header#"$src"/}\"" 2>&1 || true
    done
}

# verdict NAME OUTPUT: the case passes where a check had nothing to say.
source "$ROOT/tests/shell/verdict.sh"

# catches NAME CHECK PATH LINE WORDS: with LINE planted into PATH of a small tree, CHECK has to say WORDS.
catches() {
    local name=$1 check=$2 path=$3 line=$4 words=$5 tree said
    tree=$(mktemp -d)
    mkdir -p "$tree"/{base,lang,engine,naive,cli} "$(dirname "$tree/$path")"
    echo '#include <stdint.h>' > "$tree/base/base.h"
    echo '#include "base/base.h"' > "$tree/lang/lang.h"
    echo '#include "lang/lang.h"' > "$tree/engine/engine.h"
    echo '#include "lang/lang.h"' > "$tree/lang/lang_internal.h"
    echo '#include "lang/lang_internal.h"' > "$tree/lang/parse.c"
    echo '#include "engine/engine.h"' > "$tree/naive/naive.c"
    echo '#include "engine/engine.h"' > "$tree/cli/main.c"
    said=$("$check" "$tree")
    if [ -n "$said" ]; then
        echo "FAILED $name"
        echo "the sound tree is not found sound: $said"
    else
        echo "$line" >> "$tree/$path"
        said=$("$check" "$tree")
        if [[ $said == *"$words"* ]]; then
            echo "ok $name"
        else
            echo "FAILED $name"
            echo "planted in $path: $line"
            echo "expected to hear: $words; heard: $said"
        fi
    fi
    rm -rf "$tree"
}

verdict arrows_hold "$(check_arrows "$ROOT/src")"
verdict headers_compile_alone "$(check_headers "$ROOT/src")"

catches finds_an_arrow_that_points_back check_arrows base/text.c '#include "lang/lang.h"' "base/text.c:1: base may not include lang"
catches finds_an_arrow_in_a_header check_arrows lang/lang.h '#  include "engine/engine.h"' "lang may not include engine"
catches finds_an_arrow_to_the_side check_arrows engine/rules.c '#include "naive/naive.h"' "engine may not include naive"
catches finds_a_foreign_internal_header check_arrows engine/rules.c '#include "lang/lang_internal.h"' "is for lang alone"
catches finds_a_foreign_private_header check_arrows engine/rules.c '#include "lang/tokens.h"' "is not the public header of lang"
catches finds_a_relative_include check_arrows engine/rules.c '#include "../lang/lang.h"' "is not written as"
catches finds_an_unknown_module check_arrows extra/extra.c '#include "base/base.h"' "is no module that the arrows know"
catches finds_a_header_that_leans_on_others check_headers lang/tokens.h 'extern uint32_t tokens;' "uint32_t"
