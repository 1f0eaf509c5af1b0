package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * One version of a function, or the present state of {@code $LATEST}. Immutable; whether it settles
 * is a matter of the clock.
 *
 * @param id unique in the engine
 * @param label {@code $LATEST} or a number
 * @param content code and configuration
 * @param description shown; a publication may replace that of the content
 * @param lastModified when it became what it is
 * @param revisionId changes with every change
 * @param settling what it is not yet; null: it is settled
 */
record Version(
    long id,
    String label,
    Content content,
    String description,
    Instant lastModified,
    String revisionId,
    Settling settling) {
  /**
   * So much before its state becomes Active the dispatcher lets invocations in: it compares with a
   * time that it read before it took them, and whoever has seen Active is not to be told Pending.
   */
  private static final long EARLIER_MS = 50;

  private static final String REASON = "The function is being created.";
  private static final String REASON_CODE = "Creating";

  /**
   * @param update whether it was updated; else it was created
   * @param until when that is over
   */
  record Settling(boolean update, Instant until) {}

  boolean latest() {
    return label.equals(FunctionName.LATEST);
  }

  /** Whether it was created and takes no invocations yet. */
  boolean pending(Instant now) {
    return settling != null && !settling.update() && settles(now);
  }

  /** Whether an update of it goes on. */
  boolean updating(Instant now) {
    return settling != null && settling.update() && settles(now);
  }

  /** A clock that was set back ends it. */
  private boolean settles(Instant now) {
    return now.isBefore(settling.until()) && !now.isBefore(lastModified);
  }

  Version withId(long value) {
    return new Version(value, label, content, description, lastModified, revisionId, settling);
  }

  /** The same with another content; to be shown, not kept. */
  Version with(Content other) {
    return new Version(id, label, other, description, lastModified, revisionId, settling);
  }

  Version withRevision(String revision) {
    return new Version(id, label, content, description, lastModified, revision, settling);
  }

  /**
   * @param qualifier what the ARN ends with; null: it is the function's
   */
  FunctionConfiguration configuration(FunctionName.Parsed name, String qualifier, Instant now) {
    FunctionSpec spec = content.spec();
    boolean pending = pending(now);
    boolean updating = updating(now);
    return new FunctionConfiguration(
        name.name(),
        qualifier == null ? name.unqualifiedArn() : name.unqualifiedArn() + ":" + qualifier,
        label,
        spec.runtime(),
        spec.handler(),
        content.layers().configuration(),
        spec.role(),
        description,
        spec.memoryMb(),
        spec.timeoutSeconds(),
        spec.ephemeralStorageMb(),
        spec.environment(),
        spec.architectures(),
        spec.logFormat(),
        spec.applicationLogLevel(),
        spec.systemLogLevel(),
        content.stored() == null ? "" : content.stored().sha256(),
        content.stored() == null ? 0 : content.stored().sizeBytes(),
        lastModified,
        revisionId,
        spec.documents(),
        logGroup(name),
        pending ? "Pending" : "Active",
        pending ? REASON : null,
        pending ? REASON_CODE : null,
        pending ? null : updating ? "InProgress" : "Successful",
        updating ? REASON : null,
        updating ? REASON_CODE : null);
  }

  private String logGroup(FunctionName.Parsed name) {
    return Objects.requireNonNullElse(content.spec().logGroup(), "/aws/lambda/" + name.name());
  }

  VersionDefinition definition(FunctionName.Parsed name) {
    FunctionSpec spec = content.spec();
    SandboxSpec.Identity identity =
        new SandboxSpec.Identity(
            name.account(),
            name.region(),
            name.name(),
            label,
            name.unqualifiedArn(),
            logGroup(name),
            spec.logFormat(),
            Objects.requireNonNullElse(spec.applicationLogLevel(), ""),
            Objects.requireNonNullElse(spec.systemLogLevel(), ""));
    SandboxSpec sandbox =
        new SandboxSpec(
            spec.runtime(),
            spec.handler(),
            content.stored() == null ? null : content.stored().folder(),
            content.layers().folder(),
            spec.architectures().getFirst(),
            spec.environment(),
            identity,
            spec.memoryMb(),
            TimeUnit.SECONDS.toNanos(spec.timeoutSeconds()),
            spec.ephemeralStorageMb(),
            content.raw());
    return new VersionDefinition(
        id,
        label,
        new PoolKey(name.account(), id, "", ""),
        sandbox,
        content.inJvm() != null,
        settling == null || settling.update() ? 0 : settling.until().toEpochMilli() - EARLIER_MS);
  }
}
