package io.ringmaster.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Loads dispatcher and simulator anew, with one bug in the dispatcher. */
final class MutantLoader extends ClassLoader {
  private final List<Mutation> mutations;

  MutantLoader(Mutation... mutations) {
    super(MutantLoader.class.getClassLoader());
    this.mutations = List.of(mutations);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      if (!name.startsWith("io.ringmaster.core.")
          && !name.startsWith("io.ringmaster.simulation.")) {
        return super.loadClass(name, resolve);
      }
      byte[] bytes = read(name);
      for (Mutation mutation : mutations) {
        if (name.equals(mutation.className())) {
          bytes = mutation.apply(bytes, getParent());
        }
      }
      return defineClass(name, bytes, 0, bytes.length);
    }
  }

  private byte[] read(String name) throws ClassNotFoundException {
    try (InputStream in =
        getParent().getResourceAsStream(name.replace('.', '/').concat(".class"))) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
