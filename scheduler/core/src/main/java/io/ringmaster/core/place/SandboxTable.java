package io.ringmaster.core.place;

import io.ringmaster.core.model.Sandbox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The sandboxes of one driver by id. Dispatcher thread only. */
final class SandboxTable {
  private Sandbox[] byId = new Sandbox[64];
  private int count;

  void add(Sandbox sandbox) {
    if (sandbox.id >= byId.length) {
      byId = Arrays.copyOf(byId, Math.max(sandbox.id + 1, byId.length * 2));
    }
    if (byId[sandbox.id] != null) {
      throw new IllegalStateException("sandbox " + sandbox.id + " is in use");
    }
    byId[sandbox.id] = sandbox;
    count++;
  }

  void remove(Sandbox sandbox) {
    byId[sandbox.id] = null;
    count--;
  }

  /** Null: no such sandbox. */
  Sandbox get(int id) {
    return id >= 0 && id < byId.length ? byId[id] : null;
  }

  int count() {
    return count;
  }

  /** All of them; allocates. */
  List<Sandbox> all() {
    List<Sandbox> all = new ArrayList<>(count);
    for (Sandbox sandbox : byId) {
      if (sandbox != null) {
        all.add(sandbox);
      }
    }
    return all;
  }

  /**
   * The unoccupied, ready one that was used longest ago, of a version that nothing waits for; null:
   * none.
   */
  Sandbox leastRecentlyUsed(long usedBeforeNs) {
    Sandbox oldest = null;
    for (Sandbox sandbox : byId) {
      if (sandbox != null
          && sandbox.version.waiting == 0
          && sandbox.idle()
          && sandbox.lastUsedNs <= usedBeforeNs
          && (oldest == null || sandbox.lastUsedNs < oldest.lastUsedNs)) {
        oldest = sandbox;
      }
    }
    return oldest;
  }
}
