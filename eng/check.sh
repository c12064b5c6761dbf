#!/usr/bin/env bash
# The one check: everything that has to hold before a change lands.
#
#   eng/check.sh                     all stages, after eng/setup.sh
#   eng/check.sh --no-setup          all stages, installing nothing
#   eng/check.sh [--no-setup] NAME…  those stages alone (they use what `restore build` left)
#   eng/check.sh --soak MINUTES      everything at once for so long: setup, restore, build, and the soak alone
#   eng/check.sh --long              what a night is for: millions of schedules, an hour in all
#   eng/check.sh --list              the stages of a full run
#
# Logs and test reports are in artifacts/check. The very last line is `N passed, N failed, N skipped`, summed over
# all test runs; a red stage in which no test failed counts as one failure, and so does passing no test at all.
set -uo pipefail

# The stages of a full run, in order. NAME is the function stage_NAME below ("-" is written "_" there).
STAGES=(restore build format tidy conformance copy-only properties analyzers packages docs native kernels mutants samples soak bench-smoke bench-report)

# Those of --long: the same questions, asked much more often.
LONG_STAGES=(restore build conformance-long properties-long native kernels-long musl soak bench-files)
LONG_SOAK_MINUTES=10
LONG_STALLED=4000 # relays whose peers do not read: as many as 20,000 descriptors allow
LONG_SCHEDULES=1000000 # for each of the two simulations; a night tries other ones than the night before

# A red stage of these leaves nothing for the others to work on.
FOUNDATIONS=' restore build '

# The tests themselves, which have to pass at least one test.
TEST_STAGES=' conformance conformance-long copy-only properties properties-long analyzers packages '

# What of the native tests runs under emulation too, which takes twice the time.
EMULATED=(.Sys. .Transfers. .Pipes. .Servers.)

# What of the native tests runs on another kernel in a full run.
ON_EACH_KERNEL=(.Kernels. .Sys. .Pipes. .Servers.)

MINUTES_MAX=45    # for a full run on two cores
SOAK_MINUTES=0.33 # of the soak in a full run: so that it cannot rot

# --- The stages -----------------------------------------------------------------------------------------------

stage_restore() { run 600 dotnet restore Zerocopy.sln; }
stage_build() { run 600 dotnet build Zerocopy.sln -c Release --no-restore -warnaserror -v quiet --nologo; }
stage_format() { run 400 dotnet format Zerocopy.sln --verify-no-changes --no-restore; }
stage_tidy() { run 120 dotnet run -c Release eng/tidy.cs; }

stage_conformance() {
  [[ " ${selected[*]} " == *' conformance'*' copy-only '* ]] && begin_copy_only
  run_tests 1500 Conformance
}

# The same tests once more where the kernel moves nothing. tests/Conformance/Harness/KernelOnlyAttribute.cs says what is
# left out, and why; so is what asks for the kernel by name. Tests wait most of their time, so this run goes on beside the
# first one, in a process of its own.
begin_copy_only() {
  ZEROCOPY_COPY_ONLY=1 begin_beside 1500 "$REPORTS/copy-only.out" Conformance Zerocopy.Conformance CopyOnly \
    --filter-not-trait 'KernelOnly=*' --filter-not-display-name '*RequireZeroCopy*'
}

stage_copy_only() {
  [[ -n $beside ]] || begin_copy_only || return
  end_beside "$REPORTS/copy-only.out"
  judge_tests $? Zerocopy.Conformance CopyOnly some
}

stage_properties() { run_tests 800 Properties; }
stage_analyzers() { run_tests 800 Analyzers Zerocopy.Analyzers.Tests; }
stage_packages() { run_tests 800 Packages; }
stage_docs() { run 300 dotnet run -c Release eng/docs.cs; }

# The core of the conformance tests as native code: of this processor, and of arm64 under emulation.
stage_native() {
  local tool
  command -v gcc >/dev/null || { skip_one native "gcc, which links, is not installed"; return 0; }
  if [[ $(uname -m) != x86_64 ]]; then
    run_native Arm64
    return
  fi
  run_native X64 || return
  for tool in clang ld.lld qemu-aarch64-static aarch64-linux-gnu-gcc; do
    command -v "$tool" >/dev/null || { skip_one native-arm64 "$tool is not installed"; return 0; }
  done
  run_native Arm64 qemu-aarch64-static -L /usr/aarch64-linux-gnu
}

# Part of the native tests on another kernel, in an emulator of a whole machine; and in a night all of them on several.
stage_kernels() { run_on_kernel bookworm "${ON_EACH_KERNEL[@]}"; }
stage_kernels_long() {
  local suite status=0
  for suite in $(eng/kernels.sh list); do run_on_kernel "$suite" .Native. || status=1; done
  return $status
}

# The native tests as JIT's code on two versions of musl: what Alpine has now, and one that lacks names of ours.
stage_musl() {
  local suite report one status=0
  run 400 eng/musl.sh build || return
  for suite in trixie bookworm; do
    report=$REPORTS/Musl.$suite.xml
    rm -f "$report"
    run 900 eng/musl.sh run "$suite" "$report" --without musl eng/allowed-skips.txt
    one=$?
    if ((one == 77)); then
      skip_one "musl of $suite" "see above"
    else
      ON_MUSL=yes judge "$one" "$report" Zerocopy.Native.X64 || status=1
    fi
  done
  return $status
}

# Each named mutant of the flow has to be killed. The program closes on `N passed, N failed`: killed, survived.
stage_mutants() { run_counted 1800 dotnet run -c Release eng/mutants.cs; }

stage_samples() {
  run 120 "$(built Proxy Proxy)" --demo-mib 64 &&
    run 120 "$(built Recorder Recorder)" --demo-mib 64 &&
    run 120 "$(built FileServer FileServer)" --demo-mib 32 &&
    run 60 "$(built Metrics Metrics)"
}

# Scenarios and things that must not grow are what it counts. The last rounds end within two minutes.
stage_soak() {
  run_counted "$(awk "BEGIN { print int($soak_minutes * 60) + 150 }")" \
    "$(built Soak Zerocopy.Soak)" --minutes "$soak_minutes"
}

stage_conformance_long() {
  local -x ZEROCOPY_STALLED=$LONG_STALLED
  run_tests 1500 Conformance
}

# A thousand schedules a second on two cores.
stage_properties_long() {
  local -x ZEROCOPY_SCHEDULES=$LONG_SCHEDULES
  run_tests 3600 Properties
}

# Files of a gigabyte too, one short time each; the numbers are not kept.
stage_bench_files() {
  rm -f "$REPORTS/files.ndjson"
  run 600 "$(built Load Zerocopy.Bench.Load)" run --only files --long --verify --reps 1 --seconds 0.1 \
    --out "$REPORTS/files.ndjson"
}

stage_bench_smoke() {
  run 300 "$(built Load Zerocopy.Bench.Load)" --smoke &&
    run 120 "$(built Micro Zerocopy.Bench.Micro)" --smoke || return
  run 300 "$(built Load Zerocopy.Bench.Load)" run --net veth --smoke
  local status=$?
  ((status == 77)) || return "$status"
  skip_one bench-veth "network namespaces take root"
}
stage_bench_report() { run 30 "$(built Load Zerocopy.Bench.Load)" report --check; }

# --- What the stages are made of ------------------------------------------------------------------------------

# run SECONDS COMMAND...: runs it with no input, shows its output as it comes and keeps it in the stage's log.
# The command writes to the file alone: a process it leaves behind cannot keep our output open, and is ended.
run() {
  local limit=$1 status offset tailer
  shift
  echo "$ $*" >>"$log"
  offset=$(($(stat -c %s "$log") + 1))
  timeout --kill-after=10 "$limit" "$@" </dev/null >>"$log" 2>&1 &
  group=$! # timeout leads a process group of its own
  tail --pid="$group" --sleep-interval=0.2 -c +"$offset" -f "$log" &
  tailer=$!
  wait "$group" 2>/dev/null # in the background both: a signal ends a wait at once
  status=$?
  wait "$tailer"
  [[ -s $log && -n $(tail -c 1 "$log") ]] && echo
  if ((status == 124 || status == 137)); then
    echo "$stage: ended after $limit s: $*"
  elif ((status > 128)); then
    echo "$stage: ended by signal $((status - 128)): $*"
  fi
  kill -KILL -- "-$group" 2>/dev/null
  group=
  return "$status"
}

# built PROJECT ASSEMBLY: the program that `build` left.
built() { echo "$ROOT/artifacts/bin/$1/release/$2"; }

# run_tests SECONDS PROJECT [ASSEMBLY]: runs a test program and adds up its report.
run_tests() {
  local command
  test_command "$@" || return
  run "$1" "${command[@]}"
  judge_tests $? "${3:-Zerocopy.$2}" "$2"
}

# begin_beside SECONDS OUTPUT PROJECT ASSEMBLY REPORT OPTION...: some of the tests of a program, under another condition,
# beside whatever runs next.
begin_beside() {
  local limit=$1 output=$2 command
  shift 2
  test_command "$limit" "$@" || return
  timeout --kill-after=10 "$limit" "${command[@]}" </dev/null >"$output" 2>&1 &
  beside=$!
}

# end_beside OUTPUT: waits for it and shows what it said.
end_beside() {
  local status
  wait "$beside" 2>/dev/null
  status=$?
  kill -KILL -- "-$beside" 2>/dev/null
  beside=
  tee -a "$log" <"$1"
  return "$status"
}

# test_command SECONDS PROJECT [ASSEMBLY [REPORT OPTION...]]: how a test program is run, as `command`.
test_command() {
  local limit=$1 project=$2 assembly=${3:-Zerocopy.$2} report=${4:-$2} program
  shift $(($# < 4 ? $# : 4))
  program=$(built "$project" "$assembly")
  if [[ ! -x $program ]]; then
    echo "$stage: not built yet: eng/check.sh --no-setup restore build"
    return 1
  fi
  rm -f "$REPORTS/$report.xml"
  command=("$program" --results-directory "$REPORTS" --progress off --no-ansi
    --report-xunit-xml --report-xunit-xml-filename "$report.xml" --timeout "$((limit - 15))s"
    --long-running 35 --xunit-diagnostics on "$@") # names a test that hangs
}

# judge_tests STATUS ASSEMBLY REPORT [some]: adds up the report of all of its tests, or of some.
judge_tests() { judge "$1" "$REPORTS/$3.xml" "$2" "${@:4}"; }

# judge STATUS FILE NAMESPACE [some]
judge() {
  local status=$1 verdict
  verdict=$(eng/report.sh "${@:2}") || ((status != 0)) || status=1
  head -n -1 <<<"$verdict"
  add_up $(tail -n 1 <<<"$verdict")
  return "$status"
}

# run_native PROCESSOR [EMULATOR...]: publishes the native tests for it, runs them, and adds up their report.
run_native() {
  local processor=$1 runtime=linux-${1,,} report=$REPORTS/Native.$1.xml how=()
  shift
  (($# > 0)) && how=(--without emulated eng/allowed-skips.txt "${EMULATED[@]}")
  run 400 dotnet publish tests/Native -c Release -r "$runtime" -v quiet --nologo || return
  rm -f "$report"
  run 400 "$@" "artifacts/publish/Native/release_$runtime/Zerocopy.Native" "$report" "${how[@]}"
  judge $? "$report" "Zerocopy.Native.$processor"
}

# run_on_kernel SUITE PART…: the native tests with such names on that suite's kernel, once `native` has built them.
run_on_kernel() {
  local suite=$1 program=artifacts/publish/Native/release_linux-x64/Zerocopy.Native report=$REPORTS/Kernel.$1.xml status
  shift
  [[ -x $program ]] || { echo "$stage: not built yet: eng/check.sh --no-setup native"; return 1; }
  rm -f "$report"
  run 4000 eng/kernels.sh run "$suite" "$program" "$report" "$@"
  status=$?
  ((status != 77)) || { skip_one "kernel of $suite" "see above"; return 0; }
  ((status != 0)) || run 10 eng/kernels.sh agree "$report" || status=1
  judge "$status" "$report" Zerocopy.Native.X64 some
}

# skip_one WHAT WHY: one skip in place of tests that need a tool which is not here.
skip_one() {
  echo "skip $1 ($2)"
  add_up 0 0 1
}

# run_counted SECONDS COMMAND...: for a program that closes on `N passed, N failed[, N skipped]` itself.
run_counted() {
  local status closing='^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$' counts
  run "$@"
  status=$?
  counts=$(sed -n "s/$closing/\1 \2 \4/p" "$log" | tail -n 1)
  if [[ -z $counts ]]; then
    echo "$stage: printed no closing count"
    ((status != 0)) || status=1
  fi
  add_up $counts
  return "$status"
}

add_up() {
  passed=$((passed + ${1:-0})) failed=$((failed + ${2:-0})) skipped=$((skipped + ${3:-0}))
}

# --- The run --------------------------------------------------------------------------------------------------

finish() {
  local status=$?
  trap - EXIT
  trap "" INT TERM HUP
  for one in $group $beside; do { kill -KILL -- "-$one" && wait "$one"; } 2>/dev/null; done
  ((status != 0 && failed == 0)) && failed=1
  ((failed != 0 && status == 0)) && status=1
  if ((${#summary[@]} > 0)); then
    printf '\n'
    printf '%s\n' "${summary[@]}"
    printf '%-14s %5d s\n' total "$SECONDS"
    [[ $what == full ]] && ((SECONDS > MINUTES_MAX * 60)) && echo "slower than $MINUTES_MAX minutes"
  fi
  [[ -n ${red-} ]] && echo "red:$red"
  echo "$passed passed, $failed failed, $skipped skipped"
  exit "$status"
}

passed=0 failed=0 skipped=0 group='' beside='' red='' summary=() what=full
trap finish EXIT
trap 'exit 130' INT TERM HUP

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) && cd "$ROOT" || exit
REPORTS=$ROOT/artifacts/check

setup=true selected=() soak_minutes=$SOAK_MINUTES
while (($# > 0)); do
  case $1 in
    --no-setup) setup=false ;;
    --soak)
      [[ ${2-} =~ ^[0-9]+([.][0-9]+)?$ ]] || { echo "--soak: how many minutes?" >&2; exit 2; }
      what=soak soak_minutes=$2 selected=(restore build soak)
      shift
      ;;
    --long) what=long soak_minutes=$LONG_SOAK_MINUTES selected=("${LONG_STAGES[@]}") ;;
    --list) trap - EXIT; printf '%s\n' "${STAGES[@]}"; exit 0 ;;
    -*) echo "usage: eng/check.sh [--no-setup] [--soak MINUTES | --long | --list | STAGE…]" >&2; exit 2 ;;
    *) what=some selected+=("$1") ;;
  esac
  shift
done
((${#selected[@]} > 0)) || selected=("${STAGES[@]}")
for stage in "${selected[@]}"; do
  declare -F "stage_${stage//-/_}" >/dev/null || { echo "no such stage: $stage" >&2; exit 2; }
done

mkdir -p "$REPORTS" && [[ -w $REPORTS ]] || { echo "cannot write $REPORTS" >&2; exit 1; }
if [[ ! -d ${HOME-} || ! -w $HOME ]]; then
  export HOME=$REPORTS/home
  mkdir -p "$HOME"
fi
# The same on every machine: no culture, no chatter, no build server that outlives the run.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
export DOTNET_GENERATE_ASPNET_CERTIFICATE=false LC_ALL=C.UTF-8 DOTNET_CLI_UI_LANGUAGE=en
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDTERMINALLOGGER=off
compgen -G "/usr/lib*/*/libicuuc.so.*" >/dev/null || compgen -G "/usr/lib*/libicuuc.so.*" >/dev/null ||
  export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # no ICU here: nothing below needs a culture

$setup && { eng/setup.sh || exit 1; }
# Built programs look for the runtime where DOTNET_ROOT says.
export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}

for stage in "${selected[@]}"; do
  printf '\n== %s\n' "$stage"
  log=$REPORTS/$stage.log
  : >"$log"
  started=$SECONDS failed_before=$failed
  if "stage_${stage//-/_}" && ((failed == failed_before)); then
    verdict=ok
  else
    verdict=RED
    red+=" $stage"
    ((failed > failed_before)) || failed=$((failed + 1))
  fi
  summary+=("$(printf '%-14s %5d s  %s' "$stage" $((SECONDS - started)) "$verdict")")
  [[ $verdict == RED && $FOUNDATIONS == *" $stage "* ]] && break
  if [[ $TEST_STAGES == *" $stage "* ]]; then tests_asked=yes; fi
done

if [[ -n ${tests_asked-} ]] && ((passed == 0 && failed == 0)); then
  echo "no test passed"
  failed=1
fi
exit 0
