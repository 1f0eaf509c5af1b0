package io.ringmaster.bench;

import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;

/**
 * One row of the suite.
 *
 * @param id its name; fixed, scripts and dashboards rely on it
 * @param unit unit of its figures
 * @param floorId what its floor is; null: none
 * @param target what it must reach; null: published only
 * @param obstacle what this machine may lack
 * @param language whose functions it runs; null: it needs none
 * @param opener starts what is measured
 */
record Benchmark(
    String id,
    String unit,
    String floorId,
    Target target,
    Obstacle obstacle,
    Language language,
    Opener opener) {

  /** Looks whether a machine has what a benchmark needs. */
  @FunctionalInterface
  interface Obstacle {
    /** Why it cannot be measured here; null: it can. */
    String reason();

    /** None. */
    Obstacle NONE = () -> null;

    /**
     * Too few processors.
     *
     * @param needed at least 1
     */
    static Obstacle processors(int needed) {
      int processors = Runtime.getRuntime().availableProcessors();
      return () ->
          processors < needed ? "it needs " + needed + " processors, there is " + processors : null;
    }
  }

  /** Starts what is measured. */
  @FunctionalInterface
  interface Opener {
    /**
     * Everything is ready when this returns; on an exception nothing is left running.
     *
     * @param runtime the language's on this machine; null where none is needed
     */
    Bout open(BenchRuntime runtime) throws Exception;
  }

  /**
   * A probe beside its floor.
   *
   * @param floor null: none
   */
  record Bout(Probe probe, Probe floor) implements AutoCloseable {

    /** Opens both; if the second cannot be opened the first is closed. */
    static Bout open(Opening probe, Opening floor) throws Exception {
      Probe first = probe.open();
      try {
        return new Bout(first, floor == null ? null : floor.open());
      } catch (Exception e) {
        first.close();
        throw e;
      }
    }

    /** One side; the other is closed with it. */
    Probe only(boolean ofFloor) {
      Probe wanted = ofFloor ? floor : probe;
      Bout both = this;
      return new Probe() {
        @Override
        public double round(long durationNs) throws Exception {
          return wanted.round(durationNs);
        }

        @Override
        public long samples() {
          return wanted.samples();
        }

        @Override
        public String detail() {
          return wanted.detail();
        }

        @Override
        public void close() throws IOException {
          both.close();
        }
      };
    }

    @Override
    public void close() throws IOException {
      try {
        probe.close();
      } finally {
        if (floor != null) {
          floor.close();
        }
      }
    }
  }

  /** Opens one side. */
  @FunctionalInterface
  interface Opening {
    /** On an exception nothing is left running. */
    Probe open() throws Exception;
  }
}
