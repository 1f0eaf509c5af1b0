package io.ringmaster.grpc;

import io.netty.channel.EventLoopGroup;
import io.ringmaster.api.Owner;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where and how the gRPC ingress listens. Built once, then sealed.
 *
 * @param address where to listen; port 0: any free one
 * @param listening a bound socket to use instead of {@code address}, in blocking mode or not; it is
 *     the ingress's from then on; null: none
 * @param owner what a request's metadata does not say, where it says only the account or only the
 *     region: the engine's own
 * @param eventLoops loops to share, of Netty's NIO transport; they are not ended with the ingress;
 *     null: loops of its own
 * @param tls null: plain text
 * @param streamsPerConnectionMax RPCs in flight on one connection, 1 or more
 * @param callsPerStreamMax invocations in flight on one {@code InvokeStream}, 1 or more; a message
 *     of several calls may exceed it by these
 * @param bytesPerStreamMax bytes of events and answers that one {@code InvokeStream} may hold
 *     before it is not read from, 1 or more
 * @param reflection whether the interface may be asked for
 */
public record GrpcConfig(
    InetSocketAddress address,
    ServerSocketChannel listening,
    Owner owner,
    EventLoopGroup eventLoops,
    Tls tls,
    int streamsPerConnectionMax,
    int callsPerStreamMax,
    long bytesPerStreamMax,
    boolean reflection) {

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
    atLeastOne(streamsPerConnectionMax, "streamsPerConnectionMax");
    atLeastOne(callsPerStreamMax, "callsPerStreamMax");
    atLeastOne(bytesPerStreamMax, "bytesPerStreamMax");
  }

  private static void atLeastOne(long value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be 1 or more: " + value);
    }
  }

  /** Plain text on that address, with the default limits. */
  public static GrpcConfig on(InetSocketAddress address) {
    return new GrpcConfig(
        address,
        null,
        new Owner("123456789012", "us-east-1"),
        null,
        null,
        256,
        4096,
        64L * 1024 * 1024,
        true);
  }

  /** The same, of an engine with that account and region. */
  public GrpcConfig withOwner(Owner value) {
    return new GrpcConfig(
        address,
        listening,
        value,
        eventLoops,
        tls,
        streamsPerConnectionMax,
        callsPerStreamMax,
        bytesPerStreamMax,
        reflection);
  }

  /** The same, on a socket that is bound already. */
  public GrpcConfig withListening(ServerSocketChannel channel) {
    return new GrpcConfig(
        address,
        channel,
        owner,
        eventLoops,
        tls,
        streamsPerConnectionMax,
        callsPerStreamMax,
        bytesPerStreamMax,
        reflection);
  }

  /** The same, on loops that others use too. */
  public GrpcConfig withEventLoops(EventLoopGroup loops) {
    return new GrpcConfig(
        address,
        listening,
        owner,
        loops,
        tls,
        streamsPerConnectionMax,
        callsPerStreamMax,
        bytesPerStreamMax,
        reflection);
  }

  /** The same, with TLS. */
  public GrpcConfig withTls(Tls value) {
    return new GrpcConfig(
        address,
        listening,
        owner,
        eventLoops,
        value,
        streamsPerConnectionMax,
        callsPerStreamMax,
        bytesPerStreamMax,
        reflection);
  }

  /** The same, with other limits. */
  public GrpcConfig withLimits(int streamsPerConnection, int callsPerStream, long bytesPerStream) {
    return new GrpcConfig(
        address,
        listening,
        owner,
        eventLoops,
        tls,
        streamsPerConnection,
        callsPerStream,
        bytesPerStream,
        reflection);
  }

  /** The same, with or without reflection. */
  public GrpcConfig withReflection(boolean value) {
    return new GrpcConfig(
        address,
        listening,
        owner,
        eventLoops,
        tls,
        streamsPerConnectionMax,
        callsPerStreamMax,
        bytesPerStreamMax,
        value);
  }
}
