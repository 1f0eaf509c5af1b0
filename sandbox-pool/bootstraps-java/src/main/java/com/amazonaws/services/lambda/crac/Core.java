package com.amazonaws.services.lambda.crac;

/** Where functions find the one context that snapshots use. Any thread. */
public final class Core {
  private static final Context<Resource> GLOBAL = new OrderedContext();

  private Core() {}

  /** The context whose resources are told of snapshots of this process. */
  public static Context<Resource> getGlobalContext() {
    return GLOBAL;
  }

  /**
   * A function cannot ask for a snapshot.
   *
   * @throws UnsupportedOperationException always
   */
  @SuppressWarnings("DoNotCallSuggester") // the interface has it
  public static void checkpointRestore() {
    throw new UnsupportedOperationException("snapshots are taken by the service");
  }
}
