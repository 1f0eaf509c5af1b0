/**
 * The event journal, in cycles of Chronicle Queue.
 *
 * <p>Neighbours: implements {@link io.ringmaster.persistence.spi.Journal}, found by the service
 * loader; the only package that knows Chronicle.
 *
 * <p>Owning threads, all the journal's own and uninterruptible: the <em>appender</em> ({@link
 * io.ringmaster.persistence.chronicle.Appender}) writes everything and owns the table of what is
 * owed; the <em>files</em> thread ({@link io.ringmaster.persistence.chronicle.FilesThread}) reads
 * bodies, prepares the next cycle, fills the newest ahead and removes old ones. What was resolved
 * to a position before a removal was handed over is read before it. While the table is filled at
 * the start, a third one ({@link io.ringmaster.persistence.chronicle.WalkAhead}) reads and checks
 * the records ahead of it.
 *
 * <p>Invariants: a cycle is a folder with a queue of its own, written by one process once and never
 * appended to again. In each, what is owed and lies two cycles back is appended anew, then follows
 * a checkpoint of the table. A cycle goes when a later one's checkpoint is whole, nothing owed lies
 * in it, and both are forced. Nothing is acknowledged before it is forced (level disk). Nothing is
 * mapped that has no blocks, and only a cycle's first record goes through a mapping: a full disk is
 * an error of a write, not of memory.
 *
 * <p>Ordering pairs: the command queue's offer and poll; {@code Appender.asleep}, written before
 * the appender looks at the queue for the last time and read after a producer's offer.
 */
package io.ringmaster.persistence.chronicle;
