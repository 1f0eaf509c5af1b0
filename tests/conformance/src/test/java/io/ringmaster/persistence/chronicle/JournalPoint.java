package io.ringmaster.persistence.chronicle;

import java.lang.StackWalker.StackFrame;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the journal is doing while it operates on a file: those who called it tell. */
public enum JournalPoint {
  /** A cycle ends and the next one begins. */
  ROLL(Cycles.class, "roll"),
  /** A cycle has its checkpoint, which is not durable yet. */
  CHECKPOINT(Cycles.class, "step"),
  /** An event that lies two cycles back is read, to be appended anew. */
  CARRY(Cycles.class, "carry"),
  /** Events are made durable, whose clients wait. */
  COMMIT(Appender.class, "commit"),
  /** A cycle goes that has served. */
  RETIRE(CycleFolders.class, "retire"),
  /** The next cycle's file is made. */
  PREPARE(CycleFolders.class, "prepare");

  private final String caller;

  JournalPoint(Class<?> type, String method) {
    caller = type.getName() + '.' + method;
  }

  /** Whether the calling thread is there. */
  boolean isHere() {
    Set<String> callers = StackWalker.getInstance().walk(JournalPoint::names);
    return callers.contains(caller) && (this != CHECKPOINT || !callers.contains(CARRY.caller));
  }

  private static Set<String> names(Stream<StackFrame> frames) {
    return frames
        .map(frame -> frame.getClassName() + '.' + frame.getMethodName())
        .collect(Collectors.toSet());
  }
}
