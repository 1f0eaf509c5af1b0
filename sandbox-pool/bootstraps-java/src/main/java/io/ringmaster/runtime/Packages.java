package io.ringmaster.runtime;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The class path of a function: its folder, the jars in its {@code lib}, the jars in {@code
 * java/lib} of its layers, by name. This program's own class path comes first, as on Lambda: what
 * AWS's interfaces are is the runtime's to say, not the package's.
 */
final class Packages {
  private Packages() {}

  /**
   * A loader of the function's classes.
   *
   * @param layers the merged content of the layers, {@code /opt} on Lambda; null without
   */
  static URLClassLoader loader(Path code, Path layers) throws IOException {
    List<URL> urls = new ArrayList<>();
    urls.add(url(code + "/"));
    addJars(code.resolve("lib"), urls);
    if (layers != null) {
      addJars(layers.resolve("java/lib"), urls);
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getSystemClassLoader());
  }

  private static void addJars(Path folder, List<URL> urls) throws MalformedURLException {
    String[] names = new File(folder.toString()).list((parent, name) -> name.endsWith(".jar"));
    if (names != null) {
      Arrays.sort(names);
      for (String name : names) {
        urls.add(url(folder + "/" + name));
      }
    }
  }

  /** A path that ends in a slash is a folder of classes. */
  private static URL url(String path) throws MalformedURLException {
    URL url = new File(path).toURI().toURL();
    return path.endsWith("/") && !url.getPath().endsWith("/")
        ? new URL("file", null, url.getPath() + "/")
        : url;
  }
}
