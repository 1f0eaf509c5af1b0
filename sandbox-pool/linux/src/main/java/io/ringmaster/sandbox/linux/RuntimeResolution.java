package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.lang.System.Logger.Level;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Looks for what serves a runtime identifier, on a thread of its own, for a candidate may hang; and
 * writes a line in the engine's log where it is not quite that.
 *
 * <p>Keeper's client only; the thread is its own, and there from the first look on. The queue is
 * bounded by the number of identifiers that there are.
 */
final class RuntimeResolution {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.sandbox");

  private final LinkedBlockingQueue<String> wanted = new LinkedBlockingQueue<>();
  private final Function<String, RuntimeMatch> look;
  private final Consumer<Note> notes;
  private Thread thread;

  /**
   * @param notes told {@link Note.Resolved}, by the thread
   */
  RuntimeResolution(RuntimeSettings settings, Consumer<Note> notes) {
    this(runtime -> Runtimes.findFor(runtime, settings), notes);
  }

  RuntimeResolution(Function<String, RuntimeMatch> look, Consumer<Note> notes) {
    this.look = look;
    this.notes = notes;
  }

  /** Looks for it, after what was wanted before. */
  void resolve(String runtime) {
    wanted.add(runtime);
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("ringmaster-runtimes").start(this::run);
    }
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        notes.accept(new Note.Resolved(find(wanted.take())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the engine closes
    }
  }

  private RuntimeMatch find(String runtime) {
    RuntimeMatch match;
    try {
      match = look.apply(runtime);
    } catch (RuntimeException | Error e) { // such as no thread for a candidate: others wait
      LOG.log(Level.WARNING, "looking for " + runtime, e);
      return RuntimeMatch.none(runtime, "looking for its interpreter failed: " + e);
    }
    if (match.match().equals(RuntimeMatch.NEAREST)) {
      LOG.log(
          Level.WARNING,
          "runtime-match=nearest runtime={0} interpreter={1}: {2}",
          runtime,
          match.interpreter().executable(),
          match.reason());
    }
    return match;
  }

  /** Ends a look that is under way, with the candidates that it started, and waits for that. */
  void close() {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it is waited for all the same
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
