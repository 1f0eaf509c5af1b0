package io.ringmaster.conformance.crash;

import java.util.Locale;

/** Functions that events are sent to; all of them write the request's id to the ledger. */
enum EventKind {
  /** Answers. */
  SOUND(0),
  /** Fails, and is not tried again: its events become dead letters. */
  BROKEN(0),
  /** Fails, and is tried again when the test is long over: its events stay owed. */
  PATIENT(1);

  private final int retries;

  EventKind(int retries) {
    this.retries = retries;
  }

  String function() {
    return "ledger-" + name().toLowerCase(Locale.ROOT);
  }

  int retries() {
    return retries;
  }

  /** Whether a function of the server is one of these. */
  static boolean isLedger(String function) {
    return function.startsWith("ledger-");
  }
}
