// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.files;

import io.leftfold.readmodels.kept.KeptTransaction;
import io.leftfold.readmodels.kept.Key;
import io.leftfold.readmodels.kept.Key.Kind;
import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.files.DurableDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The files of live versions, in a directory for each projection: made of what is kept, and made
/// again when it is not known that they are.
final class Site<S> {

  private final DurableDirectory directory;
  private final Pages<S> pages;

  Site(DurableDirectory directory, Pages<S> pages) {
    this.directory = directory;
    this.pages = pages;
  }

  /// What becomes of files: new bytes, or nothing.
  ///
  /// @param files by their paths
  /// @param complete directories in which there is nothing else afterwards
  record Change(Map<Path, Optional<byte[]>> files, Set<Path> complete) {}

  // ---- what is to be written

  /// What a transaction changes.
  ///
  /// @param before in which nothing is changed
  Change of(KeptTransaction<States<S>> transaction, KeptTransaction<States<S>> before) {
    var change = new Change(new TreeMap<>(), new HashSet<>());
    for (var projection : projections(transaction.changes().keySet())) {
      var live = live(transaction, projection);
      if (live.isPresent() && live.equals(live(before, projection))) {
        addChanged(transaction, live.get(), change);
      } else {
        change.complete().add(path(projection, ""));
        live.ifPresent(version -> addAll(transaction, version, change));
      }
    }
    return change;
  }

  /// All files of all projections, and no others.
  Change everything(KeptTransaction<States<S>> transaction, Set<Key> keys) {
    var change = new Change(new TreeMap<>(), new HashSet<>());
    change.complete().add(root());
    for (var projection : projections(keys)) {
      live(transaction, projection).ifPresent(version -> addAll(transaction, version, change));
    }
    return change;
  }

  private static Set<String> projections(Set<Key> keys) {
    return keys.stream().map(key -> key.version().projection()).collect(Collectors.toSet());
  }

  private static Optional<ProjectionVersion> live(
      KeptTransaction<?> transaction, String projection) {
    return transaction.live(projection).map(Checkpoint::version);
  }

  private void addChanged(
      KeptTransaction<States<S>> transaction, ProjectionVersion live, Change change) {
    var states = transaction.view(live);
    var partitions =
        transaction.changes().keySet().stream()
            .filter(key -> key.kind() == Kind.STATE && key.version().equals(live))
            .map(Key::partition)
            .toList();
    for (var partition : partitions) {
      pages
          .pathsOf(partition)
          .forEach(path -> change.files().put(path(live.projection(), path), Optional.empty()));
      states
          .of(partition)
          .ifPresent(state -> add(live.projection(), pages.of(partition, state), change));
    }
    if (!partitions.isEmpty()) {
      add(live.projection(), pages.ofAll(states), change);
    }
  }

  private void addAll(
      KeptTransaction<States<S>> transaction, ProjectionVersion live, Change change) {
    var states = transaction.view(live);
    states
        .all()
        .forEach((partition, state) -> add(live.projection(), pages.of(partition, state), change));
    add(live.projection(), pages.ofAll(states), change);
  }

  private void add(String projection, Map<String, byte[]> files, Change change) {
    files.forEach((path, bytes) -> change.files().put(path(projection, path), Optional.of(bytes)));
  }

  private Path path(String projection, String path) {
    return root().resolve(Pages.name(projection)).resolve(path);
  }

  private Path root() {
    return directory.path().resolve("pages");
  }

  // ---- writing it

  /// Puts files in their places, and removes others, durably. Can be done again. What is to go goes
  /// first: a file may be called now as a directory was before, or the other way round.
  void put(Change change) throws IOException {
    var removed = new HashSet<Path>();
    for (var complete : change.complete()) {
      removed.addAll(othersIn(complete, change.files().keySet()));
    }
    for (var file : change.files().entrySet()) {
      if (file.getValue().isEmpty()) {
        removed.add(file.getKey());
      }
    }
    directory.removeAll(removed);
    for (var complete : change.complete()) {
      removeEmptyIn(complete);
    }
    var written = new TreeMap<Path, byte[]>();
    for (var file : change.files().entrySet()) {
      if (file.getValue().isPresent() && !holds(file.getKey(), file.getValue().get())) {
        written.put(file.getKey(), file.getValue().get());
      }
    }
    directory.putAll(written);
  }

  private static void removeEmptyIn(Path complete) throws IOException {
    if (!DurableDirectory.exists(complete)) {
      return;
    }
    try (var all = Files.walk(complete)) {
      for (var empty : all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        if (!empty.equals(complete) && isEmpty(empty)) {
          Files.delete(empty);
        }
      }
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      return !files.iterator().hasNext();
    }
  }

  private static boolean holds(Path file, byte[] bytes) throws IOException {
    return DurableDirectory.exists(file)
        && Files.size(file) == bytes.length
        && Arrays.equals(Files.readAllBytes(file), bytes);
  }

  private static List<Path> othersIn(Path complete, Set<Path> files) throws IOException {
    if (!DurableDirectory.exists(complete)) {
      return List.of();
    }
    try (var all = Files.walk(complete)) {
      return all.filter(file -> !Files.isDirectory(file) && !files.contains(file)).toList();
    }
  }
}
