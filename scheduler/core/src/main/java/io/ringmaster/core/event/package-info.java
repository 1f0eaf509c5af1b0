/**
 * Asynchronous invocation: events between their acceptance and their end.
 *
 * <p>Neighbours: ingresses and embedders hand events to {@link io.ringmaster.core.event.EventDoor}
 * ({@code io.ringmaster.api.Events}); a {@code io.ringmaster.persistence.spi.Journal} keeps them;
 * attempts are ordinary invocations through a {@code io.ringmaster.api.Call}, so that the
 * dispatcher knows nothing of events; records go to functions, or through a {@link
 * io.ringmaster.core.event.Courier} to destinations elsewhere.
 *
 * <p>Owning thread: that of {@link io.ringmaster.core.event.EventAgent}, which owns all state of
 * owed events; the door, the journal, the dispatcher and couriers post to it. Clocks are read by
 * the agent alone, and injected.
 *
 * <p>Invariants: an event is answered after it is durable, and settled after what follows from it
 * is durable; it ends exactly once, as success, with its destinations, or as a dead letter; each
 * attempt has the request id that its client was told; one function's events hold up no other's;
 * what is in memory is bounded: a row for each owed event, 64 MiB of bodies that arrive, 64 MiB
 * that wait, 64 MiB of events that run with what follows from them, 64 MiB of deliveries under way;
 * no function takes the room from others ({@link io.ringmaster.core.event.Backlog}).
 *
 * <p>Ordering pairs: a JCTools queue from all who post to the agent; the agent's sleep has a full
 * fence on both sides.
 */
package io.ringmaster.core.event;
