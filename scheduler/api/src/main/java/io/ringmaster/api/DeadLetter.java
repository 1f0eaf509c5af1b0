package io.ringmaster.api;

import java.time.Instant;
import java.util.List;

/**
 * An event that ended with nobody to be told: its function had no destination and no dead-letter
 * queue for it, or these could not be reached.
 *
 * @param id names it here
 * @param requestId that of the invocation
 * @param functionArn ARN of the function, without a qualifier
 * @param destination where it was to be delivered to; null: it is an event for the function
 * @param accepted when it was accepted
 * @param ended when it was given up
 * @param bytes of its body
 */
public record DeadLetter(
    String id,
    String requestId,
    String functionArn,
    String destination,
    Instant accepted,
    Instant ended,
    int bytes) {

  /**
   * A part of the list.
   *
   * @param letters oldest first; fewer than were asked for do not mean that it is the last part
   * @param next where to go on; null: this is the last part
   */
  public record Part(List<DeadLetter> letters, String next) {}

  /**
   * All of one.
   *
   * @param letter what the list shows
   * @param qualifiedArn ARN of the function with the qualifier as it was invoked
   * @param condition why it ended, such as {@code RetriesExhausted}
   * @param detail the last error document, or what people are to know; may be empty
   * @param payload the event, or what was to be delivered
   */
  public record Content(
      DeadLetter letter, String qualifiedArn, String condition, String detail, byte[] payload) {}
}
