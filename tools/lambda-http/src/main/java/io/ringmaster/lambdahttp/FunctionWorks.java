package io.ringmaster.lambdahttp;

import io.ringmaster.api.CodeUpdate;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionOverview;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Page;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Create, read, list, update and delete functions. */
final class FunctionWorks {
  /** Configuration that is kept and shown, and acted on later. */
  private static final List<String> KEPT =
      List.of(
          "VpcConfig",
          "DeadLetterConfig",
          "KMSKeyArn",
          "TracingConfig",
          "FileSystemConfigs",
          "SnapStart",
          "CodeSigningConfigArn",
          "ImageConfig",
          "TenancyConfig",
          "DurableConfig");

  /** What would change how functions run, and does not here. */
  private static final List<String> NOT_SERVED =
      List.of("PublishTo", "CapacityProviderConfig", "RuntimeConfig", "AcceleratorConfig");

  private FunctionWorks() {}

  static void register(Map<String, Management.Work> works) {
    works.put("CreateFunction", FunctionWorks::create);
    works.put("GetFunction", FunctionWorks::get);
    works.put("GetFunctionConfiguration", FunctionWorks::getConfiguration);
    works.put("ListFunctions", FunctionWorks::list);
    works.put("UpdateFunctionCode", FunctionWorks::updateCode);
    works.put("UpdateFunctionConfiguration", FunctionWorks::updateConfiguration);
    works.put("DeleteFunction", FunctionWorks::delete);
  }

  /** Refuses what is not served instead of leaving it out. */
  static void requireServed(Arguments in) throws Refused {
    for (String each : NOT_SERVED) {
      if (in.has(each)) {
        throw notServed(each);
      }
    }
  }

  static Refused notServed(String name) {
    return Refused.invalid(name + " is not supported by this version of Ringmaster.");
  }

  private static Object create(Arguments in) throws Refused {
    requireServed(in);
    EventDestinations.checkDeadLetters(in);
    FunctionSpec.Builder spec = FunctionSpec.named(in.function());
    if ("Image".equals(in.text("PackageType"))) {
      throw CodeSources.imageRefused();
    }
    if (!in.has("Runtime") || !in.has("Handler")) {
      throw Refused.invalid(
          "Runtime and Handler are mandatory parameters for functions created with deployment"
              + " packages.");
    }
    spec.runtime(in.text("Runtime")).code(CodeSources.code(in, in.map("Code")));
    configure(spec, in);
    if (in.has("Architectures")) {
      spec.architectures(in.list("Architectures"));
    }
    spec.documents(documents(Map.of(), in)).publish(in.flag("Publish"));
    if (in.has("Tags")) {
      spec.tags(in.texts("Tags"));
    }
    return Documents.function(in.functions().create(spec.build()), false);
  }

  /** What creation and update have in common. */
  private static void configure(FunctionSpec.Builder spec, Arguments in) {
    if (in.has("Runtime")) {
      spec.runtime(in.text("Runtime"));
    }
    if (in.has("Handler")) {
      spec.handler(in.text("Handler"));
    }
    if (in.has("Role")) {
      spec.role(in.text("Role"));
    }
    if (in.has("Description")) {
      spec.description(in.text("Description"));
    }
    if (in.has("Timeout")) {
      spec.timeoutSeconds((int) in.number("Timeout", 0));
    }
    if (in.has("MemorySize")) {
      spec.memoryMb((int) in.number("MemorySize", 0));
    }
    if (in.has("EphemeralStorage")) {
      spec.ephemeralStorageMb(((Number) in.map("EphemeralStorage").get("Size")).intValue());
    }
    if (in.has("Environment")) {
      spec.environment(texts(in.map("Environment").get("Variables")));
    }
    if (in.has("Layers")) {
      spec.layerArns(in.list("Layers"));
    }
    if (in.has("LoggingConfig")) {
      logging(spec, in.map("LoggingConfig"));
    }
  }

  private static void logging(FunctionSpec.Builder spec, Map<String, Object> logging) {
    Object format = logging.get("LogFormat");
    if (format != null) {
      spec.logFormat((String) format);
      if (format.equals("Text")) {
        spec.applicationLogLevel(null).systemLogLevel(null);
      }
    }
    if (logging.get("ApplicationLogLevel") != null) {
      spec.applicationLogLevel((String) logging.get("ApplicationLogLevel"));
    }
    if (logging.get("SystemLogLevel") != null) {
      spec.systemLogLevel((String) logging.get("SystemLogLevel"));
    }
    if (logging.get("LogGroup") != null) {
      spec.logGroup((String) logging.get("LogGroup"));
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> texts(Object value) {
    return value == null ? Map.of() : (Map<String, String>) value;
  }

  private static Map<String, String> documents(Map<String, String> present, Arguments in) {
    Map<String, String> documents = new HashMap<>(present);
    for (String each : KEPT) {
      if (in.has(each)) {
        if (!each.equals("VpcConfig") && clears(in.value(each))) {
          documents.remove(each);
        } else {
          documents.put(each, kept(each, in));
        }
      }
    }
    return documents;
  }

  /** An empty text, list or structure, or a structure of empty texts, takes away what is there. */
  private static boolean clears(Object value) {
    return switch (value) {
      case String text -> text.isEmpty();
      case List<?> list -> list.isEmpty();
      case Map<?, ?> map -> map.values().stream().allMatch(""::equals);
      default -> false;
    };
  }

  private static String kept(String name, Arguments in) {
    Object value = in.value(name);
    if (name.equals("VpcConfig")) {
      Map<String, Object> shown = new LinkedHashMap<>();
      Map<String, Object> given = in.map(name);
      shown.put("SubnetIds", given.getOrDefault("SubnetIds", List.of()));
      shown.put("SecurityGroupIds", given.getOrDefault("SecurityGroupIds", List.of()));
      shown.put("VpcId", "");
      shown.put("Ipv6AllowedForDualStack", given.getOrDefault("Ipv6AllowedForDualStack", false));
      value = shown;
    }
    return Json.text(value);
  }

  private static Object get(Arguments in) {
    FunctionOverview it = in.functions().describe(in.function(), in.qualifier());
    Map<String, Object> code = new LinkedHashMap<>();
    if (it.hasPackage()) {
      code.put("RepositoryType", "S3");
      code.put("Location", in.ingress().links().function(in, it.configuration()));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Configuration", Documents.function(it.configuration(), false));
    answer.put("Code", code);
    if (!it.tags().isEmpty()) {
      answer.put("Tags", it.tags());
    }
    if (it.reservedConcurrency() >= 0) {
      answer.put("Concurrency", Map.of("ReservedConcurrentExecutions", it.reservedConcurrency()));
    }
    return answer;
  }

  private static Object getConfiguration(Arguments in) {
    return Documents.function(in.functions().get(in.function(), in.qualifier()), false);
  }

  private static Object list(Arguments in) throws Refused {
    if ("ALL".equals(in.text("FunctionVersion"))) {
      return listVersions(in);
    }
    Page<FunctionConfiguration> page = in.functions().list(Paging.after(in), Paging.max(in));
    List<Object> items = new ArrayList<>();
    String last = null;
    boolean more = page.more();
    for (FunctionConfiguration each : page.items()) {
      last = each.functionName();
      items.add(Documents.function(each, true));
    }
    return part(items, more ? last : null);
  }

  private static Map<String, Object> part(List<Object> items, String last) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Functions", items);
    if (last != null) {
      answer.put("NextMarker", Paging.marker(last));
    }
    return answer;
  }

  /** A part ends after a function, {@code NAME}, or between two versions, {@code NAME:VERSION}. */
  private static Object listVersions(Arguments in) throws Refused {
    int max = Paging.max(in);
    List<Object> items = new ArrayList<>();
    String last = Paging.after(in);
    int mark = last == null ? -1 : last.indexOf(':');
    if (mark >= 0) {
      String version = last.substring(mark + 1);
      last = addVersions(in, last.substring(0, mark), version, max, items);
    }
    boolean more = true;
    while (more && items.size() < max) {
      Page<FunctionConfiguration> page = in.functions().list(last, max - items.size());
      more = page.more();
      for (FunctionConfiguration each : page.items()) {
        if (items.size() == max) {
          more = true;
          break;
        }
        last = addVersions(in, each.functionName(), null, max, items);
      }
    }
    return part(items, more || last != null && last.indexOf(':') >= 0 ? last : null);
  }

  /**
   * Adds the versions of a function, as many as may be. One that is deleted meanwhile has none.
   *
   * @param after version after which to begin; null: at the start
   * @return what ends the part: the function, or its version that was the last to be added
   */
  private static String addVersions(
      Arguments in, String name, String after, int max, List<Object> items) {
    try {
      String last = null;
      for (FunctionConfiguration each : in.functions().listVersions(name)) {
        if (after != null && Paging.VERSIONS.compare(each.version(), after) <= 0) {
          continue;
        }
        if (items.size() == max) {
          return name + ':' + (last == null ? after : last);
        }
        last = each.version();
        items.add(Documents.function(each, true));
      }
    } catch (LambdaException e) {
      if (e.refusal().statusCode() != 404) {
        throw e;
      }
    }
    return name;
  }

  private static Object updateCode(Arguments in) throws Refused {
    requireServed(in);
    Map<String, Object> given = new HashMap<>();
    for (String each : CodeSources.MEMBERS) {
      given.put(each, in.value(each));
    }
    FunctionCode code = CodeSources.code(in, given);
    CodeUpdate update =
        new CodeUpdate(
            code,
            in.list("Architectures"),
            in.flag("Publish"),
            in.flag("DryRun"),
            in.text("RevisionId"));
    return Documents.function(in.functions().updateCode(in.function(), update), false);
  }

  private static Object updateConfiguration(Arguments in) throws Refused {
    requireServed(in);
    EventDestinations.checkDeadLetters(in);
    return Documents.function(
        in.functions()
            .updateConfiguration(
                in.function(),
                present -> {
                  FunctionSpec.Builder spec = present.toBuilder();
                  configure(spec, in);
                  return spec.documents(documents(present.documents(), in)).build();
                },
                in.text("RevisionId")),
        false);
  }

  private static Object delete(Arguments in) {
    String name = in.function();
    String qualifier = in.qualifier();
    if (qualifier == null) {
      in.functions().delete(name);
    } else {
      in.functions().deleteVersion(name, qualifier);
    }
    return null;
  }
}
