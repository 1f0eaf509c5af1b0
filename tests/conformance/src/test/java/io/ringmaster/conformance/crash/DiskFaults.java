package io.ringmaster.conformance.crash;

import io.ringmaster.conformance.crash.Api.Answer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** What happens to a server's disk, and what must not happen to what it acknowledged. */
enum DiskFaults {
  /** Nothing more can be written for a while. */
  FULL {
    @Override
    void run(FaultyDisk disk) throws IOException {
      disk.startNew();
      disk.expect("it is described", disk.describe("before") == null);
      disk.sendSlowly(100);
      Path filler = disk.image().root().resolve("filler");
      fill(filler);
      disk.await("events are refused", () -> !disk.send(Map.of("n", 0, "padding", PADDING)));
      disk.expect("it is said: " + disk.degraded(), disk.degraded().contains("No space left"));
      disk.serves();
      boolean described = changed(disk, "while it is full");
      Answer upload = upload(disk);
      if (!upload.done()) {
        disk.refusal("an upload", upload);
      }
      Files.delete(filler);
      disk.await("events are accepted again", () -> disk.send(Map.of("n", 1)));
      disk.expect("nothing is said any more", disk.degraded().isEmpty());
      disk.verify();
      disk.kill();
      disk.start();
      disk.expect(
          "it is described as it was acknowledged: " + disk.description(),
          disk.description().equals(described ? "while it is full" : "before"));
      disk.verify();
    }
  },

  /** Whatever touches the disk fails, until the machine starts again. */
  BROKEN {
    @Override
    void run(FaultyDisk disk) throws IOException {
      disk.startNew();
      disk.expect("it is described", disk.describe("before") == null);
      disk.sendSlowly(200);
      // An environment that begins after the cut cannot read its code.
      disk.await("all environments are there", () -> disk.ran() >= ServerProcess.ENVIRONMENTS);
      disk.image().cut();
      disk.await("events are refused", () -> !disk.send(Map.of("n", 0, "padding", PADDING)));
      disk.expect("it is said: " + disk.degraded(), !disk.degraded().isEmpty());
      disk.serves();
      boolean described = changed(disk, "behind");
      disk.expect("a change is refused", !described);
      disk.kill();
      disk.expect("the power was cut", disk.image().remount());
      disk.start();
      disk.expect("it is described as before", disk.description().equals("before"));
      disk.verify();
    }
  },

  /** The folder cannot be written when the server starts. */
  READ_ONLY {
    @Override
    void run(FaultyDisk disk) throws IOException {
      disk.startNew();
      disk.sendSlowly(100);
      disk.kill();
      disk.image().readOnly(true);
      String told = "";
      try {
        disk.start();
      } catch (IllegalStateException refused) {
        told = refused.getMessage();
      }
      disk.expect("it does not start: " + told, told.startsWith("the server ended with 1"));
      disk.expect("it says why", disk.log().contains("Read-only file system"));
      disk.image().readOnly(false);
      disk.start();
      disk.verify();
    }
  },

  /** A byte of an event that was not run has changed when the server starts. */
  DAMAGED {
    @Override
    void run(FaultyDisk disk) throws IOException {
      disk.startNew();
      disk.sendSlowly(300);
      disk.send(Map.of("mark", MARK));
      disk.sendSlowly(50);
      disk.kill();
      disk.expect("the event is found and changed", change(disk.data().resolve("journal")));
      disk.start();
      disk.await("all others run", () -> disk.inFlight() <= 1);
      disk.expect("the changed one does not run", disk.inFlight() == 1);
      disk.expect("it is told", disk.log().contains("the bytes of an event are lost"));
      disk.serves();
    }
  };

  private static final String MARK = "the-one-that-is-changed";
  private static final String PADDING = "x".repeat(100_000);
  private static final int UPLOAD_BYTES = 3_000_000;

  abstract void run(FaultyDisk disk) throws IOException;

  /** Writes until nothing can be written. */
  private static void fill(Path filler) throws IOException {
    Files.createFile(filler);
    int bytes = 1 << 20;
    while (bytes >= 512) {
      try {
        Files.write(filler, new byte[bytes], StandardOpenOption.APPEND);
      } catch (FileSystemException noRoom) {
        throw noRoom;
      } catch (IOException full) {
        bytes /= 2; // a smaller piece may still find room
      }
    }
  }

  /** Changes the description; whether it is done. What is refused must be so clearly. */
  private static boolean changed(FaultyDisk disk, String description) throws IOException {
    Answer refusal = disk.describe(description);
    if (refusal != null) {
      disk.refusal("a change", refusal);
    }
    return refusal == null;
  }

  private static Answer upload(FaultyDisk disk) throws IOException {
    byte[] noise = new byte[UPLOAD_BYTES];
    new Random(1).nextBytes(noise);
    byte[] source = "def handler(event, context): pass".getBytes(StandardCharsets.UTF_8);
    byte[] zip = Upload.zip(Map.of("app.py", source, "noise", noise));
    Map<String, Object> body = Map.of("ZipFile", Base64.getEncoder().encodeToString(zip));
    return disk.api().function("PUT", EventKind.BROKEN.function(), "/code", body);
  }

  /** Changes a byte of the marked event, wherever it lies. */
  private static boolean change(Path journal) throws IOException {
    boolean changed = false;
    try (Stream<Path> files = Files.walk(journal)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".cq4")).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        for (int at = content.indexOf(MARK); at >= 0; at = content.indexOf(MARK, at + 1)) {
          try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(at);
            out.write('T');
          }
          changed = true;
        }
      }
    }
    return changed;
  }
}
