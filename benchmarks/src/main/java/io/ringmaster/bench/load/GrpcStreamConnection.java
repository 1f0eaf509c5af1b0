package io.ringmaster.bench.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.netty.handler.codec.http2.Http2Headers;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeStreamRequest;
import io.ringmaster.grpc.v1.StreamCall;
import io.ringmaster.grpc.v1.StreamResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The same invocation again and again over one {@code InvokeStream}, each with an id of its own;
 * those whose results came together begin again together, in one message. What is sent was encoded
 * before; of a result no more is read than its id and that it is a success, but for the last.
 * Belongs to the thread that calls it.
 */
final class GrpcStreamConnection extends Http2Connection {
  private static final int MESSAGE_HEAD = 5;
  private static final int STREAM = 1;
  private static final int RESULT = InvokeStreamRequest.CALLS_FIELD_NUMBER; // the same in answers

  /** A message with one call, by the call's id: messages behind one another are one message. */
  private final byte[][] calls;

  private long streamWindow = WINDOW_FIRST;
  private int windowSetTo = WINDOW_FIRST;

  /** Ids of calls that are to begin. */
  private final int[] held;

  private int heldCount;
  private boolean begun;
  private final boolean[] inFlight;

  /** Content of messages that were not whole yet. */
  private byte[] content = new byte[FRAME_MAX];

  private int contentBytes;

  private int unread;
  private int ended;
  private byte[] last = {};

  /**
   * Connects.
   *
   * @param count calls in flight at most; ids are 0 to one less
   */
  GrpcStreamConnection(InetSocketAddress server, InvokeRequest request, int count)
      throws IOException {
    super(server, InvocationServiceGrpc.getInvokeStreamMethod().getFullMethodName());
    calls = new byte[count][];
    held = new int[count];
    inFlight = new boolean[count];
    for (int id = 0; id < count; id++) {
      StreamCall call = StreamCall.newBuilder().setId(id).setRequest(request).build();
      calls[id] = InvokeStreamRequest.newBuilder().addCalls(call).build().toByteArray();
      held[heldCount++] = id;
    }
    int largest = calls[count - 1].length;
    if (largest + MESSAGE_HEAD > FRAME_MAX) {
      close();
      throw new IllegalArgumentException("a message of " + largest + " bytes");
    }
  }

  /** Begins all calls that are not in flight, as many as the server's windows have room for. */
  void call() throws IOException {
    int bytes = MESSAGE_HEAD;
    int from = heldCount;
    long room = Math.min(FRAME_MAX, Math.min(window(), streamWindow));
    while (from > 0 && bytes + calls[held[from - 1]].length <= room) {
      bytes += calls[held[--from]].length;
    }
    if (from == heldCount) {
      return;
    }
    if (!begun) {
      begun = true;
      frame(firstHeaders.length, HEADERS, END_HEADERS, STREAM).put(firstHeaders);
    }
    use(bytes);
    streamWindow -= bytes;
    reserve(FRAME_HEAD + bytes);
    ByteBuffer out = frame(bytes, DATA, 0, STREAM).put((byte) 0).putInt(bytes - MESSAGE_HEAD);
    while (heldCount > from) {
      int id = held[--heldCount];
      inFlight[id] = true;
      out.put(calls[id]);
    }
    flush();
  }

  /**
   * Waits until calls have ended, one at least. They are to begin again.
   *
   * @param more whether calls that the server's windows hold back are to begin meanwhile
   * @return how many
   */
  int answers(boolean more) throws IOException {
    ended = 0;
    while (ended == 0) {
      read();
      if (ended == 0 && more) {
        call(); // perhaps there is room now
      }
    }
    return ended;
  }

  /** Calls that have begun and have no result. */
  int inFlight() {
    return calls.length - heldCount;
  }

  @Override
  void data(int stream, int at, int length) throws IOException {
    unread += length;
    if (unread > WINDOW / 2) {
      frame(4, WINDOW_UPDATE, 0, 0).putInt(unread);
      frame(4, WINDOW_UPDATE, 0, STREAM).putInt(unread);
      unread = 0;
    }
    if (contentBytes + length > content.length) {
      content = Arrays.copyOf(content, 2 * (contentBytes + length));
    }
    in.get(at, content, contentBytes, length);
    contentBytes += length;
    int from = 0;
    while (contentBytes - from >= MESSAGE_HEAD) {
      int bytes = ByteBuffer.wrap(content).getInt(from + 1);
      if (content[from] != 0 || bytes < 0) {
        throw new IOException("no message");
      }
      if (contentBytes - from - MESSAGE_HEAD < bytes) {
        break;
      }
      results(CodedInputStream.newInstance(content, from + MESSAGE_HEAD, bytes));
      from += MESSAGE_HEAD + bytes;
    }
    System.arraycopy(content, from, content, 0, contentBytes - from);
    contentBytes -= from;
  }

  private void results(CodedInputStream message) throws IOException {
    int tag = message.readTag();
    while (tag != 0) {
      if (WireFormat.getTagFieldNumber(tag) != RESULT) {
        throw new IOException("a field " + WireFormat.getTagFieldNumber(tag));
      }
      int outer = message.pushLimit(message.readRawVarint32());
      result(message);
      message.popLimit(outer);
      tag = message.readTag();
    }
  }

  private void result(CodedInputStream message) throws IOException {
    int id = 0; // which is not sent
    boolean answered = false;
    int tag = message.readTag();
    while (tag != 0) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case StreamResult.ID_FIELD_NUMBER -> id = message.readRawVarint32();
        case StreamResult.RESPONSE_FIELD_NUMBER -> {
          answered = true;
          last = message.readByteArray();
        }
        default -> throw new IOException("it was refused");
      }
      tag = message.readTag();
    }
    if (!answered || id < 0 || id >= calls.length || !inFlight[id]) {
      throw new IOException("a result of the call " + id + ", which is not in flight");
    }
    inFlight[id] = false;
    held[heldCount++] = id;
    ended++;
  }

  @Override
  void headers(int stream, Http2Headers came, boolean end) throws IOException {
    if (end) {
      throw new IOException("the stream ended: " + came);
    }
    expect(came, ":status", "200");
  }

  @Override
  void windowGrew(int stream, int bytes) throws IOException {
    if (stream == STREAM) {
      streamWindow += bytes;
    }
  }

  @Override
  void windowSet(int bytes) {
    streamWindow += bytes - windowSetTo;
    windowSetTo = bytes;
  }

  /**
   * The last answer.
   *
   * @throws IOException it is none
   */
  InvokeResponse last() throws IOException {
    return InvokeResponse.parseFrom(last);
  }
}
