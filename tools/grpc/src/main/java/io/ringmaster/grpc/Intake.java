package io.ringmaster.grpc;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.grpc.v1.InvocationType;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.ingress.BoundedThreads;
import io.ringmaster.ingress.JsonCheck;
import io.ringmaster.ingress.Target;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * What comes before an invocation is the engine's: its event is checked; one of type {@code Event}
 * is accepted, a dry run looked up. What may take its time is done on threads of its own: it does
 * not wait for management calls.
 */
final class Intake {
  /** An event of so many bytes is checked on the loop: for less time than a hand-over takes. */
  private static final int CHECKED_HERE_MAX = 128 * 1024;

  private static final int THREADS = 4;
  private static final int WAITING_MAX = 256;
  private static final int PAYLOAD_BYTES_MAX = 6_291_456;
  private static final int EVENT_BYTES_MAX = 1_048_576;

  /** In a trace header: where a chain of invocations came by. */
  private static final String LINEAGE = "Lineage=";

  private static final System.Logger LOG = System.getLogger(Intake.class.getName());

  private final Engine engine;
  private final Owner usual;
  private final BoundedThreads threads =
      new BoundedThreads("ringmaster-grpc-accept", THREADS, WAITING_MAX);

  /**
   * Who is told what becomes of a request; one of the first three once, on its loop, unless it is
   * gone.
   */
  interface Asker {
    /** It is in order: the call is the asker's, to submit or to give back. */
    void admitted(Call call);

    void refused(Refusal refusal);

    /** It has its answer, without the engine. */
    void answered(InvokeResponse response);

    /** Its request is kept elsewhere, and counts until {@link #letGo}. The loop's thread. */
    void hold();

    /** The loop's thread. */
    void letGo();

    /** Whether nobody waits for it any more. Any thread. */
    boolean gone();
  }

  /** What a look at a request came to; both null: it is in order. */
  private record Finding(Refusal refusal, InvokeResponse response) {}

  private static final Finding IN_ORDER = new Finding(null, null);

  /** There was nobody any more to look for. */
  private static final Finding GONE = new Finding(null, null);

  /**
   * @param usual whose functions are meant where nobody is named
   */
  Intake(Engine engine, Owner usual) {
    this.engine = engine;
    this.usual = usual;
  }

  /** Begins nothing more; waits for what runs. */
  void close(Duration most) throws InterruptedException {
    threads.close(most);
  }

  /** Takes a request whose names were checked. The loop's thread. */
  void take(
      IngressLoop loop,
      Owner owner,
      String function,
      String qualifier,
      InvokeRequest request,
      Asker asker) {
    Call call = loop.take();
    Refusal refusal = Answers.fill(call, loop, owner, function, qualifier, request);
    if (refusal == null) {
      refusal = misfit(request);
    }
    PayloadView view = loop.payloads();
    byte[] event = view.bytes();
    int from = view.offset();
    int length = view.length();
    boolean runs = runs(request.getInvocationType());
    if (refusal == null && runs) {
      refusal = follow(call, owner, function, request.getTraceHeader());
    }
    if (refusal == null && length <= CHECKED_HERE_MAX) {
      refusal = check(event, from, length);
      if (refusal == null && runs) {
        asker.admitted(call);
        return;
      }
    }
    if (refusal != null) {
      loop.giveBack(call);
      asker.refused(refusal);
      return;
    }
    boolean unchecked = length > CHECKED_HERE_MAX;
    later(
        loop,
        call,
        asker,
        () -> {
          Refusal wrong = unchecked ? check(event, from, length) : null;
          return wrong != null
              ? done(new Finding(wrong, null))
              : runs ? done(IN_ORDER) : settle(owner, function, qualifier, request);
        });
  }

  /** A chain of functions that invoke each other comes by one more. */
  private Refusal follow(Call call, Owner owner, String function, String trace) {
    if (!trace.contains(LINEAGE)) {
      return null;
    }
    try {
      call.traceHeader(engine.events().follow(owner == null ? usual : owner, function, trace));
      return null;
    } catch (LambdaException refused) {
      return refused.refusal();
    }
  }

  private static CompletableFuture<Finding> done(Finding finding) {
    return CompletableFuture.completedFuture(finding);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Telling throws nothing.
  private void later(
      IngressLoop loop, Call call, Asker asker, Supplier<CompletableFuture<Finding>> look) {
    asker.hold();
    boolean taken =
        threads.run(
            () ->
                (asker.gone() ? done(GONE) : safely(look))
                    .thenAccept(finding -> tell(loop, call, asker, finding)));
    if (!taken) {
      told(loop, call, asker, new Finding(Refusal.throttled("CallerRateLimitExceeded"), null));
    }
  }

  /** Any thread. */
  private static void tell(IngressLoop loop, Call call, Asker asker, Finding finding) {
    try {
      loop.executor().execute(() -> told(loop, call, asker, finding));
    } catch (RejectedExecutionException ended) {
      // the loop has ended with all its connections: there is nobody left to be told
      LOG.log(System.Logger.Level.DEBUG, "the loop has ended", ended);
    }
  }

  private static CompletableFuture<Finding> safely(Supplier<CompletableFuture<Finding>> look) {
    try {
      return look.get();
    } catch (LambdaException refused) {
      return done(new Finding(refused.refusal(), null));
    } catch (RuntimeException | Error failed) {
      LOG.log(System.Logger.Level.ERROR, "an invocation was not accepted", failed);
      return done(
          new Finding(Refusal.service("The operation failed by a fault of the platform."), null));
    }
  }

  private static void told(IngressLoop loop, Call call, Asker asker, Finding finding) {
    asker.letGo();
    if (finding == IN_ORDER) {
      asker.admitted(call);
      return;
    }
    loop.giveBack(call);
    if (finding == GONE) {
      return;
    }
    if (finding.refusal() != null) {
      asker.refused(finding.refusal());
    } else {
      asker.answered(finding.response());
    }
  }

  private static boolean runs(InvocationType type) {
    return type == InvocationType.INVOCATION_TYPE_UNSPECIFIED
        || type == InvocationType.INVOCATION_TYPE_REQUEST_RESPONSE;
  }

  private static Refusal misfit(InvokeRequest request) {
    if (request.getInvocationType() == InvocationType.UNRECOGNIZED) {
      return Answers.wrongType(
          Integer.toString(request.getInvocationTypeValue()), "[Event, RequestResponse, DryRun]");
    }
    boolean event = request.getInvocationType() == InvocationType.INVOCATION_TYPE_EVENT;
    int length = request.getPayload().size();
    int most = event ? EVENT_BYTES_MAX : PAYLOAD_BYTES_MAX;
    return length > most
        ? new Refusal(
            413,
            "RequestTooLargeException",
            length
                + " byte payload is too large for the "
                + (event ? "Event" : "RequestResponse")
                + " invocation type (limit "
                + most
                + " bytes)",
            null)
        : null;
  }

  private static Refusal check(byte[] event, int from, int length) {
    String problem = JsonCheck.problem(event, from, length);
    return problem == null ? null : JsonCheck.refusal(problem);
  }

  /** On a thread that may wait: looks the function up, or hands the event over. */
  private CompletableFuture<Finding> settle(
      Owner owner, String function, String qualifier, InvokeRequest request) {
    if (request.getInvocationType() == InvocationType.INVOCATION_TYPE_DRY_RUN) {
      Functions functions = owner == null ? engine.functions() : engine.functions(owner);
      Target.find(functions, function, qualifier);
      return done(new Finding(null, InvokeResponse.newBuilder().setStatusCode(204).build()));
    }
    UUID id = UUID.randomUUID();
    byte[] event =
        request.getPayload().isEmpty()
            ? PayloadView.EMPTY_EVENT.clone()
            : request.getPayload().toByteArray();
    return engine
        .events()
        .accept(
            io.ringmaster.api.InvokeRequest.of(function, event)
                .withOwner(owner == null ? usual : owner)
                .withQualifier(qualifier)
                .withClientContext(Answers.orNull(request.getClientContext()))
                .withTraceHeader(Answers.orNull(request.getTraceHeader()))
                .withRequestId(id))
        .thenApply(refusal -> new Finding(refusal, refusal == null ? accepted(id) : null));
  }

  private static InvokeResponse accepted(UUID id) {
    return InvokeResponse.newBuilder().setStatusCode(202).setRequestId(id.toString()).build();
  }
}
