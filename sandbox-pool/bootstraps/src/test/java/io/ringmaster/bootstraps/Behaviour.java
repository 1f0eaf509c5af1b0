package io.ringmaster.bootstraps;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One row of the table of behaviours: a function, what is sent to it, and what must come back. The
 * rows are text files:
 *
 * <pre>
 * === name
 * --- handler app.handler            (default)
 * --- runtime python3.11             default: the test's; format Text, level, variable NAME=VALUE, trace, client-context, identity, tenant
 * --- versions 3.11 3.12             versions of the interpreter whose own texts the row holds; default: all
 * --- file app.py                    lines of a file follow
 * --- event TEXT                     an invocation; its answer follows in a line of its own:
 * --- stream octet | stream http     before the answer: what its chunks hold follows, in one line
 * --- response | error
 * --- init-error                     instead of invocations; the document follows
 * --- exit STATUS                    the process ends by itself
 * --- log                            one record per line follows
 * </pre>
 *
 * In events, answers and records {@code \n}, {@code \r} and {@code \\} are escapes, {@code \_} is a
 * no-break space, {@code \0} the character zero; CODE stands for the function's folder, REQUEST-ID
 * for the request id, TIME for a time stamp, RUNTIME for a place in the runtime.
 */
record Behaviour(
    String name,
    Map<String, String> options,
    Map<String, String> variables,
    Map<String, String> files,
    List<Exchange> exchanges,
    String initError,
    Integer exit,
    List<String> log) {

  /**
   * An event and its answer; no answer when the process ends instead.
   *
   * @param stream {@code octet} or {@code http} when chunks come first, else null
   * @param chunks what they hold together
   */
  record Exchange(String event, String stream, String chunks, String kind, String answer) {}

  String option(String option, String otherwise) {
    return options.getOrDefault(option, otherwise);
  }

  /** Whether the texts of this row are those of that version of the interpreter. */
  boolean appliesTo(String version) {
    String versions = options.get("versions");
    return versions == null || List.of(versions.split(" ")).contains(version);
  }

  @Override
  public String toString() {
    return name;
  }

  static List<Behaviour> read(String resource) {
    String text;
    try (InputStream in = Behaviour.class.getResourceAsStream("/behaviours/" + resource)) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Behaviour> rows = new ArrayList<>();
    Reader reader = null;
    for (String line : text.split("\n")) {
      if (line.startsWith("=== ")) {
        if (reader != null) {
          rows.add(reader.row());
        }
        reader = new Reader(line.substring(4));
      } else if (line.startsWith("--- ")) {
        String[] words = line.substring(4).split(" ", 2);
        reader.directive(words[0], words.length > 1 ? words[1] : "");
      } else {
        reader.content(line);
      }
    }
    rows.add(reader.row());
    return rows;
  }

  static String unescaped(String line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escape = line.charAt(++i);
      text.append(
          switch (escape) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case '_' -> '\u00a0';
            case '0' -> '\0';
            case '\\' -> '\\';
            default -> throw new IllegalArgumentException("escape in " + line);
          });
    }
    return text.toString();
  }

  private static final class Reader {
    private final String name;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Map<String, StringBuilder> files = new LinkedHashMap<>();
    private final List<Exchange> exchanges = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private String initError;
    private Integer exit;
    private String section = "";
    private StringBuilder file;
    private String event;
    private String stream;
    private String chunks;

    Reader(String name) {
      this.name = name;
    }

    void directive(String word, String rest) {
      section = word;
      switch (word) {
        case "file" -> {
          file = new StringBuilder();
          files.put(rest, file);
        }
        case "event" -> {
          unanswered();
          event = unescaped(rest);
        }
        case "stream" -> stream = rest;
        case "variable" ->
            variables.put(
                rest.substring(0, rest.indexOf('=')), rest.substring(rest.indexOf('=') + 1));
        case "exit" -> exit = Integer.valueOf(rest);
        case "response", "error", "init-error", "log" -> {}
        case "handler",
            "runtime",
            "format",
            "level",
            "trace",
            "client-context",
            "identity",
            "tenant",
            "versions" ->
            options.put(word, rest);
        default -> throw new IllegalArgumentException(name + ": " + word);
      }
    }

    void content(String line) {
      switch (section) {
        case "file" -> file.append(line).append('\n');
        case "response", "error" -> {
          if (event != null) {
            answered(section, unescaped(line));
          } else {
            requireBlank(line);
          }
        }
        case "stream" -> {
          if (chunks == null) {
            chunks = unescaped(line);
          } else {
            requireBlank(line);
          }
        }
        case "init-error" -> {
          if (initError == null) {
            initError = unescaped(line);
          } else {
            requireBlank(line);
          }
        }
        case "log" -> {
          if (!line.isEmpty()) {
            log.add(unescaped(line));
          }
        }
        default -> requireBlank(line);
      }
    }

    private void requireBlank(String line) {
      if (!line.isEmpty()) {
        throw new IllegalArgumentException(name + ": " + line);
      }
    }

    private void unanswered() {
      if (event != null) {
        answered(null, null);
      }
    }

    private void answered(String kind, String answer) {
      exchanges.add(new Exchange(event, stream, chunks, kind, answer));
      event = null;
      stream = null;
      chunks = null;
    }

    Behaviour row() {
      unanswered();
      Map<String, String> texts = new LinkedHashMap<>();
      files.forEach((path, text) -> texts.put(path, text.toString().stripTrailing() + '\n'));
      return new Behaviour(name, options, variables, texts, exchanges, initError, exit, log);
    }
  }
}
