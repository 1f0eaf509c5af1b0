/**
 * Earlier runs, kept as their documents: what has changed since, and how it went.
 *
 * <p>Neighbours: {@code io.ringmaster.bench} has the document; the command line asks. The caller's
 * thread owns everything.
 *
 * <p>Invariants: a figure is compared with a figure of the same machine and the same id, a ratio
 * with a ratio; a change is only told where two 95 % intervals lie apart. A baseline that was saved
 * is never changed. Ordering pairs: none.
 */
package io.ringmaster.bench.baseline;
