/**
 * The AWS SDKs that Lambda's Python and Node runtimes bring: installing them, and saying where they
 * are.
 *
 * <p>Never on an invocation's way: the operator asks for it. Versions and hashes are pinned by the
 * resources {@code requirements.txt} and {@code package-lock.json}; pip and npm fetch and check
 * them. Functions find the result as {@code io.ringmaster.sandbox.linux.runtimes.RuntimeSdk} says.
 * Main thread only.
 */
package io.ringmaster.cli.sdk;
