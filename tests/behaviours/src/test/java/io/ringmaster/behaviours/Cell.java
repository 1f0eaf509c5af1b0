package io.ringmaster.behaviours;

import java.util.List;
import java.util.Map;

/**
 * One row's function for one runtime, and what must come of it.
 *
 * @param row the row's name
 * @param runtime the runtime's family, such as {@code python}
 * @param absence why there is no such cell; null: there is
 * @param options the function's configuration: {@code handler}, {@code timeout}, {@code memory},
 *     {@code format}, {@code level}, {@code system-level}, {@code runtime}; of its invocations:
 *     {@code trace}, {@code client-context}
 * @param variables the function's variables
 * @param files its package, by path
 * @param exchanges its invocations, in this order
 */
record Cell(
    String row,
    String runtime,
    String absence,
    Map<String, String> options,
    Map<String, String> variables,
    Map<String, String> files,
    List<Exchange> exchanges) {

  /**
   * One invocation.
   *
   * @param event what is sent
   * @param kind {@code response}, {@code error} (a function error) or {@code refused}
   * @param answer pattern of the payload; of a refusal's code and text
   * @param log patterns of the lines of its log tail; null: not looked at
   */
  record Exchange(String event, String kind, String answer, List<String> log) {}

  String option(String name, String otherwise) {
    return options.getOrDefault(name, otherwise);
  }

  @Override
  public String toString() {
    return row + " · " + runtime;
  }
}
