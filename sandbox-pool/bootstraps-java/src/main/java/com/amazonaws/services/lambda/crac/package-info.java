/**
 * The hooks that functions register for snapshots: the interface that Lambda's Java runtimes
 * provide under this name, and that {@code org.crac} finds by the property {@code
 * org.crac.Core.Compat}.
 *
 * <p>Stage: around <i>init</i>. Neighbours: the function registers; what takes a snapshot of the
 * process runs the hooks. Without snapshots nothing runs them, as on Lambda.
 *
 * <p>Owning thread: any may register; hooks run on the thread that takes the snapshot. Invariants:
 * hooks before a snapshot run in reverse order of registration, hooks after a restore in order; all
 * run, whatever one throws. Ordering pairs: the list is guarded by the context's lock.
 */
package com.amazonaws.services.lambda.crac;
