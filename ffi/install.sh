#!/bin/sh
# Installs Taipan as a C library: what cargo has built becomes libtaipan.so.0 with its links, libtaipan.a, the headers, and the files for
# pkg-config and CMake. See --help. Linux, with binutils.
set -eu

usage() {
    cat <<'TEXT'
Usage: ffi/install.sh [OPTIONS]

Installs the C library that `cargo build --release -p taipan-ffi` has built; and, if `cargo build --release -p taipan-record` has built them, what
records and replays calls: libtaipan-record.so and bin/taipan-replay.

  --prefix DIR     where the library will be used (/usr/local)
  --libdir DIR     folder of the libraries, below the prefix (lib)
  --includedir DIR folder of the headers, below the prefix (include)
  --destdir DIR    put in front of all paths when files are written, for packages; nothing that is installed names it
  --from DIR       folder with libtaipan_ffi.so and libtaipan_ffi.a (target/release, or release in $CARGO_TARGET_DIR)
  --strip          without the lines that debuggers and backtraces show
  --uninstall      removes what the same options have installed
  --help           this

Tools can be chosen by the variables AR, LD, OBJCOPY, READELF and STRIP, as for cross-compilation.
TEXT
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tree=$(dirname -- "$here")
prefix=/usr/local libdir=lib includedir=include destdir='' strip='' uninstall=''
from=${CARGO_TARGET_DIR:-$tree/target}/release

# ---- options ----

while [ $# -gt 0 ]; do
    case $1 in
        --help) usage; exit 0 ;;
        --strip) strip=yes; shift; continue ;;
        --uninstall) uninstall=yes; shift; continue ;;
        --*=*) option=${1%%=*} value=${1#*=}; shift ;;
        --*) option=$1; [ $# -gt 1 ] || fail "$1 needs a value, or is unknown; see --help" 2; value=$2; shift 2 ;;
        *) fail "what is '$1'? See --help" 2 ;;
    esac
    case $option in
        --prefix) prefix=$value ;;
        --libdir) libdir=$value ;;
        --includedir) includedir=$value ;;
        --destdir) destdir=$value ;;
        --from) from=$value ;;
        *) fail "unknown option $option; see --help" 2 ;;
    esac
done

# A folder below the prefix, however it was written. The CMake files find one another by such paths, so the tree can be moved.
below() {
    case $2 in
        "$prefix"/*) printf '%s\n' "${2#"$prefix"/}" ;;
        /* | ../* | */../* | */.. | ..) fail "$1 $2 is not below the prefix $prefix" 2 ;;
        '') fail "$1 is empty" 2 ;;
        *) printf '%s\n' "$2" ;;
    esac
}

case $prefix in /*) ;; *) fail "--prefix $prefix is not absolute" 2 ;; esac
prefix=${prefix%/}
libdir=$(below --libdir "${libdir%/}") || exit
includedir=$(below --includedir "${includedir%/}") || exit

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$tree/Cargo.toml" | head -n 1)
abi=$(sed -n 's/^#define TPN_ABI_MAJOR \([0-9]*\)u.*/\1/p' "$tree/include/taipan.h")
[ -n "$version" ] && [ -n "$abi" ] || fail "no version in $tree/Cargo.toml or include/taipan.h"
lib=$destdir$prefix/$libdir
include=$destdir$prefix/$includedir

# ---- uninstall ----

if [ -n "$uninstall" ]; then
    for name in libtaipan.so "libtaipan.so.$abi" "libtaipan.so.$version" libtaipan.a pkgconfig/taipan.pc \
        pkgconfig/taipan-static.pc cmake/taipan/taipan-config.cmake cmake/taipan/taipan-config-version.cmake; do
        rm -f "$lib/$name"
    done
    rm -f "$lib/libtaipan-record.so" "$destdir$prefix/bin/taipan-replay"
    rm -f "$include/taipan.h" "$include/taipan.hpp" "$include/taipan/values.hpp"
    # Only if it was ours alone.
    rmdir "$lib/cmake/taipan" "$include/taipan" 2>/dev/null || true
    printf 'removed from %s\n' "$destdir$prefix"
    exit 0
fi

# ---- install ----

for file in libtaipan_ffi.so libtaipan_ffi.a; do
    [ -f "$from/$file" ] || fail "no $file in $from: run cargo build --release -p taipan-ffi, or say --from"
done
for tool in "${AR:-ar}" "${LD:-ld}" "${OBJCOPY:-objcopy}" "${READELF:-readelf}" "${STRIP:-strip}"; do
    command -v "$tool" >/dev/null || fail "$tool is not installed (binutils)"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# archive FROM TO: an archive of one object, in which everything but tpn_* is local. What rustc makes holds the standard library and all crates
# with global names; beside another such archive it would not link, or worse, it would, with one half from each.
archive() {
    # The names come from the header: nm with an LLVM plugin fails on what the standard library has in it.
    sed -n 's/^TPN_API .*[ *]\(tpn_[a-z0-9_]*\)(.*/-u \1/p' "$tree/include/taipan.h" >"$work/roots"
    # Groups of sections are merged across objects by name, even where the name is local: they are dissolved.
    "${LD:-ld}" -r --gc-sections --force-group-allocation @"$work/roots" -o "$work/taipan.o" "$1"
    "${READELF:-readelf}" -sW "$work/taipan.o" >"$work/symbols"
    missing=$(awk '$5 == "GLOBAL" && $7 == "UND" && $8 ~ /^tpn_/ { print $8; exit }' "$work/symbols")
    [ -z "$missing" ] || fail "$1 lacks $missing: it was built from other sources"
    # Of weak symbols that only dropped sections named, ld leaves local undefined ones, which objcopy would make strong.
    awk '$5 == "LOCAL" && $7 == "UND" && $8 != "" { print $8 }' "$work/symbols" >"$work/dropped"
    # Bitcode of the standard library, joined end to end, is none: tools with an LLVM plugin would fall over it.
    "${OBJCOPY:-objcopy}" --wildcard --keep-global-symbol='tpn_*' --strip-symbols="$work/dropped" \
        --remove-section='.llvmbc' --remove-section='.llvmcmd' "$work/taipan.o"
    [ -z "$strip" ] || "${STRIP:-strip}" --strip-debug "$work/taipan.o"
    rm -f "$2"
    "${AR:-ar}" rcsD "$2" "$work/taipan.o"
}

# put MODE FROM TO: a file under another name first, so that programs that run keep the old one, whole.
put() {
    rm -f "$3.new"
    cp "$2" "$3.new" && chmod "$1" "$3.new" && mv -f "$3.new" "$3"
}

# fill NAME FOLDER: a file of ffi/packaging with its @…@ replaced.
fill() {
    sed -e "s|@prefix@|$prefix|g" -e "s|@libdir@|$libdir|g" -e "s|@includedir@|$includedir|g" -e "s|@up@|$up|g" \
        -e "s|@version@|$version|g" -e "s|@abi@|$abi|g" "$here/packaging/$1.in" >"$work/$1"
    put 644 "$work/$1" "$2/$1"
}

# From lib/cmake/taipan to the prefix.
up=$(printf '%s\n' "$libdir/cmake/taipan" | sed 's|[^/][^/]*|..|g')

mkdir -p "$lib/pkgconfig" "$lib/cmake/taipan" "$include/taipan" || fail "can't make the folders in $destdir$prefix"
archive "$from/libtaipan_ffi.a" "$work/libtaipan.a"
cp "$from/libtaipan_ffi.so" "$work/libtaipan.so"
[ -z "$strip" ] || "${STRIP:-strip}" --strip-unneeded "$work/libtaipan.so"
put 644 "$work/libtaipan.a" "$lib/libtaipan.a"
put 755 "$work/libtaipan.so" "$lib/libtaipan.so.$version"
ln -sf "libtaipan.so.$version" "$lib/libtaipan.so.$abi"
ln -sf "libtaipan.so.$abi" "$lib/libtaipan.so"
put 644 "$tree/include/taipan.h" "$include/taipan.h"
put 644 "$tree/include/taipan.hpp" "$include/taipan.hpp"
put 644 "$tree/include/taipan/values.hpp" "$include/taipan/values.hpp"
fill taipan.pc "$lib/pkgconfig"
fill taipan-static.pc "$lib/pkgconfig"
fill taipan-config.cmake "$lib/cmake/taipan"
fill taipan-config-version.cmake "$lib/cmake/taipan"
if [ -f "$from/libtaipan_record.so" ] && [ -f "$from/taipan-replay" ]; then
    cp "$from/libtaipan_record.so" "$work/record.so"
    cp "$from/taipan-replay" "$work/replay"
    [ -z "$strip" ] || "${STRIP:-strip}" --strip-unneeded "$work/record.so" "$work/replay"
    mkdir -p "$destdir$prefix/bin"
    put 755 "$work/record.so" "$lib/libtaipan-record.so"
    put 755 "$work/replay" "$destdir$prefix/bin/taipan-replay"
else
    printf 'without libtaipan-record.so and taipan-replay: cargo build --release -p taipan-record makes them\n'
fi
printf 'Taipan %s is in %s\n' "$version" "$destdir$prefix"
