package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Journal.DeadLetters;
import io.ringmaster.persistence.spi.Journal.Event;
import io.ringmaster.persistence.spi.Journal.Reading;
import io.ringmaster.persistence.spi.Journal.Receipt;
import java.util.function.Consumer;

/** What is handed over to the appender. */
sealed interface Command {

  /** An event to be kept. Its place is set by the appender. */
  final class Accept implements Command {
    final Event event;
    final Receipt receipt;
    int place;

    Accept(Event event, Receipt receipt) {
      this.event = event;
      this.receipt = receipt;
    }
  }

  /** See {@link io.ringmaster.persistence.spi.Journal#retry}. */
  record Retry(long handle, long dueMs, int attempt) implements Command {}

  /** See {@link io.ringmaster.persistence.spi.Journal#settle}. */
  record Settle(long handle) implements Command {}

  /** See {@link io.ringmaster.persistence.spi.Journal#bury}. */
  record Bury(long handle, long buriedMs, byte[] reason) implements Command {}

  /** See {@link io.ringmaster.persistence.spi.Journal#redrive}. */
  record Redrive(long handle, long acceptedMs, long dueMs) implements Command {}

  /** See {@link io.ringmaster.persistence.spi.Journal#read}. */
  record Read(long handle, Reading reading) implements Command {}

  /** See {@link io.ringmaster.persistence.spi.Journal#deadLetters}. */
  record Listing(long cursor, int limit, DeadLetters letters) implements Command {}

  /** See {@link io.ringmaster.persistence.spi.Journal#sync}. */
  record Sync(Consumer<String> done) implements Command {}
}
