package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Management calls: fields, states, codes and texts as AWS gives them. */
class ManagementTest {
  private static final String FUNCTIONS = "/2015-03-31/functions";
  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:";
  private static final byte[] ZIP = Bench.ZIP;
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

  private static Map<String, Object> create(String name, Object... more) {
    return bench.create(name, more);
  }

  private static void refused(
      int status, String code, String message, String method, String path, Object body) {
    bench.refused(status, code, message, method, path, body);
  }

  @Test
  void aFunctionIsCreatedWithEveryFieldThatClientsSee() {
    Map<String, Object> made = create("fields");
    assertEquals(ARN + "fields", made.get("FunctionArn"));
    assertEquals((long) ZIP.length, made.get("CodeSize"));
    assertEquals("", made.get("Description"));
    assertEquals(3L, made.get("Timeout"));
    assertEquals(128L, made.get("MemorySize"));
    assertEquals("$LATEST", made.get("Version"));
    assertEquals("Zip", made.get("PackageType"));
    assertEquals(Map.of("Mode", "PassThrough"), made.get("TracingConfig"));
    assertEquals(Map.of("Size", 512L), made.get("EphemeralStorage"));
    assertEquals(Map.of("ApplyOn", "None", "OptimizationStatus", "Off"), made.get("SnapStart"));
    assertEquals(
        Map.of("LogFormat", "Text", "LogGroup", "/aws/lambda/fields"), made.get("LoggingConfig"));
    assertTrue(
        ((String) made.get("LastModified"))
            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+0000"));
    assertFalse(made.containsKey("Environment"));
    refused(
        409,
        "ResourceConflictException",
        "Function already exist: fields",
        "POST",
        FUNCTIONS,
        Map.of(
            "FunctionName", "fields",
            "Runtime", "python3.13",
            "Role", Bench.ROLE,
            "Handler", "app.handler",
            "Code", Map.of("ZipFile", Bench.base64(ZIP))));
  }

  @Test
  void whatAFunctionHasIsReadBackAndItsPackageFetched() {
    create(
        "read",
        "Tags",
        Map.of("team", "blue"),
        "Environment",
        Map.of("Variables", Map.of("KEY", "value")),
        "VpcConfig",
        Map.of("SubnetIds", List.of("subnet-1"), "SecurityGroupIds", List.of("sg-1")),
        "TracingConfig",
        Map.of("Mode", "Active"));
    bench.json(
        200,
        "PUT",
        "/2017-10-31/functions/read/concurrency",
        Map.of("ReservedConcurrentExecutions", 5));
    Map<String, Object> got = bench.json(200, "GET", FUNCTIONS + "/read", null);
    assertEquals(Map.of("team", "blue"), got.get("Tags"));
    assertEquals(Map.of("ReservedConcurrentExecutions", 5L), got.get("Concurrency"));
    Map<?, ?> configuration = (Map<?, ?>) got.get("Configuration");
    assertEquals("Active", configuration.get("State"));
    assertEquals("Successful", configuration.get("LastUpdateStatus"));
    assertEquals(Map.of("Variables", Map.of("KEY", "value")), configuration.get("Environment"));
    assertEquals("", ((Map<?, ?>) configuration.get("VpcConfig")).get("VpcId"));
    assertEquals(Map.of("Mode", "Active"), configuration.get("TracingConfig"));
    String location = (String) ((Map<?, ?>) got.get("Code")).get("Location");
    HttpResponse<byte[]> code =
        bench.send(
            HttpRequest.newBuilder(URI.create(location)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertArrayEquals(ZIP, code.body());
    HttpResponse<byte[]> guessed =
        bench.send(
            HttpRequest.newBuilder(URI.create(location + "x")).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(404, guessed.statusCode());
    HttpResponse<String> head = bench.send("HEAD", URI.create(location).getPath(), null);
    assertEquals(405, head.statusCode());
    refused(
        404,
        "ResourceNotFoundException",
        "Function not found: " + ARN + "none",
        "GET",
        FUNCTIONS + "/none",
        null);
  }

  @Test
  void updatesKeepWhatTheyDoNotName() {
    Map<String, Object> made = create("update", "Description", "first", "Timeout", 7);
    Map<String, Object> updated =
        bench.json(200, "PUT", FUNCTIONS + "/update/configuration", Map.of("MemorySize", 256));
    assertEquals("first", updated.get("Description"));
    assertEquals(7L, updated.get("Timeout"));
    assertEquals(256L, updated.get("MemorySize"));
    byte[] other = Bench.zip("app.py", "def handler(e, c): return 2\n");
    Map<String, Object> code =
        bench.json(200, "PUT", FUNCTIONS + "/update/code", Map.of("ZipFile", Bench.base64(other)));
    assertEquals((long) other.length, code.get("CodeSize"));
    assertFalse(code.get("CodeSha256").equals(made.get("CodeSha256")));
    refused(
        412,
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the"
            + " GetFunction/GetAlias API to retrieve the latest Revision Id",
        "PUT",
        FUNCTIONS + "/update/code",
        Map.of("ZipFile", Bench.base64(other), "RevisionId", made.get("RevisionId")));
  }

  @Test
  void versionsAndAliasesLiveAndEnd() {
    create("versions");
    Map<String, Object> one =
        bench.json(201, "POST", FUNCTIONS + "/versions/versions", Map.of("Description", "one"));
    assertEquals("1", one.get("Version"));
    assertEquals(ARN + "versions:1", one.get("FunctionArn"));
    bench.json(200, "PUT", FUNCTIONS + "/versions/configuration", Map.of("Description", "changed"));
    assertEquals(
        "2", bench.json(201, "POST", FUNCTIONS + "/versions/versions", "{}").get("Version"));
    Map<String, Object> alias =
        bench.json(
            201,
            "POST",
            FUNCTIONS + "/versions/aliases",
            Map.of(
                "Name", "live",
                "FunctionVersion", "1",
                "RoutingConfig", Map.of("AdditionalVersionWeights", Map.of("2", 0.25))));
    assertEquals(ARN + "versions:live", alias.get("AliasArn"));
    assertEquals("", alias.get("Description"));
    Map<String, Object> updated =
        bench.json(
            200,
            "PUT",
            FUNCTIONS + "/versions/aliases/live",
            Map.of("FunctionVersion", "2", "RoutingConfig", Map.of()));
    assertEquals("2", updated.get("FunctionVersion"));
    assertNull(updated.get("RoutingConfig"));
    assertEquals(
        1,
        ((List<?>)
                bench
                    .json(200, "GET", FUNCTIONS + "/versions/aliases?FunctionVersion=2", null)
                    .get("Aliases"))
            .size());
    assertEquals(
        "2",
        bench
            .json(200, "GET", FUNCTIONS + "/versions/configuration?Qualifier=live", null)
            .get("Version"));
    Map<String, Object> first =
        bench.json(200, "GET", FUNCTIONS + "/versions/versions?MaxItems=2", null);
    assertEquals(2, ((List<?>) first.get("Versions")).size());
    Map<String, Object> second =
        bench.json(
            200,
            "GET",
            FUNCTIONS + "/versions/versions?MaxItems=2&Marker=" + first.get("NextMarker"),
            null);
    assertEquals(1, ((List<?>) second.get("Versions")).size());
    assertFalse(second.containsKey("NextMarker"));
    bench.json(204, "DELETE", FUNCTIONS + "/versions/aliases/live", null);
    refused(
        404,
        "ResourceNotFoundException",
        "Cannot find alias arn: " + ARN + "versions:live",
        "GET",
        FUNCTIONS + "/versions/aliases/live",
        null);
    bench.json(200, "DELETE", FUNCTIONS + "/versions?Qualifier=1", null);
    bench.json(200, "DELETE", FUNCTIONS + "/versions", null);
    assertEquals(404, bench.send("GET", FUNCTIONS + "/versions", null).statusCode());
  }

  @Test
  void functionsAreListedInPages() {
    String region = "eu-west-1";
    String[] signed = {
      "Authorization",
      "AWS4-HMAC-SHA256 Credential=210987654321/20261121/"
          + region
          + "/lambda/aws4_request, SignedHeaders=host, Signature=0"
    };
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < 7; i++) {
      String body =
          Json.text(
              Map.of(
                  "FunctionName",
                  "paged-" + i,
                  "Runtime",
                  "python3.13",
                  "Role",
                  Bench.ROLE,
                  "Handler",
                  "app.handler",
                  "Code",
                  Map.of("ZipFile", Bench.base64(ZIP))));
      HttpResponse<String> made = bench.send("POST", FUNCTIONS, body, signed);
      assertEquals(201, made.statusCode(), made.body());
      assertEquals(
          "arn:aws:lambda:eu-west-1:210987654321:function:paged-" + i,
          Json.object(made.body()).get("FunctionArn"));
    }
    String marker = "";
    int pages = 0;
    do {
      Map<String, Object> page =
          Json.object(
              bench.send("GET", FUNCTIONS + "?MaxItems=3&Marker=" + marker, null, signed).body());
      for (Object each : (List<?>) page.get("Functions")) {
        names.add((String) ((Map<?, ?>) each).get("FunctionName"));
        assertNull(((Map<?, ?>) each).get("State"));
      }
      marker = (String) page.get("NextMarker");
      pages++;
    } while (marker != null);
    assertEquals(7, names.size());
    assertEquals(3, pages);
    assertEquals(404, bench.send("GET", FUNCTIONS + "/paged-1", null).statusCode());
    assertEquals(400, bench.send("GET", FUNCTIONS + "?Marker=%21", null, signed).statusCode());
  }

  @Test
  void tagsPoliciesConcurrencyAndAccount() {
    create("access");
    String tags = "/2017-03-31/tags/" + URLEncoder.encode(ARN + "access", StandardCharsets.UTF_8);
    bench.json(204, "POST", tags, Map.of("Tags", Map.of("a", "1", "b", "2")));
    bench.json(204, "DELETE", tags + "?tagKeys=a&tagKeys=c", null);
    assertEquals(Map.of("b", "2"), bench.json(200, "GET", tags, null).get("Tags"));
    String policy = FUNCTIONS + "/access/policy";
    assertEquals(404, bench.send("GET", policy, null).statusCode());
    Map<String, Object> permission =
        Map.of(
            "StatementId", "s3",
            "Action", "lambda:InvokeFunction",
            "Principal", "s3.amazonaws.com",
            "SourceArn", "arn:aws:s3:::bucket");
    String statement = (String) bench.json(201, "POST", policy, permission).get("Statement");
    assertEquals(
        "{\"Sid\":\"s3\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"s3.amazonaws.com\"},"
            + "\"Action\":\"lambda:InvokeFunction\",\"Resource\":\""
            + ARN
            + "access\",\"Condition\":{\"ArnLike\":{\"AWS:SourceArn\":\"arn:aws:s3:::bucket\"}}}",
        statement);
    refused(
        409,
        "ResourceConflictException",
        "The statement id (s3) provided already exists. Please provide a new statement id, or"
            + " remove the existing statement.",
        "POST",
        policy,
        permission);
    assertEquals(
        "{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[" + statement + "]}",
        bench.json(200, "GET", policy, null).get("Policy"));
    bench.json(204, "DELETE", policy + "/s3", null);
    assertEquals(
        Map.of(), bench.json(200, "GET", "/2019-09-30/functions/access/concurrency", null));
    bench.json(
        200,
        "PUT",
        "/2017-10-31/functions/access/concurrency",
        Map.of("ReservedConcurrentExecutions", 0));
    bench.json(204, "DELETE", "/2017-10-31/functions/access/concurrency", null);
    Map<String, Object> account = bench.json(200, "GET", "/2016-08-19/account-settings", null);
    assertEquals(1000L, ((Map<?, ?>) account.get("AccountLimit")).get("ConcurrentExecutions"));
    assertEquals(
        Map.of("FunctionName", "access"),
        bench.json(200, "GET", "/2020-06-30/functions/access/code-signing-config", null));
  }

  @Test
  void layersLiveAndAreUsed() {
    Map<String, Object> layer =
        bench.json(
            201,
            "POST",
            "/2018-10-31/layers/tools/versions",
            Map.of(
                "Content",
                Map.of("ZipFile", Bench.base64(Bench.zip("python/tool.py", "x = 1\n"))),
                "CompatibleRuntimes",
                List.of("python3.13"),
                "Description",
                "tools"));
    String arn = "arn:aws:lambda:us-east-1:123456789012:layer:tools";
    assertEquals(arn, layer.get("LayerArn"));
    assertEquals(arn + ":1", layer.get("LayerVersionArn"));
    assertEquals(1L, layer.get("Version"));
    Map<String, Object> used = create("layered", "Layers", List.of(arn + ":1"));
    assertEquals(arn + ":1", ((Map<?, ?>) ((List<?>) used.get("Layers")).get(0)).get("Arn"));
    assertEquals(
        1L,
        bench
            .json(
                200,
                "GET",
                "/2018-10-31/layers?find=LayerVersion&Arn="
                    + URLEncoder.encode(arn + ":1", StandardCharsets.UTF_8),
                null)
            .get("Version"));
    assertEquals(
        1,
        ((List<?>)
                bench
                    .json(200, "GET", "/2018-10-31/layers?CompatibleRuntime=python3.13", null)
                    .get("Layers"))
            .size());
    assertEquals(
        1,
        ((List<?>)
                bench
                    .json(200, "GET", "/2018-10-31/layers/tools/versions", null)
                    .get("LayerVersions"))
            .size());
    bench.json(204, "DELETE", "/2018-10-31/layers/tools/versions/1", null);
    assertEquals(404, bench.send("GET", "/2018-10-31/layers/tools/versions/1", null).statusCode());
  }

  @Test
  void whatIsOnlyStoredIsCreatedReadChangedAndDeleted() {
    create("stored");
    bench.json(201, "POST", FUNCTIONS + "/stored/versions", "{}");
    String events = "/2019-09-25/functions/stored/event-invoke-config";
    refused(
        404,
        "ResourceNotFoundException",
        "The function " + ARN + "stored:$LATEST doesn't have an EventInvokeConfig",
        "GET",
        events,
        null);
    Map<String, Object> put = bench.json(200, "PUT", events, Map.of("MaximumRetryAttempts", 1));
    assertEquals(ARN + "stored:$LATEST", put.get("FunctionArn"));
    Map<String, Object> post =
        bench.json(200, "POST", events, Map.of("MaximumEventAgeInSeconds", 100));
    assertEquals(1L, post.get("MaximumRetryAttempts"));
    assertEquals(100L, bench.json(200, "GET", events, null).get("MaximumEventAgeInSeconds"));
    assertEquals(
        1,
        ((List<?>) bench.json(200, "GET", events + "/list", null).get("FunctionEventInvokeConfigs"))
            .size());
    bench.json(204, "DELETE", events, null);
    assertEquals(404, bench.send("DELETE", events, null).statusCode());
    String url = "/2021-10-31/functions/stored/url";
    Map<String, Object> made = bench.json(201, "POST", url, Map.of("AuthType", "NONE"));
    assertTrue(
        ((String) made.get("FunctionUrl"))
            .matches("https://[a-z2-7]{32}\\.lambda-url\\.us-east-1\\.on\\.aws/"));
    assertEquals("BUFFERED", made.get("InvokeMode"));
    refused(
        409,
        "ResourceConflictException",
        "Failed to create function url config for [functionArn = "
            + ARN
            + "stored]. Error message:  FunctionUrlConfig exists for this Lambda function",
        "POST",
        url,
        Map.of("AuthType", "NONE"));
    assertEquals(
        "AWS_IAM", bench.json(200, "PUT", url, Map.of("AuthType", "AWS_IAM")).get("AuthType"));
    assertEquals(made.get("FunctionUrl"), bench.json(200, "GET", url, null).get("FunctionUrl"));
    bench.json(204, "DELETE", url, null);
    String provisioned = "/2019-09-30/functions/stored/provisioned-concurrency";
    assertEquals(
        "IN_PROGRESS",
        bench
            .json(
                202,
                "PUT",
                provisioned + "?Qualifier=1",
                Map.of("ProvisionedConcurrentExecutions", 2))
            .get("Status"));
    assertEquals("READY", bench.json(200, "GET", provisioned + "?Qualifier=1", null).get("Status"));
    assertEquals(
        1,
        ((List<?>)
                bench
                    .json(200, "GET", provisioned + "?List=ALL", null)
                    .get("ProvisionedConcurrencyConfigs"))
            .size());
    bench.json(204, "DELETE", provisioned + "?Qualifier=1", null);
    assertEquals(404, bench.send("GET", provisioned + "?Qualifier=1", null).statusCode());
    String runtime = "/2021-07-20/functions/stored/runtime-management-config";
    assertEquals("Auto", bench.json(200, "GET", runtime, null).get("UpdateRuntimeOn"));
    bench.json(200, "PUT", runtime, Map.of("UpdateRuntimeOn", "FunctionUpdate"));
    assertEquals("FunctionUpdate", bench.json(200, "GET", runtime, null).get("UpdateRuntimeOn"));
    String recursion = "/2024-08-31/functions/stored/recursion-config";
    assertEquals("Terminate", bench.json(200, "GET", recursion, null).get("RecursiveLoop"));
    bench.json(200, "PUT", recursion, Map.of("RecursiveLoop", "Allow"));
    assertEquals("Allow", bench.json(200, "GET", recursion, null).get("RecursiveLoop"));
  }

  @Test
  void whatIsNotServedSaysSo() {
    refused(
        501,
        "NotImplementedException",
        "ListCapacityProviders is not implemented by this version of Ringmaster.",
        "GET",
        "/2025-11-30/capacity-providers",
        null);
  }

  @Test
  void valuesAreHeldAgainstTheTable() {
    refused(
        400,
        "ValidationException",
        "3 validation errors detected: Value 'a b' at 'functionName' failed to satisfy constraint:"
            + " Member must satisfy regular expression pattern: "
            + Operations.ALL
                .get("CreateFunction")
                .input()
                .members
                .get("FunctionName")
                .shape()
                .pattern
            + "; Value null at 'role' failed to satisfy constraint: Member must not be null;"
            + " Value '0' at 'timeout' failed to satisfy constraint: Member must have value"
            + " greater than or equal to 1",
        "POST",
        FUNCTIONS,
        Map.of("FunctionName", "a b", "Code", Map.of("ZipFile", ""), "Timeout", 0));
    refused(
        400,
        "ValidationException",
        "1 validation error detected: Value '[riscv]' at 'architectures' failed to satisfy"
            + " constraint: Member must satisfy constraint: [Member must satisfy enum value set:"
            + " [x86_64, arm64], Member must not be null]",
        "PUT",
        FUNCTIONS + "/x/code",
        Map.of("Architectures", List.of("riscv")));
    refused(
        400,
        "SerializationException",
        "STRING_VALUE can not be converted to an Integer",
        "PUT",
        FUNCTIONS + "/x/configuration",
        Map.of("Timeout", "3"));
    assertEquals(400, bench.send("POST", FUNCTIONS, "{\"FunctionName\":").statusCode());
    assertEquals(400, bench.send("POST", FUNCTIONS, "[]").statusCode());
    HttpResponse<String> nothing =
        bench.send("PUT", FUNCTIONS + "/x/configuration", "{\"FileSystemConfigs\":[null]}");
    assertEquals(400, nothing.statusCode(), nothing.body());
  }

  @Test
  void aListGoesOnAfterAnItemThatIsGone() {
    create("gone");
    for (int i = 1; i <= 4; i++) {
      bench.json(200, "PUT", FUNCTIONS + "/gone/configuration", Map.of("Description", "v" + i));
      bench.json(201, "POST", FUNCTIONS + "/gone/versions", "{}");
    }
    Object marker =
        bench.json(200, "GET", FUNCTIONS + "/gone/versions?MaxItems=3", null).get("NextMarker");
    bench.json(200, "DELETE", FUNCTIONS + "/gone?Qualifier=2", null);
    List<?> rest =
        (List<?>)
            bench
                .json(200, "GET", FUNCTIONS + "/gone/versions?Marker=" + marker, null)
                .get("Versions");
    assertEquals(
        List.of("3", "4"), rest.stream().map(v -> ((Map<?, ?>) v).get("Version")).toList());
  }

  @Test
  void bucketsAndImagesAreRefusedInWords() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("FunctionName", "bucket");
    body.put("Runtime", "python3.13");
    body.put("Role", Bench.ROLE);
    body.put("Handler", "app.handler");
    body.put("Code", Map.of("S3Bucket", "some-bucket", "S3Key", "some-key"));
    refused(
        400,
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The"
            + " specified bucket does not exist",
        "POST",
        FUNCTIONS,
        body);
    body.put("Code", Map.of("ImageUri", "some/image:1"));
    assertEquals(400, bench.send("POST", FUNCTIONS, Json.text(body)).statusCode());
  }
}
