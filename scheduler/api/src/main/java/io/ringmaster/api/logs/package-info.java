/**
 * Reading what functions logged.
 *
 * <p>Neighbours: {@link io.ringmaster.api.Engine#logs}. Owning thread: none, any thread may call.
 *
 * <p>Invariants: only whole lines are told, each once, and those of a stream in their order.
 */
package io.ringmaster.api.logs;
