# SPDX-License-Identifier: Apache-2.0
# For the commands at the root, which read this file with `source`: installs what is missing and builds a preset. They set
# `root` to the repository's folder first.

# What building takes, as "package|what shows that it is there|why".
packages_build=(
    "cmake|command -v cmake|configures the build"
    "ninja-build|command -v ninja|runs the build"
    "gcc|command -v gcc|compiles"
    "libc6-dev|test -e /usr/include/stdio.h|the C library's headers"
    "pkg-config|command -v pkg-config|finds libraries"
    "libssl-dev|test -e /usr/include/openssl/evp.h|SHA-256"
)

say() { printf '%s\n' "$*" >&2; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# install_missing ENTRY...: installs the packages whose sign is missing; says first which, and why.
install_missing() {
    local entry package sign why log missing=()
    for entry in "$@"; do
        IFS='|' read -r package sign why <<< "$entry"
        if ! eval "$sign" > /dev/null 2>&1; then
            missing+=("$package")
            why_missing+="  $package: $why"$'\n'
        fi
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing with apt-get:"
    printf '%s' "$why_missing" >&2
    why_missing=
    if ! command -v apt-get > /dev/null; then
        say "There is no apt-get here. Please install by other means what these Debian packages hold: ${missing[*]}"
        return 1
    fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo > /dev/null; then
        say "That needs root, and there is no sudo. As root: apt-get install ${missing[*]}"
        return 1
    fi
    log=$(mktemp)
    # A machine on which `apt-get update` never ran, or ran long ago, knows no package or asks for one that is gone.
    if ! apt_install "${missing[@]}" > "$log" 2>&1 &&
        ! { as_root apt-get update >> "$log" 2>&1 && apt_install "${missing[@]}" >> "$log" 2>&1; }; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        say "apt-get could not install: ${missing[*]}"
        return 1
    fi
    rm -f "$log"
}
why_missing=

# build PRESET [TARGET...]: configures where needed and builds, silently unless it fails. One build at a time in a folder.
# BUILD_AFRESH=1 configures again, so that a library which came since is found.
build() {
    local preset=$1 folder=$root/build/$1 log
    shift
    mkdir -p "$folder"
    (
        flock 9
        log=$folder/build.log
        # A folder that was copied from elsewhere still points there.
        if [ -e "$folder/CMakeCache.txt" ] &&
            ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
            rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles" "$folder/build.ninja"
        fi
        if [ ! -e "$folder/build.ninja" ] || [ "$root/CMakePresets.json" -nt "$folder/build.ninja" ] ||
            [ -n "${BUILD_AFRESH:-}" ]; then
            [ -e "$folder/CMakeCache.txt" ] || say "Building (the first time takes longer) ..."
            (cd "$root" && cmake --preset "$preset") > "$log" 2>&1 || {
                cat "$log" >&2
                say "The build could not be configured."
                rm -f "$folder/build.ninja"
                exit 1
            }
        fi
        ninja -C "$folder" "$@" > "$log" 2>&1 || {
            # What the compiler said, without ninja's count of the steps that went well.
            sed -E '/^(\[[0-9]+\/[0-9]+\] |-- |ninja: Entering)/d' "$log" >&2
            say "The build failed."
            exit 1
        }
    ) 9> "$folder/lock"
}
