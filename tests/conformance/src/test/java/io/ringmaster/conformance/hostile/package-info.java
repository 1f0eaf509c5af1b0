/**
 * Hostile HTTP: what a client may send that is no request, or one too many, too large, too slow.
 * The server refuses it in order, serves others all the while, and has nothing left afterwards.
 * Attacks run on threads of their own, one connection each; good clients run beside them.
 */
package io.ringmaster.conformance.hostile;
