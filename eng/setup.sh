#!/usr/bin/env bash
# Installs what building and testing need on Debian and its kin. Quiet and quick when nothing is missing.
#
#   eng/setup.sh             install what is missing
#   eng/setup.sh --dry-run   list what is needed and what is missing, change nothing
#
# Where it may not install (no root, no apt) it says in one line what is missing and goes on: a test that needs
# a missing tool skips itself, and eng/allowed-skips.txt says whether it may. Only the SDK is indispensable.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" # where ip lives, which an ordinary user may not have

# Debian package, and the command that succeeds when what it brings is there.
NEEDS=(
  'ca-certificates        | test -e /etc/ssl/certs/ca-certificates.crt'
  'openssl                | openssl version'
  'gcc                    | gcc --version'
  'libc6-dev              | gcc -E -x c -include sys/epoll.h /dev/null'
  'gcc-aarch64-linux-gnu  | aarch64-linux-gnu-gcc --version'
  'libc6-dev-arm64-cross  | aarch64-linux-gnu-gcc -E -x c -include sys/epoll.h /dev/null'
  'clang                  | clang --version'
  'lld                    | ld.lld --version'
  'qemu-user-static       | qemu-aarch64-static --version'
  'strace                 | strace --version'
  'iproute2               | ip -Version'
  'qemu-system-x86        | qemu-system-x86_64 --version'
  'busybox-static         | dpkg -s busybox-static'
  'cpio                   | cpio --version'
  'kmod                   | depmod --version'
  'xz-utils               | xz --version'
  'patchelf               | patchelf --version'
  'xfsprogs               | mkfs.xfs -V'
  'btrfs-progs            | mkfs.btrfs -V'
)

dry_run=false
case "${1-}" in
  '') ;;
  --dry-run) dry_run=true ;;
  *) echo "usage: eng/setup.sh [--dry-run]" >&2; exit 2 ;;
esac

find_missing() {
  missing=()
  local need package probe
  for need in "${NEEDS[@]}"; do
    read -r package <<<"${need%%|*}"
    probe=${need#*|}
    if $probe </dev/null >/dev/null 2>&1; then
      $dry_run && echo "setup: have    $package"
    else
      $dry_run && echo "setup: missing $package"
      missing+=("$package")
    fi
  done
}

# `dotnet --version` resolves global.json: it fails when there is no SDK that satisfies it.
sdk_wanted=$(sed -n 's/.*"version": *"\([0-9.]*\)".*/\1/p' global.json)
check_sdk() {
  if sdk=$(dotnet --version 2>/dev/null); then
    $dry_run && echo "setup: have    .NET SDK $sdk"
    return 0
  fi
  echo "setup: no .NET SDK $sdk_wanted or a later ${sdk_wanted%.*}.x;" \
    "see https://learn.microsoft.com/dotnet/core/install/linux" >&2
  return 1
}

find_missing
if $dry_run; then
  check_sdk || true
  exit 0
fi

if ((${#missing[@]} > 0)); then
  as_root=()
  if (($(id -u) != 0)) && [[ -n ${CI-} ]]; then
    as_root=(sudo -n) # a hosted runner's user may; nobody's own machine is changed behind their back
  fi
  if command -v apt-get >/dev/null && { (($(id -u) == 0)) || { ((${#as_root[@]})) && sudo -n true; } } 2>/dev/null; then
    echo "setup: installing ${missing[*]}"
    log=$(mktemp)
    apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } \
        </dev/null >"$log" 2>&1; then
      tail -n 20 "$log" >&2
    fi
    rm -f "$log"
    find_missing
  fi
  if ((${#missing[@]} > 0)); then
    echo "setup: missing, and could not be installed here: ${missing[*]}" >&2
  fi
fi

check_sdk
