package io.ringmaster.core.model;

import java.util.HashMap;
import java.util.Map;

/** A function as the dispatcher knows it. Dispatcher thread only. */
public final class FunctionState {
  public final AccountState account;
  public final String name;
  public final String arn;

  /** Reserved concurrency; −1: none. */
  public int reserved = -1;

  /** New environments per scaling period; reserved: nothing is held back yet. */
  public int scalingRate;

  /** Ledger units charged to it. */
  public int inUse;

  /** Deleted: whatever still refers to it must be resolved again. */
  public boolean withdrawn;

  /** What is counted of it. */
  public final FunctionFigures figures = new FunctionFigures();

  /** By label. */
  public final Map<String, VersionState> versions = new HashMap<>();

  /** By alias name. */
  public final Map<String, Route> routes = new HashMap<>();

  /**
   * What an alias means.
   *
   * @param version label of the version
   * @param secondVersion label of a second version; null: none
   * @param secondWeight share of the second version, 0.0 to 1.0
   */
  public record Route(String version, String secondVersion, double secondWeight) {}

  /** A function without versions. */
  public FunctionState(AccountState account, String name, String arn) {
    this.account = account;
    this.name = name;
    this.arn = arn;
  }
}
