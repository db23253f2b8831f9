// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.TypeTable.Named;
import io.leftfold.toolkit.keys.BrokenSealException;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What of events is personal, and whose; with keys, or without before they are needed.
///
/// @param whose by the name of a type and of a field: the subject of an event
record PersonalData(
    Map<String, SortedMap<String, Function<Object, Subject>>> whose, @Nullable SubjectKeys keys) {

  private static final JsonMapper JSON = JsonMapper.shared();

  static PersonalData of(
      Collection<? extends Named<?>> types,
      Map<Class<?>, SortedMap<String, Function<Object, Subject>>> byClass) {
    var byName = new HashMap<String, SortedMap<String, Function<Object, Subject>>>();
    for (var named : types) {
      var fields = byClass.get(named.type());
      if (fields != null) {
        byName.put(named.name(), fields);
      }
    }
    return new PersonalData(Map.copyOf(byName), null);
  }

  PersonalData with(SubjectKeys other) {
    return new PersonalData(whose, other);
  }

  private Map<String, Function<Object, Subject>> fields(String type) {
    var fields = whose.get(type);
    return fields == null ? Map.of() : fields;
  }

  /// Seals what is personal in an event, and notes that in its metadata.
  ///
  /// @return whose it is
  /// @throws IllegalStateException if a declared field is missing
  SequencedSet<Subject> seal(String type, Object event, ObjectNode data, ObjectNode about) {
    var subjects = new LinkedHashSet<Subject>();
    fields(type)
        .forEach((field, subjectOf) -> {
          if (PersonalFields.isToBeSealed(data, field, type)) {
            var subject = subjectOf.apply(event);
            fields(requiredKeys(type), type).seal(data, field, subject);
            about.withArray(EventTypes.PERSONAL_FIELD).add(field);
            subjects.add(subject);
          }
        });
    return subjects;
  }

  private SubjectKeys requiredKeys(String type) {
    if (keys == null) {
      throw new IllegalStateException(
          "%s holds personal data, which is sealed, but there are no keys; give them with EventTypes.with"
              .formatted(type));
    }
    return keys;
  }

  private static PersonalFields fields(SubjectKeys keys, String type) {
    return new PersonalFields(keys, type);
  }

  /// Opens what was sealed.
  ///
  /// @throws UnreadableEventException if it cannot be, and was not erased
  void open(RecordedEvent event, ObjectNode about, ObjectNode data) {
    var sealed = about.path(EventTypes.PERSONAL_FIELD);
    if (sealed.isEmpty()) {
      return;
    }
    if (keys == null) {
      throw new UnreadableEventException(
          event,
          "%s is sealed, and there are no keys; give them with EventTypes.with".formatted(sealed));
    }
    var fields = fields(keys, event.type());
    try {
      for (var field : sealed) {
        fields.open(data, field.asString());
      }
    } catch (BrokenSealException e) {
      throw new UnreadableEventException(
          event, "what is personal in it cannot be opened: " + e.getMessage(), e);
    }
  }

  /// What is declared of types and known in none of their samples of today.
  ///
  /// @return such as `AccountOpened.owner`
  SortedSet<String> unseen(Collection<JsonEvent> today) {
    var unseen = new TreeSet<String>();
    whose.forEach((type, fields) ->
        fields.keySet().stream()
            .filter(field ->
                today.stream()
                    .filter(sample -> sample.type().equals(type))
                    .noneMatch(sample -> PersonalFields.isKnown(sample.data(), field)))
            .forEach(field -> unseen.add(type + "." + field)));
    return unseen;
  }

  /// A sample as it would be if all that is personal today was erased; empty if nothing is.
  Optional<JsonEvent> erased(JsonEvent sample) {
    var data = sample.data().deepCopy();
    for (var field : fields(sample.type()).keySet()) {
      if (PersonalFields.isKnown(data, field)) {
        data.set(field, Personal.erased().toJson(JSON::valueToTree));
      }
    }
    return data.equals(sample.data())
        ? Optional.empty()
        : Optional.of(new JsonEvent(sample.type(), sample.version(), data));
  }
}
