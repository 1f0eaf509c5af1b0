/**
 * Power cuts, as a disk sees them: stores on file systems of their own, in image files, written by
 * a process each, and shut down under it at some moment with nothing flushed. What was acknowledged
 * at the level disk is there when the file system is mounted again; at the level process what is
 * missing is counted. The ledger is outside of the images: what the writer told through a pipe.
 *
 * <p>Everything is mounted in a mount namespace of the driver's process tree: however that ends,
 * the kernel unmounts and gives the loop devices back. Images lie in {@code target/powerloss},
 * which is emptied at the next start.
 */
package io.ringmaster.conformance.powerloss;
