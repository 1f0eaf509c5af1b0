package io.ringmaster.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Builds the demonstration's Go program, where there is a Go tool chain. Any thread; blocks. */
final class GoProgram {
  private static final long LIMIT_SECONDS = 180;
  private static final List<String> USUAL = List.of("/usr/local/go/bin", "/usr/lib/go/bin");

  private GoProgram() {}

  /** The tool chain's command; null: there is none. */
  static Path toolChain() {
    return Executables.find("go", USUAL);
  }

  /**
   * The executable. A first build takes some seconds: Go compiles its own library then.
   *
   * @throws IOException it cannot be built; the message has what the tool chain said
   */
  static byte[] build(Path go) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("ringmaster-demo-go");
    try {
      Files.write(folder.resolve("main.go"), DemoFunction.bytes("go/main.go"));
      Path said = folder.resolve("said");
      ProcessBuilder command =
          new ProcessBuilder(
                  go.toString(),
                  "build",
                  "-trimpath",
                  "-ldflags=-s -w",
                  "-o",
                  "bootstrap",
                  "main.go")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile());
      command
          .environment()
          .putAll(
              Map.of(
                  "GO111MODULE", "off", "CGO_ENABLED", "0", "GOFLAGS", "", "GOTOOLCHAIN", "local"));
      Process process = command.start();
      try {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new IOException("go build takes more than " + LIMIT_SECONDS + " s");
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw new IOException("go build: " + Files.readString(said).strip());
      }
      return Files.readAllBytes(folder.resolve("bootstrap"));
    } finally {
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(GoProgram::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
