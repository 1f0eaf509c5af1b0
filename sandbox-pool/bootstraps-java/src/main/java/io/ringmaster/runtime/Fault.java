package io.ringmaster.runtime;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;

/**
 * What went wrong, as AWS's client reports it: a document, and a text for the log. Immutable. The
 * classes of errors are the function's own and may be broken, or hostile: whatever their methods
 * throw or answer, there is a fault.
 *
 * @param message the {@code errorMessage}
 * @param type the {@code errorType}, or null
 * @param stackTrace elements, or null: a document without
 * @param trace the whole stack trace as text, or null
 * @param fatal whether the process ends with it
 */
record Fault(
    String message, String type, StackTraceElement[] stackTrace, String trace, boolean fatal) {
  private static final int MESSAGE_CHARS_MAX = 6_291_557;
  private static final int TRACE_CHARS_MAX = 1 << 20;
  private static final int ELEMENTS_MAX = 16_384;
  private static final int ERRORS_MAX = 1024;
  private static final String OWN_PACKAGE = Fault.class.getPackageName() + ".";

  /** Of what the handler threw. */
  static Fault thrown(Throwable error) {
    withoutRuntime(error);
    boolean fatal = error instanceof VirtualMachineError || error instanceof java.io.IOError;
    return new Fault(
        messageOf(error), error.getClass().getName(), elementsOf(error), trace(error), fatal);
  }

  /** Of what was thrown while the handler was loaded: a document without stack trace. */
  static Fault loading(Throwable error, String message, boolean fatal) {
    withoutRuntime(error);
    String text = message == null ? messageOf(error) : message;
    return new Fault(text, error.getClass().getName(), null, trace(error), fatal);
  }

  /** Of a handler that is none. */
  static Fault told(String message) {
    return new Fault(message, null, null, null, false);
  }

  /** Beyond the limit of an answer nobody will read it. */
  private static String messageOf(Throwable error) {
    String message = null;
    try {
      message = error.getLocalizedMessage();
    } catch (Throwable broken) { // the function's own class: its name has to do
    }
    if (message == null) {
      return error.getClass().getName();
    }
    return message.length() > MESSAGE_CHARS_MAX ? message.substring(0, MESSAGE_CHARS_MAX) : message;
  }

  private static StackTraceElement[] elementsOf(Throwable error) {
    try {
      return Arrays.stream(error.getStackTrace())
          .limit(ELEMENTS_MAX)
          .filter(Objects::nonNull)
          .toArray(StackTraceElement[]::new);
    } catch (Throwable broken) { // as above
      return new StackTraceElement[0];
    }
  }

  /** Cuts stack traces where this program called the function. */
  private static void withoutRuntime(Throwable error) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    ArrayDeque<Throwable> left = new ArrayDeque<>();
    left.add(error);
    while (!left.isEmpty() && seen.size() < ERRORS_MAX) {
      Throwable next = left.poll();
      if (seen.add(next)) {
        try {
          cut(next);
          if (next.getCause() != null) {
            left.add(next.getCause());
          }
        } catch (Throwable broken) { // it keeps what it has
        }
        left.addAll(Arrays.asList(next.getSuppressed()));
      }
    }
  }

  private static void cut(Throwable error) {
    StackTraceElement[] elements = error.getStackTrace();
    for (int i = 0; i < elements.length; i++) {
      if (elements[i].getClassName().startsWith(OWN_PACKAGE)) {
        error.setStackTrace(Arrays.copyOf(elements, i));
        return;
      }
    }
  }

  /** What can be had of it: the methods that print it may be the function's own. */
  private static String trace(Throwable error) {
    Text text = new Text();
    try (PrintWriter writer = new PrintWriter(text)) {
      error.printStackTrace(writer);
    } catch (Throwable broken) {
      text.write("\n\t... " + broken.getClass().getName() + " when it was printed\n");
    }
    return text.toString();
  }

  /** Takes so much and no more. */
  private static final class Text extends Writer {
    private final StringBuilder taken = new StringBuilder(512);

    @Override
    public void write(char[] chars, int start, int length) {
      taken.append(chars, start, Math.min(length, TRACE_CHARS_MAX - taken.length()));
    }

    @Override
    public void write(String text, int start, int length) {
      taken.append(text, start, start + Math.min(length, TRACE_CHARS_MAX - taken.length()));
    }

    @Override
    public void write(String text) {
      write(text, 0, text.length());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
      return taken.toString();
    }
  }

  /** The error document. */
  String document() {
    StringBuilder json = new StringBuilder(256);
    JsonText.quote(json.append("{\"errorMessage\":"), message);
    if (type != null) {
      JsonText.quote(json.append(",\"errorType\":"), type);
    }
    if (stackTrace != null) {
      json.append(",\"stackTrace\":[");
      String separator = "";
      for (StackTraceElement element : stackTrace) {
        JsonText.quote(json.append(separator), element.toString());
        separator = ",";
      }
      json.append(']');
    }
    return json.append('}').toString();
  }

  /** The log's text: one event. */
  String logText() {
    return type == null ? message + "\n" : message + ": " + type + "\n" + trace + "\n";
  }
}
