package io.ringmaster.core.event;

import java.util.HashMap;
import java.util.Map;

/**
 * What is owed, in all and of each function: its events, and what they left to be delivered. Any
 * thread.
 *
 * <p>No function takes the room from all others: it may have as much as is still free. So one alone
 * comes to half of the backlog, two to a third each, and however many there are, as much as each of
 * them has is left for another one (the dynamic threshold of switches with shared memory: Choudhury
 * and Hahne, 1998). That goes for the number of events and for the bytes of their bodies. What
 * follows from an event that was accepted is owed whatever there is room for.
 */
final class Backlog {
  /** Whether an event may come in. */
  enum Answer {
    TAKEN,
    /** There is no room for anybody's. */
    FULL,
    /** The function has its share; another one's would be taken. */
    OVER_SHARE
  }

  /** So much of the backlog any function may have that others' records are delivered to. */
  private static final int SMALL_PART = 64;

  /** Of one function. */
  private static final class Share {
    long events;
    long bytes;
  }

  private final long eventsMax;
  private final long bytesMax;

  // Guarded by this.
  private final Map<String, Share> shares = new HashMap<>();
  private long owed;
  private long bytes;

  /**
   * @param eventsMax events that may be owed before more are refused, 1 or more
   * @param bytesMax bytes of their bodies likewise
   */
  Backlog(long eventsMax, long bytesMax) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
  }

  /** An event wants to come in; if it may, it is owed from now on. */
  synchronized Answer take(String functionArn, int bodyBytes) {
    if (owed >= eventsMax || bytes + bodyBytes > bytesMax) {
      return Answer.FULL;
    }
    if (!hasRoom(functionArn, 0)) {
      return Answer.OVER_SHARE;
    }
    add(functionArn, bodyBytes);
    return Answer.TAKEN;
  }

  /** Whether a function may have an event that follows from another one's. */
  synchronized boolean mayFollow(String functionArn) {
    return hasRoom(functionArn, SMALL_PART);
  }

  /**
   * @param part if not 0, as much as that part of all is always there
   */
  private boolean hasRoom(String functionArn, int part) {
    Share share = shares.get(functionArn);
    if (share == null) {
      return true;
    }
    long eventsLeast = part == 0 ? 0 : eventsMax / part;
    long bytesLeast = part == 0 ? 0 : bytesMax / part;
    return share.events <= Math.max(eventsLeast, eventsMax - owed)
        && share.bytes <= Math.max(bytesLeast, bytesMax - bytes);
  }

  /** Something is owed, whether there is room or not. */
  synchronized void add(String functionArn, int bodyBytes) {
    Share share = shares.computeIfAbsent(functionArn, arn -> new Share());
    share.events++;
    share.bytes += bodyBytes;
    owed++;
    bytes += bodyBytes;
  }

  /** It is owed no more. */
  synchronized void remove(String functionArn, int bodyBytes) {
    Share share = shares.get(functionArn);
    share.events--;
    share.bytes -= bodyBytes;
    owed--;
    bytes -= bodyBytes;
    if (share.events == 0) {
      shares.remove(functionArn);
    }
  }

  /** How many are owed; those under way to the journal among them. */
  synchronized long owed() {
    return owed;
  }

  /** How many of a function's. */
  synchronized long owed(String functionArn) {
    Share share = shares.get(functionArn);
    return share == null ? 0 : share.events;
  }
}
