package io.ringmaster.core.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A filter pattern in the syntax of CloudWatch Logs: terms, as in {@code ERROR "not found"
 * -expected}, of which all must be in the line, in their case, and those behind a minus sign must
 * not; {@code ?a ?b}, of which one must; or a condition on a line of JSON, {@code { $.level =
 * "ERROR" }}, which {@link JsonCondition} describes. Patterns in brackets and regular expressions
 * are refused. Immutable; any thread.
 */
public final class FilterPattern {
  /** Most characters of a pattern. */
  public static final int LENGTH_MAX = 1024;

  private final Predicate<String> matches;

  private FilterPattern(Predicate<String> matches) {
    this.matches = matches;
  }

  /**
   * Understands a pattern.
   *
   * @param pattern blank: all lines match
   * @throws IllegalArgumentException it cannot be understood; the message says why
   */
  public static FilterPattern of(String pattern) {
    if (pattern.length() > LENGTH_MAX) {
      throw new IllegalArgumentException("a filter pattern has 1024 characters at most");
    }
    String text = pattern.strip();
    if (text.startsWith("{")) {
      Predicate<Map<?, ?>> condition = JsonCondition.of(text);
      return new FilterPattern(
          line -> {
            Map<?, ?> object = JsonLine.object(line);
            return object != null && condition.test(object);
          });
    }
    if (text.startsWith("[")) {
      throw new IllegalArgumentException(
          "filter patterns for columns, in brackets, are not supported: use terms or { $.… }");
    }
    return new FilterPattern(terms(text));
  }

  /** Whether a line, without its end, is wanted. */
  public boolean matches(String line) {
    return matches.test(line);
  }

  private static Predicate<String> terms(String text) {
    List<Literal> all = new ArrayList<>();
    List<Literal> any = new ArrayList<>();
    List<Literal> none = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      List<Literal> sort = c == '-' ? none : c == '?' ? any : all;
      at += sort == all ? 0 : 1;
      StringBuilder term = new StringBuilder();
      at = term(text, at, term);
      if (!term.isEmpty()) {
        sort.add(new Literal(term.toString()));
      }
    }
    return line ->
        all.stream().allMatch(each -> each.isIn(line))
            && none.stream().noneMatch(each -> each.isIn(line))
            && (any.isEmpty() || !all.isEmpty() || any.stream().anyMatch(each -> each.isIn(line)));
  }

  /** Reads a term; answers where it ends. */
  private static int term(String text, int begin, StringBuilder term) {
    boolean quoted = begin < text.length() && text.charAt(begin) == '"';
    int at = quoted ? begin + 1 : begin;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (quoted ? c == '"' : Character.isWhitespace(c)) {
        return at + 1;
      }
      if (c == '\\' && quoted && at + 1 < text.length()) {
        at++;
        c = text.charAt(at);
      }
      term.append(c);
      at++;
    }
    if (quoted) {
      throw new IllegalArgumentException("the filter pattern has a quote that does not end");
    }
    int length = term.length();
    if (length > 1 && term.charAt(0) == '%' && term.charAt(length - 1) == '%') {
      throw new IllegalArgumentException(
          "regular expressions, between percent signs, are not supported in filter patterns");
    }
    return at;
  }
}
