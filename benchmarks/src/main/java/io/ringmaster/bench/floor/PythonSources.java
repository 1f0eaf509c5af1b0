package io.ringmaster.bench.floor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The Python programs of the benchmarks, in a temporary folder that goes with this object. */
public final class PythonSources implements AutoCloseable {
  private final Path folder;

  private PythonSources(Path folder) {
    this.folder = folder;
  }

  /** Writes them. */
  public static PythonSources unpack() throws IOException {
    PythonSources sources =
        new PythonSources(Files.createTempDirectory("ringmaster-bench-").toRealPath());
    try {
      for (String name : List.of("raw_echo.py", "bare_loop.py", "plain/plain_start.py")) {
        sources.write(name);
      }
      sources.write("plain/app.py");
      sources.write("code/app.py");
      sources.write("code/raw.py");
      return sources;
    } catch (IOException | RuntimeException e) {
      sources.close();
      throw e;
    }
  }

  private void write(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text(file.getFileName().toString()));
  }

  /** The text of one of them. */
  public static String text(String name) throws IOException {
    try (InputStream in =
        PythonSources.class.getResourceAsStream("/io/ringmaster/bench/python/" + name)) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  /** A program's path. */
  public String script(String name) {
    return folder.resolve(name).toString();
  }

  /** The folder with the echo function alone. */
  public String codeFolder() {
    return folder.resolve("code").toString();
  }

  /** A folder for a process pool's own files. */
  public Path dataFolder() throws IOException {
    return Files.createDirectories(folder.resolve("data"));
  }

  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
