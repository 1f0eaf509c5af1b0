package io.ringmaster.simulation;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.simulation.SimulatedSandbox.Slot;

/**
 * Writes what simulated functions answer. Every byte of an answer follows from the call's number
 * and the byte's place, so that one that is lost, doubled or another call's is seen.
 */
final class AnswerWriter {
  static final String ERROR_TYPE = "Simulated.Error";

  private final SeededRandom random;
  private final byte[] bytes = new byte[64 * 1024];

  AnswerWriter(SeededRandom random) {
    this.random = random;
  }

  /** The byte at a place of a call's answer: its number first. */
  static byte at(long number, int position) {
    if (position < Long.BYTES) {
      return (byte) (number >>> 8 * (Long.BYTES - 1 - position));
    }
    return (byte) (number * 31 + position * 7L + (position >> 8));
  }

  /** The first byte that is not what the call's answer has there; −1: all are. */
  static int firstWrong(long number, int from, byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != at(number, from + i)) {
        return i;
      }
    }
    return -1;
  }

  /** Draws what will be written, before the invocation runs. */
  void draw(Slot slot, double functionError) {
    slot.functionError = random.chance(functionError);
    slot.responseBytes =
        random.chance(0.01) ? random.between(16, bytes.length) : random.between(16, 200);
    slot.chunksLeft = random.chance(0.2) ? random.between(1, 6) : 0;
  }

  /** Writes the next chunk, and tells how long it is. */
  int chunk(Slot slot) {
    SimulatedCall call = slot.call;
    int part = slot.responseBytes / (slot.chunksLeft + 1);
    slot.responseBytes -= part;
    slot.chunksLeft--;
    if (call.toldType == null) {
      call.toldType =
          random.chance(0.5) ? Invocation.OCTET_STREAM : Invocation.HTTP_INTEGRATION_RESPONSE;
      slot.invocation.responseBuffer().contentType(call.toldType);
    }
    call.toldChunks++;
    call.chunkBytes += part;
    append(slot, part);
    slot.invocation.responseBuffer().endChunk();
    return part;
  }

  /** Writes the end: the rest of the answer, or a document that breaks it off. */
  void end(Slot slot) {
    SimulatedCall call = slot.call;
    ResponseBuffer answer = slot.invocation.responseBuffer();
    if (!slot.functionError) {
      append(slot, slot.responseBytes);
      call.toldChunks++;
    } else {
      if (call.chunkBytes > 0 && random.chance(0.5)) {
        append(slot, 9); // a part that came together with the document
      }
      if (call.toldBytes > 0 || random.chance(0.5)) {
        call.toldErrorType = random.chance(0.5) ? ERROR_TYPE : null;
        answer.beginError(call.toldErrorType);
      }
      call.documentBytes = slot.responseBytes;
      fill(call.number, 0, slot.responseBytes);
      answer.append(bytes, 0, slot.responseBytes);
    }
    if (random.chance(0.5)) {
      answer.endChunk();
    }
  }

  private void append(Slot slot, int count) {
    fill(slot.call.number, slot.call.toldBytes, count);
    slot.invocation.responseBuffer().append(bytes, 0, count);
    slot.call.toldBytes += count;
  }

  private void fill(long number, int from, int count) {
    for (int i = 0; i < count; i++) {
      bytes[i] = at(number, from + i);
    }
  }
}
