package io.ringmaster.core.place;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.sandbox.spi.SandboxDriver;
import java.util.ArrayList;
import java.util.List;

/** The environments that exist, by driver and id. Dispatcher thread only. */
final class Environments {
  private final SandboxDriver inJvm;
  private final Counters counters;
  private final SandboxTable ofProcesses = new SandboxTable();
  private final SandboxTable ofJvm = new SandboxTable();
  private int versions;

  Environments(SandboxDriver inJvm, Counters counters) {
    this.inJvm = inJvm;
    this.counters = counters;
  }

  void add(Sandbox sandbox) {
    table(sandbox.driver).add(sandbox);
    if (sandbox.version.environments++ == 0) {
      versions++;
    }
    counters.add(Counter.ENVIRONMENTS, 1);
  }

  void remove(Sandbox sandbox) {
    table(sandbox.driver).remove(sandbox);
    if (--sandbox.version.environments == 0) {
      versions--;
    }
    counters.add(Counter.ENVIRONMENTS, -1);
  }

  /** The driver's sandbox with that id; null: none. */
  Sandbox find(SandboxDriver driver, int id) {
    return table(driver).get(id);
  }

  /** The driver's one that has been idle for longest, if that was before; null: none. */
  Sandbox leastRecentlyUsed(SandboxDriver driver, long usedBeforeNs) {
    return table(driver).leastRecentlyUsed(usedBeforeNs);
  }

  /** The one that has been idle for longest, if that was before; null: none. */
  Sandbox leastRecentlyUsed(long usedBeforeNs) {
    Sandbox process = ofProcesses.leastRecentlyUsed(usedBeforeNs);
    Sandbox other = ofJvm.leastRecentlyUsed(usedBeforeNs);
    return process == null || other != null && other.lastUsedNs < process.lastUsedNs
        ? other
        : process;
  }

  int count() {
    return ofProcesses.count() + ofJvm.count();
  }

  /** Versions that have one or more. */
  int versions() {
    return versions;
  }

  /** All of them; allocates. */
  List<Sandbox> all() {
    List<Sandbox> all = new ArrayList<>(ofProcesses.all());
    all.addAll(ofJvm.all());
    return all;
  }

  private SandboxTable table(SandboxDriver driver) {
    return driver == inJvm ? ofJvm : ofProcesses;
  }
}
