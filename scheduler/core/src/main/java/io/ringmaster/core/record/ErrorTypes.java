package io.ringmaster.core.record;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Error types, as documents have them and as lines may show them. */
final class ErrorTypes {
  private static final Pattern SHOWN = Pattern.compile("[A-Za-z][A-Za-z0-9_.<>]{0,127}");
  private static final String DOCUMENT_TYPE = "errorType";

  private ErrorTypes() {}

  /** A type that may stand in a line; the function may have written it. */
  static String forLine(String text) {
    if (text == null) {
      return "Sandbox.Failure";
    }
    return SHOWN.matcher(text).matches() ? text : "Runtime.Unknown";
  }

  /** The type that an error document names; {@code Runtime.Unknown}: none. */
  static String ofDocument(String json) {
    String type = textMember(json, DOCUMENT_TYPE);
    return type == null ? "Runtime.Unknown" : type;
  }

  /**
   * The first member with that name in a JSON document, if it is a text without escapes; else null.
   */
  static String textMember(String json, String name) {
    Matcher matcher =
        Pattern.compile('"' + name + "\"\\s*:\\s*\"([^\"\\\\\\p{Cntrl}]*)\"").matcher(json);
    return matcher.find() ? matcher.group(1) : null;
  }
}
