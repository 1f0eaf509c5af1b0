# Sourced (POSIX sh): find_java sets RINGMASTER_JAVA to the home of a JDK 25 and succeeds, or fails. Looked at, in this order:
# RINGMASTER_JAVA_HOME, JAVA_HOME, the java of the PATH, the usual folders, SDKMAN.

is_jdk_25() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  if [ -r "$1/release" ]; then
    grep -q '^JAVA_VERSION="25[."]' "$1/release"
  else
    "$1/bin/java" -version 2>&1 | grep -q 'version "25[."]'
  fi
}

find_java() {
  for home in "${RINGMASTER_JAVA_HOME:-}" "${JAVA_HOME:-}"; do
    if [ -n "$home" ] && is_jdk_25 "$home"; then
      RINGMASTER_JAVA=$home
      return 0
    fi
  done
  java_on_path=$(command -v java 2>/dev/null) && java_on_path=$(readlink -f "$java_on_path") && {
    home=${java_on_path%/bin/java}
    if is_jdk_25 "$home"; then
      RINGMASTER_JAVA=$home
      return 0
    fi
  }
  for home in /usr/lib/jvm/* /usr/java/* /opt/* /opt/*/* /usr/local/* "${HOME:-/nonexistent}"/.jdks/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/*; do
    if is_jdk_25 "$home"; then
      RINGMASTER_JAVA=$home
      return 0
    fi
  done
  return 1
}
