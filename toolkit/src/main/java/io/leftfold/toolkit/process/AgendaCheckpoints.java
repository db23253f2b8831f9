// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// Checkpoints of an agenda, in the store: the last event of the stream `agendas.process-<name>`.
///
/// ```
/// type $process-agenda   {"position": 17, "instances": ["order-7"],
///                         "census": {"position": 19, "begun": 8, "completed": 6, "parked": 1}}
/// ```
///
/// Nothing rests on one. Where there is none, or none that can be read, all entries are.
final class AgendaCheckpoints {

  private static final System.Logger LOGGER = System.getLogger(AgendaCheckpoints.class.getName());
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final String TYPE = EntryFormat.PREFIX + "agenda";

  private final EventStore store;
  private final StreamName stream;

  AgendaCheckpoints(EventStore store, ProcessDefinition<?, ?, ?> definition) {
    this.store = store;
    this.stream = StreamName.of("agendas.process-" + definition.name());
  }

  Optional<AgendaCheckpoint> last() {
    try (var read = store.read(stream, ReadOptions.backwards().limit(1))) {
      return read.stream().findFirst().flatMap(event -> understood(event.original()));
    }
  }

  private Optional<AgendaCheckpoint> understood(RecordedEvent event) {
    try {
      var data = JSON.readTree(event.data());
      var instances =
          data.required("instances").valueStream().map(name -> name.asString()).toList();
      var census = data.required("census");
      return Optional.of(
          new AgendaCheckpoint(
              number(data, "position"),
              instances,
              new Census(
                  number(census, "position"),
                  number(census, "begun"),
                  number(census, "completed"),
                  number(census, "parked"))));
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "The checkpoint in %s cannot be read; all entries are read instead: %s"
              .formatted(stream, e));
      return Optional.empty();
    }
  }

  private static long number(JsonNode data, String field) {
    return data.required(field).asLong();
  }

  void keep(AgendaCheckpoint checkpoint) {
    var data = JSON.createObjectNode().put("position", checkpoint.position());
    var instances = data.putArray("instances");
    checkpoint.instances().forEach(instances::add);
    var census = checkpoint.census();
    data.putObject("census")
        .put("position", census.position())
        .put("begun", census.begun())
        .put("completed", census.completed())
        .put("parked", census.parked());
    try {
      if (store.metadata(stream).metadata().maxCount().isEmpty()) {
        var _ =
            store.writeMetadata(stream, ExpectedState.any(), StreamMetadata.none().withMaxCount(1));
      }
      var _ = store.append(stream, ExpectedState.any(), ProposedEvent.json(TYPE, data.toString()));
    } catch (UnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "No checkpoint could be written to %s: %s".formatted(stream, e));
    }
  }
}
