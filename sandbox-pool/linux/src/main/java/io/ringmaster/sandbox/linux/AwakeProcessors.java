package io.ringmaster.sandbox.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps idle processors from sleeping, all of the machine's, as long as it is open: the kernel's
 * quality of service for processors, whose wish ends with the descriptor, however the engine ends.
 * Any thread.
 */
public final class AwakeProcessors implements AutoCloseable {
  private static final Path DEVICE = Path.of("/dev/cpu_dma_latency");

  /** The longest time that a processor may take to wake, in microseconds: 32 bits of zeros. */
  private static final int WISH_BYTES = 4;

  private final FileChannel wish;

  private AwakeProcessors(FileChannel wish) {
    this.wish = wish;
  }

  /**
   * Begins.
   *
   * @throws IOException it is not possible here; the message says why
   */
  public static AwakeProcessors hold() throws IOException {
    return hold(DEVICE);
  }

  static AwakeProcessors hold(Path device) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(device, StandardOpenOption.WRITE);
    } catch (FileSystemException refused) {
      throw new IOException("low latency: " + reason(device, refused), refused);
    }
    try {
      channel.write(ByteBuffer.allocate(WISH_BYTES));
      return new AwakeProcessors(channel);
    } catch (IOException refused) {
      channel.close();
      throw new IOException("low latency: " + device + ": " + refused.getMessage(), refused);
    }
  }

  private static String reason(Path device, FileSystemException refused) {
    return switch (refused) {
      case NoSuchFileException _ -> "there is no " + device + " on this machine";
      case AccessDeniedException _ -> device + " may not be written: that needs root";
      default -> refused.getMessage();
    };
  }

  /** Whether it is possible here. */
  public static IsolationLevels.Feature feature() {
    return feature(DEVICE);
  }

  static IsolationLevels.Feature feature(Path device) {
    if (!Files.exists(device)) {
      return new IsolationLevels.Feature(false, reason(device, new NoSuchFileException("")));
    }
    return Files.isWritable(device)
        ? new IsolationLevels.Feature(
            true, device + " may be written: latency-mode low keeps all idle processors awake")
        : new IsolationLevels.Feature(false, reason(device, new AccessDeniedException("")));
  }

  @Override
  public void close() throws IOException {
    wish.close();
  }
}
