#!/bin/sh
# Runs Secateur's WebGPU kit on this machine: OUT=results sh run.sh [--short]
# It needs no network, no npm and no root; only Linux on x64, tar, and xz or python3. Results go to the folder OUT (default:
# kit-results here), in 8 minutes at most. A folder `vulkan` beside this file may bring a Vulkan loader (libvulkan.so.1), a
# description of a driver (*.json), or Debian packages of either. --short only shows that everything runs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
OUT=${OUT:-$PWD/kit-results}
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
[ "${1:-}" != --short ] || KIT_SHORT=1
KIT_SHORT=${KIT_SHORT:-0}
[ "$(uname -sm)" = 'Linux x86_64' ] || { echo "kit: expected Linux x86_64, found $(uname -sm); make no kit for it yet." >&2; exit 1; }

unpack() {
  if command -v xz >/dev/null 2>&1; then xz -dc "$1"
  elif command -v python3 >/dev/null 2>&1; then
    python3 -c 'import lzma,shutil,sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer, 1 << 20)' "$1"
  else echo 'kit: expected xz or python3 to unpack with, found neither; bring one of them.' >&2; return 1
  fi
}
work=$(mktemp -d "${TMPDIR:-/tmp}/secateur-kit-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
unpack "$here/app.tar.xz" >"$work/app.tar"
tar -xf "$work/app.tar" -C "$work" && rm "$work/app.tar"
unpack "$here/dawn.node.xz" >"$work/node_modules/webgpu/dist/linux-x64/dawn.node"
unpack "$here/node.xz" >"$work/node" && chmod +x "$work/node"

# Vulkan: the system's loader and drivers where there are any, else what lies in the folder beside this file.
libraries=${LD_LIBRARY_PATH:-}
add() { libraries="${libraries:+$libraries:}$1"; }
known() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q "$1"; }
for package in "$here"/vulkan/*.deb; do
  [ -e "$package" ] || continue
  dpkg-deb -x "$package" "$work/vulkan" && add "$work/vulkan/usr/lib/x86_64-linux-gnu"
done
if ! known 'libvulkan\.so\.1'; then
  if [ -e "$here/vulkan/libvulkan.so.1" ]; then add "$here/vulkan"; echo 'Vulkan loader: the one of the kit'
  else echo 'Vulkan loader: none (libvulkan.so.1); put one into the folder vulkan beside run.sh, or install libvulkan1'
  fi
fi
if ! known 'libGLX_nvidia\.so' && [ -d /usr/local/nvidia/lib64 ]; then add /usr/local/nvidia/lib64; fi
if [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ]; then
  for place in /usr/share/vulkan/icd.d /etc/vulkan/icd.d /usr/local/share/vulkan/icd.d \
    "$here/vulkan" "$work/vulkan/usr/share/vulkan/icd.d" /usr/local/nvidia/share/vulkan/icd.d; do
    for driver in "$place"/*.json; do
      [ ! -e "$driver" ] || VK_DRIVER_FILES="${VK_DRIVER_FILES:+$VK_DRIVER_FILES:}$driver"
    done
  done
fi
if [ -n "${VK_DRIVER_FILES:-}" ]; then export VK_DRIVER_FILES; fi
echo "Vulkan drivers: ${VK_DRIVER_FILES:-${VK_ICD_FILENAMES:-none found; install the driver of the GPU, or set VK_DRIVER_FILES}}"

export OUT KIT_SHORT
# What is made on the way stays in the temporary folder.
export HOME="$work" XDG_CACHE_HOME="$work/cache" XDG_RUNTIME_DIR="$work" KIT_WORK="$work" KIT_PYTHON="${KIT_PYTHON:-$(command -v python3 || echo python3)}"
[ -z "$libraries" ] || export LD_LIBRARY_PATH="$libraries"
cd "$work"
status=0
"$work/node" tools/kit/parts/run.ts &
running=$!
trap 'kill "$running" 2>/dev/null; wait "$running"; exit 130' INT TERM
wait "$running" || status=$?
echo "results: $OUT"
exit $status
