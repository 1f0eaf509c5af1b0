/**
 * Holds the tree to its architecture: who may depend on whom, no cycles, package-info everywhere,
 * no file that grew too long.
 */
package io.ringmaster.architecture;
