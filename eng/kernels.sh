#!/usr/bin/env bash
# Runs the native tests on other kernels: Debian's, booted under qemu in software. Nothing is installed.
#
#   eng/kernels.sh list                          the suites that have a kernel to try
#   eng/kernels.sh fetch SUITE                   its kernel into the cache, unless it is there; prints the release
#   eng/kernels.sh run SUITE PROGRAM REPORT PART…
#       boots it and runs the tests of PROGRAM (tests/Native) whose names have a PART, one process for each class;
#       REPORT is what eng/report.sh judges
#   eng/kernels.sh record REPORT                 what docs/kernels.md needs to know of a run: eng/kernels/*.txt
#   eng/kernels.sh agree REPORT                  whether that kernel still has what its record says
#
# The kernels are kept in ${XDG_CACHE_HOME:-~/.cache}/zerocopy/kernels. Needs apt, qemu-system-x86, busybox-static, cpio,
# kmod and xz-utils.
# Exits with 77 where such a thing cannot be had: no apt of Debian's, no network, or a tool is missing.
set -euo pipefail
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" # where depmod lives, which an ordinary user may not have

# Suite: from the oldest that is still served to the newest.
SUITES=(bullseye bookworm trixie sid)

# What the tests look for; a kernel without one goes without.
MODULES=(tcp_bbr tun)

# A guest that says nothing for so long has hung: its slowest test takes 12 seconds on a quiet machine.
SILENCE_MAX=300
SLOWDOWN=6 # how much longer a test may take: software is 10 to 15 times slower than a processor

. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"
KERNELS=$CACHE/kernels

die() { echo "kernels: $*" >&2; exit 1; }
lack() { echo "kernels: $*" >&2; exit 77; }

# --- A kernel -------------------------------------------------------------------------------------------------

# The newest kernel of a suite is what this package depends on; since 7.2 that one has parts again.
parts_of() {
  local suite=$1 names=(linux-image-cloud-amd64) found=()
  for _ in 1 2; do
    mapfile -t names < <(apt_of "$suite" apt-cache depends "${names[@]}" |
      sed -n 's/^ *Depends: \(linux-\(image\|binary\|modules\)-[0-9].*-cloud-amd64\)$/\1/p' | sort -u)
    found+=("${names[@]}")
    ((${#names[@]} > 0)) || break
  done
  printf '%s\n' "${found[@]}"
}

fetch() {
  local suite=$1 root=$KERNELS/$1 parts
  [[ " ${SUITES[*]} " == *" $suite "* ]] || die "no such suite: $suite (${SUITES[*]})"
  if [[ ! -e $root/release ]]; then
    rm -rf "$root"
    has_mirror || lack "no mirror of Debian among this machine's sources"
    list_suite "$suite" || lack "$suite cannot be listed"
    mapfile -t parts < <(parts_of "$suite")
    ((${#parts[@]} > 0)) || die "$suite has no linux-image-cloud-amd64"
    unpack "$suite" "$root" "${parts[@]}" || lack "${parts[*]} cannot be fetched"
    basename "$(modules_of "$suite")" >"$root/release.new"
    mv "$root/release.new" "$root/release"
  fi
  cat "$root/release"
}

# --- A guest --------------------------------------------------------------------------------------------------

# modules_of SUITE: where its modules are.
modules_of() { dirname "$(find "$KERNELS/$1" -path '*/modules/*/kernel' -prune)"; }

# add_modules RELEASE SUITE ROOT: those of MODULES and what they need.
add_modules() {
  local release=$1 tree ours=$3/lib/modules/$1 module file
  tree=$(modules_of "$2")
  mkdir -p "$ours"
  while read -r file; do
    mkdir -p "$ours/$(dirname "$file")"
    case $file in
      *.xz) xz -dc "$tree/$file" >"$ours/${file%.xz}" ;;
      *) cp "$tree/$file" "$ours/$file" ;;
    esac
  done < <(for module in "${MODULES[@]}"; do find "$tree" -name "$module.ko*" -printf '%P\n'; done)
  depmod -b "$3" "$release" 2>/dev/null # It would like to know what is built in.
}

# make_guest SUITE RELEASE PROGRAM ROOT PART…: the initial file system, which is all that the guest has.
make_guest() {
  local suite=$1 release=$2 program=$3 root=$4 library
  shift 4
  mkdir -p "$root"/{bin,dev,etc,lib64,proc,root,run,sys,t,tmp}
  cp "$(command -v busybox)" "$root/bin/busybox"
  cp "$program" "$root/t/tests"
  for library in $({ ldd "$program"; ldd "$(openssl_library)" 2>/dev/null; openssl_library; } | grep -o '/[^ ]*' | tr -d :); do
    mkdir -p "$root/$(dirname "$library")"
    cp -L "$library" "$root/$library"
  done
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  add_modules "$release" "$suite" "$root"
  "$program" --classes "$@" >"$root/t/classes"
  [[ -s $root/t/classes ]] || die "no class of $program has $* in its name"
  sed "s/@MODULES@/${MODULES[*]}/; s/@SLOWDOWN@/$SLOWDOWN/" >"$root/init" <<'INIT'
#!/bin/busybox sh
# Runs each class and sends what it reports over the second serial line.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc && mount -t sysfs sys /sys && mount -t devtmpfs dev /dev && mount -t tmpfs tmp /tmp
mkdir -p /dev/shm /dev/pts && mount -t tmpfs shm /dev/shm && mount -t devpts pts /dev/pts
ln -s /proc/self/fd /dev/fd
for module in @MODULES@; do modprobe "$module" 2>/dev/null; done
ip link set lo up
ulimit -n 20000
export HOME=/root ZEROCOPY_SLOWDOWN=@SLOWDOWN@
echo "$(uname -r) after $(cut -d' ' -f1 /proc/uptime) s"
{ echo "<kernel release=\"$(uname -r)\" />"; /t/tests --features; } >/dev/ttyS1
while read -r class; do
  rm -f /tmp/report.xml
  /t/tests /tmp/report.xml --each "$class" </dev/null
  status=$?
  if [ -s /tmp/report.xml ]; then
    grep -v '^<?xml' /tmp/report.xml
  else
    echo "<assembly passed=\"0\" failed=\"1\" skipped=\"0\"><test name=\"${class}ended_with_$status\" type=\"${class%.}\" result=\"Fail\" /></assembly>"
  fi >/dev/ttyS1
done </t/classes
echo '<end />' >/dev/ttyS1
poweroff -f
INIT
  chmod +x "$root/init"
}

openssl_library() { ldconfig -p | sed -n 's!.*libssl\.so\.3.* => !!p' | head -n 1; }

guest='' scratch='' # of the one run: a process and a folder, which go with us

# Boots it and shows what it says, until it is off or says nothing any more.
run() {
  local suite=$1 program=$2 report=$3 release tool size last=-1 quiet=0
  shift 3
  for tool in qemu-system-x86_64 busybox cpio depmod xz; do
    command -v "$tool" >/dev/null || lack "$tool is not installed"
  done
  release=$(fetch "$suite")
  scratch=$(mktemp -d)
  trap '[[ -z $guest ]] || kill "$guest"; rm -rf "$scratch"' EXIT
  make_guest "$suite" "$release" "$program" "$scratch/root" "$@"
  (cd "$scratch/root" && find . | cpio -o -H newc --quiet) >"$scratch/initrd"
  : >"$report" >"$scratch/console"
  qemu-system-x86_64 -accel tcg,thread=multi -M pc -cpu max -smp 2 -m 2048 -nodefaults -no-user-config \
    -display none -no-reboot -serial "file:$scratch/console" -serial "file:$report" \
    -kernel "$(find "$KERNELS/$suite" -name 'vmlinuz*' -type f)" -initrd "$scratch/initrd" \
    -append 'console=ttyS0 quiet panic=-1 mitigations=off nokaslr random.trust_cpu=on' </dev/null &
  guest=$!
  tail --pid="$guest" -f "$scratch/console" | grep --line-buffered -v '^Pass ' &
  while kill -0 "$guest" 2>/dev/null; do
    size=$(stat -c %s "$scratch/console")
    if ((size != last)); then
      last=$size quiet=0
    elif ((++quiet > SILENCE_MAX)); then
      die "$release says nothing for $SILENCE_MAX s"
    fi
    sleep 1
  done
  wait
  guest=''
  grep -q '<end />' "$report" || die "$release ended before its tests did"
}

# --- What is kept of a run ------------------------------------------------------------------------------------

# One line for the release, for each namespace `tests NAME PASSED OF`, and for each feature.
record() {
  awk '
    function attribute(name) {
      match($0, " " name "=\"[^\"]*\"")
      return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    }
    $1 == "kernel" { print "kernel", attribute("release") }
    $1 == "feature" { print "feature", attribute("name"), attribute("here") }
    $1 == "test" { split(attribute("type"), part, "."); all[part[4]]++; passed[part[4]] += attribute("result") == "Pass" }
    END { for (name in all) print "tests", name, passed[name] + 0, all[name] }
  ' RS='<' "$1" | sort
}

agree() {
  local version kept
  version=$(record "$1" | sed -n 's/^kernel \([0-9]*\.[0-9]*\).*/\1/p')
  kept=$(dirname "$0")/kernels/$version.txt
  diff <(grep '^feature' "$kept") <(record "$1" | grep '^feature') || die "$kept says otherwise (<)"
}

case ${1-} in
  list) printf '%s\n' "${SUITES[@]}" ;;
  fetch) (($# == 2)) && fetch "$2" ;;
  run) (($# >= 5)) && run "${@:2}" ;;
  record) (($# == 2)) && record "$2" ;;
  agree) (($# == 2)) && agree "$2" ;;
  *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac
