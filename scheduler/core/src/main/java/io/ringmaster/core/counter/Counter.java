package io.ringmaster.core.counter;

/**
 * What is counted; each is declared here once. The order is the layout of the mapped file: only
 * append.
 */
public enum Counter {
  ACCEPTED("accepted", "invocations that the dispatcher took from the accept ring"),
  SETTLED("settled", "invocations with a terminal answer"),
  COLD_STARTS("coldStarts", "invocations that waited for an init"),
  THROTTLED("throttled", "invocations refused with 429"),
  NOT_FOUND("notFound", "invocations refused with 404"),
  FUNCTION_ERRORS(
      "functionErrors", "invocations that ended with a function error, time-outs included"),
  TIMEOUTS("timeouts", "invocations that ran over their time-out"),
  EXITS("exits", "invocations whose process ended before it answered"),
  INIT_FAILURES("initFailures", "inits that failed by the function's fault"),
  INIT_TIMEOUTS("initTimeouts", "inits that ran over their time-out"),
  PLATFORM_FAULTS("platformFaults", "invocations refused with 500"),
  PROTOCOL_VIOLATIONS("protocolViolations", "sandboxes killed for breaking the channel's protocol"),
  LATE_ANSWERS("lateAnswers", "answers to invocations that had settled already; ignored"),
  HANDLER_STUCK("handlerStuck", "in-JVM handlers that run on after their time-out; now"),
  BINDINGS("bindings", "sandboxes bound"),
  EVICTIONS("evictions", "environments that gave their place to another version"),
  EXPIRIES("expiries", "environments that ended by keep-alive or maximum life"),
  RING_FULL(
      "ringFull", "invocations refused at the door since the accept ring was full; any thread"),
  CALLBACK_FAILURES("callbackFailures", "callbacks that threw; any thread"),
  WAKEUPS("wakeups", "times the dispatcher slept and was woken"),
  ENVIRONMENTS("environments", "environments; now"),
  IN_FLIGHT("inFlight", "invocations accepted and not settled; now"),
  LOG_RECORDS_DROPPED("logRecordsDropped", "records for the log that found its ring full"),
  LOG_LINES_DROPPED(
      "logLinesDropped", "lines of in-JVM handlers that found the log's queue full; any thread"),
  LOGS_DROPPED(
      "logsDropped", "log lines that the store could not take in time or at all; any thread"),
  CANCELLED("cancelled", "invocations that their callers gave up before they ran"),
  PREFETCHED("prefetched", "invocations handed to a sandbox that still ran another one"),
  PREFETCH_REVOKED("prefetchRevoked", "of these, taken back before they began");

  private final String label;
  private final String meaning;

  Counter(String label, String meaning) {
    this.label = label;
    this.meaning = meaning;
  }

  /** Name in documents. */
  public String label() {
    return label;
  }

  /** One line for the reference page. */
  public String meaning() {
    return meaning;
  }
}
