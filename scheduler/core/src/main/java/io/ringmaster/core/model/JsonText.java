package io.ringmaster.core.model;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a little out of error documents. Allocates; not on the dispatcher. */
final class JsonText {
  /** An error document says its type early; whatever else it holds is not searched. */
  private static final int SEARCHED_MAX = 64 * 1024;

  private JsonText() {}

  /** The first member with that name, if it is a text without escapes; else null. */
  static String member(byte[] json, int length, String name) {
    String text = new String(json, 0, Math.min(length, SEARCHED_MAX), StandardCharsets.UTF_8);
    Matcher matcher = Pattern.compile('"' + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }
}
