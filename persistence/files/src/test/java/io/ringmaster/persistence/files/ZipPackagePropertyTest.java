package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.CodeRefusedException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ZipPackagePropertyTest {
  record Member(String path, boolean executable, byte[] content, boolean stored) {}

  @Property(tries = 300)
  void whatIsWrittenIsRead(@ForAll("packages") List<Member> members) throws Exception {
    Map<String, String> wanted = new TreeMap<>();
    Zips zip = new Zips();
    for (Member member : members) {
      String path = member.path() + ".f" + wanted.size();
      zip.add(path, member.executable() ? 0100755 : 0100600, member.content(), method(member));
      wanted.put(path, member.executable() + HexFormat.of().formatHex(member.content()));
    }
    Map<String, String> read = new TreeMap<>();
    for (var entry : ZipPackage.read(zip.bytes()).seal().entrySet()) {
      if (entry.getValue() instanceof PackageTree.File file) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        file.content().writeTo(out);
        assertEquals(file.sizeBytes(), out.size());
        read.put(entry.getKey(), file.executable() + HexFormat.of().formatHex(out.toByteArray()));
      }
    }
    assertEquals(wanted, read);
  }

  @Property(tries = 3000)
  void damagedArchivesAreReadOrRefusedAndNeverLeadOut(
      @ForAll("packages") List<Member> members, @ForAll("damages") List<int[]> damages)
      throws Exception {
    Zips zip = new Zips();
    List<String> paths = new ArrayList<>();
    for (Member member : members) {
      paths.add(member.path() + ".f" + paths.size());
      zip.add(paths.getLast(), 0100644, member.content(), method(member));
    }
    zip.add("link", Zips.LINK, paths.getFirst());
    byte[] bytes = zip.bytes();
    for (int[] damage : damages) {
      bytes[Math.floorMod(damage[0], bytes.length)] = (byte) damage[1];
    }
    assertReadOrRefused(bytes);
  }

  @Property(tries = 2000)
  void anyBytesAreReadOrRefused(@ForAll("pieces") byte[] bytes) throws Exception {
    assertReadOrRefused(bytes);
  }

  private static void assertReadOrRefused(byte[] bytes) throws Exception {
    Map<String, PackageTree.Node> nodes;
    try {
      nodes = ZipPackage.read(bytes).seal();
      for (PackageTree.Node node : nodes.values()) {
        if (node instanceof PackageTree.File file) {
          file.content().writeTo(new Counted(file.sizeBytes()));
        }
      }
    } catch (CodeRefusedException refused) {
      assertFalse(refused.getMessage().isEmpty());
      return;
    }
    for (var entry : nodes.entrySet()) {
      for (String part : entry.getKey().split("/")) {
        assertFalse(part.isEmpty() || part.equals(".") || part.equals(".."), entry.getKey());
      }
      assertFalse(entry.getKey().startsWith("/"), entry.getKey());
      int slash = entry.getKey().lastIndexOf('/');
      if (slash > 0) {
        assertTrue(
            nodes.get(entry.getKey().substring(0, slash)) instanceof PackageTree.Folder,
            entry.getKey());
      }
    }
  }

  private static int method(Member member) {
    return member.stored() ? ZipEntry.STORED : ZipEntry.DEFLATED;
  }

  @Provide
  Arbitrary<List<Member>> packages() {
    Arbitrary<String> part =
        Arbitraries.strings().withChars("abé文 .-").ofMinLength(1).ofMaxLength(6).map(s -> "p" + s);
    Arbitrary<String> path =
        part.list().ofMinSize(1).ofMaxSize(4).map(parts -> String.join("/", parts));
    Arbitrary<byte[]> content =
        Arbitraries.oneOf(
            Arbitraries.bytes().array(byte[].class).ofMaxSize(300),
            Arbitraries.integers().between(0, 100_000).map(byte[]::new));
    return Combinators.combine(
            path, Arbitraries.of(true, false), content, Arbitraries.of(true, false))
        .as(Member::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<int[]>> damages() {
    return Combinators.combine(Arbitraries.integers(), Arbitraries.integers().between(0, 255))
        .as((at, value) -> new int[] {at, value})
        .list()
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  @Provide
  Arbitrary<byte[]> pieces() {
    Arbitrary<byte[]> piece =
        Arbitraries.oneOf(
            Arbitraries.of(
                    "504b0304",
                    "504b0102",
                    "504b0506",
                    "504b0606",
                    "504b0607",
                    "00000000",
                    "ffffffff",
                    "0100",
                    "2e2e2f")
                .map(HexFormat.of()::parseHex),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(12),
            Arbitraries.integers().between(0, 40).map(byte[]::new));
    return piece
        .list()
        .ofMaxSize(20)
        .map(
            pieces -> {
              ByteArrayOutputStream out = new ByteArrayOutputStream();
              pieces.forEach(out::writeBytes);
              out.writeBytes(new byte[] {0, 0});
              return out.toByteArray();
            });
  }

  /** Fails when more is written than was declared. */
  private static final class Counted extends OutputStream {
    private long left;

    Counted(long most) {
      left = most;
    }

    @Override
    public void write(int value) {
      left--;
      assertTrue(left >= 0);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      left -= length;
      assertTrue(left >= 0);
    }
  }
}
