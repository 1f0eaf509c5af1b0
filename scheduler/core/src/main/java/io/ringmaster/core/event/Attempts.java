package io.ringmaster.core.event;

import io.ringmaster.api.Call;
import io.ringmaster.api.Events;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.event.EventBody.Delivery;
import io.ringmaster.core.event.EventBody.Invocation;
import io.ringmaster.core.event.EventFigures.Total;
import io.ringmaster.core.event.InvocationRecord.Run;
import io.ringmaster.persistence.spi.Journal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One attempt of an event from its begin to what follows from its outcome: the retry rules.
 *
 * <pre>
 *   success          → record to the destination on success, if any → done
 *   function error   → again after 1 × base, 2 × base … or given up: RetriesExhausted
 *   refused          → again after 1 s doubling to 5 min    … or given up: EventAgeExceeded
 *   switched off     → given up at once
 *   given up         → record to the destination on failure, event to the dead-letter queue;
 *                      neither is there: dead letter of the engine
 *   not delivered    → again after 1 s doubling to 5 min, for six hours; then dead letter
 * </pre>
 *
 * <p>What follows is durable before the event is settled: after a crash in between there are two,
 * never none. The agent's thread.
 */
final class Attempts {
  /** How long something is tried to be delivered. */
  static final long DELIVERY_AGE_MAX_MS = EventSettings.AGE_MAX_MS;

  static final String NOT_DELIVERED = "DestinationNotReached";
  static final String DAMAGED = "EventDamaged";
  static final String FAULT = "EngineFault";

  /** Shorter delays are not worth a record: a burst of throttles would double the journal. */
  static final long JOURNALLED_DELAY_MS = 8_000;

  private static final int KEPT_CALLS = 64;
  private static final int KEPT_CALL_BYTES = 64 * 1024;
  private static final int DETAIL_BYTES_MAX = 32 * 1024;
  private static final int ERROR_MESSAGE_CHARS_MAX = 1024;

  private final EventAgent agent;
  private final EventTable table;
  private final Journal journal;
  private final Supplier<Call> newCall;
  private final EventSettings.Source settings;
  private final Courier courier;
  private final EventsConfig config;
  private final EventFigures figures;
  private final ArrayDeque<Call> calls = new ArrayDeque<>();

  Attempts(
      EventAgent agent,
      Journal journal,
      Supplier<Call> newCall,
      EventSettings.Source settings,
      Courier courier,
      EventsConfig config,
      EventFigures figures) {
    this.agent = agent;
    this.table = agent.table();
    this.journal = journal;
    this.newCall = newCall;
    this.settings = settings;
    this.courier = courier;
    this.config = config;
    this.figures = figures;
  }

  /** An event whose turn has come. */
  void begin(int row, byte[] bytes) {
    EventBody body;
    try {
      body = EventBody.of(bytes);
    } catch (IllegalArgumentException damaged) {
      agent.report("an accepted event cannot be read", damaged);
      figures.count(Total.DAMAGED);
      bury(row, DAMAGED, text(damaged.getMessage()));
      return;
    }
    if (agent.stopping()) {
      agent.again(row, agent.nowMs());
      return;
    }
    try {
      switch (body) {
        case Invocation event -> invoke(row, event);
        case Delivery delivery -> deliver(row, delivery);
      }
    } catch (Throwable fault) { // it did not begin; the next time it may
      agent.report("an accepted event could not begin", fault);
      if (agent.runs(row)) {
        guarded(row, () -> unbegun(row, fault));
      }
    }
  }

  private void unbegun(int row, Throwable fault) {
    long latestMs = table.acceptedMs(row) + EventSettings.AGE_MAX_MS;
    if (agent.nowMs() >= latestMs) {
      bury(row, FAULT, text(fault.toString()));
    } else {
      refused(row, latestMs);
    }
  }

  /** What comes after the begin: whatever it throws, the row does not run for ever. */
  void guarded(int row, Runnable part) {
    try {
      part.run();
    } catch (Throwable fault) {
      agent.report("the outcome of an accepted event could not be dealt with", fault);
      if (agent.runs(row)) {
        try {
          bury(row, FAULT, text(fault.toString()));
        } catch (Throwable another) {
          agent.report("nor could it be buried", another);
          if (agent.runs(row)) {
            refused(row, Long.MAX_VALUE);
          }
        }
      }
    }
  }

  /** Its bytes are not there. A storage that fails may come back. */
  void notFound(int row, boolean gone, String detail) {
    if (gone) {
      agent.forget(row);
    } else if (agent.nowMs() - table.acceptedMs(row) < EventSettings.AGE_MAX_MS) {
      refused(row, Long.MAX_VALUE);
    } else {
      figures.count(Total.DAMAGED);
      bury(row, DAMAGED, text(detail));
    }
  }

  // ---- invocations ----

  /** One invocation under way. */
  private final class Invoking implements InvocationCallback {
    private final int row;
    private final Invocation event;
    private final EventSettings said;
    private final Call call;

    Invoking(int row, Invocation event, EventSettings said, Call call) {
      this.row = row;
      this.event = event;
      this.said = said;
      this.call = call;
    }

    /** On the dispatcher. */
    @Override
    public void settled(Call settled) {
      agent.post(() -> guarded(row, this::ended));
    }

    @Override
    public boolean nonBlocking() {
      return true;
    }

    private void ended() {
      outcome(row, event, said, call);
      if (calls.size() < KEPT_CALLS
          && event.payload().length + call.responseLength() <= KEPT_CALL_BYTES) {
        calls.add(call);
      }
    }
  }

  private void invoke(int row, Invocation event) {
    EventSettings said = settings.of(event.owner(), event.function(), event.qualifier());
    long ageMs = agent.nowMs() - table.acceptedMs(row);
    String why =
        said.switchedOff()
            ? InvocationRecord.SWITCHED_OFF
            : ageMs >= said.ageMaxMs()
                ? InvocationRecord.AGE_EXCEEDED
                : loops(event, said) ? InvocationRecord.LOOP : null;
    if (why != null) {
      giveUp(row, event, said, why, null);
      return;
    }
    figures.begun(event.functionArn(), ageMs);
    Call call = calls.isEmpty() ? newCall.get() : calls.poll();
    call.owner(event.owner())
        .function(event.function())
        .qualifier(event.qualifier())
        .payload(event.payload(), 0, event.payload().length)
        .clientContext(event.clientContext())
        .traceHeader(event.traceHeader())
        .logTail(false)
        .requestId(event.requestId());
    call.submit(new Invoking(row, event, said, call));
  }

  private static boolean loops(Invocation event, EventSettings said) {
    return !said.loops()
        && Lineage.count(event.traceHeader(), event.functionArn()) > Lineage.LOOPS_MAX;
  }

  private void outcome(int row, Invocation event, EventSettings said, Call call) {
    Refusal refusal = call.refusal();
    if (refusal != null) {
      if (refusal.statusCode() == 429) {
        figures.count(Total.THROTTLED);
      }
      refused(row, table.acceptedMs(row) + said.ageMaxMs());
      return;
    }
    table.refusals(row, 0);
    Run run =
        new Run(
            call.executedVersion(), call.functionError(), call.response(), call.responseLength());
    if (!run.functionError()) {
      figures.count(Total.SUCCEEDED);
      record(row, event, said.onSuccess(), null, InvocationRecord.SUCCESS, run);
      return;
    }
    figures.count(Total.FAILED);
    int errors = table.attempt(row) + 1;
    long dueMs = agent.nowMs() + Backoff.afterErrorMs(config.retryBaseMs(), errors);
    table.attempt(row, errors);
    if (errors > said.retriesMax()) {
      giveUp(row, event, said, InvocationRecord.RETRIES_EXHAUSTED, run);
    } else if (dueMs >= table.acceptedMs(row) + said.ageMaxMs()) {
      giveUp(row, event, said, InvocationRecord.AGE_EXCEEDED, run);
    } else {
      figures.count(Total.RETRIED);
      journal.retry(table.handle(row), dueMs, errors);
      agent.again(row, dueMs);
    }
  }

  /**
   * Neither it nor the function did anything wrong. The journal is told if the delay is a long one:
   * it goes on after a restart, where a short one begins anew.
   */
  private void refused(int row, long latestMs) {
    int before = table.refusals(row);
    table.refusals(row, before + 1);
    long delayMs = Backoff.afterRefusalMs(before);
    long dueMs = Math.min(latestMs, agent.nowMs() + delayMs);
    if (delayMs >= JOURNALLED_DELAY_MS) {
      journal.retry(table.handle(row), dueMs, Tries.of(table.attempt(row), table.refusals(row)));
    }
    agent.again(row, dueMs);
  }

  /**
   * It is not tried any more.
   *
   * @param run the last one; null: it did not run this time
   */
  private void giveUp(int row, Invocation event, EventSettings said, String condition, Run run) {
    if (condition.equals(InvocationRecord.AGE_EXCEEDED)) {
      figures.count(Total.EXPIRED);
    }
    figures.dropped(event.functionArn());
    String onFailure = said.onFailure();
    if (condition.equals(InvocationRecord.LOOP)
        && onFailure != null
        && FunctionArn.isOne(onFailure)) {
      onFailure = null; // the chain would go on there
    }
    if (onFailure == null && said.deadLetterArn() == null) {
      bury(row, condition, detail(run));
    } else {
      record(row, event, onFailure, said.deadLetterArn(), condition, run);
    }
  }

  private static byte[] detail(Run run) {
    return run == null
        ? new byte[0]
        : Arrays.copyOf(run.answer(), Math.min(run.length(), DETAIL_BYTES_MAX));
  }

  // ---- what follows ----

  /** Has the outcome told to whom it is to be told; either may be null. Then it is done. */
  private void record(
      int row,
      Invocation event,
      String destination,
      String deadLetterArn,
      String condition,
      Run run) {
    List<EventBody> following = new ArrayList<>(2);
    if (destination != null) {
      byte[] json = InvocationRecord.json(event, condition, runs(row, run), run, wallMs());
      following.add(
          new Delivery(
              event.requestId(),
              destination,
              event.qualifiedArn(),
              condition,
              null,
              null,
              event.traceHeader(),
              json));
    }
    if (deadLetterArn != null) {
      following.add(
          new Delivery(
              event.requestId(),
              deadLetterArn,
              event.qualifiedArn(),
              null,
              run == null ? "429" : "200",
              errorMessage(condition, run),
              event.traceHeader(),
              event.payload()));
    }
    new Handover(row, following).next();
  }

  /** How often it ran, this time among them. */
  private int runs(int row, Run run) {
    return table.attempt(row) + (run == null || run.functionError() ? 0 : 1);
  }

  private static String errorMessage(String condition, Run run) {
    String message =
        run == null ? null : JsonMembers.text(run.answer(), run.length(), "errorMessage");
    return message == null || message.isBlank() ? condition : attribute(message);
  }

  /** A text as queues and topics take it for an attribute: XML's characters only. */
  private static String attribute(String text) {
    StringBuilder taken = new StringBuilder();
    text.codePoints()
        .map(each -> isXml(each) ? each : '?')
        .limit(ERROR_MESSAGE_CHARS_MAX)
        .forEach(taken::appendCodePoint);
    return taken.toString();
  }

  private static boolean isXml(int each) {
    return each >= ' ' && !(each >= 0xd800 && each < 0xe000) && each != 0xfffe && each != 0xffff
        || each == '\t'
        || each == '\n'
        || each == '\r';
  }

  /**
   * Events that follow from one: each is durable before the next one is handed over, and all before
   * that one is settled. Until then it counts as running, which bounds how many there are.
   */
  private final class Handover {
    private static final long AGAIN_MS = 1_000;

    private final int row;
    private final List<EventBody> following;
    private int done;

    Handover(int row, List<EventBody> following) {
      this.row = row;
      this.following = following;
      int bytes = following.stream().mapToInt(each -> each.content().length).sum();
      agent.hold(row, bytes);
    }

    void next() {
      if (done == following.size()) {
        journal.settle(table.handle(row));
        agent.forget(row);
        return;
      }
      EventBody body = following.get(done);
      long nowMs = agent.nowMs();
      Journal.Event event = journalled(body, nowMs);
      if (event.body().length > Journal.BODY_BYTES_MAX) {
        bury(row, NOT_DELIVERED, text("the record is too large: " + event.body().length));
        return;
      }
      if (event.lane().length() > Journal.LANE_CHARS_MAX) {
        bury(row, NOT_DELIVERED, text("the destination's ARN is too long"));
        return;
      }
      Journal.Answer answer =
          journal.accept(
              event,
              new Journal.Receipt() {
                @Override
                public void accepted(long handle) {
                  agent.post(() -> guarded(row, () -> took(handle, event)));
                }

                @Override
                public void refused(String detail) {
                  agent.post(() -> guarded(row, Handover.this::later));
                }
              });
      if (answer == Journal.Answer.CLOSED) {
        agent.again(row, nowMs); // it stays owed
      } else if (answer != Journal.Answer.TAKEN) {
        later();
      }
    }

    private void later() {
      if (agent.stopping()) {
        agent.again(row, agent.nowMs());
      } else {
        agent.at(agent.nowMs() + AGAIN_MS, () -> guarded(row, this::next));
      }
    }

    private void took(long handle, Journal.Event event) {
      agent.addFollowing(handle, event);
      done++;
      next();
    }
  }

  static Journal.Event journalled(EventBody body, long nowMs) {
    String lane =
        switch (body) {
          case Invocation event -> Lane.ofFunction(event.functionArn());
          case Delivery delivery ->
              Lane.ofDelivery(delivery.destination(), delivery.unqualifiedArn());
        };
    return new Journal.Event(
        body.requestId().getMostSignificantBits(),
        body.requestId().getLeastSignificantBits(),
        lane,
        nowMs,
        nowMs,
        0,
        body.bytes());
  }

  /** It is a dead letter of the engine's from now on. */
  private void bury(int row, String condition, byte[] detail) {
    byte[] head = text(condition + '\n');
    byte[] reason = Arrays.copyOf(head, head.length + detail.length);
    System.arraycopy(detail, 0, reason, head.length, detail.length);
    journal.bury(table.handle(row), wallMs(), reason);
    figures.count(Total.BURIED);
    agent.forget(row);
    agent.trimDeadLetters();
  }

  private long wallMs() {
    return agent.wallMs(agent.nowMs());
  }

  private static byte[] text(String text) {
    return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
  }

  // ---- deliveries ----

  private void deliver(int row, Delivery delivery) {
    if (FunctionArn.isOne(delivery.destination())) {
      invokeDestination(row, delivery);
      return;
    }
    courier.deliver(
        new Courier.Parcel(
            delivery.requestId(),
            delivery.destination(),
            delivery.functionArn(),
            delivery.condition(),
            delivery.errorCode(),
            delivery.errorMessage(),
            delivery.content(),
            agent.wallMs(table.acceptedMs(row))),
        failure -> agent.post(() -> guarded(row, () -> delivered(row, delivery, failure))));
  }

  private void delivered(int row, Delivery delivery, String failure) {
    if (failure == null) {
      figures.count(Total.DELIVERED);
      journal.settle(table.handle(row));
      agent.forget(row);
      return;
    }
    if (agent.stopping()) {
      agent.again(row, agent.nowMs());
      return;
    }
    figures.notDelivered(delivery.unqualifiedArn(), delivery.isDeadLetter());
    long latestMs = table.acceptedMs(row) + DELIVERY_AGE_MAX_MS;
    if (agent.nowMs() >= latestMs) {
      bury(row, NOT_DELIVERED, text(failure));
    } else {
      refused(row, latestMs);
    }
  }

  /** Why a function does not get it; null: it does. Nobody has another owner's functions run. */
  private String problem(Delivery delivery, FunctionArn target) {
    FunctionArn from = FunctionArn.of(delivery.unqualifiedArn());
    if (delivery.isDeadLetter()) {
      return "a function is no dead-letter queue";
    }
    if (from == null || !from.owner().equals(target.owner())) {
      return "it is a function of another account or region";
    }
    if (delivery.content().length > Events.PAYLOAD_BYTES_MAX) {
      return "the record has more bytes than an event may have";
    }
    return settings.exists(target.owner(), target.name(), target.qualifier())
        ? null
        : "there is no such function";
  }

  /** A function's destination is a function: its event is accepted as a client's is. */
  private void invokeDestination(int row, Delivery delivery) {
    FunctionArn target = FunctionArn.of(delivery.destination());
    String problem = target == null ? "it is no ARN of a function" : problem(delivery, target);
    if (problem != null) {
      delivered(row, delivery, problem);
      return;
    }
    Invocation event =
        new Invocation(
            UUID.randomUUID(),
            target.owner(),
            target.name(),
            target.qualifier(),
            null,
            Lineage.extended(
                delivery.traceHeader(),
                target.owner().lambdaArn("function:" + target.name()),
                wallMs()),
            delivery.content());
    if (!agent.backlog().mayFollow(event.functionArn())) {
      delivered(row, delivery, "the function has as many events as it may have");
      return;
    }
    figures.received(event.functionArn());
    figures.count(Total.DELIVERED);
    new Handover(row, List.of(event)).next();
  }
}
