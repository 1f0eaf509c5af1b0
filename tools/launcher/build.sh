# Sourced by the launcher (POSIX sh), in the root of the tree: builds what the command line needs when a source is newer
# than the last build, with visible progress. Uses RINGMASTER_JAVA; sets nothing.

launch=tools/cli/target/launch
own_jar=tools/cli/target/ringmaster-cli-0.1.0.jar
# Options of the JVM, one file for each part that has some.
flags="scheduler/engine/target/classes/io/ringmaster/engine/jvm.flags
persistence/chronicle/target/classes/io/ringmaster/persistence/chronicle/jvm.flags"

# Sources, poms and the launcher itself; tests are not part of what runs. The stamp holds where and with what it was built.
is_built() {
  [ -r "$launch/built" ] && [ "$(cat "$launch/built")" = "$PWD $RINGMASTER_JAVA" ] || return 1
  newer=$(find pom.xml ringmaster scheduler sandbox-pool persistence benchmarks tools tests \
    \( -name target -o -name __pycache__ -o -path '*/src/test' \) -prune -o \
    \( -path '*/src/*' -o -name pom.xml -o -path '*/launcher/*' -o -name ringmaster \) -newer "$launch/built" -print 2>/dev/null |
    head -n 1)
  [ -z "$newer" ] || return 1
  jars | while IFS= read -r jar; do
    [ -r "$jar" ] || exit 1
  done
}

# The lines of Maven's log that tell somebody who waits where it is.
show_progress() {
  awk -v log_file="$1" '
    { print > log_file; fflush(log_file) }
    /Downloaded from/ { if (++fetched % 50 == 0) say("fetched " fetched " files") }
    /^\[INFO\] Building Ringmaster/ {
      line = $0; sub(/^\[INFO\] Building /, "", line); gsub(/ +/, " ", line); say(line)
    }
    /^\[ERROR\]/ && errors++ < 20 { print > "/dev/stderr" }
    function say(text) { print "ringmaster: " text > "/dev/stderr"; fflush("/dev/stderr") }'
}

# Whether the start-up archives fit the jars: none was made again after them, by Maven for example.
is_prepared() {
  [ -r "$launch/prepared" ] || return 1
  jars | while IFS= read -r jar; do
    [ "$jar" -nt "$launch/prepared" ] && exit 1
    :
  done
}

jars() {
  echo "$own_jar"
  tr ':' '\n' <"$launch/class-path"
  echo # the file has no end of line
}

# Everything after Maven: the options of the JVM, and the archives that make starts fast. Without them it only starts slower.
prepare() {
  {
    # shellcheck disable=SC2086
    cat $flags
    echo "--class-path=\"$PWD/$own_jar:$(cat "$launch/class-path")\""
  } >"$launch/java.options"
  rm -f "$launch/archive.aot"
  echo "ringmaster: rehearsing, so that later starts are fast" >&2
  # The keeper's start-up cache, beside its jar.
  pool=$PWD/sandbox-pool
  "$RINGMASTER_JAVA/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$pool/keeper/target/ringmaster-sandbox-keeper-0.1.0.jar:$pool/system/target/ringmaster-sandbox-system-0.1.0.jar" \
    io.ringmaster.sandbox.keeper.KeeperTraining >target/keeper-training.log 2>&1 </dev/null ||
    echo "ringmaster: the keeper will start without its cache; see target/keeper-training.log" >&2
  # The command line's: made by a short run; without it everything works, only slower.
  "$RINGMASTER_JAVA/bin/java" -XX:AOTCacheOutput="$launch/archive.aot" "@$launch/java.options" io.ringmaster.cli.Main rehearse \
    >target/rehearsal.log 2>&1 </dev/null || echo "ringmaster: the rehearsal found something wrong; see target/rehearsal.log" >&2
  : >"$launch/prepared"
}

missing_maven() {
  echo "ringmaster: Maven 3.8 or later is needed to build, and there is no mvn on the PATH." >&2
  echo "ringmaster: install it: apt-get install maven, dnf install maven, or sdk install maven" >&2
  exit 2
}

build() {
  maven=${RINGMASTER_MAVEN:-mvn}
  command -v "$maven" >/dev/null 2>&1 || missing_maven
  mkdir -p target "$launch"
  began=$(date +%s)
  stamp=target/build-began.$$
  printf '%s' "$PWD $RINGMASTER_JAVA" >"$stamp"
  rm -f "$launch/built" "$launch/prepared"
  echo "ringmaster: building with $RINGMASTER_JAVA (log: target/build.log)" >&2
  # A pipe hides the status of its left side: it goes through a file.
  status_file=target/build-status.$$
  {
    status=0
    "$maven" -B -T1C -Dmaven.test.skip=true -Dquick -pl tools/cli -am package </dev/null 2>&1 || status=$?
    echo "$status" >"$status_file"
  } | show_progress target/build.log
  status=$(cat "$status_file")
  rm -f "$status_file"
  if [ "$status" != 0 ]; then
    rm -f "$stamp"
    echo "ringmaster: the build failed; see target/build.log" >&2
    exit 1
  fi
  echo "ringmaster: built in $(($(date +%s) - began)) s" >&2
  mv "$stamp" "$launch/built" # as old as the begin of the build: what changed since is newer
}

build_if_needed() {
  [ -f pom.xml ] || return 0 # installed: nothing to build from
  is_built && is_prepared && return 0
  if command -v flock >/dev/null 2>&1; then
    mkdir -p target
    exec 9>target/build.lock
    flock 9
    is_built || build
    is_prepared || prepare
    exec 9>&-
  else
    is_built || build
    is_prepared || prepare
  fi
}
