package io.ringmaster.engine.injvm;

/**
 * An exception as Lambda's Java runtime reports it: {@code errorMessage}, {@code errorType}, {@code
 * stackTrace}.
 */
final class ThrownDocument {
  private ThrownDocument() {}

  /** Never throws, though the exception's own methods may. */
  static String of(Throwable thrown) {
    try {
      return json(thrown);
    } catch (Throwable again) {
      return "{\"errorType\":\"" + thrown.getClass().getName() + "\",\"stackTrace\":[]}";
    }
  }

  private static String json(Throwable thrown) {
    StringBuilder out = new StringBuilder(512);
    out.append('{');
    String message = thrown.getMessage();
    if (message != null) {
      out.append("\"errorMessage\":");
      quote(message, out);
      out.append(',');
    }
    out.append("\"errorType\":");
    quote(thrown.getClass().getName(), out);
    out.append(",\"stackTrace\":[");
    boolean first = true;
    for (StackTraceElement frame : thrown.getStackTrace()) {
      if (frame.getClassName().equals(HandlerThread.class.getName())) {
        break;
      }
      if (!first) {
        out.append(',');
      }
      first = false;
      quote(frame.toString(), out);
    }
    return out.append("]}").toString();
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || Character.isSurrogate(c) && !paired(text, i)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean paired(String text, int i) {
    char c = text.charAt(i);
    return Character.isHighSurrogate(c)
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
