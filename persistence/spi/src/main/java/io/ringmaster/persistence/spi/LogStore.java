package io.ringmaster.persistence.spi;

import java.io.IOException;
import java.util.List;

/**
 * Keeps what functions and the platform logged: streams of lines in groups, which only grow at
 * their ends. One thread at a time appends; any thread does all else, meanwhile.
 */
public interface LogStore extends AutoCloseable {

  /**
   * A group.
   *
   * @param name such as {@code /aws/lambda/NAME}
   * @param createdMs when it began, in milliseconds since 1970
   * @param retentionDays how long its lines are kept; 0: as long as those of groups that say
   *     nothing
   * @param bytes of its lines
   */
  record Group(String name, long createdMs, int retentionDays, long bytes) {}

  /**
   * A stream.
   *
   * @param name such as {@code 2026/05/28/[$LATEST]} and 32 hexadecimal digits
   * @param firstMs of its first line, in milliseconds since 1970
   * @param lastMs when its last line was written
   * @param bytes of its lines
   */
  record Stream(String name, long firstMs, long lastMs, long bytes) {}

  /** Hears that a stream has grown. The thread that appends; must not wait. */
  @FunctionalInterface
  interface Listener {
    void appended(String group, String stream);
  }

  /**
   * Appends to a stream, which begins with its first bytes. Blocks for as long as the storage does.
   *
   * @param group such as {@code /aws/lambda/NAME}
   * @param stream such as {@code 2026/05/28/[$LATEST]} and 32 hexadecimal digits; both may be
   *     anything
   * @param epochMs when it was logged, in milliseconds since 1970; within a stream earlier than
   *     before counts as before
   * @throws IOException the bytes are not stored, or only in part
   */
  void append(String group, String stream, long epochMs, byte[] bytes, int offset, int length)
      throws IOException;

  /**
   * Removes what is older than its group keeps it.
   *
   * @throws IOException some of it could not be removed
   */
  void expire(long nowMs) throws IOException;

  /** All groups, by name. */
  List<Group> groups();

  /**
   * A group's streams, by name.
   *
   * @param fromMs only those that were written then or later
   * @throws IOException they cannot be read
   */
  List<Stream> streams(String group, long fromMs) throws IOException;

  /**
   * Begins to read a stream, which may not be there.
   *
   * @param fromMs lines of then and later come
   */
  default LogCursor open(String group, String stream, long fromMs) {
    return open(group, stream, fromMs, LogCursor.BEGIN);
  }

  /**
   * The same from a place on.
   *
   * @param place {@link LogCursor#place} or {@link LogCursor#position} of another cursor of the
   *     stream; if that is no more, what is there now comes
   */
  LogCursor open(String group, String stream, long fromMs, long place);

  /**
   * How long a group's lines are kept from now on, in days; 0: as those of groups that say nothing.
   *
   * @return false: there is no such group
   * @throws IOException it is not stored
   */
  boolean retain(String group, int days) throws IOException;

  /**
   * Removes a group with its streams; one that is written goes on as a new one.
   *
   * @return false: there is no such group
   * @throws IOException something of it is left
   */
  boolean delete(String group) throws IOException;

  /** Who hears of appends; null: nobody. One at a time. */
  void listen(Listener listener);

  /** Gives everything back; what was appended stays. */
  @Override
  void close() throws IOException;
}
