/**
 * Measures a probe and its floor in turn, and says how sure the ratio is.
 *
 * <p>Neighbours: {@code io.ringmaster.bench} says what to measure; {@code floor} and {@code
 * product} have the probes. One thread owns everything here.
 *
 * <p>Invariants: probe and floor take the same number of rounds of the same length; which of them
 * goes first changes from round to round; figures are medians; the interval of a ratio is made from
 * pairs, so that what disturbed both sides of a pair cancels out.
 */
package io.ringmaster.bench.harness;
