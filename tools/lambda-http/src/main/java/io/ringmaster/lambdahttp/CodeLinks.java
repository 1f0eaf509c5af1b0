package io.ringmaster.lambdahttp;

import io.netty.buffer.Unpooled;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.LayerVersion;
import io.ringmaster.api.Layers;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Where packages can be fetched, as {@code Code.Location} says: links that nobody can guess, good
 * for ten minutes. Any thread.
 */
final class CodeLinks {
  static final String PREFIX = "/_ringmaster/code/";
  private static final int LINKS_MAX = 10_000;
  private static final int TOKEN_BYTES = 24;
  private static final int PART_BYTES = 64 * 1024;
  private static final long LIFE_NS = 600_000_000_000L;
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.\\-\\[\\]:_]{1,255}");

  /** One link. */
  private record Link(Supplier<InputStream> code, long untilNs) {}

  private final SecureRandom random = new SecureRandom();

  /** Guarded by itself; oldest first. */
  private final Map<String, Link> links =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Link> eldest) {
          return size() > LINKS_MAX;
        }
      };

  /** A link to the package of a version. */
  String function(Arguments in, FunctionConfiguration it) {
    String name = it.functionName();
    String version = it.version();
    Functions functions = in.functions();
    return link(in, () -> functions.openCode(name, version));
  }

  /** A link to the package of a layer's version. */
  String layer(Arguments in, LayerVersion it) {
    Layers layers = in.layers();
    return link(in, () -> layers.openCode(it.name(), it.version()));
  }

  private String link(Arguments in, Supplier<InputStream> code) {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    synchronized (links) {
      long now = System.nanoTime();
      var oldest = links.values().iterator();
      while (oldest.hasNext() && oldest.next().untilNs() - now < 0) {
        oldest.remove();
      }
      links.put(token, new Link(code, now + LIFE_NS));
    }
    String host = in.host();
    if (host == null || !HOST.matcher(host).matches()) {
      host =
          in.ingress().config().address().getAddress().getHostAddress() + ":" + in.ingress().port();
    }
    return "http://" + host + PREFIX + token;
  }

  private Link find(String path) {
    if (!path.startsWith(PREFIX)) {
      return null;
    }
    synchronized (links) {
      Link link = links.get(path.substring(PREFIX.length()));
      return link == null || link.untilNs() - System.nanoTime() < 0 ? null : link;
    }
  }

  /** Whether there is such a link. */
  boolean knows(String path) {
    return find(path) != null;
  }

  /** Answers a request for a package; false: there is no such link. On the loop. */
  boolean begin(Exchange exchange, String path) {
    Link link = find(path);
    if (link == null) {
      return false;
    }
    exchange.manage(
        exchange.ingress().threads().operations,
        () -> {
          try {
            Sending sending = new Sending(exchange, link.code().get());
            exchange.peer().loop().execute(sending::begin);
            return null;
          } catch (LambdaException e) {
            return Answer.refusal(e.refusal());
          }
        });
    return true;
  }

  /** One package on its way: a part is read when the one before is sent. */
  private static final class Sending {
    private final Exchange exchange;
    private final InputStream code;

    Sending(Exchange exchange, InputStream code) {
      this.exchange = exchange;
      this.code = code;
    }

    void begin() {
      if (exchange.isOver()) {
        close();
        return;
      }
      exchange.onDisconnect(this::close);
      Answer head = Answer.of(200);
      head.contentType = "application/zip";
      exchange.peer().begin(head);
      next();
    }

    private void next() {
      if (!exchange.ingress().threads().operations.run(this::read)) {
        exchange.ingress().count(Ingress.Counter.OVERLOADED);
        exchange.over();
        exchange.peer().breakOff();
        close();
      }
    }

    /** On a management thread. */
    private void read() {
      byte[] part;
      try {
        part = code.readNBytes(PART_BYTES);
      } catch (IOException e) {
        part = null;
      }
      byte[] read = part;
      exchange.peer().loop().execute(() -> send(read));
    }

    private void send(byte[] part) {
      if (exchange.isOver()) {
        close();
      } else if (part == null) {
        exchange.over();
        exchange.peer().breakOff();
        close();
      } else if (part.length == 0) {
        exchange.over();
        exchange.peer().end();
        close();
      } else {
        exchange
            .peer()
            .part(
                Unpooled.wrappedBuffer(part),
                sent -> {
                  if (sent.isSuccess()) {
                    next();
                  }
                });
      }
    }

    private void close() {
      try {
        code.close();
      } catch (IOException e) {
        exchange.ingress().internalError("a package's file", e);
      }
    }
  }
}
