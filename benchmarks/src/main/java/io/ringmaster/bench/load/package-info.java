/**
 * Clients that load a server: the same for the product's servers and for floors.
 *
 * <p>Neighbours: {@code product} and {@code floor} open a load on a server of theirs and run it for
 * a round. A load has no thread of its own: it belongs to the thread that runs it, so that the
 * processor time of clients can be told from that of servers.
 *
 * <p>Invariants: between rounds nothing is in flight; an answer that is not a success ends the
 * benchmark; connections end with their load.
 *
 * <p>Ordering pairs: none, one thread.
 */
package io.ringmaster.bench.load;
