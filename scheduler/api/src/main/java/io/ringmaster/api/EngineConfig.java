package io.ringmaster.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/** How an engine is to run. Validated when built, immutable afterwards. */
public final class EngineConfig {
  private final Builder values;

  private EngineConfig(Builder values) {
    this.values = values;
  }

  /** All defaults. */
  public static EngineConfig defaults() {
    return builder().build();
  }

  /** Begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Where the engine keeps its files, functions and packages among them: an engine that is opened
   * on the folder of an earlier one has the functions of that one, whatever ended it, but for those
   * in this JVM's code. Null: a temporary folder that goes with the engine (the default).
   */
  public Path dataFolder() {
    return values.dataFolder;
  }

  /** 12-digit account id that functions belong to. Default 123456789012. */
  public String account() {
    return values.account;
  }

  /** Region in ARNs. Default us-east-1. */
  public String region() {
    return values.region;
  }

  /** Concurrent invocations of the account. Default 1,000, AWS's default; 1 to 1,000,000. */
  public int accountConcurrency() {
    return values.accountConcurrency;
  }

  /**
   * Bytes that the packages of all functions, versions and layers of an account in a region may
   * take; one that several have counts once. Default 80,530,636,800 (75 GiB), AWS's quota. At least
   * 1.
   */
  public long codeBytesMax() {
    return values.codeBytesMax;
  }

  /**
   * Environments that may exist at once, over all functions. Default: four times the processors, at
   * least 16.
   */
  public int environmentsMax() {
    return values.environmentsMax;
  }

  /**
   * Generic sandboxes kept ready per runtime, for Java and for large functions on Node per class of
   * memory sizes, while its functions are created, changed or started: but for Python, whose
   * sandboxes cost little, none is kept where that was ten minutes ago; 0 to 1,000. Default
   * (empty): the processors, at least 2; of Python {@link #environmentsMax()} in all versions, in a
   * hundredth of the memory, half of the user's pipes, a sixteenth of the open files' number.
   */
  public OptionalInt genericSandboxes() {
    return values.genericSandboxes;
  }

  /**
   * Invocations that may arrive at once before the door answers 429; a power of two. Default 8,192.
   */
  public int acceptRingSize() {
    return values.acceptRingSize;
  }

  /** Longest wait of an admitted invocation for a place to run, in nanoseconds. Default 30 s. */
  public long capacityWaitNs() {
    return values.capacityWaitNs;
  }

  /** How long an idle environment is kept, in nanoseconds. Default 10 minutes. */
  public long keepAliveNs() {
    return values.keepAliveNs;
  }

  /** Longest life of an environment, in nanoseconds, jittered by a tenth. Default 4 hours. */
  public long maximumLifeNs() {
    return values.maximumLifeNs;
  }

  /**
   * Time for init before it is begun again inside an invocation, in nanoseconds. Default 10 s,
   * AWS's.
   */
  public long initTimeoutNs() {
    return values.initTimeoutNs;
  }

  /** How long {@link Engine#close()} lets invocations end, in nanoseconds. Default 30 s. */
  public long drainNs() {
    return values.drainNs;
  }

  /**
   * Bytes of a streamed answer that may be on their way to a caller that has not consumed them
   * ({@link ResponseFlow#consumed}), before the function has to wait. Default 256 KiB; 1 to 64 MiB.
   */
  public int streamWindowBytes() {
    return values.streamWindowBytes;
  }

  /**
   * Longest streamed answer in bytes; more is cut off, and the function failed. Default 200 MiB,
   * AWS's since July 2025; 1 to 2^40.
   */
  public long streamedResponseMaxBytes() {
    return values.streamedResponseMaxBytes;
  }

  /**
   * Bytes per second of a streamed answer beyond its first 6 MiB; AWS's is 2 MiB. Default 0: as
   * fast as it goes.
   */
  public long streamBytesPerSecond() {
    return values.streamBytesPerSecond;
  }

  /**
   * Whether a change of functions and layers, once its call returned, survives a power cut. False:
   * it survives the end of the process, and changes are faster. Default true.
   */
  public boolean synced() {
    return values.synced;
  }

  /**
   * How long a function is {@code Pending} after it was created, and its update {@code InProgress},
   * in nanoseconds. Default 0: never; AWS takes seconds, and its clients wait for the end. At most
   * 1 minute.
   */
  public long statePendingMinNs() {
    return values.statePendingMinNs;
  }

  /**
   * Asynchronous invocations that may be owed at once; more are refused with 429. Default 100,000;
   * 1 to 10,000,000. Each costs some 120 bytes of memory, whatever its size, with a journal.
   */
  public int eventsMax() {
    return values.eventsMax;
  }

  /**
   * Time before the first retry of an asynchronous invocation after a function error, in
   * nanoseconds; the second one comes after twice that. Default 1 minute, AWS's; 1 ms to 1 hour.
   */
  public long retryBaseNs() {
    return values.retryBaseNs;
  }

  /**
   * Hosts that records of asynchronous invocations may be sent to by HTTP, each {@code HOST} or
   * {@code HOST:PORT}: who configures functions may else reach what only this machine can. Default:
   * none.
   */
  public List<String> httpDestinations() {
    return values.httpDestinations;
  }

  /** What becomes of log lines. Default {@link LogSink#MEMORY}. */
  public LogSink logSink() {
    return values.logSink;
  }

  /** What all files with log lines may have together; see {@link LogSink#STORE}. Default 4 GiB. */
  public long logBytesMax() {
    return values.logBytesMax;
  }

  /** Days that log lines are kept in files; 0, the default: until their room is needed. */
  public int logRetentionDays() {
    return values.logRetentionDays;
  }

  /** Whether the engine starts sandbox processes; false: in-JVM handlers only. Default true. */
  public boolean sandboxProcesses() {
    return values.sandboxProcesses;
  }

  /**
   * Where interpreters of the operator's lie, each in {@code NAME/bin}, preferred to all others;
   * null: nowhere (the default).
   */
  public Path runtimesFolder() {
    return values.runtimesFolder;
  }

  /**
   * Whether only an interpreter of the very version serves a runtime identifier; false: the nearest
   * one does where there is none, and the log says so. Default false.
   */
  public boolean exactRuntimes() {
    return values.exactRuntimes;
  }

  /** Whether functions may use runtimes that AWS no longer lets be used. Default false. */
  public boolean allowDeprecated() {
    return values.allowDeprecated;
  }

  /**
   * Whether functions for another architecture than this machine's are refused; false: their
   * scripts run, their native code fails as Lambda's does. Default false.
   */
  public boolean strictArchitecture() {
    return values.strictArchitecture;
  }

  /**
   * Folder with the AWS SDKs that Lambda's runtimes bring, in {@code python} and {@code
   * nodejs/node_modules}; null: {@code runtime-sdk} in the data folder or in the user's cache,
   * where it is there (the default).
   */
  public Path sdkFolder() {
    return values.sdkFolder;
  }

  /**
   * URL where functions find AWS's other services, as {@code AWS_ENDPOINT_URL}; null: AWS's own
   * (the default).
   */
  public String awsEndpoint() {
    return values.awsEndpoint;
  }

  /**
   * URL of the Lambda API that serves this engine, for functions, as {@code
   * AWS_ENDPOINT_URL_LAMBDA}; null: none (the default).
   */
  public String lambdaEndpoint() {
    return values.lambdaEndpoint;
  }

  /** How events reach sandbox processes, and answers the engine. Default {@link Channel#AUTO}. */
  public Channel channel() {
    return values.channel;
  }

  /**
   * Whether idle processors stay awake while the engine is open, all of the machine's: waking one
   * costs tens of microseconds where an invocation crosses processors. Needs root, and power; an
   * engine that may not do it does not open. Default false.
   */
  public boolean lowLatency() {
    return values.lowLatency;
  }

  /** How frames reach sandbox processes. */
  public enum Channel {
    /** What is fastest for each runtime. */
    AUTO,
    /** By pipes. */
    INLINE,
    /** By memory shared with each process, beside pipes, where its runtime can; else by pipes. */
    SEGMENT
  }

  /** What becomes of log lines. */
  public enum LogSink {
    /** Nothing is rendered; a log tail is empty. */
    OFF,
    /** The last 64 KiB of each function are kept in memory. */
    MEMORY,
    /**
     * As {@link #MEMORY}, and every line goes to a file: {@code logs/aws/lambda/NAME/…} in the data
     * folder, one for each environment, named as the log stream that its function is told. What the
     * disk does not take in time is dropped, counted as {@code logsDropped}, and told in the file.
     */
    STORE
  }

  /** Collects the values. Not safe for use by several threads. */
  public static final class Builder implements Cloneable {
    private Path dataFolder;
    private String account = "123456789012";
    private String region = "us-east-1";
    private int accountConcurrency = 1000;
    private long codeBytesMax = 75L << 30;
    private int environmentsMax = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
    private OptionalInt genericSandboxes = OptionalInt.empty();
    private int acceptRingSize = 8192;
    private long capacityWaitNs = Duration.ofSeconds(30).toNanos();
    private long keepAliveNs = Duration.ofMinutes(10).toNanos();
    private long maximumLifeNs = Duration.ofHours(4).toNanos();
    private long initTimeoutNs = Duration.ofSeconds(10).toNanos();
    private long drainNs = Duration.ofSeconds(30).toNanos();
    private int streamWindowBytes = 256 * 1024;
    private long streamedResponseMaxBytes = 200L * 1024 * 1024;
    private long streamBytesPerSecond;
    private boolean synced = true;
    private long statePendingMinNs;
    private int eventsMax = 100_000;
    private List<String> httpDestinations = List.of();
    private long retryBaseNs = Duration.ofMinutes(1).toNanos();
    private LogSink logSink = LogSink.MEMORY;
    private long logBytesMax = 4L << 30;
    private int logRetentionDays;
    private boolean sandboxProcesses = true;
    private Path runtimesFolder;
    private boolean exactRuntimes;
    private boolean allowDeprecated;
    private boolean strictArchitecture;
    private Path sdkFolder;
    private String awsEndpoint;
    private String lambdaEndpoint;
    private Channel channel = Channel.AUTO;
    private boolean lowLatency;

    private Builder() {}

    /** One that later changes of this one do not reach. */
    private Builder copy() {
      try {
        return (Builder) clone();
      } catch (CloneNotSupportedException impossible) {
        throw new AssertionError(impossible);
      }
    }

    /** See {@link EngineConfig#dataFolder()}. */
    public Builder dataFolder(Path value) {
      dataFolder = value;
      return this;
    }

    /** See {@link EngineConfig#account()}. */
    public Builder account(String value) {
      account = value;
      return this;
    }

    /** See {@link EngineConfig#region()}. */
    public Builder region(String value) {
      region = value;
      return this;
    }

    /** See {@link EngineConfig#accountConcurrency()}. */
    public Builder accountConcurrency(int value) {
      accountConcurrency = value;
      return this;
    }

    /** See {@link EngineConfig#codeBytesMax()}. */
    public Builder codeBytesMax(long value) {
      codeBytesMax = value;
      return this;
    }

    /** See {@link EngineConfig#environmentsMax()}. */
    public Builder environmentsMax(int value) {
      environmentsMax = value;
      return this;
    }

    /** See {@link EngineConfig#genericSandboxes()}. */
    public Builder genericSandboxes(int value) {
      genericSandboxes = OptionalInt.of(value);
      return this;
    }

    /** See {@link EngineConfig#acceptRingSize()}. */
    public Builder acceptRingSize(int value) {
      acceptRingSize = value;
      return this;
    }

    /** See {@link EngineConfig#capacityWaitNs()}. */
    public Builder capacityWait(Duration value) {
      capacityWaitNs = value.toNanos();
      return this;
    }

    /** See {@link EngineConfig#keepAliveNs()}. */
    public Builder keepAlive(Duration value) {
      keepAliveNs = value.toNanos();
      return this;
    }

    /** See {@link EngineConfig#maximumLifeNs()}. */
    public Builder maximumLife(Duration value) {
      maximumLifeNs = value.toNanos();
      return this;
    }

    /** See {@link EngineConfig#initTimeoutNs()}. */
    public Builder initTimeout(Duration value) {
      initTimeoutNs = value.toNanos();
      return this;
    }

    /** See {@link EngineConfig#drainNs()}. */
    public Builder drain(Duration value) {
      drainNs = value.toNanos();
      return this;
    }

    /** See {@link EngineConfig#streamWindowBytes()}. */
    public Builder streamWindowBytes(int value) {
      streamWindowBytes = value;
      return this;
    }

    /** See {@link EngineConfig#streamedResponseMaxBytes()}. */
    public Builder streamedResponseMaxBytes(long value) {
      streamedResponseMaxBytes = value;
      return this;
    }

    /** See {@link EngineConfig#streamBytesPerSecond()}. */
    public Builder streamBytesPerSecond(long value) {
      streamBytesPerSecond = value;
      return this;
    }

    /** See {@link EngineConfig#synced()}. */
    public Builder synced(boolean value) {
      synced = value;
      return this;
    }

    /** See {@link EngineConfig#eventsMax()}. */
    public Builder eventsMax(int value) {
      eventsMax = value;
      return this;
    }

    /** See {@link EngineConfig#retryBaseNs()}. */
    public Builder retryBase(Duration value) {
      retryBaseNs = value.toNanos();
      return this;
    }

    /** See {@link EngineConfig#httpDestinations()}. */
    public Builder httpDestinations(List<String> value) {
      httpDestinations = List.copyOf(value);
      return this;
    }

    /** See {@link EngineConfig#statePendingMinNs()}. */
    public Builder statePendingMin(Duration value) {
      statePendingMinNs = value.toNanos();
      return this;
    }

    /** See {@link EngineConfig#logSink()}. */
    public Builder logSink(LogSink value) {
      logSink = value;
      return this;
    }

    /** See {@link EngineConfig#logBytesMax()}. */
    public Builder logBytesMax(long value) {
      logBytesMax = value;
      return this;
    }

    /** See {@link EngineConfig#logRetentionDays()}. */
    public Builder logRetentionDays(int value) {
      logRetentionDays = value;
      return this;
    }

    /** See {@link EngineConfig#sandboxProcesses()}. */
    public Builder sandboxProcesses(boolean value) {
      sandboxProcesses = value;
      return this;
    }

    /** See {@link EngineConfig#runtimesFolder()}. */
    public Builder runtimesFolder(Path value) {
      runtimesFolder = value;
      return this;
    }

    /** See {@link EngineConfig#exactRuntimes()}. */
    public Builder exactRuntimes(boolean value) {
      exactRuntimes = value;
      return this;
    }

    /** See {@link EngineConfig#allowDeprecated()}. */
    public Builder allowDeprecated(boolean value) {
      allowDeprecated = value;
      return this;
    }

    /** See {@link EngineConfig#strictArchitecture()}. */
    public Builder strictArchitecture(boolean value) {
      strictArchitecture = value;
      return this;
    }

    /** See {@link EngineConfig#sdkFolder()}. */
    public Builder sdkFolder(Path value) {
      sdkFolder = value;
      return this;
    }

    /** See {@link EngineConfig#awsEndpoint()}. */
    public Builder awsEndpoint(String value) {
      awsEndpoint = value;
      return this;
    }

    /** See {@link EngineConfig#lambdaEndpoint()}. */
    public Builder lambdaEndpoint(String value) {
      lambdaEndpoint = value;
      return this;
    }

    /** See {@link EngineConfig#channel()}. */
    public Builder channel(Channel value) {
      channel = Objects.requireNonNull(value, "channel");
      return this;
    }

    /** See {@link EngineConfig#lowLatency()}. */
    public Builder lowLatency(boolean value) {
      lowLatency = value;
      return this;
    }

    /**
     * Validates.
     *
     * @throws IllegalArgumentException a value is out of its range; the message names it and the
     *     range
     */
    public EngineConfig build() {
      Ranges.require(account != null && Owner.isAccount(account), "account", account, "12 digits");
      Ranges.require(
          region != null && Owner.isRegion(region), "region", region, "such as us-east-1");
      Ranges.range("accountConcurrency", accountConcurrency, 1, 1_000_000);
      Ranges.range("codeBytesMax", codeBytesMax, 1, Long.MAX_VALUE);
      Ranges.range("environmentsMax", environmentsMax, 1, 100_000);
      Ranges.range("genericSandboxes", genericSandboxes.orElse(0), 0, 1000);
      Ranges.range("acceptRingSize", acceptRingSize, 2, 1 << 20);
      Ranges.require(
          Integer.bitCount(acceptRingSize) == 1,
          "acceptRingSize",
          acceptRingSize,
          "a power of two");
      Ranges.range("capacityWaitNs", capacityWaitNs, 0, Duration.ofHours(1).toNanos());
      Ranges.range("keepAliveNs", keepAliveNs, 0, Duration.ofDays(1).toNanos());
      Ranges.range("maximumLifeNs", maximumLifeNs, 1, Duration.ofDays(30).toNanos());
      Ranges.range("initTimeoutNs", initTimeoutNs, 1, Duration.ofMinutes(15).toNanos());
      Ranges.range("drainNs", drainNs, 0, Duration.ofHours(1).toNanos());
      Ranges.range("streamWindowBytes", streamWindowBytes, 1, 64 * 1024 * 1024);
      Ranges.range("streamedResponseMaxBytes", streamedResponseMaxBytes, 1, 1L << 40);
      Ranges.range("streamBytesPerSecond", streamBytesPerSecond, 0, 1L << 40);
      Ranges.range("statePendingMinNs", statePendingMinNs, 0, Duration.ofMinutes(1).toNanos());
      Ranges.range("eventsMax", eventsMax, 1, 10_000_000);
      Ranges.range("retryBaseNs", retryBaseNs, 1_000_000, Duration.ofHours(1).toNanos());
      Objects.requireNonNull(logSink, "logSink");
      Ranges.range("logBytesMax", logBytesMax, 1 << 20, Long.MAX_VALUE);
      Ranges.range("logRetentionDays", logRetentionDays, 0, 3653);
      Ranges.url("awsEndpoint", awsEndpoint);
      Ranges.url("lambdaEndpoint", lambdaEndpoint);
      return new EngineConfig(copy());
    }
  }
}
