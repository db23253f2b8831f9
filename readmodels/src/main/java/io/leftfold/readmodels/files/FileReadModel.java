// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.files;

import io.leftfold.readmodels.kept.KeptTransaction;
import io.leftfold.readmodels.kept.Texts;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.files.DurableDirectory;
import io.leftfold.toolkit.files.DurableDirectory.Readers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A read model of files: a state for each partition, and [Pages] made of the states of the live
/// version.
///
/// ```
/// lock                who has the directory
/// kept                checkpoints, what is parked, and states, transaction by transaction
/// pages/<projection>  the files; nothing else is there, and what is put there is removed
/// ```
///
/// **What a crash leaves.** A transaction is one write to `kept`, synced: it is there whole or not
/// at all. Its pages come behind it, each written under another name, synced, and renamed; so a
/// page is always whole, and never says what is not kept. Whoever dies between the two leaves pages
/// of the transaction before; opening the directory makes all pages again that are not as they
/// should be, before anything is folded. So they are what a fold from zero makes, once a step is
/// taken or the directory is opened. While a transaction's pages are put in their places, one may
/// be of that transaction, and another of the one before.
///
/// All states are in memory, and as JSON less than 2 GiB together, for `kept` is read and written
/// anew as a whole. One process has the directory at a time, any number of threads; one transaction
/// at a time. Only states of the live version have pages, so a version is built beside without
/// anybody seeing it, and its pages take the others' places when it does.
///
/// @param <S> the state of a partition
public final class FileReadModel<S> implements ReadModel<States<S>>, AutoCloseable {

  private final DurableDirectory directory;
  private final JsonBinding<S> binding;
  private final Site<S> site;
  private final Runnable afterStep;

  /// None when it is not known what is on the disk.
  private @Nullable KeptFile kept;

  private FileReadModel(
      DurableDirectory directory, JsonBinding<S> binding, Site<S> site, Runnable afterStep) {
    this.directory = directory;
    this.binding = binding;
    this.site = site;
    this.afterStep = afterStep;
  }

  /// Opens a directory, which is made if there is none.
  ///
  /// @param directory which holds nothing else
  /// @param binding between states and JSON
  /// @param pages what is made of states
  /// @param <S> the state of a partition
  /// @return the read model; to be closed
  /// @throws IllegalStateException if another process, or somebody in this one, has it open, or if
  ///   it is of another format
  /// @throws UncheckedIOException if the disk fails
  public static <S> FileReadModel<S> open(Path directory, JsonBinding<S> binding, Pages<S> pages) {
    return open(directory, binding, pages, () -> {});
  }

  /// @param afterStep called behind each step of whatever changes files; a test dies there
  static <S> FileReadModel<S> open(
      Path directory, JsonBinding<S> binding, Pages<S> pages, Runnable afterStep) {
    try {
      var files = DurableDirectory.open(directory, Readers.EVERYBODY, afterStep);
      try {
        var readModel = new FileReadModel<>(files, binding, new Site<>(files, pages), afterStep);
        readModel.kept();
        return readModel;
      } catch (Throwable e) {
        files.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The read model in %s cannot be opened".formatted(directory), e);
    }
  }

  /// What is kept; read, and pages made of it, if that is not known.
  private KeptFile kept() throws IOException {
    var known = kept;
    if (known != null) {
      return known;
    }
    directory.removeHalves();
    var read = KeptFile.open(directory, afterStep);
    site.put(site.everything(transaction(read), read.texts().keySet()));
    kept = read;
    return read;
  }

  private KeptTransaction<States<S>> transaction(KeptFile file) {
    return KeptTransaction.ofStates(Texts.of(file.texts()), binding);
  }

  @Override
  public void prepare(ProjectionVersion version) {
    // Room is made when it is needed.
  }

  @Override
  public void drop(ProjectionVersion version) {
    inTransaction(transaction -> {
      transaction.removeAll(version);
      return version;
    });
  }

  @Override
  public <R> R transact(Function<? super Transaction<States<S>>, ? extends R> work) {
    return inTransaction(work);
  }

  private synchronized <R> R inTransaction(
      Function<? super KeptTransaction<States<S>>, ? extends R> work) {
    if (!directory.isOpen()) {
      throw new IllegalStateException("The read model in %s is closed".formatted(directory.path()));
    }
    try {
      var file = kept();
      var transaction = transaction(file);
      R result = work.apply(transaction);
      if (!transaction.changes().isEmpty()) {
        keep(transaction, file);
      }
      return result;
    } catch (IOException e) {
      throw new ReadModelException(
          "A transaction failed in %s: %s".formatted(directory.path(), e), e);
    }
  }

  private void keep(KeptTransaction<States<S>> transaction, KeptFile file) throws IOException {
    var change = site.of(transaction, transaction(file));
    // Whatever happens from here on, what is on the disk is known again behind the last step.
    kept = null;
    file.append(transaction.changes());
    site.put(change);
    kept = file;
  }

  /// Gives the directory to others. Closing twice does nothing.
  @Override
  public synchronized void close() {
    try {
      directory.close();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The read model in %s cannot be closed".formatted(directory.path()), e);
    }
  }
}
