package io.ringmaster.persistence.spi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Deployment packages by content: each is unpacked once, shared by all who hold a reference to it,
 * and read-only.
 *
 * <p>Any thread. Packages are hostile: what they contain ends inside their folder or is refused.
 *
 * <p>References: each {@code put} gives its caller one, {@link #retain} one more, {@link #release}
 * takes one away. A package without references is removed later, so that processes which still run
 * its code can end first; see {@link #collect}.
 */
public interface CodeStore extends AutoCloseable {

  /**
   * Stores a zip archive.
   *
   * @param zip the archive, smaller than 52,428,800 bytes; must not be changed meanwhile
   * @throws CodeRefusedException too large, not readable, or with content that does not stay inside
   *     its folder
   * @throws IOException the storage failed
   */
  StoredCode putZip(byte[] zip) throws CodeRefusedException, IOException;

  /**
   * Stores a copy of a folder's content. Symbolic links are kept where they stay inside.
   *
   * @throws CodeRefusedException no folder, too large, or with content that does not stay inside
   * @throws IOException the storage failed, or the folder cannot be read
   */
  StoredCode putFolder(Path folder) throws CodeRefusedException, IOException;

  /**
   * Stores files. Scripts with an interpreter line and ELF files may be executed, others not.
   *
   * @param files content by path within the package, such as {@code lib/app.py}; must not be
   *     changed meanwhile
   * @throws CodeRefusedException too large, or with a path that is not possible
   * @throws IOException the storage failed
   */
  StoredCode putFiles(Map<String, byte[]> files) throws CodeRefusedException, IOException;

  /**
   * Stores the content of several packages in one folder: of files with the same path that of the
   * later package counts. Equal lists of packages give the same folder.
   *
   * @param keys keys of stored packages, to which the caller holds references
   * @throws CodeRefusedException too large in all, or with links that lead out of the whole
   * @throws IOException the storage failed
   */
  StoredCode putMerged(List<String> keys) throws CodeRefusedException, IOException;

  /**
   * The sum of the sizes of a package's files in bytes.
   *
   * @param key key of a stored package, to which the caller holds a reference
   * @throws IOException the storage failed
   */
  long unpackedBytes(String key) throws IOException;

  /**
   * A package as an archive: byte for byte as it was put where it was put as one, else made of its
   * files. To be closed; it stays readable when the package goes.
   *
   * @param key key of a stored package, to which the caller holds a reference
   * @throws IOException the storage failed
   */
  InputStream openZip(String key) throws IOException;

  /**
   * Copies packages into a folder that a store can be opened on, durably; with hard links where the
   * file system has them. What is there already under the same name is kept.
   *
   * @param folder made if it is not there
   * @param keys keys of stored packages, to which the caller holds references
   * @throws IOException the storage failed; what was copied by then stays
   */
  void copyTo(Path folder, Collection<String> keys) throws IOException;

  /**
   * Where a package's unpacked content lies.
   *
   * @param key key of a package, stored or not
   */
  Path folder(String key);

  /** Whether a package is stored. */
  boolean isStored(String key);

  /**
   * Adds a reference to a package that is stored.
   *
   * @throws IllegalStateException there is none with that key
   */
  void retain(String key);

  /**
   * Takes a reference away.
   *
   * @throws IllegalStateException there is no reference to that key
   */
  void release(String key);

  /**
   * Removes packages that have been without references for longer than the store's grace period,
   * and what {@link #forgetLeftovers} left to it. Called now and then, and after start.
   *
   * @return how many were removed
   * @throws IOException something cannot be removed; it is tried again next time
   */
  int collect() throws IOException;

  /**
   * Tells that whoever needs packages of an earlier run has retained them: the others may go. Until
   * then they stay, also over {@link #close}.
   */
  void forgetLeftovers();

  /** Removes what lost its references in this run, and gives everything back. */
  @Override
  void close() throws IOException;
}
