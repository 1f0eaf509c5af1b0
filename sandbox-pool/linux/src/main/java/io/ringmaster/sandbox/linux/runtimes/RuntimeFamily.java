package io.ringmaster.sandbox.linux.runtimes;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runtimes that differ in their version alone; what they need to be found and asked. Any thread.
 */
public enum RuntimeFamily {
  /** CPython 3. */
  PYTHON(
      Stream.concat(
              IntStream.rangeClosed(8, 14).mapToObj(minor -> "python3." + minor),
              Stream.of("python3"))
          .toList(),
      // Isolated, without site packages: neither settings nor startup hooks have a say.
      List.of(
          "-I",
          "-S",
          "-c",
          "import os, sys; print('%d.%d.%d' % sys.version_info[:3],"
              + " os.readlink('/proc/self/exe'))"),
      "(?<major>3)\\.(?<minor>[0-9]{1,3})(?<rest>\\.[0-9]{1,3}) (?<file>/.*)\n",
      308,
      314,
      "python3 (Debian, Ubuntu: apt-get install python3)"),

  /** Node.js. */
  NODE(
      List.of("node", "nodejs"),
      List.of("-p", "process.versions.node + ' ' + process.execPath"),
      "(?<major>[0-9]{1,3})\\.(?<minor>[0-9]{1,3})(?<rest>\\.[0-9]{1,3}) (?<file>/.*)\n",
      1800,
      9900,
      "Node.js 18 or later (Debian, Ubuntu: apt-get install nodejs)"),

  /** A JVM. */
  JAVA(
      List.of("java"),
      List.of(
          "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XshowSettings:properties", "-version"),
      ".*\n *java\\.home = (?<home>/[^\n]*)\n.*\n *java\\.version ="
          + " (?<major>[0-9]{1,3})(\\.(?<minor>[0-9]{1,3}))?(?<rest>(\\.[0-9]{1,3})*)[^\n]*\n.*",
      1700,
      9900,
      "a JDK or JRE 17 or later (Debian, Ubuntu: apt-get install openjdk-25-jre-headless, or"
          + " default-jre-headless)"),

  /** CRuby. */
  RUBY(
      List.of("ruby"),
      List.of("--disable=gems", "-e", "puts RUBY_VERSION + ' ' + File.readlink('/proc/self/exe')"),
      "(?<major>[0-9]{1,3})\\.(?<minor>[0-9]{1,3})(?<rest>\\.[0-9]{1,3}) (?<file>/.*)\n",
      207,
      9900,
      "Ruby 2.7 or later (Debian, Ubuntu: apt-get install ruby)"),

  /** The function brings its own runtime, which speaks the Runtime API. */
  PROVIDED(List.of(), List.of(), "", 0, 0, ""),

  /** .NET: identifiers are known; there is no bootstrap for it. */
  DOTNET(
      List.of(),
      List.of(),
      "",
      0,
      0,
      "Ringmaster has no bootstrap for managed .NET; publish the function"
          + " self-contained with Amazon.Lambda.RuntimeSupport, for provided.al2023"),

  /** Go's runtime of old, which spoke a protocol of its own. */
  GO(
      List.of(),
      List.of(),
      "",
      0,
      0,
      "go1.x spoke a protocol of its own; build the function with"
          + " aws-lambda-go for provided.al2023");

  private static final int MINORS = 100;

  /** Ruby counted to 3.4 and went on with 4.0. */
  private static final int RUBY_MINORS = 5;

  private static final int JAVA_TOO_OLD = 1000;

  private final List<String> executables;
  private final List<String> question;
  private final Pattern answer;
  private final int versionMin;
  private final int versionMax;
  private final String install;

  RuntimeFamily(
      List<String> executables,
      List<String> question,
      String answer,
      int versionMin,
      int versionMax,
      String install) {
    this.executables = executables;
    this.question = question;
    this.answer = Pattern.compile(answer, Pattern.DOTALL);
    this.versionMin = versionMin;
    this.versionMax = versionMax;
    this.install = install;
  }

  /** Its name, such as {@code python}: that of {@link Interpreter#family()}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The family of that name. */
  static RuntimeFamily of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  /** What to do where it is absent; empty where it cannot be. */
  public String install() {
    return install;
  }

  /** Whether there is a bootstrap for it, or it needs none. */
  public boolean supported() {
    return this == PROVIDED || !executables.isEmpty();
  }

  /** Names of its executables, in the order of preference. */
  List<String> executables() {
    return executables;
  }

  /**
   * Arguments that make an executable tell its version and where it really lies, without any code
   * of somebody else's.
   */
  List<String> question() {
    return question;
  }

  /**
   * The interpreter that an answer tells of; null where it is not one. What it says of its place
   * counts: the file that was started may be a version manager's, which started another one.
   */
  Interpreter parse(String text) {
    Matcher told = answer.matcher(text);
    if (!told.matches()) {
      return null;
    }
    String major = told.group("major");
    String minor = told.group("minor");
    return new Interpreter(
        id(),
        this == JAVA ? Path.of(told.group("home"), "bin", "java") : Path.of(told.group("file")),
        Integer.parseInt(major),
        minor == null ? 0 : Integer.parseInt(minor),
        major + (minor == null ? "" : "." + minor) + told.group("rest"));
  }

  /** Whether the bootstrap runs on that version. */
  boolean supports(int major, int minor) {
    int version = major * MINORS + minor;
    return version >= versionMin && version <= versionMax;
  }

  /**
   * The part of a version that identifiers tell apart, as a number: Python's and Ruby's first and
   * second part, the first of the others.
   */
  int version(int major, int minor) {
    return switch (this) {
      case PYTHON -> major * MINORS + minor;
      case RUBY -> major * RUBY_MINORS + minor;
      default -> major;
    };
  }

  /** The same for people. */
  String versionText(int major, int minor) {
    return this == PYTHON || this == RUBY ? major + "." + minor : Integer.toString(major);
  }

  /**
   * How far an interpreter is from what is wanted; the least serves. Of two as near the newer one
   * is nearer, and of JVMs a newer one always: it runs what was compiled for an older one, never
   * the other way round.
   */
  int distance(int wanted, int version) {
    int apart = Math.abs(version - wanted) * 2 - (version > wanted ? 1 : 0);
    return this == JAVA && version < wanted ? apart + JAVA_TOO_OLD : apart;
  }
}
