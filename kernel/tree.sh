# The kernel's source, configured: what the recipes of both stages have in common, for bash.
#
# Both use the same configuration, so that any of their modules fits the one kernel; each leaves out the
# other's modules. The stage `kernel` has those that the fragments without `drivers` ask for.
# shellcheck shell=bash

here=kernel
tree=$WORK/linux
objects=$WORK/objects
made=$WORK/made # what make said
relocations=arch/x86/boot/compressed # where linking the kernel leaves vmlinux.relocs
# What else of the tree the image is made of, beside vmlinux.
beside=()
case $ARCH in
  x86_64)
    arch=x86_64 image=bzImage
    beside=(init/version-timestamp.o arch/x86/kernel/cpu/capflags.o drivers/firmware/efi/libstub/)
    ;;
  aarch64) arch=arm64 image=Image.gz ;;
  *) echo "kernel: no fragments for '$ARCH'" >&2; exit 1 ;;
esac

# Without depmod (kmod) modules_install writes no modules.dep and only warns.
for tool in "${CROSS_COMPILE:-}gcc" make flex bison bc zstd xz depmod pahole; do
  command -v "$tool" >/dev/null || { echo "kernel: '$tool' is not installed" >&2; exit 1; }
done

export LC_ALL=C TZ=UTC
export KBUILD_BUILD_USER=roster KBUILD_BUILD_HOST=roster KBUILD_BUILD_VERSION=1
KBUILD_BUILD_TIMESTAMP=$(date -u -d "@$SOURCE_DATE_EPOCH")
export KBUILD_BUILD_TIMESTAMP

# What the kernel could use of the machine's, if it is there, stays out: it would change the result.
# The types of modules are not kept (config/tracing.config), so they are compiled without debugging information.
kernel_make() {
  make -C "$tree" O="$objects" -j"$JOBS" ARCH=$arch RUSTC=false CFLAGS_MODULE=-g0 "$@"
}

unpack() {
  echo "unpack"
  mkdir -p "$tree" "$objects"
  tar -xf "$SRC"/linux-source/usr/src/linux-source-*.tar.xz -C "$tree" --strip-components=1
  cat "$here"/patches/*.patch | patch --quiet -p1 -d "$tree"
}

# configuration NAME FRAGMENT...: .config of these fragments; its options that are modules are in $WORK/NAME.
configuration() {
  local name=$1
  shift
  cat "$@" >"$WORK/requested.config"
  kernel_make -s KCONFIG_ALLCONFIG="$WORK/requested.config" allnoconfig
  sed -n 's/=m$//p' "$objects/.config" | sort >"$WORK/$name"
}

# Ends with the configuration of all fragments, checked.
configure() {
  echo "configure"
  if [ -f "$here/config/$ARCH/bootconfig" ]; then cp "$here/config/$ARCH/bootconfig" "$objects"; fi
  local all=("$here"/config/*.config "$here/config/$ARCH"/*.config) without=() fragment
  for fragment in "${all[@]}"; do
    if [[ $fragment != */drivers.config ]]; then without+=("$fragment"); fi
  done
  configuration without-drivers "${without[@]}"
  configuration all "${all[@]}"
  "$here/verify" "$objects/.config" "${all[@]}"
  comm -13 "$WORK/without-drivers" "$WORK/all" >"$WORK/drivers"
  comm -12 "$WORK/without-drivers" "$WORK/all" >"$WORK/others"
}

# leave_out FILE: makes no modules of the options in it. The configuration stays: what is compiled is the same.
# Only lines of objects are meant; folders are gone into, as other options may have something there.
leave_out() {
  local names
  names=$(paste -sd'|' "$1")
  grep -rlE --include=Makefile --include=Kbuild "^[[:blank:]]*obj-\\$\\(($names)\\)" "$tree" |
    xargs sed -i -E "/\\/[[:blank:]]*$/! s/^[[:blank:]]*obj-\\$\\(($names)\\)/left-out-\\1/"
}

# compile GOAL...: $WORK/progress says how far it is, in objects of as many as make says that there are.
compile() {
  echo "compile"
  kernel_make -s prepare
  local total counting status=0
  total=$(kernel_make -n "$@" 2>/dev/null | grep -cE "echo '  (CC|AS) ") || true
  : >"$made"
  count "$total" &
  counting=$!
  kernel_make "$@" >"$made" || status=$?
  kill "$counting"
  rm -f "$WORK/progress"
  return "$status"
}

count() {
  local done
  while sleep 3; do
    done=$(grep -E '^  (CC|AS) ' "$made" | grep -cv '\.mod\.o$') || true
    echo "$done $1 objects" >"$WORK/progress.new"
    mv "$WORK/progress.new" "$WORK/progress"
  done
}

# The modules that were made, below $1.
install_modules() {
  echo "install"
  kernel_make -s INSTALL_MOD_PATH="$1" INSTALL_MOD_STRIP=1 ZSTD="zstd -19" modules_install
  rm -f "$1"/lib/modules/*/{build,source}
}

# image FOLDER MODULES: $OUT/vmlinuz, the image of the kernel in the folder with the list of these modules.
image() {
  echo "image"
  local part
  cp "$1/vmlinux" "$objects"
  if [ -e "$1/vmlinux.relocs" ]; then
    mkdir -p "$objects/$relocations"
    cp "$1/vmlinux.relocs" "$objects/$relocations"
  fi
  "$here/list-modules" "$objects/vmlinux" "$2"
  for part in "${beside[@]}"; do kernel_make -s "$part"; done
  # vmlinux is ready, and not made of anything here.
  sed -i '/^vmlinux: vmlinux\.o /,/^$/d' "$tree/Makefile"
  kernel_make -s "$image" >"$made"
  cp "$objects/arch/$arch/boot/$image" "$OUT/vmlinuz"
}
