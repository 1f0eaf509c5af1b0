package io.ringmaster.bench.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.bench.generator.EngineTarget;
import io.ringmaster.bench.generator.GrpcTarget;
import io.ringmaster.bench.generator.HttpTarget;
import io.ringmaster.bench.generator.LoadGenerator;
import io.ringmaster.bench.generator.LoadPlan;
import io.ringmaster.bench.generator.LoadReport;
import io.ringmaster.bench.generator.LoadTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The load generator against the engine, the Lambda API and gRPC. */
class LoadTargetsTest {
  private static final int SLOTS = 8;
  private static final long TIME_NS = 300_000_000;

  /** Without warm-up: what begins is recorded, however long the first answers take. */
  private static final LoadPlan CLOSED = new LoadPlan(0, 0, TIME_NS);

  private static final LoadPlan OPEN = new LoadPlan(200, TIME_NS / 3, TIME_NS);

  private static void bothLoops(LoadTargetMaker maker) throws IOException {
    for (LoadPlan plan : List.of(CLOSED, OPEN)) {
      try (LoadTarget target = maker.make("echo")) {
        LoadReport report = LoadGenerator.run(target, plan);
        assertTrue(report.clean(), report.text());
        assertEquals(report.sent(), report.latencies().getTotalCount());
        if (plan == OPEN) {
          assertTrue(Math.abs(report.sent() - 60) <= 1, report.text());
        }
      }
    }
    try (LoadTarget target = maker.make("nobody")) {
      LoadReport report = LoadGenerator.run(target, OPEN);
      assertFalse(report.clean());
      assertEquals(report.answered(), report.errors());
      assertNotNull(report.firstError());
    }
  }

  @FunctionalInterface
  private interface LoadTargetMaker {
    LoadTarget make(String function) throws IOException;
  }

  @Test
  void anEmbeddedEngine() throws IOException {
    try (EmbeddedLoad embedded = new EmbeddedLoad(null, 0)) {
      bothLoops(name -> new EngineTarget(embedded.engine(), name, EmbeddedLoad.event(), SLOTS));
    }
  }

  @Test
  void theLambdaApi() throws IOException {
    try (HttpServed served = new HttpServed(null, EngineConfig.builder())) {
      served.opened.engine.functions().create(Echo.inJvm("echo"));
      bothLoops(name -> new HttpTarget(served.address(), name, Echo.EVENT, SLOTS));
    }
  }

  @Test
  void grpc() throws IOException {
    try (GrpcServed served = new GrpcServed(null, EngineConfig.builder())) {
      bothLoops(name -> new GrpcTarget(served.address(), name, Echo.EVENT, SLOTS));
    }
  }

  @Test
  void functionErrorsAreErrorsEverywhere() throws IOException {
    try (HttpServed served = new HttpServed(null, EngineConfig.builder())) {
      served
          .opened
          .engine
          .functions()
          .create(
              FunctionSpec.named("broken")
                  .code(
                      FunctionCode.inJvmNonBlocking(
                          (event, response) -> {
                            throw new IllegalStateException("broken");
                          }))
                  .build());
      LoadPlan plan = new LoadPlan(100, 0, TIME_NS);
      for (LoadTarget target :
          List.of(
              new HttpTarget(served.address(), "broken", Echo.EVENT, SLOTS),
              new EngineTarget(served.opened.engine, "broken", Echo.EVENT, SLOTS))) {
        try (target) {
          LoadReport report = LoadGenerator.run(target, plan);
          assertEquals(report.sent(), report.errors(), report.text());
          assertTrue(report.firstError().startsWith("function error"), report.text());
        }
      }
    }
  }

  @Test
  void aReportIsADocumentAndATableOfPercentiles() throws IOException {
    LoadReport report;
    try (EmbeddedLoad embedded = new EmbeddedLoad(null, 0);
        LoadTarget target =
            new EngineTarget(embedded.engine(), "echo", EmbeddedLoad.event(), SLOTS)) {
      report = LoadGenerator.run(target, OPEN);
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.writeStartObject();
      report.writeFields(out);
      out.writeEndObject();
    }
    JsonNode document = new JsonMapper().readTree(text.toString());
    assertEquals("open", document.path("loop").asText());
    assertEquals(report.sent(), document.path("due").asLong());
    assertTrue(document.path("latency").path("p99Us").asDouble() > 0);
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    report.writePercentiles(new PrintStream(table, true, StandardCharsets.UTF_8));
    assertTrue(table.toString(StandardCharsets.UTF_8).contains("Percentile"), table.toString());
  }
}
