package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Functions;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What values may be, alone and together, in AWS's words; what is not served is not left out. */
class RulesTest {
  private static final String FUNCTIONS = Bench.FUNCTIONS;
  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:";
  private static final String INVALID = "InvalidParameterValueException";
  private static final String SUCH = "' failed to satisfy constraint: ";
  private static Bench bench;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    assertEquals(0, bench.server.counters().get("internalErrors"));
    bench.close();
  }

  private static void unfit(String problems, String method, String path, Object body) {
    bench.refused(400, "ValidationException", problems, method, path, body);
  }

  private static void invalid(String message, String method, String path, Object body) {
    bench.refused(400, INVALID, message, method, path, body);
  }

  @Test
  void weightsAreNumbersOfVersions() {
    bench.create("weights");
    bench.json(201, "POST", FUNCTIONS + "/weights/versions", "{}");
    String place = "' at 'routingConfig.additionalVersionWeights" + SUCH;
    String value =
        "Map value must satisfy constraint: [Member must have value less than or equal to 1.0,"
            + " Member must have value greater than or equal to 0.0, Member must not be null]";
    String keys =
        "Map keys must satisfy constraint: [Member must have length less than or equal to 1024,"
            + " Member must have length greater than or equal to 1, Member must satisfy regular"
            + " expression pattern: [0-9]+, Member must not be null]";
    Map<String, Object> alias = new TreeMap<>(Map.of("Name", "a", "FunctionVersion", "1"));
    alias.put("RoutingConfig", Map.of("AdditionalVersionWeights", Map.of("2", 1.5)));
    String aliases = FUNCTIONS + "/weights/aliases";
    unfit("1 validation error detected: Value '{2=1.5}" + place + value, "POST", aliases, alias);
    alias.put("RoutingConfig", Map.of("AdditionalVersionWeights", Map.of("live", 0.1)));
    unfit("1 validation error detected: Value '{live=0.1}" + place + keys, "POST", aliases, alias);
    unfit(
        "2 validation errors detected: Value '{live=-1.0}"
            + place
            + keys
            + "; Value '{live=-1.0}"
            + place
            + value,
        "PUT",
        aliases + "/a",
        Map.of("RoutingConfig", Map.of("AdditionalVersionWeights", Map.of("live", -1.0))));
  }

  @Test
  void timeAndMemoryAreThoseOfFunctionsThatAreServedAndJoined() {
    unfit(
        "3 validation errors detected: Value 'a b' at 'handler"
            + SUCH
            + "Member must satisfy regular expression pattern: [^\\s]+; Value '1000' at 'timeout"
            + SUCH
            + "Member must have value less than or equal to 900; Value '40000' at 'memorySize"
            + SUCH
            + "Member must have value less than or equal to 10240",
        "POST",
        FUNCTIONS,
        Bench.creation("large", "Handler", "a b", "Timeout", 1000, "MemorySize", 40_000));
  }

  @Test
  void reservedVariablesHaveTheirOwnWords() {
    invalid(
        "Lambda was unable to configure your environment variables because the environment"
            + " variables you have provided contains reserved keys that are currently not"
            + " supported for modification. Reserved keys used in this request: _HANDLER,"
            + " _X_AMZN_TRACE_ID",
        "POST",
        FUNCTIONS,
        Bench.creation(
            "reserved",
            "Environment",
            Map.of("Variables", Map.of("_HANDLER", "x", "_X_AMZN_TRACE_ID", "y"))));
    unfit(
        "1 validation error detected: Value at 'environment.variables"
            + SUCH
            + "Map keys must satisfy constraint: [Member must satisfy regular expression pattern:"
            + " [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]",
        "POST",
        FUNCTIONS,
        Bench.creation("reserved", "Environment", Map.of("Variables", Map.of("_OTHER", "x"))));
  }

  @Test
  void provisionedConcurrencyIsPartOfWhatIsReserved() {
    bench.create("held");
    bench.json(201, "POST", FUNCTIONS + "/held/versions", "{}");
    bench.json(200, "PUT", FUNCTIONS + "/held/configuration", Map.of("Description", "2"));
    bench.json(201, "POST", FUNCTIONS + "/held/versions", "{}");
    bench.json(
        201, "POST", FUNCTIONS + "/held/aliases", Map.of("Name", "first", "FunctionVersion", "1"));
    String reserved = "/2017-10-31/functions/held/concurrency";
    String provisioned = "/2019-09-30/functions/held/provisioned-concurrency?Qualifier=";
    bench.json(200, "PUT", reserved, Map.of("ReservedConcurrentExecutions", 3));
    bench.json(202, "PUT", provisioned + "1", Map.of("ProvisionedConcurrentExecutions", 2));
    invalid(
        "Requested Provisioned Concurrency should not be greater than the"
            + " reservedConcurrentExecution for function",
        "PUT",
        provisioned + "2",
        Map.of("ProvisionedConcurrentExecutions", 2));
    bench.json(202, "PUT", provisioned + "1", Map.of("ProvisionedConcurrentExecutions", 1));
    bench.json(202, "PUT", provisioned + "2", Map.of("ProvisionedConcurrentExecutions", 2));
    bench.refused(
        409,
        "ResourceConflictException",
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned"
            + " version",
        "PUT",
        provisioned + "first",
        Map.of("ProvisionedConcurrentExecutions", 1));
    HttpResponse<String> low = bench.send("PUT", reserved, "{\"ReservedConcurrentExecutions\":1}");
    assertEquals(400, low.statusCode());
    assertEquals(INVALID, low.headers().firstValue("x-amzn-ErrorType").orElseThrow());
    assertEquals(
        Map.of(
            "message",
            " ReservedConcurrentExecutions  1 should not be lower than function's total"
                + " provisioned concurrency [3]."),
        Json.object(low.body()));
    bench.json(204, "DELETE", provisioned + "2", null);
    bench.json(200, "PUT", reserved, Map.of("ReservedConcurrentExecutions", 1));
  }

  @Test
  void aLayerMayHaveALongName() {
    String name = "n".repeat(140);
    String layer = ARN + "layer:" + name;
    Map<String, Object> body = Map.of("Content", Map.of("ZipFile", Bench.base64(Bench.ZIP)));
    bench.json(201, "POST", "/2018-10-31/layers/" + name + "/versions", body);
    bench.create("long-layer", "Layers", List.of(layer + ":1"));
    assertEquals(
        1L,
        bench
            .json(
                200,
                "GET",
                "/2018-10-31/layers?find=LayerVersion&Arn=" + encoded(layer + ":1"),
                null)
            .get("Version"));
    bench.json(200, "GET", "/2018-10-31/layers/" + encoded(layer) + "/versions/1", null);
    assertEquals(
        400,
        bench
            .send("POST", "/2018-10-31/layers/" + name + "n/versions", Json.text(body))
            .statusCode());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void aRequestLineMayNameFiftyLongTags() {
    Map<String, String> tags = new TreeMap<>();
    StringJoiner keys = new StringJoiner("&tagKeys=", "?tagKeys=", "");
    for (int i = 0; i < 50; i++) {
      String key = Character.toString('\u4e00' + i).repeat(128);
      tags.put(key, "value");
      keys.add(encoded(key));
    }
    bench.create("tagged", "Tags", tags);
    String path = "/2017-03-31/tags/" + encoded(ARN + "function:tagged");
    assertEquals(tags, bench.json(200, "GET", path, null).get("Tags"));
    assertTrue(keys.length() > 50_000);
    bench.json(204, "DELETE", path + keys, null);
    assertEquals(Map.of(), bench.json(200, "GET", path, null).get("Tags"));
  }

  /** Room for headers is taken from what bodies have, and given back. */
  @Test
  void longRequestLinesOfManyConnectionsAreBounded() throws Exception {
    long max = 16 << 20;
    byte[] part = ("GET /" + "a".repeat(400_000)).getBytes(StandardCharsets.US_ASCII);
    try (Bench small = new Bench(config -> config.bodyBytesMax(max), engine -> engine)) {
      List<Socket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < 40; i++) {
          Socket socket = small.socket();
          sockets.add(socket);
          socket.getOutputStream().write(part);
        }
        Bench.await("some are refused", () -> small.server.counters().get("overloaded") > 0);
        long held = small.server.counters().get("bodyBytes");
        assertTrue(held > 0 && held <= max, () -> held + " bytes");
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
      Bench.await("all given back", () -> small.server.counters().get("bodyBytes") == 0);
      assertEquals(404, small.send("GET", FUNCTIONS + "/none", null).statusCode());
    }
  }

  @Test
  void aPageOfAllVersionsIsNoLargerThanItMayBe() {
    try (Bench own = new Bench()) {
      for (String name : List.of("first", "second", "third")) {
        own.create(name);
      }
      for (int i = 1; i <= 6; i++) {
        own.json(200, "PUT", FUNCTIONS + "/second/configuration", Map.of("Description", "v" + i));
        own.json(201, "POST", FUNCTIONS + "/second/versions", "{}");
      }
      List<String> wanted = new ArrayList<>(List.of("first:$LATEST", "second:$LATEST"));
      for (int i = 1; i <= 6; i++) {
        wanted.add("second:" + i);
      }
      wanted.add("third:$LATEST");
      for (int size : new int[] {1, 2, 3, 8, 9, 50}) {
        List<String> seen = new ArrayList<>();
        Object marker = "";
        while (marker != null) {
          Map<String, Object> page =
              own.json(
                  200,
                  "GET",
                  FUNCTIONS + "?FunctionVersion=ALL&MaxItems=" + size + "&Marker=" + marker,
                  null);
          List<?> items = (List<?>) page.get("Functions");
          assertTrue(items.size() <= size, items::toString);
          marker = page.get("NextMarker");
          assertTrue(marker == null || items.size() == size, () -> items.size() + " of " + size);
          for (Object each : items) {
            Map<?, ?> item = (Map<?, ?>) each;
            seen.add(item.get("FunctionName") + ":" + item.get("Version"));
          }
        }
        assertEquals(wanted, seen, "in pages of " + size);
      }
    }
  }

  @Test
  void whatIsNotServedIsRefused() {
    bench.create("served");
    Map<String, Object> members = new TreeMap<>();
    members.put("PublishTo", "LATEST_PUBLISHED");
    members.put(
        "CapacityProviderConfig",
        Map.of(
            "LambdaManagedInstancesCapacityProviderConfig",
            Map.of("CapacityProviderArn", ARN + "capacity-provider:mine")));
    members.forEach(
        (name, value) ->
            invalid(
                name + " is not supported by this version of Ringmaster.",
                "POST",
                FUNCTIONS,
                Bench.creation("other", name, value)));
    invalid(
        "PublishTo is not supported by this version of Ringmaster.",
        "POST",
        FUNCTIONS + "/served/versions",
        Map.of("PublishTo", "LATEST_PUBLISHED"));
    invalid(
        "SourceKMSKeyArn is not supported by this version of Ringmaster.",
        "PUT",
        FUNCTIONS + "/served/code",
        Map.of(
            "ZipFile",
            Bench.base64(Bench.ZIP),
            "SourceKMSKeyArn",
            "arn:aws:kms:us-east-1:123456789012:key/one"));
    invalid(
        "S3ObjectStorageMode REFERENCE is not supported by this version of Ringmaster.",
        "PUT",
        FUNCTIONS + "/served/code",
        Map.of("S3Bucket", "bucket", "S3Key", "key", "S3ObjectStorageMode", "REFERENCE"));
    assertEquals(404, bench.send("GET", FUNCTIONS + "/other", null).statusCode());
  }

  @Test
  void principalsAreAccountsArnsAndServices() {
    bench.create("policy");
    String path = FUNCTIONS + "/policy/policy";
    Map<String, Object> permission =
        new TreeMap<>(Map.of("StatementId", "s", "Action", "lambda:InvokeFunction"));
    for (String wrong : List.of("foo", "12345", "s3..com", ".", "a.b c")) {
      permission.put("Principal", wrong);
      if (wrong.contains(" ")) {
        assertEquals(400, bench.send("POST", path, Json.text(permission)).statusCode());
      } else {
        invalid(
            "The provided principal was invalid. Please check the principal and try again.",
            "POST",
            path,
            permission);
      }
    }
    List<String> right =
        List.of("*", "210987654321", "arn:aws:iam::210987654321:user/me", "s3.amazonaws.com");
    for (int i = 0; i < right.size(); i++) {
      permission.put("StatementId", "s" + i);
      permission.put("Principal", right.get(i));
      bench.json(201, "POST", path, permission);
    }
    Object policy = bench.json(200, "GET", path, null).get("Policy");
    assertTrue(((String) policy).contains("{\"AWS\":\"arn:aws:iam::210987654321:root\"}"));
  }

  /** Resources have ARNs of the partition that their region is of. */
  @Test
  void arnsAreOfTheRegionsPartition() {
    Map<String, String> partitions =
        Map.of("cn-north-1", "aws-cn", "us-gov-west-1", "aws-us-gov", "eu-west-1", "aws");
    partitions.forEach(
        (region, partition) -> {
          String[] signed = {
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=123456789012/20261121/"
                + region
                + "/lambda/aws4_request, SignedHeaders=host, Signature=0"
          };
          String arn = "arn:" + partition + ":lambda:" + region + ":123456789012:";
          String body = Json.text(Bench.creation("here"));
          HttpResponse<String> made = bench.send("POST", FUNCTIONS, body, signed);
          assertEquals(201, made.statusCode(), made.body());
          Map<String, Object> function = Json.object(made.body());
          assertEquals(arn + "function:here", function.get("FunctionArn"));
          String runtime =
              (String) ((Map<?, ?>) function.get("RuntimeVersionConfig")).get("RuntimeVersionArn");
          assertTrue(runtime.startsWith("arn:" + partition + ":lambda:" + region), runtime);
          String path = FUNCTIONS + "/" + encoded(arn + "function:here");
          assertEquals(200, bench.send("GET", path, null, signed).statusCode());
          String layer = Json.text(Map.of("Content", Map.of("ZipFile", Bench.base64(Bench.ZIP))));
          HttpResponse<String> published =
              bench.send("POST", "/2018-10-31/layers/here/versions", layer, signed);
          assertEquals(arn + "layer:here", Json.object(published.body()).get("LayerArn"));
        });
  }

  /** Two changes at once: neither takes back what the other set. */
  @Test
  void updatesOfStoredConfigurationAreNotLost() throws Exception {
    bench.create("stored");
    String path = "/2019-09-25/functions/stored/event-invoke-config";
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 50; round++) {
        bench.json(
            200, "PUT", path, Map.of("MaximumRetryAttempts", 2, "MaximumEventAgeInSeconds", 100));
        List<Callable<Object>> changes =
            List.of(
                () -> bench.json(200, "POST", path, Map.of("MaximumRetryAttempts", 1)),
                () -> bench.json(200, "POST", path, Map.of("MaximumEventAgeInSeconds", 200)));
        for (Future<Object> each : two.invokeAll(changes)) {
          each.get();
        }
        Map<String, Object> after = bench.json(200, "GET", path, null);
        assertEquals(1L, after.get("MaximumRetryAttempts"));
        assertEquals(200L, after.get("MaximumEventAgeInSeconds"));
      }
    }
    Functions functions = bench.engine.functions();
    assertEquals(
        "{\"n\":1}", functions.updateDocument("stored", null, "test", present -> "{\"n\":1}"));
    functions.updateDocument("stored", null, "test", present -> null);
    assertFalse(functions.deleteDocument("stored", null, "test"));
  }

  @Test
  void configurationThatIsKeptIsShownChangedAndCleared() {
    record Row(String name, Object first, Object second, Object nothing) {}
    List<Row> rows =
        List.of(
            new Row(
                "DeadLetterConfig",
                Map.of("TargetArn", "arn:aws:sqs:us-east-1:123456789012:one"),
                Map.of("TargetArn", "arn:aws:sqs:us-east-1:123456789012:two"),
                Map.of("TargetArn", "")),
            new Row(
                "KMSKeyArn",
                "arn:aws:kms:us-east-1:123456789012:key/one",
                "arn:aws:kms:us-east-1:123456789012:key/two",
                ""),
            new Row("FileSystemConfigs", List.of(files("one")), List.of(files("two")), List.of()));
    for (Row row : rows) {
      String name = "kept-" + row.name();
      String path = FUNCTIONS + "/" + name + "/configuration";
      assertEquals(row.first(), bench.create(name, row.name(), row.first()).get(row.name()));
      assertEquals(row.first(), bench.json(200, "GET", path, null).get(row.name()));
      assertEquals(
          row.first(),
          bench.json(200, "PUT", path, Map.of("Description", "as before")).get(row.name()));
      bench.json(200, "PUT", path, Map.of(row.name(), row.second()));
      assertEquals(row.second(), bench.json(200, "GET", path, null).get(row.name()));
      bench.json(200, "PUT", path, Map.of(row.name(), row.nothing()));
      assertFalse(bench.json(200, "GET", path, null).containsKey(row.name()), row.name());
    }
    bench.create(
        "kept-others",
        "TracingConfig",
        Map.of("Mode", "Active"),
        "SnapStart",
        Map.of("ApplyOn", "PublishedVersions"),
        "VpcConfig",
        Map.of("SubnetIds", List.of("subnet-1"), "SecurityGroupIds", List.of("sg-1")),
        "DurableConfig",
        Map.of("ExecutionTimeout", 60, "RetentionPeriodInDays", 2),
        "TenancyConfig",
        Map.of("TenantIsolationMode", "PER_TENANT"));
    Map<String, Object> changed =
        bench.json(
            200,
            "PUT",
            FUNCTIONS + "/kept-others/configuration",
            Map.of(
                "TracingConfig",
                Map.of("Mode", "PassThrough"),
                "SnapStart",
                Map.of("ApplyOn", "None"),
                "VpcConfig",
                Map.of("SubnetIds", List.of(), "SecurityGroupIds", List.of()),
                "DurableConfig",
                Map.of("ExecutionTimeout", 90, "RetentionPeriodInDays", 3)));
    assertEquals(Map.of("Mode", "PassThrough"), changed.get("TracingConfig"));
    assertEquals("None", ((Map<?, ?>) changed.get("SnapStart")).get("ApplyOn"));
    assertEquals(List.of(), ((Map<?, ?>) changed.get("VpcConfig")).get("SubnetIds"));
    assertEquals(90L, ((Map<?, ?>) changed.get("DurableConfig")).get("ExecutionTimeout"));
    assertEquals(Map.of("TenantIsolationMode", "PER_TENANT"), changed.get("TenancyConfig"));
  }

  private static Map<String, Object> files(String point) {
    return Map.of(
        "Arn",
        "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
        "LocalMountPath",
        "/mnt/" + point);
  }
}
