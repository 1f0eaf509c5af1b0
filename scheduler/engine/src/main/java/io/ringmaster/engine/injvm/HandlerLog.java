package io.ringmaster.engine.injvm;

/** Takes the log lines of in-JVM handlers. Any thread; must not block. */
@FunctionalInterface
public interface HandlerLog {
  /**
   * One line, without its end.
   *
   * @param mark lines of that sandbox's thread so far, this one included
   */
  void line(int sandbox, long mark, String line);
}
