#!/usr/bin/env bash
# Judges one test report (xUnit.net XML) by eng/allowed-skips.txt.
#
#   eng/report.sh REPORT.xml NAMESPACE [some]
#
# Prints the failed tests and every skip with its verdict; the last line is `PASSED FAILED SKIPPED`, where a skip
# that is not allowed, and a test that ran although it is listed as impossible here, count as failed besides. Of some of
# the tests not every line of the list has to name one.
# The exit code is 0 only when nothing failed.
set -uo pipefail
report=$1 namespace=$2 tests=${3:-all}
allowed=${ALLOWED_SKIPS:-$(dirname "${BASH_SOURCE[0]}")/allowed-skips.txt}

can_mount() { (($(id -u) == 0)) && unshare --mount mount -t tmpfs tmpfs /mnt; }
can_cable() {
  (($(id -u) == 0)) &&
    unshare --net --mount sh -c 'ip link add zc0 type veth peer name zc1 && mount -t tmpfs tmpfs /mnt'
}
can_make() { # a file system, in a file
  local image status
  image=$(mktemp) && truncate -s 400M "$image" && "mkfs.$1" -q "$image" && unshare --mount mount -o loop "$image" /mnt
  status=$?
  rm -f "$image"
  return $status
}

# The words of allowed-skips.txt: true where the test cannot run.
condition_holds() {
  case $1 in
    always) true ;;
    root) (($(id -u) == 0)) ;;
    not-root) (($(id -u) != 0)) ;;
    musl) [[ -n ${ON_MUSL-} ]] ;; # Of the native tests alone.
    emulated) [[ $(uname -m) == x86_64 ]] ;; # Of arm64's tests alone.
    not-x64) [[ $(uname -m) != x86_64 ]] ;;
    no-cc) ! gcc --version ;;
    no-aarch64-gcc) ! aarch64-linux-gnu-gcc -E -x c -include sys/epoll.h /dev/null ;;
    no-strace) ! strace -o /dev/null true ;;
    no-netns) ! unshare --net true && ! unshare --map-root-user --net true ;;
    no-veth) ! can_cable ;;
    no-seccomp) [[ ! -e /proc/sys/kernel/seccomp/actions_avail ]] ;;
    no-mount) ! can_mount ;;
    no-ext4 | no-xfs | no-btrfs) ! can_make "${1#no-}" ;;
    no-overlay) ! can_mount || ! grep -qw overlay /proc/filesystems ;;
    no-fuse) ! can_mount || [[ ! -e /dev/fuse ]] || ! grep -qw fuse /proc/filesystems ;;
    no-script) ! command -v script ;;
    tmp-in-memory) [[ $(stat -f -c %T "${TMPDIR:-/tmp}") == tmpfs ]] ;;
    no-bbr) ! grep -qw bbr /proc/sys/net/ipv4/tcp_available_congestion_control ;;
    *) return 2 ;;
  esac </dev/null >/dev/null 2>&1
}

# Rules for the report's namespace, as `pattern TAB holds TAB condition`; a malformed line ends in `?`.
rules() {
  local line pattern condition why
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
    pattern='' condition='' why=''
    if [[ $line =~ ^(.*[^[:space:]])[[:space:]]+\|[[:space:]]+([^[:space:]]+)[[:space:]]+\|[[:space:]]+(.+)$ ]]; then
      pattern=${BASH_REMATCH[1]} condition=${BASH_REMATCH[2]} why=${BASH_REMATCH[3]}
    fi
    if [[ -z $why ]]; then
      printf '%s\t?\tneeds the form: test | condition | why\n' "$line"
      continue
    fi
    [[ $pattern == "$namespace".* ]] || continue
    condition_holds "$condition"
    case $? in
      0) printf '%s\t1\t%s\n' "$pattern" "$condition" ;;
      1) printf '%s\t0\t%s\n' "$pattern" "$condition" ;;
      *) printf '%s\t?\tunknown condition: %s\n' "$line" "$condition" ;;
    esac
  done <"$allowed"
}

if [[ ! -s $report ]]; then
  echo "no report: the test run died before it could write one"
  echo "0 1 0"
  exit 1
fi

# One record per XML tag; an attribute never holds a raw "<", and the file holds no other "<test ".
rules | awk '
  function attribute(name,    found) {
    if (!match($0, " " name "=\"[^\"]*\"")) return ""
    found = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    gsub(/&lt;/, "<", found); gsub(/&gt;/, ">", found); gsub(/&quot;/, "\"", found)
    gsub(/&apos;/, "\047", found); gsub(/&amp;/, "\\&", found)
    return found
  }
  function matches(pattern, text) {
    if (pattern ~ /\*$/) return index(text, substr(pattern, 1, length(pattern) - 1)) == 1
    return text == pattern
  }
  function red(text) { print "RED  " text; failed++ }

  part == "rules" {
    split($0, field, "\t")
    if (field[2] == "?") { red("eng/allowed-skips.txt: " field[3] ": " field[1]); next }
    rules++; pattern[rules] = field[1]; holds[rules] = field[2]; condition[rules] = field[3]
    next
  }

  $1 == "assembly" {
    passed += attribute("passed"); failed += attribute("failed") + attribute("errors")
    skipped += attribute("skipped") + attribute("not-run")
  }
  $1 == "error" { print "FAIL " attribute("type") " of " attribute("name") }
  $1 == "test" {
    name = attribute("name"); method = attribute("type") "." attribute("method"); result = attribute("result")
    if (result == "Fail") print "FAIL " name
    listed = 0; holding = 0
    for (i = 1; i <= rules; i++) {
      if (!matches(pattern[i], method) && !matches(pattern[i], name)) continue
      used[i] = 1; listed = i
      if (holds[i]) holding = i
    }
    if (result == "Skip" || result == "NotRun") {
      if (holding) print "skip " name " (" condition[holding] ")"
      else if (listed) red("skipped, but its condition does not hold here (" condition[listed] "): " name)
      else red("skipped, and not in eng/allowed-skips.txt: " name)
    }
    else if (holding) red("ran, though listed as impossible here (" condition[holding] "): " name)
  }

  END {
    for (i = 1; i <= rules && tests == "all"; i++)
      if (!used[i]) red("eng/allowed-skips.txt names no test: " pattern[i])
    if (passed == 0) red("no test passed")
    print passed + 0, failed + 0, skipped + 0
    exit failed > 0
  }' tests="$tests" part=rules - part=report RS="<" "$report"
