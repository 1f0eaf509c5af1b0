package io.ringmaster.lambdahttp;

import java.util.List;

/**
 * One operation of the API.
 *
 * @param name AWS's name
 * @param method HTTP method
 * @param segments of its path; those in braces are members
 * @param query {@code name=value} that the query must have, null: nothing
 * @param status of an answer when all went well
 * @param input its members; null: none
 * @param payload the member that is the whole body; null: the body is JSON
 */
record Operation(
    String name,
    String method,
    List<String> segments,
    String query,
    int status,
    Shape input,
    String payload) {

  /** Whether the segment is a member's value. */
  static boolean variable(String segment) {
    return segment.startsWith("{");
  }
}
