package io.ringmaster.core.record;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** Levels of application lines, and the level that a line has. */
enum LineLevel {
  TRACE,
  DEBUG,
  INFO,
  WARN,
  ERROR,
  FATAL;

  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");
  private static final int TEXT_MAX = 64;
  private static final LineLevel[] LEVELS = values();

  /**
   * The level of a line: what it says in {@code level}, or, as AWS's Python client, in {@code
   * log_level}, beside a valid {@code timestamp}; INFO where it says nothing valid.
   */
  static LineLevel of(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end && bytes[at] <= ' ' && bytes[at] >= 0) {
      at++;
    }
    if (at == end || bytes[at] != '{') {
      return INFO;
    }
    Members members = new Members(bytes, at, end);
    if (!members.read()
        || members.timestamp == null
        || !RFC_3339.matcher(members.timestamp).matches()) {
      return INFO;
    }
    return named(members.level != null ? members.level : members.logLevel);
  }

  /** The level that a record's header tells, 1 to 6; null: it tells none. */
  static LineLevel told(int level) {
    return level < 1 || level > LEVELS.length ? null : LEVELS[level - 1];
  }

  private static LineLevel named(String text) {
    return switch (text == null ? "" : text.toUpperCase(Locale.ROOT)) {
      case "TRACE" -> TRACE;
      case "DEBUG" -> DEBUG;
      case "WARN", "WARNING" -> WARN;
      case "ERROR" -> ERROR;
      case "FATAL", "CRITICAL" -> FATAL;
      default -> INFO;
    };
  }

  /**
   * Looks for three members of a JSON object, and checks no more of it than it must to find them.
   */
  private static final class Members {
    private final byte[] bytes;
    private final int end;
    private int at;
    String level;
    String logLevel;
    String timestamp;

    Members(byte[] bytes, int at, int end) {
      this.bytes = bytes;
      this.at = at + 1; // behind the brace
      this.end = end;
    }

    /** False: it is no object. */
    boolean read() {
      while (true) {
        skipSpace();
        if (at >= end) {
          return false;
        }
        if (bytes[at] == '}') {
          return true;
        }
        if (bytes[at] == ',') {
          at++;
          continue;
        }
        String name = text();
        skipSpace();
        if (name == null || at >= end || bytes[at++] != ':') {
          return false;
        }
        skipSpace();
        if (!value(name)) {
          return false;
        }
      }
    }

    private boolean value(String name) {
      if (at >= end) {
        return false;
      }
      if (bytes[at] != '"') {
        return skipValue();
      }
      String text = text();
      switch (name) {
        case "level" -> level = text;
        case "log_level" -> logLevel = text;
        case "timestamp", "time", "@timestamp" -> timestamp = timestamp == null ? text : timestamp;
        default -> {}
      }
      return text != null;
    }

    /** A number, a word, an object, an array: up to the comma or brace that ends it. */
    private boolean skipValue() {
      int depth = 0;
      while (at < end) {
        byte b = bytes[at];
        if (b == '"') {
          if (text() == null) {
            return false;
          }
          continue;
        }
        if (b == '{' || b == '[') {
          depth++;
        } else if (depth == 0 && (b == ',' || b == '}')) {
          return true;
        } else if (b == '}' || b == ']') {
          depth--;
        }
        at++;
      }
      return false;
    }

    /** A text, cut at 64 bytes, escapes as they are; null: it has no end. */
    private String text() {
      if (bytes[at] != '"') {
        return null;
      }
      int start = ++at;
      while (at < end && bytes[at] != '"') {
        at += bytes[at] == '\\' ? 2 : 1;
      }
      if (at >= end) {
        return null;
      }
      int length = Math.min(at - start, TEXT_MAX);
      at++;
      return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    private void skipSpace() {
      while (at < end && (bytes[at] == ' ' || bytes[at] >= '\t' && bytes[at] <= '\r')) {
        at++;
      }
    }
  }
}
