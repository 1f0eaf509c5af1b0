package io.ringmaster.persistence.spi;

import java.io.IOException;

/**
 * Keeps what functions and the platform logged: streams of bytes in groups, which only grow at
 * their ends. One thread at a time.
 */
public interface LogStore extends AutoCloseable {

  /**
   * Appends to a stream, which begins with its first bytes. Blocks for as long as the storage does.
   *
   * @param group such as {@code /aws/lambda/NAME}
   * @param stream such as {@code 2026/05/28/[$LATEST]} and 32 hexadecimal digits; both may be
   *     anything, and name the same stream whenever they are equal
   * @throws IOException the bytes are not stored, or only in part
   */
  void append(String group, String stream, byte[] bytes, int offset, int length) throws IOException;

  /** Gives everything back; what was appended stays. */
  @Override
  void close() throws IOException;
}
