package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One version of a function, or the present state of {@code $LATEST}. Immutable.
 *
 * @param id unique in the engine
 * @param label {@code $LATEST} or a number
 * @param content code and configuration
 * @param description shown; a publication may replace that of the content
 * @param lastModified when it became what it is
 * @param revisionId changes with every change
 */
record Version(
    long id,
    String label,
    Content content,
    String description,
    Instant lastModified,
    String revisionId) {

  boolean latest() {
    return label.equals(FunctionName.LATEST);
  }

  FunctionConfiguration configuration(FunctionName.Parsed name) {
    return new FunctionConfiguration(
        name.name(),
        latest() ? name.unqualifiedArn() : name.unqualifiedArn() + ":" + label,
        label,
        content.runtime(),
        content.handler(),
        content.layers().configuration(),
        content.role(),
        description,
        content.memoryMb(),
        content.timeoutSeconds(),
        content.ephemeralStorageMb(),
        content.environment(),
        List.of(content.architecture()),
        content.logFormat(),
        content.applicationLogLevel(),
        content.systemLogLevel(),
        content.stored() == null ? "" : content.stored().sha256(),
        content.stored() == null ? 0 : content.stored().sizeBytes(),
        lastModified,
        revisionId,
        Map.of(),
        "/aws/lambda/" + name.name(),
        "Active",
        null,
        null,
        "Successful",
        null,
        null);
  }

  VersionDefinition definition(FunctionName.Parsed name) {
    SandboxSpec.Identity identity =
        new SandboxSpec.Identity(
            name.account(),
            name.region(),
            name.name(),
            label,
            name.unqualifiedArn(),
            "/aws/lambda/" + name.name(),
            content.logFormat(),
            content.applicationLogLevel() == null ? "" : content.applicationLogLevel(),
            content.systemLogLevel() == null ? "" : content.systemLogLevel());
    SandboxSpec spec =
        new SandboxSpec(
            content.runtime(),
            content.handler(),
            content.stored() == null ? null : content.stored().folder(),
            content.layers().folder(),
            content.architecture(),
            content.environment(),
            identity,
            content.memoryMb(),
            TimeUnit.SECONDS.toNanos(content.timeoutSeconds()),
            content.ephemeralStorageMb(),
            content.raw());
    return new VersionDefinition(
        id, label, new PoolKey(name.account(), id, "", ""), spec, content.inJvm() != null);
  }
}
