/**
 * What was logged, read back: pages, filters, followers.
 *
 * <p>Neighbours: reads a {@code io.ringmaster.persistence.spi.LogStore} that {@link
 * io.ringmaster.core.record.LogWriter} appends to; the engine gives {@link
 * io.ringmaster.core.logs.StoredLogs} to who asks.
 *
 * <p>Owning threads: whoever asks reads, in files of its own; the thread that appends tells {@link
 * io.ringmaster.core.logs.Followers} which stream has grown, under a lock that is never held while
 * something is read.
 *
 * <p>Invariants: what an answer may have and hold is bounded, and what it may look at is an {@link
 * io.ringmaster.core.logs.Effort}; between answers a follower holds places; patterns are data,
 * never code, and take time in proportion to the line.
 */
package io.ringmaster.core.logs;
