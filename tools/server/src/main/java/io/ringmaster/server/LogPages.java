package io.ringmaster.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.api.Engine;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.LogEvent;
import io.ringmaster.api.LogFollow;
import io.ringmaster.api.LogGroup;
import io.ringmaster.api.LogPage;
import io.ringmaster.api.LogQuery;
import io.ringmaster.api.LogStream;
import io.ringmaster.api.Logs;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.lambdahttp.HttpPage;
import io.ringmaster.lambdahttp.PageParts;
import io.ringmaster.lambdahttp.PageRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What functions logged: {@code GET /_ringmaster/logs} lists groups; {@code GET …/NAME} has the
 * last 64 KiB of a function, or, with parameters, lines of its group as JSON: {@code from, to,
 * filter, stream, prefix, limit, next}, {@code last} of them, {@code streams=true}, {@code
 * follow=true} as they come. {@code group=} names another group than the function's, {@code
 * account=} and {@code region=} another owner. Threads that may wait.
 */
final class LogPages {
  static final String ALL = "/_ringmaster/logs";

  private static final String BELOW = ALL + "/";
  private static final String JSON = "application/json";
  private static final String LINES = "application/x-ndjson";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final int PART = 1000;
  private static final Set<String> OWNER = Set.of("account", "region");

  private final Engine engine;
  private final Owner own;

  LogPages(Engine engine, Owner own) {
    this.engine = engine;
    this.own = own;
  }

  HttpPage answer(PageRequest request) {
    try {
      Map<String, String> query = request.query();
      Owner owner =
          new Owner(
              query.getOrDefault("account", own.account()),
              query.getOrDefault("region", own.region()));
      if (request.path().equals(ALL)) {
        return groups(owner);
      }
      if (!request.path().startsWith(BELOW)) {
        return refused(Refusal.notFound("There is no page " + request.path() + "."));
      }
      String name = request.path().substring(BELOW.length());
      if (OWNER.containsAll(query.keySet())) {
        return page(200, TEXT, engine.recentLogs(owner, name));
      }
      String group = query.get("group");
      return lines(request, owner, group == null ? group(owner, name) : group);
    } catch (IllegalArgumentException e) {
      return refused(new Refusal(400, "ValidationException", e.getMessage(), null));
    } catch (LambdaException e) {
      return refused(e.refusal());
    }
  }

  /** That of the function; one that is no more has left its lines where they usually are. */
  private String group(Owner owner, String function) {
    try {
      return engine.functions(owner).get(function).logGroup();
    } catch (LambdaException e) {
      boolean left =
          engine.logs().stored()
              && engine.logs().groups(owner).stream()
                  .anyMatch(group -> group.name().equals("/aws/lambda/" + function));
      if (!left) {
        throw e;
      }
      return "/aws/lambda/" + function;
    }
  }

  private HttpPage groups(Owner owner) {
    if (!engine.logs().stored()) {
      return notStored();
    }
    List<LogGroup> groups = engine.logs().groups(owner);
    return page(
        200,
        JSON,
        Json.object(
            out -> {
              out.writeStringField("schema", "ringmaster.log-groups/1");
              out.writeArrayFieldStart("groups");
              for (LogGroup group : groups) {
                out.writeStartObject();
                out.writeStringField("name", group.name());
                out.writeNumberField("createdMs", group.createdMs());
                out.writeNumberField("retentionDays", group.retentionDays());
                out.writeNumberField("storedBytes", group.storedBytes());
                out.writeEndObject();
              }
              out.writeEndArray();
            }));
  }

  private static HttpPage notStored() {
    return refused(
        new Refusal(
            409, "LogsNotStoredException", "Logs are not kept in files: see --logs.", null));
  }

  private HttpPage lines(PageRequest request, Owner owner, String group) {
    Map<String, String> query = request.query();
    Logs logs = engine.logs();
    if (!logs.stored()) {
      return notStored();
    }
    if ("true".equals(query.get("streams"))) {
      return streams(group, logs.streams(owner, group));
    }
    String stream = query.get("stream");
    LogQuery wanted =
        LogQuery.of(owner, group)
            .between(number(query, "from", 0), number(query, "to", Long.MAX_VALUE))
            .matching(query.getOrDefault("filter", ""))
            .ofStreams(
                stream == null ? List.of() : List.of(stream), query.getOrDefault("prefix", ""))
            .page(count(query, "limit"), query.get("next"));
    if ("true".equals(query.get("follow"))) {
      return request.method().equals("HEAD") ? page(200, LINES, "") : follow(logs, wanted);
    }
    if (query.containsKey("last")) {
      return events(group, new LogPage(logs.last(wanted.page(count(query, "last"), null)), null));
    }
    return events(group, logs.read(wanted));
  }

  private static long number(Map<String, String> query, String name, long usual) {
    String text = query.get(name);
    if (text == null) {
      return usual;
    }
    if (!text.matches("[0-9]{1,15}")) {
      throw new IllegalArgumentException(name + " must be a number");
    }
    return Long.parseLong(text);
  }

  private static int count(Map<String, String> query, String name) {
    return (int) Math.min(Integer.MAX_VALUE, number(query, name, PART));
  }

  private static HttpPage streams(String group, List<LogStream> streams) {
    return page(
        200,
        JSON,
        Json.object(
            out -> {
              out.writeStringField("schema", "ringmaster.log-streams/1");
              out.writeStringField("group", group);
              out.writeArrayFieldStart("streams");
              for (LogStream stream : streams) {
                out.writeStartObject();
                out.writeStringField("name", stream.name());
                out.writeNumberField("firstMs", stream.firstMs());
                out.writeNumberField("lastMs", stream.lastMs());
                out.writeNumberField("storedBytes", stream.storedBytes());
                out.writeEndObject();
              }
              out.writeEndArray();
            }));
  }

  private static HttpPage events(String group, LogPage found) {
    return page(
        200,
        JSON,
        Json.object(
            out -> {
              out.writeStringField("schema", "ringmaster.log-events/1");
              out.writeStringField("group", group);
              out.writeArrayFieldStart("events");
              for (LogEvent event : found.events()) {
                out.writeStartObject();
                write(out, event);
                out.writeEndObject();
              }
              out.writeEndArray();
              out.writeStringField("next", found.next());
            }));
  }

  private static void write(JsonGenerator out, LogEvent event) throws IOException {
    out.writeNumberField("timestamp", event.epochMs());
    out.writeStringField("stream", event.stream());
    out.writeStringField("id", event.id());
    out.writeStringField("message", event.message());
  }

  // ---- follow ----

  private static HttpPage follow(Logs logs, LogQuery wanted) {
    AtomicReference<Runnable> told = new AtomicReference<>(() -> {});
    LogFollow follow = logs.follow(wanted, () -> told.get().run());
    return HttpPage.lines(
        LINES,
        ready -> {
          told.set(ready);
          return new Parts(follow);
        });
  }

  private record Parts(LogFollow follow) implements PageParts {
    @Override
    public byte[] next() {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (LogEvent event : follow.poll(PART)) {
        lines.writeBytes(Json.object(out -> write(out, event)).getBytes(StandardCharsets.UTF_8));
        lines.write('\n');
      }
      return lines.toByteArray();
    }

    @Override
    public void close() {
      follow.close();
    }
  }

  private static HttpPage refused(Refusal refusal) {
    return page(
        refusal.statusCode(),
        JSON,
        Json.object(
            out -> {
              out.writeStringField("Type", "User");
              out.writeStringField("code", refusal.code());
              out.writeStringField("message", refusal.message());
            }));
  }

  private static HttpPage page(int code, String type, String text) {
    return new HttpPage(code, type, text.getBytes(StandardCharsets.UTF_8));
  }
}
