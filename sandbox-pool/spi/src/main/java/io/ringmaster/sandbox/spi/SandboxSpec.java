package io.ringmaster.sandbox.spi;

import java.nio.file.Path;
import java.util.Map;

/**
 * What binding a sandbox to a function version needs to know. Immutable.
 *
 * @param runtime Lambda's runtime identifier, such as {@code python3.13}
 * @param handler the function's handler, such as {@code app.handler}
 * @param code folder with the unpacked package, read-only for the function; null for in-JVM
 *     handlers
 * @param layers folder with the merged content of the function's layers, read-only for the
 *     function: Lambda's {@code /opt}; null without layers
 * @param architecture what the function's native code is made for: {@code x86_64} or {@code arm64}
 * @param environment the function's own variables
 * @param identity names that the function sees
 * @param memoryMb memory size in MiB, 128 to 10,240
 * @param timeoutNs the function's time-out in nanoseconds
 * @param ephemeralStorageMb size of /tmp in MiB, 512 to 10,240
 * @param rawMode the handler takes and returns bytes, without JSON and context object: for channel
 *     benchmarks
 */
public record SandboxSpec(
    String runtime,
    String handler,
    Path code,
    Path layers,
    String architecture,
    Map<String, String> environment,
    Identity identity,
    int memoryMb,
    long timeoutNs,
    int ephemeralStorageMb,
    boolean rawMode) {

  /**
   * @param account 12-digit account id
   * @param region region, such as {@code us-east-1}
   * @param functionName the function's name
   * @param functionVersion {@code $LATEST} or a number
   * @param functionArn unqualified ARN
   * @param logGroup such as {@code /aws/lambda/NAME}
   * @param logFormat {@code Text} or {@code JSON}
   * @param applicationLogLevel {@code TRACE DEBUG INFO WARN ERROR FATAL}; with JSON only, else
   *     empty
   * @param systemLogLevel {@code DEBUG INFO WARN}; with JSON only, else empty
   */
  public record Identity(
      String account,
      String region,
      String functionName,
      String functionVersion,
      String functionArn,
      String logGroup,
      String logFormat,
      String applicationLogLevel,
      String systemLogLevel) {}
}
