package io.ringmaster.core.registry;

import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeRefusedException.Reason;
import io.ringmaster.persistence.spi.CodeStore;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A code store in memory that keeps account of references. The bytes of a zip are its key. */
final class CountingCodeStore implements CodeStore {
  final Map<String, Integer> references = new HashMap<>();
  final Map<Path, Set<String>> copies = new HashMap<>();
  boolean leftoversForgotten;
  Reason refusal;
  IOException failure;

  /** Runs while a size is looked at. */
  volatile Runnable whileLooking = () -> {};

  @Override
  public synchronized StoredCode putZip(byte[] zip) throws CodeRefusedException, IOException {
    if (refusal != null) {
      throw new CodeRefusedException(refusal, "as the test wants it");
    }
    if (failure != null) {
      throw failure;
    }
    String key = new String(zip, StandardCharsets.UTF_8);
    references.merge(key, 1, Integer::sum);
    return new StoredCode(key, "sha-" + key, zip.length, Path.of("/code", key));
  }

  @Override
  public StoredCode putFolder(Path folder) throws CodeRefusedException, IOException {
    return putZip(folder.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public StoredCode putFiles(Map<String, byte[]> files) throws CodeRefusedException, IOException {
    return putZip(String.join(",", files.keySet()).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public StoredCode putMerged(List<String> keys) throws CodeRefusedException, IOException {
    return putZip(String.join("+", keys).getBytes(StandardCharsets.UTF_8));
  }

  /** As the key says: {@code …=BYTES}; else its length. */
  @Override
  public long unpackedBytes(String key) throws IOException {
    if (failure != null) {
      throw failure;
    }
    whileLooking.run();
    int sign = key.lastIndexOf('=');
    return sign < 0 ? key.length() : Long.parseLong(key.substring(sign + 1));
  }

  @Override
  public Path folder(String key) {
    return Path.of("/code", key);
  }

  @Override
  public InputStream openZip(String key) {
    if (!isStored(key)) {
      throw new IllegalStateException("no package " + key);
    }
    return new ByteArrayInputStream(key.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void copyTo(Path folder, Collection<String> keys) {
    keys.forEach(key -> copies.computeIfAbsent(folder, _ -> new TreeSet<>()).add(key));
  }

  @Override
  public synchronized boolean isStored(String key) {
    return references.containsKey(key);
  }

  @Override
  public void forgetLeftovers() {
    leftoversForgotten = true;
  }

  @Override
  public synchronized void retain(String key) {
    if (references.computeIfPresent(key, (_, count) -> count + 1) == null) {
      throw new IllegalStateException("no package " + key);
    }
  }

  @Override
  public synchronized void release(String key) {
    Integer count = references.get(key);
    if (count == null) {
      throw new IllegalStateException("no reference to package " + key);
    }
    if (count == 1) {
      references.remove(key);
    } else {
      references.put(key, count - 1);
    }
  }

  @Override
  public int collect() throws IOException {
    if (failure != null) {
      throw failure;
    }
    return 0;
  }

  @Override
  public void close() {}
}
