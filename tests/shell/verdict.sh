# SPDX-License-Identifier: Apache-2.0
# Sourced by test scripts.

# verdict NAME WRONG: the case passed where nothing is wrong.
verdict() {
    if [ -z "$2" ]; then echo "ok $1"; else printf 'FAILED %s\n%s\n' "$1" "$2"; fi
}
