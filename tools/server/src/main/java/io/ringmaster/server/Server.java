package io.ringmaster.server;

import io.ringmaster.api.DataFolderInUseException;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.Owner;
import io.ringmaster.ingress.loop.EventLoops;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.server.config.Address;
import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.Options;
import io.ringmaster.server.config.ServerOption;
import io.ringmaster.server.control.ControlClient;
import io.ringmaster.server.control.ControlSocket;
import io.ringmaster.server.listen.Inherited;
import io.ringmaster.server.listen.Listening;
import io.ringmaster.server.listen.Notification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * A running server. Any thread may ask it to stop; it stops once.
 *
 * <p>Stopping, in this order: {@code health/ready} answers 503; the ingresses accept nothing more;
 * what runs may end, within the budget; the engine stops, and with it every process of a function;
 * the data folder is free.
 */
public final class Server implements AutoCloseable {
  /** The product's version. */
  public static final String VERSION = "0.1.0";

  private static final System.Logger LOG = System.getLogger("io.ringmaster.server");

  private static final Duration ENGINE_DRAIN_MAX = Duration.ofSeconds(10);

  /** Beyond its budget the server before needs a moment for its processes. */
  private static final Duration TAKE_OVER_MARGIN = Duration.ofSeconds(30);

  /** How long the data folder may be in use after the server that took over is gone. */
  private static final Duration RESUME_PATIENCE = Duration.ofSeconds(10);

  private static final Duration RESUME_RETRY = Duration.ofMillis(50);

  private final Configuration configuration;
  private final Notification notification;
  private final CountDownLatch stopRequested = new CountDownLatch(1);

  /** Held while parts are opened or closed. */
  private final Object parts = new Object();

  // Written while parts are opened or closed.
  private final List<Ingress> ingresses = new ArrayList<>();
  private volatile List<Listening> sockets = List.of();
  private volatile Engine engine;
  private EventLoops loops;
  private ControlSocket control;
  private String level;
  private long recoveredEvents;
  private volatile HttpIngress httpIngress;
  private volatile Phase phase = Phase.STARTING;

  private Server(Configuration configuration, Map<String, String> environment) {
    this.configuration = configuration;
    this.notification = new Notification(environment);
  }

  /**
   * Starts one.
   *
   * @param environment the process's variables: systemd's sockets are named there
   * @throws BelowIsolationFloorException functions would not be isolated as was asked for
   * @throws DataFolderInUseException another server uses the data folder
   * @throws BindException an address is in use; the message names it
   * @throws IOException the data folder or a socket cannot be used
   */
  public static Server start(Configuration configuration, Map<String, String> environment)
      throws BelowIsolationFloorException, IOException {
    Isolation.check(configuration);
    Server server = new Server(configuration, environment);
    try (ControlClient before = server.before()) {
      server.openOrStop(before, environment);
      return server;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (LinuxException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Where it cannot open, all is closed before the one before learns of it and needs the data. */
  private void openOrStop(ControlClient before, Map<String, String> environment)
      throws IOException {
    boolean started = false;
    try {
      open(before, environment);
      started = true;
    } finally {
      if (!started) {
        stop(Duration.ZERO);
      }
    }
  }

  /** The server to take over from; null: there is none, or nobody asked for that. */
  private ControlClient before() throws IOException {
    Certificates.check(configuration); // before another server ends for this one
    Path data = Files.createDirectories(configuration.get(Options.DATA));
    return configuration.get(Options.TAKE_OVER) ? ControlClient.connect(data) : null;
  }

  /** The one before ends when this one serves, and else goes on. */
  private void open(ControlClient before, Map<String, String> environment) throws IOException {
    Path data = configuration.get(Options.DATA);
    synchronized (parts) {
      try (Inherited inherited =
          before == null ? Inherited.fromSystemd(environment) : before.takeOver(TAKE_OVER_MARGIN)) {
        listen(inherited, Options.HTTP);
        if (configuration.get(Options.GRPC) != null) {
          listen(inherited, Options.GRPC);
        }
      } catch (BindException taken) {
        if (before == null) {
          requireFree(data);
        }
        throw taken;
      }
      serve();
    }
    if (before != null) {
      before.ready();
    }
  }

  /** Opens everything behind the sockets. */
  private void serve() throws IOException {
    Path data = configuration.get(Options.DATA);
    Listening http = sockets.get(0);
    Listening grpc = sockets.size() > 1 ? sockets.get(1) : null;
    engine = Engine.open(engineConfig(data, http));
    level = engine.status().level();
    recoveredEvents = engine.events().status().recovered();
    control = ControlSocket.open(data, new Commands());
    Owner owner = new Owner(configuration.get(Options.ACCOUNT), configuration.get(Options.REGION));
    StatusDocument status =
        new StatusDocument(
            VERSION,
            "http://" + http.text(),
            grpc == null ? null : grpc.text(),
            data.toString(),
            Instant.now());
    Pages pages = new Pages(() -> phase, engine, owner, status, this::httpCounters);
    loops = EventLoops.start("ringmaster-loop", EventLoops.usualThreads());
    HttpIngress ingress = HttpIngress.start(configuration, http, pages, engine, loops);
    httpIngress = ingress;
    ingresses.add(ingress);
    if (grpc != null) {
      ingresses.add(GrpcService.start(configuration, owner, grpc, engine, loops));
    }
    phase = Phase.READY;
    quietly("systemd", notification::ready);
  }

  private Map<String, Long> httpCounters() {
    HttpIngress ingress = httpIngress; // a page may be asked for before start() has returned it
    return ingress == null ? Map.of() : ingress.counters();
  }

  private void listen(Inherited inherited, ServerOption<Address> option) throws IOException {
    List<Listening> more = new ArrayList<>(sockets);
    more.add(inherited.listening(configuration.get(option)));
    sockets = List.copyOf(more);
  }

  /**
   * An address is taken: most often by the server that has the data folder too, and that is what is
   * told then.
   */
  private static void requireFree(Path data) {
    Engine.open(EngineConfig.builder().dataFolder(data).sandboxProcesses(false).build()).close();
  }

  /**
   * The ingresses have used the budget when the engine's turn comes: what still runs then runs for
   * nobody who waits, and what of it is an accepted event is run again by the next server.
   */
  private static Duration engineDrain(Duration drain) {
    return drain.compareTo(ENGINE_DRAIN_MAX) < 0 ? drain : ENGINE_DRAIN_MAX;
  }

  private EngineConfig engineConfig(Path data, Listening http) {
    EngineConfig.Builder builder =
        EngineConfig.builder()
            .dataFolder(data)
            .account(configuration.get(Options.ACCOUNT))
            .region(configuration.get(Options.REGION))
            .accountConcurrency(configuration.get(Options.CONCURRENCY))
            .keepAlive(configuration.get(Options.KEEP_ALIVE))
            .drain(engineDrain(configuration.get(Options.DRAIN)))
            .synced(configuration.get(Options.DURABILITY).equals("disk"))
            .eventsMax(configuration.get(Options.BACKLOG_MAX))
            .retryBase(configuration.get(Options.RETRY_BASE))
            .statePendingMin(configuration.get(Options.PENDING_MIN))
            .allowDeprecated(configuration.get(Options.ALLOW_DEPRECATED))
            .strictArchitecture(configuration.get(Options.ARCH).equals("strict"))
            .exactRuntimes(configuration.get(Options.RUNTIME_MATCH).equals("exact"))
            .runtimesFolder(configuration.get(Options.RUNTIMES_FOLDER))
            .sdkFolder(configuration.get(Options.SDK_FOLDER))
            .awsEndpoint(configuration.get(Options.AWS_ENDPOINT))
            .lambdaEndpoint("http://" + http.text())
            .lowLatency(configuration.get(Options.LATENCY_MODE).equals("low"))
            .channel(
                EngineConfig.Channel.valueOf(
                    configuration.get(Options.CHANNEL).toUpperCase(Locale.ROOT)))
            .logRetentionDays(configuration.get(Options.LOGS_RETENTION))
            .logBytesMax((long) configuration.get(Options.LOGS_MAX) << 20)
            .logSink(
                switch (configuration.get(Options.LOGS)) {
                  case "off" -> EngineConfig.LogSink.OFF;
                  case "memory" -> EngineConfig.LogSink.MEMORY;
                  default -> EngineConfig.LogSink.STORE;
                });
    List<String> httpDestinations = configuration.get(Options.HTTP_DESTINATIONS);
    if (httpDestinations != null) {
      builder.httpDestinations(httpDestinations);
    }
    Integer environmentsMax = configuration.get(Options.ENVIRONMENTS_MAX);
    if (environmentsMax != null) {
      builder.environmentsMax(environmentsMax);
    }
    return builder.build();
  }

  /** What the control socket's thread may ask for. */
  private final class Commands implements ControlSocket.Commands {
    @Override
    public void backup(Path target) {
      engine.backup(target);
    }

    @Override
    public List<Listening> sockets() {
      return sockets;
    }

    @Override
    public long drainNs() {
      return configuration.get(Options.DRAIN).toNanos();
    }

    @Override
    public void release() throws IOException {
      Server.this.release();
    }

    @Override
    public boolean isEnding() {
      return stopRequested.getCount() == 0;
    }

    @Override
    public void end() {
      requestStop();
    }

    @Override
    public void resume() {
      Server.this.resume();
    }
  }

  /** Where the HTTP API listens, as {@code http://127.0.0.1:9001}. */
  public String httpUrl() {
    return "http://" + sockets.get(0).text();
  }

  /** Where gRPC listens, as {@code 127.0.0.1:9002}; null: nowhere. */
  public String grpcAddress() {
    return sockets.size() > 1 ? sockets.get(1).text() : null;
  }

  /** The first line of a server's standard output: one JSON object. */
  public String readyLine() {
    Instant begun = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    long startMs = Math.max(0, Duration.between(begun, Instant.now()).toMillis());
    return Json.object(
        out -> {
          out.writeStringField("event", "ready");
          out.writeStringField("http", httpUrl());
          out.writeStringField("grpc", grpcAddress());
          out.writeNumberField("pid", ProcessHandle.current().pid());
          out.writeStringField("level", level);
          out.writeNumberField("recoveredEvents", recoveredEvents);
          out.writeNumberField("startMs", startMs);
        });
  }

  /** Asks that it stop; {@link #awaitStopRequest} returns. Any thread. */
  public void requestStop() {
    stopRequested.countDown();
  }

  /** Returns when somebody wants the server to stop: a caller, or a server that takes over. */
  public void awaitStopRequest() throws InterruptedException {
    stopRequested.await();
  }

  /** Stops within the configured budget. */
  @Override
  public void close() {
    stop(configuration.get(Options.DRAIN));
  }

  /**
   * Stops, or waits until it has stopped where another thread stops it.
   *
   * @param drain how long what runs may take to end
   */
  private void stop(Duration drain) {
    requestStop();
    synchronized (parts) {
      if (phase != Phase.ENDED) {
        quietly("systemd", notification::stopping);
        closeParts(drain);
        phase = Phase.ENDED;
      }
    }
  }

  /**
   * For a server that takes over: this one does nothing any more but keep the sockets open. Systemd
   * is told nothing: once a service says that it stops, it cannot take that back.
   */
  private void release() throws IOException {
    synchronized (parts) {
      if (phase == Phase.ENDED) {
        return;
      }
      List<Listening> kept = duplicates();
      closeParts(configuration.get(Options.DRAIN));
      sockets = kept;
    }
  }

  /** Another channel of every socket; where one cannot be had, of none. */
  private List<Listening> duplicates() throws IOException {
    List<Listening> made = new ArrayList<>();
    try {
      for (Listening each : sockets) {
        made.add(each.duplicate());
      }
      return List.copyOf(made);
    } catch (IOException | LinuxException e) {
      made.forEach(socket -> quietly("socket", () -> socket.channel().close()));
      throw new IOException("a socket cannot be kept: " + e.getMessage(), e);
    }
  }

  /** The server that took over is gone before it served. */
  private void resume() {
    synchronized (parts) {
      if (phase == Phase.ENDED || stopRequested.getCount() == 0) {
        return;
      }
      try {
        phase = Phase.STARTING;
        serveOnceFree();
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.ERROR, "take-over: this server cannot serve again: " + e, e);
        closeParts(Duration.ZERO);
        requestStop();
      }
    }
  }

  /** A process that is killed closes its descriptors one after the other, the data's not first. */
  private void serveOnceFree() throws IOException {
    long endNs = System.nanoTime() + RESUME_PATIENCE.toNanos();
    while (stopRequested.getCount() > 0) {
      try {
        serve();
        return;
      } catch (DataFolderInUseException e) {
        if (System.nanoTime() - endNs > 0) {
          throw e;
        }
        LockSupport.parkNanos(RESUME_RETRY.toNanos());
      }
    }
  }

  private void closeParts(Duration drain) {
    long endNs = System.nanoTime() + drain.toNanos();
    phase = Phase.DRAINING;
    for (Ingress ingress : ingresses) {
      quietly("ingress", ingress::stopAccepting);
    }
    // Those that no ingress got; the others are closed already.
    sockets.forEach(socket -> quietly("socket", () -> socket.channel().close()));
    for (Ingress ingress : ingresses) {
      Duration left = Duration.ofNanos(Math.max(0, endNs - System.nanoTime()));
      quietly("ingress", () -> ingress.close(left));
    }
    ingresses.clear();
    if (loops != null) {
      quietly("event loops", loops::close);
      loops = null;
    }
    if (control != null) {
      quietly("control socket", control::close);
      control = null;
    }
    if (engine != null) {
      quietly("engine", engine::close);
      engine = null;
    }
  }

  private interface Step {
    void take() throws Exception;
  }

  /** One part that cannot be closed must not keep the others from being closed. */
  private static void quietly(String part, Step step) {
    try {
      step.take();
    } catch (Exception e) {
      LOG.log(Level.ERROR, "stopping: " + part + ": " + e, e);
    }
  }
}
