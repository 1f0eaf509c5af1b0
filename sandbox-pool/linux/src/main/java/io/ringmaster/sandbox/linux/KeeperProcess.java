package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.KeeperJvm;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.sandbox.system.Spawn;
import io.ringmaster.sandbox.system.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A keeper that was started: its wire, and what proves that it is gone. Belongs to the keeper's
 * client.
 */
final class KeeperProcess {
  private static final List<String> ENVIRONMENT =
      List.of("PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8");
  private static final int LOG_TAIL_CHARS = 2_000;

  final KeeperMode mode;
  final Wire wire;
  private final Linux linux;
  private final Path log;
  private final int child;
  private final int childPidfd;
  private int keeperPidfd = -1;

  private KeeperProcess(
      KeeperMode mode, Linux linux, Wire wire, Path log, int child, int childPidfd) {
    this.mode = mode;
    this.linux = linux;
    this.wire = wire;
    this.log = log;
    this.child = child;
    this.childPidfd = childPidfd;
  }

  /**
   * Starts one; its HELLO comes over the wire.
   *
   * @param log gets what it, and its zygotes, print
   * @throws LinuxException when it cannot be started
   */
  static KeeperProcess start(Linux linux, KeeperMode mode, Path log) {
    int[] pair = new int[2];
    LinuxException.check("socketpair", linux.socketpair(pair));
    int nothing = -1;
    int output = -1;
    boolean started = false;
    try {
      Files.writeString(log, "");
      nothing = (int) LinuxException.check("open", linux.open("/dev/null", Linux.O_RDWR));
      output = (int) LinuxException.check("open", linux.open(log.toString(), Linux.O_WRONLY));
      int child =
          new Spawn(linux, command(mode), ENVIRONMENT)
              .descriptors(nothing, output, output, pair[1])
              .blocked(Linux.SIGCHLD)
              .start();
      // Nobody else waits for this child, so that its number is not another's.
      int pidfd = (int) LinuxException.check("pidfd_open", linux.pidfdOpen(child));
      started = true;
      return new KeeperProcess(mode, linux, new Wire(linux, pair[0]), log, child, pidfd);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      for (int fd : new int[] {pair[1], nothing, output, started ? -1 : pair[0]}) {
        if (fd >= 0) {
          linux.close(fd);
        }
      }
    }
  }

  private static List<String> command(KeeperMode mode) throws IOException {
    List<String> words = new ArrayList<>(mode.prefix());
    words.addAll(KeeperJvm.command(classPath()));
    return words;
  }

  /**
   * The places of the keeper's classes and of the system's: folders of classes, jars, or one jar of
   * everything.
   */
  private static List<Path> classPath() throws IOException {
    Set<Path> places = new LinkedHashSet<>();
    for (String name : List.of(KeeperJvm.MAIN_CLASS, Linux.class.getName())) {
      places.add(place(name.replace('.', '/') + ".class"));
    }
    return List.copyOf(places);
  }

  private static Path place(String resource) throws IOException {
    URL url = KeeperProcess.class.getClassLoader().getResource(resource);
    if (url == null) {
      throw new IOException("not on the class path: " + resource);
    }
    try {
      if (url.openConnection() instanceof JarURLConnection inJar) {
        return Path.of(inJar.getJarFileURL().toURI());
      }
      if (url.getProtocol().equals("file")) {
        String path = Path.of(url.toURI()).toString();
        return Path.of(path.substring(0, path.length() - resource.length()));
      }
      throw new IOException("neither in a folder nor in a jar: " + URI.create(url.toString()));
    } catch (URISyntaxException e) {
      throw new IOException("no path to " + url, e);
    }
  }

  /** Takes over the keeper's own pidfd, which came with HELLO. */
  void introduced(int pidfd) {
    keeperPidfd = pidfd;
  }

  /** Readable when the keeper is gone and with it all that it kept; −1 before its HELLO. */
  int pidfd() {
    return keeperPidfd;
  }

  /** The last of what it printed. */
  String logTail() {
    try {
      String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
      return text.substring(Math.max(0, text.length() - LOG_TAIL_CHARS));
    } catch (IOException e) {
      return "(its log cannot be read: " + e + ")";
    }
  }

  /**
   * Ends it and waits until nothing of it is left: closes the wire, at which it kills everything
   * and goes; after {@code patienceNs} it is killed.
   *
   * @return whether it went by itself
   */
  boolean end(long patienceNs) {
    wire.close();
    long deadlineNs = System.nanoTime() + patienceNs;
    boolean byItself = gone(childPidfd, deadlineNs) && gone(keeperPidfd, deadlineNs);
    if (!byItself) {
      linux.pidfdSendSignal(childPidfd, Linux.SIGKILL);
      if (keeperPidfd >= 0) {
        linux.pidfdSendSignal(keeperPidfd, Linux.SIGKILL);
      }
      long killedNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      if (!gone(childPidfd, killedNs) || !gone(keeperPidfd, killedNs)) {
        throw new IllegalStateException("the keeper, process " + child + ", cannot be killed");
      }
    }
    int reaped;
    do {
      reaped = linux.wait4(child, 0, 0, 0);
    } while (reaped == -Errno.EINTR);
    linux.close(childPidfd);
    if (keeperPidfd >= 0) {
      linux.close(keeperPidfd);
    }
    return byItself;
  }

  private boolean gone(int pidfd, long deadlineNs) {
    if (pidfd < 0) {
      return true;
    }
    int events;
    do {
      long leftNs = Math.max(0, deadlineNs - System.nanoTime());
      events = linux.pollOne(pidfd, Linux.POLLIN, leftNs);
    } while (events == -Errno.EINTR);
    return events > 0;
  }
}
