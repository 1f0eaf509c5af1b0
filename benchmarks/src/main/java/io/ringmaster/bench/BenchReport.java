package io.ringmaster.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.bench.harness.Interval;
import java.io.IOException;
import java.util.List;

/**
 * The document {@code ringmaster.bench/1}.
 *
 * @param machine where it ran
 * @param commit what ran; {@code unknown} outside a checkout
 * @param results in the order of the suite
 * @param absent what this machine cannot show, and why
 */
public record BenchReport(
    MachineFacts machine, String commit, List<BenchResult> results, List<Absent> absent) {

  /** The document's {@code schema} field. */
  public static final String SCHEMA = "ringmaster.bench/1";

  /**
   * A benchmark that did not run.
   *
   * @param id its name
   * @param reason why
   */
  public record Absent(String id, String reason) {}

  /** Results that missed their target. */
  public List<BenchResult> missed() {
    return results.stream().filter(BenchResult::missed).toList();
  }

  /** Writes all fields but {@code schema} into the object that is open in {@code out}. */
  public void writeFields(JsonGenerator out) throws IOException {
    machine.write(out);
    out.writeStringField("commit", commit);
    out.writeArrayFieldStart("results");
    for (BenchResult result : results) {
      write(result, out);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("absent");
    for (Absent one : absent) {
      out.writeStartObject();
      out.writeStringField("id", one.id());
      out.writeStringField("reason", one.reason());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void write(BenchResult result, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", result.id());
    out.writeStringField("unit", result.unit());
    number(out, "value", result.value());
    interval(out, "ci95", result.valueCi95());
    out.writeNumberField("samples", result.samples());
    out.writeStringField("floorId", result.floorId());
    number(out, "floorValue", result.floorValue());
    number(out, "ratio", result.ratio());
    interval(out, "ratioCi95", result.ratioCi95());
    Target target = result.target();
    if (target == null) {
      out.writeNullField("target");
      out.writeNullField("targetRelation");
      out.writeNullField("met");
    } else {
      out.writeNumberField("target", target.bound());
      out.writeStringField("targetRelation", target.relation().sign());
      out.writeBooleanField("met", !result.missed());
    }
    out.writeStringField("detail", result.detail());
    out.writeEndObject();
  }

  private static void interval(JsonGenerator out, String name, Interval interval)
      throws IOException {
    if (interval == null) {
      out.writeNullField(name);
      return;
    }
    out.writeArrayFieldStart(name);
    out.writeNumber(interval.low());
    out.writeNumber(interval.high());
    out.writeEndArray();
  }

  /** JSON has no NaN. */
  private static void number(JsonGenerator out, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumberField(name, value);
    } else {
      out.writeNullField(name);
    }
  }
}
