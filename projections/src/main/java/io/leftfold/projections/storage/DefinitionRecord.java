// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.storage;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `$ProjectionUpdated` says: a projection as somebody wants it.
///
/// @param query the script; of a built-in one its parameters
/// @param handlerType `JS`, or `native:` and the kind of a built-in one
/// @param mode as the wire counts modes
/// @param enabled whether it is to run
/// @param deletion what is to be deleted with it; empty while it is not being deleted
/// @param emitEnabled whether it may write
/// @param trackEmittedStreams whether it keeps a list of where it wrote to
/// @param checkpointsDisabled whether a one-time projection begins anew at each start
/// @param epoch the version that folds since zero
/// @param version the revision of this event
/// @param settings the numbers
/// @param policy what becomes of an event that throws
/// @param runAs who made it
/// @param building the version that is built beside
/// @param properties what the caller wants to have kept, as JSON; metadata of the event
/// @param engineVersion for which of KurrentDB's engines it was made; kept for other tools
public record DefinitionRecord(
    String query,
    String handlerType,
    int mode,
    boolean enabled,
    Optional<Deletion> deletion,
    boolean emitEnabled,
    boolean trackEmittedStreams,
    boolean checkpointsDisabled,
    long epoch,
    long version,
    Settings settings,
    String policy,
    RunAs runAs,
    Optional<Building> building,
    String properties,
    int engineVersion) {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TYPE = "$ProjectionUpdated";

  /// The handler type of scripts.
  public static final String SCRIPT = "JS";

  /// What is to be deleted with a projection.
  ///
  /// @param emitted the streams that it wrote to, as far as they were tracked
  /// @param states its states
  /// @param checkpoint its checkpoint
  public record Deletion(boolean emitted, boolean states, boolean checkpoint) {}

  /// Who made a projection.
  ///
  /// @param name the user
  /// @param roles their roles
  public record RunAs(String name, List<String> roles) {
    /// Copies the list.
    public RunAs {
      roles = List.copyOf(roles);
    }
  }

  /// A version that is built beside.
  ///
  /// @param query its script
  /// @param emitEnabled whether it may write
  /// @param epoch its epoch
  public record Building(String query, boolean emitEnabled, long epoch) {
    /// As it is to be next.
    ///
    /// @param mayEmit whether it may write
    /// @return the new version
    public Building withEmitEnabled(boolean mayEmit) {
      return new Building(query, mayEmit, epoch);
    }
  }

  /// The numbers, called as other tools call them.
  ///
  /// @param checkpointHandledThreshold events after which a step ends
  /// @param checkpointAfterMs how long a step takes at least
  /// @param checkpointUnhandledBytesThreshold bytes after which a step ends
  /// @param pendingEventsThreshold how many events are read ahead
  /// @param maxWriteBatchLength emitted events after which a step ends
  /// @param maxAllowedWritesInFlight kept for other tools
  /// @param projectionExecutionTimeout milliseconds for an event; 0 for the default
  public record Settings(
      int checkpointHandledThreshold,
      long checkpointAfterMs,
      long checkpointUnhandledBytesThreshold,
      int pendingEventsThreshold,
      int maxWriteBatchLength,
      int maxAllowedWritesInFlight,
      long projectionExecutionTimeout) {}

  /// This as an event.
  ///
  /// @param id its id
  /// @return the event
  public ProposedEvent proposed(UUID id) {
    var json =
        JSON.createObjectNode()
            .put("handlerType", handlerType)
            .put("query", query)
            .put("mode", mode)
            .put("enabled", enabled)
            .put("deleted", false)
            .put("deleting", deletion.isPresent())
            .put("deleteEmittedStreams", deletion.isPresent() && deletion.get().emitted())
            .put("deleteCheckpointStream", deletion.isPresent() && deletion.get().checkpoint())
            .put("deleteStateStream", deletion.isPresent() && deletion.get().states())
            .put("numberOfPrequisitesMetForDeletion", 0)
            .put("emitEnabled", emitEnabled)
            .put("createTempStreams", false)
            .put("checkpointsDisabled", checkpointsDisabled)
            .put("trackEmittedStreams", trackEmittedStreams)
            .put("epoch", epoch)
            .put("version", version)
            .put("checkpointHandledThreshold", settings.checkpointHandledThreshold())
            .put("checkpointAfterMs", settings.checkpointAfterMs())
            .put("checkpointUnhandledBytesThreshold", settings.checkpointUnhandledBytesThreshold())
            .put("pendingEventsThreshold", settings.pendingEventsThreshold())
            .put("maxWriteBatchLength", settings.maxWriteBatchLength())
            .put("maxAllowedWritesInFlight", settings.maxAllowedWritesInFlight())
            .put("projectionSubsystemVersion", 4)
            .put("engineVersion", engineVersion)
            .put("failurePolicy", policy);
    if (settings.projectionExecutionTimeout() > 0) {
      json.put("projectionExecutionTimeout", settings.projectionExecutionTimeout());
    }
    var user = json.putObject("runAs");
    user.put("name", runAs.name());
    runAs.roles().forEach(user.putArray("roles")::add);
    building.ifPresent(beside -> putBuilding(json, beside));
    return new ProposedEvent(
        id,
        TYPE,
        ContentType.JSON,
        JSON.writeValueAsBytes(json),
        properties.getBytes(StandardCharsets.UTF_8),
        List.of());
  }

  private static void putBuilding(ObjectNode json, Building beside) {
    json.putObject("building")
        .put("query", beside.query())
        .put("emitEnabled", beside.emitEnabled())
        .put("epoch", beside.epoch());
  }

  /// From an event.
  ///
  /// @param event the event
  /// @return the definition; empty if the event is none
  public static Optional<DefinitionRecord> of(RecordedEvent event) {
    if (!event.type().equals(TYPE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(of(JSON.readTree(event.data()), event));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  private static DefinitionRecord of(JsonNode json, RecordedEvent event) {
    var roles = json.path("runAs").path("roles").valueStream().map(JsonNode::asString).toList();
    return new DefinitionRecord(
        json.path("query").asString(""),
        json.path("handlerType").asString(SCRIPT),
        json.path("mode").asInt(4),
        json.path("enabled").asBoolean(false),
        json.path("deleting").asBoolean(false)
            ? Optional.of(
                new Deletion(
                    json.path("deleteEmittedStreams").asBoolean(false),
                    json.path("deleteStateStream").asBoolean(false),
                    json.path("deleteCheckpointStream").asBoolean(false)))
            : Optional.empty(),
        json.path("emitEnabled").asBoolean(false),
        json.path("trackEmittedStreams").asBoolean(false),
        json.path("checkpointsDisabled").asBoolean(false),
        json.path("epoch").asLong(0),
        event.revision(),
        settings(json),
        json.path("failurePolicy").asString("stop"),
        new RunAs(json.path("runAs").path("name").asString(""), roles),
        json.has("building")
            ? Optional.of(
                new Building(
                    json.path("building").path("query").asString(""),
                    json.path("building").path("emitEnabled").asBoolean(false),
                    json.path("building").path("epoch").asLong()))
            : Optional.empty(),
        event.metadataAsText(),
        json.path("engineVersion").asInt(1));
  }

  private static Settings settings(JsonNode json) {
    return new Settings(
        json.path("checkpointHandledThreshold").asInt(4_000),
        json.path("checkpointAfterMs").asLong(0),
        json.path("checkpointUnhandledBytesThreshold").asLong(10_000_000),
        json.path("pendingEventsThreshold").asInt(5_000),
        json.path("maxWriteBatchLength").asInt(500),
        json.path("maxAllowedWritesInFlight").asInt(-1),
        json.path("projectionExecutionTimeout").asLong(0));
  }

  /// As it is to be next.
  ///
  /// @param wanted whether it is to run
  /// @return the new definition
  public DefinitionRecord withEnabled(boolean wanted) {
    var draft = new Draft(this);
    draft.enabled = wanted;
    return draft.definition();
  }

  /// With another script.
  ///
  /// @param text the script
  /// @param mayEmit whether it may write
  /// @param newProperties what to keep, as JSON
  /// @return the new definition
  public DefinitionRecord withQuery(String text, boolean mayEmit, String newProperties) {
    var draft = new Draft(this);
    draft.query = text;
    draft.emitEnabled = mayEmit;
    draft.properties = newProperties;
    return draft.definition();
  }

  /// At another epoch.
  ///
  /// @param number the epoch
  /// @return the new definition
  public DefinitionRecord withEpoch(long number) {
    var draft = new Draft(this);
    draft.epoch = number;
    return draft.definition();
  }

  /// As the event of a revision.
  ///
  /// @param revision the revision
  /// @return the new definition
  public DefinitionRecord withVersion(long revision) {
    var draft = new Draft(this);
    draft.version = revision;
    return draft.definition();
  }

  /// With other settings.
  ///
  /// @param numbers the numbers
  /// @param mayEmit whether it may write
  /// @param track whether it keeps a list of where it wrote to
  /// @param newPolicy what becomes of an event that throws
  /// @return the new definition
  public DefinitionRecord withSettings(
      Settings numbers, boolean mayEmit, boolean track, String newPolicy) {
    var draft = new Draft(this);
    draft.settings = numbers;
    draft.emitEnabled = mayEmit;
    draft.trackEmittedStreams = track;
    draft.policy = newPolicy;
    return draft.definition();
  }

  /// With a version that is built beside, or none.
  ///
  /// @param beside the version
  /// @return the new definition
  public DefinitionRecord withBuilding(Optional<Building> beside) {
    var draft = new Draft(this);
    draft.building = beside;
    return draft.definition();
  }

  /// To be deleted, with what is built beside it.
  ///
  /// @param what with it
  /// @return the new definition
  public DefinitionRecord withDeletion(Deletion what) {
    var draft = new Draft(this);
    draft.enabled = false;
    draft.building = Optional.empty();
    draft.deletion = Optional.of(what);
    return draft.definition();
  }

  /// The components, to be changed.
  private static final class Draft {
    String query;
    String handlerType;
    int mode;
    boolean enabled;
    Optional<Deletion> deletion;
    boolean emitEnabled;
    boolean trackEmittedStreams;
    boolean checkpointsDisabled;
    long epoch;
    long version;
    Settings settings;
    String policy;
    RunAs runAs;
    Optional<Building> building;
    String properties;
    int engineVersion;

    Draft(DefinitionRecord from) {
      query = from.query;
      handlerType = from.handlerType;
      mode = from.mode;
      enabled = from.enabled;
      deletion = from.deletion;
      emitEnabled = from.emitEnabled;
      trackEmittedStreams = from.trackEmittedStreams;
      checkpointsDisabled = from.checkpointsDisabled;
      epoch = from.epoch;
      version = from.version;
      settings = from.settings;
      policy = from.policy;
      runAs = from.runAs;
      building = from.building;
      properties = from.properties;
      engineVersion = from.engineVersion;
    }

    DefinitionRecord definition() {
      return new DefinitionRecord(
          query,
          handlerType,
          mode,
          enabled,
          deletion,
          emitEnabled,
          trackEmittedStreams,
          checkpointsDisabled,
          epoch,
          version,
          settings,
          policy,
          runAs,
          building,
          properties,
          engineVersion);
    }
  }
}
