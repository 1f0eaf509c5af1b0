/** Races of this package, for jcstress; the sleep of its threads, in rounds. */
package io.ringmaster.engine.injvm;
