package io.ringmaster.bench.jmh;

import io.ringmaster.bench.Bench;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Which ids run under JMH, in which class, and what of JMH's results is their figure. */
enum Micro {
  /** Mean time of the turns of an invocation. */
  TURNS(Turns.class, List.of("dispatch.turn", "flat.functions", "flat.sandboxes")) {
    @Override
    double figure(RunResult result) {
      return score(result, "turnsNs") / score(result, "invocations");
    }
  },

  /** Median time of a round trip. */
  CHANNEL(
      Channel.class,
      List.of(
          "channel.python.same",
          "channel.python.cross",
          "channel.node.same",
          "channel.node.cross",
          "channel.java.same",
          "channel.java.cross")) {
    @Override
    double figure(RunResult result) {
      return result.getPrimaryResult().getStatistics().getPercentile(50);
    }
  },

  /** What the counter of invocations says. */
  RATES(
      Rates.class,
      List.of(
          "dispatch.injvm",
          "channel.saturated.python.8",
          "channel.saturated.node.8",
          "channel.saturated.java.1",
          "runtime-api.roundtrip")) {
    @Override
    double figure(RunResult result) {
      return score(result, "invocations");
    }
  };

  private static final String FLOOR = ".floor";

  private final Class<?> code;
  private final List<String> ids;

  Micro(Class<?> code, List<String> ids) {
    this.code = code;
    this.ids = ids;
  }

  private static double score(RunResult result, String counter) {
    Result<?> counted = result.getSecondaryResults().get(counter);
    return counted.getScore();
  }

  /** A fork's figure in the unit of the id. */
  abstract double figure(RunResult result);

  /** JMH's name of one side, as a regular expression. */
  String include(boolean floor) {
    return "^" + code.getName().replace(".", "\\.") + "\\." + (floor ? "floor" : "product") + "$";
  }

  /** Whether JMH's name of a benchmark is a floor's. */
  static boolean isFloor(String benchmark) {
    return benchmark.endsWith(FLOOR);
  }

  /**
   * Where an id runs.
   *
   * @throws IllegalArgumentException nowhere
   */
  static Micro of(String id) {
    for (Micro micro : values()) {
      if (micro.ids.contains(id)) {
        return micro;
      }
    }
    throw new IllegalArgumentException(id + " is no micro benchmark; these are: " + allIds());
  }

  /** All of them, in the order of the suite. */
  static List<String> allIds() {
    List<String> all = new ArrayList<>(Bench.ids());
    all.removeIf(id -> List.of(values()).stream().noneMatch(micro -> micro.ids.contains(id)));
    return all;
  }
}
