/** Runs the races. Owning thread: none; jcstress starts JVMs of its own. */
package io.ringmaster.stress;
