import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * The floor of invoke.* and cold.*: what any Java runtime must do for each invocation, in a bare
 * loop.
 *
 * <p>Frames as in the inline channel (tools/docs/channel.md) on descriptors 0 and 1: first STARTED,
 * then BIND comes. Per invocation: read, decode the event, make the context object, call the
 * handler, encode its answer, write; each by the fastest means that Java has. No logs, no limits,
 * no errors. With a file as argument invocations come and go in shared memory (SharedSlots.java
 * says how), each a byte on descriptor 0 ahead when nobody looked there for a while. What decodes
 * and encodes is loaded and was used once before it says that it started.
 */
public final class BareLoop {
  private static final int HEADER_BYTES = 16;
  private static final int FIGURES_BYTES = 16;
  private static final int FIXED_BYTES = HEADER_BYTES + 56;
  private static final byte KIND_STARTED = 16;
  private static final byte KIND_RESPONSE = 19;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final FileInputStream in = new FileInputStream(FileDescriptor.in);
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final Json json = new Json();
  private final byte[] data = new byte[8192]; // what needs no buffer of the JVM's own
  private int filled;
  private final Memory memory;

  /**
   * Two slots each way, as long as the other side looks into them too; it always does while an
   * invocation is under way.
   */
  private static final class Memory {
    static final VarHandle WORD =
        MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final long LOOKS_MAX = 1L << 31;
    final MappedByteBuffer slots;
    long number;

    Memory(String path) throws IOException {
      try (FileChannel file =
          FileChannel.open(Path.of(path), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        slots = file.map(FileChannel.MapMode.READ_WRITE, 0, file.size());
      }
    }

    int read(byte[] data, FileInputStream bell) throws IOException {
      number++;
      long looks = 0;
      while ((long) WORD.getAcquire(slots, 128) < number) {
        boolean looked = (long) WORD.getOpaque(slots, 136) != 0;
        if (looked ? ++looks > LOOKS_MAX : bell.read() < 0) {
          return -1; // nobody is there any more
        }
      }
      int start = 4096 + (int) (number & 1) * 4096;
      int size = HEADER_BYTES + slots.getInt(start);
      slots.get(start, data, 0, size);
      return size;
    }

    void write(byte[] data, int length) {
      slots.put(12288 + (int) (number & 1) * 4096, data, 0, length);
      WORD.setRelease(slots, 256, number);
    }
  }

  private BareLoop(String[] arguments) throws IOException {
    memory = arguments.length > 0 ? new Memory(arguments[0]) : null;
    if (memory != null) {
      memory.slots.order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** What a handler is told about its invocation. */
  record Context(
      Map<String, Object> function, String requestId, String invokedFunctionArn, long deadlineMs) {
    long remainingMs() {
      return deadlineMs - System.currentTimeMillis();
    }
  }

  /** The answer, behind the room for its frame's head. */
  private static final class Answer extends ByteArrayOutputStream {
    Answer() {
      super(512);
    }

    void begin() {
      count = HEADER_BYTES + FIGURES_BYTES;
    }

    void send(long sequence, FileOutputStream to, Memory memory) throws IOException {
      INT.set(buf, 0, count - HEADER_BYTES);
      buf[4] = KIND_RESPONSE;
      LONG.set(buf, 8, sequence);
      if (memory != null) {
        memory.write(buf, count);
      } else {
        to.write(buf, 0, count);
      }
    }
  }

  public static void main(String[] arguments) throws Throwable {
    new BareLoop(arguments).run();
  }

  private void run() throws Throwable {
    Answer answer = new Answer();
    byte[] rehearsal = "{\"a\":[\"b\"]}".getBytes(StandardCharsets.UTF_8);
    json.write(json.read(rehearsal, 0, rehearsal.length), answer);
    byte[] started = new byte[HEADER_BYTES];
    started[4] = KIND_STARTED;
    out.write(started);
    if (!receive(HEADER_BYTES)) {
      return;
    }
    Map<String, Object> bind = json.read(data, HEADER_BYTES, (int) INT.get(data, 0));
    consume();
    MethodHandle handler = load(bind);
    while (memory != null ? take() : receive(FIXED_BYTES)) {
      int arn = (short) SHORT.get(data, 60);
      int start =
          FIXED_BYTES
              + arn
              + (short) SHORT.get(data, 62)
              + (int) INT.get(data, 64)
              + (short) SHORT.get(data, 68)
              + (short) SHORT.get(data, 70);
      Context context =
          new Context(
              bind,
              new String(data, 24, 36, StandardCharsets.ISO_8859_1),
              new String(data, FIXED_BYTES, arn, StandardCharsets.UTF_8),
              (long) LONG.get(data, 16));
      Map<String, Object> event =
          json.read(data, start, HEADER_BYTES + (int) INT.get(data, 0) - start);
      answer.begin();
      json.write(call(handler, event, context), answer);
      answer.send((long) LONG.get(data, 8), out, memory);
      consume();
    }
  }

  private static Object call(MethodHandle handler, Map<String, Object> event, Context context)
      throws Throwable {
    if (context.remainingMs() < 0) {
      throw new IllegalStateException("too late for " + context.requestId());
    }
    return (Object) handler.invokeExact(event);
  }

  /** Has a whole frame in the buffer; false at the end of the pipe. */
  private boolean receive(int atLeast) throws IOException {
    while (filled < atLeast || filled < HEADER_BYTES + (int) INT.get(data, 0)) {
      int bytes = in.read(data, filled, data.length - filled);
      if (bytes < 0) {
        return false;
      }
      filled += bytes;
    }
    return true;
  }

  private boolean take() throws IOException {
    filled = memory.read(data, in);
    return filled >= 0;
  }

  private void consume() {
    int size = HEADER_BYTES + (int) INT.get(data, 0);
    filled -= size;
    System.arraycopy(data, size, data, 0, filled);
  }

  private static MethodHandle load(Map<String, Object> bind) throws Exception {
    URL code = Path.of((String) bind.get("code")).toUri().toURL();
    URLClassLoader loader =
        new URLClassLoader(new URL[] {code}, ClassLoader.getPlatformClassLoader());
    String[] names = ((String) bind.get("handler")).split("::");
    Class<?> type = loader.loadClass(names[0]);
    return MethodHandles.publicLookup()
        .bind(
            type.getConstructor().newInstance(),
            names[1],
            MethodType.methodType(Map.class, Map.class))
        .asType(MethodType.methodType(Object.class, Map.class));
  }
}
