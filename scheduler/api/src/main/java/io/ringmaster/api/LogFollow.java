package io.ringmaster.api;

import java.util.List;

/**
 * Lines as they come. Nothing is lost while nobody asks: they lie in files, and are read when they
 * are asked for. One thread at a time, which may wait for files.
 */
public interface LogFollow extends AutoCloseable {
  /**
   * Lines that nobody has got yet, those of one stream in their order, all together by time as far
   * as they were there.
   *
   * @param max lines at most, at least 1; long lines make it fewer
   * @return empty: there are none now, and the follower is told when there are
   * @throws io.ringmaster.api.EngineException they cannot be read
   */
  List<LogEvent> poll(int max);

  /** The follower hears nothing more. */
  @Override
  void close();
}
