package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The variables that Lambda gives a function, as far as they are the same for all environments of a
 * version. Any thread.
 *
 * <p>A process at L1 sees the machine's files: where Lambda says {@code /var/task}, {@code /opt},
 * {@code /var/runtime} and {@code /var/lang}, here stand the folders that are these for the
 * function. What is not there (a function without layers) is left out.
 */
final class FunctionVariables {
  private static final Pattern VERSION = Pattern.compile("[a-z]+([0-9]+)(?:\\.([0-9]+))?.*");
  private static final Path SYSTEM = Path.of("/usr");

  private final SandboxSpec spec;
  private final Interpreter interpreter;
  private final Path runtime;
  private final RuntimeSettings settings;
  private final String code;
  private final Map<String, String> all = new TreeMap<>();

  private FunctionVariables(
      SandboxSpec spec, Interpreter interpreter, Path bootstraps, RuntimeSettings settings) {
    this.spec = spec;
    this.interpreter = interpreter;
    this.runtime = bootstraps.resolve(interpreter.family());
    this.settings = settings;
    this.code = spec.code().toString();
  }

  /**
   * By name. The environment's own are not among them: credentials, the log stream's name, the
   * folder for temporary files, the Runtime API's address.
   *
   * @param interpreter what runs the function
   * @param bootstraps where the bootstraps of all runtimes lie
   */
  static Map<String, String> of(
      SandboxSpec spec, Interpreter interpreter, Path bootstraps, RuntimeSettings settings) {
    return new FunctionVariables(spec, interpreter, bootstraps, settings).all();
  }

  private Map<String, String> all() {
    putWhatFunctionsMayChange();
    spec.environment()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("_")) { // Lambda drops them; the registry refused them
                all.put(name, value);
              }
            });
    putWhatIsReserved();
    return all;
  }

  private void putWhatFunctionsMayChange() {
    all.put(
        "PATH", path(under(interpreterFolder(), ""), "/usr/local/bin:/usr/bin/:/bin", opt("bin")));
    all.put(
        "LD_LIBRARY_PATH",
        path(
            ownLibraries(),
            "/lib64:/usr/lib64",
            runtime + ":" + runtime.resolve("lib"),
            code + ":" + code + "/lib",
            opt("lib")));
    all.put("LANG", "en_US.UTF-8");
    all.put("TZ", ":UTC");
    all.put("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    all.put("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
    all.put("AWS_LAMBDA_LOG_FORMAT", spec.identity().logFormat());
    if (spec.identity().logFormat().equals("JSON")
        && !spec.identity().applicationLogLevel().isEmpty()) {
      all.put("AWS_LAMBDA_LOG_LEVEL", spec.identity().applicationLogLevel());
    }
    if (settings.awsEndpoint() != null) {
      all.put("AWS_ENDPOINT_URL", settings.awsEndpoint());
    }
    if (settings.lambdaEndpoint() != null) {
      all.put("AWS_ENDPOINT_URL_LAMBDA", settings.lambdaEndpoint());
    }
    if (!interpreter.family().equals("provided")) {
      all.put("SHLVL", "0"); // Lambda starts these from a shell script
    }
    switch (interpreter.family()) {
      case "python" -> {
        all.put("LC_CTYPE", "C.UTF-8");
        all.put("PYTHONPATH", path(runtime.toString(), under(settings.sdk(), "python")));
      }
      case "node" -> all.put("NODE_PATH", nodePath());
      case "ruby" -> putRuby();
      default -> {}
    }
  }

  private String nodePath() {
    String sdk = under(settings.sdk(), "nodejs/node_modules");
    return path(
        opt("nodejs/node" + part(1) + "/node_modules"),
        opt("nodejs/node_modules"),
        sdk == null ? runtime.resolve("node_modules").toString() : sdk,
        runtime.toString(),
        code);
  }

  /** The interpreter's own gems come last: on Lambda they are where {@code GEM_HOME} is. */
  private void putRuby() {
    String wanted = part(1) + "." + part(2) + ".0";
    String has = interpreter.major() + "." + interpreter.minor() + ".0";
    Path prefix = interpreterFolder().getParent();
    String distribution =
        prefix.equals(SYSTEM)
            ? "/var/lib/gems/"
                + has
                + ":/usr/share/rubygems-integration/all:/usr/share/rubygems-integration/"
                + has
            : null;
    all.put("GEM_HOME", runtime.toString());
    all.put(
        "GEM_PATH",
        path(
            code + "/vendor/bundle/ruby/" + wanted,
            opt("ruby/gems/" + wanted),
            prefix + "/lib/ruby/gems/" + has,
            distribution));
    all.put("RUBYLIB", path(code, runtime.resolve("lib").toString(), opt("ruby/lib")));
  }

  private void putWhatIsReserved() {
    SandboxSpec.Identity identity = spec.identity();
    all.put("PWD", code);
    all.put("_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1");
    all.put("_AWS_XRAY_DAEMON_PORT", "2000");
    all.put("_HANDLER", spec.handler());
    all.put("LAMBDA_TASK_ROOT", code);
    all.put("LAMBDA_RUNTIME_DIR", runtime.toString());
    all.put("AWS_REGION", identity.region());
    all.put("AWS_DEFAULT_REGION", identity.region());
    if (settings.lambdaEndpoint() != null) {
      // This engine's API knows by the access key whose functions are meant, and verifies nothing.
      all.put("AWS_ACCESS_KEY_ID", identity.account());
      all.put("AWS_SECRET_ACCESS_KEY", "not-verified");
      all.put("AWS_SESSION_TOKEN", "not-verified");
    }
    all.put("AWS_LAMBDA_FUNCTION_NAME", identity.functionName());
    all.put("AWS_LAMBDA_FUNCTION_VERSION", identity.functionVersion());
    all.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(spec.memoryMb()));
    all.put("AWS_LAMBDA_LOG_GROUP_NAME", identity.logGroup());
    all.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    if (!interpreter.family().equals("provided")) {
      all.put("AWS_EXECUTION_ENV", "AWS_Lambda_" + spec.runtime());
    }
  }

  /** Null for runtimes that the package brings. */
  private Path interpreterFolder() {
    return interpreter.executable() == null ? null : interpreter.executable().getParent();
  }

  /** The interpreter's own libraries, unless they are where the system looks anyway. */
  private String ownLibraries() {
    Path folder = interpreterFolder();
    return folder == null || folder.startsWith(SYSTEM) && folder.getNameCount() <= 3
        ? null
        : folder.resolveSibling("lib").toString();
  }

  private String opt(String path) {
    return under(spec.layers(), path);
  }

  private static String under(Path folder, String path) {
    return folder == null ? null : folder.resolve(path).toString();
  }

  /** A part of the version that the runtime's identifier names. */
  private String part(int number) {
    Matcher version = VERSION.matcher(spec.runtime());
    boolean there = version.matches() && version.group(number) != null;
    return there ? version.group(number) : "0";
  }

  /** A search path of what is there. */
  private static String path(String... parts) {
    return Stream.of(parts).filter(part -> part != null).collect(Collectors.joining(":"));
  }
}
