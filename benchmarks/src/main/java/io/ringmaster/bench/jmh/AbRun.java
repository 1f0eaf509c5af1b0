package io.ringmaster.bench.jmh;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.BenchResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Product and floor under JMH, a fork of the one and a fork of the other in turn: A B, B A, A B, ….
 * JMH by itself runs all forks of the one and then all of the other, and what the machine does
 * meanwhile looks like a difference.
 *
 * @param forks of each side, at least 2: an interval needs some
 * @param iterations measured in each fork, and half as many before
 * @param iterationMs length of one
 */
record AbRun(int forks, int iterations, long iterationMs) {

  /** Validates. */
  AbRun {
    if (forks < 2 || iterations < 1 || iterationMs < 1) {
      throw new IllegalArgumentException(
          forks + " forks, " + iterations + " iterations of " + iterationMs + " ms");
    }
  }

  /**
   * Runs some.
   *
   * @param progress told each result
   */
  BenchReport run(List<String> ids, Consumer<String> progress) throws RunnerException {
    List<BenchResult> results = new ArrayList<>();
    for (String id : ids) {
      BenchResult result = run(id);
      results.add(result);
      progress.accept(result.line());
    }
    return Bench.report(results);
  }

  private BenchResult run(String id) throws RunnerException {
    Micro micro = Micro.of(id);
    boolean hasFloor = Bench.hasFloor(id);
    double[] values = new double[forks];
    double[] floors = new double[hasFloor ? forks : 0];
    for (int fork = 0; fork < forks; fork++) {
      boolean floorFirst = (fork & 1) == 0;
      if (hasFloor && floorFirst) {
        floors[fork] = figure(micro, id, true);
      }
      values[fork] = figure(micro, id, false);
      if (hasFloor && !floorFirst) {
        floors[fork] = figure(micro, id, true);
      }
    }
    String how = String.format("JMH, %d forks of %d iterations in turn", forks, iterations);
    return Bench.judge(id, values, floors, (long) forks * iterations, how);
  }

  private double figure(Micro micro, String id, boolean floor) throws RunnerException {
    TimeValue time = TimeValue.milliseconds(iterationMs);
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(micro.include(floor))
                    .param("id", id)
                    .forks(1)
                    .warmupIterations((iterations + 1) / 2)
                    .warmupTime(time)
                    .measurementIterations(iterations)
                    .measurementTime(time)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .jvmArgsPrepend(Bench.jvmFlags().toArray(String[]::new))
                    .build())
            .run();
    return micro.figure(results.iterator().next());
  }
}
