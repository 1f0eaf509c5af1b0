package io.ringmaster.server.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What the kernel tells about listening TCP sockets: their addresses by inode, and which
 * descriptors of this process are which. Java has channels but tells no descriptor.
 */
final class SocketTable {
  private static final String LISTEN = "0A";
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final Map<Long, InetSocketAddress> listening = new HashMap<>();

  private SocketTable() {}

  /** As it is now. */
  static SocketTable read() throws IOException {
    SocketTable table = new SocketTable();
    for (String name : new String[] {"tcp", "tcp6"}) {
      Path file = Path.of("/proc/self/net", name);
      if (Files.exists(file)) {
        Files.readAllLines(file).stream().skip(1).forEach(table::add);
      }
    }
    return table;
  }

  /** {@code sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …}. */
  private void add(String line) {
    String[] fields = line.strip().split("\\s+");
    if (fields.length > 9 && fields[3].equals(LISTEN)) {
      listening.put(Long.parseLong(fields[9]), address(fields[1]));
    }
  }

  /** Words of the address in the machine's byte order, which is little-endian here. */
  private static InetSocketAddress address(String text) {
    int colon = text.indexOf(':');
    ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(text.substring(0, colon)));
    ByteBuffer bytes = ByteBuffer.allocate(words.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    while (words.hasRemaining()) {
      bytes.putInt(words.getInt());
    }
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(bytes.array()), Integer.parseInt(text.substring(colon + 1), 16));
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("not an address: " + text, e);
    }
  }

  /** Where that descriptor listens; null: it is no listening TCP socket. */
  InetSocketAddress address(int descriptor) throws IOException {
    Long inode = inode(DESCRIPTORS.resolve(Integer.toString(descriptor)));
    return inode == null ? null : listening.get(inode);
  }

  /** The descriptor that listens there; −1: none of this process. */
  int descriptor(InetSocketAddress address) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path each : all) {
        Long inode = inode(each);
        if (inode != null && address.equals(listening.get(inode))) {
          return Integer.parseInt(each.getFileName().toString());
        }
      }
    }
    return -1;
  }

  private static Long inode(Path descriptor) throws IOException {
    String target;
    try {
      target = Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException closedMeanwhile) {
      return null;
    }
    return target.matches("socket:\\[[0-9]+]")
        ? Long.valueOf(target.substring("socket:[".length(), target.length() - 1))
        : null;
  }
}
