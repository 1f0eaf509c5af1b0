package io.ringmaster.grpc;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.ringmaster.api.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Gives a call the bytes of a message without copying them.
 *
 * <p>Why that is safe: a {@link ByteString} never changes, its array belongs to it alone (messages
 * are parsed without aliasing the buffers that they were received in), and the engine only reads
 * from an event's array. So the array may be shared for as long as the call wants it.
 */
final class PayloadView extends ByteOutput {
  /** The event of an invocation without one, as on Lambda. */
  static final byte[] EMPTY_EVENT = "{}".getBytes(StandardCharsets.UTF_8);

  private byte[] array;
  private int offset;
  private int length;
  private boolean whole;

  void fill(Call call, ByteString payload) {
    if (payload.isEmpty()) {
      set(EMPTY_EVENT, 0, EMPTY_EVENT.length);
      call.payload(array, offset, length);
      return;
    }
    whole = true;
    array = null;
    try {
      UnsafeByteOperations.unsafeWriteTo(payload, this);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is written anywhere
    }
    if (!whole) {
      byte[] copy = payload.toByteArray();
      set(copy, 0, copy.length);
    }
    call.payload(array, offset, length);
  }

  private void set(byte[] bytes, int from, int count) {
    array = bytes;
    offset = from;
    length = count;
  }

  /** The array with the event that was given last. */
  byte[] bytes() {
    return array;
  }

  /** Where in it that event begins. */
  int offset() {
    return offset;
  }

  /** That event's length. */
  int length() {
    return length;
  }

  @Override
  public void writeLazy(byte[] bytes, int from, int count) {
    whole &= array == null;
    set(bytes, from, count);
  }

  @Override
  public void write(byte[] bytes, int from, int count) {
    whole = false;
  }

  @Override
  public void write(byte value) {
    whole = false;
  }

  @Override
  public void write(ByteBuffer bytes) {
    whole = false;
  }

  @Override
  public void writeLazy(ByteBuffer bytes) {
    whole = false;
  }
}
