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

  /**
   * So much more than a client's events any function may have of others' records; and so much any
   * function may have of its own that wait for their delivery.
   */
  private static final int SMALL_PART = 64;

  /** Of one function. */
  private static final class Share {
    long events;
    long bytes;

    // Of these, records and dead letters that are to be delivered.
    long records;
    long recordBytes;
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
    add(Lane.ofFunction(functionArn), bodyBytes);
    return Answer.TAKEN;
  }

  /**
   * Whether a function may have an event that follows from another one's. It comes before clients'
   * ones, which would keep it out for ever.
   */
  synchronized boolean mayFollow(String functionArn) {
    return hasRoom(functionArn, SMALL_PART);
  }

  /**
   * @param part if not 0, that part of all in addition
   */
  private boolean hasRoom(String functionArn, int part) {
    Share share = shares.get(functionArn);
    if (share == null) {
      return true;
    }
    long moreEvents = part == 0 ? 0 : eventsMax / part;
    long moreBytes = part == 0 ? 0 : bytesMax / part;
    return share.events <= Math.max(0, eventsMax - owed) + moreEvents
        && share.bytes <= Math.max(0, bytesMax - bytes) + moreBytes;
  }

  /**
   * Whether a function's events may begin: what they leave to be delivered must not take the room
   * from others while nobody takes it.
   */
  synchronized boolean mayLeaveRecords(String functionArn) {
    Share share = shares.get(functionArn);
    return share == null
        || share.records <= Math.max(eventsMax / SMALL_PART, eventsMax - owed)
            && share.recordBytes <= Math.max(bytesMax / SMALL_PART, bytesMax - bytes);
  }

  /** Something of a lane is owed, whether there is room or not. */
  synchronized void add(String lane, int bodyBytes) {
    Share share = shares.computeIfAbsent(Lane.functionArn(lane), arn -> new Share());
    change(share, lane, 1, bodyBytes);
  }

  private void change(Share share, String lane, int events, int bodyBytes) {
    share.events += events;
    share.bytes += bodyBytes;
    owed += events;
    bytes += bodyBytes;
    if (Lane.isDelivery(lane)) {
      share.records += events;
      share.recordBytes += bodyBytes;
    }
  }

  /** It is owed no more. */
  synchronized void remove(String lane, int bodyBytes) {
    String functionArn = Lane.functionArn(lane);
    Share share = shares.get(functionArn);
    change(share, lane, -1, -bodyBytes);
    if (share.events == 0) {
      shares.remove(functionArn);
    }
  }

  /** How many are owed; those under way to the journal among them. */
  synchronized long owed() {
    return owed;
  }

  /** Bytes of all their bodies. */
  synchronized long bytes() {
    return bytes;
  }

  /** How many of a function's. */
  synchronized long owed(String functionArn) {
    Share share = shares.get(functionArn);
    return share == null ? 0 : share.events;
  }
}
