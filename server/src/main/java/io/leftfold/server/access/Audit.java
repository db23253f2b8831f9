// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/// What administrators did, as events of the stream `$audit`: who, what, with what, from where, and
/// when. Each is recorded with the action or before it, so that none escapes.
public final class Audit {

  /// The type of the events.
  static final String TYPE = "$AdministrativeAction";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Clock clock;

  Audit(Clock clock) {
    this.clock = clock;
  }

  /// One action. Nothing secret is in it.
  ///
  /// @param who did it
  /// @param from the address of the client
  /// @param action what, in words
  /// @param subject with what
  /// @param when by the node's clock
  public record Entry(
      String who, String from, String action, String subject, java.time.Instant when) {}

  /// An action, at this moment.
  ///
  /// @param who does it
  /// @param from the address of the client
  /// @param action what, in words
  /// @param subject with what
  /// @return the entry
  public Entry entry(Caller who, String from, String action, String subject) {
    return new Entry(who.name(), from, action, subject, clock.instant());
  }

  /// What is appended for an action.
  static StreamAppend part(Entry entry, Supplier<UUID> ids) {
    return part(List.of(entry), ids);
  }

  /// What is appended for actions.
  static StreamAppend part(List<Entry> entries, Supplier<UUID> ids) {
    return new StreamAppend(
        Streams.AUDIT,
        ExpectedState.any(),
        entries.stream().map(entry -> event(entry, ids.get())).toList());
  }

  private static ProposedEvent event(Entry entry, UUID id) {
    var json = JSON.createObjectNode();
    json.put("who", entry.who());
    json.put("action", entry.action());
    json.put("subject", entry.subject());
    json.put("from", entry.from());
    json.put("when", entry.when().toString());
    return new ProposedEvent(
        id, TYPE, ContentType.JSON, JSON.writeValueAsBytes(json), new byte[0], List.of());
  }

  static byte[] json(String key, String value) {
    return JSON.writeValueAsBytes(JSON.createObjectNode().put(key, value));
  }
}
