package io.ringmaster.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.ringmaster.grpc.client.RefusedException;
import io.ringmaster.grpc.v1.Alias;
import io.ringmaster.grpc.v1.CreateAliasRequest;
import io.ringmaster.grpc.v1.CreateFunctionRequest;
import io.ringmaster.grpc.v1.DeleteAliasRequest;
import io.ringmaster.grpc.v1.DeleteFunctionConcurrencyRequest;
import io.ringmaster.grpc.v1.DeleteFunctionRequest;
import io.ringmaster.grpc.v1.Environment;
import io.ringmaster.grpc.v1.FunctionConfiguration;
import io.ringmaster.grpc.v1.FunctionServiceGrpc;
import io.ringmaster.grpc.v1.FunctionSettings;
import io.ringmaster.grpc.v1.GetAliasRequest;
import io.ringmaster.grpc.v1.GetFunctionConcurrencyRequest;
import io.ringmaster.grpc.v1.GetFunctionRequest;
import io.ringmaster.grpc.v1.GetFunctionResponse;
import io.ringmaster.grpc.v1.ListAliasesRequest;
import io.ringmaster.grpc.v1.ListFunctionsRequest;
import io.ringmaster.grpc.v1.ListFunctionsResponse;
import io.ringmaster.grpc.v1.ListVersionsByFunctionRequest;
import io.ringmaster.grpc.v1.ListVersionsByFunctionResponse;
import io.ringmaster.grpc.v1.PublishVersionRequest;
import io.ringmaster.grpc.v1.PutFunctionConcurrencyRequest;
import io.ringmaster.grpc.v1.RoutingConfig;
import io.ringmaster.grpc.v1.UpdateAliasRequest;
import io.ringmaster.grpc.v1.UpdateFunctionCodeRequest;
import io.ringmaster.grpc.v1.UpdateFunctionConfigurationRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of a function, from create to delete. */
class FunctionTest {
  private World world;
  private FunctionServiceGrpc.FunctionServiceBlockingStub functions;

  @BeforeEach
  void open() throws IOException {
    world = new World();
    functions = FunctionServiceGrpc.newBlockingStub(world.client.channel());
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static byte[] zip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("app.py"));
      zip.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] zip(String content) throws IOException {
    return zip(content.getBytes(StandardCharsets.UTF_8));
  }

  private static CreateFunctionRequest.Builder creation(String name) {
    return CreateFunctionRequest.newBuilder()
        .setFunctionName(name)
        .putTags("team", "a")
        .setSettings(
            FunctionSettings.newBuilder()
                .setRuntime("python3.13")
                .setHandler("app.handler")
                .setRole("arn:aws:iam::123456789012:role/r")
                .setTimeout(7)
                .setEnvironment(Environment.newBuilder().putVariables("KEY", "value")));
  }

  private FunctionConfiguration create(String name) throws IOException {
    return world.client.createFunction(creation(name).build(), zip(name));
  }

  private static RefusedException refused(Supplier<?> call) {
    Throwable thrown = assertThrows(RuntimeException.class, call::get);
    return thrown instanceof RefusedException refused ? refused : RefusedException.of(thrown);
  }

  @Test
  void aFunctionIsCreatedDescribedChangedAndDeleted() throws IOException {
    FunctionConfiguration created = create("made");
    assertEquals("arn:aws:lambda:us-east-1:123456789012:function:made", created.getFunctionArn());
    assertEquals("python3.13", created.getRuntime());
    assertEquals(7, created.getTimeout());
    assertEquals(128, created.getMemorySize());
    assertEquals("value", created.getEnvironmentMap().get("KEY"));
    assertEquals("/aws/lambda/made", created.getLoggingConfig().getLogGroup());
    assertTrue(
        created
            .getLastModified()
            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+0000"),
        created.getLastModified());

    RefusedException exists = assertThrows(RefusedException.class, () -> create("made"));
    assertEquals(Status.Code.ALREADY_EXISTS, exists.grpcCode());
    assertEquals("ResourceConflictException: Function already exist: made", exists.getMessage());

    GetFunctionRequest which = GetFunctionRequest.newBuilder().setFunctionName("made").build();
    GetFunctionResponse found = functions.getFunction(which);
    assertEquals("a", found.getTagsMap().get("team"));
    assertFalse(found.hasReservedConcurrentExecutions());

    FunctionConfiguration changed =
        functions
            .updateFunctionConfiguration(
                UpdateFunctionConfigurationRequest.newBuilder()
                    .setFunctionName("made")
                    .setSettings(FunctionSettings.newBuilder().setMemorySize(512))
                    .build())
            .getConfiguration();
    assertEquals(512, changed.getMemorySize());
    assertEquals(7, changed.getTimeout(), "what is not set stays");

    RefusedException stale =
        refused(
            () ->
                functions.updateFunctionConfiguration(
                    UpdateFunctionConfigurationRequest.newBuilder()
                        .setFunctionName("made")
                        .setRevisionId(created.getRevisionId())
                        .build()));
    assertEquals(Status.Code.ABORTED, stale.grpcCode());
    assertEquals("PreconditionFailedException", stale.code());

    FunctionConfiguration updated =
        world.client.updateFunctionCode(
            UpdateFunctionCodeRequest.newBuilder().setFunctionName("made").build(), zip("other"));
    assertFalse(updated.getCodeSha256().equals(created.getCodeSha256()));

    functions.deleteFunction(DeleteFunctionRequest.newBuilder().setFunctionName("made").build());
    RefusedException gone = refused(() -> functions.getFunction(which));
    assertEquals(Status.Code.NOT_FOUND, gone.grpcCode());
    assertEquals("ResourceNotFoundException", gone.code());
  }

  @Test
  void versionsAndAliases() throws IOException {
    create("made");
    PublishVersionRequest publish =
        PublishVersionRequest.newBuilder().setFunctionName("made").build();
    assertEquals("1", functions.publishVersion(publish).getConfiguration().getVersion());
    world.client.updateFunctionCode(
        UpdateFunctionCodeRequest.newBuilder().setFunctionName("made").build(), zip("other"));
    assertEquals("2", functions.publishVersion(publish).getConfiguration().getVersion());

    ListVersionsByFunctionResponse first =
        functions.listVersionsByFunction(
            ListVersionsByFunctionRequest.newBuilder()
                .setFunctionName("made")
                .setMaxItems(2)
                .build());
    assertEquals(2, first.getVersionsCount());
    ListVersionsByFunctionResponse second =
        functions.listVersionsByFunction(
            ListVersionsByFunctionRequest.newBuilder()
                .setFunctionName("made")
                .setMarker(first.getNextMarker())
                .build());
    assertEquals("2", second.getVersions(0).getVersion());
    assertEquals("", second.getNextMarker());

    CreateAliasRequest creation =
        CreateAliasRequest.newBuilder()
            .setFunctionName("made")
            .setName("live")
            .setFunctionVersion("1")
            .setRoutingConfig(RoutingConfig.newBuilder().putAdditionalVersionWeights("2", 0.25))
            .build();
    Alias alias = functions.createAlias(creation).getAlias();
    assertEquals(0.25, alias.getAdditionalVersionWeightsMap().get("2"));
    ListAliasesRequest ofSecond =
        ListAliasesRequest.newBuilder().setFunctionName("made").setFunctionVersion("2").build();
    assertEquals(List.of(alias), functions.listAliases(ofSecond).getAliasesList());
    assertEquals(
        Status.Code.ALREADY_EXISTS, refused(() -> functions.createAlias(creation)).grpcCode());
    Alias moved =
        functions
            .updateAlias(
                UpdateAliasRequest.newBuilder()
                    .setFunctionName("made")
                    .setName("live")
                    .setDescription("stays")
                    .setRoutingConfig(RoutingConfig.getDefaultInstance())
                    .build())
            .getAlias();
    assertEquals("1", moved.getFunctionVersion());
    assertEquals(0, moved.getAdditionalVersionWeightsCount());
    GetAliasRequest which =
        GetAliasRequest.newBuilder().setFunctionName("made").setName("live").build();
    assertEquals("stays", functions.getAlias(which).getAlias().getDescription());
    assertEquals(0, functions.listAliases(ofSecond).getAliasesCount());
    functions.deleteAlias(
        DeleteAliasRequest.newBuilder().setFunctionName("made").setName("live").build());
    assertEquals(Status.Code.NOT_FOUND, refused(() -> functions.getAlias(which)).grpcCode());
  }

  @Test
  void reservedConcurrency() throws IOException {
    create("made");
    GetFunctionConcurrencyRequest which =
        GetFunctionConcurrencyRequest.newBuilder().setFunctionName("made").build();
    assertFalse(functions.getFunctionConcurrency(which).hasReservedConcurrentExecutions());
    functions.putFunctionConcurrency(
        PutFunctionConcurrencyRequest.newBuilder()
            .setFunctionName("made")
            .setReservedConcurrentExecutions(0)
            .build());
    assertTrue(functions.getFunctionConcurrency(which).hasReservedConcurrentExecutions());
    functions.deleteFunctionConcurrency(
        DeleteFunctionConcurrencyRequest.newBuilder().setFunctionName("made").build());
    assertFalse(functions.getFunctionConcurrency(which).hasReservedConcurrentExecutions());
  }

  @Test
  void functionsAreListedInPages() throws IOException {
    for (int i = 0; i < 5; i++) {
      create("page-" + i);
    }
    StringBuilder names = new StringBuilder();
    String marker = "";
    do {
      ListFunctionsResponse page =
          functions.listFunctions(
              ListFunctionsRequest.newBuilder().setMaxItems(3).setMarker(marker).build());
      assertTrue(page.getFunctionsCount() <= 3);
      page.getFunctionsList().forEach(each -> names.append(each.getFunctionName()).append(' '));
      marker = page.getNextMarker();
    } while (!marker.isEmpty());
    assertEquals("echo fails gated page-0 page-1 page-2 page-3 page-4 ", names.toString());
    RefusedException negative =
        refused(
            () ->
                functions.listFunctions(ListFunctionsRequest.newBuilder().setMaxItems(-1).build()));
    assertEquals("ValidationException", negative.code());
  }

  @Test
  void ownersAreKeptApart() throws IOException {
    create("made");
    Metadata headers = new Metadata();
    headers.put(Owners.ACCOUNT, "210987654321");
    FunctionServiceGrpc.FunctionServiceBlockingStub others =
        functions.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    assertEquals(
        0, others.listFunctions(ListFunctionsRequest.getDefaultInstance()).getFunctionsCount());
  }

  @Test
  void aPackageComesInManyMessages() throws IOException {
    byte[] content = new byte[20_000_000];
    new Random(1).nextBytes(content);
    byte[] zip = zip(content);
    FunctionConfiguration created = world.client.createFunction(creation("large").build(), zip);
    assertEquals(zip.length, created.getCodeSize());
  }

  @Test
  void aPackageThatIsTooLargeIsRefusedBeforeItsEnd() {
    byte[] tooLarge = new byte[52_428_801];
    RefusedException refused =
        assertThrows(
            RefusedException.class,
            () -> world.client.createFunction(creation("large").build(), tooLarge));
    assertEquals(413, refused.statusCode());
    assertEquals(
        "RequestEntityTooLargeException: Zipped size must be smaller than 52428800 bytes",
        refused.getMessage());
  }

  @Test
  void withoutANameNothingIsFound() {
    assertEquals(
        "ValidationException",
        refused(() -> functions.getFunction(GetFunctionRequest.getDefaultInstance())).code());
    assertEquals(
        "ValidationException",
        assertThrows(
                RefusedException.class,
                () ->
                    world.client.createFunction(
                        CreateFunctionRequest.newBuilder().setZipFile(ByteString.EMPTY).build(),
                        new byte[0]))
            .code());
  }
}
