package io.ringmaster.bench;

import io.ringmaster.bench.harness.Effort;
import java.util.List;

/**
 * What to run and how long. Whether missed targets are a failure is the caller's business: see
 * {@link BenchReport#missed()}.
 *
 * @param only ids, or beginnings of ids up to a dot ({@code channel}, {@code channel.python});
 *     empty: all
 * @param effort how long to measure
 * @param ownProcess each benchmark in a JVM of its own (the rule); false: in this one, for tests
 */
public record BenchOptions(List<String> only, Effort effort, boolean ownProcess) {

  /** Validates and copies. */
  public BenchOptions {
    only = List.copyOf(only);
  }

  /** The default, or with {@code full} the long form whose figures are published. */
  public static BenchOptions of(List<String> only, boolean full) {
    return new BenchOptions(only, full ? Effort.FULL : Effort.NORMAL, true);
  }

  /** A run that shows that the benchmarks work, in this JVM; its figures mean nothing. */
  public static BenchOptions quick(List<String> only) {
    return new BenchOptions(only, Effort.QUICK, false);
  }
}
