package io.ringmaster.server.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration file: lines {@code key = value}, in UTF-8; empty lines and lines that begin with
 * {@code #} say nothing. No quotes, no escapes, no sections: a value is what stands after the first
 * {@code =}, without the blanks around it, written as on the command line. So nothing can be read
 * in two ways, every message can name its line, and no library is needed.
 */
final class ConfigurationFile {
  private static final long BYTES_MAX = 1 << 20;

  /**
   * A line that says something.
   *
   * @param value what stands after the {@code =}
   * @param line its number, from 1
   */
  record Entry(String value, int line) {}

  private final Path path;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private ConfigurationFile(Path path) {
    this.path = path;
  }

  /** A file of no lines. */
  static ConfigurationFile none() {
    return new ConfigurationFile(null);
  }

  static ConfigurationFile read(Path path) {
    ConfigurationFile file = new ConfigurationFile(path);
    try {
      if (Files.size(path) > BYTES_MAX) {
        file.problems.add(new Problem(path.toString(), "is larger than 1 MiB"));
        return file;
      }
      List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8);
      for (int i = 0; i < lines.size(); i++) {
        file.line(lines.get(i).strip(), i + 1);
      }
    } catch (CharacterCodingException e) {
      file.problems.add(new Problem(path.toString(), "is not UTF-8"));
    } catch (IOException e) {
      file.problems.add(new Problem(path.toString(), "cannot be read: " + e));
    }
    return file;
  }

  private void line(String text, int number) {
    if (text.isEmpty() || text.startsWith("#")) {
      return;
    }
    int equals = text.indexOf('=');
    if (equals <= 0) {
      problems.add(new Problem(source(number), "must be KEY = VALUE"));
      return;
    }
    String key = text.substring(0, equals).strip();
    Entry entry = new Entry(text.substring(equals + 1).strip(), number);
    Entry before = entries.putIfAbsent(key, entry);
    if (before != null) {
      problems.add(
          new Problem(source(number), key + " stands in line " + before.line() + " already"));
    }
  }

  String source(int line) {
    return path + " line " + line;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  List<Problem> problems() {
    return problems;
  }
}
