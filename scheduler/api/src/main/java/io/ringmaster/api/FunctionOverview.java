package io.ringmaster.api;

import java.util.Map;

/**
 * What Lambda's GetFunction tells.
 *
 * @param configuration of the version asked for
 * @param tags the function's tags
 * @param reservedConcurrency reserved concurrency of the function; −1: none
 * @param hasPackage whether {@link Functions#openCode} has something to give: not with in-JVM code
 */
public record FunctionOverview(
    FunctionConfiguration configuration,
    Map<String, String> tags,
    int reservedConcurrency,
    boolean hasPackage) {}
