package io.ringmaster.core.dispatch;

import io.ringmaster.core.place.PlacementLimits;

/**
 * What a dispatcher keeps to.
 *
 * @param account account that unqualified names belong to
 * @param region region that ARNs must name
 * @param accountConcurrency concurrent invocations of each account
 * @param acceptRingSize a power of two
 * @param placement limits of placement
 * @param streams limits of streamed answers
 * @param seed of request ids, weighted aliases and jitter: the same seed, the same decisions
 */
public record DispatcherConfig(
    String account,
    String region,
    int accountConcurrency,
    int acceptRingSize,
    PlacementLimits placement,
    StreamLimits streams,
    long seed) {}
