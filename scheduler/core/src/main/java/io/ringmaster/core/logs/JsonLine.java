package io.ringmaster.core.logs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a line that may be JSON into maps, lists, texts, {@link Double}s, {@link Boolean}s and
 * {@link #NULL}. Whoever wrote it: nothing is too deep or too broken for it. One thread.
 */
final class JsonLine {
  /** The value null. */
  static final Object NULL = new Object();

  private static final int DEPTH_MAX = 64;

  private final String text;
  private int at;

  private JsonLine(String text) {
    this.text = text;
  }

  /** The object that a line is; null: it is none. */
  static Map<?, ?> object(String line) {
    JsonLine reader = new JsonLine(line);
    reader.blank();
    if (reader.peek() != '{') {
      return null;
    }
    Object value = reader.value(0);
    reader.blank();
    return reader.at == line.length() && value instanceof Map<?, ?> object ? object : null;
  }

  private void blank() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** 0: the text ends here. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean takes(char c) {
    blank();
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  /** Null: it is no JSON. */
  private Object value(int depth) {
    blank();
    if (depth > DEPTH_MAX) {
      return null;
    }
    return switch (peek()) {
      case '{' -> members(depth);
      case '[' -> elements(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", NULL);
      default -> number();
    };
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      return null;
    }
    at += word.length();
    return value;
  }

  private Object number() {
    int begin = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Double.valueOf(text.substring(begin, at));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private Map<String, Object> members(int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    if (takes('}')) {
      return members;
    }
    do {
      blank();
      String name = peek() == '"' ? string() : null;
      Object value = name != null && takes(':') ? value(depth + 1) : null;
      if (value == null) {
        return null;
      }
      members.put(name, value);
    } while (takes(','));
    return takes('}') ? members : null;
  }

  private List<Object> elements(int depth) {
    List<Object> elements = new ArrayList<>();
    at++;
    if (takes(']')) {
      return elements;
    }
    do {
      Object value = value(depth + 1);
      if (value == null) {
        return null;
      }
      elements.add(value);
    } while (takes(','));
    return takes(']') ? elements : null;
  }

  private String string() {
    StringBuilder plain = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return plain.toString();
      }
      if (c != '\\') {
        plain.append(c);
      } else if (!escape(plain)) {
        return null;
      }
    }
    return null;
  }

  private boolean escape(StringBuilder plain) {
    char c = peek();
    at++;
    int known = "\"\\/bfnrt".indexOf(c);
    if (known >= 0) {
      plain.append("\"\\/\b\f\n\r\t".charAt(known));
      return true;
    }
    String digits = c == 'u' && at + 4 <= text.length() ? text.substring(at, at + 4) : "";
    if (!digits.matches("[0-9a-fA-F]{4}")) {
      return false;
    }
    plain.append((char) Integer.parseInt(digits, 16));
    at += 4;
    return true;
  }
}
