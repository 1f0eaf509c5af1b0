package com.amazonaws.services.lambda.crac;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderedContextTest {
  private final List<String> told = new ArrayList<>();
  private final OrderedContext context = new OrderedContext();

  private final class Named implements Resource {
    private final String name;
    private final Exception failure;

    Named(String name, Exception failure) {
      this.name = name;
      this.failure = failure;
      context.register(this);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> of) throws Exception {
      tell("before ");
    }

    @Override
    public void afterRestore(Context<? extends Resource> of) throws Exception {
      tell("after ");
    }

    private void tell(String when) throws Exception {
      told.add(when + name);
      if (failure != null) {
        throw failure;
      }
    }
  }

  @Test
  void theLastOneIsToldFirstBeforeASnapshotAndLastAfterARestore() throws Exception {
    List<Resource> kept = List.of(new Named("a", null), new Named("b", null), new Named("c", null));
    context.beforeCheckpoint(null);
    context.afterRestore(null);
    assertEquals(
        List.of("before c", "before b", "before a", "after a", "after b", "after c"), told);
    assertEquals(3, kept.size());
  }

  @Test
  void allAreToldWhateverOneThrows() {
    Exception failure = new Exception("no");
    List<Resource> kept = List.of(new Named("a", failure), new Named("b", failure));
    assertArrayEquals(
        new Throwable[] {failure, failure},
        assertThrows(CheckpointException.class, () -> context.beforeCheckpoint(null))
            .getSuppressed());
    assertArrayEquals(
        new Throwable[] {failure, failure},
        assertThrows(RestoreException.class, () -> context.afterRestore(null)).getSuppressed());
    assertEquals(4, told.size());
    assertEquals(2, kept.size());
  }

  @Test
  void functionsCannotAskForASnapshot() {
    assertThrows(UnsupportedOperationException.class, Core::checkpointRestore);
  }
}
