package io.ringmaster.engine.injvm;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Sleeper;
import io.ringmaster.sandbox.spi.Slots;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Runs in-JVM handlers. Dispatcher thread only, but for {@link #register}, {@link #unregister} (any
 * thread) and what handler threads report.
 */
public final class InJvmDriver implements SandboxDriver {
  /**
   * Slots of a non-blocking handler's thread: enough to keep it busy between two turns of the
   * dispatcher.
   */
  private static final int SLOTS_NON_BLOCKING = 256;

  private static final long JOIN_NS = TimeUnit.SECONDS.toNanos(1);

  private final Sleeper sleeper;
  private final HandlerLog log;
  private final Map<Long, FunctionCode.InJvm> handlers = new ConcurrentHashMap<>();

  /**
   * Finished slots, ended threads and parts of streamed answers. Bounded by the number of slots and
   * threads that exist, and the windows of those that stream.
   */
  private final MpscUnboundedVarHandleArrayQueue<Object> reports =
      new MpscUnboundedVarHandleArrayQueue<>(1024);

  /** Every thread that was started and has not ended. */
  private final Set<HandlerThread> alive = ConcurrentHashMap.newKeySet();

  /** Threads with queued slots that were not woken yet. */
  private final ArrayDeque<HandlerThread> unheard = new ArrayDeque<>();

  private final ArrayDeque<Environment> started = new ArrayDeque<>();

  /** Environments that got no thread for an invocation. */
  private final ArrayDeque<Environment> lost = new ArrayDeque<>();

  private final ArrayDeque<Integer> freeIds = new ArrayDeque<>();
  private Environment[] byId = new Environment[16];
  private int nextId;

  /** What stays when the thread is replaced. */
  private static final class Environment {
    final int id;
    final String name;
    final FunctionCode.InJvm code;
    HandlerThread thread;

    Environment(int id, String name, FunctionCode.InJvm code) {
      this.id = id;
      this.name = name;
      this.code = code;
    }
  }

  /**
   * @param sleeper the dispatcher's, woken when a handler finished
   * @param log takes what handlers log
   */
  public InJvmDriver(Sleeper sleeper, HandlerLog log) {
    this.sleeper = sleeper;
    this.log = log;
  }

  /** Makes a version's handler known, before the version is published. Any thread. */
  public void register(long versionId, FunctionCode.InJvm code) {
    handlers.put(versionId, code);
  }

  /** Forgets a version's handler. Any thread. */
  public void unregister(long versionId) {
    handlers.remove(versionId);
  }

  // ---- the dispatcher's side ----

  @Override
  public int prepare(PoolKey key, SandboxSpec spec) {
    FunctionCode.InJvm code = handlers.get(key.version());
    if (code == null) {
      return -1; // deleted meanwhile
    }
    Integer free = freeIds.poll();
    int id = free != null ? free : nextId++;
    if (id >= byId.length) {
      byId = java.util.Arrays.copyOf(byId, byId.length * 2);
    }
    Environment environment =
        new Environment(id, "ringmaster-" + spec.identity().functionName() + "-" + id, code);
    if (!start(environment)) {
      freeIds.add(id);
      return -1;
    }
    byId[id] = environment;
    started.add(environment);
    return id;
  }

  /** False: the machine gives no more threads. */
  private boolean start(Environment environment) {
    int slots = environment.code.nonBlocking() ? SLOTS_NON_BLOCKING : 1;
    HandlerThread thread =
        new HandlerThread(
            this, environment.id, environment.name, environment.code.handler(), slots);
    alive.add(thread);
    try {
      thread.thread.start();
    } catch (OutOfMemoryError noThread) {
      alive.remove(thread);
      return false;
    }
    environment.thread = thread;
    return true;
  }

  @Override
  public boolean offer(int slot, Invocation invocation) {
    Environment environment = byId[Slots.sandbox(slot)];
    if (environment.thread == null) {
      if (!start(environment)) {
        lost.add(environment);
        return true;
      }
      started.add(environment);
    }
    HandlerSlot place = environment.thread.slots[Slots.index(slot)];
    if (place.occupied()) {
      return false;
    }
    place.fill(invocation);
    environment.thread.submit(place);
    if (!environment.thread.unheard) {
      environment.thread.unheard = true;
      unheard.add(environment.thread);
    }
    return true;
  }

  @Override
  public boolean revoke(int slot, long sequence) {
    HandlerThread thread = byId[Slots.sandbox(slot)].thread;
    if (thread == null) {
      return false; // lost, as an event will tell
    }
    HandlerSlot place = thread.slots[Slots.index(slot)];
    return place.occupied() && place.sequence == sequence && place.revoke();
  }

  @Override
  public void reset(int sandbox, Fault reason) {
    HandlerThread thread = byId[sandbox].thread;
    if (thread != null) {
      thread.end();
    }
  }

  @Override
  public void discard(int sandbox, Fault reason) {
    Environment environment = byId[sandbox];
    started.remove(environment);
    lost.remove(environment);
    byId[sandbox] = null;
    HandlerThread thread = environment.thread;
    if (thread == null) {
      freeIds.add(sandbox);
    } else {
      thread.end(); // while it runs its id is its own: it may log
    }
  }

  /** The dispatcher always polls, or takes its last look before it sleeps, after it offered. */
  private void wakeUnheard() {
    HandlerThread thread;
    while ((thread = unheard.poll()) != null) {
      thread.unheard = false;
      thread.wake();
    }
  }

  @Override
  public int poll(DriverEvents sink, int limit) {
    wakeUnheard();
    int delivered = 0;
    Environment ready;
    while (delivered < limit && (ready = started.poll()) != null) {
      sink.ready(ready.id, ready.thread.slots.length, 0, 0);
      delivered++;
    }
    Environment threadless;
    while (delivered < limit && (threadless = lost.poll()) != null) {
      byId[threadless.id] = null;
      freeIds.add(threadless.id);
      sink.failed(threadless.id, Fault.PLATFORM, "no thread could be started");
      delivered++;
    }
    Object report;
    while (delivered < limit && (report = reports.relaxedPoll()) != null) {
      switch (report) {
        case HandlerSlot slot -> answer(slot, sink);
        case HandlerPart part -> part(part, sink);
        default -> end((HandlerThread) report, sink);
      }
      delivered++;
    }
    return delivered;
  }

  private static void part(HandlerPart part, DriverEvents sink) {
    HandlerSlot slot = part.slot();
    if (slot.thread.isEnding() || slot.invocation == null || part.sequence() != slot.sequence) {
      return; // its invocation was answered without it
    }
    ResponseBuffer answer = slot.invocation.responseBuffer();
    if (answer.contentType() == null) {
      answer.contentType(part.contentType());
    }
    answer.append(part.bytes(), 0, part.bytes().length);
    answer.endChunk();
    sink.chunk(slot.slot, slot.sequence, part.bytes().length);
  }

  private void answer(HandlerSlot slot, DriverEvents sink) {
    if (slot.thread.isEnding()) {
      return; // its invocation was answered without it
    }
    Invocation invocation = slot.invocation;
    if (slot.functionError) {
      invocation.responseBuffer().beginError(null);
    }
    for (int i = 0, start = 0; i < slot.answer.chunkCount(); i++) {
      int end = slot.answer.chunkEnd(i);
      invocation.responseBuffer().append(slot.answer.array(), start, end - start);
      invocation.responseBuffer().endChunk();
      start = end;
    }
    int rest =
        slot.answer.chunkCount() == 0 ? 0 : slot.answer.chunkEnd(slot.answer.chunkCount() - 1);
    invocation.responseBuffer().append(slot.answer.array(), rest, slot.answer.length() - rest);
    slot.free();
    sink.response(slot.slot, slot.sequence, slot.functionError, slot.logMark, 0);
  }

  private void end(HandlerThread thread, DriverEvents sink) {
    Environment environment = byId[thread.sandbox];
    if (environment != null && environment.thread == thread) { // also if it died by itself
      environment.thread = null;
      sink.exited(thread.sandbox, 0, 0);
    } else {
      freeIds.add(thread.sandbox); // discarded before it ended
    }
  }

  @Override
  public boolean hasEvents() {
    wakeUnheard();
    return !started.isEmpty() || !lost.isEmpty() || !reports.isEmpty();
  }

  @Override
  public void credit(int slot, int bytes) {
    byId[Slots.sandbox(slot)].thread.slots[Slots.index(slot)].credit(bytes);
  }

  @Override
  public boolean killable() {
    return false;
  }

  /**
   * Tells every thread to end and waits for at most a second; code that ignores interrupts runs on
   * in daemon threads.
   */
  @Override
  public void close() {
    for (HandlerThread thread : alive) {
      thread.end();
    }
    long until = System.nanoTime() + JOIN_NS;
    boolean interrupted = false;
    for (HandlerThread thread : alive) {
      try {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (leftMs > 0) {
          thread.thread.join(leftMs);
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- handler threads ----

  /** Reports; {@link #tell} must follow. */
  void queue(Object what) {
    reports.offer(what);
  }

  /** The dispatcher has something to poll: once for all that was queued before. */
  void tell() {
    sleeper.wake();
  }

  void report(Object what) {
    queue(what);
    tell();
  }

  void ended(HandlerThread thread) {
    alive.remove(thread);
    report(thread);
  }

  void log(int sandbox, long mark, String line) {
    log.line(sandbox, mark, line);
  }
}
