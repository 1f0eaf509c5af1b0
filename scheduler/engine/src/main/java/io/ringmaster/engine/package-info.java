/**
 * What embedders depend on: the scheduler's core assembled with drivers, registry and stores.
 *
 * <p>Stage: none; {@link io.ringmaster.engine.EmbeddedEngine} puts the stages together and owns
 * their threads: dispatcher, completion and log agent. Neighbours: every module below.
 *
 * <p>Invariants: after {@code close} nothing of the engine is left: no thread, process or file of a
 * temporary data folder.
 */
package io.ringmaster.engine;
