package io.ringmaster.journeys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.DataFolderInUseException;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.LayerSpec;
import io.ringmaster.api.Owner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a data folder, and folders that engines of earlier versions wrote. */
class BackupJourneyTest {
  private static final Owner OTHER = new Owner("210987654321", "eu-west-1");

  @TempDir Path folder;

  private Engine open(Path data) {
    return Engine.open(EngineConfig.builder().sandboxProcesses(false).dataFolder(data).build());
  }

  private static byte[] zip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("app.py"));
      zip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static FunctionSpec spec(String name, FunctionCode code) {
    return FunctionSpec.named(name).runtime("python3.13").handler("app.handler").code(code).build();
  }

  private static byte[] code(Engine engine, String name) throws IOException {
    try (InputStream stream = engine.functions().openCode(name, null)) {
      return stream.readAllBytes();
    }
  }

  @Test
  void aBackupOfARunningEngineCanBeOpened() throws Exception {
    byte[] uploaded = zip("x = 1");
    Path copy = folder.resolve("backups/monday");
    List<FunctionConfiguration> functions;
    AtomicBoolean over = new AtomicBoolean();
    try (Engine engine = open(folder.resolve("data"))) {
      engine.functions().create(spec("uploaded", FunctionCode.zip(uploaded)));
      engine.functions().create(spec("files", FunctionCode.source("app.py", "x = 2")));
      engine.functions(OTHER).create(spec("uploaded", FunctionCode.zip(zip("x = 3"))));
      engine.layers().publish(LayerSpec.of("l", FunctionCode.source("python/m.py", "")));
      functions = engine.functions().list();
      Thread changes =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; !over.get(); i++) {
                      engine
                          .functions()
                          .create(spec("later", FunctionCode.source("app.py", "x = " + i)));
                      engine.functions().delete("later");
                    }
                  });
      try {
        engine.backup(copy);
      } finally {
        over.set(true);
        changes.join();
      }
      EngineException twice = assertThrows(EngineException.class, () -> engine.backup(copy));
      assertTrue(twice.getMessage().contains("not written"), twice.getMessage());
    }
    try (Stream<Path> beside = Files.list(copy.getParent())) {
      assertEquals(List.of(copy), beside.toList(), "nothing half-made is left");
    }
    try (Engine restored = open(copy)) {
      List<FunctionConfiguration> found = new ArrayList<>(restored.functions().list());
      found.removeIf(function -> function.functionName().equals("later"));
      assertEquals(functions, found);
      assertArrayEquals(uploaded, code(restored, "uploaded"));
      restored.functions().create(spec("again", FunctionCode.zip(code(restored, "files"))));
      assertEquals(1, restored.functions(OTHER).list().size());
      assertEquals(1, restored.layers().get("l", 1).version());
      assertThrows(DataFolderInUseException.class, () -> open(copy).close());
    }
  }

  @Test
  void anEngineWithoutADataFolderHasNothingToBackUp() {
    try (Engine engine = Engine.open(EngineConfig.builder().sandboxProcesses(false).build())) {
      assertThrows(EngineException.class, () -> engine.backup(folder.resolve("copy")));
      assertFalse(Files.exists(folder.resolve("copy")));
    }
  }

  /** {@code data-1} was written by the last version of the engine that knew functions only. */
  @Test
  void dataOfTheFirstFormatIsRead() throws IOException {
    Path data = folder.resolve("data");
    copy(Path.of("src/test/resources/data-1"), data);
    for (int round = 0; round < 2; round++) {
      try (Engine engine = open(data)) {
        FunctionConfiguration latest = engine.functions().get("greet");
        assertEquals("M3zGiYJclSQd2lRg1P2/tCGWejoYqd37uONVhDZHAU4=", latest.codeSha256());
        assertEquals("fa78074e-6b4b-4de1-b70e-39d6a542c78e", latest.revisionId());
        assertEquals(Map.of("STAGE", "test", "GRUSe", "grüße"), latest.environment());
        assertEquals(2, latest.layers().size());
        assertEquals("WARN", latest.applicationLogLevel());
        assertEquals("Active", latest.state());
        assertEquals("/aws/lambda/greet", latest.logGroup());
        assertEquals(5, engine.functions().getConcurrency("greet"));
        assertEquals(
            Map.of("2", 0.25),
            engine.functions().getAlias("greet", "live").additionalVersionWeights());
        assertEquals("first", engine.functions().get("greet", "live").description());
        assertEquals(2, engine.functions().list().size());
        assertTrue(code(engine, "greet").length > 0);
        assertEquals(404, engine.invoke(InvokeRequest.of("none", "{}")).statusCode(), "it serves");
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }
}
