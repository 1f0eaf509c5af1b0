package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.persistence.spi.StoredCode;
import java.util.Map;
import java.util.Objects;

/**
 * Code and configuration of one version: what a publication makes immutable, and what is compared
 * to see whether anything changed. Exactly one of {@code stored} and {@code inJvm} is there.
 */
record Content(
    StoredCode stored,
    Layers layers,
    FunctionCode.InJvm inJvm,
    String runtime,
    String handler,
    String role,
    String description,
    int memoryMb,
    int timeoutSeconds,
    int ephemeralStorageMb,
    Map<String, String> environment,
    String architecture,
    String logFormat,
    String applicationLogLevel,
    String systemLogLevel,
    boolean raw) {

  static Content of(
      FunctionSpec spec,
      StoredCode stored,
      Layers layers,
      FunctionCode.InJvm inJvm,
      String machineArchitecture,
      boolean raw) {
    boolean json = spec.logFormat().equals("JSON");
    String level = Objects.requireNonNullElse(spec.applicationLogLevel(), "INFO");
    String systemLevel = Objects.requireNonNullElse(spec.systemLogLevel(), "INFO");
    return new Content(
        stored,
        layers,
        inJvm,
        inJvm == null ? spec.runtime() : FunctionSpec.IN_JVM,
        inJvm == null ? spec.handler() : null,
        spec.role(),
        Objects.requireNonNullElse(spec.description(), ""),
        spec.memoryMb(),
        spec.timeoutSeconds(),
        spec.ephemeralStorageMb(),
        spec.environment(),
        spec.architectures().isEmpty() ? machineArchitecture : spec.architectures().getFirst(),
        spec.logFormat(),
        json ? level : null,
        json ? systemLevel : null,
        raw);
  }

  Content withCode(StoredCode newStored, FunctionCode.InJvm newInJvm) {
    return new Content(
        newStored,
        layers,
        newInJvm,
        runtime,
        handler,
        role,
        description,
        memoryMb,
        timeoutSeconds,
        ephemeralStorageMb,
        environment,
        architecture,
        logFormat,
        applicationLogLevel,
        systemLogLevel,
        raw);
  }

  private Content withDescription(String text) {
    return new Content(
        stored,
        layers,
        inJvm,
        runtime,
        handler,
        role,
        text,
        memoryMb,
        timeoutSeconds,
        ephemeralStorageMb,
        environment,
        architecture,
        logFormat,
        applicationLogLevel,
        systemLogLevel,
        raw);
  }

  /** Whether the environments of one may serve the other: nothing differs but the description. */
  boolean runsAs(Content other) {
    return withDescription(other.description).equals(other);
  }
}
