/**
 * Wake-ups between processes, in rounds. Owning thread: the test's, and a process of its own on the
 * other side.
 */
package io.ringmaster.stress.litmus;
