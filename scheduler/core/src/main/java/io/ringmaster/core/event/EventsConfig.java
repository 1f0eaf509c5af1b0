package io.ringmaster.core.event;

import io.ringmaster.api.Owner;

/**
 * How asynchronous invocation is to run.
 *
 * @param owner whose functions are meant where nobody is named
 * @param eventsMax events that may be owed at once; more are refused, and those of a function that
 *     has more than are free. 1 or more
 * @param retryBaseMs time before the first retry after a function error; the second one comes after
 *     twice that
 * @param deadLettersMax dead letters that are kept; beyond them the oldest ones go
 */
public record EventsConfig(Owner owner, int eventsMax, long retryBaseMs, int deadLettersMax) {}
