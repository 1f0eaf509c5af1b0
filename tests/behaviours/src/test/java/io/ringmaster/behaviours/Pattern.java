package io.ringmaster.behaviours;

import java.util.Map;
import java.util.regex.Matcher;

/** What a text of the table stands for. */
final class Pattern {
  private static final java.util.regex.Pattern TOKEN =
      java.util.regex.Pattern.compile(
          "\\{(request-id|code|time|number|uuid|any|nothing)\\}|\\\\([tr_s\\\\])");

  private Pattern() {}

  /** Whether a text is what the pattern means. */
  static boolean matches(String pattern, String text, String requestId) {
    Map<String, String> tokens =
        Map.of(
            "request-id", java.util.regex.Pattern.quote(requestId),
            "code", "/[^\\s\"':(]*/code/[A-Za-z0-9_-]+",
            "time", "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z",
            "number", "[0-9]+(\\.[0-9]+)?",
            "uuid", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "any", ".*",
            "nothing", "");
    Map<String, String> escapes =
        Map.of("t", "\t", "r", "\r", "_", "\u00a0", "s", " ", "\\", "\\\\");
    StringBuilder regex = new StringBuilder();
    Matcher token = TOKEN.matcher(pattern);
    int at = 0;
    while (token.find()) {
      regex.append(java.util.regex.Pattern.quote(pattern.substring(at, token.start())));
      regex.append(
          token.group(1) != null ? tokens.get(token.group(1)) : escapes.get(token.group(2)));
      at = token.end();
    }
    regex.append(java.util.regex.Pattern.quote(pattern.substring(at)));
    return java.util.regex.Pattern.compile(regex.toString(), java.util.regex.Pattern.DOTALL)
        .matcher(text)
        .matches();
  }
}
