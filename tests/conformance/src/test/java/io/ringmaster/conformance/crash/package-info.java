/**
 * A server is killed with {@code kill -9} under load, again and again.
 *
 * <p>Events: whatever was acknowledged runs at least once, under its request id, or is owed or a
 * dead letter; only what was in flight at a kill runs twice. The ledger is outside of the server: a
 * file that functions append to, with the number of the server's life.
 *
 * <p>Management calls: what the server holds is what it acknowledged; for calls that were under way
 * the state before or after, nothing else. Each actor thread owns its functions and is the only one
 * that writes their expected state; the checking thread reads it when the actors have ended.
 */
package io.ringmaster.conformance.crash;
