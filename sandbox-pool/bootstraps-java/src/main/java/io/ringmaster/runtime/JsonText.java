package io.ringmaster.runtime;

/** Strings as JSON. Stateless. */
final class JsonText {
  private static final String HEX = "0123456789abcdef";

  private JsonText() {}

  /** Appends the text in quotes; the two line separators that JavaScript trips over are escaped. */
  static StringBuilder quote(StringBuilder to, String text) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        case '\b' -> to.append("\\b");
        case '\f' -> to.append("\\f");
        case '\u2028' -> to.append("\\u2028");
        case '\u2029' -> to.append("\\u2029");
        default -> {
          if (c < ' ') {
            to.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
          } else {
            to.append(c);
          }
        }
      }
    }
    return to.append('"');
  }
}
