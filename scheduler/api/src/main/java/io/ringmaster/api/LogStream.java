package io.ringmaster.api;

/**
 * A log stream: the lines of one environment.
 *
 * @param name such as {@code 2026/05/28/[$LATEST]} and 32 hexadecimal digits
 * @param firstMs of its first line, in milliseconds since 1970
 * @param lastMs when its last line was written
 * @param storedBytes of its lines
 */
public record LogStream(String name, long firstMs, long lastMs, long storedBytes) {}
