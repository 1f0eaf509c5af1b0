package io.ringmaster.grpc;

import static io.ringmaster.grpc.Answers.orNull;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.ringmaster.api.Alias;
import io.ringmaster.api.CodeUpdate;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionOverview;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Page;
import io.ringmaster.api.PublishRequest;
import io.ringmaster.api.Refusal;
import io.ringmaster.grpc.v1.CreateAliasRequest;
import io.ringmaster.grpc.v1.CreateAliasResponse;
import io.ringmaster.grpc.v1.CreateFunctionRequest;
import io.ringmaster.grpc.v1.CreateFunctionResponse;
import io.ringmaster.grpc.v1.DeleteAliasRequest;
import io.ringmaster.grpc.v1.DeleteAliasResponse;
import io.ringmaster.grpc.v1.DeleteFunctionConcurrencyRequest;
import io.ringmaster.grpc.v1.DeleteFunctionConcurrencyResponse;
import io.ringmaster.grpc.v1.DeleteFunctionRequest;
import io.ringmaster.grpc.v1.DeleteFunctionResponse;
import io.ringmaster.grpc.v1.FunctionServiceGrpc;
import io.ringmaster.grpc.v1.GetAliasRequest;
import io.ringmaster.grpc.v1.GetAliasResponse;
import io.ringmaster.grpc.v1.GetFunctionConcurrencyRequest;
import io.ringmaster.grpc.v1.GetFunctionConcurrencyResponse;
import io.ringmaster.grpc.v1.GetFunctionRequest;
import io.ringmaster.grpc.v1.GetFunctionResponse;
import io.ringmaster.grpc.v1.ListAliasesRequest;
import io.ringmaster.grpc.v1.ListAliasesResponse;
import io.ringmaster.grpc.v1.ListFunctionsRequest;
import io.ringmaster.grpc.v1.ListFunctionsResponse;
import io.ringmaster.grpc.v1.ListVersionsByFunctionRequest;
import io.ringmaster.grpc.v1.ListVersionsByFunctionResponse;
import io.ringmaster.grpc.v1.PublishVersionRequest;
import io.ringmaster.grpc.v1.PublishVersionResponse;
import io.ringmaster.grpc.v1.PutFunctionConcurrencyRequest;
import io.ringmaster.grpc.v1.PutFunctionConcurrencyResponse;
import io.ringmaster.grpc.v1.UpdateAliasRequest;
import io.ringmaster.grpc.v1.UpdateAliasResponse;
import io.ringmaster.grpc.v1.UpdateFunctionCodeRequest;
import io.ringmaster.grpc.v1.UpdateFunctionCodeResponse;
import io.ringmaster.grpc.v1.UpdateFunctionConfigurationRequest;
import io.ringmaster.grpc.v1.UpdateFunctionConfigurationResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Functions, versions, aliases and reserved concurrency: messages to the engine's operations and
 * back. The operations run on the threads of {@link Management}.
 */
final class FunctionIngress extends FunctionServiceGrpc.FunctionServiceImplBase {
  private static final int PAGE_MAX = 50;

  private final Management management;
  private final Upload.Budget budget = new Upload.Budget();
  private final IngressLoops loops;

  FunctionIngress(Management management, IngressLoops loops) {
    this.management = management;
    this.loops = loops;
  }

  // ---- functions ----

  @Override
  public StreamObserver<CreateFunctionRequest> createFunction(
      StreamObserver<CreateFunctionResponse> answer) {
    return new Upload<>(
        budget,
        loops.current().executor(),
        answer,
        CreateFunctionRequest::getZipFile,
        (request, zip) ->
            management.begin(
                answer,
                Status.Code.ALREADY_EXISTS,
                zip::release,
                functions ->
                    CreateFunctionResponse.newBuilder()
                        .setConfiguration(
                            Configurations.message(create(functions, request, zip.bytes())))
                        .build()));
  }

  private static FunctionConfiguration create(
      Functions functions, CreateFunctionRequest request, byte[] zip) {
    FunctionSpec.Builder spec =
        FunctionSpec.named(named(request.getFunctionName()))
            .code(FunctionCode.zip(zip))
            .publish(request.getPublish())
            .tags(request.getTagsMap())
            .architectures(request.getArchitecturesList());
    return functions.create(Configurations.apply(request.getSettings(), spec).build());
  }

  @Override
  public void getFunction(GetFunctionRequest request, StreamObserver<GetFunctionResponse> answer) {
    management.run(
        answer,
        functions -> {
          FunctionOverview found =
              functions.describe(named(request.getFunctionName()), orNull(request.getQualifier()));
          GetFunctionResponse.Builder response =
              GetFunctionResponse.newBuilder()
                  .setConfiguration(Configurations.message(found.configuration()))
                  .putAllTags(found.tags());
          if (found.reservedConcurrency() >= 0) {
            response.setReservedConcurrentExecutions(found.reservedConcurrency());
          }
          return response.build();
        });
  }

  @Override
  public void listFunctions(
      ListFunctionsRequest request, StreamObserver<ListFunctionsResponse> answer) {
    management.run(
        answer,
        functions -> {
          Page<FunctionConfiguration> page =
              functions.list(orNull(request.getMarker()), pageSize(request.getMaxItems()));
          ListFunctionsResponse.Builder response = ListFunctionsResponse.newBuilder();
          page.items().forEach(item -> response.addFunctions(Configurations.message(item)));
          if (page.more()) {
            response.setNextMarker(page.items().getLast().functionName());
          }
          return response.build();
        });
  }

  @Override
  public StreamObserver<UpdateFunctionCodeRequest> updateFunctionCode(
      StreamObserver<UpdateFunctionCodeResponse> answer) {
    return new Upload<>(
        budget,
        loops.current().executor(),
        answer,
        UpdateFunctionCodeRequest::getZipFile,
        (request, zip) ->
            management.begin(
                answer,
                Status.Code.FAILED_PRECONDITION,
                zip::release,
                functions ->
                    UpdateFunctionCodeResponse.newBuilder()
                        .setConfiguration(
                            Configurations.message(update(functions, request, zip.bytes())))
                        .build()));
  }

  private static FunctionConfiguration update(
      Functions functions, UpdateFunctionCodeRequest request, byte[] zip) {
    return functions.updateCode(
        named(request.getFunctionName()),
        new CodeUpdate(
            FunctionCode.zip(zip),
            request.getArchitecturesCount() == 0 ? null : request.getArchitecturesList(),
            request.getPublish(),
            request.getDryRun(),
            orNull(request.getRevisionId())));
  }

  @Override
  public void updateFunctionConfiguration(
      UpdateFunctionConfigurationRequest request,
      StreamObserver<UpdateFunctionConfigurationResponse> answer) {
    management.run(
        answer,
        functions ->
            UpdateFunctionConfigurationResponse.newBuilder()
                .setConfiguration(
                    Configurations.message(
                        functions.updateConfiguration(
                            named(request.getFunctionName()),
                            present ->
                                Configurations.apply(request.getSettings(), present.toBuilder())
                                    .build(),
                            orNull(request.getRevisionId()))))
                .build());
  }

  @Override
  public void deleteFunction(
      DeleteFunctionRequest request, StreamObserver<DeleteFunctionResponse> answer) {
    management.run(
        answer,
        functions -> {
          String name = named(request.getFunctionName());
          if (request.getQualifier().isEmpty()) {
            functions.delete(name);
          } else {
            functions.deleteVersion(name, request.getQualifier());
          }
          return DeleteFunctionResponse.getDefaultInstance();
        });
  }

  // ---- versions ----

  @Override
  public void publishVersion(
      PublishVersionRequest request, StreamObserver<PublishVersionResponse> answer) {
    management.run(
        answer,
        functions ->
            PublishVersionResponse.newBuilder()
                .setConfiguration(
                    Configurations.message(
                        functions.publishVersion(
                            named(request.getFunctionName()),
                            new PublishRequest(
                                request.hasDescription() ? request.getDescription() : null,
                                orNull(request.getCodeSha256()),
                                orNull(request.getRevisionId())))))
                .build());
  }

  @Override
  public void listVersionsByFunction(
      ListVersionsByFunctionRequest request,
      StreamObserver<ListVersionsByFunctionResponse> answer) {
    management.run(
        answer,
        functions -> {
          Page<FunctionConfiguration> page =
              page(
                  functions.listVersions(named(request.getFunctionName())),
                  request.getMarker(),
                  each -> number(each.version()) > number(request.getMarker()),
                  pageSize(request.getMaxItems()));
          ListVersionsByFunctionResponse.Builder response =
              ListVersionsByFunctionResponse.newBuilder();
          page.items().forEach(item -> response.addVersions(Configurations.message(item)));
          if (page.more()) {
            response.setNextMarker(page.items().getLast().version());
          }
          return response.build();
        });
  }

  // ---- aliases ----

  @Override
  public void createAlias(CreateAliasRequest request, StreamObserver<CreateAliasResponse> answer) {
    management.create(
        answer,
        functions ->
            CreateAliasResponse.newBuilder()
                .setAlias(
                    Configurations.message(
                        functions.createAlias(
                            named(request.getFunctionName()),
                            request.getName(),
                            request.getFunctionVersion(),
                            request.getDescription(),
                            request.hasRoutingConfig()
                                ? request.getRoutingConfig().getAdditionalVersionWeightsMap()
                                : Map.of())))
                .build());
  }

  @Override
  public void getAlias(GetAliasRequest request, StreamObserver<GetAliasResponse> answer) {
    management.run(
        answer,
        functions ->
            GetAliasResponse.newBuilder()
                .setAlias(
                    Configurations.message(
                        functions.getAlias(named(request.getFunctionName()), request.getName())))
                .build());
  }

  @Override
  public void updateAlias(UpdateAliasRequest request, StreamObserver<UpdateAliasResponse> answer) {
    management.run(
        answer,
        functions ->
            UpdateAliasResponse.newBuilder()
                .setAlias(
                    Configurations.message(
                        functions.updateAlias(
                            named(request.getFunctionName()),
                            request.getName(),
                            request.hasFunctionVersion() ? request.getFunctionVersion() : null,
                            request.hasDescription() ? request.getDescription() : null,
                            request.hasRoutingConfig()
                                ? request.getRoutingConfig().getAdditionalVersionWeightsMap()
                                : null,
                            orNull(request.getRevisionId()))))
                .build());
  }

  @Override
  public void listAliases(ListAliasesRequest request, StreamObserver<ListAliasesResponse> answer) {
    management.run(
        answer,
        functions -> {
          String version = request.getFunctionVersion();
          String name = named(request.getFunctionName());
          List<Alias> all =
              version.isEmpty()
                  ? functions.listAliases(name)
                  : functions.listAliases(name, version);
          Page<Alias> page =
              page(
                  all,
                  request.getMarker(),
                  each -> each.name().compareTo(request.getMarker()) > 0,
                  pageSize(request.getMaxItems()));
          ListAliasesResponse.Builder response = ListAliasesResponse.newBuilder();
          page.items().forEach(item -> response.addAliases(Configurations.message(item)));
          if (page.more()) {
            response.setNextMarker(page.items().getLast().name());
          }
          return response.build();
        });
  }

  @Override
  public void deleteAlias(DeleteAliasRequest request, StreamObserver<DeleteAliasResponse> answer) {
    management.run(
        answer,
        functions -> {
          functions.deleteAlias(named(request.getFunctionName()), request.getName());
          return DeleteAliasResponse.getDefaultInstance();
        });
  }

  // ---- reserved concurrency ----

  @Override
  public void putFunctionConcurrency(
      PutFunctionConcurrencyRequest request,
      StreamObserver<PutFunctionConcurrencyResponse> answer) {
    management.run(
        answer,
        functions -> {
          int reserved = request.getReservedConcurrentExecutions();
          functions.putConcurrency(named(request.getFunctionName()), reserved);
          return PutFunctionConcurrencyResponse.newBuilder()
              .setReservedConcurrentExecutions(reserved)
              .build();
        });
  }

  @Override
  public void getFunctionConcurrency(
      GetFunctionConcurrencyRequest request,
      StreamObserver<GetFunctionConcurrencyResponse> answer) {
    management.run(
        answer,
        functions -> {
          int reserved = functions.getConcurrency(named(request.getFunctionName()));
          GetFunctionConcurrencyResponse.Builder response =
              GetFunctionConcurrencyResponse.newBuilder();
          if (reserved >= 0) {
            response.setReservedConcurrentExecutions(reserved);
          }
          return response.build();
        });
  }

  @Override
  public void deleteFunctionConcurrency(
      DeleteFunctionConcurrencyRequest request,
      StreamObserver<DeleteFunctionConcurrencyResponse> answer) {
    management.run(
        answer,
        functions -> {
          functions.deleteConcurrency(named(request.getFunctionName()));
          return DeleteFunctionConcurrencyResponse.getDefaultInstance();
        });
  }

  // ---- what they share ----

  private static String named(String name) {
    if (name.isEmpty()) {
      throw new LambdaException(Answers.nameless());
    }
    if (name.length() > Answers.FUNCTION_CHARACTERS_MAX) {
      throw new LambdaException(
          Answers.tooLong("functionName", name, Answers.FUNCTION_CHARACTERS_MAX));
    }
    return name;
  }

  private static int pageSize(int maxItems) {
    if (maxItems < 0 || maxItems > 10_000) {
      throw new LambdaException(
          new Refusal(
              400,
              "ValidationException",
              "1 validation error detected: Value '"
                  + maxItems
                  + "' at 'maxItems' failed to satisfy constraint: Member must have value "
                  + (maxItems < 0 ? "greater than or equal to 1" : "less than or equal to 10000"),
              null));
    }
    return maxItems == 0 ? PAGE_MAX : Math.min(maxItems, PAGE_MAX);
  }

  /** What comes after a marker. */
  private static <T> Page<T> page(List<T> all, String marker, Predicate<T> after, int size) {
    int begin = 0;
    while (!marker.isEmpty() && begin < all.size() && !after.test(all.get(begin))) {
      begin++;
    }
    int end = Math.min(begin + size, all.size());
    return new Page<>(all.subList(begin, end), end < all.size());
  }

  /** Versions in their order: $LATEST, then by number. */
  private static long number(String version) {
    if (version.equals("$LATEST")) {
      return 0;
    }
    if (!version.matches("[0-9]{1,18}")) {
      throw new LambdaException(Refusal.invalid("Invalid marker."));
    }
    return Long.parseLong(version);
  }
}
