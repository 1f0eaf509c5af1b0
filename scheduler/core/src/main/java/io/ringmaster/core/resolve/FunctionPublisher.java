package io.ringmaster.core.resolve;

import io.ringmaster.api.Owner;

/**
 * Makes changes of the registry known to the dispatcher. Any thread; returns when the change is in
 * force for every invocation submitted afterwards.
 */
public interface FunctionPublisher {

  /**
   * Adds the function or replaces its definition. Environments of versions that it no longer has
   * end.
   */
  void publish(FunctionDefinition function);

  /** Removes the function; what waits for it is answered with 404. */
  void withdraw(Owner owner, String name);
}
