package io.ringmaster.simulation;

import java.util.List;

/**
 * The document {@code ringmaster.simulate/1}.
 *
 * @param seed as asked for
 * @param invocations invocations that were settled
 * @param steps turns of the dispatchers
 * @param violations one text each, with the arguments that reproduce it; empty: all well
 * @param perSecond invocations per second of real time; the only value that equal options do not
 *     repeat
 */
public record SimulationResult(
    long seed, long invocations, long steps, List<String> violations, double perSecond) {
  /** Name and number of the document's schema. */
  public static final String SCHEMA = "ringmaster.simulate/1";

  /** As JSON. */
  public String toJson() {
    StringBuilder json = new StringBuilder(256);
    json.append("{\"schema\":\"").append(SCHEMA).append("\",\"seed\":").append(seed);
    json.append(",\"invocations\":").append(invocations).append(",\"steps\":").append(steps);
    json.append(",\"violations\":[");
    for (int i = 0; i < violations.size(); i++) {
      json.append(i == 0 ? "\"" : ",\"");
      appendEscaped(json, violations.get(i));
      json.append('"');
    }
    return json.append("],\"perSecond\":").append(Math.round(perSecond)).append('}').toString();
  }

  private static void appendEscaped(StringBuilder json, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
  }
}
