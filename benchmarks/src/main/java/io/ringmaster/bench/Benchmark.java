package io.ringmaster.bench;

import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One row of the suite.
 *
 * @param id its name; fixed, scripts and dashboards rely on it
 * @param unit unit of its figures
 * @param floorId what its floor is; null: none
 * @param target what it must reach; null: published only
 * @param processorsMin processors it needs, at least 1
 * @param opener starts what is measured
 */
record Benchmark(
    String id, String unit, String floorId, Target target, int processorsMin, Opener opener) {

  /** Starts what is measured. */
  @FunctionalInterface
  interface Opener {
    /** Everything is ready when this returns; on an exception nothing is left running. */
    Bout open(Setting setting) throws Exception;
  }

  /**
   * Where it runs.
   *
   * @param python the Python interpreter that the engine uses, a real executable
   * @param runtime the runtime identifier that means it
   */
  record Setting(Path python, String runtime) {}

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
