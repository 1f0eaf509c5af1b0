package io.ringmaster.core.event;

import io.ringmaster.api.DeadLetter;
import io.ringmaster.api.EngineException;
import io.ringmaster.core.event.EventBody.Delivery;
import io.ringmaster.core.event.EventBody.Invocation;
import io.ringmaster.persistence.spi.Journal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** The engine's dead letters, for people. Any thread but the agent's and the journal's. */
final class DeadLetterShelf {
  private static final int PART_MAX = 10_000;
  private static final long PATIENCE_S = 60;

  private final Journal journal;
  private final EventAgent agent;

  DeadLetterShelf(Journal journal, EventAgent agent) {
    this.journal = journal;
    this.agent = agent;
  }

  /** A part of the journal's list. */
  private record Found(List<Journal.DeadLetter> letters, long next) {}

  private Found part(long cursor, int max) {
    CompletableFuture<Found> found = new CompletableFuture<>();
    journal.deadLetters(
        cursor, max, (letters, next) -> found.complete(new Found(List.copyOf(letters), next)));
    return await(found);
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new EngineException("the journal does not answer", e);
    } catch (ExecutionException e) {
      throw new EngineException("dead letters: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted", e);
    }
  }

  /** See {@link io.ringmaster.api.Events#deadLetters}. */
  DeadLetter.Part list(String functionArn, String after, int max) {
    if (max < 1 || max > PART_MAX) {
      throw new IllegalArgumentException("max is " + max + "; it must be 1 to " + PART_MAX);
    }
    long cursor = 0;
    if (after != null) {
      cursor = number(after);
      if (cursor < 0) {
        throw new IllegalArgumentException("there is no list to go on with at " + after);
      }
    }
    List<DeadLetter> letters = new ArrayList<>();
    do {
      Found found = part(cursor, max - letters.size());
      for (Journal.DeadLetter each : found.letters()) {
        DeadLetter letter = letter(each);
        if (functionArn == null || functionArn.equals(letter.functionArn())) {
          letters.add(letter);
        }
      }
      cursor = found.next();
    } while (cursor >= 0 && letters.size() < (max + 1) / 2); // those of others may be many
    return new DeadLetter.Part(letters, cursor < 0 ? null : Long.toString(cursor));
  }

  private DeadLetter letter(Journal.DeadLetter each) {
    return new DeadLetter(
        Long.toString(each.handle()),
        new UUID(each.idHigh(), each.idLow()).toString(),
        Lane.functionArn(each.lane()),
        Lane.destination(each.lane()),
        Instant.ofEpochMilli(agent.wallMs(each.acceptedMs())),
        Instant.ofEpochMilli(each.buriedMs()),
        each.bodyBytes());
  }

  /** −1: it is no number that could be one of ours. */
  private static long number(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Those of the letters with these numbers that there are. */
  private List<Journal.DeadLetter> find(Collection<String> ids) {
    Set<Long> wanted = new HashSet<>();
    ids.forEach(id -> wanted.add(number(id)));
    List<Journal.DeadLetter> letters = new ArrayList<>();
    long cursor = 0;
    while (cursor >= 0 && letters.size() < wanted.size()) {
      Found found = part(cursor, PART_MAX);
      found.letters().stream().filter(each -> wanted.contains(each.handle())).forEach(letters::add);
      cursor = found.next();
    }
    return letters;
  }

  /** See {@link io.ringmaster.api.Events#deadLetter}. */
  DeadLetter.Content show(String id) {
    List<Journal.DeadLetter> found = find(List.of(id));
    if (found.isEmpty()) {
      return null;
    }
    DeadLetter letter = letter(found.get(0));
    CompletableFuture<DeadLetter.Content> content = new CompletableFuture<>();
    journal.read(
        found.get(0).handle(),
        new Journal.Reading() {
          @Override
          public void found(byte[] body, byte[] reason) {
            try {
              content.complete(content(letter, body, reason));
            } catch (IllegalArgumentException damaged) {
              content.completeExceptionally(damaged);
            }
          }

          @Override
          public void failed(boolean gone, String detail) {
            if (gone) {
              content.complete(null);
            } else {
              content.completeExceptionally(new EngineException(detail));
            }
          }
        });
    return await(content);
  }

  private static DeadLetter.Content content(DeadLetter letter, byte[] body, byte[] reason) {
    String why = new String(reason, StandardCharsets.UTF_8);
    int end = why.indexOf('\n');
    String condition = end < 0 ? why : why.substring(0, end);
    String detail = end < 0 ? "" : why.substring(end + 1);
    return switch (EventBody.of(body)) {
      case Invocation event ->
          new DeadLetter.Content(letter, event.qualifiedArn(), condition, detail, event.payload());
      case Delivery delivery ->
          new DeadLetter.Content(
              letter, delivery.functionArn(), condition, detail, delivery.content());
    };
  }

  /**
   * Does something with each of the letters, on the agent's thread.
   *
   * @return for how many it said true
   */
  int each(Collection<String> ids, Predicate<Journal.DeadLetter> act) {
    List<Journal.DeadLetter> letters = find(ids);
    CompletableFuture<Integer> done = new CompletableFuture<>();
    agent.post(() -> done.complete((int) letters.stream().filter(act).count()));
    return await(done);
  }
}
