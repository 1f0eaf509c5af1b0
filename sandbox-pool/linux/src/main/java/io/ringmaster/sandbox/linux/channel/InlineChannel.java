package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The channel to one sandbox process: frames, inline, over a pipe each way. Both ends here are
 * non-blocking.
 *
 * <p>What does not fit into the request pipe at once stays where it is, in the invocation's
 * payload, and goes on by {@link #flush} when the pipe takes more: the outbound buffer is bounded
 * by the one frame that is being sent. Events and answers of more than {@link
 * ChannelBuffers#PIECE_BYTES} are moved by the copier, where there is one.
 */
public final class InlineChannel implements Channel {
  private static final byte[] NOTHING = {};
  private static final int PIECES_PER_TURN = 4;
  private static final int LARGE_PIPE_BYTES = 1024 * 1024;

  private final int requestFd;
  private final int responseFd;
  private final long owner;
  private final FrameReader reader;

  // The frame that is being sent: prepared bytes, or else an invocation's.
  private byte[] prepared;
  private Invocation invocation;
  private int headBytes;
  private int sent;
  private int toSend;

  /** What the copier moves; null: nothing. */
  private Transfer transfer;

  /** What it has moved of an answer's body. */
  private AnswerTransfer arrived;

  private boolean exited;

  // What was read behind a frame, where the next one may follow at once; null: nothing.
  private final boolean framesFollow;
  private byte[] rest;
  private boolean tooEarly;

  private boolean requestPipeGrown;
  private boolean responsePipeGrown;
  private int chunkBytes;
  private int receivedBytes;
  private String violation;

  /**
   * Begins with a process that was just forked: its STARTED is expected.
   *
   * @param requestFd write end of the request pipe, non-blocking; stays the caller's to close
   * @param responseFd read end of the response pipe, non-blocking; stays the caller's to close
   * @param owner what {@link Transfer#owner} is to answer
   */
  public InlineChannel(int requestFd, int responseFd, long owner) {
    this(requestFd, responseFd, owner, false, new FrameReader());
  }

  /**
   * As the other one.
   *
   * @param framesFollow more may come behind an answer: a doorbell, the next answer
   * @param reader what understands the response pipe
   */
  InlineChannel(
      int requestFd, int responseFd, long owner, boolean framesFollow, FrameReader reader) {
    this.reader = reader;
    this.requestFd = requestFd;
    this.responseFd = responseFd;
    this.owner = owner;
    this.framesFollow = framesFollow;
    reader.expectStarted();
  }

  /** Write end of the request pipe. */
  public int requestFd() {
    return requestFd;
  }

  /** Read end of the response pipe. */
  public int responseFd() {
    return responseFd;
  }

  /**
   * Sends a BIND frame; READY or INIT_ERROR is expected then.
   *
   * @param frame from {@link Frames#bind}; must not change until it is sent
   */
  public void bind(ChannelBuffers buffers, byte[] frame) {
    reader.expectInit();
    prepared = frame;
    sent = 0;
    toSend = frame.length;
    flush(buffers);
  }

  @Override
  public void invoke(ChannelBuffers buffers, Invocation offered) {
    send(buffers, offered);
    reader.expectAnswer(offered.sequence(), offered.responseBuffer());
  }

  /** Sends an INVOKE frame; what is expected is told to the reader by the caller. */
  void send(ChannelBuffers buffers, Invocation offered) {
    headBytes = Frames.invokeHead(buffers.outbound, offered);
    invocation = offered;
    sent = 0;
    toSend = headBytes + offered.payloadLength();
    if (toSend > ChannelBuffers.PIECE_BYTES && !requestPipeGrown) {
      requestPipeGrown = true;
      // Where the kernel refuses, a large event only takes more turns.
      buffers.linux.fcntl(requestFd, Linux.F_SETPIPE_SZ, LARGE_PIPE_BYTES);
    }
    if (toSend <= buffers.copiedFrom || !movesEvent(buffers)) {
      flush(buffers, true);
    }
  }

  private boolean movesEvent(ChannelBuffers buffers) {
    int fd = duplicate(buffers, requestFd);
    if (fd < 0) {
      return false;
    }
    byte[] head = buffers.outbound.asSlice(0, headBytes).toArray(Frames.BYTE);
    begin(
        buffers,
        new EventTransfer(
            buffers.copies,
            owner,
            fd,
            head,
            invocation.payload(),
            invocation.payloadOffset(),
            invocation.payloadLength()));
    return true;
  }

  /** A descriptor for the copier; negative: it is not to be used, or there is none left. */
  private int duplicate(ChannelBuffers buffers, int fd) {
    return buffers.copies == null || exited || !buffers.copies.works()
        ? -1
        : buffers.linux.fcntl(fd, Linux.F_DUPFD_CLOEXEC, 0);
  }

  private void begin(ChannelBuffers buffers, Transfer begun) {
    transfer = begun;
    buffers.copies.begin(begun);
  }

  @Override
  public boolean moving() {
    return transfer != null;
  }

  @Override
  public void exits() {
    exited = true;
    if (transfer != null) {
      transfer.finish();
    }
  }

  @Override
  public void dropMoving() {
    if (transfer != null) {
      transfer.drop();
      transfer = null;
    }
  }

  /**
   * What was moved by the copier is over; {@link #flush} and {@link #receive} go on then with what
   * it left.
   *
   * @return false: it is none of this channel's any more
   */
  public boolean moved(Transfer over) {
    if (transfer != over) {
      return false;
    }
    transfer = null;
    switch (over) {
      case EventTransfer event -> {
        sent = event.sent();
        if (sent == toSend) {
          allSent();
        }
      }
      case AnswerTransfer answer -> arrived = answer;
    }
    return true;
  }

  private void allSent() {
    sent = toSend;
    prepared = null;
    invocation = null;
  }

  @Override
  public boolean sending() {
    return sent < toSend;
  }

  @Override
  public boolean flush(ChannelBuffers buffers) {
    return flush(buffers, false);
  }

  private boolean flush(ChannelBuffers buffers, boolean headStaged) {
    for (int piece = 0; piece < PIECES_PER_TURN && sent < toSend; piece++) {
      int skipped = stage(buffers, headStaged && piece == 0);
      int count = Math.min(ChannelBuffers.PIECE_BYTES - skipped, toSend - sent);
      long written = buffers.linux.write(requestFd, buffers.outboundAddress + skipped, count);
      if (written == -Errno.EAGAIN || written == -Errno.EINTR) {
        return true;
      }
      if (written < 0) {
        // Nobody reads any more (EPIPE): the process is gone or as good as that, which its exit or
        // its time-out tells.
        allSent();
        break;
      }
      sent += (int) written;
      if (written < count) {
        return true;
      }
    }
    if (sent == toSend) {
      allSent();
    }
    return sent < toSend;
  }

  /** Puts the next piece into the staging buffer and answers where it begins. */
  private int stage(ChannelBuffers buffers, boolean headStaged) {
    MemorySegment to = buffers.outbound;
    if (prepared != null) {
      int count = Math.min(ChannelBuffers.PIECE_BYTES, toSend - sent);
      MemorySegment.copy(prepared, sent, to, Frames.BYTE, 0, count);
      return 0;
    }
    int at = 0;
    int payloadSent = sent - headBytes;
    if (payloadSent < 0) {
      if (!headStaged) {
        Frames.invokeHead(to, invocation);
      }
      at = headBytes;
      payloadSent = 0;
    }
    int count = Math.min(ChannelBuffers.PIECE_BYTES - at, invocation.payloadLength() - payloadSent);
    MemorySegment.copy(
        invocation.payload(), invocation.payloadOffset() + payloadSent, to, Frames.BYTE, at, count);
    return at == 0 ? 0 : sent;
  }

  @Override
  public Received receive(ChannelBuffers buffers) {
    if (violation != null) {
      return Received.VIOLATION;
    }
    chunkBytes = 0;
    receivedBytes = 0;
    if (transfer != null) {
      return Received.NOTHING;
    }
    if (arrived != null) {
      FrameReader.Outcome outcome = reader.moved(arrived.array(), arrived.count());
      arrived = null;
      if (outcome != FrameReader.Outcome.MORE) {
        return ended(outcome);
      }
    }
    if (rest != null) {
      MemorySegment kept = MemorySegment.ofArray(rest);
      rest = null;
      FrameReader.Outcome outcome = reader.read(kept, 0, (int) kept.byteSize());
      chunkBytes += reader.chunkBytes();
      if (outcome != FrameReader.Outcome.MORE && outcome != FrameReader.Outcome.CHUNK) {
        return judge(outcome, kept, (int) kept.byteSize());
      }
    }
    for (int piece = 0; piece < PIECES_PER_TURN; piece++) {
      long count =
          buffers.linux.read(responseFd, buffers.inboundAddress, ChannelBuffers.PIECE_BYTES);
      if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
        break;
      }
      if (count <= 0) {
        if (chunkBytes > 0) {
          break; // the end is found again, after what came before it was told
        }
        return Received.END;
      }
      receivedBytes += (int) count;
      FrameReader.Outcome outcome = reader.read(buffers.inbound, 0, (int) count);
      chunkBytes += reader.chunkBytes();
      if (outcome == FrameReader.Outcome.MORE || outcome == FrameReader.Outcome.CHUNK) {
        growResponsePipe(buffers);
        if (reader.remaining() > buffers.copiedFrom && reader.mayMove() && movesAnswer(buffers)) {
          break;
        }
        if (count < ChannelBuffers.PIECE_BYTES) {
          break;
        }
        continue;
      }
      return judge(outcome, buffers.inbound, (int) count);
    }
    return chunkBytes > 0 ? Received.CHUNK : Received.NOTHING;
  }

  private Received judge(FrameReader.Outcome outcome, MemorySegment from, int count) {
    if (outcome == FrameReader.Outcome.VIOLATION) {
      return violated(reader.violation());
    }
    boolean early = outcome == FrameReader.Outcome.LATER;
    if (early || reader.consumed() < count) {
      if (!framesFollow) {
        return violated("bytes after the frame that ends what was asked");
      }
      keep(early ? reader.laterHeader() : NOTHING, from, reader.consumed(), count);
    }
    if (early) {
      tooEarly = true;
      return chunkBytes > 0 ? Received.CHUNK : Received.NOTHING;
    }
    return ended(outcome);
  }

  private Received ended(FrameReader.Outcome outcome) {
    if (sending() && outcome != FrameReader.Outcome.SKIPPED) {
      return violated("an answer before the question was read");
    }
    return switch (outcome) {
      case STARTED -> Received.STARTED;
      case READY -> Received.READY;
      case INIT_ERROR -> Received.INIT_ERROR;
      case ANSWER -> Received.ANSWER;
      case SKIPPED -> Received.SKIPPED;
      default -> throw new IllegalStateException(outcome.name());
    };
  }

  private void keep(byte[] header, MemorySegment from, int start, int end) {
    rest = Arrays.copyOf(header, header.length + end - start);
    MemorySegment.copy(from, Frames.BYTE, start, rest, header.length, end - start);
  }

  /** Whether a frame of a later invocation came before the answer that is expected; asked once. */
  boolean takeTooEarly() {
    boolean was = tooEarly;
    tooEarly = false;
    return was;
  }

  /** Whether something that was read, here or by the copier, waits to be understood. */
  @Override
  public boolean holdsAnswer() {
    return violation == null && (rest != null || arrived != null);
  }

  /** What understands the response pipe. */
  FrameReader reader() {
    return reader;
  }

  /** Writes a doorbell; false: the pipe has no room for it. */
  boolean ring(ChannelBuffers buffers) {
    long written = buffers.linux.write(requestFd, buffers.doorbell.address(), Frames.HEADER_BYTES);
    return written != -Errno.EAGAIN;
  }

  /** Whether nothing that the process wrote is to be read. */
  boolean isSilent(ChannelBuffers buffers) {
    return rest == null && buffers.linux.readable(responseFd) <= 0;
  }

  private Received violated(String what) {
    violation = what;
    return Received.VIOLATION;
  }

  private void growResponsePipe(ChannelBuffers buffers) {
    if (!responsePipeGrown && reader.remaining() > ChannelBuffers.PIECE_BYTES) {
      responsePipeGrown = true;
      // Where the kernel refuses, a large answer only takes more turns.
      buffers.linux.fcntl(responseFd, Linux.F_SETPIPE_SZ, LARGE_PIPE_BYTES);
    }
  }

  private boolean movesAnswer(ChannelBuffers buffers) {
    int fd = duplicate(buffers, responseFd);
    if (fd < 0) {
      return false;
    }
    int before = reader.keeps() ? reader.answerBytes() : 0;
    begin(
        buffers,
        new AnswerTransfer(buffers.copies, owner, fd, before, reader.remaining(), reader.keeps()));
    return true;
  }

  /** Nothing to do: while the engine does not read, the process's write blocks. */
  @Override
  public void credit(int bytes) {}

  @Override
  public long initNs() {
    return reader.initNs();
  }

  @Override
  public byte[] initError() {
    return reader.initError();
  }

  @Override
  public boolean functionError() {
    return reader.functionError();
  }

  @Override
  public boolean processEnds() {
    return reader.processEnds();
  }

  @Override
  public long logMark() {
    return reader.logMark();
  }

  @Override
  public int maxMemoryKb() {
    return reader.maxMemoryKb();
  }

  @Override
  public int receivedBytes() {
    return receivedBytes;
  }

  @Override
  public int chunkBytes() {
    return chunkBytes;
  }

  @Override
  public String violation() {
    return violation;
  }
}
