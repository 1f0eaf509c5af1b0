package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.spi.Invocation;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/**
 * The channel to a sandbox process that shares a segment with the engine: whole frames go by a slot
 * to a side that looks there before it sleeps, and by the pipe to one that may sleep. So nothing is
 * ever slower than over the pipes alone, and where both sides are awake there is no system call.
 *
 * <p>One invocation runs; others may lie behind it, in slots, and be taken back before they are
 * begun. Answers come in the order of the invocations, and what was taken back is told in its place
 * to have been skipped ({@link InvocationLine}).
 *
 * <p>Ordering pairs, all with the sandbox: a frame is written, <i>release</i>, its count is; the
 * count is read, <i>acquire</i>, then the frame. A count is published, <i>full fence</i>, the other
 * side's {@code polling} is read; the own {@code polling} is cleared, <i>full fence</i> (the
 * sleeper's), the count is read. {@code revoked} is written, <i>full fence</i>, {@code taking} is
 * read.
 */
public final class SegmentChannel implements Channel {
  /** One in so many invocations is timed. */
  private static final int TIMED_EVERY = 8;

  /** So many answers by the pipe in a row: the engine sleeps whenever it waits for this one. */
  private static final int BARREN_MAX = 64;

  /** After so many more it is tried again. */
  private static final int BARREN_REST = 1024;

  private static final long QUICK_NS = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long SLOW_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Segment segment;
  private final InlineChannel pipes;
  private final FrameReader slotReader = new FrameReader();

  // What the engine wrote, and took.
  private long requests;
  private long piped;
  private long answered;

  /** What is in the sandbox. */
  private final InvocationLine line = new InvocationLine();

  private boolean bySlot;
  private long skipped;
  private String violation;

  /** It is looked after: only then a doorbell may be left out. */
  private boolean polled;

  // Whether it answers quickly.
  private int untimed;
  private int barren;
  private long timedNs;
  private boolean quick;
  private boolean slow;

  /** A request that no doorbell was rung for, when the engine found it so as it went to sleep. */
  private boolean unrung;

  private long unrungNs;

  /**
   * A doorbell that was not rung, though the sandbox said that it may sleep: it has an invocation
   * that it was woken for, and looks for the next one if it answers that by a slot; or the request
   * pipe had no room. Rung with the next answer, if the sandbox does not look then, and before the
   * engine sleeps.
   */
  private boolean owesBell;

  /**
   * Begins with a process that was just forked.
   *
   * @param requestFd as {@link InlineChannel}'s
   * @param responseFd as {@link InlineChannel}'s
   * @param owner as {@link InlineChannel}'s
   * @param segment stays the caller's to unmap, when nothing is asked of this channel any more
   */
  public SegmentChannel(int requestFd, int responseFd, long owner, Segment segment) {
    this.segment = segment;
    pipes = new InlineChannel(requestFd, responseFd, owner, true, new FrameReader(line::isLater));
  }

  /** The pipes; what comes before the first invocation goes by them. */
  public InlineChannel pipes() {
    return pipes;
  }

  // ---- to the sandbox ----

  @Override
  public void invoke(ChannelBuffers buffers, Invocation offered) {
    time();
    pipes.reader().allowBells(1);
    long number = 0;
    if (Frames.fits(offered, Segment.SLOT_BYTES)
        && (!line.isEmpty() || segment.sandboxPollsOpaque())) {
      number = publish(buffers, offered, 0);
    } else {
      if (!line.isEmpty()) {
        ring(buffers); // what is to be skipped comes before what the pipe brings
        owesBell = false; // a pipe without room for one holds others
      }
      piped++;
      pipes.send(buffers, offered);
    }
    boolean first = line.isEmpty();
    line.add(offered, number, false);
    if (first) {
      expectFirst();
    }
  }

  /** Times one in so many, from here to its answer. */
  private void time() {
    if (++untimed >= TIMED_EVERY) {
      untimed = 0;
      timedNs = System.nanoTime();
    }
  }

  /** Tells both readers what comes next. */
  private void expectFirst() {
    FrameReader piping = pipes.reader();
    switch (line.first()) {
      case NONE -> {
        piping.expectNothing();
        slotReader.expectNothing();
      }
      case RUNS, IN_DOUBT -> {
        Invocation invocation = line.firstInvocation();
        piping.expectAnswer(invocation.sequence(), invocation.responseBuffer());
        slotReader.expectAnswer(invocation.sequence(), invocation.responseBuffer());
        if (line.first() == InvocationLine.State.IN_DOUBT) {
          piping.mayBeSkipped();
          slotReader.mayBeSkipped();
        }
      }
      case TAKEN_BACK -> {
        piping.expectSkipped(line.firstSequence());
        slotReader.expectSkipped(line.firstSequence());
      }
    }
  }

  private long publish(ChannelBuffers buffers, Invocation offered, int flags) {
    long number = requests + 1;
    MemorySegment slot = segment.requestSlot(number);
    int head = Frames.invokeHead(slot, offered, flags);
    MemorySegment.copy(
        offered.payload(),
        offered.payloadOffset(),
        slot,
        Frames.BYTE,
        head,
        offered.payloadLength());
    requests = number;
    segment.pipedOpaque(number, piped);
    segment.requestsRelease(number);
    VarHandle.fullFence();
    unrung = polled && segment.sandboxPollsOpaque();
    unrungNs = 0;
    if (unrung) {
      owesBell = false;
    } else if (polled && flags == Frames.REVOCABLE) {
      owesBell = true;
    } else {
      ring(buffers);
    }
    return number;
  }

  /**
   * A pipe without room wakes who sleeps, but what fills it may be one frame and be read at once,
   * by one who looks nowhere else then; and nothing is written into the midst of a frame.
   */
  private void ring(ChannelBuffers buffers) {
    owesBell = pipes.sending() || !pipes.ring(buffers);
  }

  @Override
  public int prefetches() {
    return Segment.SLOTS - 2; // beside what runs, and one that comes when that was taken back
  }

  @Override
  public boolean invokeBehind(ChannelBuffers buffers, Invocation offered) {
    if (running() == null
        || line.size() >= Segment.SLOTS - 1
        || pipes.sending()
        || !Frames.fits(offered, Segment.SLOT_BYTES)) {
      return false;
    }
    pipes.reader().allowBells(1);
    line.add(offered, publish(buffers, offered, Frames.REVOCABLE), true);
    return true;
  }

  @Override
  public boolean revoke(long sequence) {
    int at = line.revocable(sequence);
    if (at < 0) {
      return false;
    }
    long number = line.number(at);
    segment.revokedOpaque(number);
    VarHandle.fullFence();
    boolean answers = at == 0 && (pipes.reader().partial() || pipes.reader().streaming());
    boolean inTime = !isTaken(number) && !answers;
    line.revoked(at, inTime);
    if (at == 0) {
      if (inTime) {
        expectFirst();
      } else {
        pipes.reader().mayBeSkipped();
        slotReader.mayBeSkipped();
      }
    }
    return inTime;
  }

  @Override
  public boolean unbegun() {
    long number = line.unbegunUnless();
    return number != 0 && !isTaken(number);
  }

  /** Whether the sandbox says so; nobody can take what is not there. */
  private boolean isTaken(long number) {
    long taking = segment.takingOpaque();
    return taking >= number && taking <= requests;
  }

  @Override
  public long[] takeBack() {
    for (long sequence : line.notTakenBack()) {
      revoke(sequence);
    }
    return line.notTakenBack();
  }

  @Override
  public boolean sending() {
    return pipes.sending();
  }

  @Override
  public boolean flush(ChannelBuffers buffers) {
    return pipes.flush(buffers);
  }

  @Override
  public boolean moving() {
    return pipes.moving();
  }

  @Override
  public void exits() {
    pipes.exits();
  }

  @Override
  public void dropMoving() {
    pipes.dropMoving();
  }

  // ---- from the sandbox ----

  @Override
  public Received receive(ChannelBuffers buffers) {
    Received received = take(buffers);
    if (owesBell && (received == Received.ANSWER || received == Received.SKIPPED)) {
      unrung = polled && segment.sandboxPollsOpaque();
      unrungNs = 0;
      owesBell = !unrung;
      payBell(buffers);
    }
    return received;
  }

  private Received take(ChannelBuffers buffers) {
    while (violation == null) {
      if (pipes.moving()) {
        return Received.NOTHING; // what lies in a slot is asked for when that is over
      }
      boolean passedOver = false;
      long count = segment.responsesAcquire();
      if (count != answered) {
        if (count - answered < 0 || count - answered > line.size()) {
          return violated("a count of responses that cannot be");
        }
        // The one before has answered by the pipe then, or will.
        passedOver = line.isLater(segment.responseSlot(answered + 1).get(Frames.LONG, 8));
        if (!passedOver) {
          Received received = fromSlot();
          if (received != Received.NOTHING) {
            return received;
          }
          continue;
        }
      }
      Received received = pipes.receive(buffers);
      boolean tooEarly = pipes.takeTooEarly();
      switch (received) {
        case NOTHING -> {
          boolean nothingInSlots = passedOver || segment.responsesAcquire() == answered;
          if (tooEarly || passedOver && pipes.receivedBytes() == 0) {
            if (nothingInSlots) {
              return violated("an answer before the one that comes first");
            }
          } else if (nothingInSlots || pipes.receivedBytes() == 0) {
            return received;
          } // else a doorbell was read, for what was put there since it was looked for
        }
        case SKIPPED -> {
          if (!skippedFirst()) {
            return received;
          }
        }
        case ANSWER -> {
          bySlot = false;
          answeredFirst(pipes.processEnds());
          return received;
        }
        case END -> {
          if (passedOver) {
            return violated("an answer before the one that will never come");
          }
          if (segment.responsesAcquire() == answered) {
            return received;
          }
        }
        case VIOLATION -> {
          violation = pipes.violation();
        }
        default -> {
          return received;
        }
      }
    }
    return Received.VIOLATION;
  }

  /**
   * Reads each byte of the slot once: the header into the reader's own memory, before it judges.
   */
  private Received fromSlot() {
    boolean denied = pipes.reader().partial() || pipes.sending();
    answered++;
    bySlot = true;
    return switch (slotReader.read(segment.responseSlot(answered), 0, Segment.SLOT_BYTES)) {
      case ANSWER -> {
        if (denied) {
          yield violated("a response in a slot that the pipe denies");
        }
        answeredFirst(slotReader.processEnds());
        yield Received.ANSWER;
      }
      case SKIPPED -> {
        // What was taken back in time may be told while the next one is written to the pipe.
        boolean inTime = line.first() == InvocationLine.State.TAKEN_BACK;
        if (!inTime && (denied || pipes.reader().streaming())) {
          yield violated("a skip in a slot that the pipe denies");
        }
        yield skippedFirst() ? Received.NOTHING : Received.SKIPPED;
      }
      case VIOLATION -> violated(slotReader.violation());
      default -> violated("a response that does not end in its slot");
    };
  }

  /** The first was not begun; whether nobody needs to know. */
  private boolean skippedFirst() {
    boolean inTime = line.first() == InvocationLine.State.TAKEN_BACK;
    if (!inTime) {
      skipped = line.firstSequence();
      judgePace();
    }
    next();
    return inTime;
  }

  /**
   * The first has answered.
   *
   * @param ends the process ends: nothing more is expected of it
   */
  private void answeredFirst(boolean ends) {
    judgePace();
    if (ends) {
      line.clear();
    }
    next();
  }

  private void judgePace() {
    barren = bySlot || !polled ? 0 : barren + 1;
    if (timedNs != 0) {
      long tookNs = System.nanoTime() - timedNs;
      timedNs = 0;
      quick = tookNs < QUICK_NS;
      slow = tookNs > SLOW_NS;
    }
  }

  private void next() {
    line.next();
    if (line.isEmpty()) {
      unrung = false;
      owesBell = false;
    } else {
      time();
    }
    expectFirst();
  }

  private Received violated(String what) {
    violation = what;
    return Received.VIOLATION;
  }

  @Override
  public Invocation running() {
    return line.running();
  }

  /** The sequence of the invocation that {@link Received#SKIPPED} is about. */
  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public boolean holdsAnswer() {
    return violation == null && (segment.responsesAcquire() != answered || pipes.holdsAnswer());
  }

  // ---- looking and sleeping ----

  /**
   * Whether looking at it pays: 1: it answered quickly since this was asked last; −1: it answered
   * very slowly, or never while the engine looked; 0: it is not known.
   */
  public int pace() {
    if (barren >= BARREN_MAX) {
      barren = 0;
      untimed = -BARREN_REST;
      return -1;
    }
    int pace = quick ? 1 : slow ? -1 : 0;
    quick = false;
    slow = false;
    return pace;
  }

  /** Whether there is something in a slot that was not taken; for channels that are polled. */
  public boolean answers() {
    return !line.isEmpty() && segment.responsesAcquire() != answered;
  }

  /** Whether its process had not to be woken for what it has: it may answer at any moment. */
  public boolean awake() {
    return running() != null && (unrung || line.size() > 1);
  }

  /** It is looked into by the engine, from now on. */
  public void enter() {
    polled = true;
    wakes();
  }

  /** It is not any more: what may wait for a look is rung for; {@link #holdsAnswer} must follow. */
  public void leave(ChannelBuffers buffers) {
    polled = false;
    segment.pollingOpaque(0);
    VarHandle.fullFence();
    if (unrung) {
      unrung = false;
      ring(buffers);
    }
    payBell(buffers);
  }

  /** Rings for what has not been rung for. */
  private void payBell(ChannelBuffers buffers) {
    if (owesBell) {
      ring(buffers);
    }
  }

  /** The engine looks here before it sleeps, from now on. */
  public void wakes() {
    segment.pollingOpaque(Segment.LOOKS);
  }

  /**
   * The engine does not look here any more before it sleeps; a full fence and one more look, {@link
   * #answers}, must follow.
   *
   * @param number of the sleep, greater than {@link Segment#LOOKS}, another one each time
   */
  public void sleeps(ChannelBuffers buffers, long number) {
    segment.pollingOpaque(number);
    payBell(buffers);
  }

  /**
   * The engine goes to sleep: a request without a doorbell that stays unanswered for long is looked
   * after.
   *
   * @param afterNs how long
   * @return when to ask again, as {@link System#nanoTime}; {@link Long#MAX_VALUE}: there is none
   */
  public long unrungUntilNs(long nowNs, long afterNs) {
    if (!unrung) {
      return Long.MAX_VALUE;
    }
    if (unrungNs == 0) {
      unrungNs = nowNs;
    }
    return unrungNs + afterNs;
  }

  /**
   * Rings for a request whose time without a doorbell is over.
   *
   * @return true: the sandbox did sleep, and had not answered
   */
  public boolean rescue(ChannelBuffers buffers) {
    unrung = false;
    if (segment.sandboxPollsOpaque() || segment.responsesAcquire() != answered) {
      return false;
    }
    ring(buffers);
    return pipes.isSilent(buffers);
  }

  // ---- what the last answer was ----

  @Override
  public void credit(int bytes) {
    pipes.credit(bytes);
  }

  @Override
  public long initNs() {
    return pipes.initNs();
  }

  @Override
  public byte[] initError() {
    return pipes.initError();
  }

  private FrameReader answer() {
    return bySlot ? slotReader : pipes.reader();
  }

  @Override
  public boolean functionError() {
    return answer().functionError();
  }

  @Override
  public boolean processEnds() {
    return answer().processEnds();
  }

  @Override
  public long logMark() {
    return answer().logMark();
  }

  @Override
  public int maxMemoryKb() {
    return Math.max(slotReader.maxMemoryKb(), pipes.maxMemoryKb());
  }

  @Override
  public int receivedBytes() {
    return pipes.receivedBytes();
  }

  @Override
  public int chunkBytes() {
    return pipes.chunkBytes();
  }

  @Override
  public String violation() {
    return violation;
  }
}
