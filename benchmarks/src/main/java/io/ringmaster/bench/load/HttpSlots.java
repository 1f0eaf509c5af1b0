package io.ringmaster.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/**
 * Keep-alive connections over HTTP/1.1, each with one request in flight at most, sent when somebody
 * says so. Answers come on a thread of this object. After an error a connection is opened anew with
 * its next request.
 *
 * <p>A connection's lock hands it from whom sends to the thread that reads.
 */
public final class HttpSlots implements AutoCloseable {
  private static final byte[] FUNCTION_ERROR =
      "\r\nx-amz-function-error:".getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress server;
  private final byte[] request;
  private final Selector selector = Selector.open();
  private final Line[] lines;
  private final Thread reader;
  private volatile BiConsumer<Integer, String> answers;
  private volatile boolean closing;

  /** One connection's place. Its fields are guarded by it. */
  private static final class Line {
    final int index;
    Connection connection;
    boolean inFlight;

    Line(int index) {
      this.index = index;
    }
  }

  /**
   * Connects.
   *
   * @param count connections, at least 1
   * @param request what each of them sends
   */
  public HttpSlots(InetSocketAddress server, int count, byte[] request) throws IOException {
    this.server = server;
    this.request = request.clone();
    lines = new Line[count];
    reader = Thread.ofPlatform().name("bench-http").daemon().unstarted(this::read);
    try {
      for (int i = 0; i < count; i++) {
        lines[i] = new Line(i);
        connect(lines[i]);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void connect(Line line) throws IOException {
    Connection opened = new Connection(server, request);
    try {
      opened.channel.configureBlocking(false);
      opened.channel.register(selector, SelectionKey.OP_READ, line);
      line.connection = opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Begins to read. Once.
   *
   * @param wanted gets the connection's number, and null or what went wrong
   */
  public void open(BiConsumer<Integer, String> wanted) {
    answers = wanted;
    reader.start();
  }

  /** Sends a request on a connection with none in flight. */
  public void send(int index) {
    String failure = null;
    Line line = lines[index];
    synchronized (line) {
      try {
        if (line.connection == null) {
          connect(line);
          selector.wakeup(); // a selection that is under way does not see it
        }
        line.inFlight = true;
        line.connection.send();
      } catch (IOException e) {
        failure = dropped(line, e);
      }
    }
    if (failure != null) {
      answers.accept(index, failure);
    }
  }

  private static String dropped(Line line, IOException why) {
    line.inFlight = false;
    String failure = why.toString();
    if (line.connection != null) {
      try {
        line.connection.close();
      } catch (IOException e) {
        failure += ", then " + e;
      }
      line.connection = null;
    }
    return failure;
  }

  private void read() {
    while (!closing) {
      try {
        selector.select(this::readable);
      } catch (IOException e) {
        for (Line line : lines) {
          fail(line, e);
        }
      }
    }
  }

  private void fail(Line line, IOException why) {
    boolean told;
    String failure;
    synchronized (line) {
      told = line.inFlight;
      failure = dropped(line, why);
    }
    if (told) {
      answers.accept(line.index, failure);
    }
  }

  private void readable(SelectionKey key) {
    Line line = (Line) key.attachment();
    String error = null;
    synchronized (line) {
      if (line.connection == null || line.connection.channel != key.channel()) {
        return; // an older one
      }
      try {
        boolean wasInFlight = line.inFlight;
        if (!line.connection.receive()) {
          return;
        }
        if (!wasInFlight) {
          throw new IOException("an answer that nobody asked for");
        }
        line.inFlight = false;
        error = line.connection.tells(FUNCTION_ERROR) ? "function error" : null;
      } catch (IOException e) {
        boolean told = line.inFlight;
        error = dropped(line, e);
        if (!told) {
          return; // the next request finds a new connection
        }
      }
    }
    answers.accept(line.index, error);
  }

  @Override
  public void close() throws IOException {
    closing = true;
    selector.wakeup();
    if (reader.isAlive()) {
      try {
        reader.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    for (Line line : lines) {
      if (line != null) {
        synchronized (line) {
          if (line.connection != null) {
            line.connection.close();
            line.connection = null;
          }
        }
      }
    }
    selector.close();
  }
}
