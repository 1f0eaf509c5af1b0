/**
 * Frames between the engine and one sandbox process, over two pipes and, where its runtime can map
 * one, a segment of shared memory: the engine's side of {@code tools/docs/channel.md} and {@code
 * tools/docs/segment.md}.
 *
 * <p>Stage: <i>init</i> and <i>invoke</i>. Neighbours: the process driver ({@code
 * io.ringmaster.sandbox.linux}) owns the channels; the bootstraps speak the other side. The types
 * are public for that one neighbour.
 *
 * <p>Owning thread: the dispatcher, for everything here but what {@link
 * io.ringmaster.sandbox.linux.channel.Transfer} says of the copier.
 *
 * <p>Invariants: nothing that a sandbox wrote is believed: each header is judged against what may
 * come now (one expectation at a time, nothing by default) before any byte of its body is kept, so
 * memory follows what really arrived and its bounds; after a violation a channel reads nothing
 * more; a payload is copied in pieces of at most {@link
 * io.ringmaster.sandbox.linux.channel.ChannelBuffers#PIECE_BYTES}, a few per turn; a warm
 * invocation allocates nothing.
 *
 * <p>Ordering pairs: the dispatcher's wish for a {@link
 * io.ringmaster.sandbox.linux.channel.Transfer} (volatile) with the copier, which copies, then
 * looks at the wish, then writes; a transfer's results go back by a queue. {@link
 * io.ringmaster.sandbox.linux.channel.SegmentChannel} with the sandbox process (counts: release,
 * acquire; what is published and who looks: full fences on both sides); the pipes order what goes
 * by them.
 */
package io.ringmaster.sandbox.linux.channel;
