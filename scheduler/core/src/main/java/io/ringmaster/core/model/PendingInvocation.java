package io.ringmaster.core.model;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.api.StreamingCallback;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * One invocation from its acceptance to its terminal answer; reusable. Three parties see it in
 * turn: the caller through {@link Call}, the dispatcher through its fields, the driver through
 * {@link Invocation}.
 */
public final class PendingInvocation extends Timed implements Call, Invocation {
  private static final VarHandle IN_FLIGHT;

  static {
    try {
      IN_FLIGHT =
          MethodHandles.lookup().findVarHandle(PendingInvocation.class, "inFlight", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final byte[] NOTHING = {};

  private final Consumer<PendingInvocation> door;
  private final Consumer<StreamedResponse> creditDoor;
  private final Consumer<PendingInvocation> cancelDoor;
  private final int streamWindowBytes;

  // Written by the caller before submit.
  private String function;
  private String qualifier;
  private Owner owner;
  private byte[] payload = NOTHING;
  private int payloadOffset;
  private int payloadLength;
  private String clientContext;
  private String traceHeader;
  private boolean logTailWanted;

  /** Both 0: the dispatcher makes the id. */
  private long givenIdHigh;

  private long givenIdLow;
  private Object attachment;
  private InvocationCallback callback;
  private boolean callbackNonBlocking;
  private StreamedResponse stream;

  /** Set by submit, cleared with release by the dispatcher; read with acquire by the caller. */
  @SuppressWarnings("unused")
  private boolean inFlight;

  /** Whether the caller gave it up since it submitted it. Written by callers, any thread. */
  private volatile boolean cancelled;

  // Written by the dispatcher.
  /**
   * What {@link #function}, {@link #qualifier} and {@link #owner} meant last time; null: not
   * resolved yet.
   */
  public Target target;

  /** The version that runs; null before resolve. */
  public VersionState version;

  /** Next in a waiting line or in a list of settled ones. */
  public PendingInvocation next;

  /** The sandbox that runs it, and the slot; null and −1 while it waits. */
  public Sandbox sandbox;

  public int slot = -1;
  public long sequence;
  public long requestIdHigh;
  public long requestIdLow;
  public long acceptedNs;
  public long offeredNs;
  public long deadlineEpochMs;

  /** The one that lies behind it in its slot, and is the next there; or null. */
  public PendingInvocation behind;

  /** It lay behind another one: not again. */
  public boolean prefetchTried;

  /** When it was placed behind another one. */
  public long behindSinceNs;

  /** It lies behind another one and has begun all the same, though no answer will tell. */
  public boolean begunUnheard;

  private PrefetchState prefetch = PrefetchState.NONE;

  /** Its place in the order of all that ever joined a waiting line. */
  public long ticket;

  /** Whether it is in its version's waiting line. */
  public boolean waits;

  /** Whether a unit of the ledger is charged for it. */
  public boolean charged;

  /** Whether its terminal answer was given. */
  public boolean settled;

  private final ResponseBuffer response = new ResponseBuffer();

  // The answer; written by the dispatcher (the tail: by the log agent) before release.
  public Refusal refusal;
  public boolean functionError;
  public String executedVersion;
  public long queueNs;
  public long bindNs;
  public long initNs;
  public long invokeNs;
  public long billedMs;
  public int maxMemoryKb;
  public boolean coldStart;
  public String errorType;
  public long logMark;
  public byte[] tail;
  private boolean streamed;
  private String streamedContentType;

  /**
   * @param door where {@link #submit} hands it in
   */
  public PendingInvocation(Consumer<PendingInvocation> door) {
    this(door, signalled -> {}, cancelled -> {}, Integer.MAX_VALUE);
  }

  /**
   * @param door where {@link #submit} hands it in
   * @param creditDoor where its streams tell that their caller consumed something
   * @param cancelDoor where {@link #cancel} hands it in
   * @param streamWindowBytes see {@link Invocation#windowBytes}, of a streamed answer
   */
  public PendingInvocation(
      Consumer<PendingInvocation> door,
      Consumer<StreamedResponse> creditDoor,
      Consumer<PendingInvocation> cancelDoor,
      int streamWindowBytes) {
    this.door = door;
    this.creditDoor = creditDoor;
    this.cancelDoor = cancelDoor;
    this.streamWindowBytes = streamWindowBytes;
  }

  /** Whether it has begun, as far as that is known. */
  public PrefetchState prefetch() {
    return prefetch;
  }

  /**
   * Moves on.
   *
   * @throws IllegalStateException the table does not list this transition
   */
  public void prefetch(PrefetchState to) {
    if (!prefetch.allows(to)) {
      throw new IllegalStateException("invocation from " + prefetch + " to " + to);
    }
    prefetch = to;
  }

  /** It has begun, or was taken back. */
  public void noPrefetch() {
    if (prefetch != PrefetchState.NONE) {
      prefetch(PrefetchState.NONE);
    }
  }

  /** Whether the init that it waited for ran in its own time, not before it was handed over. */
  public boolean initInside() {
    return coldStart && offeredNs < sandbox.readyNs;
  }

  // ---- the caller's side ----

  @Override
  public Call function(String value) {
    requireIdle();
    if (value != function) {
      function = value;
      target = null;
    }
    return this;
  }

  @Override
  public Call qualifier(String value) {
    requireIdle();
    if (value != qualifier) {
      qualifier = value;
      target = null;
    }
    return this;
  }

  @Override
  public Call owner(Owner value) {
    requireIdle();
    if (value != owner && (value == null || !value.equals(owner))) {
      owner = value;
      target = null;
    }
    return this;
  }

  @Override
  public Call payload(byte[] bytes, int offset, int length) {
    requireIdle();
    java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
    payload = bytes;
    payloadOffset = offset;
    payloadLength = length;
    return this;
  }

  @Override
  public Call clientContext(String json) {
    requireIdle();
    clientContext = json;
    return this;
  }

  @Override
  public Call traceHeader(String header) {
    requireIdle();
    traceHeader = header;
    return this;
  }

  @Override
  public Call logTail(boolean wanted) {
    requireIdle();
    logTailWanted = wanted;
    return this;
  }

  @Override
  public Call requestId(UUID id) {
    requireIdle();
    givenIdHigh = id == null ? 0 : id.getMostSignificantBits();
    givenIdLow = id == null ? 0 : id.getLeastSignificantBits();
    return this;
  }

  @Override
  public Call attachment(Object value) {
    requireIdle();
    attachment = value;
    return this;
  }

  @Override
  public Object attachment() {
    return attachment;
  }

  @Override
  public void submit(InvocationCallback whenSettled) {
    submit(whenSettled, null);
  }

  @Override
  public void submitStreaming(StreamingCallback taker) {
    submit(taker, new StreamedResponse(taker, creditDoor, this));
  }

  private void submit(InvocationCallback whenSettled, StreamedResponse inParts) {
    requireIdle();
    if (function == null) {
      throw new IllegalStateException("no function is set");
    }
    callback = java.util.Objects.requireNonNull(whenSettled, "callback");
    callbackNonBlocking = callback.nonBlocking();
    stream = inParts;
    beginAnswer();
    cancelled = false;
    IN_FLIGHT.setOpaque(this, true);
    door.accept(this);
  }

  @Override
  public void cancel() {
    if ((boolean) IN_FLIGHT.getAcquire(this) && !cancelled) {
      cancelled = true;
      cancelDoor.accept(this);
    }
  }

  private void requireIdle() {
    if ((boolean) IN_FLIGHT.getAcquire(this)) {
      throw new IllegalStateException("the call is in flight");
    }
  }

  private void beginAnswer() {
    next = null;
    sandbox = null;
    slot = -1;
    behind = null;
    prefetchTried = false;
    begunUnheard = false;
    prefetch = PrefetchState.NONE;
    version = null;
    charged = false;
    settled = false;
    response.clear();
    refusal = null;
    functionError = false;
    executedVersion = null;
    queueNs = 0;
    bindNs = 0;
    initNs = 0;
    invokeNs = 0;
    billedMs = 0;
    maxMemoryKb = 0;
    coldStart = false;
    errorType = null;
    logMark = 0;
    tail = null;
  }

  @Override
  public int statusCode() {
    return refusal == null ? 200 : refusal.statusCode();
  }

  @Override
  public Refusal refusal() {
    return refusal;
  }

  @Override
  public boolean functionError() {
    return functionError;
  }

  @Override
  public String errorType() {
    if (!functionError) {
      return null;
    }
    if (errorType != null) {
      return errorType;
    }
    return response.errorType() != null
        ? response.errorType()
        : JsonText.member(response.array(), response.length(), "errorType");
  }

  @Override
  public String contentType() {
    return streamed ? streamedContentType : response.contentType();
  }

  @Override
  public int responseLength() {
    return response.length();
  }

  @Override
  public int chunkCount() {
    return response.chunkCount();
  }

  @Override
  public int chunkEnd(int index) {
    return response.chunkEnd(index);
  }

  @Override
  public String executedVersion() {
    return executedVersion;
  }

  @Override
  public long queueNs() {
    return queueNs;
  }

  @Override
  public long bindNs() {
    return bindNs;
  }

  @Override
  public long initNs() {
    return initNs;
  }

  @Override
  public long invokeNs() {
    return invokeNs;
  }

  @Override
  public long billedMs() {
    return billedMs;
  }

  @Override
  public int maxMemoryMb() {
    return (maxMemoryKb + 1023) / 1024;
  }

  @Override
  public boolean coldStart() {
    return coldStart;
  }

  @Override
  public String logTail() {
    if (!logTailWanted) {
      return null;
    }
    return tail == null ? "" : new String(tail, StandardCharsets.UTF_8);
  }

  @Override
  public InvocationResult toResult() {
    List<byte[]> chunks = new ArrayList<>(response.chunkCount());
    for (int i = 0; i < response.chunkCount(); i++) {
      chunks.add(
          java.util.Arrays.copyOfRange(
              response.array(), response.chunkStart(i), response.chunkEnd(i)));
    }
    return new InvocationResult(
        requestId().toString(),
        refusal,
        functionError ? "Unhandled" : null,
        errorType(),
        contentType(),
        List.copyOf(chunks),
        executedVersion,
        logTail(),
        new InvocationResult.Timings(queueNs, bindNs, initNs, invokeNs),
        billedMs,
        maxMemoryMb(),
        coldStart);
  }

  // ---- the engine's side ----

  /**
   * Takes the id that the caller gave, for this submit alone; else a random one: version 4, variant
   * 2.
   */
  public void identify(long randomHigh, long randomLow) {
    if ((givenIdHigh | givenIdLow) != 0) {
      requestIdHigh = givenIdHigh;
      requestIdLow = givenIdLow;
      givenIdHigh = 0;
      givenIdLow = 0;
    } else {
      requestIdHigh = randomHigh & 0xffff_ffff_ffff_0fffL | 0x4000L;
      requestIdLow = randomLow & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
    }
  }

  /** The request id. Allocates. */
  public UUID requestId() {
    return new UUID(requestIdHigh, requestIdLow);
  }

  /** Whose function the caller means; null: the engine's own account and region. */
  public Owner owner() {
    return owner;
  }

  /** As the caller named the function. */
  public String functionText() {
    return function;
  }

  /** As the caller qualified the function; may be null. */
  public String qualifierText() {
    return qualifier;
  }

  /** Whether the caller wants the log tail. */
  @Override
  public boolean logTailWanted() {
    return logTailWanted;
  }

  /** Whether the caller gave it up. */
  public boolean isCancelled() {
    return cancelled;
  }

  /** Whether the callback may run on the dispatcher. */
  public boolean callbackNonBlocking() {
    return callbackNonBlocking;
  }

  /** Takes the answer in parts; null: the caller takes it whole. */
  public StreamedResponse stream() {
    return stream;
  }

  /**
   * Gives the call back to its caller and tells it. Called once per submit, after every answer
   * field was written. The callback's exceptions are the caller of this method's to handle.
   */
  public void release() {
    InvocationCallback told = callback;
    callback = null;
    streamedContentType = stream == null ? null : stream.contentType();
    streamed = stream != null;
    stream = null;
    IN_FLIGHT.setRelease(this, false);
    told.settled(this);
  }

  // ---- the driver's side ----

  @Override
  public long sequence() {
    return sequence;
  }

  @Override
  public long requestIdHigh() {
    return requestIdHigh;
  }

  @Override
  public long requestIdLow() {
    return requestIdLow;
  }

  @Override
  public long deadlineEpochMs() {
    return deadlineEpochMs;
  }

  @Override
  public byte[] payload() {
    return payload;
  }

  @Override
  public int payloadOffset() {
    return payloadOffset;
  }

  @Override
  public int payloadLength() {
    return payloadLength;
  }

  @Override
  public byte[] invokedFunctionArn() {
    return target.invokedArn();
  }

  @Override
  public String traceHeader() {
    return traceHeader;
  }

  @Override
  public String clientContext() {
    return clientContext;
  }

  /** The driver appends to it; the caller reads its bytes by {@link Call#response()}. */
  @Override
  public ResponseBuffer responseBuffer() {
    return response;
  }

  @Override
  public int windowBytes() {
    return stream == null ? Integer.MAX_VALUE : streamWindowBytes;
  }

  @Override
  public byte[] response() {
    return response.array();
  }
}
