package io.ringmaster.lambdahttp;

import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A page in parts on its way: a thread that may wait makes a part, the loop sends it, and the next
 * one is made when the client's system has it. On the loop, but where it says otherwise.
 */
final class StreamedPage {
  private static final long QUIET_S = 15;
  private static final long BUSY_MS = 100;
  private static final byte[] NOTHING = {'\n'};

  private final Exchange exchange;
  private final HttpPage page;

  /** Set before anything is made. */
  private volatile PageParts parts;

  /** Somebody makes a part, or one is on its way. */
  private boolean busy;

  /** There is more than was seen when a part was made. */
  private boolean more;

  private boolean begun;
  private boolean over;
  private boolean sentSince;
  private Future<?> quiet;

  /** When all threads were busy. */
  private Future<?> again;

  private StreamedPage(Exchange exchange, HttpPage page) {
    this.exchange = exchange;
    this.page = page;
  }

  /** Opens what a page comes from, and begins to answer. A thread that may wait. */
  static void begin(Exchange exchange, HttpPage page) {
    StreamedPage streamed = new StreamedPage(exchange, page);
    streamed.parts = page.parts().apply(streamed::ready);
    if (!streamed.onLoop(streamed::start)) {
      streamed.parts.close();
    }
  }

  /** False: the server is closed, and with it the connection. Any thread. */
  private boolean onLoop(Runnable run) {
    try {
      exchange.peer().loop().execute(run);
      return true;
    } catch (RejectedExecutionException e) {
      exchange.ingress().count(Ingress.Counter.CONNECTIONS_FAILED);
      return false;
    }
  }

  /** There is more. Any thread. */
  private void ready() {
    onLoop(
        () -> {
          more = true;
          make();
        });
  }

  private void start() {
    exchange.ingress().streams(this, true); // first: a server that stops meanwhile finds it
    if (exchange.isOver() || exchange.ingress().stopping()) {
      release();
      exchange.answer(Answer.refusal(503, "ServiceUnavailableException", "The server ends."));
      return;
    }
    begun = true;
    exchange.onDisconnect(() -> finish(false));
    Answer head = Answer.of(page.status());
    head.contentType = page.contentType();
    exchange.peer().begin(head);
    quiet =
        exchange
            .peer()
            .loop()
            .scheduleAtFixedRate(this::tellThatItGoesOn, QUIET_S, QUIET_S, TimeUnit.SECONDS);
    more = true;
    send(NOTHING); // the head goes with it
  }

  /** Who waits sees that somebody is there, and we see whether the client is. */
  private void tellThatItGoesOn() {
    if (!busy && !sentSince) {
      send(NOTHING);
    }
    sentSince = false;
  }

  private void make() {
    if (!begun || over || busy || !more) {
      return;
    }
    more = false;
    busy = true;
    if (!exchange.ingress().threads().reads.run(this::makeOne)) {
      again = exchange.peer().loop().schedule(this::retry, BUSY_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void retry() {
    more = true;
    done();
  }

  /** A thread that may wait. */
  private void makeOne() {
    byte[] part;
    try {
      part = parts.next();
    } catch (RuntimeException | Error e) {
      exchange.ingress().internalError(page.contentType(), e);
      onLoop(() -> broken());
      return;
    }
    onLoop(() -> made(part));
  }

  private void broken() {
    busy = false;
    if (over) {
      parts.close();
    } else {
      release();
      exchange.over();
      exchange.peer().breakOff();
    }
  }

  private void made(byte[] part) {
    if (over || part == null) {
      busy = false;
      finish(true);
    } else if (part.length == 0) {
      done();
    } else {
      more = true;
      send(part);
    }
  }

  private void send(byte[] part) {
    busy = true;
    sentSince = true;
    exchange
        .peer()
        .part(
            Unpooled.wrappedBuffer(part),
            sent -> {
              if (sent.isSuccess()) {
                done();
              } else {
                busy = false;
                finish(false);
              }
            });
  }

  private void done() {
    busy = false;
    if (over) {
      parts.close();
    } else {
      make();
    }
  }

  /** Nothing more comes; the server may be about to end. Any thread. */
  void stop() {
    onLoop(() -> finish(true));
  }

  /**
   * It is over.
   *
   * @param told whether the client, if it is there, is to hear that this was all
   */
  private void finish(boolean told) {
    if (over) {
      if (!busy) {
        parts.close();
      }
      return;
    }
    release();
    if (told && !exchange.isOver()) {
      exchange.over();
      exchange.peer().end();
    }
  }

  /** Once. */
  private void release() {
    over = true;
    if (quiet != null) {
      quiet.cancel(false);
    }
    if (again != null && again.cancel(false)) {
      busy = false;
    }
    exchange.ingress().streams(this, false);
    exchange.letGo();
    if (!busy) {
      parts.close();
    }
  }
}
