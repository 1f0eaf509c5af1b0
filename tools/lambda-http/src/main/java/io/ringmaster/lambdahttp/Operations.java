package io.ringmaster.lambdahttp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** The table of all operations, read once. */
final class Operations {
  /** By name, in alphabetical order. */
  static final Map<String, Operation> ALL = read();

  private Operations() {}

  private static Map<String, Operation> read() {
    try (InputStream stream = Operations.class.getResourceAsStream("operations.json")) {
      Map<String, Object> table =
          map(Json.read(Objects.requireNonNull(stream, "operations.json").readAllBytes()));
      Map<String, Shape> shapes = shapes(map(table.get("shapes")));
      Map<String, Operation> operations = new LinkedHashMap<>();
      map(table.get("operations"))
          .forEach((name, facts) -> operations.put(name, operation(name, map(facts), shapes)));
      return operations;
    } catch (IOException e) {
      throw new UncheckedIOException("operations.json", e);
    }
  }

  private static Operation operation(
      String name, Map<String, Object> facts, Map<String, Shape> shapes) {
    String path = (String) facts.get("path");
    int mark = path.indexOf('?');
    return new Operation(
        name,
        (String) facts.get("method"),
        List.of((mark < 0 ? path : path.substring(0, mark)).substring(1).split("/")),
        mark < 0 ? null : path.substring(mark + 1),
        ((Long) facts.get("status")).intValue(),
        facts.get("input") == null ? null : shapes.get((String) facts.get("input")),
        (String) facts.get("payload"));
  }

  private static Map<String, Shape> shapes(Map<String, Object> table) {
    Map<String, Shape> shapes = new HashMap<>();
    table.forEach((name, facts) -> shapes.put(name, shape(map(facts))));
    table.forEach((name, facts) -> link(shapes.get(name), map(facts), shapes));
    return shapes;
  }

  private static Shape shape(Map<String, Object> facts) {
    String type = ((String) facts.get("type")).toUpperCase(Locale.ROOT);
    String pattern = (String) facts.get("pattern");
    List<String> values = null;
    if (facts.get("enum") instanceof List<?> list) {
      values = new ArrayList<>();
      for (Object each : list) {
        values.add((String) each);
      }
    }
    return new Shape(
        Shape.Type.valueOf("FLOAT".equals(type) ? "DOUBLE" : type),
        decimal(facts.get("min")),
        decimal(facts.get("max")),
        pattern == null ? null : Pattern.compile(pattern),
        values);
  }

  private static void link(Shape shape, Map<String, Object> facts, Map<String, Shape> shapes) {
    switch (shape.type) {
      case LIST -> shape.element = shapes.get((String) facts.get("member"));
      case MAP -> {
        shape.key = shapes.get((String) facts.get("key"));
        shape.element = shapes.get((String) facts.get("value"));
      }
      case STRUCTURE ->
          map(facts.get("members"))
              .forEach(
                  (name, value) -> {
                    Map<String, Object> member = map(value);
                    shape.members.put(
                        name,
                        new Shape.Member(
                            name,
                            shapes.get((String) member.get("shape")),
                            member.containsKey("required"),
                            (String) member.getOrDefault("in", "body"),
                            (String) member.getOrDefault("name", name)));
                  });
      default -> {
        // A plain value has no parts.
      }
    }
  }

  private static BigDecimal decimal(Object value) {
    return value == null ? null : new BigDecimal(value.toString());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }
}
