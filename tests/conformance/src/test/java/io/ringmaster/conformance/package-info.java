/**
 * AWS's own runtime clients, unmodified, deployed as custom runtimes: whether the engine is, for
 * them, Lambda. The functions' sources are in {@code src/test/clients}; packages are built once,
 * under {@code target/clients}.
 */
package io.ringmaster.conformance;
