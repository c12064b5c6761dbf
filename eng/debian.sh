# Sourced by eng/kernels.sh and eng/musl.sh: packages of any suite of Debian, unpacked into our cache. Nothing is installed.
#
# The mirror is the one that this machine's apt uses; lists and downloads are our own.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/zerocopy

# apt_of SUITE TOOL…: apt-get or apt-cache with that suite's lists and no other's.
apt_of() {
  local root=$CACHE/lists/$1 tool=$2
  shift 2
  "$tool" -qq -o Dir::Etc::SourceList="$root/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$root/lists" -o Dir::Cache="$root/cache" -o APT::Get::List-Cleanup=0 \
    -o APT::Architecture=amd64 -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -o APT::Sandbox::User= -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false "$@"
}

# Prints the mirror.
mirror_of_debian() {
  apt-get indextargets --format '$(SITE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's!^\(.*/debian/\{0,1\}\) main$!\1!p' | head -n 1
}

has_mirror() { [[ -n $(mirror_of_debian) ]]; }

# list_suite SUITE: fetches what the suite has.
list_suite() {
  local root=$CACHE/lists/$1
  rm -rf "$root"
  mkdir -p "$root/lists/partial" "$root/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror_of_debian) $1 main" >"$root/sources.list"
  apt_of "$1" apt-get update >&2
}

# unpack SUITE FOLDER PACKAGE…: what they hold, into the folder. After list_suite.
unpack() {
  local suite=$1 folder=$2 scratch part status=0
  shift 2
  scratch=$(mktemp -d)
  mkdir -p "$folder"
  if (cd "$scratch" && apt_of "$suite" apt-get download "$@") >&2; then
    for part in "$scratch"/*.deb; do dpkg-deb -x "$part" "$folder" || status=1; done
  else
    status=1
  fi
  rm -rf "$scratch" "$CACHE/lists/$suite"
  return $status
}
