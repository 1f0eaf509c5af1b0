package io.ringmaster.sandbox.linux;

/** Writes JSON. */
final class JsonText {
  private JsonText() {}

  /** Appends {@code "name":"value"}. */
  static StringBuilder member(StringBuilder to, String name, String value) {
    quote(to, name);
    to.append(':');
    quote(to, value);
    return to;
  }

  private static void quote(StringBuilder to, String text) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        // Surrogates too: an unpaired one has no form in UTF-8.
        to.append(String.format("\\u%04x", (int) c));
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }
}
