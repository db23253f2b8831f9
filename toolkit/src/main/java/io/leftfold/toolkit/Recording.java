// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The record of one command that is about to be written, and what its events say of it.
final class Recording<C, R> {

  private static final JsonMapper JSON = Trees.JSON;
  private static final String CAUSATION = "$causationId";
  private static final String CORRELATION = "$correlationId";

  private final CommandLog<C, R> log;
  private final ProposedEvent wanted;
  private final ObjectNode about = JSON.createObjectNode();

  /// @param restsOn below which position the decision saw its boundary
  Recording(CommandLog<C, R> log, C command, @Nullable CommandId commandId, long restsOn) {
    this.log = log;
    this.wanted = ProposedEvent.json(CommandLog.TYPE, log.write().apply(command));
    about.put(CommandLog.RESTS_ON, restsOn);
    if (commandId != null) {
      about.put(CommandLog.ID, commandId.value());
    }
  }

  StreamAppend accepted(int events) {
    about.put(CommandLog.ACCEPTED, events);
    return append();
  }

  StreamAppend rejected(R why) {
    about.set(CommandLog.REJECTED, json(log.writeRejection(), why));
    return append();
  }

  /// Why a command was rejected, as records say it.
  static <R> JsonNode json(Function<? super R, String> write, R why) {
    return JSON.readTree(write.apply(why));
  }

  private StreamAppend append() {
    var record = wanted.withMetadata(about.toString());
    return new StreamAppend(log.stream(), ExpectedState.any(), List.of(record));
  }

  /// An event, saying that this command led to it.
  ProposedEvent caused(ProposedEvent event) {
    var id = wanted.id().toString();
    return Metadata.withIfAbsent(Metadata.with(event, CAUSATION, id), CORRELATION, id);
  }
}
