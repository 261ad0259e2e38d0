#!/bin/sh
# Writes the expected outputs anew, with CPython 3.11 as the oracle.
# CPython makes the path of the script absolute in "File" lines; the folder is
# taken off here, so that the expected lines say `File "NAME.py"`.
cd "$(dirname "$0")" || exit 1
here=$(pwd -P)
for f in *.py; do
    b=${f%.py}
    PYTHONIOENCODING=utf-8 /usr/bin/python3 -B "$f" >"$b.out" 2>"$b.err"
    status=$?
    sed -i "s|File \"$here/|File \"|" "$b.err"
    [ -s "$b.out" ] || rm "$b.out"
    # NAME.status holds the exit status where it is not 1
    if [ $status = 1 ]; then rm -f "$b.status"; else echo $status >"$b.status"; fi
done
