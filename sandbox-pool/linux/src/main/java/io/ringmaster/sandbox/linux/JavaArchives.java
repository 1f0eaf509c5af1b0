package io.ringmaster.sandbox.linux;

import io.ringmaster.bootstraps.JavaArchive;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Has each JVM's archive of loaded classes made when the JVM is first used, in the background: what
 * is started later starts in half the time. Keeper's client only; the threads are its own.
 */
final class JavaArchives {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.sandbox");
  private static final String FAMILY = "java";

  private final Map<Path, Thread> makers = new HashMap<>();

  /** A process of that interpreter is about to be started. */
  void started(Interpreter interpreter, Path bootstraps) {
    if (interpreter.family().equals(FAMILY) && !makers.containsKey(interpreter.executable())) {
      makers.put(
          interpreter.executable(),
          Thread.ofPlatform()
              .name("ringmaster-java-archive")
              .daemon()
              .start(() -> make(interpreter, bootstraps)));
    }
  }

  private static void make(Interpreter interpreter, Path bootstraps) {
    try {
      if (!JavaArchive.make(interpreter.executable(), interpreter.major(), bootstraps)) {
        LOG.log(Level.INFO, "{0} makes no archive of classes", interpreter.executable());
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "no archive of classes for " + interpreter.executable(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the engine closes: the next one makes it
    }
  }

  /** Ends what is still being made, and waits for it. */
  void close() {
    makers.values().forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread maker : makers.values()) {
      while (maker.isAlive()) {
        try {
          maker.join();
        } catch (InterruptedException e) {
          interrupted = true; // it is waited for all the same
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
