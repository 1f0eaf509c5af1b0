package io.ringmaster.cli.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.cli.output.Output;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What the demonstration found: the document {@code ringmaster.demo/1}, and the table for people.
 *
 * @param ok nothing went wrong, nothing is left, nothing that was required is absent
 * @param level isolation level of the sandbox processes
 * @param functions each program
 * @param functionErrorHandled an exception came back as a function error, and the function went on
 *     serving
 * @param timeoutHandled a time-out came back as one, and the function went on serving
 * @param absent runtimes that did not run
 * @param leftBehind what is left on the machine
 */
record DemoReport(
    boolean ok,
    String level,
    List<Row> functions,
    boolean functionErrorHandled,
    boolean timeoutHandled,
    List<Absent> absent,
    Leftovers.Count leftBehind) {

  /**
   * One program.
   *
   * @param name function name
   * @param runtime runtime identifier
   * @param interpreter what ran it
   * @param coldUs the first invocation, from submit to receipt, in microseconds
   * @param warmP50Us median of sequential warm invocations, in microseconds
   * @param warmP99Us their 99th percentile
   * @param perSecond answers per second under load
   * @param invocations all answers
   * @param errors answers that were not right
   */
  record Row(
      String name,
      String runtime,
      String interpreter,
      double coldUs,
      double warmP50Us,
      double warmP99Us,
      double perSecond,
      long invocations,
      long errors) {}

  /**
   * A runtime that did not run.
   *
   * @param runtime {@code python}, {@code node}, {@code java} or {@code provided}
   * @param install what would make it run
   */
  record Absent(String runtime, String install) {}

  void print(Output output) {
    output.line("");
    output.line(
        String.format(
            "%-15s %-11s %11s %11s %11s %11s %11s %7s",
            "function",
            "runtime",
            "cold ms",
            "warm p50 us",
            "warm p99 us",
            "per second",
            "invocations",
            "errors"));
    for (Row row : functions) {
      output.line(
          String.format(
              Locale.ROOT,
              "%-15s %-11s %11.2f %11.1f %11.1f %,11.0f %,11d %7d",
              row.name,
              row.runtime,
              row.coldUs / 1000,
              row.warmP50Us,
              row.warmP99Us,
              row.perSecond,
              row.invocations,
              row.errors));
    }
    output.line("");
    output.line("isolation level        " + level);
    output.line("function error handled " + (functionErrorHandled ? "yes" : "NO"));
    output.line("time-out handled       " + (timeoutHandled ? "yes" : "NO"));
    for (Absent each : absent) {
      output.line("absent                 " + each.runtime + ": " + each.install);
    }
    output.line(
        leftBehind.nothing()
            ? "left behind            nothing"
            : "LEFT BEHIND            " + leftBehind);
    output.line("");
    output.line(ok ? "All well." : "Something is not as it should be.");
  }

  void write(JsonGenerator out) throws IOException {
    out.writeBooleanField("ok", ok);
    out.writeStringField("level", level);
    out.writeArrayFieldStart("functions");
    for (Row row : functions) {
      out.writeStartObject();
      out.writeStringField("name", row.name);
      out.writeStringField("runtime", row.runtime);
      out.writeStringField("interpreter", row.interpreter);
      out.writeNumberField("coldUs", row.coldUs);
      out.writeNumberField("warmP50Us", row.warmP50Us);
      out.writeNumberField("warmP99Us", row.warmP99Us);
      out.writeNumberField("perSecond", row.perSecond);
      out.writeNumberField("invocations", row.invocations);
      out.writeNumberField("errors", row.errors);
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeBooleanField("functionErrorHandled", functionErrorHandled);
    out.writeBooleanField("timeoutHandled", timeoutHandled);
    out.writeArrayFieldStart("absent");
    for (Absent each : absent) {
      out.writeStartObject();
      out.writeStringField("runtime", each.runtime);
      out.writeStringField("install", each.install);
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeObjectFieldStart("leftBehind");
    out.writeNumberField("processes", leftBehind.processes());
    out.writeNumberField("mounts", leftBehind.mounts());
    out.writeNumberField("cgroups", leftBehind.cgroups());
    out.writeNumberField("files", leftBehind.files());
    out.writeEndObject();
  }
}
