package io.ringmaster.lambdahttp;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a value of the API may be, as AWS's service model says. Immutable once the table is read.
 */
final class Shape {
  /** Kinds of values. */
  enum Type {
    STRING,
    BLOB,
    BOOLEAN,
    INTEGER,
    LONG,
    DOUBLE,
    TIMESTAMP,
    LIST,
    MAP,
    STRUCTURE
  }

  /**
   * One member of a structure.
   *
   * @param name AWS's name
   * @param shape what it may be
   * @param required whether it must be there
   * @param place {@code body, uri, querystring, header}
   * @param wireName its name there
   */
  record Member(String name, Shape shape, boolean required, String place, String wireName) {}

  final Type type;

  /** Least value, or least length; null: none. */
  final BigDecimal min;

  /** Largest value, or length; null: none. */
  final BigDecimal max;

  final Pattern pattern;
  final List<String> values;

  /** Of structures. */
  final Map<String, Member> members = new LinkedHashMap<>();

  /** Of lists; of maps the values. */
  Shape element;

  /** Of maps. */
  Shape key;

  Shape(Type type, BigDecimal min, BigDecimal max, Pattern pattern, List<String> values) {
    this.type = type;
    this.min = min;
    this.max = max;
    this.pattern = pattern;
    this.values = values;
  }
}
