package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.SandboxSpec;

/**
 * An environment as the driver keeps it: what lasts while processes come and go in it. Dispatcher
 * only.
 */
final class Environment {
  /** The sandbox id that the dispatcher knows. */
  final int id;

  final PoolKey key;
  final SandboxSpec spec;

  EnvironmentState state = EnvironmentState.AWAITING;

  /** Null before its first process came. */
  EnvironmentKit kit;

  String logStream;

  /** Null without a process. */
  SandboxProcess process;

  /** Its own process that was asked for and is not there yet; null: none. */
  SandboxProcess coming;

  /** The invocation in its slot, or null; {@code sequence} is that invocation's. */
  Invocation invocation;

  long sequence;

  /** When the binding that is going on was asked for. */
  long askedNs;

  int maxMemoryKb;

  /** As the driver tells it of the process that it has, or had last. */
  long initLogPosition = ResponseBuffer.UNKNOWN;

  Environment(int id, PoolKey key, SandboxSpec spec, long askedNs) {
    this.id = id;
    this.key = key;
    this.spec = spec;
    this.askedNs = askedNs;
  }
}
