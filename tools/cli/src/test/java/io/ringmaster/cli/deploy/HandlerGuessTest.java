package io.ringmaster.cli.deploy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What files tell about how they are to run, and the packages that are made of them. */
class HandlerGuessTest {
  private static final String AWS = "com.amazonaws.services.lambda.runtime.";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "app.py | def handler(event, context): | python3.13 app.handler",
        "lambda_function.py | async def lambda_handler(event, context): |"
            + " python3.13 lambda_function.lambda_handler",
        "index.mjs | export const handler = async (event) => 1; | nodejs22.x index.handler",
        "index.mjs | export async function handler(event) {} | nodejs22.x index.handler",
        "a.js | exports.handler = async () => 1; | nodejs22.x a.handler",
        "a.cjs | module.exports = { other, handler }; | nodejs22.x a.handler",
        "f.rb | def lambda_handler(event:, context:) | ruby3.4 f.lambda_handler",
        "bootstrap | anything | provided.al2023 bootstrap",
        "app.py | def helper(event): | ",
        "lib/app.py | def handler(event, context): | ",
        "readme.txt | def handler(event, context): | ",
      })
  void aScriptTellsItsHandler(String name, String text, String expected) {
    assertEquals(
        expected == null ? List.of() : List.of(expected),
        guesses(Map.of(name, text.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void severalAreAllTold() {
    assertEquals(
        List.of("python3.13 a.handler", "python3.13 a.lambda_handler", "python3.13 b.handler"),
        guesses(
            Map.of(
                "a.py",
                    "def handler(e, c):\n  pass\ndef lambda_handler(e, c):\n  pass\n"
                        .getBytes(StandardCharsets.UTF_8),
                "b.py", "def handler(e, c):\n  pass\n".getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void classesTellTheirHandlers() throws Exception {
    byte[] base = type("shop.Base", 61, "java.lang.Object", true, AWS + "RequestHandler");
    byte[] order = type("shop.Order", 65, "shop.Base", false);
    byte[] other = type("shop.Other", 65, "java.lang.Object", false, "java.lang.Runnable");
    assertEquals(
        List.of("java21 shop.Order::handleRequest"),
        guesses(
            Map.of("shop/Base.class", base, "shop/Order.class", order, "shop/Other.class", other)));
    byte[] stream =
        type("a.Streaming", 69, "java.lang.Object", false, AWS + "RequestStreamHandler");
    assertEquals(
        List.of("java25 a.Streaming::handleRequest"),
        guesses(Map.of("lib/a.jar", jar("a/Streaming.class", stream))));
    assertEquals(List.of(), guesses(Map.of("a.class", new byte[] {1, 2, 3}, "b.jar", base)));
  }

  @Test
  void aPackageDependsOnNamesContentsAndExecutableBitsOnly() throws Exception {
    Path one = Files.createDirectories(folder.resolve("one"));
    Path two = Files.createDirectories(folder.resolve("two"));
    for (Path each : List.of(two, one)) {
      Files.createDirectories(each.resolve("lib"));
      Files.writeString(each.resolve("lib/b.py"), "b = 1\n");
      Files.writeString(each.resolve("app.py"), "def handler(e, c): pass\n");
      Files.writeString(each.resolve("bootstrap"), "#!/bin/sh\n");
      Files.setPosixFilePermissions(
          each.resolve("bootstrap"), PosixFilePermissions.fromString("rwxr-x---"));
    }
    Files.createDirectories(one.resolve("__pycache__"));
    Files.writeString(one.resolve("__pycache__/app.pyc"), "x");
    Files.setLastModifiedTime(
        one.resolve("app.py"), FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
    byte[] zip = DeploymentFiles.folder(one).zip();
    assertArrayEquals(zip, DeploymentFiles.folder(two).zip());
    List<String> entries = new ArrayList<>();
    try (ZipFile file = ZipFile.builder().setByteArray(zip).get()) {
      for (ZipArchiveEntry entry : java.util.Collections.list(file.getEntries())) {
        entries.add(entry.getName() + " " + Integer.toOctalString(entry.getUnixMode()));
      }
    }
    assertEquals(List.of("app.py 100644", "bootstrap 100755", "lib/b.py 100644"), entries);
    // An archive is deployed as it is.
    Path archive = Files.write(folder.resolve("f.zip"), zip);
    DeploymentFiles read = DeploymentFiles.archive(archive, true);
    assertArrayEquals(zip, read.zip());
    assertEquals(Set.of("app.py", "bootstrap"), read.files().keySet());
    Path text = Files.writeString(folder.resolve("g.zip"), "not a zip");
    assertThrows(IOException.class, () -> DeploymentFiles.archive(text, true));
    assertEquals(9, DeploymentFiles.archive(text, false).zip().length);
  }

  private static List<String> guesses(Map<String, byte[]> files) {
    return HandlerGuess.of(new DeploymentFiles(new TreeMap<>(files), Set.of(), new byte[0]))
        .stream()
        .map(guess -> guess.runtime() + " " + guess.handler())
        .toList();
  }

  private static byte[] type(
      String name, int version, String superclass, boolean isAbstract, String... interfaces) {
    return ClassFile.of()
        .build(
            ClassDesc.of(name),
            builder ->
                builder
                    .withVersion(version, 0)
                    .withFlags(ClassFile.ACC_PUBLIC | (isAbstract ? ClassFile.ACC_ABSTRACT : 0))
                    .withSuperclass(ClassDesc.of(superclass))
                    .withInterfaceSymbols(
                        java.util.Arrays.stream(interfaces).map(ClassDesc::of).toList()));
  }

  private static byte[] jar(String path, byte[] content) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry(path));
      out.write(content);
      out.closeEntry();
    }
    return bytes.toByteArray();
  }
}
