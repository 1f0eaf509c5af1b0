package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamEndsTest {
  private static final Path STREAM = Path.of("/logs/g/s");

  @Test
  void aStreamGoesOnBehindAllPartsThatEverWereThere() {
    for (List<Integer> order : List.of(List.of(0, 1, 2), List.of(2, 1, 0), List.of(1, 2, 0))) {
      StreamEnds ends = new StreamEnds();
      for (int number = 0; number < 3; number++) {
        ends.found(LogNames.part(STREAM, number));
      }
      assertEquals(LogNames.part(STREAM, 2), ends.present(STREAM));
      for (int number : order) {
        ends.removed(LogNames.part(STREAM, number), false, false);
      }
      assertEquals(LogNames.part(STREAM, 3), ends.present(STREAM), () -> "" + order);
      assertEquals(LogNames.part(STREAM, 3), ends.present(STREAM), "and stays there");
    }
  }

  @Test
  void whatIsRememberedOfRemovedStreamsIsBounded() {
    StreamEnds ends = new StreamEnds();
    ends.removed(STREAM, true, true);
    for (int i = 0; i < 50_000; i++) {
      ends.removed(Path.of("/logs/g/other" + i), false, false);
    }
    assertTrue(ends.size() < 10_000, () -> "" + ends.size());
    assertEquals(LogNames.part(STREAM, 1), ends.present(STREAM), "others go first");
    byte[] text = "rest\nnext\n".getBytes(StandardCharsets.US_ASCII);
    assertEquals(5, ends.endOfRemoved(STREAM, text, 0, text.length));
    assertEquals(0, ends.endOfRemoved(STREAM, text, 0, text.length));
  }
}
