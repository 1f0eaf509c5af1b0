package io.ringmaster.cli.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import io.ringmaster.engine.JvmFlags;
import io.ringmaster.sandbox.linux.AwakeProcessors;
import io.ringmaster.sandbox.linux.IsolationLevels;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeFamily;
import io.ringmaster.sandbox.linux.runtimes.RuntimeIdentifier;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSdk;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Says what this machine can do: isolation levels, runtimes, missing JVM flags.")
public final class DoctorCommand implements Callable<Integer> {
  /** Families whose isolation level is told, in this order. */
  private static final List<RuntimeFamily> CHOSEN =
      List.of(
          RuntimeFamily.PYTHON,
          RuntimeFamily.NODE,
          RuntimeFamily.JAVA,
          RuntimeFamily.PROVIDED,
          RuntimeFamily.RUBY);

  @Option(names = "--json", description = "Print one JSON document, ringmaster.doctor/1.")
  private boolean json;

  @Option(
      names = "--runtimes-folder",
      paramLabel = "DIR",
      description = "Look for interpreters here first: each in NAME/bin.")
  private Path runtimesFolder;

  @Option(
      names = "--runtime-match",
      paramLabel = "nearest|exact",
      defaultValue = "nearest",
      description = "Whether a version near the one that a runtime names may serve it.")
  private MatchRule runtimeMatch;

  private enum MatchRule {
    nearest,
    exact
  }

  @Override
  public Integer call() {
    Output output = Output.open(json);
    Findings findings =
        Findings.find(
            RuntimeSettings.NONE.withInterpreters(runtimesFolder, runtimeMatch == MatchRule.exact));
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

    static Findings find(RuntimeSettings settings) {
      Runtimes found = Runtimes.find(settings);
      List<RuntimeMatch> runtimes =
          RuntimeIdentifier.all().stream()
              .filter(identifier -> !identifier.deprecated())
              .map(identifier -> found.match(identifier.id()))
              .toList();
      return new Findings(IsolationLevels.find(), runtimes, JvmFlags.missing());
    }

    /** What the kernel lets be done, and what this release does not do yet. */
    Map<String, IsolationLevels.Feature> features() {
      Map<String, IsolationLevels.Feature> all = new LinkedHashMap<>(isolation.features());
      all.put("latencyModeLow", AwakeProcessors.feature());
      all.put(
          "asyncJournal",
          new IsolationLevels.Feature(
              true, "serve keeps Event invocations in its journal until they are done"));
      return all;
    }

    boolean engineCanRun() {
      return missingFlags.isEmpty() && processesRun();
    }

    boolean processesRun() {
      return runtimes.stream().anyMatch(match -> match.interpreter() != null);
    }

    boolean runs(RuntimeFamily family) {
      return runtimes.stream()
          .anyMatch(
              match ->
                  match.interpreter() != null && match.interpreter().family().equals(family.id()));
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
    findings.runtimes.forEach(match -> output.line(line(match)));
    output.line("");
    printSdk(output, RuntimeSdk.find(null, null));
    output.line(
        "folders          at "
            + findings.isolation.chosen()
            + " LAMBDA_TASK_ROOT and the working folder are the package's private folder, not"
            + " /var/task, and /opt is the layers' private folder; variables name both");
    output.line("");
    findings
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
    for (RuntimeFamily family : CHOSEN) {
      if (!findings.runs(family)) {
        output.line("absent       " + family.id() + ": install " + family.install());
      }
    }
  }

  private static void printSdk(Output output, Path sdk) {
    output.line(
        "AWS SDK          boto3 "
            + (RuntimeSdk.hasPython(sdk) ? sdk.resolve("python") : "absent")
            + ", @aws-sdk "
            + (RuntimeSdk.hasNode(sdk) ? sdk.resolve("nodejs") : "absent"));
    if (!RuntimeSdk.hasPython(sdk) || !RuntimeSdk.hasNode(sdk)) {
      output.line("   to do: functions that do not bring theirs need ./ringmaster sdk install");
    }
  }

  private static String line(RuntimeMatch match) {
    Interpreter interpreter = match.interpreter();
    String what;
    if (interpreter == null) {
      what = "absent: " + match.reason();
    } else if (interpreter.executable() == null) {
      what = "the package's own bootstrap";
    } else {
      what = interpreter.version() + " " + interpreter.executable();
    }
    String warning =
        match.match().equals(RuntimeMatch.NEAREST)
            ? " (runtime-match=nearest: " + match.reason() + ")"
            : "";
    return String.format("%-16s %s%s", match.runtime(), what, warning);
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
    for (RuntimeFamily family : CHOSEN) {
      out.writeStringField(family.id(), findings.runs(family) ? findings.isolation.chosen() : null);
    }
    out.writeEndObject();
    writeRuntimes(out, findings.runtimes);
    out.writeObjectFieldStart("features");
    for (var feature : findings.features().entrySet()) {
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
      Interpreter interpreter = match.interpreter();
      boolean file = interpreter != null && interpreter.executable() != null;
      out.writeStartObject();
      out.writeStringField("id", match.runtime());
      out.writeBooleanField("available", interpreter != null);
      out.writeStringField("path", file ? interpreter.executable().toString() : null);
      out.writeStringField("version", file ? interpreter.version() : null);
      out.writeStringField("match", interpreter != null ? match.match() : null);
      out.writeStringField("reason", match.reason());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
