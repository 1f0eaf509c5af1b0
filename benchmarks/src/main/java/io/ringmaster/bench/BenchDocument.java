package io.ringmaster.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ringmaster.bench.harness.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The document {@code ringmaster.bench/1} in a file. */
public final class BenchDocument {
  private static final Set<String> FACTS =
      Set.of("cpu", "cpus", "arch", "memoryBytes", "kernel", "jdk", "loadAverage");

  private BenchDocument() {}

  /**
   * Writes one; a file that is there is replaced.
   *
   * @throws IOException the file cannot be written
   */
  public static void write(BenchReport report, Path file) throws IOException {
    try (JsonGenerator out = new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
      out.setPrettyPrinter(new DefaultPrettyPrinter());
      out.writeStartObject();
      out.writeStringField("schema", BenchReport.SCHEMA);
      report.writeFields(out);
      out.writeEndObject();
      out.writeRaw('\n');
    }
  }

  /**
   * Reads one. Fields that this release does not know are passed over.
   *
   * @throws IOException the file cannot be read, or is no such document
   */
  public static BenchReport read(Path file) throws IOException {
    JsonNode document = new JsonMapper().readTree(file.toFile());
    if (!document.path("schema").asText().equals(BenchReport.SCHEMA)) {
      throw new IOException(file + " is no document " + BenchReport.SCHEMA);
    }
    List<BenchResult> results = new ArrayList<>();
    for (JsonNode each : document.path("results")) {
      results.add(result(each, file));
    }
    List<BenchReport.Absent> absent = new ArrayList<>();
    for (JsonNode each : document.path("absent")) {
      absent.add(new BenchReport.Absent(each.path("id").asText(), each.path("reason").asText()));
    }
    return new BenchReport(
        machine(document.path("machine")), document.path("commit").asText(), results, absent);
  }

  private static MachineFacts machine(JsonNode facts) {
    Map<String, String> runtimes = new TreeMap<>();
    facts
        .properties()
        .forEach(
            fact -> {
              if (!FACTS.contains(fact.getKey())) {
                runtimes.put(fact.getKey(), fact.getValue().asText());
              }
            });
    return new MachineFacts(
        facts.path("cpu").asText(),
        facts.path("cpus").asInt(),
        facts.path("arch").asText(),
        facts.path("memoryBytes").asLong(),
        facts.path("kernel").asText(),
        facts.path("jdk").asText(),
        runtimes,
        facts.path("loadAverage").asDouble());
  }

  private static BenchResult result(JsonNode each, Path file) throws IOException {
    String id = each.path("id").asText();
    Interval value = interval(each.path("ci95"));
    if (id.isEmpty() || value == null) {
      throw new IOException(file + " has a result without id or interval");
    }
    String floorId = each.path("floorId").isTextual() ? each.path("floorId").asText() : null;
    Interval ratio = interval(each.path("ratioCi95"));
    if (floorId != null && ratio == null) {
      throw new IOException(file + ": " + id + " has a floor and no interval of the ratio");
    }
    return new BenchResult(
        id,
        each.path("unit").asText(),
        each.path("value").asDouble(Double.NaN),
        value,
        each.path("samples").asLong(),
        floorId,
        each.path("floorValue").asDouble(Double.NaN),
        each.path("ratio").asDouble(Double.NaN),
        ratio,
        target(each, floorId != null, file),
        each.path("detail").asText());
  }

  /** A target is of the ratio where there is one. */
  private static Target target(JsonNode each, boolean ofRatio, Path file) throws IOException {
    if (!each.path("target").isNumber()) {
      return null;
    }
    String sign = each.path("targetRelation").asText();
    for (Target.Relation relation : Target.Relation.values()) {
      if (relation.sign().equals(sign)) {
        return new Target(relation, each.path("target").asDouble(), ofRatio);
      }
    }
    throw new IOException(file + " has a target with " + sign);
  }

  private static Interval interval(JsonNode ends) {
    return ends.size() == 2 ? new Interval(ends.get(0).asDouble(), ends.get(1).asDouble()) : null;
  }
}
