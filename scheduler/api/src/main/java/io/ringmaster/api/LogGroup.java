package io.ringmaster.api;

/**
 * A log group.
 *
 * @param name such as {@code /aws/lambda/NAME}
 * @param createdMs when it began, in milliseconds since 1970
 * @param retentionDays how long its lines are kept; 0: as the engine's configuration says
 * @param storedBytes what its files have
 */
public record LogGroup(String name, long createdMs, int retentionDays, long storedBytes) {}
