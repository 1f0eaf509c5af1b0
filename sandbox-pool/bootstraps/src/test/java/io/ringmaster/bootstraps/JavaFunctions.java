package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles Java functions for Java 17, and knows the JVMs of this machine. */
final class JavaFunctions {
  private static final Path JVMS = Path.of("/usr/lib/jvm");

  private JavaFunctions() {}

  /** Compiles source texts of the resources into a folder. */
  static void compile(Path bootstraps, Path target, String... resources) throws IOException {
    Path sources = Files.createDirectories(target.resolve("sources"));
    List<String> arguments =
        new ArrayList<>(
            List.of("-nowarn", "-g", "--release", "17", "-proc:none", "-d", target.toString()));
    arguments.addAll(
        List.of("-cp", bootstraps.resolve("java/aws-lambda-java-core.jar").toString()));
    for (String resource : resources) {
      String name = resource.substring(resource.lastIndexOf('/') + 1).replace(".java.txt", ".java");
      Path source = sources.resolve(name);
      try (InputStream in = JavaFunctions.class.getResourceAsStream(resource)) {
        Files.write(source, in.readAllBytes());
      }
      arguments.add(source.toString());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    java.io.ByteArrayOutputStream messages = new java.io.ByteArrayOutputStream();
    int status = compiler.run(null, messages, messages, arguments.toArray(String[]::new));
    assertTrue(status == 0, () -> messages.toString(StandardCharsets.UTF_8));
  }

  /** JVMs of version 17 and later by feature version; at least the one that runs the tests. */
  static Map<Integer, Path> jvms() throws IOException {
    Map<Integer, Path> found = new LinkedHashMap<>();
    found.put(Runtime.version().feature(), Path.of(System.getProperty("java.home"), "bin", "java"));
    if (Files.isDirectory(JVMS)) {
      try (Stream<Path> folders = Files.list(JVMS).sorted()) {
        for (Path folder : (Iterable<Path>) folders::iterator) {
          Path release = folder.resolve("release");
          if (Files.isRegularFile(release) && Files.isExecutable(folder.resolve("bin/java"))) {
            int major = majorOf(release);
            if (major >= 17) {
              found.putIfAbsent(major, folder.resolve("bin/java").toRealPath());
            }
          }
        }
      }
    }
    return found;
  }

  private static int majorOf(Path release) {
    try {
      for (String line : Files.readAllLines(release)) {
        if (line.startsWith("JAVA_VERSION=\"")) {
          return Runtime.Version.parse(line.substring(14, line.length() - 1)).feature();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return 0;
  }
}
