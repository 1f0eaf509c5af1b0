package io.ringmaster.bench.harness;

/**
 * A 95 % confidence interval.
 *
 * @param low its lower end
 * @param high its upper end, ≥ low
 */
public record Interval(double low, double high) {}
