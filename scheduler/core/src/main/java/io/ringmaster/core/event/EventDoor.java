package io.ringmaster.core.event;

import io.ringmaster.api.Call;
import io.ringmaster.api.DeadLetter;
import io.ringmaster.api.Events;
import io.ringmaster.api.EventsStatus;
import io.ringmaster.api.Functions;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.event.EventBody.Invocation;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where events come in: looked at, handed to the journal, and answered when they are durable; then
 * they are the agent's. Any thread.
 */
public final class EventDoor implements Events {
  /** Payloads and texts that are handed to the journal and not durable yet. */
  private static final long ARRIVING_BYTES_MAX = 64L << 20;

  /** Longer headers are refused where the next function's invocation comes in. */
  private static final int TRACE_CHARS_MAX = 1024;

  private static final int TEXT_CHARS_MAX = 8 * 1024;
  private static final long LOOK_NS = 1_000_000;

  private static final Refusal FULL = Refusal.throttled("CallerRateLimitExceeded");
  private static final Refusal OVER_SHARE =
      Refusal.throttled("FunctionInvocationRateLimitExceeded");
  private static final Refusal CLOSED = Refusal.service("The engine is closed.");
  private static final Refusal FAILING = Refusal.service("The event cannot be stored at present.");

  private static final Refusal RECURSIVE =
      new Refusal(
          400,
          "RecursiveInvocationException",
          "Lambda has detected your function being invoked in a recursive loop with other AWS"
              + " resources and stopped your function's invocation.",
          null);

  private final Journal journal;
  private final boolean durable;
  private final Function<Owner, Functions> functions;
  private final EventsConfig config;
  private final EventClock clock;
  private final EventFigures figures = new EventFigures();
  private final EventSettings.Source settings;
  private final AtomicBoolean trimming = new AtomicBoolean();
  private final Backlog backlog;
  private final AtomicLong arriving = new AtomicLong();
  private final EventAgent agent;
  private final DeadLetterShelf shelf;
  private volatile int recovered;
  private volatile boolean closed;

  /**
   * @param durable whether the journal outlives the process
   * @param functions of an owner; waits for nothing
   * @param newCall makes a call to the engine
   */
  public EventDoor(
      Journal journal,
      boolean durable,
      Function<Owner, Functions> functions,
      Supplier<Call> newCall,
      Courier courier,
      EventsConfig config,
      EventClock clock) {
    this.journal = journal;
    this.durable = durable;
    this.functions = functions;
    this.config = config;
    this.clock = clock;
    backlog = new Backlog(config.eventsMax(), Journal.mostlyFull(journal.bodyBytesMax()));
    settings = new RegistrySettings(functions);
    agent = new EventAgent(journal, newCall, settings, courier, config, figures, backlog, clock);
    shelf = new DeadLetterShelf(journal, agent);
  }

  /** To be turned by a thread of its own, after {@link #recover}. */
  public EventAgent agent() {
    return agent;
  }

  /**
   * Takes over what is owed. Once, before the agent is turned.
   *
   * @throws IOException the journal cannot be read
   */
  public void recover() throws IOException {
    RecoveredEvents taken =
        new RecoveredEvents(agent, backlog, figures, clock, config.retryBaseMs());
    journal.recover(taken);
    clock.recovered(taken.newestMs());
    recovered = taken.count();
  }

  // ---- acceptance ----

  @Override
  public CompletableFuture<Refusal> accept(InvokeRequest request) {
    CompletableFuture<Refusal> answer = new CompletableFuture<>();
    try {
      hand(invocation(request), answer);
    } catch (LambdaException refused) {
      answer.complete(refused.refusal());
    }
    return answer;
  }

  private Invocation invocation(InvokeRequest request) {
    Owner owner = request.owner() == null ? config.owner() : request.owner();
    FunctionName.Parsed name = EventTarget.check(functions.apply(owner), owner, request);
    int length = request.payload().length;
    if (length > PAYLOAD_BYTES_MAX) {
      throw new LambdaException(
          new Refusal(
              413,
              "RequestTooLargeException",
              length
                  + " byte payload is too large for the Event invocation type (limit "
                  + PAYLOAD_BYTES_MAX
                  + " bytes)",
              null));
    }
    requireShort("client context", request.clientContext());
    requireShort("trace header", request.traceHeader());
    UUID id = request.requestId() == null ? UUID.randomUUID() : request.requestId();
    return new Invocation(
        id,
        owner,
        name.name(),
        name.qualifier(),
        request.clientContext(),
        Lineage.extended(request.traceHeader(), name.unqualifiedArn(), clock.wallMs(clock.nowMs())),
        request.payload());
  }

  @Override
  public String follow(Owner owner, String function, String traceHeader) {
    if (!(FunctionName.parse(owner.account(), owner.region(), function, null)
        instanceof FunctionName.Parsed name)) {
      return traceHeader; // the invocation itself says so
    }
    String functionArn = name.unqualifiedArn();
    String followed = Lineage.extended(traceHeader, functionArn, clock.wallMs(clock.nowMs()));
    if (Lineage.count(followed, functionArn) > Lineage.LOOPS_MAX
        && !settings.of(owner, name.name(), null).loops()) {
      throw new LambdaException(RECURSIVE);
    }
    return followed.length() > TRACE_CHARS_MAX ? traceHeader : followed; // the next hop refuses it
  }

  private static void requireShort(String what, String text) {
    if (text != null && text.length() > TEXT_CHARS_MAX) {
      throw new LambdaException(
          new Refusal(
              400,
              "InvalidRequestContentException",
              "The "
                  + what
                  + " of an event must have no more than "
                  + TEXT_CHARS_MAX
                  + " characters",
              null));
    }
  }

  private void hand(Invocation event, CompletableFuture<Refusal> answer) {
    Journal.Event journalled = Attempts.journalled(event, clock.nowMs());
    int length = journalled.body().length;
    if (closed) {
      answer.complete(CLOSED);
      return;
    }
    String functionArn = event.functionArn();
    if (journal.nearlyFull()) {
      figures.refused(functionArn);
      answer.complete(FULL);
      trimDeadLetters();
      return;
    }
    Backlog.Answer room = backlog.take(functionArn, length);
    if (room != Backlog.Answer.TAKEN) {
      figures.refused(functionArn);
      answer.complete(room == Backlog.Answer.FULL ? FULL : OVER_SHARE);
      return;
    }
    Arrival arrival = new Arrival(functionArn, journalled, answer);
    if (arriving.addAndGet(length) > ARRIVING_BYTES_MAX) {
      figures.refused(functionArn);
      arrival.end(FULL);
      return;
    }
    switch (journal.accept(journalled, arrival)) {
      case TAKEN -> {
        // the arrival is told
      }
      case FULL -> arrival.end(FULL);
      case FAILING -> arrival.end(FAILING);
      case CLOSED -> arrival.end(CLOSED);
    }
  }

  /** They may be what fills it. */
  private void trimDeadLetters() {
    if (trimming.compareAndSet(false, true)) {
      agent.post(
          () -> {
            trimming.set(false);
            agent.trimDeadLetters();
          });
    }
  }

  /** An event on its way into the journal. */
  private final class Arrival implements Journal.Receipt {
    private final String functionArn;
    private final Journal.Event event;
    private final CompletableFuture<Refusal> answer;

    Arrival(String functionArn, Journal.Event event, CompletableFuture<Refusal> answer) {
      this.functionArn = functionArn;
      this.event = event;
      this.answer = answer;
    }

    @Override
    public void accepted(long handle) {
      arriving.addAndGet(-event.body().length);
      figures.received(functionArn);
      agent.post(() -> agent.add(handle, event));
      answer.complete(null);
    }

    @Override
    public void refused(String detail) {
      EventAgent.LOG.log(Level.ERROR, "an event was not stored: {0}", detail);
      end(FAILING);
    }

    /** It is not accepted. */
    void end(Refusal refusal) {
      arriving.addAndGet(-event.body().length);
      backlog.remove(event.lane(), event.body().length);
      answer.complete(refusal);
    }
  }

  // ---- dead letters ----

  @Override
  public DeadLetter.Part deadLetters(String functionArn, String after, int max) {
    return shelf.list(functionArn, after, max);
  }

  @Override
  public DeadLetter.Content deadLetter(String id) {
    return shelf.show(id);
  }

  @Override
  public int redrive(Collection<String> ids) {
    return shelf.each(ids, agent::redrive);
  }

  @Override
  public int purge(Collection<String> ids) {
    return shelf.each(ids, agent::purge);
  }

  // ---- status and end ----

  @Override
  public EventsStatus status() {
    Journal.Status status = journal.status();
    return new EventsStatus(
        backlog.owed(),
        status.dead(),
        recovered,
        durable,
        status.storedBytes(),
        arriving.get() + agent.memoryBytes(),
        status.degraded(),
        figures.totals(),
        figures.functions(backlog::owed));
  }

  /** Accepts nothing more; events that are owed go on. */
  public void closeDoor() {
    closed = true;
  }

  /**
   * Waits until nothing runs, nor may begin to.
   *
   * @param deadlineNs of {@link System#nanoTime}
   */
  public void awaitIdle(long deadlineNs) {
    await(agent::idle, deadlineNs);
  }

  private void await(BooleanSupplier there, long deadlineNs) {
    while (!there.getAsBoolean() && System.nanoTime() - deadlineNs < 0) {
      LockSupport.parkNanos(LOOK_NS);
    }
  }
}
