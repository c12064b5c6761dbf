#!/usr/bin/env bash
# Runs the native tests on musl, the C library of Alpine, as a self-contained program under the JIT.
#
#   eng/musl.sh build          publishes tests/Native for linux-musl-x64
#   eng/musl.sh run SUITE REPORT OPTION…
#                              runs it on that suite's musl (bookworm 1.2.3, trixie 1.2.5); REPORT is what eng/report.sh
#                              judges, OPTION… as tests/Native/Program.cs has them
#   eng/musl.sh record SUITE REPORT
#                              what docs/kernels.md needs to know of such a run: eng/kernels/musl-*.txt
#
# Nothing is installed: musl is unpacked into a cache (eng/debian.sh) and the program told where. Debian has no C++ runtime
# for musl, which .NET needs: glibc's serves, with what it misses from eng/musl/shim.c. Needs apt, gcc and patchelf.
# Exits with 77 where such a thing cannot be had: no apt of Debian's, no network, or a tool is missing.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$ROOT/eng/debian.sh"
OUT=$ROOT/artifacts/musl

die() { echo "musl: $*" >&2; exit 1; }
lack() { echo "musl: $*" >&2; exit 77; }

# As JIT's code: what compiles to native code for musl is not among .NET's packages for other machines.
build() {
  dotnet publish "$ROOT/tests/Native" -c Release -r linux-musl-x64 --self-contained -p:PublishAot=false \
    -o "$OUT/program" -v quiet --nologo
}

# The loader and the headers of a suite's musl; prints the folder.
fetch() {
  local folder=$CACHE/musl/$1
  if [[ ! -e $folder/whole ]]; then
    has_mirror || lack "no mirror of Debian among this machine's sources"
    rm -rf "$folder"
    list_suite "$1" && unpack "$1" "$folder" musl musl-dev || lack "$1's musl cannot be fetched"
    touch "$folder/whole"
  fi
  echo "$folder"
}

loader_of() { find "$(fetch "$1")" -path '*-linux-musl/libc.so'; }

# The loader says its version where it is given nothing to load, and fails.
version_of() { { "$(loader_of "$1")" 2>&1 || true; } | sed -n '2s/Version/musl/p'; }

run() {
  local suite=$1 report=$2 musl loader library tool
  shift 2
  for tool in gcc patchelf; do
    command -v "$tool" >/dev/null || lack "$tool is not installed"
  done
  [[ -x $OUT/program/Zerocopy.Native ]] || die "not built yet: eng/musl.sh build"
  musl=$(fetch "$suite")
  loader=$(loader_of "$suite")
  mkdir -p "$OUT/libraries"
  for library in libstdc++.so.6 libgcc_s.so.1; do
    cp -L "$(ldconfig -p | sed -n "s!.*$library (.*x86-64.*) => !!p" | head -n 1)" "$OUT/libraries/"
  done
  # Under the name by which glibc's libraries ask for their own loader.
  gcc -shared -fPIC -O2 -nostdlib -nostdinc -isystem "$(find "$musl" -path '*/include/*-linux-musl')" \
    -isystem "$(gcc -print-file-name=include)" -Wl,-soname,ld-linux-x86-64.so.2 \
    -o "$OUT/libraries/ld-linux-x86-64.so.2" "$ROOT/eng/musl/shim.c"
  patchelf --set-interpreter "$loader" "$OUT/program/Zerocopy.Native"
  version_of "$suite"
  env LD_LIBRARY_PATH="$OUT/libraries" LD_PRELOAD="$OUT/libraries/ld-linux-x86-64.so.2" \
    "$OUT/program/Zerocopy.Native" "$report" "$@"
}

record() {
  echo "libc $(version_of "$1")"
  "$ROOT/eng/kernels.sh" record "$2"
}

case ${1-} in
  build) build ;;
  record) (($# == 3)) && record "$2" "$3" ;;
  run) (($# >= 3)) && run "${@:2}" ;;
  *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac
