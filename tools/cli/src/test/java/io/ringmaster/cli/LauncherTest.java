package io.ringmaster.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's own decisions: which JDK, which platform, formatting without a build. */
class LauncherTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final List<String> FIND =
      List.of("sh", "-c", ". tools/launcher/find-java.sh; find_java && echo \"$RINGMASTER_JAVA\"");

  @TempDir private Path folder;

  @Test
  void theJdkThatIsNamedIsTaken() throws Exception {
    Path named = jdk("named", "25.0.1");
    assertEquals(
        new Ended(0, named + "\n"), run(FIND, Map.of("RINGMASTER_JAVA_HOME", named.toString())));
  }

  @Test
  void javaHomeIsTakenIfItIsAJdk25() throws Exception {
    Path home = jdk("home", "25");
    assertEquals(new Ended(0, home + "\n"), run(FIND, Map.of("JAVA_HOME", home.toString())));
  }

  @Test
  void anotherJdkIsPassedOver() throws Exception {
    Path old = jdk("old", "21.0.9");
    Path later = jdk("later", "255.0.1");
    Path right = jdk("right", "25.0.2");
    assertEquals(
        new Ended(0, right + "\n"),
        run(
            FIND,
            Map.of(
                "RINGMASTER_JAVA_HOME", old.toString(),
                "JAVA_HOME", later.toString(),
                "PATH", right.resolve("bin") + ":" + System.getenv("PATH"))));
  }

  @Test
  void anotherPlatformIsRefusedInOneLine() throws Exception {
    script(folder.resolve("uname"), "case $1 in -s) echo Darwin ;; *) echo arm64 ;; esac");
    Ended ended =
        run(List.of("./ringmaster", "demo"), Map.of("PATH", folder + ":" + System.getenv("PATH")));
    assertEquals(
        new Ended(
            2, "ringmaster: Darwin/arm64 is not supported; it needs Linux on x86_64 or arm64\n"),
        ended);
  }

  @Test
  void formattingNeedsNoBuild() throws Exception {
    Ended help = run(List.of("./ringmaster", "fmt", "--help"), Map.of());
    assertEquals(0, help.status);
    assertTrue(help.text.contains("--check"), help.text);
    assertEquals(2, run(List.of("./ringmaster", "fmt", "--wrong"), Map.of()).status);
  }

  @Test
  void whatIsInstalledNeedsNothingOfTheCheckout() throws Exception {
    Path jdk = jdk("jdk", "25.0.1");
    script(jdk.resolve("bin/java"), "for word; do echo \"<$word>\"; done");
    Path other = written(folder.resolve("repository/other.jar"), "other");
    Path checkout = built(other);
    Map<String, String> built =
        Map.of("RINGMASTER_JAVA_HOME", jdk.toString(), "RINGMASTER_NO_BUILD", "1");
    Path to = folder.resolve("opt/ringmaster-1");
    List<String> install = List.of(checkout.resolve("ringmaster").toString(), "install", to + "");

    Ended first = run(install, built);
    assertEquals(0, first.status, first.text);
    Ended again = run(install, built);
    assertEquals(1, again.status, again.text);
    assertTrue(again.text.contains("is not empty"), again.text);
    assertEquals(2, run(install.subList(0, 2), built).status);

    assertEquals("own", Files.readString(to.resolve("scheduler/target/own.jar")));
    assertEquals("other", Files.readString(to.resolve("lib/other.jar")));
    Path launch = to.toRealPath().resolve("tools/cli/target/launch");
    String options = Files.readString(launch.resolve("java.options"));
    assertTrue(options.startsWith("--flag-of="), options);
    String root = to.toRealPath().toString();
    String classPath =
        String.join(
            ":",
            root + "/tools/cli/target/ringmaster-cli-0.1.0.jar",
            root + "/scheduler/target/own.jar",
            root + "/lib/other.jar");
    assertTrue(options.endsWith("--class-path=\"" + classPath + "\"\n"), options);
    // Its sources are not there: nothing is built, whoever runs it.
    Ended ended =
        run(
            List.of(to.resolve("ringmaster").toString(), "doctor"),
            Map.of("RINGMASTER_JAVA_HOME", jdk.toString()));
    assertEquals(0, ended.status, ended.text);
    assertTrue(ended.text.contains("<@" + launch + "/java.options>"), ended.text);
  }

  @Test
  void ofAnInstallationThatFailsNothingStays() throws Exception {
    Path jdk = jdk("jdk", "25.0.1");
    Path checkout =
        built(
            written(folder.resolve("repository/a/same.jar"), "a"),
            written(folder.resolve("repository/b/same.jar"), "b"));
    Map<String, String> built =
        Map.of("RINGMASTER_JAVA_HOME", jdk.toString(), "RINGMASTER_NO_BUILD", "1");
    Path to = folder.resolve("opt/ringmaster-1");
    List<String> install = List.of(checkout.resolve("ringmaster").toString(), "install", to + "");

    Ended made = run(install, built);
    assertEquals(1, made.status, made.text);
    assertTrue(made.text.contains("lib/same.jar would be installed twice"), made.text);
    assertFalse(Files.exists(to));
    Files.createDirectory(to);
    assertEquals(made, run(install, built));
    assertEquals(0, to.toFile().list().length);
    // It is ended where Java runs.
    written(checkout.resolve("tools/cli/target/launch/class-path"), "scheduler/target/own.jar");
    script(jdk.resolve("bin/java"), "kill -TERM \"$PPID\"");
    Ended ended = run(install, built);
    assertEquals(143, ended.status, ended.text);
    assertEquals(0, to.toFile().list().length);
  }

  /** A checkout with what a build leaves, and jars from elsewhere. */
  private Path built(Path... others) throws IOException {
    Path checkout = Files.createDirectories(folder.resolve("checkout"));
    for (String file :
        List.of(
            "ringmaster",
            "tools/launcher/find-java.sh",
            "tools/launcher/build.sh",
            "tools/launcher/install.sh",
            "tools/server/systemd/ringmaster.service")) {
      Files.createDirectories(checkout.resolve(file).getParent());
      Files.copy(ROOT.resolve(file), checkout.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Path own = written(checkout.resolve("scheduler/target/own.jar"), "own");
    written(checkout.resolve("tools/cli/target/ringmaster-cli-0.1.0.jar"), "cli");
    written(
        checkout.resolve("tools/cli/target/launch/class-path"),
        own + ":" + Arrays.stream(others).map(Path::toString).collect(Collectors.joining(":")));
    for (String part :
        List.of(
            "scheduler/engine/target/classes/io/ringmaster/engine",
            "persistence/chronicle/target/classes/io/ringmaster/persistence/chronicle")) {
      written(checkout.resolve(part).resolve("jvm.flags"), "--flag-of=" + part.length() + "\n");
    }
    return checkout;
  }

  private static Path written(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void aCheckoutMayLieInAFolderWithSpaces() throws Exception {
    Path checkout = Files.createDirectories(folder.resolve("my own checkout"));
    Path launcher = Files.createDirectories(checkout.resolve("tools/launcher"));
    Path launch = Files.createDirectories(checkout.resolve("tools/cli/target/launch"));
    Files.copy(
        ROOT.resolve("ringmaster"),
        checkout.resolve("ringmaster"),
        StandardCopyOption.COPY_ATTRIBUTES);
    for (String part : List.of("find-java.sh", "build.sh")) {
      Files.copy(ROOT.resolve("tools/launcher").resolve(part), launcher.resolve(part));
    }
    Files.writeString(launch.resolve("archive.aot"), "");
    Files.writeString(launch.resolve("java.options"), "");
    Path jdk = jdk("jdk", "25.0.1");
    script(jdk.resolve("bin/java"), "for word; do echo \"<$word>\"; done");
    Ended ended =
        run(
            List.of(checkout.resolve("ringmaster").toString(), "doctor"),
            Map.of("RINGMASTER_JAVA_HOME", jdk.toString(), "RINGMASTER_NO_BUILD", "1"));
    assertEquals(0, ended.status, ended.text);
    String real = launch.toRealPath().toString();
    assertTrue(ended.text.contains("<-XX:AOTCache=" + real + "/archive.aot>"), ended.text);
    assertTrue(ended.text.contains("<@" + real + "/java.options>"), ended.text);
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    Files.createDirectories(home.resolve("bin"));
    script(home.resolve("bin/java"), "exit 1");
    script(home.resolve("bin/javac"), "exit 1");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Ended(int status, String text) {}

  private Ended run(List<String> command, Map<String, String> environment) throws Exception {
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "RINGMASTER_JAVA_HOME"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> "still running: " + command);
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }
}
