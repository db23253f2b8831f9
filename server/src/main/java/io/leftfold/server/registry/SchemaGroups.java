// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.server.registry.RegistryException.Kind;
import io.leftfold.server.registry.SchemaGroup.Details;
import io.leftfold.server.registry.SchemaGroup.Setting;
import io.leftfold.server.registry.StreamFolds.Deciding;
import io.leftfold.server.registry.StreamFolds.Decision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The groups of schemas of a store. All methods wait: not for an event loop.
public final class SchemaGroups {

  private static final String CREATED = "$SchemaGroupCreated";
  private static final String UPDATED = "$SchemaGroupUpdated";
  private static final String DELETED = "$SchemaGroupDeleted";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Supplier<UUID> ids;
  private final StreamFolds<SchemaGroup> folds;

  /// The groups of a store, which it does not own.
  ///
  /// @param store where they are
  /// @param ids of groups without one, and of events
  public SchemaGroups(EventStore store, Supplier<UUID> ids) {
    this.ids = ids;
    this.folds =
        new StreamFolds<>(
            store, SchemaName.GROUPS, SchemaGroups::evolve, group -> group.details().size() * 2);
  }

  // ---- commands

  /// Makes a group.
  ///
  /// @param wanted its id; empty for one that is made
  /// @param details what is said of it
  /// @return its id
  /// @throws RegistryException if there is one with this id, or was
  public SchemaName create(Optional<SchemaName> wanted, Details details) {
    var id = wanted.orElseGet(() -> new SchemaName(ids.get().toString()));
    return deciding(
        id,
        group -> {
          if (group != null && group.isDeleted()) {
            throw deleted(id);
          }
          if (group != null) {
            throw new RegistryException(
                Kind.SCHEMA_GROUP_ALREADY_EXISTS,
                id.value(),
                "There is a group of schemas \"%s\"".formatted(id));
          }
          return new Decision<>(List.of(event(CREATED, details)), id);
        });
  }

  /// Says something otherwise of a group.
  ///
  /// @param id which
  /// @param change what is said of it from now on; may be called several times
  /// @throws RegistryException if there is no such group, or nothing would change
  public void update(SchemaName id, UnaryOperator<Details> change) {
    var _ =
        deciding(
            id,
            found -> {
              var before = existing(id, found).details();
              var after = change.apply(before);
              if (after.equals(before)) {
                throw new RegistryException(
                    Kind.SCHEMA_UNCHANGED,
                    id.value(),
                    "Nothing would change of the group \"%s\"".formatted(id));
              }
              return new Decision<>(List.of(event(UPDATED, after)), true);
            });
  }

  /// Takes a group away, for ever.
  ///
  /// @param id which
  /// @throws RegistryException if there is no such group
  public void delete(SchemaName id) {
    var _ =
        deciding(
            id,
            found -> {
              var _ = existing(id, found);
              return new Decision<>(List.of(event(DELETED, JSON.createObjectNode())), true);
            });
  }

  private <T> T deciding(SchemaName id, Deciding<SchemaGroup, T> decide) {
    try {
      return folds.deciding(id, decide);
    } catch (StreamTombstonedException closed) {
      throw deleted(id);
    }
  }

  private static SchemaGroup existing(SchemaName id, @Nullable SchemaGroup found) {
    if (found == null) {
      throw notFound(id);
    }
    if (found.isDeleted()) {
      throw deleted(id);
    }
    return found;
  }

  private static RegistryException notFound(SchemaName id) {
    return new RegistryException(
        Kind.SCHEMA_GROUP_NOT_FOUND,
        id.value(),
        "There is no group of schemas \"%s\"".formatted(id));
  }

  private static RegistryException deleted(SchemaName id) {
    return new RegistryException(
        Kind.SCHEMA_GROUP_DELETED,
        id.value(),
        "The group of schemas \"%s\" was deleted; its id is not given again".formatted(id));
  }

  // ---- questions

  /// A group.
  ///
  /// @param id which
  /// @return as of this moment
  /// @throws RegistryException if there is none, or it was deleted
  public SchemaGroup group(SchemaName id) {
    var found = folds.of(id);
    if (found == null || found.isDeleted()) {
      throw notFound(id);
    }
    return found;
  }

  /// Groups.
  ///
  /// @param prefix with which names begin, not ids
  /// @return in the order of their ids
  /// @throws RegistryException if they are too many for one answer
  public List<SchemaGroup> list(String prefix) {
    var found = new ArrayList<SchemaGroup>();
    var size = new AnswerSize();
    folds.forEach(
        "",
        group -> {
          if (!group.isDeleted() && group.details().name().startsWith(prefix)) {
            size.add(group.details().size());
            found.add(group);
          }
        });
    return found;
  }

  // ---- events

  private ProposedEvent event(String type, Details details) {
    var json = JSON.createObjectNode().put("name", details.name());
    details.description().ifPresent(description -> json.put("description", description));
    SchemaJson.put(json, details.tags());
    var settings = json.putObject("settings");
    details
        .settings()
        .forEach((name, setting) ->
            settings
                .putObject(name)
                .put("on", setting.on())
                .put("kind", setting.kind())
                .put("expression", setting.expression()));
    return event(type, json);
  }

  private ProposedEvent event(String type, JsonNode json) {
    return new ProposedEvent(
        ids.get(), type, ContentType.JSON, JSON.writeValueAsBytes(json), new byte[0], List.of());
  }

  private static @Nullable SchemaGroup evolve(
      SchemaName id, @Nullable SchemaGroup before, RecordedEvent event) {
    if (before != null && before.isDeleted()) {
      return before;
    }
    try {
      var at = event.recorded();
      return switch (event.type()) {
        case CREATED ->
            before == null ? new SchemaGroup(id, details(event), at, at, false) : before;
        case UPDATED ->
            before == null
                ? null
                : new SchemaGroup(id, details(event), before.created(), at, false);
        case DELETED ->
            before == null
                ? null
                : new SchemaGroup(id, before.details(), before.created(), at, true);
        default -> before;
      };
    } catch (JacksonException | IllegalArgumentException e) {
      return before; // not by us
    }
  }

  private static Details details(RecordedEvent event) {
    var json = JSON.readTree(event.data());
    var settings = new HashMap<String, Setting>();
    for (var setting : json.path("settings").properties()) {
      settings.put(
          setting.getKey(),
          new Setting(
              setting.getValue().path("on").asBoolean(false),
              SchemaJson.text(setting.getValue(), "kind"),
              SchemaJson.text(setting.getValue(), "expression")));
    }
    return new Details(
        SchemaJson.text(json, "name"),
        json.path("description").stringValueOpt(),
        SchemaJson.tags(json),
        settings);
  }
}
