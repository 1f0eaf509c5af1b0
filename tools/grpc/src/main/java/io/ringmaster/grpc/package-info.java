/**
 * The gRPC ingress: accept for callers in other processes. Each RPC is one or many {@link
 * io.ringmaster.api.Call}s of the engine, which resolves, admits, places and settles them; what is
 * said on the wire is in {@code src/main/protobuf}, and of the engine nothing is seen but its
 * public interface.
 *
 * <p>Threads: everything of one connection happens on its event loop, the reading of requests and
 * the writing of answers alike, and nothing there waits. The engine tells of settled calls and of
 * parts of streamed answers on its dispatcher: that only links the exchange into the {@link
 * io.ringmaster.grpc.IngressLoop}'s list and, if the list was empty, wakes the loop; so what a turn
 * of the dispatcher settles is written in one go. Management calls wait for disks: they run on
 * threads of their own, with a bounded queue.
 *
 * <p>Invariants: each RPC is closed once; a call of the engine is used again only after its answer
 * was written and only if it settled; what is cancelled before it settled is taken out of the
 * engine's queue; an exchange holds no more than its callers were granted: a caller that does not
 * read stops being read from.
 *
 * <p>Ordering pairs: a push into a loop's list (a successful compare-and-set) happens before the
 * loop's taking of it (get-and-set), so the fields of a settled call are seen there.
 */
package io.ringmaster.grpc;
