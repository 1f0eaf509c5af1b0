/**
 * The table of behaviours: what a caller and a log reader get, row by row, for each runtime.
 *
 * <p>Stage: all of them, through the engine's public API, with real processes. Rows are text files
 * under {@code rows}; {@link io.ringmaster.behaviours.RowReader} tells their form.
 *
 * <p>Owning thread: the test's. Invariants: each row has a cell for every runtime, or says why
 * there is none; what a machine cannot run stands in {@code target/not-run}.
 *
 * <p>Ordering pairs: none.
 */
package io.ringmaster.behaviours;
