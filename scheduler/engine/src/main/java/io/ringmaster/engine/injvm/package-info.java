/**
 * In-JVM handlers as a sandbox driver: trusted code on agent threads of its own.
 *
 * <p>Stages: <i>init</i> and <i>invoke</i> for versions whose code is an {@link
 * io.ringmaster.api.InJvmHandler}. Neighbour: the dispatcher, through {@link
 * io.ringmaster.sandbox.spi.SandboxDriver}.
 *
 * <p>Threads: the dispatcher owns {@link io.ringmaster.engine.injvm.InJvmDriver}; each {@code
 * HandlerThread} runs one handler. Two bounded queues join them: slots to run (dispatcher →
 * handler), finished slots and ended threads (handlers → dispatcher).
 *
 * <p>Invariants: a thread cannot be killed, so after a reset it is only interrupted and told to
 * end; what it still writes goes into slots that nobody reads any more; it reports its end exactly
 * once.
 *
 * <p>Ordering pairs: a slot's fields: plain stores before the queue's offer, plain loads after its
 * poll, both ways. Sleep: {@code waiting} is volatile; both sides have a full fence between their
 * store and their load.
 */
package io.ringmaster.engine.injvm;
