package io.ringmaster.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which faults and which load a run has. */
public enum FaultMix {
  /** Nothing fails: load alone. */
  NONE,
  /** Processes die in init, while they run an invocation and while they idle; the keeper dies. */
  CRASH,
  /** Handlers never answer, or answer about when or after their time is up; answers come twice. */
  HANG,
  /** Inits take long, fail or never end. */
  SLOW_INIT,
  /** A thousand calls at once. */
  BURST,
  /** Many versions for few environments; the pool has no capacity now and then. */
  PRESSURE,
  /** The machine is suspended; somebody sets the wall clock. */
  CLOCK,
  /** Everything at once. */
  MIXED;

  /** As the command line writes it, such as {@code slow-init}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The mixes that a word of the command line means.
   *
   * @param word a mix, or {@code all}
   * @throws IllegalArgumentException no such mix; the message lists the words
   */
  public static List<FaultMix> named(String word) {
    if (word.equals("all")) {
      return List.of(values());
    }
    List<String> words = new ArrayList<>(List.of("all"));
    for (FaultMix mix : values()) {
      if (mix.word().equals(word)) {
        return List.of(mix);
      }
      words.add(mix.word());
    }
    throw new IllegalArgumentException(
        "no fault mix " + word + "; there are " + String.join(", ", words));
  }

  /** Draws a run's probabilities. */
  Faults draw(SeededRandom random) {
    Faults faults = new Faults();
    boolean all = this == MIXED;
    double strength = 0.2 + random.nextDouble();
    faults.functionError = 0.03;
    if (all || this == CRASH) {
      faults.crash = 0.05 * strength;
      faults.initCrash = 0.10 * strength;
      faults.killAnyMeanNs = (long) (60_000_000 / strength);
      faults.keeperDeathMeanNs = (long) (200_000_000 / strength);
      faults.initViolation = 0.05 * strength;
      faults.violation = 0.02 * strength;
      faults.slowKill = 0.2 * strength;
      faults.lastAnswer = 0.03 * strength;
      faults.liar = 0.1 * strength;
    }
    if (all || this == HANG) {
      faults.hang = 0.04 * strength;
      faults.overrun = 0.06 * strength;
      faults.lateAnswer = 0.5;
      faults.duplicateAnswer = 0.05;
      faults.slowKill = 0.3 * strength;
      faults.lostDoorbell = 0.2 * strength;
      faults.liar = 0.1 * strength;
    }
    if (all || this == SLOW_INIT) {
      faults.slowInit = 0.4 * strength;
      faults.initFailure = 0.15 * strength;
      faults.initHang = 0.08 * strength;
      faults.initCrash = Math.max(faults.initCrash, 0.05 * strength);
    }
    if (all || this == PRESSURE) {
      faults.noCapacity = 0.3 * strength;
      faults.narrowPool = random.chance(0.5);
    }
    if (all || this == CLOCK) {
      faults.clockLeapMeanNs = (long) (120_000_000 / strength);
    }
    faults.bursts = all ? random.chance(0.5) : this == BURST;
    faults.pressure = all ? random.chance(0.5) : this == PRESSURE;
    return faults;
  }

  /** Probabilities per occasion, and mean times between events of their own; 0: never. */
  static final class Faults {
    double functionError;
    double crash;
    double violation;
    double hang;
    double overrun;
    double lateAnswer;
    double duplicateAnswer;
    double initCrash;
    double initViolation;
    double initFailure;
    double initHang;
    double slowInit;
    double slowKill;

    /** A process ends by itself after an answer. */
    double lastAnswer;

    /** A process hears of the next invocation only when it is rung for again. */
    double lostDoorbell;

    /** A process says that it has taken what lies behind one that it has not answered. */
    double liar;

    double noCapacity;
    boolean narrowPool;
    boolean bursts;
    boolean pressure;
    long killAnyMeanNs;
    long keeperDeathMeanNs;
    long clockLeapMeanNs;

    /** From here on nothing fails any more, so that the run can come to rest. */
    void stop() {
      functionError = 0;
      crash = 0;
      violation = 0;
      hang = 0;
      overrun = 0;
      lateAnswer = 0;
      duplicateAnswer = 0;
      initCrash = 0;
      initViolation = 0;
      initFailure = 0;
      initHang = 0;
      slowInit = 0;
      slowKill = 0;
      lastAnswer = 0;
      lostDoorbell = 0;
      liar = 0;
      noCapacity = 0;
      narrowPool = false;
      killAnyMeanNs = 0;
      keeperDeathMeanNs = 0;
      clockLeapMeanNs = 0;
    }
  }
}
