# Sourced by the launcher (POSIX sh), in the root of the tree: formats every Java source, without a build.

fmt() {
  case ${1:-} in
    '') mode=apply ;;
    --check) mode=check ;;
    *)
      echo "usage: ./ringmaster fmt [--check]"
      echo "Formats every Java source of the tree; with --check says which are not formatted (exit status 1)."
      case $1 in -h | --help) return 0 ;; *) return 2 ;; esac
      ;;
  esac
  formatter=target/format/google-java-format-all-deps.jar
  if [ ! -r "$formatter" ]; then
    echo "ringmaster: fetching the formatter" >&2
    "${RINGMASTER_MAVEN:-mvn}" -q -B -N dependency:copy@formatter -Dformat.skip=false >&2 </dev/null
  fi
  "$RINGMASTER_JAVA/bin/java" @tools/format/jvm.options --class-path="$formatter" tools/format/Format.java "$mode" "$PWD"
}
