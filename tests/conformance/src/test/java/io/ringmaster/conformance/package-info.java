/**
 * AWS's own clients, unmodified. Runtime clients are deployed as custom runtimes: whether the
 * engine is, for them, Lambda ({@code src/test/clients}; packages are built once, under {@code
 * target/clients}). Clients of the Lambda API script the life of a function over the server ({@code
 * src/test/server}): the same steps in every language, from which the table of operations is made.
 */
package io.ringmaster.conformance;
