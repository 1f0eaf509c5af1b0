package io.ringmaster.bench.generator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a load met. The document {@code ringmaster.load/1}.
 *
 * @param plan what was to be sent
 * @param slots invocations that could be under way at once
 * @param sent invocations that were due in the recorded time, sent or not
 * @param answered those that were answered, some of them after the recorded time
 * @param answeredInTime answers that came within the recorded time, whenever they were due
 * @param errors answers that were errors
 * @param unanswered those that were not answered or not even sent in time; their latencies are the
 *     time that they had waited at the end
 * @param firstError null: none
 * @param latencies nanoseconds from when an invocation was due to its answer
 * @param late nanoseconds from when an invocation of an open loop was due to its submit: what the
 *     generator itself, or the want of a free slot, adds
 */
public record LoadReport(
    LoadPlan plan,
    int slots,
    long sent,
    long answered,
    long answeredInTime,
    long errors,
    long unanswered,
    String firstError,
    Histogram latencies,
    Histogram late) {

  /** The document's {@code schema} field. */
  public static final String SCHEMA = "ringmaster.load/1";

  private static final double US = 1000;
  private static final List<Percentile> PERCENTILES =
      List.of(
          new Percentile("p50", 50),
          new Percentile("p90", 90),
          new Percentile("p99", 99),
          new Percentile("p999", 99.9),
          new Percentile("p9999", 99.99));

  private record Percentile(String name, double percent) {
    double us(Histogram histogram) {
      return histogram.getValueAtPercentile(percent) / US;
    }
  }

  /** Answers that came in a second of the recorded time; what came after it is not among them. */
  public double perSecond() {
    return answeredInTime * 1e9 / plan.durationNs();
  }

  /** Whether every invocation was answered without an error. */
  public boolean clean() {
    return errors == 0 && unanswered == 0 && sent > 0;
  }

  /** For people: a few lines. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        plan.isOpen()
            ? String.format("open loop, %,.0f/s due, at most %d under way", plan.perSecond(), slots)
            : String.format("closed loop, %d under way", slots));
    text.append(
        String.format(
            "%n%,.1f answers/s; %,d due, %,d answered, %,d errors, %,d without an answer",
            perSecond(), sent, answered, errors, unanswered));
    text.append(String.format("%nlatency in us: mean %,.1f", latencies.getMean() / US));
    for (Percentile each : PERCENTILES) {
      text.append(String.format(", %s %,.1f", each.name(), each.us(latencies)));
    }
    text.append(String.format(", max %,.1f", latencies.getMaxValue() / US));
    if (plan.isOpen()) {
      text.append(
          String.format(
              "%nof it before the submit: p50 %,.1f, p99 %,.1f, max %,.1f",
              late.getValueAtPercentile(50) / US,
              late.getValueAtPercentile(99) / US,
              late.getMaxValue() / US));
    }
    return firstError == null ? text.toString() : text + "\nfirst error: " + firstError;
  }

  /** Writes all fields but {@code schema} into the object that is open in {@code out}. */
  public void writeFields(JsonGenerator out) throws IOException {
    out.writeStringField("loop", plan.isOpen() ? "open" : "closed");
    out.writeNumberField("ratePerSecond", plan.perSecond());
    out.writeNumberField("underWayMax", slots);
    out.writeNumberField("seconds", plan.durationNs() / 1e9);
    out.writeNumberField("due", sent);
    out.writeNumberField("answered", answered);
    out.writeNumberField("answeredInTime", answeredInTime);
    out.writeNumberField("errors", errors);
    out.writeNumberField("unanswered", unanswered);
    out.writeNumberField("perSecond", perSecond());
    out.writeStringField("firstError", firstError);
    write(out, "latency", latencies);
    write(out, "beforeSubmit", late);
  }

  private static void write(JsonGenerator out, String name, Histogram histogram)
      throws IOException {
    out.writeObjectFieldStart(name);
    out.writeNumberField("meanUs", histogram.getMean() / US);
    for (Percentile each : PERCENTILES) {
      out.writeNumberField(each.name() + "Us", each.us(histogram));
    }
    out.writeNumberField("maxUs", histogram.getMaxValue() / US);
    out.writeEndObject();
  }

  /** HdrHistogram's own table of percentiles, in microseconds, for its plotters. */
  public void writePercentiles(PrintStream out) {
    latencies.outputPercentileDistribution(out, US);
  }
}
