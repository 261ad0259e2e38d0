#!/usr/bin/env bash
# Seeded faults: each patch in tests/seeded/ is a mistake that a memory manager could contain. One after the other is made in a copy of the
# sources; the suites must notice. The status is 1 if they miss one, or if a patch no longer applies or no longer compiles.
#
#   tests/seeded.sh               all of them, a minute each
#   tests/seeded.sh NAME…         these
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$here/target}/seeded"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work" 2>/dev/null || true
cd "$work"

# suites: whether all is well, as far as they see. What hangs or eats memory is noticed, too.
suites() (
    ulimit -v $((12 << 20))
    timeout 120 cargo test --quiet -p taipan-tests --test contract &&
        timeout 120 cargo run --quiet -p taipan-tests --bin zeal -- --count 50000 &&
        timeout 120 cargo test --quiet -p taipan-tests --test promptness
)
build() {
    cargo build --quiet -p taipan-tests --tests --bins
}

if ! { build && suites; } >log 2>&1; then
    tail -n 30 log
    echo "without any fault the suites fail already" >&2
    exit 1
fi

caught=0
missed=()
names=("$@")
if [ ${#names[@]} = 0 ]; then
    for file in tests/seeded/*.patch; do names+=("$(basename "$file" .patch)"); done
fi
for name in "${names[@]}"; do
    patch=tests/seeded/$name.patch
    if ! patch --silent -p0 <"$patch" >log 2>&1; then
        cat log
        verdict="does not apply"
    elif ! build >log 2>&1; then
        tail -n 30 log
        verdict="does not compile"
    elif suites >log 2>&1; then
        verdict=MISSED
    else
        verdict=caught
    fi
    printf '%-40s %s\n' "$name" "$verdict"
    case $verdict in
        caught) caught=$((caught + 1)) ;;
        *) missed+=("$name") ;;
    esac
    # As it was: with a new time, so that cargo looks again.
    sed -n 's/^+++ \([^\t]*\).*/\1/p' "$patch" | while read -r file; do
        cp "$here/$file" "$file"
        touch "$file"
    done
done
echo "$caught passed, ${#missed[@]} failed"
[ ${#missed[@]} = 0 ]
