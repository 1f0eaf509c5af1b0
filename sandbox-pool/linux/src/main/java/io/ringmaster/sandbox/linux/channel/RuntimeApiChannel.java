package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.RuntimeApiSession;

/** The channel to a process whose runtime speaks AWS's Runtime API. Dispatcher only. */
public final class RuntimeApiChannel implements Channel {
  private final RuntimeApiSession session;
  private final Told told = new Told();

  // What the last event was.
  private Received received = Received.NOTHING;
  private byte[] initError;
  private boolean functionError;
  private int chunkBytes;

  /** The session stays the caller's to close. */
  public RuntimeApiChannel(RuntimeApiSession session) {
    this.session = session;
  }

  @Override
  public void invoke(ChannelBuffers buffers, Invocation offered) {
    session.invoke(0, offered);
  }

  @Override
  public boolean sending() {
    return false;
  }

  @Override
  public boolean flush(ChannelBuffers buffers) {
    return false;
  }

  @Override
  public Received receive(ChannelBuffers buffers) {
    received = Received.NOTHING;
    chunkBytes = 0;
    session.poll(told, 1);
    return received;
  }

  @Override
  public void credit(int bytes) {
    session.credit(0, bytes);
  }

  @Override
  public long initNs() {
    return UNKNOWN;
  }

  @Override
  public byte[] initError() {
    return initError;
  }

  @Override
  public boolean functionError() {
    return functionError;
  }

  @Override
  public long logMark() {
    return 0;
  }

  @Override
  public int maxMemoryKb() {
    return 0;
  }

  @Override
  public int receivedBytes() {
    return 0;
  }

  @Override
  public int chunkBytes() {
    return chunkBytes;
  }

  @Override
  public String violation() {
    return null;
  }

  private final class Told implements RuntimeApiSession.Events {
    @Override
    public void ready() {
      received = Received.READY;
    }

    @Override
    public void initError(byte[] document) {
      received = Received.INIT_ERROR;
      initError = document;
    }

    @Override
    public void chunk(int index, long sequence, int bytes) {
      received = Received.CHUNK;
      chunkBytes = bytes;
    }

    @Override
    public void answer(int index, long sequence, boolean isFunctionError) {
      received = Received.ANSWER;
      functionError = isFunctionError;
    }
  }
}
