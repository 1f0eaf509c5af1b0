package io.ringmaster.lambdahttp;

/** What a page in parts comes from. One thread at a time. */
public interface PageParts extends AutoCloseable {
  /**
   * The next part; may wait for files, not for news.
   *
   * @return empty: there is none now, and who opened this is told when there is; null: there will
   *     be none
   */
  byte[] next();

  /** Nobody reads on. Must not wait. */
  @Override
  void close();
}
