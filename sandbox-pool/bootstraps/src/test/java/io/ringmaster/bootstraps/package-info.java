/**
 * Tests that run the bootstraps in real interpreters and hold the engine's end of the channel
 * themselves.
 */
package io.ringmaster.bootstraps;
