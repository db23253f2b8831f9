// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/// Keys of subjects in a directory, a file each. One process has it at a time, any number of
/// threads. Its file system has locks and hard links.
///
/// A key is durable before anything that is sealed with it is given away. Erasing first leaves a
/// mark that outlasts everything, then overwrites and removes the key; if the process dies in
/// between, the subject is erased, and what is left of the key goes when the directory is opened
/// again. So nobody who comes late makes a new key for who is erased.
///
/// **Who has this directory and a copy of the log reads everything.** It lies elsewhere than the
/// log, is readable by its owner alone, and is backed up elsewhere too, at least as often as the
/// log, because without a key data is lost; and such backups are kept only for as long as an
/// erasure may take. Until the last backup with a key is gone, what is erased is so for this
/// program and not for whoever has that backup. Whoever restores one runs
/// [io.leftfold.toolkit.Erasure#resume] before anything else: that destroys again what the log says
/// was erased. What a disk keeps of files that were overwritten and removed (a journal, a snapshot,
/// flash memory) is a matter of that disk; encrypt it.
public final class KeyDirectory implements SubjectKeys, AutoCloseable {

  private final KeyFiles files;
  private final Sealing sealing;

  private KeyDirectory(KeyFiles files, SecureRandom random) {
    this.files = files;
    this.sealing = new Sealing(files, random);
  }

  /// Makes a directory of keys, and opens it: once, when the store is as new. What was sealed with
  /// keys that are elsewhere cannot be opened with those that are made here.
  ///
  /// @param directory which is made if there is none; holds nothing else
  /// @param random makes keys and nonces
  /// @return the keys; to be closed
  /// @throws IllegalStateException if it is a directory of keys already
  /// @throws UncheckedIOException if the disk fails
  public static KeyDirectory create(Path directory, SecureRandom random) {
    try {
      KeyFiles.create(directory);
    } catch (FileAlreadyExistsException e) {
      throw new IllegalStateException(
          "Keys were to be made in %s, but %s is there already; open them"
              .formatted(directory, e.getFile()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("No keys can be made in %s".formatted(directory), e);
    }
    return open(directory, random);
  }

  /// Opens a directory that was made by [#create]. None is made here, for it may only be that a
  /// volume is not mounted.
  ///
  /// @param directory where keys are; holds nothing else
  /// @param random makes keys and nonces
  /// @return the keys; to be closed
  /// @throws IllegalStateException if it is no directory of keys; or another process, or somebody
  ///   in this one, has it open
  /// @throws UncheckedIOException if the disk fails
  public static KeyDirectory open(Path directory, SecureRandom random) {
    return open(directory, random, () -> {});
  }

  /// @param afterStep called behind each step of whatever changes files; a test dies there
  static KeyDirectory open(Path directory, SecureRandom random, Runnable afterStep) {
    try {
      return new KeyDirectory(KeyFiles.open(directory, afterStep), random);
    } catch (NoSuchFileException e) {
      throw new IllegalStateException(
          "The keys in %s were to be opened, but there is no %s: is the volume mounted? New ones are made with KeyDirectory.create"
              .formatted(directory, e.getFile()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("The keys in %s cannot be opened".formatted(directory), e);
    }
  }

  @Override
  public byte[] seal(Subject subject, byte[] plain, byte[] context) {
    files.requireOpen();
    return sealing.seal(subject, plain, context);
  }

  @Override
  public Optional<byte[]> open(Subject subject, byte[] sealed, byte[] context) {
    files.requireOpen();
    return sealing.open(subject, sealed, context);
  }

  @Override
  public boolean erase(Subject subject) {
    files.requireOpen();
    return sealing.erase(subject);
  }

  @Override
  public boolean isErased(Subject subject) {
    files.requireOpen();
    return sealing.isErased(subject);
  }

  /// Gives the directory to others. Closing twice does nothing.
  @Override
  public void close() {
    files.close();
  }
}
