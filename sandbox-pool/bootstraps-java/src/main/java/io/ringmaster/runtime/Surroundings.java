package io.ringmaster.runtime;

import java.io.File;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Gives a running JVM the environment variables and the working directory of its function. Java has
 * no way to: it reads both once. So the JVM's own copies are changed, by reflection, and from Java
 * 22 on the process's directory too, by calls of the C library. What C code reads with {@code
 * getenv} stays as it was before the binding.
 */
final class Surroundings {
  private final Map<Object, Object> variables;
  private final Constructor<?> newVariable;
  private final Constructor<?> newValue;
  private final MethodHandle changeDirectory;

  /** Looks everything up; before the binding, so that the binding need not. */
  Surroundings() throws ReflectiveOperationException {
    Field field = open(Class.forName("java.lang.ProcessEnvironment"), "theEnvironment");
    @SuppressWarnings("unchecked") // from name to value, each a class of the JVM's own
    Map<Object, Object> map = (Map<Object, Object>) field.get(null);
    variables = map;
    newVariable = constructor("java.lang.ProcessEnvironment$Variable");
    newValue = constructor("java.lang.ProcessEnvironment$Value");
    changeDirectory = Runtime.version().feature() >= 22 ? linkChangeDirectory() : null;
  }

  private static Constructor<?> constructor(String type) throws ReflectiveOperationException {
    Constructor<?> constructor =
        Class.forName(type).getDeclaredConstructor(String.class, byte[].class);
    constructor.setAccessible(true);
    return constructor;
  }

  private static Field open(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /**
   * {@code int chdir(const char *)}: {@code java.lang.foreign} by reflection, as this program is
   * compiled for Java 17.
   */
  private static MethodHandle linkChangeDirectory() throws ReflectiveOperationException {
    String foreign = "java.lang.foreign.";
    Class<?> layout = Class.forName(foreign + "MemoryLayout");
    Class<?> values = Class.forName(foreign + "ValueLayout");
    Class<?> descriptor = Class.forName(foreign + "FunctionDescriptor");
    Class<?> linkers = Class.forName(foreign + "Linker");
    Class<?> segment = Class.forName(foreign + "MemorySegment");
    Class<?> option = Class.forName(foreign + "Linker$Option");
    Object linker = linkers.getMethod("nativeLinker").invoke(null);
    Object lookup = linkers.getMethod("defaultLookup").invoke(linker);
    Object symbol =
        ((Optional<?>)
                Class.forName(foreign + "SymbolLookup")
                    .getMethod("find", String.class)
                    .invoke(lookup, "chdir"))
            .orElseThrow();
    Object arguments = java.lang.reflect.Array.newInstance(layout, 1);
    java.lang.reflect.Array.set(arguments, 0, values.getField("ADDRESS").get(null));
    Method of = descriptor.getMethod("of", layout, arguments.getClass());
    Object signature = of.invoke(null, values.getField("JAVA_INT").get(null), arguments);
    Object options = java.lang.reflect.Array.newInstance(option, 0);
    MethodHandle call =
        (MethodHandle)
            linkers
                .getMethod("downcallHandle", segment, descriptor, options.getClass())
                .invoke(linker, symbol, signature, options);
    return call.asType(MethodType.methodType(int.class, Object.class));
  }

  /** All variables, and no others. */
  void setVariables(Map<String, String> environment) throws ReflectiveOperationException {
    Map<String, String> all = new TreeMap<>(environment); // which may be a view of what is cleared
    variables.clear();
    for (Map.Entry<String, String> variable : all.entrySet()) {
      variables.put(
          instance(newVariable, variable.getKey()), instance(newValue, variable.getValue()));
    }
  }

  private static Object instance(Constructor<?> constructor, String text)
      throws ReflectiveOperationException {
    return constructor.newInstance(text, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Makes the folder the working directory. Before Java 22 that is so for {@code java.nio.file},
   * {@code File.getAbsolutePath} and the property {@code user.dir}; {@code java.io} opens relative
   * names where the process was started.
   */
  void enter(Path folder) throws ReflectiveOperationException {
    String name = folder.toString();
    System.setProperty("user.dir", name);
    Field files = open(File.class, Runtime.version().feature() >= 21 ? "FS" : "fs");
    Object fileSystem = files.get(null);
    open(fileSystem.getClass(), "userDir").set(fileSystem, name);
    FileSystem paths = FileSystems.getDefault();
    Class<?> type = paths.getClass();
    while (!type.getSimpleName().equals("UnixFileSystem")) {
      type = type.getSuperclass();
    }
    open(type, "defaultDirectory").set(paths, name.getBytes(StandardCharsets.UTF_8));
    open(type, "needToResolveAgainstDefaultDirectory").setBoolean(paths, true);
    if (changeDirectory != null) {
      callChangeDirectory(name);
    }
  }

  private void callChangeDirectory(String name) throws ReflectiveOperationException {
    Class<?> arenas = Class.forName("java.lang.foreign.Arena");
    Object arena = arenas.getMethod("ofAuto").invoke(null);
    Object text = arenas.getMethod("allocateFrom", String.class).invoke(arena, name);
    int result;
    try {
      result = (int) changeDirectory.invokeExact(text);
    } catch (Throwable e) {
      throw new ReflectiveOperationException("chdir", e);
    }
    if (result != 0) {
      throw new IllegalStateException("cannot enter " + name);
    }
  }
}
