package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;

/**
 * The channel to one sandbox process: frames, inline, over a pipe each way. Both ends here are
 * non-blocking.
 *
 * <p>What does not fit into the request pipe at once stays where it is, in the invocation's
 * payload, and goes on by {@link #flush} when the pipe takes more: the outbound buffer is bounded
 * by the one frame that is being sent.
 */
public final class InlineChannel {
  /** What one {@link #receive} came to. */
  public enum Received {
    /** No frame ended. */
    NOTHING,
    /** The generic process is there and waits to be bound. */
    STARTED,
    /** The handler is loaded; {@link #initNs}. */
    READY,
    /** The handler could not be loaded; {@link #initError}. */
    INIT_ERROR,
    /** Parts of a streamed answer; {@link #chunkBytes}. */
    CHUNK,
    /**
     * The answer is in the invocation's buffer; {@link #functionError}, {@link #logMark}, {@link
     * #maxMemoryKb}.
     */
    ANSWER,
    /** Nothing will come any more: no process holds the other end. */
    END,
    /** The sandbox broke the protocol; {@link #violation}. Nothing is read any more. */
    VIOLATION
  }

  private static final int PIECES_PER_TURN = 4;
  private static final int LARGE_PIPE_BYTES = 1024 * 1024;

  private final int requestFd;
  private final int responseFd;
  private final FrameReader reader = new FrameReader();

  // The frame that is being sent: prepared bytes, or else an invocation's.
  private byte[] prepared;
  private Invocation invocation;
  private int headBytes;
  private int sent;
  private int toSend;

  private boolean requestPipeGrown;
  private boolean responsePipeGrown;
  private int chunkBytes;
  private boolean receivedAny;
  private String violation;

  /**
   * Begins with a process that was just forked: its STARTED is expected.
   *
   * @param requestFd write end of the request pipe, non-blocking; stays the caller's to close
   * @param responseFd read end of the response pipe, non-blocking; stays the caller's to close
   */
  public InlineChannel(int requestFd, int responseFd) {
    this.requestFd = requestFd;
    this.responseFd = responseFd;
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

  /**
   * Sends an invocation; its answer is expected then. The invocation is read until it is sent, its
   * response buffer is written until the answer is complete. {@link #sending} tells whether {@link
   * #flush} must go on.
   *
   * @throws IllegalArgumentException when the invocation does not fit into a frame; nothing was
   *     sent
   */
  public void invoke(ChannelBuffers buffers, Invocation offered) {
    headBytes = Frames.invokeHead(buffers.outbound, offered);
    reader.expectAnswer(offered.sequence(), offered.responseBuffer());
    invocation = offered;
    sent = 0;
    toSend = headBytes + offered.payloadLength();
    if (toSend > ChannelBuffers.PIECE_BYTES && !requestPipeGrown) {
      requestPipeGrown = true;
      // Where the kernel refuses, a large event only takes more turns.
      buffers.linux.fcntl(requestFd, Linux.F_SETPIPE_SZ, LARGE_PIPE_BYTES);
    }
    flush(buffers, true);
  }

  /**
   * Whether a part of a frame is still to be sent, by {@link #flush} when the request pipe is
   * writable.
   */
  public boolean sending() {
    return sent < toSend;
  }

  /** Sends on, a few pieces at most; answers {@link #sending}. */
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
        sent = toSend;
        break;
      }
      sent += (int) written;
      if (written < count) {
        return true;
      }
    }
    if (sent == toSend) {
      prepared = null;
      invocation = null;
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

  /**
   * Reads what is there, a few pieces at most: one {@code read(2)} for a small answer. Call it when
   * the response pipe is readable.
   */
  public Received receive(ChannelBuffers buffers) {
    if (violation != null) {
      return Received.VIOLATION;
    }
    chunkBytes = 0;
    receivedAny = false;
    for (int piece = 0; piece < PIECES_PER_TURN; piece++) {
      long count =
          buffers.linux.read(responseFd, buffers.inboundAddress, ChannelBuffers.PIECE_BYTES);
      if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
        break;
      }
      if (count <= 0) {
        return Received.END;
      }
      receivedAny = true;
      FrameReader.Outcome outcome = reader.read(buffers.inbound, 0, (int) count);
      chunkBytes += reader.chunkBytes();
      if (outcome == FrameReader.Outcome.MORE || outcome == FrameReader.Outcome.CHUNK) {
        growResponsePipe(buffers);
        if (count < ChannelBuffers.PIECE_BYTES) {
          break;
        }
        continue;
      }
      return judge(outcome, (int) count);
    }
    return chunkBytes > 0 ? Received.CHUNK : Received.NOTHING;
  }

  private Received judge(FrameReader.Outcome outcome, int count) {
    if (outcome == FrameReader.Outcome.VIOLATION) {
      return violated(reader.violation());
    }
    if (reader.consumed() < count) {
      return violated("bytes after the frame that ends what was asked");
    }
    if (sending()) {
      return violated("an answer before the question was read");
    }
    return switch (outcome) {
      case STARTED -> Received.STARTED;
      case READY -> Received.READY;
      case INIT_ERROR -> Received.INIT_ERROR;
      case ANSWER -> Received.ANSWER;
      default -> throw new IllegalStateException(outcome.name());
    };
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

  /** Nanoseconds that loading the handler took, as the process says; ≥ 0. */
  public long initNs() {
    return reader.initNs();
  }

  /** The init error's document, a copy. */
  public byte[] initError() {
    return reader.initError();
  }

  /** Whether the answer is an error document. */
  public boolean functionError() {
    return reader.functionError();
  }

  /** Framed log bytes of the process when it answered, as it says; ≥ 0. */
  public long logMark() {
    return reader.logMark();
  }

  /** Peak resident memory of the process in KiB, as it said last; 0: it never did. */
  public int maxMemoryKb() {
    return reader.maxMemoryKb();
  }

  /** Whether the last {@link #receive} found anything in the pipe. */
  public boolean receivedAny() {
    return receivedAny;
  }

  /** Bytes of streamed parts that the last {@link #receive} brought. */
  public int chunkBytes() {
    return chunkBytes;
  }

  /** What the sandbox did wrong; null: nothing. */
  public String violation() {
    return violation;
  }
}
