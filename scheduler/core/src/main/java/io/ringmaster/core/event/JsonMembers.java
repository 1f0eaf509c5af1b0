package io.ringmaster.core.event;

import java.nio.charset.StandardCharsets;

/**
 * Reads members out of JSON without building it, and tells whether bytes are JSON at all. What it
 * reads may have been written by anybody: nothing is too deep, too long or too broken for it.
 */
final class JsonMembers {
  private static final int DEPTH_MAX = 256;

  private final byte[] json;
  private final int end;
  private int at;

  private JsonMembers(byte[] json, int from, int end) {
    this.json = json;
    this.at = from;
    this.end = end;
  }

  /** Whether they are one JSON value, in UTF-8 as far as that matters to JSON. */
  static boolean isJson(byte[] bytes, int length) {
    JsonMembers look = new JsonMembers(bytes, 0, length);
    look.blank();
    if (!look.skip(0)) {
      return false;
    }
    look.blank();
    return look.at == length;
  }

  /** The text at a path of members; null: there is no text there. */
  static String text(String json, String... path) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return text(bytes, bytes.length, path);
  }

  /** As {@link #text(String, String...)}. */
  static String text(byte[] json, int length, String... path) {
    JsonMembers look = new JsonMembers(json, 0, length);
    return look.find(path) && look.peek() == '"' ? look.string() : null;
  }

  /** The whole number at a path of members. */
  static long number(String json, long otherwise, String... path) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    JsonMembers look = new JsonMembers(bytes, 0, bytes.length);
    if (!look.find(path)) {
      return otherwise;
    }
    int from = look.at;
    if (!look.number()) {
      return otherwise;
    }
    try {
      return Long.parseLong(new String(bytes, from, look.at - from, StandardCharsets.US_ASCII));
    } catch (NumberFormatException fraction) {
      return otherwise; // nobody writes these with a fraction
    }
  }

  private boolean find(String... path) {
    blank();
    for (String name : path) {
      if (!member(name)) {
        return false;
      }
    }
    return true;
  }

  /** Goes to the value of a member of the object that begins here. */
  private boolean member(String name) {
    if (peek() != '{') {
      return false;
    }
    at++;
    blank();
    while (peek() == '"') {
      String each = string();
      blank();
      if (each == null || peek() != ':') {
        return false;
      }
      at++;
      blank();
      if (each.equals(name)) {
        return true;
      }
      if (!skip(0)) {
        return false;
      }
      blank();
      if (peek() != ',') {
        return false;
      }
      at++;
      blank();
    }
    return false;
  }

  private int peek() {
    return at < end ? json[at] : -1;
  }

  private void blank() {
    while (at < end
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
  }

  /** Over one value; false: it is none. */
  private boolean skip(int depth) {
    if (depth > DEPTH_MAX) {
      return false;
    }
    return switch (peek()) {
      case '{' -> skipAll('}', depth, true);
      case '[' -> skipAll(']', depth, false);
      case '"' -> skipString();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
  }

  private boolean skipAll(char close, int depth, boolean named) {
    at++;
    blank();
    if (peek() == close) {
      at++;
      return true;
    }
    while (true) {
      if (named && !name()) {
        return false;
      }
      if (!skip(depth + 1)) {
        return false;
      }
      blank();
      int then = peek();
      at++;
      if (then == close) {
        return true;
      }
      if (then != ',') {
        return false;
      }
      blank();
    }
  }

  private boolean name() {
    if (peek() != '"' || !skipString()) {
      return false;
    }
    blank();
    if (peek() != ':') {
      return false;
    }
    at++;
    blank();
    return true;
  }

  private boolean skipString() {
    at++;
    while (at < end) {
      int each = json[at++];
      if (each == '"') {
        return true;
      }
      if (each >= 0 && each < ' ' || each == '\\' && !escape()) {
        return false;
      }
    }
    return false;
  }

  /** What follows a backslash. */
  private boolean escape() {
    int each = peek();
    at++;
    if (each != 'u') {
      return each > 0 && "\"\\/bfnrt".indexOf(each) >= 0;
    }
    for (int i = 0; i < 4; i++) {
      if (Character.digit(peek(), 16) < 0) {
        return false;
      }
      at++;
    }
    return true;
  }

  private boolean word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (peek() != word.charAt(i)) {
        return false;
      }
      at++;
    }
    return true;
  }

  private boolean number() {
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else if (!digits()) {
      return false;
    }
    if (peek() == '.') {
      at++;
      if (!digits()) {
        return false;
      }
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int from = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    return at > from;
  }

  /** The text that begins here; null: it is broken. */
  private String string() {
    int from = at + 1;
    if (!skipString()) {
      return null;
    }
    String raw = new String(json, from, at - 1 - from, StandardCharsets.UTF_8);
    return raw.indexOf('\\') < 0 ? raw : unescaped(raw);
  }

  private static String unescaped(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char each = raw.charAt(i);
      if (each != '\\') {
        text.append(each);
        continue;
      }
      each = raw.charAt(++i);
      if (each == 'u') {
        text.append((char) Integer.parseInt(raw.substring(i + 1, i + 5), 16));
        i += 4;
      } else {
        int sort = "bfnrt".indexOf(each);
        text.append(sort < 0 ? each : "\b\f\n\r\t".charAt(sort));
      }
    }
    return text.toString();
  }
}
