package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a function's configuration may be. Shapes first, all at once, then meaning, as AWS checks
 * them.
 */
final class SpecRules {
  static final Pattern NAME =
      Pattern.compile(
          "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?"
              + "(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?");
  private static final Pattern HANDLER = Pattern.compile("[^\\s]+");
  private static final Pattern ROLE =
      Pattern.compile("arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+");
  private static final Pattern VARIABLE = Pattern.compile("[a-zA-Z]([a-zA-Z0-9_])+");
  private static final int ENVIRONMENT_BYTES_MAX = 4096;
  private static final int ROLE_MAX = 10_000;
  private static final int LAYERS_MAX = 5;
  private static final int DOCUMENT_CHARS_MAX = 256 * 1024;
  private static final Pattern LOG_GROUP = Pattern.compile("[\\.\\-_/#A-Za-z0-9]+");

  private static final Set<String> RESERVED_VARIABLES =
      Set.of(
          "_HANDLER",
          "_X_AMZN_TRACE_ID",
          "AWS_DEFAULT_REGION",
          "AWS_REGION",
          "AWS_EXECUTION_ENV",
          "AWS_LAMBDA_FUNCTION_NAME",
          "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
          "AWS_LAMBDA_FUNCTION_VERSION",
          "AWS_LAMBDA_INITIALIZATION_TYPE",
          "AWS_LAMBDA_LOG_GROUP_NAME",
          "AWS_LAMBDA_LOG_STREAM_NAME",
          "AWS_ACCESS_KEY",
          "AWS_ACCESS_KEY_ID",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN",
          "AWS_LAMBDA_RUNTIME_API",
          "LAMBDA_TASK_ROOT",
          "LAMBDA_RUNTIME_DIR",
          "AWS_LAMBDA_MAX_CONCURRENCY");

  private SpecRules() {}

  /** Checks everything but the name and the code. */
  static void check(FunctionSpec spec, boolean inJvm, RegistrySettings settings) {
    checkShapes(spec);
    checkRuntime(spec, inJvm, settings.allowDeprecated());
    checkArchitecture(spec.architectures(), settings);
    checkLayers(spec, inJvm);
    checkDocuments(spec.documents());
    checkEnvironment(spec.environment());
  }

  private static void checkArchitecture(List<String> architectures, RegistrySettings settings) {
    if (settings.strictArchitecture()
        && !architectures.isEmpty()
        && !architectures.contains(settings.architecture())) {
      throw Refusals.invalid(
          "This engine runs functions for "
              + settings.architecture()
              + " only (arch=strict), not for "
              + architectures.getFirst()
              + ".");
    }
  }

  /** Checks the architectures of new code; null: as they are. */
  static void checkArchitectures(List<String> architectures, RegistrySettings settings) {
    if (architectures != null) {
      Constraints constraints = new Constraints();
      checkShapes(constraints, architectures);
      constraints.check();
      checkArchitecture(architectures, settings);
    }
  }

  private static void checkDocuments(Map<String, String> documents) {
    long bytes = 0;
    for (Map.Entry<String, String> document : documents.entrySet()) {
      bytes += document.getKey().length() + document.getValue().length();
    }
    if (bytes > DOCUMENT_CHARS_MAX) {
      throw Refusals.invalid("The function's configuration is larger than its limit.");
    }
  }

  private static void checkLayers(FunctionSpec spec, boolean inJvm) {
    List<FunctionCode> inline = spec.layers() == null ? List.of() : spec.layers();
    int count = inline.size() + spec.layerArns().size();
    if (count > LAYERS_MAX) {
      throw Refusals.invalid("Cannot reference more than " + LAYERS_MAX + " layers.");
    }
    if (inJvm && count > 0) {
      throw Refusals.invalid("In-JVM code has no layers.");
    }
    if (inline.stream().anyMatch(layer -> layer instanceof FunctionCode.InJvm)) {
      throw Refusals.invalid("In-JVM code cannot be a layer.");
    }
  }

  static void checkDescription(String description) {
    new Constraints().length("description", description, 0, 256).check();
  }

  private static void checkShapes(FunctionSpec spec) {
    Constraints constraints =
        new Constraints()
            .length("handler", spec.handler(), 0, 128)
            .pattern("handler", emptyAsNull(spec.handler()), HANDLER)
            .present("role", spec.role())
            .length("role", spec.role(), 0, ROLE_MAX)
            .pattern("role", spec.role(), ROLE)
            .length("description", spec.description(), 0, 256)
            .range("memorySize", spec.memoryMb(), 128, 10_240)
            .range("timeout", spec.timeoutSeconds(), 1, 900)
            .range("ephemeralStorage.size", spec.ephemeralStorageMb(), 512, 10_240)
            .present("loggingConfig.logFormat", spec.logFormat())
            .oneOf("loggingConfig.logFormat", spec.logFormat(), Runtimes.LOG_FORMATS)
            .oneOf(
                "loggingConfig.applicationLogLevel",
                spec.applicationLogLevel(),
                Runtimes.LOG_LEVELS)
            .oneOf(
                "loggingConfig.systemLogLevel", spec.systemLogLevel(), Runtimes.SYSTEM_LOG_LEVELS);
    constraints
        .length("loggingConfig.logGroup", spec.logGroup(), 1, 512)
        .pattern("loggingConfig.logGroup", spec.logGroup(), LOG_GROUP);
    checkShapes(constraints, spec.architectures());
    if (!spec.environment().keySet().stream().allMatch(name -> isVariable(name))) {
      constraints.failsUnseen(
          "environment.variables",
          "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: "
              + VARIABLE.pattern()
              + ", Member must not be null]");
    }
    constraints.check();
  }

  private static void checkShapes(Constraints constraints, List<String> architectures) {
    if (architectures.size() > 1) {
      constraints.fails(
          "architectures", architectures, "Member must have length less than or equal to 1");
    } else if (!Runtimes.ARCHITECTURES.containsAll(architectures)) {
      constraints.fails(
          "architectures",
          architectures,
          "Member must satisfy constraint: [Member must satisfy enum value set: "
              + Runtimes.ARCHITECTURES
              + ", Member must not be null]");
    }
  }

  /** Reserved names that begin with an underscore have a refusal of their own. */
  private static boolean isVariable(String name) {
    return RESERVED_VARIABLES.contains(name) || VARIABLE.matcher(name).matches();
  }

  private static String emptyAsNull(String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static void checkRuntime(FunctionSpec spec, boolean inJvm, boolean allowDeprecated) {
    String runtime = spec.runtime();
    if (inJvm) {
      if (runtime != null && !runtime.equals(FunctionSpec.IN_JVM)) {
        throw Refusals.invalid(
            "In-JVM code needs the runtime " + FunctionSpec.IN_JVM + ", not " + runtime + ".");
      }
      return;
    }
    if (runtime == null || emptyAsNull(spec.handler()) == null) {
      throw Refusals.invalid(
          "Runtime and Handler are mandatory parameters for functions created with deployment"
              + " packages.");
    }
    if (runtime.equals(FunctionSpec.IN_JVM)) {
      throw Refusals.invalid("The runtime " + FunctionSpec.IN_JVM + " needs in-JVM code.");
    }
    if (Runtimes.DEPRECATED.contains(runtime)) {
      if (!allowDeprecated) {
        throw Refusals.invalid(
            "The runtime parameter of "
                + runtime
                + " is no longer supported for creating or updating AWS Lambda functions. We"
                + " recommend you use a supported runtime while creating or updating functions.");
      }
    } else if (!Runtimes.SUPPORTED.contains(runtime)) {
      throw Refusals.invalid(
          "Value "
              + runtime
              + " at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
              + Runtimes.SUPPORTED
              + " or be a valid ARN");
    }
  }

  private static void checkEnvironment(Map<String, String> environment) {
    TreeSet<String> reserved = new TreeSet<>(environment.keySet());
    reserved.retainAll(RESERVED_VARIABLES);
    if (!reserved.isEmpty()) {
      throw Refusals.invalid(
          "Lambda was unable to configure your environment variables because the environment"
              + " variables you have provided contains reserved keys that are currently not"
              + " supported for modification. Reserved keys used in this request: "
              + String.join(", ", reserved));
    }
    String json = json(environment);
    if (json.getBytes(StandardCharsets.UTF_8).length > ENVIRONMENT_BYTES_MAX) {
      throw Refusals.invalid(
          "Lambda was unable to configure your environment variables because the environment"
              + " variables you have provided exceeded the 4KB limit. String measured: "
              + json);
    }
    if (environment.values().stream().anyMatch(value -> value.indexOf('\0') >= 0)) {
      throw Refusals.invalid(
          "Lambda was unable to configure your environment variables because the environment"
              + " variables you have provided contain a NUL character.");
    }
  }

  /** The variables as the JSON that AWS measures. */
  private static String json(Map<String, String> environment) {
    StringBuilder json = new StringBuilder("{");
    for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
      json.append(json.length() == 1 ? "" : ",")
          .append('"')
          .append(variable.getKey())
          .append("\":\"");
      variable.getValue().chars().forEach(c -> appendEscaped(json, (char) c));
      json.append('"');
    }
    return json.append('}').toString();
  }

  private static void appendEscaped(StringBuilder json, char c) {
    switch (c) {
      case '"' -> json.append("\\\"");
      case '\\' -> json.append("\\\\");
      case '\n' -> json.append("\\n");
      case '\r' -> json.append("\\r");
      case '\t' -> json.append("\\t");
      default -> {
        if (c < 0x20) {
          json.append(String.format("\\u%04x", (int) c));
        } else {
          json.append(c);
        }
      }
    }
  }
}
