package io.ringmaster.core.model;

/** One account's share of the ledger. Dispatcher thread only. */
public final class AccountState {
  /** 12-digit account id. */
  public final String id;

  /** Concurrent invocations of the account, reserved ones included. */
  public final int limit;

  /** Sum of the reserved concurrency of its functions. */
  public int reserved;

  /** Units charged to functions without reserved concurrency. */
  public int unreservedInUse;

  /** Units charged in all. */
  public int inUse;

  /** An account with nothing charged. */
  public AccountState(String id, int limit) {
    this.id = id;
    this.limit = limit;
  }
}
