/**
 * Races of this package, for jcstress; its log pipe, and its wake-ups with real sandboxes, in
 * rounds.
 */
package io.ringmaster.sandbox.linux;
