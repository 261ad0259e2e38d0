#!/bin/sh
# Writes the expected outputs anew, with CPython 3.11 as the oracle.
# With arguments: only those programs.
cd "$(dirname "$0")" || exit 1
[ $# -gt 0 ] || set -- *.py
for f in "$@"; do
    b=${f%.py}
    PYTHONPATH=lib PYTHONIOENCODING=utf-8 /usr/bin/python3 -B "$f" >"$b.out" || echo "$f: exit status $?"
done
