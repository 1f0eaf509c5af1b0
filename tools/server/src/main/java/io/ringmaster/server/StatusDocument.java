package io.ringmaster.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.EventsStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code /_ringmaster/status} answers, {@code ringmaster.status/1}.
 *
 * @param version the product's
 * @param http where the HTTP API listens
 * @param grpc where gRPC listens; null: nowhere
 * @param data the data folder
 * @param started when the server was ready
 */
record StatusDocument(String version, String http, String grpc, String data, Instant started) {
  static final String SCHEMA = "ringmaster.status/1";

  String text(
      Phase phase, EngineStatus status, EventsStatus events, Map<String, Long> httpCounters) {
    return Json.object(
        out -> {
          out.writeStringField("schema", SCHEMA);
          out.writeStringField("version", version);
          out.writeStringField("phase", phase.name().toLowerCase(Locale.ROOT));
          out.writeNumberField("pid", ProcessHandle.current().pid());
          out.writeStringField("http", http);
          out.writeStringField("grpc", grpc);
          out.writeStringField("data", data);
          out.writeStringField("started", started.toString());
          out.writeStringField("level", status.level());
          sandboxes(out, status);
          out.writeObjectFieldStart("pools");
          for (var pool : new TreeMap<>(status.genericSandboxes()).entrySet()) {
            out.writeNumberField(pool.getKey(), pool.getValue());
          }
          out.writeEndObject();
          out.writeObjectFieldStart("concurrency");
          out.writeNumberField("limit", status.accountConcurrency());
          out.writeNumberField("inUse", status.concurrentInvocations());
          accounts(out, status);
          out.writeEndObject();
          out.writeArrayFieldStart("functions");
          for (EngineStatus.FunctionStatus function : status.functions()) {
            out.writeStartObject();
            out.writeStringField("functionArn", function.functionArn());
            out.writeNumberField("invocations", function.invocations());
            out.writeNumberField("errors", function.errors());
            out.writeNumberField("throttles", function.throttles());
            out.writeNumberField("concurrentExecutions", function.concurrentExecutions());
            out.writeEndObject();
          }
          out.writeEndArray();
          events(out, events);
          out.writeObjectFieldStart("counters");
          for (var counter : new TreeMap<>(status.counters()).entrySet()) {
            out.writeNumberField(counter.getKey(), counter.getValue());
          }
          out.writeEndObject();
          out.writeObjectFieldStart("httpCounters");
          for (var counter : new TreeMap<>(httpCounters).entrySet()) {
            out.writeNumberField(counter.getKey(), counter.getValue());
          }
          out.writeEndObject();
        });
  }

  private static void events(JsonGenerator out, EventsStatus events) throws IOException {
    out.writeObjectFieldStart("events");
    out.writeNumberField("waiting", events.waiting());
    out.writeNumberField("deadLetters", events.deadLetters());
    out.writeNumberField("recovered", events.recovered());
    out.writeBooleanField("durable", events.durable());
    out.writeNumberField("storedBytes", events.storedBytes());
    out.writeNumberField("memoryBytes", events.memoryBytes());
    out.writeStringField("degraded", events.degraded());
    for (var counter : events.counters().entrySet()) {
      out.writeNumberField(counter.getKey(), counter.getValue());
    }
    out.writeEndObject();
  }

  private static void accounts(JsonGenerator out, EngineStatus status) throws IOException {
    out.writeArrayFieldStart("accounts");
    for (EngineStatus.AccountStatus account : status.accounts()) {
      out.writeStartObject();
      out.writeStringField("account", account.owner().account());
      out.writeStringField("region", account.owner().region());
      out.writeNumberField("limit", account.limit());
      out.writeNumberField("inUse", account.inUse());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void sandboxes(JsonGenerator out, EngineStatus status) throws IOException {
    out.writeArrayFieldStart("sandboxes");
    for (EngineStatus.SandboxStatus sandbox : status.sandboxes()) {
      out.writeStartObject();
      out.writeNumberField("id", sandbox.id());
      out.writeStringField("environment", sandbox.environment());
      out.writeStringField("function", sandbox.function());
      out.writeStringField("version", sandbox.version());
      out.writeStringField("state", sandbox.state());
      out.writeStringField("level", sandbox.level());
      out.writeNumberField("pid", sandbox.pid());
      out.writeNumberField("invocations", sandbox.invocations());
      out.writeNumberField("memoryBytes", sandbox.memoryBytes());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
