/**
 * What this machine can do: isolation levels, runtimes, kernel features.
 *
 * <p>Everything is found by trying or by reading what the kernel says; nothing is derived from the
 * user id. The levels and the runtimes come from {@code sandbox-pool/linux}, so that what is
 * printed is what an engine would use. Main thread only.
 */
package io.ringmaster.cli.doctor;
