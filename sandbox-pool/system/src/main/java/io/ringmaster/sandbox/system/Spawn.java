package io.ringmaster.sandbox.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a program by {@code posix_spawn}, whatever the size of this process: with chosen
 * descriptors and no others, all signals at their defaults, in a process group of its own. The
 * child is the caller's to wait for.
 *
 * <p>Belongs to one thread; each instance starts one program.
 */
public final class Spawn {
  // Both are smaller on glibc (80 and 336 bytes); opaque to us.
  private static final int FILE_ACTIONS_BYTES = 512;
  private static final int ATTRIBUTES_BYTES = 1024;
  private static final int SIGSET_BYTES = 128;
  private static final short SETPGROUP = 2;
  private static final short SETSIGDEF = 4;
  private static final short SETSIGMASK = 8;

  private final Linux linux;
  private final List<String> argv;
  private final List<String> environment;
  private final List<Integer> descriptors = new ArrayList<>();
  private long blocked;
  private String folder;
  private int filesMax;

  /**
   * @param argv the program, an absolute path, and its arguments
   * @param environment {@code NAME=value} each: the complete environment
   */
  public Spawn(Linux linux, List<String> argv, List<String> environment) {
    this.linux = linux;
    this.argv = List.copyOf(argv);
    this.environment = List.copyOf(environment);
  }

  /**
   * The program's descriptors 0, 1, 2, … are copies of these, whatever flags they have; all above
   * are closed.
   */
  public Spawn descriptors(int... fds) {
    for (int fd : fds) {
      descriptors.add(fd);
    }
    return this;
  }

  /** The program starts with these signals blocked, and no others. */
  public Spawn blocked(int... signals) {
    blocked = Linux.signalSet(signals);
    return this;
  }

  /** The program starts in this folder; without it, in that of this process. */
  public Spawn folder(String path) {
    folder = path;
    return this;
  }

  /** The program can have so many descriptors open, and cannot raise that itself. */
  public Spawn filesMax(int count) {
    filesMax = count;
    return this;
  }

  /**
   * Starts it.
   *
   * @return the child's pid
   * @throws LinuxException where that failed; nothing is left over then
   */
  public int start() {
    List<Integer> moved = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, 16);
      MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, 16);
      check("posix_spawn_file_actions_init", Libc.ACTIONS_INIT, actions.address());
      check("posix_spawnattr_init", Libc.ATTRIBUTES_INIT, attributes.address());
      try {
        describeDescriptors(actions.address(), moved);
        describeSignals(arena, attributes.address());
        if (folder != null) {
          long place = arena.allocateFrom(folder).address();
          check(
              "posix_spawn_file_actions_addchdir_np", Libc.ACTIONS_CHDIR, actions.address(), place);
        }
        return limited(arena, actions.address(), attributes.address());
      } finally {
        check("posix_spawn_file_actions_destroy", Libc.ACTIONS_DESTROY, actions.address());
        check("posix_spawnattr_destroy", Libc.ATTRIBUTES_DESTROY, attributes.address());
      }
    } finally {
      moved.forEach(linux::close);
    }
  }

  /**
   * The child begins with this process's soft limit, so that is lowered meanwhile; the hard one is
   * the child's own.
   */
  private int limited(Arena arena, long actions, long attributes) {
    if (filesMax == 0) {
      return spawn(arena, actions, attributes);
    }
    long[] own = new long[2];
    LinuxException.check("prlimit64", linux.getLimit(Linux.RLIMIT_NOFILE, own));
    long max = own[1] < 0 ? filesMax : Math.min(filesMax, own[1]); // −1: no limit
    LinuxException.check("prlimit64", linux.setLimit(0, Linux.RLIMIT_NOFILE, max, own[1]));
    int pid;
    try {
      pid = spawn(arena, actions, attributes);
    } finally {
      LinuxException.check("prlimit64", linux.setLimit(0, Linux.RLIMIT_NOFILE, own[0], own[1]));
    }
    // It may have ended already; its number is still its own, for the caller alone waits for it.
    int result = linux.setLimit(pid, Linux.RLIMIT_NOFILE, max, max);
    if (result != 0 && result != -Errno.ESRCH) {
      linux.kill(pid, Linux.SIGKILL);
      linux.wait4(pid, 0, 0, 0);
      throw new LinuxException("prlimit64", -result);
    }
    return pid;
  }

  private int spawn(Arena arena, long actions, long attributes) {
    MemorySegment pid = arena.allocate(JAVA_INT);
    long path = arena.allocateFrom(argv.get(0)).address();
    long words = vector(arena, argv);
    long variables = vector(arena, environment);
    check(
        "posix_spawn " + argv.get(0),
        Libc.SPAWN,
        pid.address(),
        path,
        actions,
        attributes,
        words,
        variables);
    return pid.get(JAVA_INT, 0);
  }

  /**
   * Sources among the targets' numbers are moved away first, so that no copy overwrites one that is
   * still needed.
   */
  private void describeDescriptors(long actions, List<Integer> moved) {
    int count = descriptors.size();
    int[] sources = new int[count];
    for (int i = 0; i < count; i++) {
      int fd = descriptors.get(i);
      if (fd < count) {
        fd =
            (int)
                LinuxException.check("fcntl " + fd, linux.fcntl(fd, Linux.F_DUPFD_CLOEXEC, count));
        moved.add(fd);
      }
      sources[i] = fd;
    }
    for (int i = 0; i < count; i++) {
      check("posix_spawn_file_actions_adddup2", Libc.ACTIONS_DUP2, actions, sources[i], i);
    }
    check("posix_spawn_file_actions_addclosefrom_np", Libc.ACTIONS_CLOSEFROM, actions, count);
  }

  private void describeSignals(Arena arena, long attributes) {
    MemorySegment all = arena.allocate(SIGSET_BYTES, 8).fill((byte) 0xff);
    MemorySegment mask = arena.allocate(SIGSET_BYTES, 8);
    mask.set(JAVA_LONG, 0, blocked);
    long flags = SETPGROUP | SETSIGDEF | SETSIGMASK;
    check("posix_spawnattr_setflags", Libc.ATTRIBUTES_FLAGS, attributes, flags);
    check("posix_spawnattr_setsigdefault", Libc.ATTRIBUTES_DEFAULT, attributes, all.address());
    check("posix_spawnattr_setsigmask", Libc.ATTRIBUTES_MASK, attributes, mask.address());
  }

  private static long vector(Arena arena, List<String> words) {
    MemorySegment vector = arena.allocate(8L * (words.size() + 1), 8);
    for (int i = 0; i < words.size(); i++) {
      vector.set(JAVA_LONG, 8L * i, arena.allocateFrom(words.get(i)).address());
    }
    return vector.address();
  }

  private void check(String what, MethodHandle function, long... x) {
    long result;
    try {
      result =
          (long)
              function.invokeExact(
                  linux.captured(), x[0], at(x, 1), at(x, 2), at(x, 3), at(x, 4), at(x, 5), 0L);
    } catch (Throwable t) {
      throw new AssertionError("a function of the C library throws nothing", t);
    }
    if ((int) result != 0) {
      throw new LinuxException(what, (int) result); // these answer the errno itself
    }
  }

  private static long at(long[] x, int index) {
    return index < x.length ? x[index] : 0;
  }

  /** Looked up by the processes that start others, when they first do. */
  private static final class Libc {
    static final MethodHandle ACTIONS_INIT = Linux.libc("posix_spawn_file_actions_init");
    static final MethodHandle ACTIONS_DESTROY = Linux.libc("posix_spawn_file_actions_destroy");
    static final MethodHandle ACTIONS_DUP2 = Linux.libc("posix_spawn_file_actions_adddup2");
    static final MethodHandle ACTIONS_CLOSEFROM =
        Linux.libc("posix_spawn_file_actions_addclosefrom_np");
    static final MethodHandle ACTIONS_CHDIR = Linux.libc("posix_spawn_file_actions_addchdir_np");
    static final MethodHandle ATTRIBUTES_INIT = Linux.libc("posix_spawnattr_init");
    static final MethodHandle ATTRIBUTES_DESTROY = Linux.libc("posix_spawnattr_destroy");
    static final MethodHandle ATTRIBUTES_FLAGS = Linux.libc("posix_spawnattr_setflags");
    static final MethodHandle ATTRIBUTES_DEFAULT = Linux.libc("posix_spawnattr_setsigdefault");
    static final MethodHandle ATTRIBUTES_MASK = Linux.libc("posix_spawnattr_setsigmask");
    static final MethodHandle SPAWN = Linux.libc("posix_spawn");
  }
}
