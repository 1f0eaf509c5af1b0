package io.ringmaster.api;

/**
 * Limits and use of one owner, as Lambda's GetAccountSettings tells them.
 *
 * @param concurrentExecutions limit of concurrent invocations
 * @param unreservedConcurrentExecutions what functions have not reserved of it
 * @param totalCodeSize bytes of the packages of all functions, versions and layers; one that
 *     several have counts once
 * @param functionCount number of functions
 * @param totalCodeSizeLimit limit on those bytes: more are refused
 * @param codeSizeUnzippedLimit largest package with its layers, unpacked, in bytes
 * @param codeSizeZippedLimit largest archive in bytes
 */
public record AccountSettings(
    int concurrentExecutions,
    int unreservedConcurrentExecutions,
    long totalCodeSize,
    long functionCount,
    long totalCodeSizeLimit,
    long codeSizeUnzippedLimit,
    long codeSizeZippedLimit) {}
