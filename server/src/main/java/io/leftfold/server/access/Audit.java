// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/// What administrators did, as events of the stream `$audit`: who, what, with what, from where,
/// when, and what came of it. What is done is recorded in one commit with its entry; or its
/// beginning is recorded before it and its end behind it, so that nothing escapes.
public final class Audit {

  /// The type of the events.
  static final String TYPE = "$AdministrativeAction";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int CHARS_MAX = 1000;

  private final EventStore store;
  private final StoredAccess access;
  private final Clock clock;
  private final Supplier<UUID> ids;
  private final Ration denials;

  Audit(EventStore store, StoredAccess access, Clock clock, Supplier<UUID> ids) {
    this.store = store;
    this.access = access;
    this.clock = clock;
    this.ids = ids;
    this.denials = new Ration(clock);
  }

  /// What came of an action.
  public enum Outcome {
    /// It is about to be done; another entry will say what came of it.
    BEGUN,
    /// It was done.
    DONE,
    /// Whoever asked for it may not.
    DENIED,
    /// It was not done, or not to its end.
    FAILED
  }

  /// One action. Nothing secret is in it.
  ///
  /// @param action the id of the action, the same in all its entries
  /// @param who did it
  /// @param from the address of the client
  /// @param what in words
  /// @param subject with what
  /// @param when by the node's clock
  /// @param outcome what came of it
  /// @param reason why it failed; empty if it did not
  public record Entry(
      UUID action,
      String who,
      String from,
      String what,
      String subject,
      Instant when,
      Outcome outcome,
      String reason) {

    private Entry with(Outcome came, String why) {
      return new Entry(action, who, from, what, subject, when, came, why);
    }

    /// The same action, done.
    ///
    /// @return another entry
    public Entry done() {
      return with(Outcome.DONE, "");
    }

    /// The same action, which somebody may not.
    ///
    /// @return another entry
    public Entry denied() {
      return with(Outcome.DENIED, "");
    }

    /// The same action, failed.
    ///
    /// @param cause with what
    /// @return another entry
    public Entry failed(Throwable cause) {
      return with(Outcome.FAILED, cut(String.valueOf(cause.getMessage())));
    }
  }

  /// An action that begins at this moment.
  ///
  /// @param who does it
  /// @param from the address of the client
  /// @param what in words
  /// @param subject with what
  /// @return the entry
  public Entry entry(Caller who, String from, String what, String subject) {
    return new Entry(
        ids.get(), who.name(), from, what, cut(subject), clock.instant(), Outcome.BEGUN, "");
  }

  /// Names and messages come from outside.
  private static String cut(String text) {
    return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + "…";
  }

  /// Records an entry, and waits until it is durable.
  ///
  /// @param entry the action
  public void record(Entry entry) {
    store.append(List.of(part(List.of(entry))));
  }

  /// Whether a denial is to be recorded: of whoever has logged in, and not more of them than so
  /// many in a while, for callers can bring about as many as they like. The log has all of them.
  ///
  /// @param who was denied something
  /// @return whether
  public boolean takesDenialOf(Caller who) {
    return !(who instanceof Caller.Anonymous) && denials.take().isPresent();
  }

  /// What is appended for actions.
  ///
  /// @param entries the actions
  /// @return for a commit
  public StreamAppend part(List<Entry> entries) {
    return part(entries, ids);
  }

  /// What is appended for an action that is done in the same commit.
  static StreamAppend part(Entry entry, Supplier<UUID> ids) {
    return part(List.of(entry.done()), ids);
  }

  private static StreamAppend part(List<Entry> entries, Supplier<UUID> ids) {
    return new StreamAppend(
        Streams.AUDIT,
        ExpectedState.any(),
        entries.stream().map(entry -> event(entry, ids.get())).toList());
  }

  private static ProposedEvent event(Entry entry, UUID id) {
    var json = JSON.createObjectNode();
    json.put("who", entry.who());
    json.put("action", entry.what());
    json.put("subject", entry.subject());
    json.put("outcome", entry.outcome().name().toLowerCase(Locale.ROOT));
    if (!entry.reason().isEmpty()) {
      json.put("reason", entry.reason());
    }
    json.put("from", entry.from());
    json.put("when", entry.when().toString());
    json.put("id", entry.action().toString());
    return new ProposedEvent(
        id, TYPE, ContentType.JSON, JSON.writeValueAsBytes(json), new byte[0], List.of());
  }

  static byte[] json(String key, String value) {
    return JSON.writeValueAsBytes(JSON.createObjectNode().put(key, value));
  }

  // ---- who may do what

  /// What is to be recorded of an append because it changes who may do what.
  ///
  /// @param caller who appends
  /// @param from the address of the client
  /// @param stream to which
  /// @param events what
  /// @return empty if it changes no rights
  public Optional<Entry> changeOfRights(
      Caller caller, String from, StreamName stream, List<ProposedEvent> events) {
    if (!stream.isSystem() || events.isEmpty()) {
      return Optional.empty();
    }
    if (stream.isMetastream()) {
      var written = AccessJson.list(events.getLast().data());
      return written.equals(access.listOf(stream.original()))
          ? Optional.empty()
          : Optional.of(entry(caller, from, "change rights", stream.original().value()));
    }
    return Streams.decideRights(stream)
        ? Optional.of(entry(caller, from, "append to a system stream", stream.value()))
        : Optional.empty();
  }

  /// What is to be recorded of new metadata because it changes who may do what.
  ///
  /// @param caller who writes it
  /// @param from the address of the client
  /// @param stream of which
  /// @param metadata the new metadata
  /// @return empty if it changes no rights
  public Optional<Entry> changeOfRights(
      Caller caller, String from, StreamName stream, StreamMetadata metadata) {
    return metadata.acl().equals(access.listOf(stream))
        ? Optional.empty()
        : Optional.of(entry(caller, from, "change rights", stream.value()));
  }

  /// What is to be recorded of a delete because it changes who may do what.
  ///
  /// @param caller who deletes
  /// @param from the address of the client
  /// @param stream which
  /// @return empty if it changes no rights
  public Optional<Entry> endOfRights(Caller caller, String from, StreamName stream) {
    return Streams.decideRights(stream) || access.listOf(stream).isPresent()
        ? Optional.of(entry(caller, from, "delete a stream with rights", stream.value()))
        : Optional.empty();
  }
}
