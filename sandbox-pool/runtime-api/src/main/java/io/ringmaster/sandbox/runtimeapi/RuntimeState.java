package io.ringmaster.sandbox.runtimeapi;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Where a runtime stands, in the names that AWS's refusals use. */
enum RuntimeState {
  /** Its process runs; init goes on. */
  STARTED("Started"),
  INIT_ERROR("InitError"),
  /** It polls. */
  READY("Ready"),
  /** It was given an invocation. */
  RUNNING("Running"),
  INVOCATION_RESPONSE("InvocationResponse"),
  INVOCATION_ERROR_RESPONSE("InvocationErrorResponse"),
  RESPONSE_SENT("ResponseSent");

  /** The legal transitions; everything else is denied. */
  private static final Map<RuntimeState, Set<RuntimeState>> LEGAL =
      new EnumMap<>(
          Map.of(
              STARTED, EnumSet.of(READY, INIT_ERROR),
              READY, EnumSet.of(READY, RUNNING),
              RUNNING, EnumSet.of(INVOCATION_RESPONSE, INVOCATION_ERROR_RESPONSE),
              INVOCATION_RESPONSE, EnumSet.of(RESPONSE_SENT),
              INVOCATION_ERROR_RESPONSE, EnumSet.of(RESPONSE_SENT),
              RESPONSE_SENT, EnumSet.of(READY)));

  private final String name;

  RuntimeState(String name) {
    this.name = name;
  }

  boolean leadsTo(RuntimeState next) {
    Set<RuntimeState> legal = LEGAL.get(this);
    return legal != null && legal.contains(next);
  }

  /** AWS's text for a transition that is denied. */
  String denied(RuntimeState next) {
    return "State transition from "
        + name
        + " to "
        + next.name
        + " failed for runtime. Error: State transition is not allowed";
  }
}
