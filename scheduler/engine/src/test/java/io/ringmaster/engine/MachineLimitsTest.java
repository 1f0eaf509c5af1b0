package io.ringmaster.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineLimitsTest {
  private static final long GIB = 1L << 30;
  private static final String MEM_TOTAL = "MemTotal:        4194304 kB\nMemFree:  1 kB\n"; // 4 GiB

  @TempDir Path root;

  private final MachineLimits machine = new MachineLimits(Path.of("/"));

  private MachineLimits with(String file, Object content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content + "\n");
    return new MachineLimits(root);
  }

  @Test
  void theMemoryIsWhatTheJdkSays() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    assertEquals(system.getTotalMemorySize(), machine.memoryBytes());
  }

  @Test
  void thisMachineSaysHowManyFilesMayBeOpen() {
    long files = machine.openFiles();
    assertTrue(files >= 64 && files < 1L << 32, () -> files + " files");
  }

  /** The group's own limit, and those of all that it is in; a sibling's is not its. */
  @Test
  void groupsOfTheSecondVersionLimitTheMemory() throws IOException {
    with("proc/meminfo", MEM_TOTAL);
    MachineLimits limits = with("proc/self/cgroup", "0::/a.slice/b.service");
    assertEquals(4 * GIB, limits.memoryBytes());
    with("sys/fs/cgroup/a.slice/c.service/memory.max", GIB);
    with("sys/fs/cgroup/a.slice/b.service/memory.max", "max");
    assertEquals(4 * GIB, limits.memoryBytes());
    with("sys/fs/cgroup/a.slice/memory.max", 3 * GIB);
    assertEquals(3 * GIB, limits.memoryBytes());
    with("sys/fs/cgroup/a.slice/b.service/memory.max", 2 * GIB);
    assertEquals(2 * GIB, limits.memoryBytes());
    with("sys/fs/cgroup/memory.max", GIB); // a container's
    assertEquals(GIB, limits.memoryBytes());
  }

  @Test
  void groupsOfTheFirstVersionLimitTheMemory() throws IOException {
    with("proc/meminfo", MEM_TOTAL);
    MachineLimits limits = with("proc/self/cgroup", "5:cpu,memory:/x/y\n4:memoryless:/z\n0::/");
    with("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
    with("sys/fs/cgroup/memory/z/memory.limit_in_bytes", GIB);
    assertEquals(4 * GIB, limits.memoryBytes());
    with("sys/fs/cgroup/memory/x/memory.limit_in_bytes", 2 * GIB);
    assertEquals(2 * GIB, limits.memoryBytes());
  }

  /** Some files open, and fail when they are read. */
  @Test
  void whatCannotBeReadDoesNotLimit() throws IOException {
    Files.createDirectories(root.resolve("proc/meminfo"));
    Files.createDirectories(root.resolve("proc/self/limits"));
    MachineLimits limits = with("proc/self/cgroup", "0::/../..\nnonsense");
    assertEquals(MachineLimits.NONE, limits.memoryBytes());
    assertEquals(MachineLimits.NONE, limits.openFiles());
    assertEquals(MachineLimits.NONE, limits.pipePages());
    with("sys/fs/cgroup/memory.max", GIB);
    assertEquals(GIB, limits.memoryBytes());
  }

  @Test
  void pipesAreLimitedForThoseWithoutPrivileges() throws IOException {
    with("proc/sys/fs/pipe-user-pages-soft", 16_384);
    MachineLimits limits = with("proc/self/status", "Name:\tx\nCapEff:\t00000000a80425fb");
    assertEquals(16_384, limits.pipePages());
    with("proc/self/status", "CapEff:\t000001ffffffffff");
    assertEquals(MachineLimits.NONE, limits.pipePages());
    with("proc/self/status", "CapEff:\t0000000000000000");
    with("proc/sys/fs/pipe-user-pages-soft", 0);
    assertEquals(MachineLimits.NONE, limits.pipePages());
  }

  @Test
  void theSoftLimitOfOpenFilesHolds() throws IOException {
    String files = "Max processes  1  1  processes\nMax open files            1024   4096   files";
    assertEquals(1024, with("proc/self/limits", files).openFiles());
  }

  /** As many as environments, but for what each limit affords; the floor in any case. */
  @Test
  void forkedSandboxesTakeAPartOfEverything() throws IOException {
    MachineLimits unlimited = new MachineLimits(root);
    assertEquals(100, Processes.forkedSandboxes(2, 100, unlimited));
    assertEquals(1000, Processes.forkedSandboxes(2, 5000, unlimited));
    assertEquals(4, Processes.forkedSandboxes(4, 3, unlimited));
    MachineLimits limits = with("proc/meminfo", "MemTotal: " + 20_000 * 1024 + " kB");
    assertEquals(100, Processes.forkedSandboxes(2, 5000, limits));
    with("proc/self/limits", "Max open files  1024  4096  files");
    assertEquals(64, Processes.forkedSandboxes(2, 5000, limits));
    with("proc/sys/fs/pipe-user-pages-soft", 16 * 3 * 2 * 50);
    assertEquals(50, Processes.forkedSandboxes(2, 5000, limits));
    assertEquals(60, Processes.forkedSandboxes(60, 5000, limits));
    with("proc/meminfo", "MemTotal: 1024 kB");
    assertEquals(2, Processes.forkedSandboxes(2, 5000, limits));
  }
}
