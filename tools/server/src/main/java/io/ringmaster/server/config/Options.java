package io.ringmaster.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Every option of the server, declared here and nowhere else. */
public final class Options {
  private static final List<String> LEVELS = List.of("L1", "L2", "L3", "L4");
  private static final Duration DAY = Duration.ofDays(1);

  public static final ServerOption<Path> CONFIG =
      new ServerOption<>(
          "config",
          "FILE",
          null,
          "Configuration file: lines KEY = VALUE, # begins a comment.",
          Values::path);

  public static final ServerOption<Path> DATA =
      new ServerOption<>(
          "data",
          "DIR",
          "~/.local/state/ringmaster",
          "Where functions, their code and their logs are kept; one server at a time.",
          Values::path);

  public static final ServerOption<Address> HTTP =
      new ServerOption<>(
          "http",
          "HOST:PORT",
          "127.0.0.1:9001",
          "Where Lambda's HTTP API listens; port 0: any free one.",
          Address::parse);

  public static final ServerOption<Address> GRPC =
      new ServerOption<>(
          "grpc",
          "HOST:PORT|off",
          "127.0.0.1:9002",
          "Where the gRPC service listens.",
          Address::parseOrOff);

  public static final ServerOption<Path> GRPC_CERTIFICATE =
      new ServerOption<>(
          "grpc.certificate",
          "FILE",
          null,
          "Certificate chain (PEM) with which gRPC speaks TLS.",
          Values::path);

  public static final ServerOption<Path> GRPC_KEY =
      new ServerOption<>(
          "grpc.key", "FILE", null, "Private key (PEM, PKCS#8) of the certificate.", Values::path);

  public static final ServerOption<Path> GRPC_CLIENT_CA =
      new ServerOption<>(
          "grpc.client-ca",
          "FILE",
          null,
          "Certificates (PEM) that sign those of gRPC clients; without one of them no call.",
          Values::path);

  public static final ServerOption<String> REGION =
      new ServerOption<>(
          "region",
          "REGION",
          "us-east-1",
          "Region of requests that name none.",
          Values.matching("[a-z]{2}(-[a-z]+)+-[0-9]", "an AWS region, such as us-east-1"));

  public static final ServerOption<String> ACCOUNT =
      new ServerOption<>(
          "account",
          "ID",
          "123456789012",
          "Account of requests whose access key is not 12 digits.",
          Values.matching("[0-9]{12}", "12 digits"));

  public static final ServerOption<String> AWS_ENDPOINT =
      new ServerOption<>(
          "aws-endpoint",
          "URL",
          null,
          "Where other AWS services are found, for functions as AWS_ENDPOINT_URL, and S3 for code.",
          Values.matching("https?://[^\\s/]+(/\\S*)?", "a URL such as http://127.0.0.1:4566"));

  public static final ServerOption<Path> CREDENTIALS =
      new ServerOption<>(
          "credentials",
          "FILE",
          null,
          "Access keys of those who may send requests; needed where others than this machine reach"
              + " the server.",
          Values::path);

  public static final ServerOption<String> ISOLATION =
      new ServerOption<>(
          "isolation",
          "auto|L1..L4",
          "auto",
          "Isolation level of functions; auto: the highest that this machine offers.",
          Values.word(List.of("auto", "L1", "L2", "L3", "L4")));

  public static final ServerOption<String> ISOLATION_FLOOR =
      new ServerOption<>(
          "isolation-floor",
          "L1..L4",
          "L1",
          "Below this level the server does not start (exit status 3).",
          Values.word(LEVELS));

  public static final ServerOption<String> LATENCY_MODE =
      new ServerOption<>(
          "latency-mode",
          "normal|low",
          "normal",
          "low: idle processors stay awake; all of the machine's, and it needs root.",
          Values.word(List.of("normal", "low")));

  public static final ServerOption<String> DURABILITY =
      new ServerOption<>(
          "durability",
          "process|disk",
          "disk",
          "What changes of functions survive: process: the server's end; disk: a power cut too.",
          Values.word(List.of("process", "disk")));

  public static final ServerOption<Boolean> ALLOW_DEPRECATED =
      new ServerOption<>(
          "allow-deprecated",
          Values.SWITCH,
          "false",
          "Runtimes that AWS no longer lets be used are accepted.",
          Values::bool);

  public static final ServerOption<String> ARCH =
      new ServerOption<>(
          "arch",
          "lenient|strict",
          "lenient",
          "strict: functions for another architecture than this machine's are refused.",
          Values.word(List.of("lenient", "strict")));

  public static final ServerOption<String> RUNTIME_MATCH =
      new ServerOption<>(
          "runtime-match",
          "nearest|exact",
          "nearest",
          "Whether a version near the one that a runtime names may serve it.",
          Values.word(List.of("nearest", "exact")));

  public static final ServerOption<Path> RUNTIMES_FOLDER =
      new ServerOption<>(
          "runtimes-folder",
          "DIR",
          null,
          "Where interpreters lie, each in NAME/bin, preferred to all others.",
          Values::path);

  public static final ServerOption<Path> SDK_FOLDER =
      new ServerOption<>(
          "sdk-folder",
          "DIR",
          null,
          "Where the AWS SDKs lie that runtimes bring; see ./ringmaster sdk.",
          Values::path);

  public static final ServerOption<String> CHANNEL =
      new ServerOption<>(
          "channel",
          "auto|inline|segment",
          "auto",
          "How payloads reach functions.",
          Values.word(List.of("auto", "inline", "segment")));

  public static final ServerOption<String> CPU =
      new ServerOption<>(
          "cpu",
          "auto",
          "auto",
          "How processor time is shared among functions.",
          Values.word(List.of("auto")));

  public static final ServerOption<Boolean> FREEZE_IDLE =
      new ServerOption<>(
          "freeze-idle",
          Values.SWITCH,
          "false",
          "Whether idle environments are frozen; not yet available in this release.",
          text -> notYet(Values.bool(text)));

  public static final ServerOption<String> ZYGOTE =
      new ServerOption<>(
          "zygote",
          "auto",
          "auto",
          "How sandboxes are made of prepared processes.",
          Values.word(List.of("auto")));

  public static final ServerOption<Duration> KEEP_ALIVE =
      new ServerOption<>(
          "keep-alive",
          "DURATION",
          "10m",
          "How long an idle environment is kept.",
          Values.duration(Duration.ZERO, DAY));

  public static final ServerOption<Integer> CONCURRENCY =
      new ServerOption<>(
          "concurrency",
          "N",
          "1000",
          "Concurrent invocations of an account.",
          Values.number(1, 1_000_000));

  public static final ServerOption<Integer> ENVIRONMENTS_MAX =
      new ServerOption<>(
          "environments-max",
          "N",
          null,
          "Environments at once, over all functions; nobody says: four per processor, at least 16.",
          Values.number(1, 100_000));

  public static final ServerOption<String> LOGS =
      new ServerOption<>(
          "logs",
          "off|memory|store",
          "store",
          "What becomes of log lines: nothing, the last 64 KiB of each function, or files too.",
          Values.word(List.of("off", "memory", "store")));

  public static final ServerOption<Integer> LOGS_RETENTION =
      new ServerOption<>(
          "logs.retention-days",
          "DAYS",
          "0",
          "How long log lines are kept in files, where their group says nothing; 0: until their"
              + " room is needed.",
          Values.number(0, 3653));

  public static final ServerOption<Integer> LOGS_MAX =
      new ServerOption<>(
          "logs.max-mb",
          "MB",
          "4096",
          "What all files with log lines may have together; a group has a quarter of it at most.",
          Values.number(1, 100_000_000));

  public static final ServerOption<Duration> RETRY_BASE =
      new ServerOption<>(
          "async.retry-base",
          "DURATION",
          "60s",
          "Time before the first retry of an asynchronous invocation whose function failed; the"
              + " second one comes after twice that.",
          Values.duration(Duration.ofMillis(1), Duration.ofHours(1)));

  public static final ServerOption<Integer> BACKLOG_MAX =
      new ServerOption<>(
          "async.backlog-max",
          "N",
          "100000",
          "Asynchronous invocations that may be owed at once; more are refused with 429.",
          Values.number(1, 10_000_000));

  public static final ServerOption<List<String>> HTTP_DESTINATIONS =
      new ServerOption<>(
          "async.http-destinations",
          "HOST[:PORT],…",
          null,
          "Hosts that records of asynchronous invocations may be sent to by HTTP; nobody says:"
              + " none.",
          Values::hosts);

  public static final ServerOption<Duration> PENDING_MIN =
      new ServerOption<>(
          "state.pending-min",
          "DURATION",
          "200ms",
          "How long a function is at least Pending, or its update InProgress.",
          Values.duration(Duration.ZERO, Duration.ofMinutes(1)));

  public static final ServerOption<Duration> DRAIN =
      new ServerOption<>(
          "drain",
          "DURATION",
          "30s",
          "How long running invocations may take to end when the server stops.",
          Values.duration(Duration.ZERO, Duration.ofHours(1)));

  public static final ServerOption<Boolean> TAKE_OVER =
      new ServerOption<>(
          "take-over",
          Values.SWITCH,
          "false",
          "Take the ports and the data folder of the server that uses it; that one drains and"
              + " ends.",
          Values::bool);

  /** All of them, as the reference page lists them. */
  public static final List<ServerOption<?>> ALL =
      List.of(
          CONFIG,
          DATA,
          HTTP,
          GRPC,
          REGION,
          ACCOUNT,
          AWS_ENDPOINT,
          CREDENTIALS,
          ISOLATION,
          ISOLATION_FLOOR,
          LATENCY_MODE,
          DURABILITY,
          ALLOW_DEPRECATED,
          ARCH,
          RUNTIME_MATCH,
          RUNTIMES_FOLDER,
          SDK_FOLDER,
          CHANNEL,
          CPU,
          FREEZE_IDLE,
          ZYGOTE,
          KEEP_ALIVE,
          CONCURRENCY,
          ENVIRONMENTS_MAX,
          LOGS,
          LOGS_RETENTION,
          LOGS_MAX,
          RETRY_BASE,
          BACKLOG_MAX,
          HTTP_DESTINATIONS,
          PENDING_MIN,
          DRAIN,
          TAKE_OVER,
          GRPC_CERTIFICATE,
          GRPC_KEY,
          GRPC_CLIENT_CA);

  private Options() {}

  /** The option with that key; null: none. */
  static ServerOption<?> named(String key) {
    return ALL.stream().filter(option -> option.key().equals(key)).findFirst().orElse(null);
  }

  private static Boolean notYet(Boolean wanted) {
    if (wanted) {
      throw new IllegalArgumentException("is not yet available in this release");
    }
    return wanted;
  }

  /** What no option can tell alone. */
  static void checkTogether(Configuration configuration, List<Problem> problems) {
    checkReach(configuration, HTTP, problems);
    checkReach(configuration, GRPC, problems);
    if (configuration.get(CREDENTIALS) != null) {
      problems.add(
          new Problem(
              configuration.source(CREDENTIALS),
              "signatures are not verified in this release: it cannot use credentials, and listens"
                  + " on loopback addresses only"));
    }
    boolean certificate = configuration.get(GRPC_CERTIFICATE) != null;
    if (certificate != (configuration.get(GRPC_KEY) != null)) {
      problems.add(
          new Problem(
              configuration.source(certificate ? GRPC_CERTIFICATE : GRPC_KEY),
              "grpc.certificate and grpc.key need each other"));
    }
    if (configuration.get(GRPC_CLIENT_CA) != null && !certificate) {
      problems.add(
          new Problem(
              configuration.source(GRPC_CLIENT_CA), "grpc.client-ca needs grpc.certificate"));
    }
    String level = configuration.get(ISOLATION);
    if (LEVELS.contains(level) && level.compareTo(configuration.get(ISOLATION_FLOOR)) < 0) {
      problems.add(
          new Problem(
              configuration.source(ISOLATION),
              "isolation is "
                  + level
                  + ", below isolation-floor "
                  + configuration.get(ISOLATION_FLOOR)));
    }
  }

  private static void checkReach(
      Configuration configuration, ServerOption<Address> option, List<Problem> problems) {
    Address address = configuration.get(option);
    if (address != null && !address.loopback() && configuration.get(CREDENTIALS) == null) {
      problems.add(
          new Problem(
              configuration.source(option),
              option.key()
                  + " is "
                  + address.host()
                  + ":"
                  + address.port()
                  + ", which others than this machine reach: that needs --credentials, so that"
                  + " nobody runs code here unasked"));
    }
  }
}
