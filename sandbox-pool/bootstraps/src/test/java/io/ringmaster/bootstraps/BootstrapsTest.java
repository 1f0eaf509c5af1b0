package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapsTest {
  @TempDir Path folder;

  private static Map<String, byte[]> tree(Path root) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (Files.isRegularFile(path)) {
          files.put(root.relativize(path).toString(), Files.readAllBytes(path));
        }
      }
    }
    return files;
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, content) -> assertArrayEquals(content, actual.get(name), name));
  }

  @Test
  void extractsEveryFile() throws IOException {
    NavigableMap<String, byte[]> files = Bootstraps.files();
    assertTrue(files.containsKey("python/bootstrap.py"), files.keySet().toString());
    Path root = Bootstraps.extract(folder.resolve("a/b"));
    assertSame(files, tree(root));
    assertEquals(folder.resolve("a/b"), root.getParent());
  }

  @Test
  void everybodyCanReadThem() throws IOException {
    Path root = Bootstraps.extract(folder.resolve("deep/er"));
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String expected = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
        assertEquals(
            expected,
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
            path.toString());
      }
    }
  }

  @Test
  void leavesWhatIsThereAndRepairsWhatIsDamaged() throws IOException {
    Path root = Bootstraps.extract(folder);
    Path whole = root.resolve("python/bootstrap.py");
    Path damaged = root.resolve("python/ringmaster_runtime/serving.py");
    Path missing = root.resolve("python/ringmaster_runtime/logs.py");
    FileTime past = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(whole, past);
    Files.writeString(damaged, "exit()");
    Files.delete(missing);
    assertEquals(root, Bootstraps.extract(folder));
    assertEquals(past, Files.getLastModifiedTime(whole));
    assertSame(Bootstraps.files(), tree(root));
  }

  @Test
  void severalEnginesAtOnce() throws Exception {
    Set<Path> roots = new HashSet<>();
    try (ExecutorService engines = Executors.newFixedThreadPool(4)) {
      List<Future<Path>> extractions = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        extractions.add(engines.submit(() -> Bootstraps.extract(folder)));
      }
      for (Future<Path> extraction : extractions) {
        roots.add(extraction.get());
      }
    }
    assertEquals(1, roots.size());
    assertSame(Bootstraps.files(), tree(roots.iterator().next()));
  }

  @Test
  void aJarHoldsTheSameFiles() throws IOException {
    Path jar = folder.resolve("engine.jar");
    NavigableMap<String, byte[]> files = Bootstraps.files();
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String other :
          new String[] {"Bootstraps.class", "python/__pycache__/bootstrap.cpython-311.pyc"}) {
        entries.putNextEntry(new JarEntry("io/ringmaster/bootstraps/" + other));
        entries.write(1);
      }
      entries.putNextEntry(new JarEntry("io/elsewhere/python/bootstrap.py"));
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        entries.putNextEntry(new JarEntry("io/ringmaster/bootstraps/" + file.getKey()));
        entries.write(file.getValue());
      }
    }
    assertSame(files, Bootstraps.filesOfJar(jar));
  }
}
