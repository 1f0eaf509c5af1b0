package io.ringmaster.conformance.powerloss;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A file system in an image file, whose power can be cut. One thread; root. */
public final class Ext4Image implements AutoCloseable {
  private static final long BYTES = 384L << 20;
  private static final int O_RDONLY = 0;

  /** {@code _IOR('X', 125, __u32)} of the kernel's ext4. */
  private static final long EXT4_IOC_SHUTDOWN = 0x8004587DL;

  /** Neither data nor the file system's own log is flushed. */
  private static final int NO_LOG_FLUSH = 2;

  private static final String CONTROL = "control";
  private static final int CONTROL_BYTES = 8192;
  private static final int BUSY_TRIES = 200;
  private static final long BUSY_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final MethodHandle OPEN = handle("open", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle IOCTL = handle("ioctl", JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);

  private final Path image;
  private final Path root;

  private Ext4Image(Path image, Path root) {
    this.image = image;
    this.root = root;
  }

  private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        // those after the second one of open and ioctl may be anything
        arguments.length > 1
            ? new Linker.Option[] {Linker.Option.firstVariadicArg(2)}
            : new Linker.Option[0]);
  }

  /** Makes one and mounts it. */
  public static Ext4Image create(Path folder, String name) throws IOException {
    Ext4Image made =
        new Ext4Image(folder.resolve(name + ".img"), Files.createDirectories(folder.resolve(name)));
    try (RandomAccessFile file = new RandomAccessFile(made.image.toFile(), "rw")) {
      file.setLength(BYTES);
    }
    run("mkfs.ext4", "-q", "-F", made.image.toString());
    made.mount();
    return made;
  }

  /** Where it is mounted. */
  public Path root() {
    return root;
  }

  private void mount() throws IOException {
    run("mount", "-t", "ext4", "-o", "loop", image.toString(), root.toString());
  }

  private void unmount() throws IOException {
    whenNotBusy("umount", root.toString());
  }

  /** Whether it can be written. */
  public void readOnly(boolean only) throws IOException {
    whenNotBusy("mount", "-o", "remount," + (only ? "ro" : "rw"), root.toString());
  }

  /** Who was killed may still have files open. */
  private static void whenNotBusy(String... command) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        run(command);
        return;
      } catch (IOException busy) {
        if (tries == BUSY_TRIES) {
          throw busy;
        }
        LockSupport.parkNanos(BUSY_PAUSE_NS);
      }
    }
  }

  /** Nothing more reaches the image, from this moment on. */
  public void cut() throws IOException {
    Files.write(root.resolve(CONTROL), control());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment flags = arena.allocateFrom(JAVA_INT, NO_LOG_FLUSH);
      int folder = (int) OPEN.invokeExact(arena.allocateFrom(root.toString()), O_RDONLY);
      int result = (int) IOCTL.invokeExact(folder, EXT4_IOC_SHUTDOWN, flags);
      int closed = (int) CLOSE.invokeExact(folder);
      if (folder < 0 || result != 0 || closed != 0) {
        throw new IOException("the file system cannot be shut down: " + folder + ", " + result);
      }
    } catch (IOException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * Mounts again what the disk has.
   *
   * @return whether the power was cut: what was written last, and never flushed, is not there
   */
  public boolean remount() throws IOException {
    unmount();
    mount();
    Path control = root.resolve(CONTROL);
    boolean lost = !Files.exists(control) || !Arrays.equals(Files.readAllBytes(control), control());
    Files.deleteIfExists(control);
    return lost;
  }

  private static byte[] control() {
    byte[] bytes = new byte[CONTROL_BYTES];
    Arrays.fill(bytes, (byte) 1);
    return bytes;
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.onExit().join().exitValue();
    if (status != 0) {
      throw new IOException(List.of(command) + " ended with " + status + ": " + output.strip());
    }
  }

  /** Unmounts it and removes it; the loop device goes with the mount. */
  @Override
  public void close() throws IOException {
    unmount();
    Files.delete(root);
    Files.delete(image);
  }
}
