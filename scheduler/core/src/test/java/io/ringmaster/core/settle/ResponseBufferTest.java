package io.ringmaster.core.settle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResponseBufferTest {
  private final ResponseBuffer buffer = new ResponseBuffer();

  private void chunk(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    buffer.append(bytes, 0, bytes.length);
    buffer.endChunk();
  }

  private String content() {
    return new String(buffer.array(), 0, buffer.length(), StandardCharsets.UTF_8);
  }

  @Test
  void whatIsDroppedTakesItsChunksAlong() {
    chunk("ab");
    chunk("cdef");
    chunk("gh");
    buffer.drop(3);
    assertEquals("defgh", content());
    assertEquals(2, buffer.chunkCount());
    assertEquals(3, buffer.chunkEnd(0));
    assertEquals(5, buffer.chunkEnd(1));
    buffer.drop(5);
    assertEquals(0, buffer.length());
    assertEquals(0, buffer.chunkCount());
    assertThrows(IllegalArgumentException.class, () -> buffer.drop(1));
  }

  @Test
  void theErrorDocumentIsWhatFollowsTheParts() {
    chunk("parts");
    buffer.beginError("E.Type");
    chunk("{}");
    buffer.drop(2);
    assertEquals(3, buffer.errorStart());
    assertEquals("E.Type", buffer.errorType());
    buffer.drop(3);
    assertEquals(0, buffer.errorStart());
    assertEquals("{}", content());
    buffer.clear();
    assertNull(buffer.errorType());
  }
}
