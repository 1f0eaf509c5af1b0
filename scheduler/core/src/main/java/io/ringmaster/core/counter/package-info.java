/**
 * Counters of the engine, in one buffer that other processes may map.
 *
 * <p>Stage: none. Each counter has one writing thread unless {@link
 * io.ringmaster.core.counter.Counter} says otherwise; readers see values that are at most a moment
 * old.
 */
package io.ringmaster.core.counter;
