package io.ringmaster.api;

import java.util.List;

/**
 * Logs in files, with the sink {@link io.ringmaster.api.EngineConfig.LogSink#STORE}. A line can be
 * read some 20 ms after it was written.
 *
 * <p>Any thread but those of callbacks on the dispatcher: all of it may wait for files. Everything
 * throws {@link io.ringmaster.api.EngineException} where files cannot be read or written, or the
 * sink is another.
 */
public interface Logs {
  /** Whether lines are kept in files, so that all else here can be asked for. */
  boolean stored();

  /** An owner's groups, by name. */
  List<LogGroup> groups(Owner owner);

  /**
   * A group's streams, by name.
   *
   * @throws io.ringmaster.api.LambdaException there is no such group
   */
  List<LogStream> streams(Owner owner, String group);

  /**
   * Lines, oldest first. A page may have fewer lines than there are, and none, and tell of a next
   * one: so much was looked at.
   *
   * @throws IllegalArgumentException the pattern cannot be understood; or {@link LogQuery#after} is
   *     none of a page
   * @throws io.ringmaster.api.LambdaException there is no such group
   */
  LogPage read(LogQuery query);

  /**
   * The last lines, at most {@link LogQuery#limit()} of them, oldest first; fewer where so much was
   * looked at that earlier ones were not. {@link LogQuery#after} means nothing.
   *
   * @throws IllegalArgumentException the pattern cannot be understood
   * @throws io.ringmaster.api.LambdaException there is no such group
   */
  List<LogEvent> last(LogQuery query);

  /**
   * Follows a group, which need not be there yet: lines since {@link LogQuery#fromMs}, then what
   * comes. To be closed.
   *
   * @param ready called when {@link LogFollow#poll} has something after it was empty; on any
   *     thread, which it must not hold up
   * @throws IllegalArgumentException the pattern cannot be understood
   * @throws io.ringmaster.api.LambdaException too many follow already
   */
  LogFollow follow(LogQuery query, Runnable ready);

  /**
   * How long a group's lines are kept from now on.
   *
   * @param days 0 to 3653; 0: as the engine's configuration says
   * @throws io.ringmaster.api.LambdaException there is no such group
   */
  void retain(Owner owner, String group, int days);

  /**
   * Removes a group with its lines; a function that goes on to log begins a new one.
   *
   * @throws io.ringmaster.api.LambdaException there is no such group
   */
  void delete(Owner owner, String group);
}
