package io.ringmaster.server;

import io.ringmaster.api.EventsStatus;
import io.ringmaster.api.EventsStatus.FunctionEvents;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** Lambda's metrics of asynchronous invocation, for {@link Metrics}. */
final class EventMetrics {
  private static final String AGE = "lambda_async_event_age_seconds";

  private EventMetrics() {}

  static void write(StringBuilder out, EventsStatus events) {
    gauge(out, "ringmaster_events_waiting", "Events that are owed.", events.waiting());
    gauge(
        out,
        "ringmaster_dead_letters",
        "Events that ended with nobody to be told.",
        events.deadLetters());
    gauge(out, "ringmaster_journal_bytes", "What the journal takes on disk.", events.storedBytes());
    gauge(
        out,
        "ringmaster_events_memory_bytes",
        "Bodies of events that lie in memory.",
        events.memoryBytes());
    gauge(
        out,
        "ringmaster_journal_degraded",
        "1: no event can be stored at present.",
        events.degraded() == null ? 0 : 1);
    List<FunctionEvents> functions = new ArrayList<>(events.functions());
    functions.sort(Comparator.comparing(FunctionEvents::functionArn));
    each(
        out,
        functions,
        "ringmaster_function_events_waiting",
        "gauge",
        "Events of a function that are owed.",
        FunctionEvents::waiting);
    each(
        out,
        functions,
        "ringmaster_function_events_refused_total",
        "Events that were not accepted: there was no room, or the function had its share.",
        FunctionEvents::refused);
    each(
        out,
        functions,
        "lambda_async_events_received_total",
        "AsyncEventsReceived: events that were accepted.",
        FunctionEvents::received);
    each(
        out,
        functions,
        "lambda_async_events_dropped_total",
        "AsyncEventsDropped: events that were given up without success.",
        FunctionEvents::dropped);
    each(
        out,
        functions,
        "lambda_dead_letter_errors_total",
        "DeadLetterErrors: attempts to reach a dead-letter queue that failed.",
        FunctionEvents::deadLetterErrors);
    each(
        out,
        functions,
        "lambda_destination_delivery_failures_total",
        "DestinationDeliveryFailures: attempts to reach a destination that failed.",
        FunctionEvents::destinationDeliveryFailures);
    Metrics.head(
        out, AGE, "histogram", "AsyncEventAge: time from acceptance to the begin of an attempt.");
    functions.forEach(function -> age(out, function));
  }

  private static void gauge(StringBuilder out, String name, String text, long value) {
    Metrics.head(out, name, "gauge", text);
    out.append(name).append(' ').append(value).append('\n');
  }

  private static void each(
      StringBuilder out,
      List<FunctionEvents> functions,
      String name,
      String text,
      ToLongFunction<FunctionEvents> value) {
    each(out, functions, name, "counter", text, value);
  }

  private static void each(
      StringBuilder out,
      List<FunctionEvents> functions,
      String name,
      String type,
      String text,
      ToLongFunction<FunctionEvents> value) {
    Metrics.head(out, name, type, text);
    for (FunctionEvents function : functions) {
      out.append(name).append('{').append(Metrics.labels(function.functionArn())).append("} ");
      out.append(value.applyAsLong(function)).append('\n');
    }
  }

  private static void age(StringBuilder out, FunctionEvents function) {
    String labels = Metrics.labels(function.functionArn());
    List<Long> bounds = FunctionEvents.AGE_BOUNDS_MS;
    long count = 0;
    for (int i = 0; i <= bounds.size(); i++) {
      count += function.ages()[i];
      out.append(AGE).append("_bucket{").append(labels).append(",le=\"");
      out.append(i == bounds.size() ? "+Inf" : Double.toString(bounds.get(i) / 1e3));
      out.append("\"} ").append(count).append('\n');
    }
    out.append(AGE).append("_sum{").append(labels).append("} ");
    out.append(function.ageMs() / 1e3).append('\n');
    out.append(AGE).append("_count{").append(labels).append("} ").append(count).append('\n');
  }
}
