package io.ringmaster.sandbox.linux.runtimes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimesTest {
  @TempDir Path folder;

  @Test
  void findsWhatWorksByItsRealName() {
    Runtimes found = Runtimes.find();
    assertFalse(found.interpreters().isEmpty(), "these tests need a Python 3.8 to 3.14");
    for (Interpreter interpreter : found.interpreters()) {
      assertTrue(Files.isExecutable(interpreter.executable()));
      assertFalse(Files.isSymbolicLink(interpreter.executable()));
      assertTrue(interpreter.version().startsWith("3." + interpreter.minor() + "."));
    }
    Interpreter first = found.interpreters().get(0);
    RuntimeMatch match = found.match("python3." + first.minor());
    assertEquals("exact", match.match());
    assertEquals(first, match.interpreter());
  }

  @Test
  void theQuickWayComesToTheSame() {
    Runtimes all = Runtimes.find();
    for (int minor = 0; minor < 20; minor++) {
      RuntimeMatch quick = Runtimes.findFor("python3." + minor);
      RuntimeMatch thorough = all.match("python3." + minor);
      assertEquals(thorough.match(), quick.match());
      assertEquals(thorough.interpreter().minor(), quick.interpreter().minor());
    }
    assertNull(Runtimes.findFor("nodejs22.x").interpreter());
  }

  @Test
  void whatIsKnownIsNotAskedAgain() {
    List<Interpreter> first = Runtimes.find().interpreters();
    long beforeNs = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      assertEquals(first, Runtimes.find().interpreters());
    }
    assertTrue(System.nanoTime() - beforeNs < 2_000_000_000L);
  }

  @Test
  void shimsAndWrecksAreNoInterpreters() throws Exception {
    Path shim = folder.resolve("python3.12");
    Files.writeString(shim, "#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n");
    Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path wreck = folder.resolve("python3.13");
    Files.write(wreck, new byte[] {0x7f, 'E', 'L', 'F', 0, 0});
    Files.setPosixFilePermissions(wreck, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(folder.resolve("python3.11"), Path.of("/bin/true"));
    Files.createSymbolicLink(folder.resolve("python3"), folder.resolve("nowhere"));
    assertEquals(List.of(), Runtimes.find(List.of(folder)).interpreters());
  }

  @Test
  void theNearestMinorVersionServes() throws Exception {
    Interpreter any = Runtimes.find().interpreters().get(0);
    Files.createSymbolicLink(folder.resolve("python3"), any.executable());
    Runtimes only = Runtimes.find(List.of(folder));
    RuntimeMatch match = only.match("python3." + (any.minor() == 14 ? 13 : any.minor() + 1));
    assertEquals("nearest", match.match());
    assertEquals(any, match.interpreter());
    assertNull(only.match("nodejs22.x").interpreter());
    assertEquals("none", only.match("python2.7").match());
  }
}
