package io.ringmaster.api;

import java.util.UUID;

/**
 * A reusable invocation: fill it, submit it, read the answer, use it again. A warm invocation
 * allocates nothing.
 *
 * <p>From {@link #submit} until its callback the call belongs to the engine: nothing of it, nor the
 * payload's array, may be touched. Setting a value in that time throws {@link
 * IllegalStateException}.
 */
public interface Call {

  /** Name, {@code name:qualifier}, partial ARN or ARN. Kept for the next submit. */
  Call function(String function);

  /**
   * Version or alias; null: the one in the function's name, else {@code $LATEST}. Kept for the next
   * submit.
   */
  Call qualifier(String qualifier);

  /** Whose function; null: the engine's own account and region. Kept for the next submit. */
  Call owner(Owner owner);

  /** The event, at most 6,291,456 bytes. Kept for the next submit. */
  Call payload(byte[] bytes, int offset, int length);

  /** Decoded JSON; null: none. Kept for the next submit. */
  Call clientContext(String json);

  /** X-Ray trace header; null: none. Kept for the next submit. */
  Call traceHeader(String header);

  /** Whether the log tail is wanted. Kept for the next submit. */
  Call logTail(boolean wanted);

  /**
   * The id of the next invocation, where its caller told it to somebody already; null: the engine
   * makes one. Ids are the caller's to keep apart. For one submit only.
   */
  Call requestId(UUID id);

  /** Anything of the caller's. */
  Call attachment(Object attachment);

  /** See {@link #attachment(Object)}. */
  Object attachment();

  /**
   * Submits. Every submitted call is settled exactly once; when the ring is full or the engine
   * closed, at once and on this thread (from within a callback: when that has returned).
   */
  void submit(InvocationCallback callback);

  /**
   * Submits, and takes the answer in parts as they come. After the last part the call is settled as
   * ever; {@link #response()} is then empty, or the error document. Allocates: a stream per call
   * and an array per part.
   */
  void submitStreaming(StreamingCallback callback);

  /**
   * Gives the submitted invocation up. If it was not handed to a sandbox yet, it leaves the queue
   * and settles with {@link Refusal#cancelled}; one that runs goes on to its end, and settles as
   * ever. Either way the callback is called exactly once. Of a call that is not in flight: nothing
   * happens.
   *
   * <p>Any thread; never waits. Whoever calls it makes sure that the call was not submitted anew in
   * the meantime by somebody else: it would be that invocation which is cancelled.
   */
  void cancel();

  /** 200, or the refusal's status. */
  int statusCode();

  /** Null, or why it did not run. */
  Refusal refusal();

  /** Whether the answer is an error document of the function. */
  boolean functionError();

  /**
   * The error's type, such as {@code Sandbox.Timedout}; null: no error, or none said. Allocates.
   */
  String errorType();

  /** See {@link ResponseFlow#contentType()}. */
  String contentType();

  /**
   * The answer's bytes, {@link #responseLength()} of them from index 0; valid until the next
   * submit.
   */
  byte[] response();

  /** Length of the answer in bytes. */
  int responseLength();

  /** Number of chunks of the answer. */
  int chunkCount();

  /** Where chunk {@code index} ends in {@link #response()}, exclusively. */
  int chunkEnd(int index);

  /** Upper half of the request id. */
  long requestIdHigh();

  /** Lower half of the request id. */
  long requestIdLow();

  /** {@code $LATEST} or a number; null with a refusal. */
  String executedVersion();

  /** See {@link InvocationResult.Timings#queueNs()}. */
  long queueNs();

  /** See {@link InvocationResult.Timings#bindNs()}. */
  long bindNs();

  /** See {@link InvocationResult.Timings#initNs()}. */
  long initNs();

  /** See {@link InvocationResult.Timings#invokeNs()}. */
  long invokeNs();

  /** Billed duration in milliseconds. */
  long billedMs();

  /** Peak memory in MiB; 0: unknown. */
  int maxMemoryMb();

  /** Whether it had to wait for an init. */
  boolean coldStart();

  /** The log tail, if wanted; allocates. */
  String logTail();

  /** A copy of everything; allocates. */
  InvocationResult toResult();
}
