package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.Frames;
import io.ringmaster.sandbox.linux.channel.Segment;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The BIND frame of one function version, written as far as it is the same for all its
 * environments: a cold start only adds the environment's own names. Immutable; any thread.
 */
final class BindTemplate {
  private static final byte[] NOTHING = {};

  private final SandboxSpec spec;
  private final Map<String, String> variables;
  private final byte[] bare;
  private final byte[] head;
  private final boolean ownTmpdir;
  private final boolean ownProcess;

  /**
   * @param interpreter what runs the function
   * @param bootstraps where the bootstraps of all runtimes lie
   */
  BindTemplate(
      SandboxSpec spec, Interpreter interpreter, Path bootstraps, RuntimeSettings settings) {
    this.spec = spec;
    variables = FunctionVariables.of(spec, interpreter, bootstraps, settings);
    SandboxSpec.Identity identity = spec.identity();
    StringBuilder json = new StringBuilder(2048).append('{');
    JsonText.member(json, "code", spec.code().toString()).append(',');
    if (spec.layers() != null) {
      JsonText.member(json, "layers", spec.layers().toString()).append(',');
    }
    if (settings.sdk() != null) {
      JsonText.member(json, "sdk", settings.sdk().toString()).append(',');
    }
    JsonText.member(json, "handler", spec.handler()).append(',');
    JsonText.member(json, "runtime", spec.runtime()).append(',');
    json.append("\"memoryMb\":").append(spec.memoryMb()).append(',');
    JsonText.member(json, "functionName", identity.functionName()).append(',');
    JsonText.member(json, "functionVersion", identity.functionVersion()).append(',');
    JsonText.member(json, "logGroup", identity.logGroup()).append(',');
    // By the variables, as Lambda's runtimes take them: a function may change them.
    String logFormat = variables.get("AWS_LAMBDA_LOG_FORMAT");
    String logLevel = variables.getOrDefault("AWS_LAMBDA_LOG_LEVEL", "");
    JsonText.member(json, "logFormat", logFormat).append(',');
    JsonText.member(json, "logLevel", logLevel).append(',');
    if (settings.channel().segment(interpreter.family())) {
      json.append("\"segment\":").append(Segment.BYTES).append(',');
    }
    json.append("\"raw\":").append(spec.rawMode()).append(',');
    bare = json.toString().getBytes(StandardCharsets.UTF_8);
    json.append("\"environment\":{");
    variables.forEach((name, value) -> JsonText.member(json, name, value).append(','));
    head = json.toString().getBytes(StandardCharsets.UTF_8);
    ownTmpdir = spec.environment().containsKey("TMPDIR");
    ownProcess =
        StartTimeVariables.in(interpreter.family(), spec.environment())
            || RuntimePools.isPooled(interpreter) && PackageLibraries.in(spec);
  }

  /** The script that the function wants its interpreter to be started by; null: none. */
  String wrapper() {
    String wrapper = spec.environment().get(StartTimeVariables.WRAPPER);
    return wrapper == null || wrapper.isEmpty() ? null : wrapper;
  }

  /** Whether the function sets, or brings, what must be there when its process starts. */
  boolean startsItsOwnProcess() {
    return ownProcess;
  }

  /** All variables of one environment's process, as {@link #frame} has them; any thread. */
  Map<String, String> variables(EnvironmentKit kit, String logStream) {
    Map<String, String> all = new TreeMap<>(variables);
    if (!ownTmpdir) {
      all.put("TMPDIR", kit.folder().toString());
    }
    all.putAll(kit.credentials());
    all.put("AWS_LAMBDA_LOG_STREAM_NAME", logStream);
    return all;
  }

  /** The version that this is about. */
  SandboxSpec spec() {
    return spec;
  }

  /**
   * The whole frame for one environment. A cold start waits for this, often in code that is not
   * compiled yet: so it only joins what was written before.
   */
  byte[] frame(EnvironmentKit kit, String logStream) {
    // A log stream's name needs no escapes: a day, a version, hexadecimal digits.
    String own =
        "\"AWS_LAMBDA_LOG_STREAM_NAME\":\""
            .concat(logStream)
            .concat("\"},\"logStream\":\"")
            .concat(logStream)
            .concat("\"}");
    return Frames.bind(
        head,
        ownTmpdir ? NOTHING : kit.tmpdirVariable(),
        kit.credentialVariables(),
        own.getBytes(StandardCharsets.US_ASCII));
  }

  /** The whole frame for a process that has its variables already. */
  byte[] frameWithoutVariables(String logStream) {
    String own = "\"logStream\":\"".concat(logStream).concat("\"}");
    return Frames.bind(bare, own.getBytes(StandardCharsets.US_ASCII));
  }
}
