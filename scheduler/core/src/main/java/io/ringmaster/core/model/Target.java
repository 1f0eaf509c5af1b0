package io.ringmaster.core.model;

/**
 * What the caller's words for a function mean: a function, a qualifier, and the ARN as qualified.
 * Stays right while the function exists, since aliases and versions are looked up anew for each
 * invocation.
 *
 * @param function the function
 * @param qualifier a version, an alias or {@code $LATEST}
 * @param invokedArn the ARN with the qualifier as the caller gave it, in UTF-8
 */
public record Target(FunctionState function, String qualifier, byte[] invokedArn) {}
