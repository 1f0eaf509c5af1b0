package io.ringmaster.core.settle;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.StreamedResponse;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * Tells callers, in batches: at the end of a turn on the dispatcher for callbacks that do not
 * block, else as an agent of its own.
 *
 * <p>The queue between the two is bounded. When callbacks are slower than invocations it fills;
 * then settled invocations stay with the dispatcher, which takes nothing more from the accept ring
 * until they are gone, and the door answers 429.
 *
 * <p>The agent sleeps by parking: {@code waiting = true; full fence; look again; park}; the
 * dispatcher: {@code offer; full fence; if waiting, unpark}. The volatile accesses to {@code
 * waiting} are these fences.
 */
public final class Completions implements Agent {
  private static final int QUEUE = 64 * 1024;
  private static final int BATCH = 256;

  private final Counters counters;
  private final Thread.UncaughtExceptionHandler failures;

  /** Settled invocations, and streams that have parts. */
  private final MpscVarHandleArrayQueue<Object> queue = new MpscVarHandleArrayQueue<>(QUEUE);

  // Written by the dispatcher.
  private PendingInvocation readyHead;
  private PendingInvocation readyTail;
  private PendingInvocation overflowHead;
  private PendingInvocation overflowTail;
  private boolean queued;

  /** Each in one of these at most once: as many as there are streams in flight. */
  private final ArrayDeque<StreamedResponse> readyStreams = new ArrayDeque<>();

  private final ArrayDeque<StreamedResponse> overflowStreams = new ArrayDeque<>();

  // Written by the completion agent.
  private volatile boolean waiting;
  private volatile Thread thread;

  /**
   * @param failures told of exceptions that callbacks throw
   */
  public Completions(Counters counters, Thread.UncaughtExceptionHandler failures) {
    this.counters = counters;
    this.failures = failures;
  }

  // ---- dispatcher ----

  /** Takes a settled invocation. Dispatcher thread. */
  public void add(PendingInvocation invocation) {
    invocation.next = null;
    if (invocation.callbackNonBlocking()) {
      if (readyTail == null) {
        readyHead = invocation;
      } else {
        readyTail.next = invocation;
      }
      readyTail = invocation;
    } else if (overflowHead == null && queue.offer(invocation)) {
      queued = true;
    } else {
      if (overflowTail == null) {
        overflowHead = invocation;
      } else {
        overflowTail.next = invocation;
      }
      overflowTail = invocation;
    }
  }

  /** Takes a stream that has parts again. Dispatcher thread. */
  public void add(StreamedResponse stream, boolean nonBlocking) {
    if (nonBlocking) {
      readyStreams.add(stream);
    } else if (overflowStreams.isEmpty() && queue.offer(stream)) {
      queued = true;
    } else {
      overflowStreams.add(stream);
    }
  }

  /** Tells the callers of this turn. Dispatcher thread. */
  public int flush() {
    int told = 0;
    StreamedResponse stream;
    while ((stream = readyStreams.poll()) != null) {
      tell(stream);
      told++;
    }
    PendingInvocation invocation = readyHead;
    readyHead = null;
    readyTail = null;
    while (invocation != null) {
      PendingInvocation following = invocation.next;
      invocation.next = null;
      tell(invocation);
      told++;
      invocation = following;
    }
    while (overflowHead != null) {
      PendingInvocation moved = overflowHead;
      PendingInvocation following = moved.next; // once queued, it is the caller's again
      if (!queue.offer(moved)) {
        break;
      }
      overflowHead = following;
      if (overflowHead == null) {
        overflowTail = null;
      }
      queued = true;
      told++;
    }
    while (!overflowStreams.isEmpty() && queue.offer(overflowStreams.peek())) {
      overflowStreams.poll();
      queued = true;
      told++;
    }
    if (queued) {
      queued = false;
      wakeAgent();
    }
    return told;
  }

  /** The last flush: what the agent's queue has no place for is told here. Dispatcher thread. */
  public void flushAll() {
    flush();
    while (overflowHead != null) {
      PendingInvocation invocation = overflowHead;
      overflowHead = invocation.next;
      invocation.next = null;
      tell(invocation);
    }
    overflowTail = null;
    StreamedResponse stream;
    while ((stream = overflowStreams.poll()) != null) {
      tell(stream);
    }
    flush();
  }

  /** Whether callbacks are so far behind that nothing more must be taken in. Dispatcher thread. */
  public boolean congested() {
    return overflowHead != null || !overflowStreams.isEmpty();
  }

  // ---- log agent ----

  /**
   * Takes a settled invocation whose log tail is complete now. Any thread but the dispatcher; waits
   * while the queue is full.
   */
  public void addFromOtherThread(PendingInvocation invocation) {
    while (!queue.offer(invocation)) {
      wakeAgent();
      Thread.onSpinWait();
    }
    wakeAgent();
  }

  private void wakeAgent() {
    java.lang.invoke.VarHandle.fullFence();
    if (waiting) {
      LockSupport.unpark(thread);
    }
  }

  // ---- completion agent ----

  @Override
  public int doWork() {
    int told = 0;
    Object next;
    while (told < BATCH && (next = queue.relaxedPoll()) != null) {
      if (next instanceof PendingInvocation invocation) {
        tell(invocation);
      } else {
        tell((StreamedResponse) next);
      }
      told++;
    }
    return told;
  }

  /** Sleeps until something may be there. The agent's thread. */
  public void await() {
    thread = Thread.currentThread();
    waiting = true;
    if (queue.isEmpty()) {
      LockSupport.park(this);
      Thread.interrupted(); // a callback may have left it behind; it would never sleep again
    }
    waiting = false;
  }

  /** Ends the agent's sleep. Any thread. */
  public void wake() {
    Thread sleeper = thread;
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
  }

  /** Whether every queued callback was begun. Any thread. */
  public boolean isEmpty() {
    return queue.isEmpty();
  }

  @Override
  public String roleName() {
    return "completion";
  }

  /** Tells one caller, here and now; before, what is left of its stream. Any thread. */
  public void tell(PendingInvocation invocation) {
    StreamedResponse stream = invocation.stream();
    if (stream != null) {
      tell(stream);
    }
    try {
      invocation.release();
    } catch (Throwable thrown) {
      failed(thrown);
    }
  }

  private void tell(StreamedResponse stream) {
    try {
      stream.tell();
    } catch (Throwable thrown) {
      failed(thrown);
      tell(stream); // cancelled by now: it only forgets what is left
    }
  }

  private void failed(Throwable thrown) {
    counters.incrementShared(Counter.CALLBACK_FAILURES);
    failures.uncaughtException(Thread.currentThread(), thrown);
  }
}
