package io.ringmaster.sandbox.spi;

/**
 * Which invocations may share a sandbox.
 *
 * @param account 12-digit account id that owns the function
 * @param version the engine's number for one immutable function version (or one state of {@code
 *     $LATEST}); unique in the engine
 * @param tenant tenant id, or empty
 * @param snapshot snapshot id, or empty
 */
public record PoolKey(String account, long version, String tenant, String snapshot) {}
