package io.ringmaster.sandbox.keeper;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All sandboxes, by what they are asked for: the engine's id, the kernel's pid, the token of a
 * report.
 */
final class Sandboxes {
  private final Map<Integer, Sandbox> byId = new HashMap<>();
  private final Map<Integer, Sandbox> byPid = new HashMap<>();
  private final Map<Long, Sandbox> byToken = new HashMap<>();
  private int unnamed;

  void add(Sandbox sandbox) {
    byId.put(sandbox.id, sandbox);
    if (sandbox.zygote != null) {
      byToken.put(sandbox.token, sandbox);
      unnamed++;
      return;
    }
    byPid.put(sandbox.pid, sandbox);
    if (sandbox.init != 0) {
      byPid.put(sandbox.init, sandbox);
    }
  }

  void named(Sandbox sandbox, int pid) {
    sandbox.pid = pid;
    byPid.put(pid, sandbox);
    unnamed--;
  }

  /** A process of it was reaped: its number can be another's. */
  void reaped(int pid) {
    byPid.remove(pid);
  }

  void remove(Sandbox sandbox) {
    byId.remove(sandbox.id);
    if (sandbox.zygote != null) {
      byToken.remove(sandbox.token);
    }
    if (sandbox.pid == 0) {
      unnamed--;
    } else {
      byPid.remove(sandbox.pid, sandbox);
    }
  }

  /** Null where there is none, as in the next two. */
  Sandbox byId(int id) {
    return byId.get(id);
  }

  Sandbox byPid(int pid) {
    return byPid.get(pid);
  }

  Sandbox byToken(long token) {
    return byToken.get(token);
  }

  /** Those whose fork was asked of this zygote and not answered yet. */
  List<Sandbox> unnamed(Zygote zygote) {
    return byId.values().stream().filter(s -> s.zygote == zygote && s.pid == 0).toList();
  }

  boolean anyUnnamed() {
    return unnamed > 0;
  }

  Collection<Sandbox> all() {
    return List.copyOf(byId.values());
  }
}
