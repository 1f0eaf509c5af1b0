package io.ringmaster.grpc;

import io.ringmaster.api.Owner;
import io.ringmaster.ingress.loop.EventLoops;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Where and how the gRPC ingress listens. Built once, then sealed.
 *
 * @param address where to listen; port 0: any free one
 * @param listening a bound socket to use instead of {@code address}, in blocking mode or not; it is
 *     the ingress's from then on; null: none
 * @param owner what a request's metadata does not say, where it says only the account or only the
 *     region: the engine's own
 * @param eventLoops loops to share; they are not ended with the ingress; null: loops of its own
 * @param tls null: plain text
 * @param limits what callers may have at once
 * @param reflection whether the interface may be asked for
 */
public record GrpcConfig(
    InetSocketAddress address,
    ServerSocketChannel listening,
    Owner owner,
    EventLoops eventLoops,
    Tls tls,
    Limits limits,
    boolean reflection) {

  /**
   * What callers may have at once.
   *
   * @param connectionsMax connections; more are closed when they come. 1 or more; 10,000
   * @param streamsPerConnectionMax RPCs in flight on one connection, 1 or more; 256
   * @param callsPerStreamMax invocations in flight on one {@code InvokeStream}, 1 or more; a
   *     message of several calls may exceed it by these; 4,096
   * @param bytesPerStreamMax bytes of events and answers that one {@code InvokeStream} may hold
   *     before it is not read from, 1 or more; 64 MiB
   * @param inboundBytesMax bytes of messages that are held for their callers, half-sent ones
   *     included, over all connections; an RPC beyond it ends with {@code RESOURCE_EXHAUSTED}. At
   *     least 16 MiB; a quarter of the heap, at least 256 MiB
   * @param arrivalMax how long the request of an RPC, or one of its many messages, may take to
   *     come, besides the time of its bytes at 32 KiB a second; then the RPC ends with {@code
   *     DEADLINE_EXCEEDED}. 1 ms or more; 30 s
   */
  public record Limits(
      int connectionsMax,
      int streamsPerConnectionMax,
      int callsPerStreamMax,
      long bytesPerStreamMax,
      long inboundBytesMax,
      Duration arrivalMax) {
    private static final long INBOUND_BYTES_LEAST = 16L << 20;

    /** The usual ones. */
    public static final Limits USUAL =
        new Limits(
            10_000,
            256,
            4096,
            64L << 20,
            Math.max(256L << 20, Runtime.getRuntime().maxMemory() / 4),
            Duration.ofSeconds(30));

    /** Validates. */
    public Limits {
      atLeast(connectionsMax, 1, "connectionsMax");
      atLeast(streamsPerConnectionMax, 1, "streamsPerConnectionMax");
      atLeast(callsPerStreamMax, 1, "callsPerStreamMax");
      atLeast(bytesPerStreamMax, 1, "bytesPerStreamMax");
      atLeast(inboundBytesMax, INBOUND_BYTES_LEAST, "inboundBytesMax");
      atLeast(arrivalMax.toMillis(), 1, "arrivalMax in milliseconds");
    }

    private static void atLeast(long value, long least, String name) {
      if (value < least) {
        throw new IllegalArgumentException(name + " must be " + least + " or more: " + value);
      }
    }
  }

  /**
   * How connections are secured.
   *
   * @param certificateChain PEM file, the server's certificate first
   * @param privateKey PEM file, PKCS#8
   * @param clientAuthorities PEM file with the authorities whose clients are let in, each with its
   *     certificate; null: clients need none
   */
  public record Tls(Path certificateChain, Path privateKey, Path clientAuthorities) {
    /** Validates. */
    public Tls {
      Objects.requireNonNull(certificateChain, "certificateChain");
      Objects.requireNonNull(privateKey, "privateKey");
    }
  }

  /** Validates. */
  public GrpcConfig {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(limits, "limits");
  }

  /** Plain text on that address, with the default limits. */
  public static GrpcConfig on(InetSocketAddress address) {
    return new GrpcConfig(
        address, null, new Owner("123456789012", "us-east-1"), null, null, Limits.USUAL, true);
  }

  /** The same, of an engine with that account and region. */
  public GrpcConfig withOwner(Owner value) {
    return new GrpcConfig(address, listening, value, eventLoops, tls, limits, reflection);
  }

  /** The same, on a socket that is bound already. */
  public GrpcConfig withListening(ServerSocketChannel channel) {
    return new GrpcConfig(address, channel, owner, eventLoops, tls, limits, reflection);
  }

  /** The same, on loops that others use too. */
  public GrpcConfig withEventLoops(EventLoops loops) {
    return new GrpcConfig(address, listening, owner, loops, tls, limits, reflection);
  }

  /** The same, with TLS. */
  public GrpcConfig withTls(Tls value) {
    return new GrpcConfig(address, listening, owner, eventLoops, value, limits, reflection);
  }

  /** The same, with other limits. */
  public GrpcConfig withLimits(Limits value) {
    return new GrpcConfig(address, listening, owner, eventLoops, tls, value, reflection);
  }

  /** The same, with or without reflection. */
  public GrpcConfig withReflection(boolean value) {
    return new GrpcConfig(address, listening, owner, eventLoops, tls, limits, value);
  }
}
