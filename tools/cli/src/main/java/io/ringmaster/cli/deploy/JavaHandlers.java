package io.ringmaster.cli.deploy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Handlers in Java: classes that implement AWS's handler interfaces, directly or by a class or
 * interface of the package. Class files are read, nothing is loaded.
 */
final class JavaHandlers {
  private static final String AWS = "com/amazonaws/services/lambda/runtime/";
  private static final Set<String> INTERFACES =
      Set.of(AWS + "RequestHandler", AWS + "RequestStreamHandler");
  private static final int JAVA_17 = 61;
  private static final int JAVA_21 = 65;
  private static final int CLASS_MAX = 1 << 20;

  /** A class as far as it matters here. */
  private record Known(Set<String> supertypes, boolean concrete, int version, String path) {}

  private JavaHandlers() {}

  static void find(SortedMap<String, byte[]> files, List<HandlerGuess> found) {
    Map<String, Known> classes = new HashMap<>();
    files.forEach(
        (path, content) -> {
          if (path.endsWith(".class")) {
            read(path, content, classes);
          } else if (path.endsWith(".jar")) {
            jar(path, content, classes);
          }
        });
    TreeSet<String> names = new TreeSet<>(classes.keySet());
    for (String name : names) {
      Known known = classes.get(name);
      if (known.concrete && handles(name, classes, new TreeSet<>())) {
        found.add(
            new HandlerGuess(
                runtime(known.version),
                name.replace('/', '.') + "::handleRequest",
                known.path + " implements a handler's interface"));
      }
    }
  }

  private static String runtime(int version) {
    if (version <= JAVA_17) {
      return "java17";
    }
    return version <= JAVA_21 ? "java21" : "java25";
  }

  private static void jar(String path, byte[] content, Map<String, Known> classes) {
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(content))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.getName().endsWith(".class")) {
          read(path + " " + entry.getName(), in.readNBytes(CLASS_MAX), classes);
        }
      }
    } catch (IOException notAnArchive) {
      System.err.println("ringmaster deploy: " + path + " is not looked into: " + notAnArchive);
    }
  }

  private static void read(String path, byte[] content, Map<String, Known> classes) {
    ClassModel model;
    try {
      model = ClassFile.of().parse(content);
      Set<String> supertypes = new TreeSet<>();
      model.interfaces().stream().map(ClassEntry::asInternalName).forEach(supertypes::add);
      model.superclass().map(ClassEntry::asInternalName).ifPresent(supertypes::add);
      AccessFlags flags = model.flags();
      boolean concrete =
          flags.has(AccessFlag.PUBLIC)
              && !flags.has(AccessFlag.ABSTRACT)
              && !flags.has(AccessFlag.INTERFACE);
      classes.put(
          model.thisClass().asInternalName(),
          new Known(supertypes, concrete, model.majorVersion(), path));
    } catch (IllegalArgumentException notAClass) {
      System.err.println("ringmaster deploy: " + path + " is not looked into: " + notAClass);
    }
  }

  private static boolean handles(String name, Map<String, Known> classes, Set<String> seen) {
    if (INTERFACES.contains(name)) {
      return true;
    }
    Known known = classes.get(name);
    return known != null
        && !name.startsWith("com/amazonaws/")
        && seen.add(name)
        && known.supertypes.stream().anyMatch(type -> handles(type, classes, seen));
  }
}
