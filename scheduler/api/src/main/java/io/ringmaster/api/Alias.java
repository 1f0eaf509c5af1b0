package io.ringmaster.api;

import java.util.Map;

/**
 * An alias of a function.
 *
 * @param arn its ARN
 * @param name its name
 * @param functionVersion the version it means
 * @param description never null
 * @param additionalVersionWeights empty, or one version and its share, 0.0 to 1.0
 * @param revisionId changes with every change
 */
public record Alias(
    String arn,
    String name,
    String functionVersion,
    String description,
    Map<String, Double> additionalVersionWeights,
    String revisionId) {}
