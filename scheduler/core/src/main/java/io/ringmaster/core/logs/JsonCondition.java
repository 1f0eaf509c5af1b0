package io.ringmaster.core.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Understands a condition on JSON: {@code { $.a.b[0] = "text*" && ($.n >= 3 || $.x NOT EXISTS) }}.
 * Selectors name members, {@code $.a}, {@code $.["a b"]}, and elements, {@code $.a[0]}; they are
 * compared with {@code = !=} to texts, in quotes or of letters and digits, with an asterisk for
 * anything, and with {@code = != < <= > >=} to numbers, or are {@code IS TRUE}, {@code IS FALSE},
 * {@code IS NULL}, {@code EXISTS}, {@code NOT EXISTS}. One thread.
 */
final class JsonCondition {
  private static final int DEPTH_MAX = 32;
  private static final List<String> OPERATORS = List.of("!=", "<=", ">=", "=", "<", ">");

  private final String text;
  private int at;

  private JsonCondition(String text) {
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException it cannot be understood
   */
  static Predicate<Map<?, ?>> of(String pattern) {
    JsonCondition reader = new JsonCondition(pattern);
    reader.expect("{");
    Predicate<Map<?, ?>> condition = reader.either(0);
    reader.expect("}");
    reader.blank();
    if (reader.at < pattern.length()) {
      throw reader.unexpected("the end");
    }
    return condition;
  }

  private Predicate<Map<?, ?>> either(int depth) {
    Predicate<Map<?, ?>> left = both(depth);
    while (takes("||")) {
      left = left.or(both(depth));
    }
    return left;
  }

  private Predicate<Map<?, ?>> both(int depth) {
    Predicate<Map<?, ?>> left = one(depth);
    while (takes("&&")) {
      left = left.and(one(depth));
    }
    return left;
  }

  private Predicate<Map<?, ?>> one(int depth) {
    if (takes("(")) {
      if (depth > DEPTH_MAX) {
        throw unexpected("fewer parentheses");
      }
      Predicate<Map<?, ?>> inner = either(depth + 1);
      expect(")");
      return inner;
    }
    List<Object> path = selector();
    if (takesWord("NOT")) {
      expectWord("EXISTS");
      return object -> find(object, path) == null;
    }
    if (takesWord("EXISTS")) {
      return object -> find(object, path) != null;
    }
    if (takesWord("IS")) {
      Object wanted = constant();
      return object -> wanted.equals(find(object, path));
    }
    return comparison(path);
  }

  private Object constant() {
    if (takesWord("NULL")) {
      return JsonLine.NULL;
    }
    boolean yes = takesWord("TRUE");
    if (!yes && !takesWord("FALSE")) {
      throw unexpected("TRUE, FALSE or NULL");
    }
    return yes;
  }

  private Predicate<Map<?, ?>> comparison(List<Object> path) {
    blank();
    for (String operator : OPERATORS) {
      if (takes(operator)) {
        blank();
        boolean quoted = at < text.length() && text.charAt(at) == '"';
        String value = quoted ? quoted() : word();
        Double number = quoted ? null : number(value);
        if (number == null && operator.charAt(0) != '=' && operator.charAt(0) != '!') {
          throw unexpected("a number");
        }
        Literal.Form form = new Literal.Form(value);
        return object -> compares(find(object, path), operator, form, number);
      }
    }
    throw unexpected("an operator");
  }

  private static boolean compares(Object found, String operator, Literal.Form form, Double number) {
    if (found == null) {
      return false;
    }
    if (number != null && found instanceof Double actual) {
      int order = actual.compareTo(number);
      return switch (operator) {
        case "=" -> order == 0;
        case "!=" -> order != 0;
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        default -> order >= 0;
      };
    }
    boolean same = found instanceof String actual && form.isOf(actual);
    return operator.equals("=") ? same : operator.equals("!=") && !same;
  }

  private static Object find(Object from, List<Object> path) {
    Object found = from;
    for (Object step : path) {
      if (step instanceof Integer index) {
        boolean there = found instanceof List<?> list && index < list.size();
        found = there ? ((List<?>) found).get(index) : null;
      } else {
        found = found instanceof Map<?, ?> map ? map.get(step) : null;
      }
      if (found == null) {
        return null;
      }
    }
    return found;
  }

  // ---- reading ----

  private List<Object> selector() {
    blank();
    if (at >= text.length() || text.charAt(at) != '$') {
      throw unexpected("a selector such as $.level");
    }
    at++;
    List<Object> path = new ArrayList<>();
    while (at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == '[')) {
      if (text.charAt(at) == '.') {
        at++;
        if (at < text.length() && text.charAt(at) == '[') {
          continue;
        }
        path.add(name());
      } else {
        at++;
        boolean quoted = at < text.length() && text.charAt(at) == '"';
        path.add(quoted ? quoted() : index());
        expect("]");
      }
    }
    if (path.isEmpty()) {
      throw unexpected("a member after $");
    }
    return path;
  }

  private String name() {
    int begin = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "_-".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    if (at == begin) {
      throw unexpected("a name");
    }
    return text.substring(begin, at);
  }

  private Integer index() {
    String digits = name();
    if (!digits.matches("[0-9]{1,6}")) {
      throw unexpected("a number");
    }
    return Integer.valueOf(digits);
  }

  private String word() {
    int begin = at;
    while (at < text.length()
        && !Character.isWhitespace(text.charAt(at))
        && "&|(){}".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (at == begin) {
      throw unexpected("a value");
    }
    return text.substring(begin, at);
  }

  private String quoted() {
    StringBuilder plain = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      plain.append(text.charAt(at++));
    }
    if (at >= text.length()) {
      throw unexpected("a quote");
    }
    at++;
    return plain.toString();
  }

  private static Double number(String word) {
    if (!word.matches("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      return null;
    }
    return Double.valueOf(word);
  }

  private void blank() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean takes(String token) {
    blank();
    if (!text.startsWith(token, at)) {
      return false;
    }
    at += token.length();
    return true;
  }

  private boolean takesWord(String word) {
    blank();
    int end = at + word.length();
    boolean whole = end >= text.length() || !Character.isLetterOrDigit(text.charAt(end));
    if (!whole || !text.regionMatches(true, at, word, 0, word.length())) {
      return false;
    }
    at = end;
    return true;
  }

  private void expect(String token) {
    if (!takes(token)) {
      throw unexpected(token);
    }
  }

  private void expectWord(String word) {
    if (!takesWord(word)) {
      throw unexpected(word);
    }
  }

  private IllegalArgumentException unexpected(String wanted) {
    return new IllegalArgumentException(
        "the filter pattern needs " + wanted + " at character " + (at + 1) + ": " + text);
  }
}
