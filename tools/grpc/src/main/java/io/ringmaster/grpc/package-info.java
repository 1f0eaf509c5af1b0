/**
 * The gRPC ingress: accept for callers in other processes. Each RPC is one or many {@link
 * io.ringmaster.api.Call}s of the engine, which resolves, admits, places and settles them; what is
 * said on the wire is in {@code src/main/protobuf}, and of the engine nothing is seen but its
 * public interface.
 *
 * <p>Threads: everything of one connection happens on its event loop, the reading of requests and
 * the writing of answers alike, and nothing there waits. What one look for input found is submitted
 * together. The engine tells of settled calls and of parts of streamed answers on its dispatcher:
 * that only links the exchange into the list of the loop's {@link
 * io.ringmaster.ingress.loop.LoopTurn}; so what a turn of the dispatcher settles is written in one
 * go. Management calls wait for disks, and so may the accepting of events: each of the two runs on
 * threads of its own, with a bounded queue.
 *
 * <p>Invariants: each RPC is closed once; a call of the engine is used again only after its answer
 * was written and only if it settled; what is cancelled before it settled is taken out of the
 * engine's queue; an exchange holds no more than its callers were granted: a caller that does not
 * read stops being read from; a request that does not come in time is given up.
 *
 * <p>Ordering pairs: those of {@link io.ringmaster.ingress.loop}.
 */
package io.ringmaster.grpc;
