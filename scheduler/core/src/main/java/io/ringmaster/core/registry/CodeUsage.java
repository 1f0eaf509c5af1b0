package io.ringmaster.core.registry;

import io.ringmaster.api.Owner;
import io.ringmaster.persistence.spi.StoredCode;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the packages of each owner's functions, versions and layers take; one that several have
 * counts once. Changed under the registry's lock; sums are read by any thread.
 */
final class CodeUsage {
  /** Of one owner. */
  private static final class Account {
    final Map<String, Integer> references = new HashMap<>();
    private long sum;
    volatile long bytes;

    void add(StoredCode code, int count) {
      int present = references.getOrDefault(code.key(), 0);
      if (present + count > 0) {
        references.put(code.key(), present + count);
      } else {
        references.remove(code.key());
      }
      if (present == 0) {
        sum += code.sizeBytes();
      } else if (present + count == 0) {
        sum -= code.sizeBytes();
      }
    }

    /** Lets other threads see the sum. */
    void publish() {
      bytes = sum;
    }
  }

  private final ConcurrentHashMap<Owner, Account> accounts = new ConcurrentHashMap<>();

  /** Takes note of a change: what held some packages holds others from now on. */
  void change(Owner owner, Collection<StoredCode> before, Collection<StoredCode> after) {
    Account account = accounts.computeIfAbsent(owner, key -> new Account());
    after.forEach(code -> account.add(code, 1));
    before.forEach(code -> account.add(code, -1));
    account.publish();
  }

  /** Any thread. */
  long bytes(Owner owner) {
    Account account = accounts.get(owner);
    return account == null ? 0 : account.bytes;
  }

  /**
   * Bytes after a package came.
   *
   * @param added null: none
   * @param replaced one reference to it goes; null: none
   */
  long bytesWith(Owner owner, StoredCode added, StoredCode replaced) {
    Account account = accounts.get(owner);
    long bytes = account == null ? 0 : account.bytes;
    boolean same = added != null && replaced != null && added.key().equals(replaced.key());
    if (added == null || same) {
      return bytes;
    }
    if (account == null || !account.references.containsKey(added.key())) {
      bytes += added.sizeBytes();
    }
    boolean last = replaced != null && account.references.getOrDefault(replaced.key(), 0) == 1;
    return last ? bytes - replaced.sizeBytes() : bytes;
  }
}
