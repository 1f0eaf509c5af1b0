package io.ringmaster.core.model;

/**
 * A line of sandboxes, threaded through them: each stands in one line at most. Dispatcher thread
 * only.
 */
public final class SandboxLine {
  private Sandbox head;
  private Sandbox tail;

  /** The first; null: the line is empty. */
  public Sandbox first() {
    return head;
  }

  /** Puts a sandbox that is in no line before all others. */
  public void addFirst(Sandbox sandbox) {
    enter(sandbox);
    sandbox.linePrevious = null;
    sandbox.lineNext = head;
    if (head == null) {
      tail = sandbox;
    } else {
      head.linePrevious = sandbox;
    }
    head = sandbox;
  }

  /** Puts a sandbox that is in no line behind all others. */
  public void addLast(Sandbox sandbox) {
    enter(sandbox);
    sandbox.lineNext = null;
    sandbox.linePrevious = tail;
    if (tail == null) {
      head = sandbox;
    } else {
      tail.lineNext = sandbox;
    }
    tail = sandbox;
  }

  private void enter(Sandbox sandbox) {
    if (sandbox.line != null) {
      throw new IllegalStateException("sandbox " + sandbox.id + " is in a line");
    }
    sandbox.line = this;
  }

  /** Takes a sandbox of this line out, wherever it stands. */
  void remove(Sandbox sandbox) {
    if (sandbox.linePrevious == null) {
      head = sandbox.lineNext;
    } else {
      sandbox.linePrevious.lineNext = sandbox.lineNext;
    }
    if (sandbox.lineNext == null) {
      tail = sandbox.linePrevious;
    } else {
      sandbox.lineNext.linePrevious = sandbox.linePrevious;
    }
    sandbox.lineNext = null;
    sandbox.linePrevious = null;
    sandbox.line = null;
  }
}
