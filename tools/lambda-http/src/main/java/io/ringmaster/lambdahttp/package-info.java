/**
 * Lambda's HTTP API over an engine: stage <em>accept</em> of the journey for whoever speaks HTTP.
 * Behind it is {@link io.ringmaster.api.Engine} and nothing else.
 *
 * <p>Threads. A connection belongs to one event loop, and so do its requests: {@link
 * io.ringmaster.lambdahttp.Http1Connection}, {@link io.ringmaster.lambdahttp.Http2Stream} and
 * {@link io.ringmaster.lambdahttp.Exchange} are touched there only. Invocations are submitted from
 * the loop, those that one look for input found together; their answers come on the dispatcher,
 * which posts them to the loop's {@link io.ringmaster.ingress.loop.LoopTurn}, where the ordering
 * pair of that hand-over is. What waits for files, or for a bucket, runs on bounded {@link
 * io.ringmaster.lambdahttp.Threads}, never on a loop.
 *
 * <p>Invariants. Everything a client sends is bounded before it is kept: request line, headers,
 * body by operation, bodies of all requests together, connections, requests of a connection. Every
 * request is answered exactly once, in the order of the connection. What stalls is closed: headers,
 * bodies and readers of answers have deadlines. No payload is copied more than once on its way in
 * and once on its way out.
 *
 * <p>One table, {@code operations.json}, made from the facts of AWS's service model, says which
 * operations there are and what their members may be: it routes and it validates.
 */
package io.ringmaster.lambdahttp;
