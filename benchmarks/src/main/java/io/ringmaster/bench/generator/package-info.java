/**
 * A load generator: closed and open loops against the embedded engine, the Lambda API, gRPC.
 *
 * <p>In a closed loop each slot sends its next invocation when its last one is answered; while the
 * other side stalls nothing is sent, and what was not sent has no latency. In an open loop
 * invocations are due at times that nobody can move, and latency is counted from the time at which
 * an invocation was due: a stall shows in all that were due in it (no coordinated omission; Tene,
 * <i>How NOT to measure latency</i>).
 *
 * <p>Neighbours: {@code load} has the connections, {@code product} the echo function of benchmarks.
 * Owning threads: the caller's paces; answers come on threads of the other side, and record.
 *
 * <p>Invariants: a slot has one invocation at most; every invocation that was due is recorded,
 * answered or not; a target that was closed has nothing under way. Ordering pairs: a slot is handed
 * on through a queue (release, acquire) or by compare-and-set of its state.
 */
package io.ringmaster.bench.generator;
