package io.ringmaster.grpc;

import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Owner;
import io.ringmaster.grpc.v1.FunctionServiceGrpc;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.ingress.loop.EventLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The gRPC ingress of an engine: {@code ringmaster.v1.InvocationService} and {@code
 * FunctionService}, {@code grpc.health.v1.Health} and reflection. Listens from {@link #start} on.
 *
 * <p>Any thread. The engine is not closed with it, and has to be closed after it.
 */
public final class GrpcIngress implements AutoCloseable {
  /** An event of 6 MiB, and what stands beside it. */
  private static final int MESSAGE_BYTES_MAX = 7 * 1024 * 1024;

  private static final int METADATA_BYTES_MAX = 16 * 1024;

  /** None: what is held of messages is bounded by the bytes that come. */
  private static final DecompressorRegistry COMPRESSIONS =
      DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);

  private static final int WINDOW_BYTES = 1024 * 1024;
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final int LOOPS_MAX = 4;

  /** What a client does wrong it is told; gRPC would write a stack trace of ours for each time. */
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger("io.grpc.netty.NettyServerStream"),
          Logger.getLogger("io.grpc.netty.NettyServerHandler"));

  static {
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  private final Server server;
  private final HealthStatusManager health;
  private final Management management;
  private final Intake intake;
  private final IngressLoops exchanges;
  private final EventLoops ownLoops;
  private final InboundBytes inbound;
  private final SocketAddress address;
  private final AtomicBoolean stopping = new AtomicBoolean();

  private GrpcIngress(
      Server server,
      HealthStatusManager health,
      Management management,
      Intake intake,
      IngressLoops exchanges,
      EventLoops ownLoops,
      InboundBytes inbound,
      SocketAddress address) {
    this.server = server;
    this.health = health;
    this.management = management;
    this.intake = intake;
    this.exchanges = exchanges;
    this.ownLoops = ownLoops;
    this.inbound = inbound;
    this.address = address;
  }

  /**
   * Listens.
   *
   * @throws IOException the address cannot be listened on, or a file of TLS cannot be read or used
   */
  public static GrpcIngress start(GrpcConfig config, Engine engine) throws IOException {
    SslContext tls = tls(config.tls());
    EventLoops own = config.eventLoops() == null ? loops() : null;
    EventLoops loops = own == null ? config.eventLoops() : own;
    HealthStatusManager health = new HealthStatusManager();
    Management management = new Management(engine);
    Intake intake = new Intake(engine, config.owner());
    IngressLoops exchanges =
        new IngressLoops(
            loops, engine, config.owner(), intake, config.limits().arrivalMax().toNanos());
    InboundBytes inbound = new InboundBytes(config.limits().inboundBytesMax(), exchanges);
    try {
      Server server = server(config, tls, loops, exchanges, health, management, inbound).start();
      SocketAddress address =
          config.listening() == null
              ? server.getListenSockets().get(0)
              : config.address().getPort() == 0
                  ? config.listening().getLocalAddress()
                  : config.address();
      health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
      health.setStatus(InvocationServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
      health.setStatus(FunctionServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
      return new GrpcIngress(server, health, management, intake, exchanges, own, inbound, address);
    } catch (IOException | RuntimeException | Error failed) {
      if (config.listening() != null) {
        config.listening().close();
      }
      end(own);
      throw failed;
    }
  }

  private static Server server(
      GrpcConfig config,
      SslContext tls,
      EventLoops loops,
      IngressLoops exchanges,
      HealthStatusManager health,
      Management management,
      InboundBytes inbound) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(config.address())
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .directExecutor()
            .decompressorRegistry(COMPRESSIONS)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .maxConcurrentCallsPerConnection(config.limits().streamsPerConnectionMax())
            .flowControlWindow(WINDOW_BYTES)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTime(1, TimeUnit.MINUTES)
            .keepAliveTimeout(20, TimeUnit.SECONDS)
            .maxConnectionIdle(5, TimeUnit.MINUTES)
            .permitKeepAliveWithoutCalls(true)
            .addStreamTracerFactory(inbound)
            .addService(invocations(config.limits(), exchanges, inbound))
            .addService(functions(management, exchanges))
            .addService(bounded(health.getHealthService().bindService()));
    if (config.listening() == null) {
      builder.channelFactory(() -> new Listener(config.limits().connectionsMax()));
    } else {
      builder.channelFactory(
          () -> new Listener(config.listening(), config.limits().connectionsMax()));
    }
    if (config.reflection()) {
      for (BindableService each :
          List.of(ProtoReflectionServiceV1.newInstance(), olderReflection())) {
        builder.addService(bounded(each.bindService()));
      }
    }
    if (tls != null) {
      builder.sslContext(tls);
    }
    return builder.build();
  }

  /** What Python's library and older tools ask with. */
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  private static ServerServiceDefinition invocations(
      GrpcConfig.Limits limits, IngressLoops loops, InboundBytes inbound) {
    return ServerServiceDefinition.builder(InvocationServiceGrpc.getServiceDescriptor())
        .addMethod(InvocationServiceGrpc.getInvokeMethod(), exchange(loops, UnaryExchange::new))
        .addMethod(
            InvocationServiceGrpc.getInvokeWithResponseStreamMethod(),
            exchange(loops, PartsExchange::new))
        .addMethod(
            InvocationServiceGrpc.getInvokeStreamMethod(),
            exchange(
                loops, (loop, owner, rpc) -> new StreamExchange(loop, owner, rpc, limits, inbound)))
        .build();
  }

  /** Makes the exchange of an RPC. */
  @FunctionalInterface
  private interface Opening<Q, A> {
    IngressLoop.Exchange<Q> open(IngressLoop loop, Owner owner, ServerCall<Q, A> rpc);
  }

  private static <Q, A> ServerCallHandler<Q, A> exchange(
      IngressLoops loops, Opening<Q, A> opening) {
    return (rpc, headers) -> {
      IngressLoop loop = loops.current();
      try {
        IngressLoop.Exchange<Q> exchange = opening.open(loop, loop.owners().of(headers), rpc);
        InboundBytes.TRACER.get().onRefused(exchange::end);
        return exchange.listener();
      } catch (IllegalArgumentException impossible) {
        return refused(rpc, impossible);
      }
    };
  }

  private static <Q> ServerCall.Listener<Q> refused(
      ServerCall<Q, ?> rpc, IllegalArgumentException impossible) {
    Statuses.close(rpc, Owners.refusal(impossible), null);
    return new ServerCall.Listener<>() {};
  }

  private static ServerServiceDefinition functions(Management management, IngressLoops loops) {
    ServerInterceptor owner =
        new ServerInterceptor() {
          @Override
          public <Q, A> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, A> rpc, Metadata headers, ServerCallHandler<Q, A> next) {
            Owner named;
            try {
              named = loops.current().owners().of(headers);
            } catch (IllegalArgumentException impossible) {
              return refused(rpc, impossible);
            }
            Context context = Context.current().withValue(Management.OWNER, named);
            return Contexts.interceptCall(context, rpc, headers, next);
          }
        };
    FunctionIngress functions = new FunctionIngress(management, loops);
    return bounded(ServerInterceptors.intercept(functions, owner));
  }

  /**
   * Of which an RPC ends that there is no room for, or whose request does not come in time; those
   * of invocations see to it themselves.
   */
  private static ServerServiceDefinition bounded(ServerServiceDefinition service) {
    ServerInterceptor bound =
        new ServerInterceptor() {
          @Override
          public <Q, A> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, A> rpc, Metadata headers, ServerCallHandler<Q, A> next) {
            OnceClosed<Q, A> once = new OnceClosed<>(rpc);
            InboundBytes.Tracer inbound = InboundBytes.TRACER.get();
            inbound.onRefused(status -> once.close(status, new Metadata()));
            return new SimpleForwardingServerCallListener<>(next.startCall(once, headers)) {
              @Override
              public void onHalfClose() {
                inbound.arrived();
                super.onHalfClose();
              }
            };
          }
        };
    return ServerInterceptors.intercept(service, bound);
  }

  /** An RPC that may be closed by two: the second time nothing happens. */
  private static final class OnceClosed<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final AtomicBoolean closed = new AtomicBoolean();

    OnceClosed(ServerCall<Q, A> rpc) {
      super(rpc);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (closed.compareAndSet(false, true)) {
        super.close(status, trailers);
      }
    }
  }

  private static EventLoops loops() {
    return EventLoops.start("ringmaster-grpc", Math.min(LOOPS_MAX, EventLoops.usualThreads()));
  }

  private static SslContext tls(GrpcConfig.Tls tls) throws IOException {
    if (tls == null) {
      return null;
    }
    try {
      SslContextBuilder builder =
          GrpcSslContexts.forServer(tls.certificateChain().toFile(), tls.privateKey().toFile());
      if (tls.clientAuthorities() != null) {
        builder.trustManager(tls.clientAuthorities().toFile()).clientAuth(ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (IllegalArgumentException unusable) {
      throw new IOException("TLS: " + unusable.getMessage(), unusable);
    }
  }

  /** Bytes of messages that are held for their callers. */
  long inboundBytes() {
    return inbound.held();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) address;
  }

  /**
   * Accepts no connection and no RPC any more, and says so to those who are connected; what was
   * accepted goes on. The listening socket is closed here. Does not wait.
   */
  public void stopAccepting() {
    if (stopping.compareAndSet(false, true)) {
      health.enterTerminalState();
      server.shutdown();
      exchanges.drainStreams();
    }
  }

  /**
   * Accepts nothing more, lets RPCs end for so long, then cancels what is left. When it returns no
   * connection and no thread of the ingress is left.
   */
  public void close(Duration drain) {
    stopAccepting();
    boolean interrupted = false;
    try {
      server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupt) {
      interrupted = true;
    }
    server.shutdownNow();
    try {
      server.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
      management.close(DRAIN);
      intake.close(DRAIN);
    } catch (InterruptedException interrupt) {
      interrupted = true;
    }
    if (ownLoops == null) {
      exchanges.forget();
    }
    end(ownLoops);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@link #close(Duration)} with five seconds. */
  @Override
  public void close() {
    close(DRAIN);
  }

  private static void end(EventLoops own) {
    if (own != null) {
      own.close();
    }
  }
}
