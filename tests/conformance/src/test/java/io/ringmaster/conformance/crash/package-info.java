/**
 * A server is killed with {@code kill -9} in the midst of management calls, again and again. After
 * each restart what it holds is what it acknowledged: for calls that were under way the state
 * before or after, nothing else. Each actor thread owns its functions and is the only one that
 * writes their expected state; the checking thread reads it when the actors have ended.
 */
package io.ringmaster.conformance.crash;
