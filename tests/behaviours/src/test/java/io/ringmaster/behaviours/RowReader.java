package io.ringmaster.behaviours;

import io.ringmaster.behaviours.Cell.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads rows.
 *
 * <pre>
 * === name of the row
 * --- OPTION VALUE                   configuration for all cells: timeout, memory, format, level, system-level,
 *                                    init-timeout (milliseconds)
 * *** python                         a cell: python, node, java, ruby or provided
 * --- OPTION VALUE                   handler (default app.handler; java: App), runtime, trace, client-context, or one
 *                                    of the above
 * --- variable NAME=VALUE
 * --- file app.py                    lines of a file follow
 * --- event TEXT                     an invocation; "large N": a string of N bytes
 * --- response | error | refused     its answer follows, in one line
 * --- log                            the lines of its log tail follow; left out: not looked at
 * *** java: why there is no such cell
 * </pre>
 *
 * <p>In answers and log lines {request-id}, {code}, {time}, {number}, {uuid} and {any} stand for
 * what differs from run to run; {@code \t} is a tab, {@code \r} a carriage return, {@code \_} a
 * no-break space, {@code \s} a blank at a line's end, {@code \\} a backslash.
 */
final class RowReader {
  private static final List<String> OPTIONS =
      List.of(
          "timeout",
          "memory",
          "format",
          "level",
          "system-level",
          "handler",
          "runtime",
          "init-timeout",
          "trace",
          "client-context");

  private final List<Cell> cells = new ArrayList<>();
  private String row;
  private Map<String, String> rowOptions = new LinkedHashMap<>();
  private String runtime;
  private String absence;
  private Map<String, String> options;
  private Map<String, String> variables;
  private Map<String, StringBuilder> files;
  private List<Exchange> exchanges;
  private String section = "";
  private StringBuilder file;
  private String event;
  private String kind;
  private String answer;
  private List<String> log;

  private RowReader() {}

  /** All cells of a resource, in their order. */
  static List<Cell> read(String resource) {
    String text;
    try (InputStream in = RowReader.class.getResourceAsStream("/rows/" + resource)) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RowReader reader = new RowReader();
    for (String line : text.split("\n", -1)) {
      reader.line(line);
    }
    reader.endCell();
    return reader.cells;
  }

  private void line(String line) {
    if (line.startsWith("=== ")) {
      endCell();
      row = line.substring(4);
      rowOptions = new LinkedHashMap<>();
      section = "";
    } else if (line.startsWith("*** ")) {
      endCell();
      beginCell(line.substring(4));
    } else if (line.startsWith("--- ")) {
      String[] words = line.substring(4).split(" ", 2);
      directive(words[0], words.length > 1 ? words[1] : "");
    } else {
      content(line);
    }
  }

  private void beginCell(String head) {
    int colon = head.indexOf(':');
    runtime = colon < 0 ? head : head.substring(0, colon);
    absence = colon < 0 ? null : head.substring(colon + 1).strip();
    options = new LinkedHashMap<>(rowOptions);
    variables = new LinkedHashMap<>();
    files = new LinkedHashMap<>();
    exchanges = new ArrayList<>();
    section = "";
  }

  private void directive(String word, String rest) {
    section = word;
    if (OPTIONS.contains(word)) {
      (runtime == null ? rowOptions : options).put(word, rest);
      return;
    }
    switch (word) {
      case "variable" -> {
        int equals = rest.indexOf('=');
        variables.put(rest.substring(0, equals), rest.substring(equals + 1));
      }
      case "file" -> {
        file = new StringBuilder();
        files.put(rest, file);
      }
      case "event" -> {
        endExchange();
        event = large(rest);
      }
      case "response", "error", "refused" -> kind = word;
      case "log" -> log = new ArrayList<>();
      default -> throw new IllegalArgumentException(row + ": " + word);
    }
  }

  private static String large(String rest) {
    return rest.startsWith("large ")
        ? '"' + "x".repeat(Integer.parseInt(rest.substring(6)) - 2) + '"'
        : rest;
  }

  private void content(String line) {
    switch (section) {
      case "file" -> file.append(line).append('\n');
      case "response", "error", "refused" -> {
        if (answer == null) {
          answer = line;
        } else {
          requireBlank(line);
        }
      }
      case "log" -> {
        if (!line.isEmpty()) {
          log.add(line);
        }
      }
      default -> requireBlank(line);
    }
  }

  private void requireBlank(String line) {
    if (!line.isEmpty() && !line.startsWith("#")) {
      throw new IllegalArgumentException(row + ": " + line);
    }
  }

  private void endExchange() {
    if (event != null) {
      exchanges.add(new Exchange(event, kind, answer, log));
    }
    event = null;
    kind = null;
    answer = null;
    log = null;
  }

  private void endCell() {
    if (runtime == null) {
      return;
    }
    endExchange();
    Map<String, String> texts = new LinkedHashMap<>();
    files.forEach((path, text) -> texts.put(path, text.toString().stripTrailing() + '\n'));
    cells.add(new Cell(row, runtime, absence, options, variables, texts, exchanges));
    runtime = null;
  }
}
