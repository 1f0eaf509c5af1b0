package io.ringmaster.lambdahttp;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Documents of functions: configuration of asynchronous invocation and recursion, which the engine
 * acts on; function URLs, provisioned concurrency and runtime management, which later releases do.
 */
final class StoredWorks {
  private static final String EVENTS = Functions.EVENT_INVOKE_CONFIG;
  private static final String URL = "url";
  private static final String PROVISIONED = Functions.PROVISIONED_CONCURRENCY;
  private static final String REQUESTED = "RequestedProvisionedConcurrentExecutions";
  private static final String RUNTIME = "runtime-management";
  private static final String RECURSION = "recursion";
  private static final String URL_LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int URL_ID_LENGTH = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private StoredWorks() {}

  static void register(Map<String, Management.Work> works) {
    works.put("PutFunctionEventInvokeConfig", in -> putEvents(in, false));
    works.put("UpdateFunctionEventInvokeConfig", in -> putEvents(in, true));
    works.put("GetFunctionEventInvokeConfig", in -> kept(in, EVENTS, noEvents(in)));
    works.put("DeleteFunctionEventInvokeConfig", in -> delete(in, EVENTS, noEvents(in)));
    works.put(
        "ListFunctionEventInvokeConfigs", in -> list(in, EVENTS, "FunctionEventInvokeConfigs"));
    works.put("CreateFunctionUrlConfig", StoredWorks::createUrl);
    works.put("UpdateFunctionUrlConfig", StoredWorks::updateUrl);
    works.put("GetFunctionUrlConfig", in -> kept(in, URL, noResource()));
    works.put("DeleteFunctionUrlConfig", in -> delete(in, URL, noResource()));
    works.put("ListFunctionUrlConfigs", in -> list(in, URL, "FunctionUrlConfigs"));
    works.put("PutProvisionedConcurrencyConfig", StoredWorks::putProvisioned);
    works.put("GetProvisionedConcurrencyConfig", in -> kept(in, PROVISIONED, noProvisioned()));
    works.put("DeleteProvisionedConcurrencyConfig", in -> delete(in, PROVISIONED, null));
    works.put(
        "ListProvisionedConcurrencyConfigs",
        in -> list(in, PROVISIONED, "ProvisionedConcurrencyConfigs"));
    works.put("PutRuntimeManagementConfig", StoredWorks::putRuntime);
    works.put("GetRuntimeManagementConfig", StoredWorks::getRuntime);
    works.put("PutFunctionRecursionConfig", StoredWorks::putRecursion);
    works.put("GetFunctionRecursionConfig", StoredWorks::getRecursion);
  }

  private static Refusal noResource() {
    return Refusal.notFound("The resource you requested does not exist.");
  }

  private static Refusal noProvisioned() {
    return new Refusal(
        404,
        "ProvisionedConcurrencyConfigNotFoundException",
        "No Provisioned Concurrency Config found for this function",
        null);
  }

  private static Refusal noEvents(Arguments in) {
    return Refusal.notFound("The function " + eventsArn(in) + " doesn't have an EventInvokeConfig");
  }

  /** Always with a qualifier, as these answers have it. */
  private static String eventsArn(Arguments in) {
    try {
      FunctionConfiguration it = in.functions().get(in.function(), in.qualifier());
      String arn = it.functionArn();
      return arn.split(":").length > 7 ? arn : arn + ":$LATEST";
    } catch (LambdaException e) {
      if (e.refusal().statusCode() == 404) {
        throw Management.notFound("The function doesn't exist.");
      }
      throw e;
    }
  }

  private static Object kept(Arguments in, String kind, Refusal none) {
    String json = in.functions().document(in.function(), in.qualifier(), kind);
    if (json == null) {
      throw new LambdaException(none);
    }
    return new Json.Raw(json);
  }

  private static Object delete(Arguments in, String kind, Refusal none) {
    boolean found = in.functions().deleteDocument(in.function(), in.qualifier(), kind);
    if (!found && none != null) {
      throw new LambdaException(none);
    }
    return null;
  }

  private static Object list(Arguments in, String kind, String name) throws Refused {
    Map<String, String> documents = new TreeMap<>(in.functions().documents(in.function(), kind));
    return Paging.page(
        in,
        name,
        new ArrayList<>(documents.entrySet()),
        Map.Entry::getKey,
        Comparator.naturalOrder(),
        each -> Json.object(each.getValue()));
  }

  private static void keep(Arguments in, String kind, Map<String, Object> document) {
    in.functions().putDocument(in.function(), in.qualifier(), kind, Json.text(document));
  }

  private static Map<String, Object> present(Arguments in, String kind) {
    String json = in.functions().document(in.function(), in.qualifier(), kind);
    return json == null ? null : Json.object(json);
  }

  private static Object putEvents(Arguments in, boolean update) throws Refused {
    String arn = eventsArn(in);
    List<String> settings =
        List.of("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig");
    if (settings.stream().noneMatch(in::has)) {
      throw Refused.invalid(
          "You must specify at least one of error handling or destination setting.");
    }
    EventDestinations.check(in);
    return change(in, EVENTS, present -> events(in, arn, settings, update, present));
  }

  private static Map<String, Object> events(
      Arguments in,
      String arn,
      List<String> settings,
      boolean update,
      Map<String, Object> present) {
    if (update && present == null) {
      throw new LambdaException(noEvents(in));
    }
    Map<String, Object> old = update ? present : Map.of();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("LastModified", BigDecimal.valueOf(System.currentTimeMillis(), 3));
    document.put("FunctionArn", arn);
    for (String each : settings) {
      Object value = in.has(each) ? in.value(each) : old.get(each);
      if (value != null) {
        document.put(each, value);
      }
    }
    if (!document.containsKey("DestinationConfig")) {
      document.put("DestinationConfig", Map.of("OnSuccess", Map.of(), "OnFailure", Map.of()));
    }
    return document;
  }

  /** Changes a document while nothing else changes; null is what is not there. */
  private static Map<String, Object> change(
      Arguments in, String kind, UnaryOperator<Map<String, Object>> change) {
    String json =
        in.functions()
            .updateDocument(
                in.function(),
                in.qualifier(),
                kind,
                present -> Json.text(change.apply(present == null ? null : Json.object(present))));
    return Json.object(json);
  }

  private static Object createUrl(Arguments in) {
    FunctionConfiguration target;
    try {
      target = in.functions().get(in.function(), in.qualifier());
    } catch (LambdaException e) {
      throw e.refusal().statusCode() == 404 ? Management.notFound("Function does not exist") : e;
    }
    String arn = target.functionArn();
    return withoutLastModified(
        change(
            in,
            URL,
            present -> {
              if (present != null) {
                throw Management.conflict(
                    "Failed to create function url config for [functionArn = "
                        + arn
                        + "]. Error message:  FunctionUrlConfig exists for this Lambda function");
              }
              return url(in, arn);
            }));
  }

  private static Map<String, Object> url(Arguments in, String arn) {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < URL_ID_LENGTH; i++) {
      id.append(URL_LETTERS.charAt(RANDOM.nextInt(URL_LETTERS.length())));
    }
    String now = Documents.micros(Instant.now());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put(
        "FunctionUrl", "https://" + id + ".lambda-url." + in.owner().region() + ".on.aws/");
    document.put("FunctionArn", arn);
    document.put("AuthType", in.text("AuthType"));
    if (in.has("Cors")) {
      document.put("Cors", in.map("Cors"));
    }
    document.put("CreationTime", now);
    document.put("LastModifiedTime", now);
    document.put("InvokeMode", in.text("InvokeMode", "BUFFERED"));
    return document;
  }

  /** AWS does not tell it when a URL is created. */
  private static Map<String, Object> withoutLastModified(Map<String, Object> document) {
    Map<String, Object> answer = new LinkedHashMap<>(document);
    answer.remove("LastModifiedTime");
    return answer;
  }

  private static Object updateUrl(Arguments in) {
    return change(
        in,
        URL,
        document -> {
          if (document == null) {
            throw new LambdaException(noResource());
          }
          for (String each : List.of("AuthType", "Cors", "InvokeMode")) {
            if (in.has(each)) {
              document.put(each, in.value(each));
            }
          }
          document.put("LastModifiedTime", Documents.micros(Instant.now()));
          return document;
        });
  }

  private static Object putProvisioned(Arguments in) throws Refused {
    if (in.qualifier().equals("$LATEST")) {
      throw Refused.invalid(
          "Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
    }
    FunctionConfiguration target = in.functions().get(in.function(), in.qualifier());
    long wanted = in.number("ProvisionedConcurrentExecutions", 0);
    String now = Documents.seconds(Instant.now());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("FunctionArn", target.functionArn());
    document.put(REQUESTED, wanted);
    document.put("AvailableProvisionedConcurrentExecutions", wanted);
    document.put("AllocatedProvisionedConcurrentExecutions", wanted);
    document.put("Status", "READY");
    document.put("LastModified", now);
    change(
        in,
        PROVISIONED,
        present -> {
          requireProvisionable(in, target, wanted);
          return document;
        });
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(REQUESTED, wanted);
    answer.put("AvailableProvisionedConcurrentExecutions", 0);
    answer.put("AllocatedProvisionedConcurrentExecutions", 0);
    answer.put("Status", "IN_PROGRESS");
    answer.put("LastModified", now);
    return answer;
  }

  /** What all versions and aliases of the function have together is part of what it reserves. */
  private static void requireProvisionable(
      Arguments in, FunctionConfiguration target, long wanted) {
    String name = target.functionName();
    String qualifier = target.functionArn().substring(target.functionArn().lastIndexOf(':') + 1);
    Map<String, String> others = in.functions().documents(name, PROVISIONED);
    others.remove(qualifier);
    if (others.containsKey(target.version())) {
      throw Management.conflict(
          "Alias can't be used for Provisioned Concurrency configuration on an already"
              + " Provisioned version");
    }
    long total = wanted;
    for (String other : others.values()) {
      total += ((Number) Json.object(other).get(REQUESTED)).longValue();
    }
    int reserved = in.functions().getConcurrency(name);
    if (reserved >= 0 && total > reserved) {
      throw new LambdaException(
          Refusal.invalid(
              "Requested Provisioned Concurrency should not be greater than the"
                  + " reservedConcurrentExecution for function"));
    }
  }

  private static Object putRuntime(Arguments in) throws Refused {
    FunctionConfiguration target = in.functions().get(in.function(), in.qualifier());
    boolean manual = "Manual".equals(in.text("UpdateRuntimeOn"));
    if (manual != in.has("RuntimeVersionArn")) {
      throw Refused.invalid(
          manual
              ? "You must specify a runtime version ARN when UpdateRuntimeOn is Manual."
              : "RuntimeVersionArn can be specified only when UpdateRuntimeOn is Manual.");
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("UpdateRuntimeOn", in.text("UpdateRuntimeOn"));
    document.put("FunctionArn", target.functionArn());
    if (manual) {
      document.put("RuntimeVersionArn", in.text("RuntimeVersionArn"));
    }
    keep(in, RUNTIME, document);
    return document;
  }

  private static Object getRuntime(Arguments in) {
    Map<String, Object> document = present(in, RUNTIME);
    if (document == null) {
      document = new LinkedHashMap<>();
      document.put("UpdateRuntimeOn", "Auto");
      document.put("FunctionArn", in.functions().get(in.function(), in.qualifier()).functionArn());
    }
    return document;
  }

  private static Object putRecursion(Arguments in) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("RecursiveLoop", in.text("RecursiveLoop"));
    keep(in, RECURSION, document);
    return document;
  }

  private static Object getRecursion(Arguments in) {
    Map<String, Object> document = present(in, RECURSION);
    return document == null ? Map.of("RecursiveLoop", "Terminate") : document;
  }
}
