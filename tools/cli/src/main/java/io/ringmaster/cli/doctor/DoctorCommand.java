package io.ringmaster.cli.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import io.ringmaster.engine.JvmFlags;
import io.ringmaster.sandbox.linux.IsolationLevels;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Says what this machine can do: isolation levels, runtimes, missing JVM flags.")
public final class DoctorCommand implements Callable<Integer> {
  /** Runtimes of families that this release has no bootstrap for. */
  private static final List<String> LATER =
      List.of("nodejs22.x", "nodejs24.x", "java21", "java25", "ruby3.4", "provided.al2023");

  private static final int PYTHON_MINOR_FIRST = 10;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.doctor/1.")
  private boolean json;

  @Override
  public Integer call() {
    Output output = Output.open(json);
    Findings findings = Findings.find();
    print(output, findings);
    output.document("ringmaster.doctor/1", out -> write(out, findings));
    return findings.engineCanRun() ? ExitStatus.OK : ExitStatus.CHECK_FAILED;
  }

  /**
   * What was found.
   *
   * @param isolation levels and features
   * @param runtimes each runtime identifier; those without an interpreter too
   * @param missingFlags JVM flags that the engine needs and this JVM lacks
   */
  private record Findings(
      IsolationLevels isolation, List<RuntimeMatch> runtimes, List<String> missingFlags) {

    static Findings find() {
      Runtimes found = Runtimes.find();
      List<RuntimeMatch> runtimes = new ArrayList<>();
      for (int minor = PYTHON_MINOR_FIRST; minor <= Runtimes.PYTHON_MINOR_MAX; minor++) {
        runtimes.add(found.match("python3." + minor));
      }
      LATER.forEach(id -> runtimes.add(found.match(id)));
      return new Findings(IsolationLevels.find(), runtimes, JvmFlags.missing());
    }

    boolean engineCanRun() {
      return missingFlags.isEmpty() && processesRun();
    }

    boolean processesRun() {
      return runtimes.stream().anyMatch(match -> match.interpreter() != null);
    }
  }

  private static void print(Output output, Findings findings) {
    output.line("kernel       " + Machine.kernel() + ", " + Machine.architecture());
    output.line("processors   " + Machine.processors());
    output.line(String.format("memory       %,d MiB", Machine.memoryBytes() >> 20));
    output.line("cgroups      " + Machine.controlGroups());
    output.line("");
    for (IsolationLevels.Level level : findings.isolation.levels()) {
      String chosen = level.level().equals(findings.isolation.chosen()) ? ", chosen" : "";
      output.line(
          level.level()
              + (level.available() ? " available" + chosen : " not available")
              + ": "
              + level.reason());
      if (!level.fix().isEmpty()) {
        output.line("   to do: " + level.fix());
      }
    }
    output.line("");
    for (RuntimeMatch match : findings.runtimes) {
      String what =
          match.interpreter() == null
              ? (LATER.contains(match.runtime()) ? "not in this release" : "no interpreter found")
              : match.interpreter().version()
                  + " "
                  + match.interpreter().executable()
                  + (match.match().equals("exact") ? "" : " (the nearest version)");
      output.line(String.format("%-16s %s", match.runtime(), what));
    }
    output.line("");
    findings
        .isolation
        .features()
        .forEach(
            (name, feature) ->
                output.line(
                    String.format(
                        "%-26s %-4s %s",
                        name, feature.available() ? "yes" : "no", feature.reason())));
    output.line("");
    output.line(
        findings.missingFlags.isEmpty()
            ? "JVM flags    complete"
            : "JVM flags missing: " + String.join(" ", findings.missingFlags));
    if (!findings.processesRun()) {
      output.line(
          "no runtime was found: install python3 (Debian, Ubuntu: apt-get install python3)");
    }
  }

  private static void write(JsonGenerator out, Findings findings) throws IOException {
    out.writeStringField("kernel", Machine.kernel());
    out.writeStringField("arch", Machine.architecture());
    out.writeNumberField("cpus", Machine.processors());
    out.writeNumberField("memoryBytes", Machine.memoryBytes());
    out.writeStringField("cgroup", Machine.controlGroups());
    out.writeArrayFieldStart("levels");
    for (IsolationLevels.Level level : findings.isolation.levels()) {
      out.writeStartObject();
      out.writeStringField("level", level.level());
      out.writeBooleanField("available", level.available());
      out.writeStringField("reason", level.reason());
      out.writeStringField("fix", level.fix());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeObjectFieldStart("chosen");
    out.writeStringField("python", findings.processesRun() ? findings.isolation.chosen() : null);
    out.writeNullField("node");
    out.writeNullField("java");
    out.writeNullField("provided");
    out.writeEndObject();
    writeRuntimes(out, findings.runtimes);
    out.writeObjectFieldStart("features");
    for (var feature : findings.isolation.features().entrySet()) {
      out.writeObjectFieldStart(feature.getKey());
      out.writeBooleanField("available", feature.getValue().available());
      out.writeStringField("reason", feature.getValue().reason());
      out.writeEndObject();
    }
    out.writeEndObject();
    out.writeArrayFieldStart("jvmFlagsMissing");
    for (String flag : findings.missingFlags) {
      out.writeString(flag);
    }
    out.writeEndArray();
  }

  private static void writeRuntimes(JsonGenerator out, List<RuntimeMatch> runtimes)
      throws IOException {
    out.writeArrayFieldStart("runtimes");
    for (RuntimeMatch match : runtimes) {
      boolean available = match.interpreter() != null;
      out.writeStartObject();
      out.writeStringField("id", match.runtime());
      out.writeBooleanField("available", available);
      out.writeStringField("path", available ? match.interpreter().executable().toString() : null);
      out.writeStringField("version", available ? match.interpreter().version() : null);
      out.writeStringField("match", available ? match.match() : null);
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
