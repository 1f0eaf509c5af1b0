package io.ringmaster.grpc;

import io.ringmaster.api.Alias;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.grpc.v1.FunctionSettings;
import io.ringmaster.grpc.v1.Layer;
import io.ringmaster.grpc.v1.LoggingConfig;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Configurations of the engine from messages, and messages from them. */
final class Configurations {
  private static final DateTimeFormatter LAST_MODIFIED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'+0000'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Configurations() {}

  /** Puts what is set into a specification. */
  static FunctionSpec.Builder apply(FunctionSettings settings, FunctionSpec.Builder to) {
    if (settings.hasRuntime()) {
      to.runtime(settings.getRuntime());
    }
    if (settings.hasHandler()) {
      to.handler(settings.getHandler());
    }
    if (settings.hasRole()) {
      to.role(settings.getRole());
    }
    if (settings.hasDescription()) {
      to.description(settings.getDescription());
    }
    if (settings.hasTimeout()) {
      to.timeoutSeconds(settings.getTimeout());
    }
    if (settings.hasMemorySize()) {
      to.memoryMb(settings.getMemorySize());
    }
    if (settings.hasEphemeralStorageSize()) {
      to.ephemeralStorageMb(settings.getEphemeralStorageSize());
    }
    if (settings.hasEnvironment()) {
      to.environment(settings.getEnvironment().getVariablesMap());
    }
    if (settings.hasLayers()) {
      to.layerArns(settings.getLayers().getArnsList());
    }
    if (settings.hasLoggingConfig()) {
      apply(settings.getLoggingConfig(), to);
    }
    return to;
  }

  private static void apply(LoggingConfig logging, FunctionSpec.Builder to) {
    if (!logging.getLogFormat().isEmpty()) {
      to.logFormat(logging.getLogFormat());
    }
    to.applicationLogLevel(Answers.orNull(logging.getApplicationLogLevel()));
    to.systemLogLevel(Answers.orNull(logging.getSystemLogLevel()));
    to.logGroup(Answers.orNull(logging.getLogGroup()));
  }

  static io.ringmaster.grpc.v1.FunctionConfiguration message(FunctionConfiguration from) {
    io.ringmaster.grpc.v1.FunctionConfiguration.Builder to =
        io.ringmaster.grpc.v1.FunctionConfiguration.newBuilder()
            .setFunctionName(from.functionName())
            .setFunctionArn(from.functionArn())
            .setVersion(from.version())
            .setRuntime(orEmpty(from.runtime()))
            .setHandler(orEmpty(from.handler()))
            .setRole(orEmpty(from.role()))
            .setDescription(orEmpty(from.description()))
            .setTimeout(from.timeoutSeconds())
            .setMemorySize(from.memoryMb())
            .setEphemeralStorageSize(from.ephemeralStorageMb())
            .putAllEnvironment(from.environment())
            .addAllArchitectures(from.architectures())
            .setLoggingConfig(
                LoggingConfig.newBuilder()
                    .setLogFormat(orEmpty(from.logFormat()))
                    .setApplicationLogLevel(orEmpty(from.applicationLogLevel()))
                    .setSystemLogLevel(orEmpty(from.systemLogLevel()))
                    .setLogGroup(orEmpty(from.logGroup())))
            .setCodeSha256(orEmpty(from.codeSha256()))
            .setCodeSize(from.codeSize())
            .setLastModified(LAST_MODIFIED.format(from.lastModified()))
            .setRevisionId(orEmpty(from.revisionId()))
            .setState(orEmpty(from.state()))
            .setStateReason(orEmpty(from.stateReason()))
            .setStateReasonCode(orEmpty(from.stateReasonCode()))
            .setLastUpdateStatus(orEmpty(from.lastUpdateStatus()))
            .setLastUpdateStatusReason(orEmpty(from.lastUpdateStatusReason()))
            .setLastUpdateStatusReasonCode(orEmpty(from.lastUpdateStatusReasonCode()));
    for (FunctionConfiguration.Layer layer : from.layers()) {
      to.addLayers(Layer.newBuilder().setArn(orEmpty(layer.arn())).setCodeSize(layer.codeSize()));
    }
    return to.build();
  }

  static io.ringmaster.grpc.v1.Alias message(Alias from) {
    return io.ringmaster.grpc.v1.Alias.newBuilder()
        .setAliasArn(from.arn())
        .setName(from.name())
        .setFunctionVersion(from.functionVersion())
        .setDescription(orEmpty(from.description()))
        .putAllAdditionalVersionWeights(from.additionalVersionWeights())
        .setRevisionId(orEmpty(from.revisionId()))
        .build();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
