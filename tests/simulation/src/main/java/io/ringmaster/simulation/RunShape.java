package io.ringmaster.simulation;

import io.ringmaster.api.Owner;
import io.ringmaster.core.dispatch.StreamLimits;
import io.ringmaster.core.place.PrefetchLimits;
import io.ringmaster.core.resolve.AliasDefinition;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.simulation.FaultMix.Faults;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one run draws from its seed before it begins: settings, functions, load. */
final class RunShape {
  static final String ACCOUNT = "123456789012";
  static final String REGION = "us-east-1";
  static final Owner OWNER = new Owner(ACCOUNT, REGION);

  private static final long MILLISECOND_NS = 1_000_000;

  final int invocations;
  final int accountConcurrency;
  final int environmentsMax;
  final int processCapacity;
  final int acceptRingSize;
  final int callsMax;
  final long capacityWaitNs;
  final long keepAliveNs;
  final long maximumLifeNs;
  final long initTimeoutNs;
  final long meanInvokeNs;
  final long meanGapNs;
  final double burstChance;

  /** Which share of processes prefetch, and how many invocations each at most. */
  final double prefetchChance;

  final int prefetchDepth;

  final PrefetchLimits prefetch;
  final StreamLimits streams;
  final List<SimulatedFunction> functions = new ArrayList<>();

  /** Deleted functions whose name is in use again. */
  final List<SimulatedFunction> former = new ArrayList<>();

  private long versionIds;

  RunShape(SeededRandom random, Faults faults, int invocations) {
    this.invocations = invocations;
    boolean pressure = faults.pressure;
    boolean saturated = random.chance(0.25); // one function, and more calls than can be served
    int most = saturated ? 6 : pressure ? 8 : 40;
    environmentsMax = random.between(pressure || saturated ? 1 : 4, most);
    processCapacity =
        pressure && random.chance(0.3) ? random.between(1, environmentsMax) : environmentsMax;
    accountConcurrency = random.chance(0.5) ? 1000 : random.between(10, 200);
    acceptRingSize = faults.bursts && random.chance(0.8) ? 2048 : 1 << random.between(4, 9);
    callsMax = faults.bursts ? 2500 : random.between(20, 1200);
    capacityWaitNs = scattered(random, 30 * MILLISECOND_NS, 4000 * MILLISECOND_NS);
    keepAliveNs = random.between(20 * MILLISECOND_NS, 3000 * MILLISECOND_NS);
    maximumLifeNs =
        random.chance(0.3) ? random.between(100 * MILLISECOND_NS, 2000 * MILLISECOND_NS) : 1L << 50;
    initTimeoutNs = random.between(100 * MILLISECOND_NS, 2000 * MILLISECOND_NS);
    meanInvokeNs = random.between(MILLISECOND_NS / 5, 8 * MILLISECOND_NS);
    long busyGapNs = Math.max(1000, meanInvokeNs / environmentsMax);
    meanGapNs =
        saturated
            ? scattered(random, busyGapNs / 3, busyGapNs * 2)
            : scattered(random, busyGapNs * 2 / 3, busyGapNs * 50);
    burstChance = faults.bursts ? 4.0 / Math.max(400, invocations) : 0;
    prefetchChance = random.chance(0.3) ? 0 : random.chance(0.5) ? 1 : 0.5;
    prefetchDepth = random.chance(0.3) ? random.between(1, 6) : 6;
    long wakeNs =
        random.chance(0.2) ? 0 : scattered(random, MILLISECOND_NS / 50, 1000 * MILLISECOND_NS);
    prefetch =
        random.chance(0.1)
            ? PrefetchLimits.OFF
            : new PrefetchLimits(
                scattered(random, MILLISECOND_NS / 2, 30 * MILLISECOND_NS),
                random.chance(0.2) ? 0.02 : 0.05 + random.nextDouble(),
                wakeNs);
    int windowBytes = (int) scattered(random, 16, 64 * 1024);
    streams =
        new StreamLimits(
            windowBytes, random.chance(0.2) ? random.between(50, 2000) : 1 << 30, 0, 0);
    int count = saturated ? 1 : random.between(1, 12);
    if (pressure && !saturated) {
      count = random.between(8, 30);
    }
    for (int i = 0; i < count; i++) {
      functions.add(newFunction(random, i, saturated));
    }
  }

  /** Each order of magnitude is as likely. */
  private static long scattered(SeededRandom random, long least, long most) {
    double span = StrictMath.log((double) most / least);
    return (long) (least * StrictMath.exp(random.nextDouble() * span));
  }

  private long nextVersionId() {
    return ++versionIds;
  }

  /** Other reserved concurrency. */
  void reserveAnew(SimulatedFunction function, SeededRandom random) {
    redefine(function, drawReserved(random));
  }

  /** Other code: another id. */
  void replaceLatest(SimulatedFunction function) {
    replace(function.versions.get(0));
    redefine(function, function.reserved());
  }

  /** Created again after it was deleted: the same name, but another function. */
  SimulatedFunction recreate(SimulatedFunction function) {
    SimulatedFunction now = new SimulatedFunction(function.name, function.slots, function.inJvm);
    now.definition = function.definition;
    for (SimulatedFunction.Version version : function.versions) {
      SimulatedFunction.Version again = new SimulatedFunction.Version(now, version.definition);
      replace(again);
      now.versions.add(again);
    }
    redefine(now, function.reserved());
    former.add(function);
    function.successor = now;
    functions.set(functions.indexOf(function), now);
    return now;
  }

  private void replace(SimulatedFunction.Version version) {
    VersionDefinition old = version.definition;
    version.definition =
        SimulatedFunction.version(
            ACCOUNT,
            version.function.name,
            nextVersionId(),
            old.label(),
            old.spec().timeoutNs(),
            old.inJvm());
  }

  private void redefine(SimulatedFunction function, int reserved) {
    Map<String, VersionDefinition> versions = new LinkedHashMap<>();
    for (SimulatedFunction.Version version : function.versions) {
      versions.put(version.definition.label(), version.definition);
    }
    FunctionDefinition old = function.definition;
    function.definition =
        new FunctionDefinition(
            ACCOUNT,
            REGION,
            function.name,
            reserved,
            Map.of(),
            FunctionDefinition.SCALING_RATE,
            Collections.unmodifiableMap(versions),
            old.aliases());
  }

  private int drawReserved(SeededRandom random) {
    if (!random.chance(0.2)) {
      return -1;
    }
    return random.chance(0.15) ? 0 : random.between(1, Math.max(1, accountConcurrency / 20));
  }

  private SimulatedFunction newFunction(SeededRandom random, int index, boolean plain) {
    boolean inJvm = !plain && random.chance(0.2);
    int slots = !plain && random.chance(inJvm ? 0.5 : 0.2) ? random.between(2, 4) : 1;
    SimulatedFunction function = new SimulatedFunction("f" + index, slots, inJvm);
    Map<String, VersionDefinition> versions = new LinkedHashMap<>();
    int published = plain ? 0 : random.between(0, 2);
    for (int i = 0; i <= published; i++) {
      String label = i == 0 ? "$LATEST" : Integer.toString(i);
      long timeoutNs = random.between(40 * MILLISECOND_NS, 400 * MILLISECOND_NS);
      VersionDefinition version =
          SimulatedFunction.version(
              ACCOUNT, function.name, nextVersionId(), label, timeoutNs, inJvm);
      versions.put(label, version);
      function.versions.add(new SimulatedFunction.Version(function, version));
    }
    Map<String, AliasDefinition> aliases = new LinkedHashMap<>();
    if (published > 0) {
      aliases.put("plain", new AliasDefinition("plain", "1", null, 0));
    }
    if (published > 1) {
      aliases.put("split", new AliasDefinition("split", "1", "2", random.nextDouble()));
    }
    int reserved = drawReserved(random);
    function.definition =
        new FunctionDefinition(
            ACCOUNT,
            REGION,
            function.name,
            reserved,
            Map.of(),
            FunctionDefinition.SCALING_RATE,
            Collections.unmodifiableMap(versions),
            Collections.unmodifiableMap(aliases));
    return function;
  }
}
