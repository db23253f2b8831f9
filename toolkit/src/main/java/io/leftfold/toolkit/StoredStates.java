// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.toolkit.RememberedStates.Remembered;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// States that were folded before, in the store.
///
/// ```
/// data      | the state, as the application writes it
/// metadata  | {"schemaVersion": 3, "next": 1500, "firstVisible": 0, "lastPosition": 90210}
/// ```
final class StoredStates<S> {

  private static final System.Logger LOGGER = System.getLogger(StoredStates.class.getName());
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final String TYPE = "$snapshot";

  /// What is longer might leave no room for what stands before it.
  private static final int NAME_CHARS_MAX = 512;

  private static final Pattern HASHED = Pattern.compile("-[0-9a-f]{64}$");

  private final EventStore store;
  private final Snapshots<S> snapshots;

  StoredStates(EventStore store, Snapshots<S> snapshots) {
    this.store = store;
    this.snapshots = snapshots;
  }

  private StreamName stream(Boundary<?> boundary) {
    return StreamName.of(prefix() + key(boundary));
  }

  private String prefix() {
    return "snapshots.%s-".formatted(snapshots.name());
  }

  private static String key(Boundary<?> boundary) {
    return switch (boundary) {
      case Boundary.OfStream<?>(var stream) when stream.value().length() <= NAME_CHARS_MAX ->
          stream.value();
      case Boundary.OfStream<?>(var stream) -> Sha256.ofText(stream.value());
      case Boundary.OfQuery<?>(var query, _) -> Sha256.ofText(words(query));
    };
  }

  /// The same for all queries that ask for the same in the same order.
  private static String words(Query query) {
    var items = JSON.createArrayNode();
    for (var item : query.items()) {
      var words = items.addObject();
      var types = words.putArray("types");
      item.types().stream().sorted().forEach(types::add);
      var tags = words.putArray("tags");
      item.tags().stream().sorted().forEach(tag -> tags.add(tag.value()));
    }
    return items.toString();
  }

  /// The state that was kept last, if it fits.
  Optional<Remembered<S>> of(Boundary<?> boundary) {
    try (var read = store.read(stream(boundary), ReadOptions.backwards().limit(1))) {
      return read.stream().findFirst().flatMap(event -> understood(event.original()));
    }
  }

  private Optional<Remembered<S>> understood(RecordedEvent event) {
    try {
      var about = JSON.readTree(event.metadata());
      if (number(about, EventTypes.VERSION_FIELD) != snapshots.version()) {
        return Optional.empty();
      }
      var next = number(about, "next");
      return Optional.of(
          new Remembered<>(
              snapshots.read().apply(event.dataAsText()),
              number(about, "lastPosition"),
              number(about, "firstVisible"),
              next,
              Remembered.Unsaved.NOTHING));
    } catch (RuntimeException unfit) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "The snapshot in %s is of version %d, but cannot be read; what it is of is folded again"
              .formatted(event.stream(), snapshots.version()),
          unfit);
      return Optional.empty();
    }
  }

  private static long number(JsonNode about, String field) {
    return about.required(field).asLong();
  }

  /// Whether enough was folded since the last for another.
  boolean wants(Remembered<S> state) {
    var unsaved = state.unsaved();
    return unsaved.events() >= snapshots.events()
        || (unsaved.events() > 0 && unsaved.nanos() >= snapshots.folding().toNanos());
  }

  /// Keeps a state, if it can be kept now.
  ///
  /// @return whether it was
  boolean keep(Boundary<?> boundary, Remembered<S> state) {
    var stream = stream(boundary);
    try {
      if (store.metadata(stream).metadata().maxCount().isEmpty()) {
        var _ =
            store.writeMetadata(stream, ExpectedState.any(), StreamMetadata.none().withMaxCount(1));
      }
      var _ = store.append(stream, ExpectedState.any(), encoded(state));
      return true;
    } catch (RuntimeException e) { // the application's own too: the command is decided already
      LOGGER.log(System.Logger.Level.WARNING, "No snapshot could be written to " + stream, e);
      return false;
    }
  }

  /// Deletes what is kept of streams, and of every query, for nobody knows what those have met; a
  /// stream with a long name is taken for one.
  ///
  /// @return the streams of what was kept
  List<StreamName> forget(Set<StreamName> streams) {
    var forgotten = new ArrayList<StreamName>();
    for (var stream : streams) {
      forget(stream(Boundary.stream(stream)), forgotten);
    }
    var options = ListOptions.all().withPrefix(prefix());
    for (var some = store.streams(options); !some.isEmpty(); some = store.streams(options)) {
      for (var one : some) {
        if (HASHED.matcher(one.name().value()).find()) {
          forget(one.name(), forgotten);
        }
      }
      options = options.after(some.getLast().name().value());
    }
    return forgotten;
  }

  private void forget(StreamName kept, List<StreamName> forgotten) {
    if (store.state(kept) instanceof StreamState.Present) {
      store.delete(kept, ExpectedState.any());
      forgotten.add(kept);
    }
  }

  private ProposedEvent encoded(Remembered<S> state) {
    var about =
        JSON.createObjectNode()
            .put(EventTypes.VERSION_FIELD, snapshots.version())
            .put("next", state.next())
            .put("firstVisible", state.firstVisible())
            .put("lastPosition", state.lastPosition());
    return ProposedEvent.json(TYPE, snapshots.write().apply(state.state()))
        .withMetadata(about.toString());
  }
}
