package io.ringmaster.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.Arrays;

/** The life of a sandbox process: started, bound, ready, then one invocation after the other. */
final class Sandbox {
  private static final int ANSWER_BYTES_MAX = 6_291_556;
  private static final int PROTOCOL_STATUS = 70;

  /** Descriptor of the memory that is shared with the engine, where there is any. */
  private static final int SEGMENT = 5;

  private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";
  private static final byte[] TOO_LARGE =
      ("{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size (6291556"
              + " bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}")
          .getBytes(UTF_8);

  private final Channel channel;
  private final LogPipe log;
  private final Surroundings surroundings;
  private final Memory memory;
  private final Field runtimeLogger;
  private Binding binding;
  private SandboxLogger logger;
  private String traceHeader;

  /** What the handler of the last invocation wrote. */
  private Answer written = new Answer();

  Sandbox(Channel channel, LogPipe log, Surroundings surroundings)
      throws IOException, ReflectiveOperationException {
    this.channel = channel;
    this.log = log;
    this.surroundings = surroundings;
    memory = new Memory();
    runtimeLogger = LambdaRuntime.class.getDeclaredField("logger");
    runtimeLogger.setAccessible(true);
    runtimeLogger.set(null, runtimeLogger.get(null)); // the first time takes milliseconds
  }

  /**
   * Serves until the engine says stop.
   *
   * @return the process's exit status
   */
  int run() throws IOException, ReflectiveOperationException {
    log.replaceStandardStreams();
    String version = Runtime.version().toString();
    channel.send(
        Channel.STARTED,
        JsonText.quote(
                new StringBuilder("{\"pid\":")
                    .append(ProcessHandle.current().pid())
                    .append(",\"version\":"),
                version)
            .append('}')
            .toString()
            .getBytes(UTF_8));
    int kind = channel.receive();
    if (kind == Channel.SHUTDOWN) {
      return 0;
    }
    if (kind != Channel.BIND) {
      return PROTOCOL_STATUS;
    }
    long startedNs = System.nanoTime();
    String json =
        new String(
            channel.frame(), channel.bodyStart(), channel.bodyEnd() - channel.bodyStart(), UTF_8);
    bind(Binding.read(json));
    return binding.raw() ? serveRaw(startedNs) : serve(startedNs);
  }

  private void bind(Binding binding) throws IOException, ReflectiveOperationException {
    this.binding = binding;
    if (binding.segmentBytes() > 0) {
      channel.share(SEGMENT, binding.segmentBytes());
    }
    logger = new SandboxLogger(log, binding.jsonLogs(), binding.logLevel());
    runtimeLogger.set(null, (LambdaLogger) logger);
    if (binding.environment() != null) { // else the process was started with them
      surroundings.setVariables(binding.environment());
    }
    surroundings.enter(binding.code());
    Thread.currentThread().setContextClassLoader(Packages.loader(binding.code(), binding.layers()));
  }

  private void ready(long startedNs) throws IOException {
    log.loaded();
    byte[] body = new byte[8];
    Channel.LONG.set(body, 0, System.nanoTime() - startedNs);
    channel.send(Channel.READY, body);
  }

  /**
   * A handler that cannot be found is told to every invocation; one that fails ends the process.
   */
  private int serve(long startedNs) throws IOException {
    Handler handler;
    try {
      handler = new HandlerSearch(loader()).find(binding.handler());
    } catch (FaultException e) {
      if (e.fault.fatal()) {
        return failInit(e.fault);
      }
      handler =
          (frame, start, end, context, answer) -> {
            throw e;
          };
    } catch (Throwable e) {
      return failInit(Fault.loading(e, null, true));
    }
    ready(startedNs);
    boolean serving = true;
    while (serving) {
      int kind = channel.receive();
      if (kind == Channel.SHUTDOWN) {
        return 0;
      }
      if (kind != Channel.INVOKE) {
        return PROTOCOL_STATUS;
      }
      serving = invoke(handler);
      channel.trim();
    }
    return 0;
  }

  private static ClassLoader loader() {
    return Thread.currentThread().getContextClassLoader();
  }

  private int failInit(Fault fault) throws IOException {
    logger.error(fault.logText());
    log.flush();
    byte[] document = fault.document().getBytes(UTF_8);
    channel.send(Channel.INIT_ERROR, document.length > ANSWER_BYTES_MAX ? TOO_LARGE : document);
    return 1;
  }

  /** One invocation; false when the process must end. */
  private boolean invoke(Handler handler) throws IOException {
    byte[] frame = channel.frame();
    long sequence = channel.sequence();
    Answer answer = Answer.after(written);
    written = answer;
    Fault fault = null;
    try {
      InvocationContext context =
          new InvocationContext(binding, logger, frame, channel.bodyStart(), channel.bodyEnd());
      logger.context(context);
      trace(context.getXrayTraceId());
      context.readFacts();
      handler.handle(frame, context.eventStart(), channel.bodyEnd(), context, answer);
    } catch (FaultException e) {
      fault = e.fault;
    } catch (Throwable e) {
      fault = Fault.thrown(e);
    }
    answer.seal();
    int kind = Channel.RESPONSE;
    if (fault != null) {
      logger.error(fault.logText());
      answer = new Answer(fault.document().getBytes(UTF_8));
      kind = Channel.ERROR;
    }
    if (answer.bodyBytes() > ANSWER_BYTES_MAX) {
      answer = new Answer(TOO_LARGE);
      kind = Channel.ERROR;
    }
    log.flush();
    boolean last = fault != null && fault.fatal();
    channel.answer(kind, last, sequence, log.mark(), memory.news(), answer);
    return !last;
  }

  /** Java cannot set environment variables; AWS's X-Ray library looks here. */
  private void trace(String header) {
    if (header == null ? traceHeader != null : !header.equals(traceHeader)) {
      traceHeader = header;
      if (header == null) {
        System.clearProperty(TRACE_PROPERTY);
      } else {
        System.setProperty(TRACE_PROPERTY, header);
      }
    }
  }

  /** For benchmarks of the channel: bytes in, bytes out. */
  private int serveRaw(long startedNs) throws IOException, ReflectiveOperationException {
    MethodHandle handler;
    try {
      handler =
          MethodHandles.lookup()
              .unreflect(new HandlerSearch(loader()).findRaw(binding.handler()))
              .asType(MethodType.methodType(byte[].class, byte[].class));
    } catch (FaultException e) {
      return failInit(e.fault);
    }
    ready(startedNs);
    while (channel.receive() == Channel.INVOKE) {
      byte[] frame = channel.frame();
      int start = InvocationContext.eventStart(frame, channel.bodyStart(), channel.bodyEnd());
      byte[] result;
      try {
        result = (byte[]) handler.invokeExact(Arrays.copyOfRange(frame, start, channel.bodyEnd()));
      } catch (Throwable e) {
        throw new IllegalStateException("a raw handler failed", e);
      }
      channel.answerRaw(channel.sequence(), log.mark(), result);
    }
    return 0;
  }
}
