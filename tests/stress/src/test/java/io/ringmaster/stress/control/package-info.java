/** Races that are lost on purpose: what shows that a lost race is seen. */
package io.ringmaster.stress.control;
