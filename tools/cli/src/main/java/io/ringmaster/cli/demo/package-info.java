/**
 * The demonstration: real little programs in an embedded engine, through the public API only.
 *
 * <p>{@code DemoCommand} parses and prints, {@code Demo} is the course of it, {@code DemoFunction}
 * one program with its events and the check of its answers, {@code Load} the concurrent part,
 * {@code Leftovers} what must be gone afterwards. Everything runs on the main thread but answers
 * under load, which arrive on the engine's completion threads.
 *
 * <p>Invariant: every answer is checked; one that is wrong counts as an error of its function.
 */
package io.ringmaster.cli.demo;
