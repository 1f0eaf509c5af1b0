/**
 * Real queues with the load of the event journal, each configured to force its files before it
 * answers, with its data on the disk on which the journal's is measured.
 *
 * <p>Neighbours: {@code harness} runs them in turn with {@code product}'s journal; producers are
 * {@code floor}'s. Each probe belongs to the thread that opened it, which hands over events; two
 * threads of its own ({@link io.ringmaster.bench.queue.QueueClient}) write and read the connection
 * and sleep between rounds.
 *
 * <p>Invariants: all producers share a connection, and what is handed over together is written
 * together: the load that suits a server best. A server is a child of a shell that ends it when
 * this JVM ends, however it does; its data goes with the probe.
 *
 * <p>Ordering pairs: {@code QueueClient.asleep}, as in {@code floor}'s appended file.
 */
package io.ringmaster.bench.queue;
