package io.ringmaster.sandbox.keeper;

import static io.ringmaster.sandbox.system.LinuxException.check;

import io.ringmaster.sandbox.system.KeeperJvm;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.Spawn;
import io.ringmaster.sandbox.system.SpawnCommand;
import io.ringmaster.sandbox.system.Wire;
import io.ringmaster.sandbox.system.ZygoteCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the cache that lets the keeper start faster: the main class of a build step, run with
 * exactly the keeper's class path. Starts a keeper that records what it loads, has it do a little
 * of everything, and waits until it has written the cache.
 */
public final class KeeperTraining {
  private static final int ZYGOTE = 1;

  private KeeperTraining() {}

  /**
   * Takes no arguments; prints the cache's path, or says on standard error why there is none and
   * exits with 1.
   */
  public static void main(String[] args) {
    List<Path> classPath =
        Arrays.stream(System.getProperty("java.class.path").split(":")).map(Path::of).toList();
    Path cache = KeeperJvm.cache(classPath);
    if (cache == null) {
      System.err.println("a cache needs jars on the class path, not folders: " + classPath);
      System.exit(1);
    }
    train(new Linux(), classPath);
    if (!Files.isReadable(cache)) {
      System.err.println("the keeper wrote no " + cache);
      System.exit(1);
    }
    System.out.println(cache);
  }

  private static void train(Linux linux, List<Path> classPath) {
    int[] ends = new int[2];
    check("socketpair", linux.socketpair(ends));
    int nothing = (int) check("open /dev/null", linux.open("/dev/null", Linux.O_RDWR));
    int pid =
        new Spawn(linux, KeeperJvm.trainingCommand(classPath), List.of("PATH=/usr/bin:/bin"))
            .descriptors(nothing, 2, 2, ends[1])
            .blocked(Linux.SIGCHLD)
            .start();
    linux.close(ends[1]);
    try (Wire keeper = new Wire(linux, ends[0])) {
      ZygoteCommand zygote = new ZygoteCommand(List.of("/bin/true"), List.of());
      keeper.send(Op.ZYGOTE, ZYGOTE, 0, 0, zygote.encode());
      keeper.send(Op.FORK, 1, ZYGOTE, 0, "", nothing, nothing, nothing);
      keeper.send(Op.KILL, 1, 0, 0, "");
      SpawnCommand program = new SpawnCommand("/", List.of("/bin/true"), List.of("PATH=/bin"));
      keeper.send(Op.SPAWN, 2, 0, 0, program.encode(), nothing);
      keeper.send(Op.PING, 1, 0, 0, "");
      int awaited = 2;
      while (awaited > 0 && keeper.receive()) {
        if (keeper.op() == Op.ZYGOTE_GONE || keeper.op() == Op.EXIT) {
          awaited--;
        }
      }
    }
    linux.close(nothing);
    check("wait4", linux.wait4(pid, 0, 0, 0)); // the wire's end ended it; it writes the cache first
  }
}
