package io.ringmaster.core.resolve;

/**
 * An alias. Immutable.
 *
 * @param name its name
 * @param version label of the version it means
 * @param secondVersion label of a second version; null: none
 * @param secondWeight share of invocations that the second version gets, 0.0 to 1.0
 */
public record AliasDefinition(
    String name, String version, String secondVersion, double secondWeight) {}
