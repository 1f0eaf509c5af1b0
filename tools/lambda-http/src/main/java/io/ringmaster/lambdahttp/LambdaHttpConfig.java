package io.ringmaster.lambdahttp;

import io.ringmaster.api.Owner;
import io.ringmaster.ingress.loop.EventLoops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * How the HTTP ingress is to run. Validated when built, immutable afterwards.
 *
 * @param address where it listens, or, with {@code listening}, what it says where it listens
 * @param listening a bound socket to accept from; null: one is bound to {@code address}. It is
 *     closed with the server
 * @param defaultOwner whose functions a request means that does not say
 * @param pages pages of the server's own, by exact path; run on threads of their own, which are
 *     few: what waits for a disk has no place there
 * @param prefixPages the same, by the beginning of the path; run as management calls are and may
 *     wait
 * @param eventLoops threads that read and write, 1 to 256, where there are no shared ones
 * @param sharedLoops loops to share; they are not ended with the server; null: loops of its own
 * @param managementThreads threads that run management calls, 1 to 256
 * @param connectionsMax connections at once; more are closed when they come. 1 to 1,000,000
 * @param bodyBytesMax bytes of request bodies kept at once, over all connections; more are answered
 *     429. At least 16 MiB
 * @param idleNs how long a connection is kept between requests, in nanoseconds
 * @param headerNs how long a request's line and headers may take, in nanoseconds
 * @param bodyNs how long a body may take, besides the time of its bytes at 32 KiB a second; and how
 *     long a client may take nothing of an answer. In nanoseconds
 * @param awsEndpoint where S3 is found for packages in buckets; null: nowhere
 */
public record LambdaHttpConfig(
    InetSocketAddress address,
    ServerSocketChannel listening,
    Owner defaultOwner,
    Map<String, Function<PageRequest, HttpPage>> pages,
    Map<String, Function<PageRequest, HttpPage>> prefixPages,
    int eventLoops,
    EventLoops sharedLoops,
    int managementThreads,
    int connectionsMax,
    long bodyBytesMax,
    long idleNs,
    long headerNs,
    long bodyNs,
    URI awsEndpoint) {

  /** Validates; the message of what it throws names the value and its range. */
  public LambdaHttpConfig {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(defaultOwner, "defaultOwner");
    pages = Map.copyOf(pages);
    prefixPages = Map.copyOf(prefixPages);
    range("eventLoops", eventLoops, 1, 256);
    range("managementThreads", managementThreads, 1, 256);
    range("connectionsMax", connectionsMax, 1, 1_000_000);
    range("bodyBytesMax", bodyBytesMax, 16L << 20, 1L << 40);
    range("idleNs", idleNs, 1, Duration.ofDays(1).toNanos());
    range("headerNs", headerNs, 1, Duration.ofDays(1).toNanos());
    range("bodyNs", bodyNs, 1, Duration.ofDays(1).toNanos());
  }

  private static void range(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be " + least + " to " + most);
    }
  }

  /** Begins with the defaults: a free port on loopback. */
  public static Builder builder(Owner defaultOwner) {
    return new Builder(defaultOwner);
  }

  /** Collects the values. Not safe for use by several threads. */
  public static final class Builder {
    private final Owner defaultOwner;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private ServerSocketChannel listening;
    private Map<String, Function<PageRequest, HttpPage>> pages = Map.of();
    private Map<String, Function<PageRequest, HttpPage>> prefixPages = Map.of();
    private int eventLoops = EventLoops.usualThreads();
    private EventLoops sharedLoops;
    private int managementThreads = 8;
    private int connectionsMax = 10_000;
    private long bodyBytesMax = Math.max(256L << 20, Runtime.getRuntime().maxMemory() / 4);
    private Duration idle = Duration.ofSeconds(75);
    private Duration header = Duration.ofSeconds(15);
    private Duration body = Duration.ofSeconds(30);
    private URI awsEndpoint;

    private Builder(Owner defaultOwner) {
      this.defaultOwner = defaultOwner;
    }

    /** See {@link LambdaHttpConfig#address()}. */
    public Builder address(InetSocketAddress value) {
      address = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#listening()}. */
    public Builder listening(ServerSocketChannel value) {
      listening = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#pages()}. */
    public Builder pages(Map<String, Function<PageRequest, HttpPage>> value) {
      pages = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#prefixPages()}. */
    public Builder prefixPages(Map<String, Function<PageRequest, HttpPage>> value) {
      prefixPages = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#eventLoops()}. */
    public Builder eventLoops(int value) {
      eventLoops = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#sharedLoops()}. */
    public Builder sharedLoops(EventLoops value) {
      sharedLoops = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#managementThreads()}. */
    public Builder managementThreads(int value) {
      managementThreads = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#connectionsMax()}. */
    public Builder connectionsMax(int value) {
      connectionsMax = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#bodyBytesMax()}. */
    public Builder bodyBytesMax(long value) {
      bodyBytesMax = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#idleNs()}. */
    public Builder idle(Duration value) {
      idle = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#headerNs()}. */
    public Builder header(Duration value) {
      header = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#bodyNs()}. */
    public Builder body(Duration value) {
      body = value;
      return this;
    }

    /** See {@link LambdaHttpConfig#awsEndpoint()}. */
    public Builder awsEndpoint(URI value) {
      awsEndpoint = value;
      return this;
    }

    /**
     * Validates.
     *
     * @throws IllegalArgumentException a value is out of its range; the message names both
     */
    public LambdaHttpConfig build() {
      return new LambdaHttpConfig(
          address,
          listening,
          defaultOwner,
          pages,
          prefixPages,
          eventLoops,
          sharedLoops,
          managementThreads,
          connectionsMax,
          bodyBytesMax,
          idle.toNanos(),
          header.toNanos(),
          body.toNanos(),
          awsEndpoint);
    }
  }
}
