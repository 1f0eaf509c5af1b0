package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;

/** The client's end of one request, whichever version of HTTP it speaks. On its loop only. */
interface Peer {
  EventLoop loop();

  /** Bodies of up to so many bytes go into a buffer that its connection keeps. */
  int keptBytesMax();

  /**
   * That buffer, for so many bytes at least; it is the peer's to count.
   *
   * @param bytes at most {@link #keptBytesMax}
   * @return null: there is no room
   */
  byte[] keptBuffer(int bytes);

  /** Sends the whole answer; the request is over. */
  void answer(Answer answer);

  /** Sends the head of an answer whose length is not known. */
  void begin(Answer head);

  /** Sends a part of such an answer; the listener hears when the client's system has it. */
  void part(ByteBuf part, ChannelFutureListener sent);

  /** Ends such an answer; the request is over. */
  void end();

  /** Breaks such an answer off so that nobody takes it for the whole; the request is over. */
  void breakOff();
}
