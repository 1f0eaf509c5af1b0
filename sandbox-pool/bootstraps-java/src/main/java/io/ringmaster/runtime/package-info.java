/**
 * Runs one Java function version inside a sandbox process.
 *
 * <p>Stage: <i>init</i> and <i>invoke</i>, on the far side of the channel. Neighbours: the engine,
 * which sends frames as {@code tools/docs/channel.md} and {@code tools/docs/segment.md} have them
 * and reads the answers; the log agent, which reads what is written to descriptors 1 and 2; the
 * function's own classes, which a class loader below this program's loads.
 *
 * <p>Owning thread: the main thread reads requests, calls the handler and writes answers. Any
 * thread of the function may print and log: {@link io.ringmaster.runtime.LogPipe} keeps records
 * whole with a lock.
 *
 * <p>Invariants: an invocation gets exactly one answer; the log mark in an answer counts all
 * records that were written before it; no frame of this package is in a stack trace that the
 * function's owner sees. Ordering pairs: the request id and the log's figures are guarded by the
 * log pipe's lock; nothing else is shared between threads. Those with the engine's process are
 * {@link io.ringmaster.runtime.Segment}'s.
 */
package io.ringmaster.runtime;
