package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.StreamingCallback;
import io.ringmaster.sandbox.spi.Fault;
import java.nio.ByteBuffer;

/** One call of the run, and what the referee knows about it. Used again after it settled. */
final class SimulatedCall implements StreamingCallback {
  /** What the driver told the dispatcher about the invocation. */
  enum Told {
    NOTHING,
    RESPONSE,
    FUNCTION_ERROR,
    INIT_FAILED,
    EXITED,
    /** The sandbox broke the protocol. */
    VIOLATED,
    /** The keeper died. */
    LOST
  }

  private final Run run;
  final Call call;
  private final byte[] payload = new byte[64];

  /** Its place in the order of submits, from 0; −1: not in flight. */
  long number = -1;

  SimulatedFunction function;
  String functionText;
  String qualifierText;
  boolean known;
  boolean tooLarge;
  String label;
  long versionIdAtSubmit;
  long submittedNs;
  long offersAtSubmit;
  long preparesAtSubmit;
  long acceptedSinceRest;
  boolean inDoor;
  boolean admitted;
  boolean waitingCounted;

  /** It runs, as far as the dispatcher knows. */
  boolean offered;

  /** It lies behind another one, as far as the dispatcher knows; and whether it ever did. */
  boolean behind;

  boolean laidBehind;

  /** It was revoked, and the driver did not say that it was in time. */
  boolean inDoubt;

  /** Its sandbox was ended while it lay there, in doubt. */
  boolean lostInDoubt;

  boolean revoked;

  /** Where it waits again after it was taken back; or null. */
  SimulatedFunction.Version takenBackIn;

  boolean started;
  boolean recorded;
  boolean restarted;
  boolean restartReady;
  boolean firstAfterReady;
  long takenNs;
  long overdueNs;
  long readyNs;
  long bindNs;
  long initNs;
  SimulatedSandbox sandbox;
  long offeredNs;
  long timeoutNs;
  long ranVersionId;
  Told told = Told.NOTHING;

  /** It takes its answer in parts. */
  boolean streaming;

  /** It is in a slot. */
  boolean running;

  /** Written by its function: in all, and of that in chunks that were told. */
  int toldBytes;

  int chunkBytes;
  int documentBytes;
  String toldType;
  String toldErrorType;

  /** What became of its stream. */
  int receivedBytes;

  long consumedBytes;
  long creditedBytes;
  boolean cancelled;
  ResponseFlow flow;

  /** Its caller gave it up in that step of the run; −1: it did not. */
  long givenUpStep = -1;

  /** The stream of its last use: nobody listens to it any more. */
  ResponseFlow staleFlow;

  int toldChunks;
  Fault forgotten;
  boolean holdsUnit;
  boolean forgottenInTime;

  SimulatedCall(Run run, Call call) {
    this.run = run;
    this.call = call;
  }

  /** Everything about the last use is forgotten. */
  void begin(long newNumber, SimulatedFunction newFunction, long newNowNs) {
    number = newNumber;
    function = newFunction;
    submittedNs = newNowNs;
    inDoor = true;
    admitted = false;
    waitingCounted = false;
    offered = false;
    behind = false;
    laidBehind = false;
    inDoubt = false;
    lostInDoubt = false;
    takenBackIn = null;
    revoked = false;
    started = false;
    recorded = false;
    restarted = false;
    restartReady = false;
    firstAfterReady = false;
    takenNs = newNowNs;
    readyNs = 0;
    toldChunks = 0;
    sandbox = null;
    preparesAtSubmit = 0;
    offeredNs = 0;
    timeoutNs = 0;
    ranVersionId = -1;
    told = Told.NOTHING;
    toldBytes = 0;
    chunkBytes = 0;
    documentBytes = 0;
    toldType = null;
    toldErrorType = null;
    receivedBytes = 0;
    consumedBytes = 0;
    creditedBytes = 0;
    cancelled = false;
    givenUpStep = -1;
    running = false;
    staleFlow = flow;
    flow = null;
    forgotten = null;
    holdsUnit = false;
    forgottenInTime = false;
    ByteBuffer.wrap(payload).putLong(newNumber);
  }

  /** Whether the dispatcher had a turn since its caller gave it up. */
  boolean mustNotBegin() {
    return givenUpStep >= 0 && run.steps() > givenUpStep;
  }

  byte[] payload() {
    return payload;
  }

  @Override
  public void part(ResponseFlow from, byte[] part) {
    run.part(this, from, part);
  }

  @Override
  public void settled(Call settledCall) {
    run.settled(this, settledCall);
  }

  @Override
  public boolean nonBlocking() {
    return true;
  }

  @Override
  public String toString() {
    return "call " + number;
  }

  /**
   * Whether it has this refusal, told or not: one at the door is told when the telling of another
   * has returned.
   */
  boolean isRefused(int statusCode) {
    return call.refusal() != null && call.refusal().statusCode() == statusCode;
  }
}
