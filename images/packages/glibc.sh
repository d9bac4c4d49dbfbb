# Sourced by the recipes of programs for glibc: the options of the compiler, and a tree with just the libraries
# that a dynamic program loads. Expects ARCH and SRC; libraries are looked for in every source of the stage.
# shellcheck shell=bash

: "${ARCH:?}" "${OUT:?}" "${SRC:?}"
export LC_ALL=C TZ=UTC
umask 022

library_folder=usr/lib/$ARCH-linux-gnu
# Where programs name the loader, by the ABI of each architecture.
case $ARCH in
  x86_64) loader_folder=lib64 ;;
  *) loader_folder=lib ;;
esac
declare -A glibc_seen=()
# For what is compiled with the distribution's gcc: as scripts/zig/cc does it, and glibc's own checks of buffers.
case $ARCH in
  x86_64) branches=-fcf-protection=full ;;
  aarch64) branches=-mbranch-protection=standard ;;
esac
hardening="-fPIE -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero $branches"
hardening+=" -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
# shellcheck disable=SC2034 # for the recipes
hardening_links="-Wl,-z,relro,-z,now"

# add_needed TREE FILE: what FILE needs, and what that needs, each as a file under its soname.
add_needed() {
  local tree=$1 name file found
  mkdir -p "$tree/$library_folder" "$tree/$loader_folder"
  while read -r name; do
    [ -z "${glibc_seen[$name]:-}" ] || continue
    glibc_seen[$name]=1
    found=
    for file in "$SRC"/*/{usr/,}lib/"$ARCH-linux-gnu/$name"; do
      [ ! -f "$file" ] || found=$file
    done
    if [ -z "$found" ]; then
      echo "no source package holds '$name', which '${2##*/}' needs" >&2
      return 1
    fi
    case $name in
      ld-linux*) install -m 755 "$found" "$tree/$loader_folder/$name" ;;
      *) install -m 755 "$found" "$tree/$library_folder/$name" ;;
    esac
    add_needed "$tree" "$found" || return
  done < <(readelf -d "$2" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
}
