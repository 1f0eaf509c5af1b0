package io.ringmaster.persistence.files;

import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeRefusedException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The content of a deployment package before anything of it is written. Adding refuses what may not
 * be: paths that lead out, duplicates, files where folders are, links that escape, too many
 * entries, too many bytes. Not safe for use by several threads.
 */
final class PackageTree {
  static final int ENTRIES_MAX = 200_000;
  static final int PATH_BYTES_MAX = 2048;
  static final int COMPONENT_BYTES_MAX = 255;
  static final long BYTES_LIMIT = 262_144_000;
  private static final int LINK_STEPS_MAX = 200_000;
  private static final int LINK_HOPS_MAX = 40;

  /** Paths from "folder/" to this are those in the folder. */
  private static final char FOLLOWS_SLASH = '/' + 1;

  /** Bytes of one file. */
  interface Content {
    /** Writes all of them; never more than the size that was declared. */
    void writeTo(OutputStream out) throws CodeRefusedException, IOException;
  }

  sealed interface Node {}

  record Folder() implements Node {}

  record File(boolean executable, long sizeBytes, Content content) implements Node {}

  record Link(String target) implements Node {}

  private final NavigableMap<String, Node> nodes = new TreeMap<>();
  private long totalBytes;
  private boolean anyFile;

  void addFolder(String path) throws CodeRefusedException {
    List<String> parts = components(path);
    if (!parts.isEmpty()) {
      ensureFolders(parts, parts.size());
    }
  }

  void addFile(String path, boolean executable, long sizeBytes, Content content)
      throws CodeRefusedException {
    anyFile = true;
    totalBytes += sizeBytes;
    if (totalBytes >= BYTES_LIMIT) {
      throw new CodeRefusedException(
          Reason.UNZIPPED_TOO_LARGE, "content of " + totalBytes + " bytes or more");
    }
    add(path, new File(executable, sizeBytes, content));
  }

  void addLink(String path, String target) throws CodeRefusedException {
    if (target.isEmpty() || target.length() > PATH_BYTES_MAX || target.indexOf('\0') >= 0) {
      throw refused("the link " + quoted(path) + " has an impossible target");
    }
    add(path, new Link(target));
  }

  /**
   * Puts another tree over this one: what has the same path there replaces what is here, a folder
   * with all that is in it; but folders are united.
   *
   * @param later not changed
   */
  void overlay(PackageTree later) throws CodeRefusedException {
    anyFile |= later.anyFile;
    totalBytes += later.totalBytes;
    if (totalBytes >= BYTES_LIMIT) {
      throw new CodeRefusedException(
          Reason.LAYERS_TOO_LARGE, "layers of " + totalBytes + " bytes or more");
    }
    for (Map.Entry<String, Node> entry : later.nodes.entrySet()) {
      String path = entry.getKey();
      if (nodes.get(path) instanceof Folder) {
        if (entry.getValue() instanceof Folder) {
          continue;
        }
        nodes.subMap(path + "/", path + FOLLOWS_SLASH).clear();
      }
      nodes.put(path, entry.getValue());
    }
    checkCount();
  }

  /**
   * Checks what can be checked only when all is there, and gives the nodes, each folder before its
   * content.
   */
  NavigableMap<String, Node> seal() throws CodeRefusedException {
    if (!anyFile) {
      throw new CodeRefusedException(Reason.EMPTY, "no file");
    }
    int stepsLeft = LINK_STEPS_MAX;
    for (var entry : nodes.entrySet()) {
      if (entry.getValue() instanceof Link link) {
        stepsLeft = follow(entry.getKey(), link, stepsLeft);
      }
    }
    return Collections.unmodifiableNavigableMap(nodes);
  }

  long totalBytes() {
    return totalBytes;
  }

  private void add(String path, Node node) throws CodeRefusedException {
    List<String> parts = components(path);
    if (parts.isEmpty() || path.endsWith("/")) {
      throw refused("a file is named " + quoted(path));
    }
    ensureFolders(parts, parts.size() - 1);
    if (nodes.putIfAbsent(String.join("/", parts), node) != null) {
      throw refused(quoted(path) + " is there twice");
    }
    checkCount();
  }

  private void ensureFolders(List<String> parts, int count) throws CodeRefusedException {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < count; i++) {
      path.append(i == 0 ? "" : "/").append(parts.get(i));
      Node there = nodes.putIfAbsent(path.toString(), new Folder());
      if (there == null) {
        checkCount();
      } else if (!(there instanceof Folder)) {
        throw refused(quoted(path.toString()) + " is a folder and something else");
      }
    }
  }

  private void checkCount() throws CodeRefusedException {
    if (nodes.size() > ENTRIES_MAX) {
      throw refused("more than " + ENTRIES_MAX + " entries");
    }
  }

  /**
   * The path's components without empty ones and {@code .}; refuses what is absolute or has {@code
   * ..}.
   */
  private static List<String> components(String path) throws CodeRefusedException {
    if (path.isEmpty() || path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw refused("an impossible path: " + quoted(path));
    }
    if (path.length() > PATH_BYTES_MAX || bytes(path) > PATH_BYTES_MAX) {
      throw refused("a path of more than " + PATH_BYTES_MAX + " bytes");
    }
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        throw refused("a path that leads out: " + quoted(path));
      }
      if (bytes(part) > COMPONENT_BYTES_MAX) {
        throw refused("a name of more than " + COMPONENT_BYTES_MAX + " bytes");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts;
  }

  /**
   * Follows a link as the kernel would, through other links too, and refuses it if it ever leaves
   * the package.
   */
  private int follow(String path, Link link, int stepsLeft) throws CodeRefusedException {
    List<String> at = new ArrayList<>(Arrays.asList(path.split("/")));
    at.removeLast();
    Deque<String> ahead = new ArrayDeque<>();
    int hops = 0;
    int steps = stepsLeft - enter(path, link, ahead);
    while (!ahead.isEmpty()) {
      if (--steps < 0) {
        throw refused("links that are too much entangled");
      }
      String part = ahead.pop();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        if (at.isEmpty()) {
          throw refused("the link " + quoted(path) + " leads out");
        }
        at.removeLast();
        continue;
      }
      at.add(part);
      Node node = nodes.get(String.join("/", at));
      if (node instanceof Link next) {
        if (++hops > LINK_HOPS_MAX) {
          return steps;
        }
        at.removeLast();
        steps -= enter(path, next, ahead);
      } else if (!(node instanceof Folder)) {
        return steps;
      }
    }
    return steps;
  }

  private static int enter(String path, Link link, Deque<String> ahead)
      throws CodeRefusedException {
    if (link.target().startsWith("/")) {
      throw refused("the link " + quoted(path) + " is absolute");
    }
    String[] parts = link.target().split("/");
    for (int i = parts.length - 1; i >= 0; i--) {
      ahead.push(parts[i]);
    }
    return parts.length;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  static CodeRefusedException refused(String detail) {
    return new CodeRefusedException(Reason.UNREADABLE, detail);
  }

  /** Hostile text for a log: short, and without control characters. */
  static String quoted(String text) {
    String shown = text.length() > 100 ? text.substring(0, 100) + "…" : text;
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
