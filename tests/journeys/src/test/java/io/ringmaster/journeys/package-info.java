/**
 * Journeys: the engine as embedders see it, with real sandbox processes, through the public API.
 *
 * <p>Owning threads: the tests' own. Invariant shown by every class here: when an engine is closed
 * or killed nothing of it is left, neither process nor file.
 */
package io.ringmaster.journeys;
