package io.ringmaster.server;

import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.EngineStatus.AccountStatus;
import io.ringmaster.api.EngineStatus.FunctionStatus;
import io.ringmaster.api.EventsStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What {@code /metrics} answers: Prometheus' text format 0.0.4, written from the engine's own
 * figures when it is asked for, so that an invocation pays nothing for it.
 */
final class Metrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final String DURATION = "lambda_duration_seconds";

  /** Counters that tell how many there are now. */
  private static final Set<String> GAUGES =
      Set.of(
          "environments",
          "inFlight",
          "handlerStuck",
          "connections",
          "requestsRunning",
          "bodyBytes");

  private Metrics() {}

  static String text(EngineStatus status, EventsStatus events, Map<String, Long> httpCounters) {
    StringBuilder out = new StringBuilder(4096);
    functions(out, status.functions());
    EventMetrics.write(out, events);
    String executions = "lambda_account_concurrent_executions";
    head(out, executions, "gauge", "Invocations that run now, all of the account in the region.");
    accounts(out, executions, status, AccountStatus::inUse);
    String unreserved = "lambda_unreserved_concurrent_executions";
    head(
        out,
        unreserved,
        "gauge",
        "UnreservedConcurrentExecutions: those of functions without reserved concurrency.");
    accounts(out, unreserved, status, AccountStatus::unreservedInUse);
    String limit = "lambda_account_concurrency_limit";
    head(out, limit, "gauge", "Invocations that may run at once.");
    accounts(out, limit, status, AccountStatus::limit);
    head(out, "ringmaster_generic_sandboxes", "gauge", "Idle generic sandboxes.");
    for (Map.Entry<String, Integer> pool : new TreeMap<>(status.genericSandboxes()).entrySet()) {
      out.append("ringmaster_generic_sandboxes{runtime=\"")
          .append(escaped(pool.getKey()))
          .append("\"} ")
          .append(pool.getValue())
          .append('\n');
    }
    counters(out, "ringmaster_", "The engine's ", status.counters());
    counters(out, "ringmaster_", "The engine's ", events.counters());
    counters(out, "ringmaster_http_", "The HTTP API's ", httpCounters);
    return out.toString();
  }

  private static void accounts(
      StringBuilder out, String name, EngineStatus status, ToLongFunction<AccountStatus> value) {
    for (AccountStatus account : status.accounts()) {
      out.append(name)
          .append("{account=\"")
          .append(account.owner().account())
          .append("\",region=\"")
          .append(account.owner().region())
          .append("\"} ")
          .append(value.applyAsLong(account))
          .append('\n');
    }
  }

  private static void counters(
      StringBuilder out, String prefix, String whose, Map<String, Long> counters) {
    for (Map.Entry<String, Long> counter : new TreeMap<>(counters).entrySet()) {
      boolean gauge = GAUGES.contains(counter.getKey());
      String name = prefix + snake(counter.getKey()) + (gauge ? "" : "_total");
      head(out, name, gauge ? "gauge" : "counter", whose + counter.getKey() + ".");
      out.append(name).append(' ').append(counter.getValue()).append('\n');
    }
  }

  /** Lambda's metrics, each for every function of which something was counted. */
  private static void functions(StringBuilder out, List<FunctionStatus> unsorted) {
    List<FunctionStatus> functions = new ArrayList<>(unsorted);
    functions.sort(Comparator.comparing(FunctionStatus::functionArn));
    each(
        out,
        functions,
        "lambda_invocations_total",
        "counter",
        "Invocations: times that the code ran.",
        FunctionStatus::invocations);
    each(
        out,
        functions,
        "lambda_errors_total",
        "counter",
        "Errors: invocations that ended with a function error.",
        FunctionStatus::errors);
    each(
        out,
        functions,
        "lambda_throttles_total",
        "counter",
        "Throttles: invocations that were refused with 429.",
        FunctionStatus::throttles);
    each(
        out,
        functions,
        "lambda_concurrent_executions",
        "gauge",
        "ConcurrentExecutions: invocations that run now.",
        FunctionStatus::concurrentExecutions);
    head(out, DURATION, "histogram", "Duration: how long the code ran, without init.");
    functions.forEach(function -> duration(out, function));
  }

  private static void each(
      StringBuilder out,
      List<FunctionStatus> functions,
      String name,
      String type,
      String text,
      ToLongFunction<FunctionStatus> value) {
    head(out, name, type, text);
    for (FunctionStatus function : functions) {
      out.append(name).append('{').append(labels(function)).append("} ");
      out.append(value.applyAsLong(function)).append('\n');
    }
  }

  private static void duration(StringBuilder out, FunctionStatus function) {
    String labels = labels(function);
    long count = 0;
    for (int i = 0; i < function.durations().length; i++) {
      count += function.durations()[i];
      boolean last = i == FunctionStatus.DURATION_BOUNDS_MS.size();
      out.append(DURATION).append("_bucket{").append(labels).append(",le=\"");
      if (last) {
        out.append("+Inf");
      } else {
        out.append(FunctionStatus.DURATION_BOUNDS_MS.get(i) / 1e3);
      }
      out.append("\"} ").append(count).append('\n');
    }
    out.append(DURATION).append("_sum{").append(labels).append("} ");
    out.append(function.durationNs() / 1e9).append('\n');
    out.append(DURATION).append("_count{").append(labels).append("} ").append(count).append('\n');
  }

  private static String labels(FunctionStatus function) {
    return labels(function.functionArn());
  }

  /** {@code arn:aws:lambda:REGION:ACCOUNT:function:NAME}. */
  static String labels(String functionArn) {
    String[] arn = functionArn.split(":", 7);
    return "function_name=\""
        + escaped(arn[6].substring(arn[6].indexOf(':') + 1))
        + "\",account=\""
        + escaped(arn[4])
        + "\",region=\""
        + escaped(arn[3])
        + '"';
  }

  static void head(StringBuilder out, String name, String type, String text) {
    out.append("# HELP ").append(name).append(' ').append(text).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /** {@code coldStarts} is {@code cold_starts}. */
  private static String snake(String name) {
    return name.replaceAll("([A-Z])", "_$1")
        .replaceAll("[^A-Za-z0-9_]", "_")
        .toLowerCase(Locale.ROOT);
  }

  static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
