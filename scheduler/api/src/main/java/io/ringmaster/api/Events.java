package io.ringmaster.api;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/**
 * Asynchronous invocation: what is accepted here is run at least once, by the rules of AWS Lambda's
 * type {@code Event}. A function error is retried twice (or as its event invoke configuration
 * says), after one and two minutes; what is throttled, or fails by a fault of the platform, is
 * tried again later and later until the event's maximum age. Every attempt has the same request id,
 * and resolves the qualifier anew. Outcomes go to the function's destinations and dead-letter
 * queue; an event that failed and has neither is kept as a {@link DeadLetter}.
 *
 * <p>With a journal, what was accepted survives the end of the process as {@link
 * EngineConfig#synced()} says; without one, it goes with the engine.
 *
 * <p>Any thread, but not from a callback on the dispatcher.
 */
public interface Events {

  /** Most bytes of an event. */
  int PAYLOAD_BYTES_MAX = 1_048_576;

  /**
   * Accepts an event. Whether the function is there is looked up at once; the answer comes when the
   * event is durable.
   *
   * @param request its payload must not be changed any more; {@link InvokeRequest#logTail} means
   *     nothing here
   * @return completes with null: it was accepted; or with why not. Never exceptionally. Completed
   *     on any thread, whoever goes on from there must not block
   */
  CompletableFuture<Refusal> accept(InvokeRequest request);

  /**
   * Notes in the trace header of a synchronous invocation that its chain of invocations comes by a
   * function once more; events are noted when they are accepted. Waits for nothing.
   *
   * @param owner whose function it is
   * @param function a name or an ARN
   * @param traceHeader as it came; null: none, the chain begins here
   * @return to be given to the function, which hands it on when it invokes another one
   * @throws LambdaException {@code RecursiveInvocationException}: the chain came by more than 16
   *     times, and the function may not be invoked over and over
   */
  String follow(Owner owner, String function, String traceHeader);

  /** How things are. */
  EventsStatus status();

  /**
   * Dead letters, oldest first.
   *
   * @param functionArn only those of that function, without a qualifier; null: all
   * @param after {@link DeadLetter.Part#next()} of the part before; null: the first ones
   * @param max how many at most, 1 to 10,000
   * @throws EngineException the journal is closed
   */
  DeadLetter.Part deadLetters(String functionArn, String after, int max);

  /**
   * One dead letter; null: there is none of that id.
   *
   * @throws EngineException its bytes cannot be read
   */
  DeadLetter.Content deadLetter(String id);

  /**
   * Lets dead letters run or be delivered again, as if they were accepted now.
   *
   * @return how many of those ids there were
   */
  int redrive(Collection<String> ids);

  /** Forgets dead letters. As {@link #redrive}. */
  int purge(Collection<String> ids);
}
