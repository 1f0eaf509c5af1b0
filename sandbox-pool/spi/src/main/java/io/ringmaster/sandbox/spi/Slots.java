package io.ringmaster.sandbox.spi;

/** Slot numbers: a sandbox id and an index within it, in one int. */
public final class Slots {
  private static final int INDEX_BITS = 10;

  /** Slots that one sandbox may have at most. */
  public static final int PER_SANDBOX_MAX = 1 << INDEX_BITS;

  /** Sandbox ids of one driver are below this. */
  public static final int SANDBOXES_MAX = 1 << (31 - INDEX_BITS);

  private Slots() {}

  /** The number of the sandbox's slot with that index. */
  public static int slot(int sandbox, int index) {
    return sandbox << INDEX_BITS | index;
  }

  /** The sandbox that a slot belongs to. */
  public static int sandbox(int slot) {
    return slot >>> INDEX_BITS;
  }

  /** The slot's index within its sandbox. */
  public static int index(int slot) {
    return slot & (PER_SANDBOX_MAX - 1);
  }
}
