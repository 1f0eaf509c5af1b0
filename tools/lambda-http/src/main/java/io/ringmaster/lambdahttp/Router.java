package io.ringmaster.lambdahttp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the operation that a method and a path mean. Immutable. */
final class Router {
  private static final int SEGMENTS_MAX = 12;
  private static final String INVOKE_BEGIN = "/2015-03-31/functions/";
  private static final String INVOKE_END = "/invocations";

  /**
   * What was found.
   *
   * @param operation the operation
   * @param values of the variable segments, decoded, in their order
   * @param query decoded parameters
   */
  record Found(Operation operation, List<String> values, Map<String, List<String>> query) {}

  private final Map<String, List<Operation>> byShape = new HashMap<>();
  private final Operation invoke;

  Router(Map<String, Operation> operations) {
    invoke = operations.get("Invoke");
    for (Operation each : operations.values()) {
      byShape
          .computeIfAbsent(
              key(each.segments().size(), each.segments().get(0)), k -> new ArrayList<>())
          .add(each);
    }
    // Of two with the same path the one that asks for more comes first, and fixed segments come
    // before variable ones.
    byShape
        .values()
        .forEach(
            list ->
                list.sort(
                    (a, b) -> {
                      int queries = Boolean.compare(a.query() == null, b.query() == null);
                      return queries != 0 ? queries : Long.compare(variables(a), variables(b));
                    }));
  }

  private static long variables(Operation operation) {
    return operation.segments().stream().filter(Operation::variable).count();
  }

  private static String key(int count, String first) {
    return count + first;
  }

  /**
   * Finds the operation.
   *
   * @param uri path and query as they came
   * @return null: there is none
   * @throws Percent.MalformedException the path or the query cannot be decoded
   */
  Found route(String method, String uri) throws Percent.MalformedException {
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    Map<String, List<String>> query =
        mark < 0 || mark + 1 == uri.length() ? Map.of() : Percent.query(uri.substring(mark + 1));
    if (method.equals("POST") && path.startsWith(INVOKE_BEGIN) && path.endsWith(INVOKE_END)) {
      int end = path.length() - INVOKE_END.length();
      if (end > INVOKE_BEGIN.length() && path.indexOf('/', INVOKE_BEGIN.length()) == end) {
        String name = Percent.decode(path.substring(INVOKE_BEGIN.length(), end), false);
        return new Found(invoke, List.of(name), query);
      }
    }
    List<String> segments = segments(path);
    for (Operation each : candidates(segments)) {
      if (each.method().equals(method) && matches(each, segments, query)) {
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < segments.size(); i++) {
          if (Operation.variable(each.segments().get(i))) {
            values.add(Percent.decode(segments.get(i), false));
          }
        }
        return new Found(each, values, query);
      }
    }
    return null;
  }

  /** The methods that a path has, as for {@code OPTIONS}; empty: there is no such path. */
  Set<String> methods(String uri) {
    int mark = uri.indexOf('?');
    Set<String> methods = new TreeSet<>();
    List<String> segments = segments(mark < 0 ? uri : uri.substring(0, mark));
    for (Operation each : candidates(segments)) {
      if (matches(each, segments, null)) {
        methods.add(each.method());
      }
    }
    return methods;
  }

  private List<Operation> candidates(List<String> segments) {
    return segments.isEmpty()
        ? List.of()
        : byShape.getOrDefault(key(segments.size(), segments.get(0)), List.of());
  }

  private static boolean matches(
      Operation operation, List<String> segments, Map<String, List<String>> query) {
    for (int i = 0; i < segments.size(); i++) {
      String wanted = operation.segments().get(i);
      String given = segments.get(i);
      if (Operation.variable(wanted) ? given.isEmpty() : !wanted.equals(given)) {
        return false;
      }
    }
    if (operation.query() == null || query == null) {
      return true;
    }
    int mark = operation.query().indexOf('=');
    return query
        .getOrDefault(operation.query().substring(0, mark), List.of())
        .contains(operation.query().substring(mark + 1));
  }

  /** Between slashes; one slash at the end does not count. Empty: it is no path of ours. */
  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>(SEGMENTS_MAX);
    if (path.isEmpty() || path.charAt(0) != '/') {
      return segments;
    }
    int begin = 1;
    while (begin < path.length()) {
      int end = path.indexOf('/', begin);
      end = end < 0 ? path.length() : end;
      if (segments.size() == SEGMENTS_MAX) {
        return List.of();
      }
      segments.add(path.substring(begin, end));
      begin = end + 1;
    }
    return segments;
  }
}
