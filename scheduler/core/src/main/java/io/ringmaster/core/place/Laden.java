package io.ringmaster.core.place;

import io.ringmaster.core.model.Sandbox;
import java.util.Arrays;

/**
 * Sandboxes in which something lies behind what runs. Looked through when the one that has lain for
 * longest may be overdue, that is once per bound at most; between that, each change costs a few
 * steps. Dispatcher thread only.
 */
final class Laden {
  private final long boundNs;
  private Sandbox[] sandboxes = new Sandbox[16];
  private int count;

  /** Not before this time one is overdue. */
  private long notBeforeNs;

  /**
   * @param boundNs how long something may lie in a sandbox before it begins
   */
  Laden(long boundNs) {
    this.boundNs = boundNs;
  }

  /** Something lies in it, since {@link Sandbox#behindNs}. */
  void add(Sandbox sandbox) {
    if (sandbox.ladenAt >= 0) {
      return;
    }
    if (count == sandboxes.length) {
      sandboxes = Arrays.copyOf(sandboxes, 2 * count);
    }
    if (count == 0) {
      notBeforeNs = sandbox.behindNs + boundNs;
    }
    sandbox.ladenAt = count;
    sandboxes[count++] = sandbox;
  }

  /** Nothing lies in it any more, or nothing that could be taken back. */
  void remove(Sandbox sandbox) {
    int at = sandbox.ladenAt;
    if (at < 0) {
      return;
    }
    sandbox.ladenAt = -1;
    Sandbox last = sandboxes[--count];
    sandboxes[count] = null;
    if (last != sandbox) {
      sandboxes[at] = last;
      last.ladenAt = at;
    }
  }

  /** When {@link #overdue} is to be asked; {@link Long#MAX_VALUE}: there is none here. */
  long nextNs() {
    return count == 0 ? Long.MAX_VALUE : notBeforeNs;
  }

  /** One in which something has lain for too long; null: there is none. */
  Sandbox overdue(long nowNs) {
    if (count == 0 || nowNs < notBeforeNs) {
      return null;
    }
    long oldestNs = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      long sinceNs = sandboxes[i].behindNs;
      if (nowNs >= sinceNs + boundNs) {
        return sandboxes[i];
      }
      oldestNs = Math.min(oldestNs, sinceNs);
    }
    notBeforeNs = oldestNs + boundNs;
    return null;
  }
}
