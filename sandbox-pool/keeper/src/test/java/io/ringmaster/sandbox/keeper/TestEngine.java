package io.ringmaster.sandbox.keeper;

import static io.ringmaster.sandbox.system.LinuxException.check;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.ringmaster.sandbox.system.KeeperJvm;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.Spawn;
import io.ringmaster.sandbox.system.SpawnCommand;
import io.ringmaster.sandbox.system.Wire;
import io.ringmaster.sandbox.system.ZygoteCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The engine's end for tests: starts a real keeper, asks it, and waits for its answers with a
 * deadline.
 */
final class TestEngine implements AutoCloseable {
  static final long DEADLINE_NS = 20_000_000_000L;

  /** How the keeper is started. */
  enum Mode {
    /** PID 1 of a pid namespace, by root. */
    NAMESPACE("-pf", false),
    /** The same by root of a new user namespace. */
    USER_NAMESPACE("-Urpf", false),
    /** The same by an ordinary user. */
    UNPRIVILEGED("-Urpf", true),
    /** A child subreaper whose sandboxes have namespaces all the same. */
    SUBREAPER("", false),
    /** No namespaces at all. */
    PLAIN("", true);

    private final String unshare;
    private final boolean unprivileged;

    Mode(String unshare, boolean unprivileged) {
      this.unshare = unshare;
      this.unprivileged = unprivileged;
    }

    /** The words before the keeper's own. */
    List<String> prefix() {
      List<String> words = new ArrayList<>();
      boolean root = System.getProperty("user.name").equals("root");
      if (root && unprivileged) {
        words.addAll(
            List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
      } else if (!root && !unprivileged) {
        words.addAll(List.of("/usr/bin/unshare", "-Ur"));
      }
      if (!unshare.isEmpty()) {
        words.addAll(List.of("/usr/bin/unshare", unshare, "--kill-child"));
      }
      return words;
    }
  }

  /** What the keeper said. */
  record Answer(int op, int id, int a, long b, String text, int[] descriptors) {}

  /** A sandbox as the engine holds it. */
  record Held(int id, int pid, int pidfd, int requests, int responses, int log) {}

  final Linux linux = new Linux();
  final Wire keeper;
  final int started;
  final Answer hello;
  final Path folder;
  private final List<Answer> heard = new ArrayList<>();
  private final MemorySegment buffer = linux.allocate(65_536);
  private int next = 100;

  TestEngine(Mode mode) {
    folder = scripts();
    int[] ends = new int[2];
    check("socketpair", linux.socketpair(ends));
    int nothing = (int) check("open", linux.open("/dev/null", Linux.O_RDWR));
    List<String> argv = new ArrayList<>(mode.prefix());
    argv.addAll(KeeperJvm.command(List.of(code(Keeper.class), code(Linux.class))));
    started =
        new Spawn(linux, argv, List.of("PATH=/usr/bin:/bin"))
            .descriptors(nothing, 2, 2, ends[1])
            .blocked(Linux.SIGCHLD)
            .start();
    linux.close(ends[1]);
    linux.close(nothing);
    keeper = new Wire(linux, ends[0]);
    hello = await(Op.HELLO, 0);
  }

  /** A copy of a class's jar or folder, for the ordinary user may not reach the original. */
  private Path code(Class<?> type) {
    try {
      Path from = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path to = folder.resolve(type.getSimpleName() + ".code");
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.toList()) {
          Files.copy(file, to.resolve(from.relativize(file).toString()));
        }
      }
      return to;
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** zygote.py with the tests' bootstrap beside it. */
  private static Path scripts() {
    try {
      Path folder = Files.createTempDirectory("keeper-test");
      folder.toFile().setReadable(true, false);
      folder.toFile().setExecutable(true, false);
      for (String file : List.of("zygote.py", "first_process.py")) {
        copy("/io/ringmaster/bootstraps/python/" + file, folder.resolve(file));
      }
      copy("/io/ringmaster/sandbox/keeper/bootstrap.py", folder.resolve("bootstrap.py"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(String resource, Path to) throws IOException {
    try (InputStream in = TestEngine.class.getResourceAsStream(resource)) {
      Files.copy(in, to);
    }
  }

  /**
   * Python interpreters of this machine that other users may run, then the rest; real executables.
   */
  static List<Path> pythons() {
    List<Path> found = new ArrayList<>(List.of(Path.of("/usr/bin/python3")));
    Path versions = Path.of(System.getProperty("user.home"), ".pyenv", "versions");
    if (Files.isDirectory(versions)) {
      try (Stream<Path> each = Files.list(versions)) {
        each.filter(v -> v.getFileName().toString().matches("3\\.([89]|1\\d)\\..*"))
            .sorted()
            .map(v -> v.resolve("bin/python3"))
            .forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    found.removeIf(p -> !Files.isExecutable(p));
    return found;
  }

  Answer zygote(int id, String... environment) {
    return zygote(id, pythons().get(0), environment);
  }

  Answer zygote(int id, Path python, String... environment) {
    startZygote(id, python, environment);
    return await(Op.ZYGOTE_READY, id);
  }

  void startZygote(int id, Path python, String... environment) {
    startZygote(id, python, folder, environment);
  }

  void startZygote(int id, Path python, Path scripts, String... environment) {
    List<String> argv =
        List.of(python.toString(), "-I", "-B", scripts.resolve("zygote.py").toString());
    List<String> variables = new ArrayList<>(List.of(environment));
    variables.add("PATH=/usr/bin:/bin");
    if (variables.stream().noneMatch(variable -> variable.startsWith("GLIBC_TUNABLES="))) {
      variables.add("GLIBC_TUNABLES=glibc.pthread.rseq=0");
    }
    keeper.send(Op.ZYGOTE, id, 0, 0, new ZygoteCommand(argv, variables).encode());
  }

  Held fork(int zygote) {
    return forked(askFork(zygote));
  }

  /** A sandbox of its own that obeys as those of zygotes do. */
  Held spawn(String... environment) {
    List<String> argv =
        List.of(
            pythons().get(0).toString(),
            "-B",
            "-c",
            "import bootstrap; bootstrap.preload(); bootstrap.run()");
    return forked(askSpawn(new SpawnCommand(folder.toString(), argv, List.of(environment)), true));
  }

  /**
   * Asks, and does not wait for the answer.
   *
   * @param pipes whether it gets the two of the channel too
   */
  Held askSpawn(SpawnCommand command, boolean pipes) {
    return ask(Op.SPAWN, 0, 0, command.encode(), pipes);
  }

  /** Asks, and does not wait for the answer; without pid and pidfd yet. */
  Held askFork(int zygote) {
    return askFork(zygote, false);
  }

  /** The same, for one that somebody waits for, or not. */
  Held askFork(int zygote, boolean awaited) {
    return ask(Op.FORK, zygote, awaited ? 1 : 0, "", true);
  }

  private Held ask(int op, int zygote, int awaited, String text, boolean pipes) {
    int[] request = new int[2];
    int[] response = new int[2];
    int[] log = new int[2];
    check("pipe2", linux.pipe(0, request));
    check("pipe2", linux.pipe(0, response));
    check("pipe2", linux.pipe(0, log));
    int id = next++;
    if (pipes) {
      keeper.send(op, id, zygote, awaited, text, request[0], response[1], log[1]);
    } else {
      keeper.send(op, id, zygote, awaited, text, log[1]);
    }
    linux.close(request[0]);
    linux.close(response[1]);
    linux.close(log[1]);
    return new Held(id, 0, -1, request[1], response[0], log[0]);
  }

  Held forked(Held asked) {
    Answer answer = await(Op.FORKED, asked.id);
    return new Held(
        asked.id, answer.a, answer.descriptors[0], asked.requests, asked.responses, asked.log);
  }

  void forget(Held held) {
    for (int fd : new int[] {held.pidfd, held.requests, held.responses, held.log}) {
      if (fd >= 0) {
        linux.close(fd);
      }
    }
  }

  /** Says a line to a sandbox. */
  void tell(Held held, String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    check("write", linux.write(held.requests, buffer.address(), bytes.length));
  }

  /** Says a line, and reads the line that answers it. */
  String call(Held held, String line) {
    tell(held, line);
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\n") < 0) {
      text.append(read(held.responses));
    }
    return text.toString().trim();
  }

  /** What is there to read, or nothing at end of file; waits until the deadline. */
  String read(int fd) {
    if (linux.pollOne(fd, Linux.POLLIN, DEADLINE_NS) <= 0) {
      throw new AssertionError("nothing to read");
    }
    long n = check("read", linux.read(fd, buffer.address(), buffer.byteSize()));
    return new String(buffer.asSlice(0, n).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Which forks were answered, with FORKED or ERROR, by the answers kept so far; drops these. */
  Set<Integer> answeredForks() {
    Set<Integer> ids = new HashSet<>();
    for (Answer answer : List.copyOf(heard)) {
      boolean refused = answer.op == Op.ERROR && answer.b == Op.FORK;
      if (refused || answer.op == Op.FORKED) {
        if (!ids.add(answer.id)) {
          throw new AssertionError("answered twice: " + answer);
        }
        java.util.Arrays.stream(answer.descriptors).forEach(linux::close);
        heard.remove(answer);
      }
    }
    return ids;
  }

  /** The next answer of that kind; others are kept for later. */
  Answer await(int op, int id) {
    for (int i = 0; i < heard.size(); i++) {
      Answer answer = heard.get(i);
      if (answer.op == op && answer.id == id) {
        return heard.remove(i);
      }
      if (answer.op == Op.ERROR && answer.id == id) {
        throw new AssertionError(answer.toString());
      }
    }
    long deadline = System.nanoTime() + DEADLINE_NS;
    while (System.nanoTime() < deadline) {
      if (linux.pollOne(keeper.fd(), Linux.POLLIN, 1_000_000_000) <= 0) {
        continue;
      }
      if (keeper.tryReceive() != Wire.Receipt.MESSAGE) {
        throw new AssertionError("the keeper has gone");
      }
      Answer answer =
          new Answer(
              keeper.op(),
              keeper.id(),
              keeper.a(),
              keeper.b(),
              keeper.text(),
              keeper.takeDescriptors());
      if (answer.op == op && answer.id == id) {
        return answer;
      }
      if (answer.op == Op.ERROR && answer.id == id) {
        throw new AssertionError("instead of " + Op.name(op) + ": " + answer);
      }
      heard.add(answer);
    }
    throw new AssertionError("no " + Op.name(op) + " " + id + ", only " + heard);
  }

  /** Has a sandbox detach processes; its own since there were those. */
  Set<Integer> detached(Held held, Set<Integer> before) {
    call(held, "detach");
    Set<Integer> its = new HashSet<>(below());
    its.removeAll(before);
    return its;
  }

  /**
   * The pids, as /proc has them, of all processes below the one that was started, that one
   * included.
   */
  Set<Integer> below() {
    Map<Integer, List<Integer>> children = new HashMap<>();
    try (Stream<Path> folders = Files.list(Path.of("/proc"))) {
      for (Path each : folders.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        String[] stat = stat(Integer.parseInt(each.getFileName().toString()));
        if (stat != null) {
          children
              .computeIfAbsent(Integer.parseInt(stat[1]), p -> new ArrayList<>())
              .add(Integer.parseInt(each.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Set<Integer> found = new HashSet<>(Set.of(started));
    List<Integer> look = new ArrayList<>(found);
    while (!look.isEmpty()) {
      for (int child : children.getOrDefault(look.removeLast(), List.of())) {
        found.add(child);
        look.add(child);
      }
    }
    return found;
  }

  /** State, parent, … or null where there is no such process. */
  static String[] stat(int pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      return text.substring(text.lastIndexOf(')') + 2).split(" ");
    } catch (IOException ended) {
      return null;
    }
  }

  /** Which of these run; zombies do not. */
  static Set<Integer> alive(Set<Integer> pids) {
    Set<Integer> alive = new HashSet<>();
    for (int pid : pids) {
      String[] stat = stat(pid);
      if (stat != null && !stat[0].equals("Z") && !stat[0].equals("X")) {
        alive.add(pid);
      }
    }
    return alive;
  }

  /** Waits until none of these runs; answers those that still do at the deadline. */
  static Set<Integer> awaitGone(Set<Integer> pids, long withinNs) {
    long deadline = System.nanoTime() + withinNs;
    Linux linux = new Linux();
    Set<Integer> left = alive(pids);
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      linux.poll(0, 0, 1_000_000);
      left = alive(left);
    }
    return left;
  }

  /**
   * Ends the keeper by closing the wire, and checks by its pidfd and /proc that nothing is left.
   */
  @Override
  public void close() {
    Set<Integer> all = below();
    keeper.close();
    end(all);
  }

  /** The rest of {@link #close}, where the keeper's end has another cause. */
  void end(Set<Integer> all) {
    keeper.close();
    heard.forEach(answer -> java.util.Arrays.stream(answer.descriptors).forEach(linux::close));
    heard.clear();
    int pidfd = hello.descriptors[0];
    boolean ended = linux.pollOne(pidfd, Linux.POLLIN, DEADLINE_NS) > 0;
    linux.close(pidfd);
    Set<Integer> left = awaitGone(all, 5_000_000_000L);
    left.forEach(pid -> linux.kill(pid, Linux.SIGKILL));
    linux.wait4(started, 0, 0, 0);
    delete();
    if (!ended || !left.isEmpty()) {
      throw new AssertionError("left over: " + left + ", keeper ended: " + ended);
    }
  }

  private void delete() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
