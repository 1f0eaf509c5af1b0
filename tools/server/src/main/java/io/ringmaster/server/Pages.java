package io.ringmaster.server;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.Owner;
import io.ringmaster.lambdahttp.HttpPage;
import io.ringmaster.lambdahttp.PageRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The server's own pages: {@code /_ringmaster/…} and {@code /metrics}. Threads of the HTTP ingress:
 * what may wait for files on those of management calls, the others on some of their own.
 */
final class Pages {
  private static final String JSON = "application/json";

  private final Supplier<Phase> phase;
  private final Engine engine;
  private final StatusDocument status;
  private final Supplier<Map<String, Long>> httpCounters;

  private final StatusReports reports;
  private final DeadLetterPages deadLetters;
  private final LogPages logs;

  Pages(
      Supplier<Phase> phase,
      Engine engine,
      Owner owner,
      StatusDocument status,
      Supplier<Map<String, Long>> httpCounters) {
    this.httpCounters = httpCounters;
    this.phase = phase;
    this.engine = engine;
    this.reports = new StatusReports(engine);
    this.deadLetters = new DeadLetterPages(engine::events, owner);
    this.logs = new LogPages(engine, owner);
    this.status = status;
  }

  /** Of what is in memory. */
  Map<String, Function<PageRequest, HttpPage>> exact() {
    return Map.of(
        "/_ringmaster/health/ready",
        only(this::ready),
        "/_ringmaster/health/live",
        only(this::live),
        "/_ringmaster/status",
        only(request -> page(200, JSON, status())),
        "/metrics",
        only(
            request ->
                page(
                    200,
                    Metrics.CONTENT_TYPE,
                    Metrics.text(reports.get(), engine.events().status(), httpCounters.get()))));
  }

  private String status() {
    return status.text(phase.get(), reports.get(), engine.events().status(), httpCounters.get());
  }

  /** May wait for files. */
  Map<String, Function<PageRequest, HttpPage>> byPrefix() {
    return Map.of(LogPages.ALL, only(logs::answer), DeadLetterPages.LIST, deadLetters::answer);
  }

  /** GET and HEAD; a page whose engine does not answer says that it is not available. */
  private static Function<PageRequest, HttpPage> only(Function<PageRequest, HttpPage> page) {
    return request -> {
      if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
        return page(405, JSON, message("this page is there to be read"));
      }
      try {
        return page.apply(request);
      } catch (EngineException ended) {
        return page(503, JSON, message(ended.getMessage()));
      }
    };
  }

  private HttpPage ready(PageRequest request) {
    Phase now = phase.get();
    return page(now == Phase.READY ? 200 : 503, JSON, health(now.name()));
  }

  /** The dispatcher answers a question. */
  private HttpPage live(PageRequest request) {
    EngineStatus answer = reports.get();
    return page(200, JSON, health(answer.counters().isEmpty() ? "UNKNOWN" : "LIVE"));
  }

  private static String health(String text) {
    return Json.object(out -> out.writeStringField("status", text));
  }

  private static String message(String text) {
    return Json.object(out -> out.writeStringField("message", text));
  }

  private static HttpPage page(int code, String type, String text) {
    return new HttpPage(code, type, text.getBytes(StandardCharsets.UTF_8));
  }
}
