#!/usr/bin/env bash
# Runs programs of pyperformance under every manager, plain and stressed, and compares what they compute with CPython's results.
# Gets the programs from PyPI (MIT licence; they are not kept here), or takes the folder in PYPERFORMANCE that holds bm_*/.
# `run.sh regen` writes the expected results anew, with CPython 3.11.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=1.14.0
if [ -z "${PYPERFORMANCE:-}" ]; then
    target=${CARGO_TARGET_DIR:-target}/pyperformance-$version
    if [ ! -d "$target" ]; then
        mkdir -p "$target.part"
        python3 -m pip download --quiet --no-deps --dest "$target.part" "pyperformance==$version"
        python3 -m zipfile -e "$target.part"/*.whl "$target.part"
        mv "$target.part" "$target"
    fi
    PYPERFORMANCE=$PWD/$target/pyperformance/data-files/benchmarks
    case $target in /*) PYPERFORMANCE=$target/pyperformance/data-files/benchmarks ;; esac
fi
export PYPERFORMANCE
here=tests/pyperformance
for expected in "$here"/*.out; do
    name=$(basename "$expected" .out)
    if [ "${1:-}" = regen ]; then
        python3 "$here/driver.py" "$PYPERFORMANCE" "$name" >"$expected"
    elif python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
        # The expected results are still CPython's.
        python3 "$here/driver.py" "$PYPERFORMANCE" "$name" | diff - "$expected"
    fi
done
cargo test -p taipan-tests --test pyperformance
