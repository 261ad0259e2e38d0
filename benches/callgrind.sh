#!/usr/bin/env bash
# Counts the instructions of one step of each kernel (benches/src/kernels.rs, and of the C ABI's, benches/capi/taipan.c, whose names begin with "c-") under
# each manager, with callgrind. No clock is involved, so
# a regression shows on a busy machine too. Start-up cancels out: each kernel runs with n and with 2n steps.
#
#   benches/callgrind.sh            prints counts beside the baseline
#   benches/callgrind.sh --check    besides, status 1 when one is more than TOLERANCE percent (3) and a tenth of an instruction above it
#   benches/callgrind.sh --update   writes the baseline, benches/callgrind.baseline
#
# C_KERNELS=0 leaves the C ABI's out: its library takes minutes to build for speed.
# Counts belong to a compiler: after changing rustc, update. Without valgrind there is nothing to check, and the status is 0.
set -euo pipefail
cd "$(dirname "$0")/.."

baseline=benches/callgrind.baseline
# The baseline has all of them, whatever was left out of a check.
if [ "${1:-}" = --update ]; then C_KERNELS=1; fi
tolerance=${TOLERANCE:-3}
mode=${1:-}
with_c=${C_KERNELS:-1}
case "$mode" in
    '' | --check | --update) ;;
    *)
        echo "usage: benches/callgrind.sh [--check | --update]" >&2
        exit 2
        ;;
esac
if ! command -v valgrind >/dev/null; then
    echo "SKIPPED: valgrind is not installed, so no instructions were counted (0 kernels checked: 0 passed)"
    exit 0
fi

cargo build --release --quiet -p taipan-benches --bin kernel
release=${CARGO_TARGET_DIR:-target}/release
kernel=$release/kernel
compiler=$(rustc --version)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "$with_c" = 1 ]; then
    cargo build --release --quiet -p taipan-ffi --lib
    # Programs of C ask for the name that the library has when it is installed.
    cp "$release/libtaipan_ffi.so" "$work/libtaipan.so.0"
    "${CC:-cc}" -O2 -Iinclude benches/capi/taipan.c -o "$work/capi" "$work/libtaipan.so.0"
fi

# instructions MANAGER NAME N: how many the whole process takes.
instructions() {
    local log=$work/$1.$2.$3.log command=("$kernel" "$@")
    case "$2" in c-*) command=("$work/capi" "$1" "${2#c-}" "$3" 1) ;; esac
    if ! LD_LIBRARY_PATH=$work valgrind --tool=callgrind --callgrind-out-file=/dev/null "${command[@]}" >/dev/null 2>"$log"; then
        cat "$log" >&2
        return 1
    fi
    awk '/Collected *:/ { print $NF }' "$log"
}

# count MANAGER NAME N: the line of a kernel, in a file of its own.
count() {
    local once twice
    once=$(instructions "$1" "$2" "$3") && twice=$(instructions "$1" "$2" $((2 * $3))) || return 1
    awk -v m="$1" -v k="$2" -v a="$once" -v b="$twice" -v n="$3" \
        'BEGIN { printf "%-10s %-10s %9.2f\n", m, k, (b - a) / n }' >"$work/$1.$2"
}

# Counts don't depend on what else runs.
export -f instructions count
export work kernel
"$kernel" --list >"$work/kernels"
for manager in $([ "$with_c" = 1 ] && echo refcount mark gen); do
    printf "$manager %s\n" "c-get 20480" "c-set 20480" "c-local 20480" "c-ref 20480" "c-new 20480" "c-call 10240" "c-state 10"
done >>"$work/kernels"
xargs -P "$(nproc)" -L 1 bash -c 'count "$@"' count <"$work/kernels"
while read -r manager name _; do cat "$work/$manager.$name"; done <"$work/kernels" >"$work/counts"

if [ "$mode" = --update ]; then
    {
        echo "# Instructions per step, by manager and kernel. Written by benches/callgrind.sh --update."
        echo "# $compiler"
        cat "$work/counts"
    } >"$baseline"
    cat "$baseline"
    echo "$(wc -l <"$work/counts") kernels counted, baseline written"
    exit 0
fi

[ -f "$baseline" ] || { echo "there is no $baseline: write one with --update" >&2; exit 1; }
if ! grep -qxF "# $compiler" "$baseline"; then
    echo "note: the baseline was made with another compiler ($(sed -n 's/^# \(rustc.*\)/\1/p' "$baseline"), now $compiler)"
fi
# Both directions: a kernel that has no baseline, and a baseline that has no kernel, are failures too.
awk -v tolerance="$tolerance" -v with_c="$with_c" '
    /^#/ || (!with_c && $2 ~ /^c-/) { next }
    FILENAME == ARGV[1] { old[$1 " " $2] = $3; next }
    {
        id = $1 " " $2; seen[id] = 1; checked++; note = ""
        if (!(id in old)) { note = "NO BASELINE"; bad++ }
        else {
            change = old[id] ? 100 * ($3 / old[id] - 1) : 0
            if (change > tolerance && $3 - old[id] > 0.1) { note = "SLOWER"; bad++ }
            else if (change < -tolerance) { note = "faster: consider --update" }
        }
        printf "%-10s %-10s %9.2f  was %9s  %+6.1f %%  %s\n", $1, $2, $3, (id in old ? old[id] : "-"), change, note
    }
    END {
        for (id in old) if (!(id in seen)) { printf "%s: in the baseline, but there is no such kernel\n", id; bad++; checked++ }
        printf "%d kernels checked: %d passed, %d failed (tolerance %s %%)\n", checked, checked - bad, bad, tolerance
        exit bad > 0
    }' "$baseline" "$work/counts" && status=0 || status=1
[ "$mode" = --check ] || status=0
exit "$status"
