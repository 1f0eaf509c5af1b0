package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.model.CreateFunctionUrlConfigResponse;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.FunctionEventInvokeConfig;
import software.amazon.awssdk.services.lambda.model.FunctionUrlAuthType;
import software.amazon.awssdk.services.lambda.model.FunctionUrlConfig;
import software.amazon.awssdk.services.lambda.model.FunctionVersion;
import software.amazon.awssdk.services.lambda.model.GetFunctionUrlConfigResponse;
import software.amazon.awssdk.services.lambda.model.GetLayerVersionResponse;
import software.amazon.awssdk.services.lambda.model.GetPolicyResponse;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeMode;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.LayerVersionsListItem;
import software.amazon.awssdk.services.lambda.model.ProvisionedConcurrencyConfigListItem;
import software.amazon.awssdk.services.lambda.model.ProvisionedConcurrencyConfigNotFoundException;
import software.amazon.awssdk.services.lambda.model.ProvisionedConcurrencyStatusEnum;
import software.amazon.awssdk.services.lambda.model.PublishLayerVersionResponse;
import software.amazon.awssdk.services.lambda.model.PutFunctionEventInvokeConfigResponse;
import software.amazon.awssdk.services.lambda.model.RecursiveLoop;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.UpdateRuntimeOn;

/** Policies, layers, what is only kept, lists, refusals; and the function's end. */
class JavaResourceSteps extends JavaAliasSteps {
  private final String layerArn;

  JavaResourceSteps(TestServer server, Packages packages, String name) throws IOException {
    super(server, packages, name);
    layerArn = "arn:aws:lambda:us-east-1:123456789012:layer:" + name;
    step("permissions", this::permissions);
    step("layers", this::layers);
    step("list-and-page", this::listAndPage);
    step("code-signing-of-a-function", this::codeSigning);
    step("event-invoke-config", this::eventInvokeConfig);
    step("function-urls", this::functionUrls);
    step("provisioned-concurrency", this::provisionedConcurrency);
    step("runtime-management", this::runtimeManagement);
    step("recursion", this::recursion);
    step("other-owners", this::otherOwners);
    step("invalid-values", this::invalidValues);
    step("delete", this::delete);
  }

  private String grant() {
    return lambda
        .addPermission(
            r ->
                r.functionName(name)
                    .statementId("s3")
                    .action("lambda:InvokeFunction")
                    .principal("s3.amazonaws.com")
                    .sourceArn("arn:aws:s3:::bucket")
                    .sourceAccount("123456789012"))
        .statement();
  }

  private void permissions() throws Exception {
    refused(
        ResourceNotFoundException.class, ABSENT, () -> lambda.getPolicy(r -> r.functionName(name)));
    JsonNode statement = JSON.readTree(grant());
    assertEquals(
        JSON.readTree(
            """
            {"Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
             "Action": "lambda:InvokeFunction", "Resource": "%s", "Condition":
             {"StringEquals": {"AWS:SourceAccount": "123456789012"},
              "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}}}
            """
                .formatted(arn)),
        statement);
    refused(
        ResourceConflictException.class,
        "The statement id (s3) provided already exists. Please provide a new statement id, or"
            + " remove the existing statement.",
        this::grant);
    GetPolicyResponse policy = lambda.getPolicy(r -> r.functionName(name));
    JsonNode document = JSON.readTree(policy.policy());
    assertEquals("2012-10-17", document.path("Version").asText());
    assertEquals("default", document.path("Id").asText());
    assertEquals(1, document.path("Statement").size());
    assertEquals(statement, document.path("Statement").get(0));
    refused(
        ResourceNotFoundException.class,
        "Statement none is not found in resource policy.",
        () -> lambda.removePermission(r -> r.functionName(name).statementId("none")));
    lambda.removePermission(
        r -> r.functionName(name).statementId("s3").revisionId(policy.revisionId()));
    refused(
        ResourceNotFoundException.class, ABSENT, () -> lambda.getPolicy(r -> r.functionName(name)));
  }

  private PublishLayerVersionResponse publishLayer() {
    return lambda.publishLayerVersion(
        r ->
            r.layerName(name)
                .description("words")
                .content(c -> c.zipFile(SdkBytes.fromByteArray(packages.layer())))
                .compatibleRuntimes(RUNTIME)
                .licenseInfo("MIT"));
  }

  private void layers() throws Exception {
    PublishLayerVersionResponse answer = publishLayer();
    assertEquals(layerArn, answer.layerArn());
    assertEquals(layerArn + ":1", answer.layerVersionArn());
    assertEquals(1, answer.version());
    assertEquals("words", answer.description());
    assertEquals("MIT", answer.licenseInfo());
    assertEquals(List.of(RUNTIME), answer.compatibleRuntimes());
    assertEquals(Packages.sha256(packages.layer()), answer.content().codeSha256());
    assertEquals(packages.layer().length, answer.content().codeSize());
    GetLayerVersionResponse first =
        lambda.getLayerVersion(r -> r.layerName(name).versionNumber(1L));
    assertArrayEquals(packages.layer(), fetch(first.content().location()));
    assertEquals("words", lambda.getLayerVersionByArn(r -> r.arn(layerArn + ":1")).description());
    publishLayer();
    List<Long> newest =
        lambda.listLayersPaginator(r -> r.maxItems(1)).layers().stream()
            .filter(each -> each.layerName().equals(name))
            .map(each -> each.latestMatchingVersion().version())
            .toList();
    assertEquals(List.of(2L), newest);
    List<Long> versions =
        lambda
            .listLayerVersionsPaginator(r -> r.layerName(name).maxItems(1))
            .layerVersions()
            .stream()
            .map(LayerVersionsListItem::version)
            .toList();
    assertEquals(List.of(2L, 1L), versions);
    UpdateFunctionConfigurationResponse configuration =
        lambda.updateFunctionConfiguration(r -> r.functionName(name).layers(layerArn + ":1"));
    assertEquals(layerArn + ":1", configuration.layers().get(0).arn());
    assertEquals(packages.layer().length, configuration.layers().get(0).codeSize());
    updated();
    assertEquals("from the layer", invoke("{\"do\":\"layer\"}").result().asText());
    for (long version : List.of(1L, 2L)) {
      lambda.deleteLayerVersion(r -> r.layerName(name).versionNumber(version));
    }
    assertEquals("from the layer", invoke("{\"do\":\"layer\"}").result().asText());
    refused(
        ResourceNotFoundException.class,
        ABSENT,
        () -> lambda.getLayerVersion(r -> r.layerName(name).versionNumber(1L)));
    lambda.updateFunctionConfiguration(r -> r.functionName(name).layers(List.of()));
    updated();
  }

  private void listAndPage() {
    List<String> names = Stream.of(0, 1, 2).map(number -> name + "-" + number).toList();
    for (String each : names) {
      lambda.createFunction(
          r ->
              r.functionName(each)
                  .runtime(RUNTIME)
                  .role(ROLE)
                  .handler("app.handler")
                  .code(code -> code.zipFile(one())));
    }
    List<String> listed =
        lambda.listFunctionsPaginator(r -> r.maxItems(1)).functions().stream()
            .map(FunctionConfiguration::functionName)
            .filter(each -> each.startsWith(name))
            .toList();
    assertEquals(Stream.concat(Stream.of(name), names.stream()).toList(), listed);
    List<String> versions =
        lambda
            .listFunctionsPaginator(r -> r.maxItems(2).functionVersion(FunctionVersion.ALL))
            .functions()
            .stream()
            .filter(each -> each.functionName().equals(name))
            .map(FunctionConfiguration::version)
            .toList();
    assertEquals(List.of("$LATEST", "1", "2"), versions);
    names.forEach(each -> lambda.deleteFunction(r -> r.functionName(each)));
  }

  private void codeSigning() {
    var answer = lambda.getFunctionCodeSigningConfig(r -> r.functionName(name));
    assertEquals(name, answer.functionName());
    assertTrue(
        answer.codeSigningConfigArn() == null || answer.codeSigningConfigArn().isEmpty(),
        answer::toString);
    String signed = name + "-signed";
    String config =
        "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0";
    lambda.createFunction(
        r ->
            r.functionName(signed)
                .role(ROLE)
                .runtime(RUNTIME)
                .handler("app.handler")
                .codeSigningConfigArn(config)
                .code(c -> c.zipFile(one())));
    assertEquals(
        config,
        lambda.getFunctionCodeSigningConfig(r -> r.functionName(signed)).codeSigningConfigArn());
    lambda.deleteFunction(r -> r.functionName(signed));
  }

  private void eventInvokeConfig() throws Exception {
    String absent = "The function " + arn + ":$LATEST doesn't have an EventInvokeConfig";
    refused(
        ResourceNotFoundException.class,
        absent,
        () -> lambda.getFunctionEventInvokeConfig(r -> r.functionName(name)));
    PutFunctionEventInvokeConfigResponse answer =
        lambda.putFunctionEventInvokeConfig(
            r -> r.functionName(name).maximumRetryAttempts(1).maximumEventAgeInSeconds(120));
    assertEquals(arn + ":$LATEST", answer.functionArn());
    assertEquals(1, answer.maximumRetryAttempts());
    assertEquals(
        120,
        lambda.getFunctionEventInvokeConfig(r -> r.functionName(name)).maximumEventAgeInSeconds());
    lambda.updateFunctionEventInvokeConfig(r -> r.functionName(name).maximumRetryAttempts(0));
    List<FunctionEventInvokeConfig> listed =
        lambda
            .listFunctionEventInvokeConfigsPaginator(r -> r.functionName(name).maxItems(1))
            .functionEventInvokeConfigs()
            .stream()
            .toList();
    assertEquals(1, listed.size());
    assertEquals(0, listed.get(0).maximumRetryAttempts());
    assertEquals(120, listed.get(0).maximumEventAgeInSeconds());
    recordsAreTold();
    lambda.deleteFunctionEventInvokeConfig(r -> r.functionName(name));
    refused(
        ResourceNotFoundException.class,
        absent,
        () -> lambda.getFunctionEventInvokeConfig(r -> r.functionName(name)));
  }

  /** Another function is told of what became of events, and leaves that in its tags. */
  private void recordsAreTold() throws Exception {
    String told = name + "-told";
    lambda.createFunction(
        r ->
            r.functionName(told)
                .role(ROLE)
                .runtime(RUNTIME)
                .handler("app.handler")
                .code(code -> code.zipFile(one())));
    lambda.waiter().waitUntilFunctionActiveV2(r -> r.functionName(told));
    lambda.updateFunctionEventInvokeConfig(
        r ->
            r.functionName(name)
                .destinationConfig(to -> to.onFailure(where -> where.destination(arn + "-told"))));
    invokeAs(InvocationType.EVENT, "{\"do\":\"fail\",\"key\":\"failed\"}");
    tagged("failed", "RetriesExhausted 1");
    lambda.updateFunctionEventInvokeConfig(
        r ->
            r.functionName(name)
                .destinationConfig(to -> to.onSuccess(where -> where.destination(arn + "-told"))));
    invokeAs(InvocationType.EVENT, "{\"key\":\"done\"}");
    tagged("done", "Success 1");
    lambda.deleteFunction(r -> r.functionName(told));
  }

  private void tagged(String key, String value) throws Exception {
    eventually(
        value, () -> value.equals(lambda.listTags(r -> r.resource(arn + "-told")).tags().get(key)));
  }

  private CreateFunctionUrlConfigResponse createUrl() {
    return lambda.createFunctionUrlConfig(
        r ->
            r.functionName(name)
                .authType(FunctionUrlAuthType.NONE)
                .cors(cors -> cors.allowOrigins("*").maxAge(5)));
  }

  private void functionUrls() {
    refused(
        ResourceNotFoundException.class,
        ABSENT,
        () -> lambda.getFunctionUrlConfig(r -> r.functionName(name)));
    CreateFunctionUrlConfigResponse answer = createUrl();
    assertEquals(arn, answer.functionArn());
    assertTrue(answer.functionUrl().startsWith("http"), answer::toString);
    refused(
        ResourceConflictException.class,
        "Failed to create function url config for [functionArn = "
            + arn
            + "]. Error message:  FunctionUrlConfig exists for this Lambda function",
        this::createUrl);
    GetFunctionUrlConfigResponse found = lambda.getFunctionUrlConfig(r -> r.functionName(name));
    assertEquals(List.of("*"), found.cors().allowOrigins());
    assertEquals(5, found.cors().maxAge());
    assertEquals(InvokeMode.BUFFERED, found.invokeMode());
    lambda.updateFunctionUrlConfig(r -> r.functionName(name).authType(FunctionUrlAuthType.AWS_IAM));
    List<FunctionUrlConfig> listed =
        lambda
            .listFunctionUrlConfigsPaginator(r -> r.functionName(name).maxItems(1))
            .functionUrlConfigs()
            .stream()
            .toList();
    assertEquals(1, listed.size());
    assertEquals(FunctionUrlAuthType.AWS_IAM, listed.get(0).authType());
    lambda.deleteFunctionUrlConfig(r -> r.functionName(name));
    refused(
        ResourceNotFoundException.class,
        ABSENT,
        () -> lambda.getFunctionUrlConfig(r -> r.functionName(name)));
  }

  private void provision(int environments) {
    assertEquals(
        ProvisionedConcurrencyStatusEnum.IN_PROGRESS,
        lambda
            .putProvisionedConcurrencyConfig(
                r ->
                    r.functionName(name)
                        .qualifier("2")
                        .provisionedConcurrentExecutions(environments))
            .status());
  }

  private void provisionedConcurrency() {
    String absent = "No Provisioned Concurrency Config found for this function";
    refused(
        ProvisionedConcurrencyConfigNotFoundException.class,
        absent,
        () -> lambda.getProvisionedConcurrencyConfig(r -> r.functionName(name).qualifier("2")));
    provision(2);
    assertEquals(
        2,
        lambda
            .getProvisionedConcurrencyConfig(r -> r.functionName(name).qualifier("2"))
            .requestedProvisionedConcurrentExecutions());
    provision(3);
    List<ProvisionedConcurrencyConfigListItem> listed =
        lambda
            .listProvisionedConcurrencyConfigsPaginator(r -> r.functionName(name).maxItems(1))
            .provisionedConcurrencyConfigs()
            .stream()
            .toList();
    assertEquals(1, listed.size());
    assertEquals(arn + ":2", listed.get(0).functionArn());
    assertEquals(3, listed.get(0).requestedProvisionedConcurrentExecutions());
    lambda.deleteProvisionedConcurrencyConfig(r -> r.functionName(name).qualifier("2"));
    refused(
        ProvisionedConcurrencyConfigNotFoundException.class,
        absent,
        () -> lambda.getProvisionedConcurrencyConfig(r -> r.functionName(name).qualifier("2")));
  }

  private UpdateRuntimeOn runtimeUpdates() {
    return lambda.getRuntimeManagementConfig(r -> r.functionName(name)).updateRuntimeOn();
  }

  private void runtimeManagement() {
    assertEquals(UpdateRuntimeOn.AUTO, runtimeUpdates());
    lambda.putRuntimeManagementConfig(
        r -> r.functionName(name).updateRuntimeOn(UpdateRuntimeOn.FUNCTION_UPDATE));
    assertEquals(UpdateRuntimeOn.FUNCTION_UPDATE, runtimeUpdates());
    lambda.putRuntimeManagementConfig(
        r -> r.functionName(name).updateRuntimeOn(UpdateRuntimeOn.AUTO));
    assertEquals(UpdateRuntimeOn.AUTO, runtimeUpdates());
  }

  private RecursiveLoop recursiveLoop() {
    return lambda.getFunctionRecursionConfig(r -> r.functionName(name)).recursiveLoop();
  }

  private void recursion() {
    assertEquals(RecursiveLoop.TERMINATE, recursiveLoop());
    lambda.putFunctionRecursionConfig(r -> r.functionName(name).recursiveLoop(RecursiveLoop.ALLOW));
    assertEquals(RecursiveLoop.ALLOW, recursiveLoop());
    lambda.putFunctionRecursionConfig(
        r -> r.functionName(name).recursiveLoop(RecursiveLoop.TERMINATE));
    assertEquals(RecursiveLoop.TERMINATE, recursiveLoop());
  }

  private void otherOwners() {
    refused(
        ResourceNotFoundException.class,
        "Function not found: " + arn.replace("us-east-1", "eu-west-1"),
        () -> elsewhere.getFunction(r -> r.functionName(name)));
    refused(
        ResourceNotFoundException.class,
        "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
        () -> elsewhere.getFunction(r -> r.functionName(arn)));
    refused(
        LambdaException.class,
        "",
        () -> lambda.getFunction(r -> r.functionName(arn.replace("123456789012", "210987654321"))));
  }

  private void createWrong(int timeout, String handler, String runtime, SdkBytes code) {
    lambda.createFunction(
        r ->
            r.functionName(name + "-x")
                .role(ROLE)
                .timeout(timeout)
                .handler(handler)
                .runtime(runtime)
                .code(c -> c.zipFile(code)));
  }

  private void invalidValues() {
    String python = RUNTIME.toString();
    refused(
        LambdaException.class,
        "1 validation error detected: Value 'not a name!' at 'functionName' failed to satisfy"
            + " constraint: Member must satisfy regular expression pattern: …",
        () -> lambda.getFunction(r -> r.functionName("not a name!")));
    refused(
        LambdaException.class,
        "1 validation error detected: Value '999999' at 'timeout' failed to satisfy constraint:"
            + " Member must have value less than or equal to …",
        () -> createWrong(999_999, "app.handler", python, one()));
    refused(
        LambdaException.class,
        "2 validation errors detected: Value …",
        () -> createWrong(999_999, "with blanks in it", python, one()));
    refused(
        InvalidParameterValueException.class,
        "Value cobol85 at 'runtime' failed to satisfy constraint: Member must satisfy enum value"
            + " set: …",
        () -> createWrong(3, "app.handler", "cobol85", one()));
    refused(
        InvalidParameterValueException.class,
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
        () -> createWrong(3, "app.handler", python, SdkBytes.fromUtf8String("no zip")));
  }

  private void delete() {
    refused(
        InvalidParameterValueException.class,
        "$LATEST version cannot be deleted without deleting the function.",
        () -> lambda.deleteFunction(r -> r.functionName(name).qualifier("$LATEST")));
    lambda.deleteAlias(r -> r.functionName(name).name("next"));
    refused(
        ResourceNotFoundException.class,
        "Cannot find alias arn: " + arn + ":next",
        () -> lambda.getAlias(r -> r.functionName(name).name("next")));
    lambda.deleteFunction(r -> r.functionName(name).qualifier("1"));
    refused(
        ResourceNotFoundException.class,
        "Function not found: " + arn + ":1",
        () -> lambda.getFunction(r -> r.functionName(name).qualifier("1")));
    lambda.deleteFunction(r -> r.functionName(name));
    String gone = "Function not found: " + arn;
    refused(
        ResourceNotFoundException.class, gone, () -> lambda.getFunction(r -> r.functionName(name)));
    refused(
        ResourceNotFoundException.class,
        gone,
        () -> lambda.deleteFunction(r -> r.functionName(name)));
    refused(
        ResourceNotFoundException.class,
        gone,
        () -> lambda.listVersionsByFunction(r -> r.functionName(name)));
    refused(
        ResourceNotFoundException.class,
        gone,
        () -> lambda.updateFunctionCode(r -> r.functionName(name).zipFile(one())));
  }
}
