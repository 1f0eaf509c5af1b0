package io.ringmaster.engine.injvm;

/** Takes the log lines of in-JVM handlers. Any thread; must not block. */
@FunctionalInterface
public interface HandlerLog {
  /** One line, without its end. */
  void line(int sandbox, String line);
}
