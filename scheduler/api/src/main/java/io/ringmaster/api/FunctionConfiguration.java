package io.ringmaster.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One version of a function as Lambda describes it.
 *
 * @param functionName name
 * @param functionArn ARN, as AWS qualifies it in the answer it is part of: with the qualifier that
 *     was asked for, or the version
 * @param version {@code $LATEST} or a number
 * @param runtime runtime identifier
 * @param handler handler; null for in-JVM code
 * @param layers the layers, in the order in which they are merged
 * @param role execution role ARN
 * @param description never null
 * @param memoryMb MiB
 * @param timeoutSeconds seconds
 * @param ephemeralStorageMb MiB
 * @param environment the function's variables
 * @param architectures one element
 * @param logFormat {@code Text} or {@code JSON}
 * @param applicationLogLevel null with Text
 * @param systemLogLevel null with Text
 * @param codeSha256 SHA-256 of the package in Base64; empty for in-JVM code
 * @param codeSize bytes of the package; 0 for in-JVM code
 * @param lastModified when this version was last changed
 * @param revisionId changes with every change
 * @param documents see {@link FunctionSpec#documents()}
 * @param logGroup where its lines go
 * @param state {@code Pending} or {@code Active}
 * @param stateReason null when active
 * @param stateReasonCode null when active
 * @param lastUpdateStatus {@code InProgress} or {@code Successful}; null while it is pending
 * @param lastUpdateStatusReason null unless in progress
 * @param lastUpdateStatusReasonCode null unless in progress
 */
public record FunctionConfiguration(
    String functionName,
    String functionArn,
    String version,
    String runtime,
    String handler,
    List<Layer> layers,
    String role,
    String description,
    int memoryMb,
    int timeoutSeconds,
    int ephemeralStorageMb,
    Map<String, String> environment,
    List<String> architectures,
    String logFormat,
    String applicationLogLevel,
    String systemLogLevel,
    String codeSha256,
    long codeSize,
    Instant lastModified,
    String revisionId,
    Map<String, String> documents,
    String logGroup,
    String state,
    String stateReason,
    String stateReasonCode,
    String lastUpdateStatus,
    String lastUpdateStatusReason,
    String lastUpdateStatusReasonCode) {

  /**
   * One layer.
   *
   * @param arn ARN of the layer version; null: given inline
   * @param codeSha256 SHA-256 of its package in Base64
   * @param codeSize bytes of its package
   */
  public record Layer(String arn, String codeSha256, long codeSize) {}
}
