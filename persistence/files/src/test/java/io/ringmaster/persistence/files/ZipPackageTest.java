package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeRefusedException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

class ZipPackageTest {

  private static Map<String, PackageTree.Node> read(byte[] zip) throws CodeRefusedException {
    return ZipPackage.read(zip).seal();
  }

  private static CodeRefusedException refusal(byte[] zip) {
    return assertThrows(
        CodeRefusedException.class,
        () -> {
          for (PackageTree.Node node : read(zip).values()) {
            if (node instanceof PackageTree.File file) {
              file.content().writeTo(OutputStream.nullOutputStream());
            }
          }
        });
  }

  private static void assertUnreadable(byte[] zip, String detail) {
    CodeRefusedException refusal = refusal(zip);
    assertEquals(Reason.UNREADABLE, refusal.reason(), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(detail), refusal.getMessage());
  }

  private static String text(PackageTree.Node node) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertInstanceOf(PackageTree.File.class, node).content().writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void readsFilesFoldersLinksAndModes() throws Exception {
    Map<String, PackageTree.Node> nodes =
        read(
            new Zips()
                .add("app.py", Zips.FILE, "print(1)")
                .add("bin/", 040755, "")
                .add("bin/tool", 0104755, "#!/bin/sh\n")
                .add("lib/deep/er.py", 0, "x")
                .add("lib/link", Zips.LINK, "deep/er.py")
                .add("./dot/./a", Zips.FILE, "a")
                .bytes());
    assertEquals(
        List.of(
            "app.py",
            "bin",
            "bin/tool",
            "dot",
            "dot/a",
            "lib",
            "lib/deep",
            "lib/deep/er.py",
            "lib/link"),
        List.copyOf(nodes.keySet()));
    assertEquals("print(1)", text(nodes.get("app.py")));
    assertFalse(((PackageTree.File) nodes.get("app.py")).executable());
    assertTrue(((PackageTree.File) nodes.get("bin/tool")).executable());
    assertFalse(((PackageTree.File) nodes.get("lib/deep/er.py")).executable());
    assertEquals(new PackageTree.Link("deep/er.py"), nodes.get("lib/link"));
  }

  @Test
  void readsStoredZip64CommentedAndPrefixedArchives() throws Exception {
    byte[] content = "stored".getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "stored", text(read(new Zips().add("a", 0, content, ZipEntry.STORED).bytes()).get("a")));
    assertEquals("big", text(read(new Zips().zip64().add("a", 0, "big").bytes()).get("a")));
    assertEquals(
        "c", text(read(new Zips().comment("a comment").add("a", 0, "c").bytes()).get("a")));
    byte[] zip = new Zips().add("a", 0, "prefixed").bytes();
    byte[] prefixed = new byte[zip.length + 100];
    System.arraycopy(zip, 0, prefixed, 100, zip.length);
    assertEquals("prefixed", text(read(prefixed).get("a")));
  }

  @Test
  void readsNamesInUtf8AndInCodePage437() throws Exception {
    assertTrue(read(new Zips().add("ünïcode/文.py", 0, "x").bytes()).containsKey("ünïcode/文.py"));
    assertTrue(
        read(new Zips().encoding("IBM437").add("über.py", 0, "x").bytes()).containsKey("über.py"));
    byte[] lying = new Zips().encoding("IBM437").add("über.py", 0, "x").bytes();
    int central = indexOf(lying, 0x02014b50);
    lying[central + 9] |= 8;
    assertUnreadable(lying, "UTF-8");
  }

  @Test
  void refusesPathsThatLeadOut() {
    for (String path :
        new String[] {"../x", "a/../../x", "a/..", "..", "/etc/passwd", "//x", "a/../b"}) {
      // The writer would clean some of these up: a name of the same length is replaced afterwards.
      String harmless = "n".repeat(path.length());
      byte[] zip = replace(new Zips().add(harmless, Zips.FILE, "x").bytes(), harmless, path);
      assertUnreadable(zip, path.startsWith("/") ? "impossible path" : "leads out");
    }
    byte[] nul = replace(new Zips().add("nnn", 0, "x").bytes(), "nnn", "a\0b");
    assertUnreadable(nul, "impossible path");
  }

  @Test
  void refusesDuplicatesAndConflicts() {
    assertUnreadable(new Zips().add("a", 0, "1").add("a", 0, "2").bytes(), "twice");
    assertUnreadable(new Zips().add("a", 0, "1").add("./a", 0, "2").bytes(), "twice");
    assertUnreadable(new Zips().add("a", 0, "1").add("a/b", 0, "2").bytes(), "something else");
    assertUnreadable(new Zips().add("a/b", 0, "1").add("a", 0, "2").bytes(), "twice");
    assertUnreadable(
        new Zips().add("a", Zips.LINK, "/tmp").add("a/b", 0, "2").bytes(), "something else");
  }

  @Test
  void refusesLinksThatLeadOut() {
    for (String target : new String[] {"/etc/passwd", "..", "../x", "d/../../x", "d/up/.."}) {
      byte[] zip =
          new Zips()
              .add("d/f", 0, "x")
              .add("d/up", Zips.LINK, "..")
              .add("l", Zips.LINK, target)
              .bytes();
      assertUnreadable(zip, target.startsWith("/") ? "absolute" : "leads out");
    }
    assertUnreadable(
        new Zips()
            .add("a/b/c/up", Zips.LINK, "../../..")
            .add("a/b/c/out", Zips.LINK, "up/..")
            .add("f", 0, "x")
            .bytes(),
        "out");
    assertUnreadable(new Zips().add("f", 0, "x").add("l", Zips.LINK, "").bytes(), "target");
  }

  @Test
  void allowsLinksThatStayInsideDangleOrLoop() throws Exception {
    Map<String, PackageTree.Node> nodes =
        read(
            new Zips()
                .add("f", 0, "x")
                .add("a/b/up", Zips.LINK, "../..")
                .add("a/in", Zips.LINK, "b/up/f")
                .add("gone", Zips.LINK, "nowhere/at/all")
                .add("loop", Zips.LINK, "loop")
                .bytes());
    assertEquals(new PackageTree.Link("loop"), nodes.get("loop"));
    assertEquals(new PackageTree.Link("b/up/f"), nodes.get("a/in"));
  }

  @Test
  void refusesTangledLinks() {
    Zips zip = new Zips().add("f", 0, "x").add("d/x", 0, "x");
    String around = "d/../".repeat(400);
    for (int i = 0; i < 300; i++) {
      zip.add("l" + i, Zips.LINK, around + (i == 0 ? "f" : "l" + (i - 1)));
    }
    assertUnreadable(zip.bytes(), "entangled");
  }

  @Test
  void refusesSpecialFilesAndFoldersWithContent() {
    assertUnreadable(new Zips().add("dev", 0020666, "").bytes(), "neither");
    assertUnreadable(new Zips().add("fifo", 0010666, "").bytes(), "neither");
    assertUnreadable(new Zips().add("d", 0040755, "content").bytes(), "content");
  }

  @Test
  void refusesWhatIsNoArchive() {
    assertUnreadable(new byte[] {1, 2, 3}, "no end record");
    assertUnreadable(
        "not a zip, though longer than an end record".getBytes(StandardCharsets.UTF_8),
        "no end record");
    byte[] zip = new Zips().add("a", 0, "x").bytes();
    assertUnreadable(java.util.Arrays.copyOf(zip, zip.length - 1), "no end record");
  }

  @Test
  void refusesAnEmptyArchive() {
    assertEquals(Reason.EMPTY, refusal(new Zips().bytes()).reason());
    assertEquals(Reason.EMPTY, refusal(new Zips().add("d/", 040755, "").bytes()).reason());
  }

  @Test
  void refusesMoreThan250Megabytes() {
    byte[] zip = new Zips().add("big", 0, new byte[1_000_000], ZipEntry.DEFLATED).bytes();
    int central = indexOf(zip, 0x02014b50);
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(central + 24, 1_000_000_000);
    assertUnreadable(zip, "cannot have the size");

    Zips many = new Zips();
    for (int i = 0; i < 300; i++) {
      many.add("f" + i, 0, new byte[900_000], ZipEntry.DEFLATED);
    }
    assertEquals(Reason.UNZIPPED_TOO_LARGE, refusal(many.bytes()).reason());
  }

  @Test
  void refusesLyingSizesChecksumsMethodsAndEncryption() {
    byte[] zip = new Zips().add("a", 0, "hello hello hello hello hello").bytes();
    int central = indexOf(zip, 0x02014b50);
    assertUnreadable(patched(zip, central + 24, 28), "longer than it declares");
    assertUnreadable(patched(zip, central + 24, 30), "another size");
    assertUnreadable(patched(zip, central + 16, 12345), "checksum");
    assertUnreadable(patched(zip, central + 10, 12), "method");
    assertUnreadable(patched(zip, central + 8, 1), "encrypted");
    assertUnreadable(patched(zip, central + 42, 1 << 20), "outside");
    byte[] damaged = zip.clone();
    damaged[31] ^= 0x7;
    assertUnreadable(damaged, "damaged");
  }

  @Test
  void refusesALocalHeaderThatDisagrees() {
    byte[] zip = new Zips().add("abc", 0, "x").bytes();
    byte[] renamed = zip.clone();
    renamed[30] = 'z';
    assertUnreadable(renamed, "another name");
  }

  @Test
  void refusesLongNamesAndTooManyEntries() {
    assertUnreadable(
        new Zips().add("n".repeat(256), 0, "x").bytes(), "a name of more than 255 bytes");
    assertUnreadable(
        new Zips().add("n/".repeat(1100) + "f", 0, "x").bytes(), "a path of more than 2048 bytes");
    Zips deep = new Zips();
    for (int i = 0; i < 300; i++) {
      deep.add(i + "/a".repeat(1000) + "/f", 0, "x");
    }
    assertUnreadable(deep.bytes(), "more than 200000 entries");
  }

  @Test
  void givesBackEveryByte() throws Exception {
    byte[] content = new byte[300_000];
    new java.util.Random(1).nextBytes(content);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PackageTree.File file =
        (PackageTree.File)
            read(new Zips().add("r", 0, content, ZipEntry.DEFLATED).bytes()).get("r");
    file.content().writeTo(out);
    assertArrayEquals(content, out.toByteArray());
  }

  private static byte[] patched(byte[] zip, int at, int value) {
    byte[] copy = zip.clone();
    ByteBuffer buffer = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    if (value < 256 && at < copy.length - 60 && (buffer.getShort(at) & 0xFFFF) == 8) {
      buffer.putShort(at, (short) value);
    } else if (value == 1) {
      buffer.putShort(at, (short) 1);
    } else {
      buffer.putInt(at, value);
    }
    return copy;
  }

  private static int indexOf(byte[] zip, int signature) {
    ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < zip.length - 4; at++) {
      if (buffer.getInt(at) == signature) {
        return at;
      }
    }
    throw new AssertionError("no such record");
  }

  private static byte[] replace(byte[] zip, String from, String to) {
    String text = new String(zip, StandardCharsets.ISO_8859_1);
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }
}
