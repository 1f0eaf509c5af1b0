package io.ringmaster.bootstraps;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A real interpreter that runs its bootstrap, and the engine's end of its channel, turned by hand.
 * The requests go to its standard input, the answers come from its standard output, the log pipe is
 * its standard error; a launcher puts them where the channel's specification has them.
 */
final class PythonSandbox implements AutoCloseable {
  static final int BIND = 1;
  static final int INVOKE = 2;
  static final int SHUTDOWN = 3;
  static final int STARTED = 16;
  static final int READY = 17;
  static final int INIT_ERROR = 18;
  static final int RESPONSE = 19;
  static final int ERROR = 20;
  static final int CHUNK = 21;

  static final String REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
  static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:f:live";
  private static final int RECORD = 0xA55A0003;
  private static final int LEVEL = 7 << 2;
  private static final long PATIENCE_S = 20;

  private static final String PYTHON_LAUNCHER =
      """
      import os, sys
      os.dup2(0, 3); os.dup2(1, 4); os.dup2(2, 1)
      os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
      if len(sys.argv) > 2:
        os.dup2(os.open(sys.argv[2], os.O_RDWR), 5)
      sys.path.insert(0, sys.argv[1])
      import bootstrap
      bootstrap.preload()
      bootstrap.run()
      """;

  /** A frame that the sandbox wrote. */
  record Frame(int kind, int flags, long sequence, byte[] body) {
    /** The answer or error document behind the figures. */
    String text() {
      return new String(body, 16, body.length - 16, StandardCharsets.UTF_8);
    }

    String wholeText() {
      return new String(body, StandardCharsets.UTF_8);
    }

    ByteBuffer figures() {
      return ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    }

    long logMark() {
      return figures().getLong(0);
    }

    int memoryKb() {
      return figures().getInt(8);
    }
  }

  /** What an INVOKE frame carries besides the event. */
  record Request(
      String event,
      String trace,
      String clientContext,
      String identity,
      String tenantId,
      long remainingMs) {
    static Request of(String event) {
      return new Request(event, "", "", "", "", 60_000);
    }
  }

  /** The process, however it came to be. */
  interface Life {
    long pid();

    /** Exit code, or 128 plus the signal's number; −1 while it runs. */
    int poll();

    void kill();
  }

  private final Life life;
  private final OutputStream requests;
  private final InputStream responses;
  private final Path code;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Thread logReader;
  private final Map<String, String> environment = new TreeMap<>();
  private String runtime = "python3.11";
  private String logFormat = "Text";
  private String logLevel = "";
  private boolean raw;
  private String folders = "";

  PythonSandbox(
      Life life, OutputStream requests, InputStream responses, InputStream logPipe, Path code) {
    this.life = life;
    this.requests = requests;
    this.responses = responses;
    this.code = code;
    this.logReader = Thread.ofPlatform().start(() -> readLog(logPipe));
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "f");
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "7");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256");
    environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f");
    environment.put("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[7]0123");
    environment.put("TZ", ":UTC");
  }

  /** Starts a Python for this sandbox alone; the function's files are put into {@code code}. */
  static PythonSandbox start(
      Path interpreter, Path bootstraps, Path code, Map<String, String> files) throws IOException {
    String folder = bootstraps.resolve("python").toString();
    return start(List.of(interpreter.toString(), "-c", PYTHON_LAUNCHER, folder), code, files)
        .environment("PYTHONDONTWRITEBYTECODE", "1");
  }

  /** As the other one, with a segment. */
  static PythonSandbox start(
      Path interpreter, Path bootstraps, Path code, Map<String, String> files, Path segment)
      throws IOException {
    String folder = bootstraps.resolve("python").toString();
    List<String> command =
        List.of(interpreter.toString(), "-c", PYTHON_LAUNCHER, folder, segment.toString());
    return start(command, code, files).environment("PYTHONDONTWRITEBYTECODE", "1");
  }

  private static PythonSandbox start(List<String> command, Path code, Map<String, String> files)
      throws IOException {
    write(code, files);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("ENGINES_OWN", "secret");
    builder.environment().put("PATH", "/usr/bin:/bin");
    return of(builder.start(), code);
  }

  /** A process whose standard streams are the channel and the log. */
  static PythonSandbox of(Process process, Path code) {
    return new PythonSandbox(
        new Spawned(process),
        process.getOutputStream(),
        process.getInputStream(),
        process.getErrorStream(),
        code);
  }

  static void write(Path code, Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = code.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  private record Spawned(Process process) implements Life {
    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public int poll() {
      return process.isAlive() ? -1 : process.exitValue();
    }

    @Override
    public void kill() {
      process.toHandle().destroyForcibly(); // Process's own would close the pipes under the readers
    }
  }

  PythonSandbox environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  PythonSandbox runtime(String identifier) {
    runtime = identifier;
    return this;
  }

  PythonSandbox logging(String format, String level) {
    logFormat = format;
    logLevel = level;
    return this;
  }

  /** What the binding calls {@code layers} or {@code sdk}. */
  PythonSandbox folder(String name, Path path) {
    folders += ",\"" + name + "\":" + quoted(path.toString());
    return this;
  }

  /** That it shares so many bytes of memory with the engine. */
  PythonSandbox segment(int bytes) {
    folders += ",\"segment\":" + bytes;
    return this;
  }

  PythonSandbox raw() {
    raw = true;
    return this;
  }

  /** Waits for STARTED, binds, and returns READY, INIT_ERROR or, when the process ended, null. */
  Frame bind(String handler) throws IOException {
    Frame started = receive();
    if (started == null || started.kind() != STARTED) {
      throw new IllegalStateException("not started: " + started + " " + output());
    }
    StringBuilder variables = new StringBuilder();
    environment.forEach(
        (name, value) ->
            variables
                .append(variables.isEmpty() ? "" : ",")
                .append(quoted(name))
                .append(':')
                .append(quoted(value)));
    send(
        BIND,
        0,
        """
        {"code":%s,"handler":%s,"environment":{%s},"runtime":%s,"memoryMb":256,"functionName":"f","functionVersion":"7",\
        "logGroup":"/aws/lambda/f","logStream":"s","logFormat":%s,"logLevel":%s,"raw":%s%s}\
        """
            .formatted(
                quoted(code.toString()),
                quoted(handler),
                variables,
                quoted(runtime),
                quoted(logFormat),
                quoted(logLevel),
                raw,
                folders)
            .getBytes(StandardCharsets.UTF_8));
    return receive();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static byte[] frame(int kind, long sequence, byte[] body) {
    return ByteBuffer.allocate(16 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(body.length)
        .put((byte) kind)
        .put((byte) 0)
        .putShort((short) 0)
        .putLong(sequence)
        .put(body)
        .array();
  }

  static byte[] invocation(long sequence, Request request) {
    return invocation(sequence, request, request.event().getBytes(StandardCharsets.UTF_8));
  }

  static byte[] invocation(long sequence, Request request, byte[] event) {
    byte[][] parts = {
      ARN.getBytes(StandardCharsets.UTF_8),
      request.trace().getBytes(StandardCharsets.UTF_8),
      request.clientContext().getBytes(StandardCharsets.UTF_8),
      request.identity().getBytes(StandardCharsets.UTF_8),
      request.tenantId().getBytes(StandardCharsets.UTF_8)
    };
    int length = 56 + event.length;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer body = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    body.putLong(System.currentTimeMillis() + request.remainingMs());
    body.put(REQUEST_ID.getBytes(StandardCharsets.US_ASCII));
    body.putShort((short) parts[0].length)
        .putShort((short) parts[1].length)
        .putInt(parts[2].length);
    body.putShort((short) parts[3].length).putShort((short) parts[4].length);
    for (byte[] part : parts) {
      body.put(part);
    }
    return frame(INVOKE, sequence, body.put(event).array());
  }

  void send(int kind, long sequence, byte[] body) throws IOException {
    write(frame(kind, sequence, body));
  }

  void write(byte[] bytes) throws IOException {
    requests.write(bytes);
    requests.flush();
  }

  void closeRequests() throws IOException {
    requests.close();
  }

  Frame invoke(long sequence, Request request) throws IOException {
    write(invocation(sequence, request));
    return receive();
  }

  /** The next frame, or null when the process has closed its end. */
  Frame receive() throws IOException {
    return receive(() -> {});
  }

  /**
   * The next frame.
   *
   * @param begun done when the header has come and the rest not
   */
  Frame receive(Runnable begun) throws IOException {
    byte[] header = responses.readNBytes(16);
    if (header.length == 0) {
      return null;
    }
    begun.run();
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    byte[] body = responses.readNBytes(fields.getInt(0));
    if (body.length != fields.getInt(0)) {
      throw new IOException("truncated frame of kind " + fields.get(4));
    }
    return new Frame(fields.get(4), fields.get(5), fields.getLong(8), body);
  }

  private void readLog(InputStream pipe) {
    byte[] buffer = new byte[65536];
    try (InputStream in = pipe) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (log) {
          log.write(buffer, 0, n);
          log.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until that many bytes of log have arrived. */
  void awaitLog(long bytes) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    synchronized (log) {
      while (log.size() < bytes) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (leftMs <= 0) {
          throw new AssertionError(log.size() + " of " + bytes + " bytes of log arrived");
        }
        log.wait(leftMs);
      }
    }
  }

  int logBytes() {
    synchronized (log) {
      return log.size();
    }
  }

  /**
   * Texts of the records so far; raw output of native code as one text per run of it, behind {@code
   * RAW}.
   */
  List<String> records() {
    List<String> records = allRecords();
    records.removeIf(String::isEmpty);
    return records;
  }

  /** The same with the empty ones, which tell where output of init begins and ends. */
  List<String> allRecords() {
    byte[] bytes;
    synchronized (log) {
      bytes = log.toByteArray();
    }
    List<String> records = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int rawStart = -1;
    int at = 0;
    while (at < bytes.length) {
      boolean record = bytes.length - at >= 16 && (buffer.getInt(at) & ~LEVEL) == RECORD;
      if (record || rawStart < 0) {
        if (rawStart >= 0) {
          records.add("RAW" + text(bytes, rawStart, at - rawStart));
          rawStart = -1;
        }
        if (record) {
          int length = Integer.reverseBytes(buffer.getInt(at + 4));
          records.add(text(bytes, at + 16, length));
          at += 16 + length;
          continue;
        }
        rawStart = at;
      }
      at++;
    }
    if (rawStart >= 0) {
      records.add("RAW" + text(bytes, rawStart, at - rawStart));
    }
    return records;
  }

  private static String text(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  String output() {
    return String.join("", records());
  }

  long pid() {
    return life.pid();
  }

  boolean isAlive() {
    return life.poll() < 0;
  }

  /** Exit code, or 128 plus the signal's number; the whole log has been read then. */
  int exit() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (life.poll() < 0) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still running: " + output());
      }
      logReader.join(2); // ends with the process
    }
    logReader.join(TimeUnit.SECONDS.toMillis(PATIENCE_S));
    return life.poll();
  }

  @Override
  public void close() throws IOException {
    life.kill();
    try {
      exit();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    responses.close();
    try {
      requests.close();
    } catch (IOException e) {
      if (!"Broken pipe".equals(e.getMessage())) { // what was not written is lost with its reader
        throw e;
      }
    }
  }
}
