package io.ringmaster.runtime;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * What went wrong, as AWS's client reports it: a document, and a text for the log. Immutable.
 *
 * @param message the {@code errorMessage}
 * @param type the {@code errorType}, or null
 * @param stackTrace elements, or null: a document without
 * @param trace the whole stack trace as text, or null
 * @param fatal whether the process ends with it
 */
record Fault(
    String message, String type, StackTraceElement[] stackTrace, String trace, boolean fatal) {
  private static final String OWN_PACKAGE = Fault.class.getPackageName() + ".";

  /** Of what the handler threw. */
  static Fault thrown(Throwable error) {
    withoutRuntime(error, Collections.newSetFromMap(new IdentityHashMap<>()));
    boolean fatal = error instanceof VirtualMachineError || error instanceof java.io.IOError;
    return new Fault(
        messageOf(error), error.getClass().getName(), error.getStackTrace(), trace(error), fatal);
  }

  /** Of what was thrown while the handler was loaded: a document without stack trace. */
  static Fault loading(Throwable error, String message, boolean fatal) {
    withoutRuntime(error, Collections.newSetFromMap(new IdentityHashMap<>()));
    String text = message == null ? messageOf(error) : message;
    return new Fault(text, error.getClass().getName(), null, trace(error), fatal);
  }

  /** Of a handler that is none. */
  static Fault told(String message) {
    return new Fault(message, null, null, null, false);
  }

  private static String messageOf(Throwable error) {
    String message = error.getLocalizedMessage();
    return message == null ? error.getClass().getName() : message;
  }

  /** Cuts stack traces where this program called the function. */
  private static void withoutRuntime(Throwable error, Set<Throwable> seen) {
    if (error == null || !seen.add(error)) {
      return;
    }
    StackTraceElement[] elements = error.getStackTrace();
    for (int i = 0; i < elements.length; i++) {
      if (elements[i].getClassName().startsWith(OWN_PACKAGE)) {
        error.setStackTrace(Arrays.copyOf(elements, i));
        break;
      }
    }
    withoutRuntime(error.getCause(), seen);
    for (Throwable suppressed : error.getSuppressed()) {
      withoutRuntime(suppressed, seen);
    }
  }

  private static String trace(Throwable error) {
    StringWriter text = new StringWriter();
    try (PrintWriter writer = new PrintWriter(text)) {
      error.printStackTrace(writer);
    }
    return text.toString();
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
