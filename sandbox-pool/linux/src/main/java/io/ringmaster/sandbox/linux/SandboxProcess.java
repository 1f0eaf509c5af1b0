package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.Channel;
import io.ringmaster.sandbox.linux.channel.InlineChannel;
import io.ringmaster.sandbox.linux.channel.Segment;
import io.ringmaster.sandbox.linux.channel.SegmentChannel;
import io.ringmaster.sandbox.spi.RuntimeApiSession;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One sandbox process, from the wish for it until nothing of it runs. Made by the dispatcher; the
 * keeper's client fills in what starting gave, and hands it back through its notes.
 */
final class SandboxProcess {
  /** Number on the wire to the keeper; never used again. */
  final int number;

  /** Whose generic process it is; null: it is {@link #own}. */
  final GenericPool pool;

  /** How it is started for one environment; null: it is generic. */
  final OwnStart own;

  /** Whether an environment waited for it when it was wished for. */
  final boolean awaited;

  // Keeper's client, before it hands the process over.
  EnvironmentKit kit;
  String logStream;
  int requestFd = -1;
  int responseFd = -1;
  int pidfd = -1;
  int pid;
  LogPipe logs;
  RuntimeApiSession session;

  /** What it shares with the engine, until {@link #shared} has it; null: nothing. */
  Segment segment;

  /** Its file {@code status} below /proc, where it does not tell its memory itself; else −1. */
  int statusFd = -1;

  /** Its peak resident memory when it had just been started, where it was looked at; KiB. */
  int firstMemoryKb;

  /** Set by whoever finds that its session has something to tell, taken by the dispatcher. */
  final AtomicBoolean told = new AtomicBoolean();

  // Dispatcher.
  ProcessState state = ProcessState.FORKING;
  Channel channel;

  /** {@link #channel}, where it is one of pipes; else null. */
  InlineChannel inline;

  /** {@link #channel}, where it has a segment; else null. */
  SegmentChannel shared;

  /** Place among those that are polled; −1: it is none of them. */
  int polledAt = -1;

  /** It is among those that hold an answer which no descriptor tells of. */
  boolean answering;

  Environment environment;

  /** Which environment waits for it, its {@link #own} one; null: none, or none any more. */
  Environment intended;

  /** When it was there. */
  long startedNs;

  /** Place in the dispatcher's table; with {@link #number} it is what epoll gives back. */
  int index = -1;

  /** What its environment owned, to be removed with it; null while there is an environment. */
  EnvironmentKit abandoned;

  /** Its exit was told, with these figures; what it wrote before is still being read. */
  boolean exited;

  /** Bytes in its response pipe that it wrote before it exited. */
  int lastWordsBytes;

  /** It is among those whose exit is told next. */
  boolean leaving;

  /** Its exit is told when the copier has taken what it wrote before. */
  boolean leavesWhenMoved;

  int exitStatus;
  int exitMemoryKb;

  boolean watchingRequest;
  boolean watchingResponse;

  /** Nothing more will come from its response pipe, or nothing more is wanted. */
  boolean responseEnded;

  /** Whether it answered an invocation. */
  boolean answered;

  /** Chunk bytes of the invocation that runs which were told and not credited. */
  int uncredited;

  private SandboxProcess(int number, GenericPool pool, OwnStart own, boolean awaited) {
    this.number = number;
    this.pool = pool;
    this.own = own;
    this.awaited = awaited;
  }

  /**
   * One that any function of its pool can be bound to.
   *
   * @param awaited whether an environment waits for it
   */
  static SandboxProcess generic(int number, GenericPool pool, boolean awaited) {
    return new SandboxProcess(number, pool, null, awaited);
  }

  /** One for an environment. */
  static SandboxProcess own(int number, OwnStart start, Environment intended) {
    SandboxProcess process = new SandboxProcess(number, null, start, true);
    process.intended = intended;
    return process;
  }

  /** The runtime family of its interpreter. */
  String family() {
    return (pool == null ? own.interpreter() : pool.interpreter).family();
  }

  @Override
  public String toString() {
    return "sandbox process " + number + " " + state;
  }
}
