# Sourced by every recipe in this folder: the static musl toolchain and two helpers.
# Expects the stage contract (ARCH, OUT, WORK, SRC, JOBS, ROS_ZIG; cwd = repository root).
# shellcheck shell=bash

: "${ARCH:?}" "${OUT:?}" "${WORK:?}" "${SRC:?}" "${ROS_ZIG:?}"
JOBS=${JOBS:-2}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0} LC_ALL=C TZ=UTC
umask 022

zig_dir=$PWD/scripts/zig
export CC=$zig_dir/cc CXX=$zig_dir/c++ AR=$zig_dir/ar RANLIB=$zig_dir/ranlib
# What protects the programs from attacks is in the compiler's wrapper.
# The triple that autoconf is told; build != host makes it cross compile.
host_triple=$ARCH-linux-musl
size_flags="-Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables"
export host_triple size_flags

# For configure: never regenerate what autotools made, whatever the file times say.
export ACLOCAL=: AUTOCONF=: AUTOHEADER=: AUTOMAKE=: MAKEINFO=:

# work_copy NAME: a writable copy of a source tree; prints its path.
work_copy() {
  local dir=$WORK/$1
  # Times are kept: make must not think that generated files are stale.
  cp -r --preserve=mode,timestamps "$(realpath "$SRC/$1")" "$dir"
  chmod -R u+w "$dir"
  printf '%s\n' "$dir"
}

# install_bin DIR FILE...: strips programs into $OUT/DIR.
install_bin() {
  local dir=$OUT/$1 file
  shift
  mkdir -p "$dir"
  for file in "$@"; do
    install -m 755 "$file" "$dir/"
    "${CROSS_COMPILE:-}strip" --strip-all "$dir/${file##*/}"
  done
}
