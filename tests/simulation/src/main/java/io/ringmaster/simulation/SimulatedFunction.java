package io.ringmaster.simulation;

import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A function of the run, and the referee's own count of what it has in flight. */
final class SimulatedFunction {
  /** A version of it, and what the referee counts of it. */
  static final class Version {
    final SimulatedFunction function;
    VersionDefinition definition;

    /** Environments of it, of any definition. */
    int live;

    /** When it last had one, or was given one. */
    long lastLiveNs;

    /** When it was last handed a call or given an environment, or began to wait. */
    long progressNs;

    /** At the rest of that number: environments that will serve soon. */
    int coming;

    long comingAtRest;

    /** Since when it waits and has no environment; {@link Long#MAX_VALUE}: it does not. */
    long hungrySinceNs = Long.MAX_VALUE;

    /** Count of warm offers when it had been hungry for a while; −1: it has not. */
    long passedOverFrom = -1;

    /** Since when there are none; {@link Long#MAX_VALUE}: there are some. */
    long uncoveredSinceNs;

    /** The longest time from the begin of an init to its end. */
    long longestInitNs;

    /** Waiting calls that must be blamed for failed inits in the turn of that number. */
    int blamesExpected;

    long blameStep;

    /** Of the calls in {@link #waiting}, those that are not in the ring any more. */
    int waitingAdmitted;

    /** Sandboxes lost before anything was handed over: each may cost one waiting call. */
    int initFaults;

    /** Moments at which the platform lost a binding of it, since one succeeded. */
    int bindingsLost;

    long bindingLostNs;

    /** Calls that name exactly this version and wait. */
    int waiting;

    /** Calls that were handed over, taken back, and wait again. */
    final Set<SimulatedCall> takenBack = Handovers.calls();

    /** The youngest call that was handed over. */
    long lastNumber = -1;

    Version(SimulatedFunction function, VersionDefinition definition) {
      this.function = function;
      this.definition = definition;
    }

    @Override
    public String toString() {
      return function.name + ":" + definition.label();
    }
  }

  final String name;
  final int slots;
  final boolean inJvm;
  final List<Version> versions = new ArrayList<>();

  FunctionDefinition definition;

  /** When its definition changed. */
  long changedNs;

  /** Withdrawn. */
  boolean gone;

  /** The function that was created later under the same name; null: none. */
  SimulatedFunction successor;

  /** Calls admitted and not settled. */
  int admitted;

  /** Ledger units that timed-out code in the engine's own JVM still holds. */
  int stuck;

  SimulatedFunction(String name, int slots, boolean inJvm) {
    this.name = name;
    this.slots = slots;
    this.inJvm = inJvm;
  }

  int reserved() {
    return definition.reservedConcurrency();
  }

  /** Ledger units in use. */
  int inUse() {
    return admitted + stuck;
  }

  /** Whether what held when a call was submitted may not hold any more. */
  boolean changedSince(long ns) {
    return changedNs >= ns;
  }

  /** The version with that label; null: there is none. */
  Version labelled(String label) {
    for (Version version : versions) {
      if (version.definition.label().equals(label)) {
        return version;
      }
    }
    return null;
  }

  /** The id of the version with that label; 0: no such version, or no label. */
  long idOf(String label) {
    Version version = labelled(label);
    return version == null ? 0 : version.definition.id();
  }

  static VersionDefinition version(
      String account, String name, long id, String label, long timeoutNs, boolean inJvm) {
    SandboxSpec.Identity identity =
        new SandboxSpec.Identity(
            account,
            "us-east-1",
            name,
            label,
            "arn:aws:lambda:us-east-1:" + account + ":function:" + name,
            "/aws/lambda/" + name,
            "Text",
            "",
            "");
    SandboxSpec spec =
        new SandboxSpec(
            "python3.13",
            "app.handler",
            null,
            null,
            "x86_64",
            java.util.Map.of(),
            identity,
            128,
            timeoutNs,
            512,
            false);
    return new VersionDefinition(id, label, new PoolKey(account, id, "", ""), spec, inJvm);
  }
}
