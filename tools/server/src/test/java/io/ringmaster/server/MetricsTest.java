package io.ringmaster.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.EngineStatus.AccountStatus;
import io.ringmaster.api.EngineStatus.FunctionStatus;
import io.ringmaster.api.EventsStatus;
import io.ringmaster.api.EventsStatus.FunctionEvents;
import io.ringmaster.api.Owner;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetricsTest {
  @Test
  void everyFigureIsThereOnceWithItsLabels() {
    long[] durations = new long[FunctionStatus.DURATION_BOUNDS_MS.size() + 1];
    durations[0] = 2;
    durations[3] = 1;
    FunctionStatus hello =
        new FunctionStatus(
            "arn:aws:lambda:eu-west-1:111122223333:function:hello",
            "hello",
            3,
            1,
            2,
            1,
            8_500_000,
            durations);
    String text =
        Metrics.text(
            new EngineStatus(
                "L1",
                List.of(),
                Map.of("python3.13", 2),
                1000,
                1,
                Map.of("coldStarts", 5L, "inFlight", 1L),
                List.of(hello),
                List.of(
                    new AccountStatus(new Owner("111122223333", "eu-west-1"), 1000, 5, 3),
                    new AccountStatus(new Owner("444455556666", "us-east-1"), 10, 0, 0))),
            events(),
            Map.of("requests", 7L, "connections", 2L));
    String labels = "{function_name=\"hello\",account=\"111122223333\",region=\"eu-west-1\"";
    String account = "{account=\"111122223333\",region=\"eu-west-1\"";
    String other = "{account=\"444455556666\",region=\"us-east-1\"";
    for (String line :
        List.of(
            "lambda_invocations_total" + labels + "} 3",
            "lambda_errors_total" + labels + "} 1",
            "lambda_throttles_total" + labels + "} 2",
            "lambda_concurrent_executions" + labels + "} 1",
            "lambda_duration_seconds_bucket" + labels + ",le=\"0.001\"} 2",
            "lambda_duration_seconds_bucket" + labels + ",le=\"0.005\"} 2",
            "lambda_duration_seconds_bucket" + labels + ",le=\"0.01\"} 3",
            "lambda_duration_seconds_bucket" + labels + ",le=\"+Inf\"} 3",
            "lambda_duration_seconds_sum" + labels + "} 0.0085",
            "lambda_duration_seconds_count" + labels + "} 3",
            "lambda_account_concurrent_executions" + account + "} 5",
            "lambda_unreserved_concurrent_executions" + account + "} 3",
            "lambda_unreserved_concurrent_executions" + other + "} 0",
            "lambda_account_concurrency_limit" + account + "} 1000",
            "lambda_account_concurrency_limit" + other + "} 10",
            "ringmaster_generic_sandboxes{runtime=\"python3.13\"} 2",
            "# TYPE ringmaster_cold_starts_total counter",
            "ringmaster_cold_starts_total 5",
            "# TYPE ringmaster_in_flight gauge",
            "ringmaster_in_flight 1",
            "ringmaster_http_requests_total 7",
            "ringmaster_http_connections 2",
            "ringmaster_events_waiting 4",
            "ringmaster_dead_letters 1",
            "ringmaster_events_accepted_total 9",
            "lambda_async_events_received_total" + labels + "} 9",
            "lambda_async_events_dropped_total" + labels + "} 2",
            "ringmaster_function_events_waiting" + labels + "} 4",
            "ringmaster_function_events_refused_total" + labels + "} 7",
            "ringmaster_events_memory_bytes 512",
            "lambda_dead_letter_errors_total" + labels + "} 3",
            "lambda_destination_delivery_failures_total" + labels + "} 5",
            "lambda_async_event_age_seconds_bucket" + labels + ",le=\"0.01\"} 6",
            "lambda_async_event_age_seconds_bucket" + labels + ",le=\"+Inf\"} 7",
            "lambda_async_event_age_seconds_sum" + labels + "} 60.5",
            "lambda_async_event_age_seconds_count" + labels + "} 7")) {
      assertTrue(text.contains("\n" + line + "\n"), () -> line + " is not in\n" + text);
    }
    assertTrue(text.endsWith("\n"));
  }

  private static EventsStatus events() {
    long[] ages = new long[FunctionEvents.AGE_BOUNDS_MS.size() + 1];
    ages[0] = 6;
    ages[5] = 1;
    return new EventsStatus(
        4,
        1,
        0,
        true,
        1024,
        512,
        null,
        Map.of("eventsAccepted", 9L),
        List.of(
            new FunctionEvents(
                "arn:aws:lambda:eu-west-1:111122223333:function:hello",
                4,
                9,
                7,
                2,
                3,
                5,
                60_500,
                ages)));
  }

  /** What a scraper requires: each family told once, each line either that or a sample. */
  @Test
  void theTextIsWellFormed() {
    String text =
        Metrics.text(
            new EngineStatus(
                "L1", List.of(), Map.of(), 1, 0, Map.of("settled", 0L), List.of(), List.of()),
            events(),
            Map.of());
    Set<String> families = new HashSet<>();
    for (String line : text.split("\n")) {
      if (line.startsWith("# TYPE ")) {
        assertTrue(families.add(line.split(" ")[2]), line);
      } else {
        assertTrue(line.matches("# HELP [a-z_]+ .+|[a-z_]+(\\{[^}]*})? [0-9.E-]+"), line);
      }
    }
    assertTrue(families.contains("lambda_invocations_total"), families::toString);
  }

  @Test
  void labelsCannotBreakTheirQuotes() {
    assertEquals("a\\\\b\\\"c\\nd", Metrics.escaped("a\\b\"c\nd"));
  }
}
