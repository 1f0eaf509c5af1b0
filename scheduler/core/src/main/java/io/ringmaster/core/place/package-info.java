/**
 * Stage <b>place</b>: which sandbox runs which invocation, and how many sandboxes there are.
 *
 * <p>Neighbours: after <i>admit</i>; before <i>init</i> and <i>invoke</i>, which are the drivers'.
 * Owning thread: the dispatcher.
 *
 * <p>Order of choice: a warm slot of that version, last used first; an environment whose process
 * was reset; a new binding, if waiting looks longer than a cold start; else the waiting line. When
 * no capacity is left, an idle environment of another version goes; when none is idle, versions
 * without any environment are served before those that have more than their fair share.
 *
 * <p>Prefetch: where the driver can, the next invocations of a fast version lie behind the one that
 * runs; they have not begun, and go back to their places in the line if that one is slow. A quick
 * one even goes there rather than to an idle sandbox, which would have to be woken.
 *
 * <p>Invariants: one invocation per slot, and behind it no more than the driver has room for; never
 * more environments than the limit; while an invocation waits, no slot of its version is free.
 */
package io.ringmaster.core.place;
