/**
 * Stage <b>admit</b>: the concurrency ledger.
 *
 * <p>Neighbours: after <i>resolve</i>, before <i>place</i>. Owning thread: the dispatcher.
 *
 * <p>Invariants: the units charged to an account never exceed its limit; those of a function never
 * exceed its reserved concurrency; the unreserved ones never exceed the limit less all
 * reservations, as those stood when each unit was charged; every unit charged is released exactly
 * once.
 */
package io.ringmaster.core.admit;
