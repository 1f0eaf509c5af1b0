package io.ringmaster.api;

/**
 * One line.
 *
 * @param epochMs when it was logged, in milliseconds since 1970, 10 ms exact
 * @param stream the name of its stream
 * @param id 48 hexadecimal digits; no other line of its group has the same
 * @param message without the line's end
 */
public record LogEvent(long epochMs, String stream, String id, String message) {}
