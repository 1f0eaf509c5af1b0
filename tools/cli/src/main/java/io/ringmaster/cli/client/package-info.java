/**
 * The commands that talk to a running server over its HTTP API: {@code invoke, functions, logs,
 * status}, and what {@code deploy} builds on.
 *
 * <p>Of the product they see the command line's output only; everything else they learn over HTTP,
 * as any client. Main thread only. Invariants: a refusal is told with AWS's code and text and ends
 * with status 1; nothing is sent twice unless it may be.
 */
package io.ringmaster.cli.client;
