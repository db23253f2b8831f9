// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where certificates and keys are kept that were made here.
sealed interface Vault {

  /// What is kept by a name.
  Optional<String> read(String name) throws IOException;

  /// Keeps a text that everybody may read.
  void write(String name, String text) throws IOException;

  /// Keeps a text that the owner alone may read.
  void writeSecret(String name, String text) throws IOException;

  /// How people find it.
  String describe(String name);

  /// Files in a directory, each written whole or not at all.
  record Directory(Path path) implements Vault {

    private static final FileAttribute<?>[] OWNER_ONLY = attributes("rw-------");
    private static final FileAttribute<?>[] READABLE = attributes("rw-r--r--");

    private static FileAttribute<?>[] attributes(String permissions) {
      // Elsewhere, files belong to whom their directory belongs to.
      return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
          ? new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
          }
          : new FileAttribute<?>[0];
    }

    @Override
    public Optional<String> read(String name) throws IOException {
      try {
        return Optional.of(Files.readString(path.resolve(name), StandardCharsets.ISO_8859_1));
      } catch (NoSuchFileException _) {
        return Optional.empty();
      }
    }

    @Override
    public void write(String name, String text) throws IOException {
      write(name, text, READABLE);
    }

    @Override
    public void writeSecret(String name, String text) throws IOException {
      write(name, text, OWNER_ONLY);
    }

    private void write(String name, String text, FileAttribute<?>[] attributes) throws IOException {
      Files.createDirectories(path);
      var unfinished = path.resolve(name + ".new");
      Files.deleteIfExists(unfinished);
      Files.createFile(unfinished, attributes);
      Files.writeString(unfinished, text, StandardCharsets.US_ASCII);
      Files.move(
          unfinished,
          path.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public String describe(String name) {
      return path.resolve(name).toString();
    }
  }

  /// Memory, but for the authority's certificate: clients need a file to trust.
  record Memory(Map<String, String> texts, Path authorityFile) implements Vault {

    Memory(Path authorityFile) {
      this(new HashMap<>(), authorityFile);
    }

    @Override
    public Optional<String> read(String name) {
      return Optional.ofNullable(texts.get(name));
    }

    @Override
    public void write(String name, String text) throws IOException {
      texts.put(name, text);
      if (name.equals(MadeCertificates.AUTHORITY)) {
        Files.writeString(authorityFile, text, StandardCharsets.US_ASCII);
      }
    }

    @Override
    public void writeSecret(String name, String text) {
      texts.put(name, text);
    }

    @Override
    public String describe(String name) {
      return name + " in memory";
    }
  }
}
