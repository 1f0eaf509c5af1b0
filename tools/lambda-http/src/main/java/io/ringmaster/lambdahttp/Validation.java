package io.ringmaster.lambdahttp;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Holds the members of a request against their shapes, and says what does not fit in AWS's words:
 * {@code N validation errors detected: Value '…' at '…' failed to satisfy constraint: …; …}.
 */
final class Validation {
  private static final int PROBLEMS_MAX = 20;
  private static final int PATTERN_LENGTH_MAX = 16 * 1024;
  private static final int SHOWN_MAX = 10_000;

  /** AWS decides about these behind its front end: their texts are the engine's. */
  private static final Set<String> DECIDED_LATER = Set.of("runtime");

  /** Names of variables that are no names, and that the engine refuses as reserved. */
  private static final Set<String> RESERVED = Set.of("_HANDLER", "_X_AMZN_TRACE_ID");

  /** Values that AWS does not repeat. */
  private static final Set<String> SECRET = Set.of("environment.variables", "code.zipFile");

  private final List<String> problems = new ArrayList<>();

  private Validation() {}

  /** Throws what does not fit. */
  static void check(Operation operation, Map<String, Object> members) throws Refused {
    Validation validation = new Validation();
    validation.structure(operation.input(), members, "");
    int count = validation.problems.size();
    if (count > 0) {
      throw Refused.validation(
          count
              + (count == 1 ? " validation error detected: " : " validation errors detected: ")
              + String.join("; ", validation.problems));
    }
  }

  private void structure(Shape shape, Map<?, ?> members, String path) {
    for (Shape.Member each : shape.members.values()) {
      String place = path + Character.toLowerCase(each.name().charAt(0)) + each.name().substring(1);
      Object value = members.get(each.name());
      if (value != null) {
        value(each.shape(), value, place);
      } else if (each.required()) {
        fail("null", place, "Member must not be null");
      }
    }
  }

  private void value(Shape shape, Object value, String path) {
    switch (shape.type) {
      case STRUCTURE -> structure(shape, (Map<?, ?>) value, path + ".");
      case LIST -> list(shape, (List<?>) value, path);
      case MAP -> map(shape, (Map<?, ?>) value, path);
      default -> {
        if (!DECIDED_LATER.contains(path)) {
          broken(shape, value).forEach(each -> fail(shown(value, path), path, each));
        }
      }
    }
  }

  private void list(Shape shape, List<?> items, String path) {
    for (String each : sizes(shape, items.size())) {
      fail(shown(items, path), path, each);
    }
    Shape element = shape.element;
    if (element.type == Shape.Type.STRUCTURE) {
      for (int i = 0; i < items.size(); i++) {
        String place = path + "." + (i + 1) + ".member";
        if (items.get(i) == null) {
          fail("null", place, "Member must not be null");
        } else {
          structure(element, (Map<?, ?>) items.get(i), place + ".");
        }
      }
    } else if (items.stream().anyMatch(i -> i == null || !broken(element, i).isEmpty())) {
      fail(shown(items, path), path, "Member must satisfy constraint: " + all(element));
    }
  }

  private void map(Shape shape, Map<?, ?> entries, String path) {
    for (String each : sizes(shape, entries.size())) {
      fail(shown(entries, path), path, each);
    }
    if (entries.keySet().stream()
        .anyMatch(k -> !RESERVED.contains(k) && !broken(shape.key, k).isEmpty())) {
      fail(shown(entries, path), path, "Map keys must satisfy constraint: " + all(shape.key));
    }
    if (entries.values().stream().anyMatch(v -> v == null || !fits(shape.element, v))) {
      fail(shown(entries, path), path, "Map value must satisfy constraint: " + all(shape.element));
    }
  }

  private boolean fits(Shape shape, Object value) {
    return switch (shape.type) {
      case STRUCTURE, LIST, MAP -> {
        Validation nested = new Validation();
        nested.value(shape, value, "");
        yield nested.problems.isEmpty();
      }
      default -> broken(shape, value).isEmpty();
    };
  }

  private static List<String> sizes(Shape shape, int size) {
    List<String> broken = new ArrayList<>(1);
    if (shape.max != null && size > shape.max.longValue()) {
      broken.add("Member must have length less than or equal to " + shape.max);
    }
    if (shape.min != null && size < shape.min.longValue()) {
      broken.add("Member must have length greater than or equal to " + shape.min);
    }
    return broken;
  }

  /** All constraints of what a list or a map has, in words. */
  private static List<String> all(Shape shape) {
    boolean number =
        switch (shape.type) {
          case INTEGER, LONG, DOUBLE, TIMESTAMP -> true;
          default -> false;
        };
    String size = number ? "Member must have value " : "Member must have length ";
    List<String> texts = new ArrayList<>(4);
    if (shape.values != null) {
      texts.add("Member must satisfy enum value set: " + shape.values);
    }
    if (shape.max != null) {
      texts.add(size + "less than or equal to " + shape.max);
    }
    if (shape.min != null) {
      texts.add(size + "greater than or equal to " + shape.min);
    }
    if (shape.pattern != null) {
      texts.add("Member must satisfy regular expression pattern: " + shape.pattern.pattern());
    }
    texts.add("Member must not be null");
    return texts;
  }

  /** The constraints of a plain value that do not hold, in words. */
  private static List<String> broken(Shape shape, Object value) {
    List<String> texts = new ArrayList<>(2);
    if (value instanceof Number number) {
      range(shape, new BigDecimal(number.toString()), texts);
      return texts;
    }
    if (!(value instanceof String text)) {
      return texts;
    }
    if (shape.values != null && !shape.values.contains(text)) {
      texts.add("Member must satisfy enum value set: " + shape.values);
    }
    int length = text.codePointCount(0, text.length());
    if (shape.max != null && length > shape.max.longValue()) {
      texts.add("Member must have length less than or equal to " + shape.max);
    }
    if (shape.min != null && length < shape.min.longValue()) {
      texts.add("Member must have length greater than or equal to " + shape.min);
    }
    if (shape.pattern != null
        && (text.length() > PATTERN_LENGTH_MAX || !shape.pattern.matcher(text).matches())) {
      texts.add("Member must satisfy regular expression pattern: " + shape.pattern.pattern());
    }
    return texts;
  }

  private static void range(Shape shape, BigDecimal number, List<String> broken) {
    if (shape.max != null && number.compareTo(shape.max) > 0) {
      broken.add("Member must have value less than or equal to " + shape.max);
    }
    if (shape.min != null && number.compareTo(shape.min) < 0) {
      broken.add("Member must have value greater than or equal to " + shape.min);
    }
  }

  private static String shown(Object value, String path) {
    if (SECRET.contains(path)) {
      return "";
    }
    String text = value instanceof Map<?, ?> map ? map.toString() : String.valueOf(value);
    return "'" + (text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) : text) + "'";
  }

  private void fail(String shown, String path, String constraint) {
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(
          String.format(
              Locale.ROOT,
              "Value%s at '%s' failed to satisfy constraint: %s",
              shown.isEmpty() ? "" : " " + shown,
              path,
              constraint));
    }
  }
}
