# Sourced by the launcher (POSIX sh), in the root of the tree, after build.sh: puts what runs, and nothing that it is built
# with, into a folder of its own, for another user than the one who built it, a service's.
# Uses here, where it was called, and RINGMASTER_JAVA.

install_usage() {
  echo "usage: ./ringmaster install DIR"
  echo "Copies the program, with everything that it needs but a JDK, into DIR, which is new or empty. Every user may run it."
}

# What is copied keeps its place; the jars of others, which lie anywhere, get one.
installed_path() {
  case $1 in
    "$PWD"/*) echo "${1#"$PWD"/}" ;;
    /*) echo "lib/${1##*/}" ;;
    *) echo "$1" ;;
  esac
}

copy() {
  [ ! -e "$destination/$2" ] || {
    echo "ringmaster: $2 would be installed twice; the second one is $1" >&2
    exit 1
  }
  mkdir -p "$destination/$(dirname "$2")"
  cp "$1" "$destination/$2"
}

# Of what fails or is interrupted nothing stays: DIR can be installed into again.
remove_half() {
  rm -rf "${destination:?}"/*
  [ -n "$was_there" ] || rmdir "$destination"
  echo "ringmaster: not installed; what was copied is removed again" >&2
}

# In a subshell that ends with the first thing that fails.
install_into() (
  case ${1:-} in
    -h | --help) install_usage && exit 0 ;;
    '' | -*) install_usage >&2 && exit 2 ;;
  esac
  [ "$#" = 1 ] || { install_usage >&2 && exit 2; }
  umask 022
  case $1 in
    /*) destination=$1 ;;
    *) destination=$here/$1 ;;
  esac
  was_there=
  [ ! -d "$destination" ] || was_there=yes
  mkdir -p "$destination"
  destination=$(cd "$destination" && pwd -P)
  # A server that runs from there would lose its jars while it runs.
  [ -z "$(ls -A "$destination")" ] || {
    echo "ringmaster: $1 is not empty; install into a new folder" >&2
    exit 1
  }
  trap remove_half EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  for file in ringmaster tools/launcher/*.sh tools/server/systemd/* $flags; do
    copy "$file" "$file"
  done
  class_path=
  jars >"$destination/jars"
  while IFS= read -r jar; do
    place=$(installed_path "$jar")
    copy "$jar" "$place"
    # jars() has the command line's own jar first, which the class path leaves out.
    [ "$place" = "$own_jar" ] || class_path=$class_path${class_path:+:}$destination/$place
  done <"$destination/jars"
  rm "$destination/jars"
  chmod -R a+rX "$destination"
  mkdir -p "$destination/$launch" "$destination/target"
  printf '%s' "$class_path" >"$destination/$launch/class-path"
  cd "$destination"
  prepare
  chmod -R a+rX .
  trap - EXIT
  echo "ringmaster: installed in $destination" >&2
)
