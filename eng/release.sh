#!/usr/bin/env bash
# Makes the packages of a release, and hands them to nuget.org.
#
#   eng/release.sh                        of the tag that is checked out, v1.2.3: packs, checks, pushes
#   eng/release.sh --dry-run VERSION DIR  the same packages, into DIR, from whatever is here; pushes nothing
#
# A release asks that the tree is clean, that its tag is the version that Directory.Build.props has, and that
# CHANGELOG.md has a date for it. It takes the key from NUGET_API_KEY and overwrites nothing: what nuget.org already
# has stays as it is. Two runs of the same commit make the same packages, file by file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

IDS=(Zerocopy Zerocopy.Server Zerocopy.Sys) # And nothing else is pushed.
FEED=https://api.nuget.org/v3/index.json

stop() { echo "release: $*" >&2; exit 1; }

dry_run=false
if [[ ${1-} == --dry-run ]]; then
  (($# == 3)) || { echo "usage: eng/release.sh [--dry-run VERSION DIR]" >&2; exit 2; }
  dry_run=true version=$2 output=$3
else
  (($# == 0)) || { echo "usage: eng/release.sh [--dry-run VERSION DIR]" >&2; exit 2; }
  tag=$(git describe --tags --exact-match 2>/dev/null) || stop "no tag is checked out"
  version=${tag#v} output=artifacts/release
  [[ $tag == v* ]] || stop "the tag $tag is none of a version, such as v1.2.3"
  [[ -z $(git status --porcelain) ]] || stop "the tree is not clean"
  [[ -n ${NUGET_API_KEY-} ]] || stop "NUGET_API_KEY is not set"
  grep -q "<VersionPrefix>${version%%-*}</VersionPrefix>" Directory.Build.props ||
    stop "Directory.Build.props has another version than $tag"
  grep -Eq "^## ${version//./\\.} \([0-9]{4}-[0-9]{2}-[0-9]{2}\)$" CHANGELOG.md ||
    stop "CHANGELOG.md has no line '## $version (YYYY-MM-DD)'"
fi
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || stop "$version is no version"

# Only the libraries and what is packed with them: tests, samples and benchmarks want packages that a release does not.
mkdir -p artifacts "$output"
output=$(cd "$output" && pwd)
solution=artifacts/Release.slnx
{
  echo '<Solution>'
  for project in src/*/*.csproj; do echo "  <Project Path=\"../$project\" />"; done
  echo '</Solution>'
} >"$solution"

# The analyzers have seen all of it already: this is packed after eng/check.sh was green.
dotnet pack "$solution" -c Release -o "$output" -warnaserror -v quiet --nologo "-p:Version=$version" \
  -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -p:NuGetAudit=false

expected=$(for id in "${IDS[@]}"; do printf '%s\n' "$id.$version.nupkg" "$id.$version.snupkg"; done | LC_ALL=C sort)
made=$(cd "$output" && printf '%s\n' * | LC_ALL=C sort)
[[ $made == "$expected" ]] || stop "made other packages than expected:"$'\n'"$made"
echo "$made"

if $dry_run; then
  echo "release: $version is packed in $output, and not pushed"
  exit 0
fi
for id in "${IDS[@]}"; do # Its symbols, beside it, go with each.
  dotnet nuget push "$output/$id.$version.nupkg" --source "$FEED" --api-key "$NUGET_API_KEY" --skip-duplicate
done
