package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.Frames;
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
  private static final String PATH = "/usr/local/bin:/usr/bin:/bin:/opt/bin";

  private final SandboxSpec spec;
  private final Map<String, String> variables;
  private final byte[] bare;
  private final byte[] head;
  private final boolean ownTmpdir;

  /**
   * @param runtimeFolder where the runtime's bootstrap lies
   */
  BindTemplate(SandboxSpec spec, Path runtimeFolder) {
    this.spec = spec;
    SandboxSpec.Identity identity = spec.identity();
    StringBuilder json = new StringBuilder(2048).append('{');
    JsonText.member(json, "code", spec.code().toString()).append(',');
    JsonText.member(json, "handler", spec.handler()).append(',');
    JsonText.member(json, "runtime", spec.runtime()).append(',');
    json.append("\"memoryMb\":").append(spec.memoryMb()).append(',');
    JsonText.member(json, "functionName", identity.functionName()).append(',');
    JsonText.member(json, "functionVersion", identity.functionVersion()).append(',');
    JsonText.member(json, "logGroup", identity.logGroup()).append(',');
    JsonText.member(json, "logFormat", identity.logFormat()).append(',');
    JsonText.member(json, "logLevel", identity.applicationLogLevel()).append(',');
    json.append("\"raw\":").append(spec.rawMode()).append(',');
    bare = json.toString().getBytes(StandardCharsets.UTF_8);
    json.append("\"environment\":{");
    variables = variables(runtimeFolder);
    variables.forEach((name, value) -> JsonText.member(json, name, value).append(','));
    head = json.toString().getBytes(StandardCharsets.UTF_8);
    ownTmpdir = spec.environment().containsKey("TMPDIR");
  }

  /** The script that the function wants its interpreter to be started by; null: none. */
  String wrapper() {
    String wrapper = spec.environment().get(StartTimeVariables.WRAPPER);
    return wrapper == null || wrapper.isEmpty() ? null : wrapper;
  }

  /** Whether the function sets what must be there when its process starts. */
  boolean startsItsOwnProcess() {
    return StartTimeVariables.in(spec.environment());
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
   * The variables that do not depend on the environment; the function's own win, where the registry
   * let them pass.
   */
  private Map<String, String> variables(Path runtimeFolder) {
    SandboxSpec.Identity identity = spec.identity();
    String code = spec.code().toString();
    Map<String, String> all = new TreeMap<>();
    all.put("PATH", PATH);
    all.put("LD_LIBRARY_PATH", "/lib64:/usr/lib64:" + code + ":" + code + "/lib:/opt/lib");
    all.put("LANG", "en_US.UTF-8");
    all.put("LC_CTYPE", "C.UTF-8");
    all.put("TZ", ":UTC");
    all.put("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    all.put("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
    if (spec.runtime().startsWith("python")) {
      all.put("PYTHONPATH", runtimeFolder.toString());
    }
    all.putAll(spec.environment());
    all.put("PWD", code);
    all.put("_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1");
    all.put("_AWS_XRAY_DAEMON_PORT", "2000");
    all.put("_HANDLER", spec.handler());
    all.put("LAMBDA_TASK_ROOT", code);
    all.put("LAMBDA_RUNTIME_DIR", runtimeFolder.toString());
    all.put("AWS_REGION", identity.region());
    all.put("AWS_DEFAULT_REGION", identity.region());
    all.put("AWS_LAMBDA_FUNCTION_NAME", identity.functionName());
    all.put("AWS_LAMBDA_FUNCTION_VERSION", identity.functionVersion());
    all.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(spec.memoryMb()));
    all.put("AWS_LAMBDA_LOG_GROUP_NAME", identity.logGroup());
    all.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    all.put("AWS_LAMBDA_LOG_FORMAT", identity.logFormat());
    if (identity.logFormat().equals("JSON") && !identity.applicationLogLevel().isEmpty()) {
      all.put("AWS_LAMBDA_LOG_LEVEL", identity.applicationLogLevel());
    }
    if (!spec.runtime().startsWith("provided")) {
      all.put("AWS_EXECUTION_ENV", "AWS_Lambda_" + spec.runtime());
    }
    return all;
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
