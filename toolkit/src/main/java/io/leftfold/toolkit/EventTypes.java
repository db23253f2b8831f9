// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.Tag;
import io.leftfold.toolkit.JsonEvent.Schema;
import io.leftfold.toolkit.TypeTable.Named;
import io.leftfold.toolkit.TypeTable.Stored;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The names under which events are stored, the versions of their schemas, and how what was stored
/// long ago is understood today. Data is JSON, or another format of the same trees
/// ([EventTypesBuilder#format]), or in a format with schemas of its own ([BinaryBinding]).
///
/// ```java
/// static final EventTypes<AccountEvent> EVENTS =
///     EventTypes.of(AccountEvent.class)
///         .type("AccountOpened", 3, Opened.class, JsonBinding.jackson(JSON, Opened.class))
///         .upcast("AccountOpened", 1, json -> json.set("owner", json.remove("ownerId")))
///         .upcast("AccountOpened", 2, json -> json.without("bic"))
///         .type("MoneyDeposited", 1, Deposited.class, JsonBinding.jackson(JSON, Deposited.class))
///         .renamed("AccountCreated", "AccountOpened")
///         .split("AccountMigrated", 1, (json, _) -> List.of(opened(json), deposited(json)))
///         .dropped("AccountPinged")
///         .tagged(event -> List.of(Tag.of("account", event.account())))
///         .build();
/// ```
///
/// A table with a hole is refused when it is built ([EventTypesBuilder#build()]): a class of the
/// sealed type without a name, a version from which no path leads to today's. So every test that
/// touches the table finds it, and no program with one starts.
///
/// **Versions.** An event is stored in the newest version of its type; the number is the
/// [#VERSION_FIELD] of its metadata, if it is not 1. A field that is added and can be missing needs
/// no new version: fields that nobody knows are no error, and stay in the data for upcasts, and for
/// bindings that look at them.
///
/// **Personal data** is sealed, field by field, with the key of whom it is about, and the event is
/// tagged with the subject. The keys come when the table is put to use:
///
/// ```java
/// record Opened(String account, String customer, Personal<String> owner) implements AccountEvent {}
///
/// EventTypes.of(AccountEvent.class)
///     .type("AccountOpened", 1, Opened.class, JsonBinding.jackson(Opened.class))
///     .personal(Opened.class, opened -> Subject.of(opened.customer()), "owner")
///     …
///     .build()
///     .with(keys);
/// ```
///
/// When the key is destroyed ([SubjectKeys#erase]), the field is read as [Personal.Erased]. Upcasts
/// see what is known as it was before it was sealed, and what was erased as `{"$erased": true}`.
/// Which fields of a stored event are sealed is the [#PERSONAL_FIELD] of its metadata: an event
/// that was stored before a field was declared is read as it is.
///
/// **Unknown** ([Decoded.Unknown]) is a type that is not declared, and a version that is newer than
/// declared, or is no number. The second is told from the first: whoever passes over what is
/// somebody else's waits for a newer program with what is newer.
///
/// @param <E> the events of the application
public final class EventTypes<E> implements EventCodec<E> {

  /// The field of an event's metadata, a JSON object, that holds the version of its schema.
  public static final String VERSION_FIELD = "schemaVersion";

  /// The field of an event's metadata that names the format of its data, if that is binary and not
  /// JSON.
  public static final String FORMAT_FIELD = "format";

  /// The field of an event's metadata that names the fields of its data that are sealed.
  public static final String PERSONAL_FIELD = "$personal";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int NO_VERSION = 0;

  private final TypeTable<E> table;
  private final Map<Class<?>, Named<? extends E>> byClass;
  private final Function<? super E, List<Tag>> tags;
  private final Formats formats;
  private final PersonalData personal;

  EventTypes(
      TypeTable<E> table,
      Function<? super E, List<Tag>> tags,
      Formats formats,
      PersonalData personal) {
    this.table = table;
    this.tags = tags;
    this.formats = formats;
    this.personal = personal;
    var named = new HashMap<Class<?>, Named<? extends E>>();
    table.types().values().forEach(type -> named.put(type.type(), type));
    this.byClass = Map.copyOf(named);
  }

  /// Begins a table.
  ///
  /// @param events what all events have in common; if it is sealed, none of them can be forgotten
  /// @param <E> the events of the application
  /// @return a table without types
  public static <E> EventTypesBuilder<E> of(Class<E> events) {
    return new EventTypesBuilder<>(events);
  }

  /// The same table, with keys for what is personal.
  ///
  /// @param keys of the subjects
  /// @return the new table
  public EventTypes<E> with(SubjectKeys keys) {
    return new EventTypes<>(table, tags, formats, personal.with(keys));
  }

  /// An event as it is to be stored.
  ///
  /// @throws IllegalArgumentException if its class has no name here
  /// @throws IllegalStateException if it holds personal data, and the table was given no keys; and
  ///   if it lacks a field that is declared as personal, for that may have another name by now
  /// @throws io.leftfold.toolkit.keys.SubjectErasedException if it holds personal data of a subject
  ///   that is erased
  @Override
  public ProposedEvent encode(E event) {
    var named = byClass.get(event.getClass());
    if (named == null) {
      throw new IllegalArgumentException(
          "%s has no name to be stored under; declare it with EventTypesBuilder.type"
              .formatted(event.getClass()));
    }
    var about = JSON.createObjectNode();
    if (named.version() != 1) {
      about.put(VERSION_FIELD, named.version());
    }
    var all = new ArrayList<>(tags.apply(event));
    var stored =
        switch (named.write(event)) {
          case Stored.Tree(var data) -> {
            personal.seal(named.name(), event, data, about).stream()
                .map(Subject::tag)
                .filter(tag -> !all.contains(tag))
                .forEach(all::add);
            yield formats.write(named.name(), event.getClass(), data, about);
          }
          case Stored.Bytes(var format, var data) -> {
            about.put(FORMAT_FIELD, format);
            yield ProposedEvent.binary(named.name(), data);
          }
        };
    var tagged = stored.withTags(all.toArray(Tag[]::new));
    return about.isEmpty() ? tagged : tagged.withMetadata(about.toString());
  }

  @Override
  public Decoded<E> decode(RecordedEvent event) {
    if (table.drops(event.type())) {
      return Decoded.known();
    }
    var about = Metadata.of(event);
    var version = version(about);
    var shape = new Schema(event.type(), version);
    if (!table.knows(shape)) {
      return table.declares(event.type()) ? Decoded.newer(event) : Decoded.unknown(event);
    }
    Layers.requireNone(event, about);
    var binary = table.binaryFormat(shape);
    if (binary.isPresent()) {
      Formats.requireFormat(binary.get(), event, about);
      return new Decoded.Known<>(table.meaningOfBytes(shape, event));
    }
    var data = formats.read(event, about);
    personal.open(event, about, data);
    return new Decoded.Known<>(table.meaning(new JsonEvent(event.type(), version, data), event));
  }

  private static int version(ObjectNode about) {
    var field = about.path(VERSION_FIELD);
    return field.isMissingNode() ? 1 : field.isInt() ? Math.max(field.asInt(), 0) : NO_VERSION;
  }

  /// The types that stored events may have, those of long ago too, for a [io.leftfold.api.Query].
  /// What is dropped is not among them.
  ///
  /// @return in alphabetical order
  public Set<String> names() {
    return table.storedShapes().stream()
        .map(Schema::type)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// What golden samples mean: for a test, so that no change to the table loses the past. There is
  /// at least one for every version of every type that may be stored. Those with fields that are
  /// personal today are read once more as if these were erased, so that no erasure loses an event.
  /// And each of these fields is known in a sample of today's version, so that none was renamed and
  /// is stored in the clear.
  ///
  /// @param samples as they were stored once
  /// @return what each means today, in their order
  /// @throws IllegalArgumentException if a version has no sample, a sample is unknown, or a
  ///   personal field is in none of those of today
  /// @throws UnreadableEventException if a sample cannot be read
  public List<List<E>> replay(List<? extends GoldenSample> samples) {
    var missing = table.storedShapes();
    samples.forEach(sample -> missing.remove(Samples.schema(sample)));
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "Each version of each type has a golden sample, but there is none of %s; store one and add it"
              .formatted(missing));
    }
    var trees =
        samples.stream().filter(JsonEvent.class::isInstance).map(JsonEvent.class::cast).toList();
    var unseen = personal.unseen(trees.stream().filter(this::isOfToday).toList());
    if (!unseen.isEmpty()) {
      throw new IllegalArgumentException(
          "What is declared as personal is known in a golden sample of today's version, but %s is in none; correct the name, or add a sample"
              .formatted(unseen));
    }
    trees.stream().flatMap(sample -> personal.erased(sample).stream()).forEach(this::meaning);
    return samples.stream().map(this::meaning).toList();
  }

  private boolean isOfToday(JsonEvent sample) {
    var named = table.types().get(sample.type());
    return named != null && named.version() == sample.version();
  }

  private List<E> meaning(GoldenSample sample) {
    return switch (decode(Samples.recorded(sample))) {
      case Decoded.Known<E>(var events) -> events;
      case Decoded.Unknown<E> _ ->
          throw new IllegalArgumentException(
              "The golden sample of %s is unknown; declare its type and version"
                  .formatted(Samples.schema(sample)));
    };
  }
}
