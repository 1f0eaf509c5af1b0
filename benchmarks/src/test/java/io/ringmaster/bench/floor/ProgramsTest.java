package io.ringmaster.bench.floor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProgramsTest {
  /** Class files of Java 17 say so. */
  private static final int CLASS_VERSION_17 = 61;

  @ParameterizedTest
  @EnumSource(Language.class)
  void everythingIsThereAndGoesAgain(Language language) throws IOException {
    Path folder;
    try (Programs programs = Programs.unpack(language)) {
      folder = programs.codeFolder().getParent();
      for (Map.Entry<String, byte[]> file : Programs.code(language).entrySet()) {
        assertArrayEquals(
            file.getValue(), Files.readAllBytes(programs.codeFolder().resolve(file.getKey())));
      }
      for (String name : language.programs()) {
        assertTrue(Files.size(Path.of(programs.file(name))) > 0, name);
      }
    }
    assertFalse(Files.exists(folder));
  }

  @Test
  void javaProgramsRunOnTheOldestJvmOfFunctions() throws IOException {
    try (Programs programs = Programs.unpack(Language.JAVA);
        Stream<Path> files = Files.walk(programs.codeFolder().getParent())) {
      List<Path> classes = files.filter(file -> file.toString().endsWith(".class")).toList();
      assertFalse(classes.isEmpty());
      for (Path each : classes) {
        assertEquals(CLASS_VERSION_17, Files.readAllBytes(each)[7], each.toString());
      }
    }
  }

  @Test
  void whatAnEngineLeavesGoesTooAndLinksAreNotFollowed(@TempDir Path made) throws IOException {
    Path kept = Files.writeString(made.resolve("archive"), "kept");
    Path data;
    try (Programs programs = Programs.unpack(Language.NODE)) {
      data = programs.dataFolder(made);
      assertEquals("kept", Files.readString(data.resolve("bootstraps/archive")));
      Path deployed = Files.createDirectories(data.resolve("code/package"));
      Files.writeString(deployed.resolve("app.js"), "");
      Files.setPosixFilePermissions(deployed, PosixFilePermissions.fromString("r-xr-xr-x"));
    }
    assertFalse(Files.exists(data));
    assertEquals("kept", Files.readString(kept));
  }
}
