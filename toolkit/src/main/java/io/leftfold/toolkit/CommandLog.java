// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// Where commands are recorded, with what became of them, so that a decision of long ago can be
/// looked at again: with the command as it was given and the state as it was then.
///
/// ```java
/// var log = CommandLog.of(StreamName.of("commands-accounts"), JSON::writeValueAsString, …);
/// var accounts = CommandHandler.of(…).with(log);
///
/// for (var logged : log.entries(store, ReadOptions.backwards().limit(10))) {
///   accounts.replay(logged); // stop here in the debugger
/// }
/// ```
///
/// A command that is accepted is recorded in the commit of its events, right before them; one that
/// is rejected, or leads to nothing, by itself. So none is accepted and not recorded. The events
/// name the record as their `$causationId`, and as their `$correlationId` if they have none. A
/// command that is given again, and was accepted before, is not recorded again.
///
/// ```
/// $command  | the command, as the application writes it
/// metadata  | {"restsOn": 90210, "id": "…", "accepted": 2}   or   {…, "rejected": "OVERDRAWN"}
/// ```
///
/// No query matches records ([io.leftfold.api.Query]): they get in the way of no decision.
///
/// @param stream where records go
/// @param write makes JSON of a command
/// @param read makes a command of JSON
/// @param writeRejection makes JSON of why a command was rejected
/// @param <C> the commands
/// @param <R> why a command is rejected
public record CommandLog<C, R>(
    StreamName stream,
    Function<? super C, String> write,
    Function<String, ? extends C> read,
    Function<? super R, String> writeRejection) {

  static final String TYPE = "$command";
  static final String RESTS_ON = "restsOn";
  static final String ID = "id";
  static final String ACCEPTED = "accepted";
  static final String REJECTED = "rejected";

  private static final ObjectMapper JSON = JsonMapper.shared();

  /// A command log.
  ///
  /// @param stream where records go; others may use it too
  /// @param write makes JSON of a command
  /// @param read makes a command of JSON
  /// @param writeRejection makes JSON of why a command was rejected
  /// @param <C> the commands
  /// @param <R> why a command is rejected
  /// @return the log
  public static <C, R> CommandLog<C, R> of(
      StreamName stream,
      Function<? super C, String> write,
      Function<String, ? extends C> read,
      Function<? super R, String> writeRejection) {
    return new CommandLog<>(stream, write, read, writeRejection);
  }

  /// What was recorded. Other events in the stream are passed over.
  ///
  /// @param store where it is
  /// @param options which part of the stream, in which direction
  /// @return the records; to be closed
  /// @throws UnreadableEventException (while they are read) if a record is none
  public Stream<LoggedCommand<C>> entries(EventStore store, ReadOptions options) {
    var events = store.read(stream, options);
    return events.stream()
        .map(resolved -> resolved.original())
        .filter(event -> event.type().equals(TYPE))
        .map(this::entry)
        .onClose(events::close);
  }

  private LoggedCommand<C> entry(RecordedEvent event) {
    try {
      var about = JSON.readTree(event.metadata());
      var accepted = about.path(ACCEPTED);
      return new LoggedCommand<>(
          event.position(),
          event.recorded(),
          text(about.path(ID)).map(CommandId::of),
          read.apply(event.dataAsText()),
          about.required(RESTS_ON).asLong(),
          accepted.isMissingNode() ? OptionalInt.empty() : OptionalInt.of(accepted.asInt()),
          accepted.isMissingNode()
              ? Optional.of(about.required(REJECTED).toString())
              : Optional.empty());
    } catch (RuntimeException e) {
      throw new UnreadableEventException(event, "it is no record of a command", e);
    }
  }

  private static Optional<String> text(JsonNode node) {
    return node.isString() ? Optional.of(node.asString()) : Optional.empty();
  }
}
