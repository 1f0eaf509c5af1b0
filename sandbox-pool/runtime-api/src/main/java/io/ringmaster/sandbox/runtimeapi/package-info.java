/**
 * AWS's Runtime API over HTTP/1.1: how custom runtimes ({@code provided…}) and AWS's own runtime
 * clients get their invocations and answer them.
 *
 * <p>Stage: <i>init</i> and <i>invoke</i>. Neighbours: the process driver opens a session per
 * sandbox process and polls it; the process connects to the session's port.
 *
 * <p>Owning threads: the dispatcher calls the {@link io.ringmaster.sandbox.spi.RuntimeApiSession};
 * everything on the wire belongs to the session's one event loop. They meet in {@link
 * io.ringmaster.sandbox.runtimeapi.Slot} (an invocation goes over by the loop's queue, its answer
 * comes back through an {@link io.ringmaster.sandbox.runtimeapi.AnswerPipe} and the session's queue
 * of slots that have something).
 *
 * <p>Invariants: whatever the process sends, the engine hears of an invocation at most one terminal
 * answer; what a process can make the engine hold is bounded: connections, the head of a request,
 * one answer per slot, a mebibyte of a stream that its caller has not consumed. For that bound the
 * parser is our own: of a request's head it keeps nine fields, and the rest, such as the mebibyte
 * that AWS's clients send as cause for X-Ray, passes through it without taking memory; and it reads
 * no further than the request that is being answered.
 *
 * <p>Ordering pairs: {@code AnswerPipe.published} (volatile, written by the loop after the bytes,
 * read by the dispatcher before them); {@code Slot.outcome} before {@code Slot.signalled} (loop),
 * {@code signalled} before {@code outcome} (dispatcher), so that no answer is overlooked; {@code
 * Slot.credited} and {@code Slot.paused}, each side writes its own and then reads the other's.
 *
 * <p>Sources: AWS's runtime API reference and the observable behaviour of its runtime interface
 * emulator.
 */
package io.ringmaster.sandbox.runtimeapi;
