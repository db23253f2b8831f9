// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.EventFilter;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.EventCodec;
import java.util.Optional;

/// A process manager with its name in a store, and how its events and commands are stored there.
///
/// ```java
/// var delivery =
///     ProcessDefinition.of("delivery", new Delivery(), SHOP_EVENTS, SHOP_COMMANDS)
///         .following(EventFilter.matching(Query.of(Query.typed("OrderPlaced", "OrderPaid"))));
/// ```
///
/// **Beginning with history.** A process that is new to a store follows it from the first event. To
/// let it know the past, and not act on it, say up to where: [#reactingFrom(long)].
///
/// @param name a word without `-`, 1 to [#NAME_BYTES_MAX] bytes of UTF-8. Its instances lie in the
///   streams `process.<name>-<instance>`; another name is another process, which knows nothing
/// @param manager what inputs mean, and lead to
/// @param events how the events that are followed are stored. A type that it does not know is
///   passed over; a newer version of one that it does know is set aside, as what cannot be read is
/// @param commands how commands are stored until they are settled, and how they are understood
///   after a new start with newer code
/// @param source which events are looked at; the fewer, the better
/// @param reactsFrom events before this position are folded, and lead to no effects
/// @param <E> the events that are followed
/// @param <S> the state of an instance
/// @param <C> the commands
public record ProcessDefinition<E, S, C>(
    String name,
    ProcessManager<E, S, C> manager,
    EventCodec<E> events,
    EventCodec<C> commands,
    EventFilter source,
    long reactsFrom) {

  /// The longest name, in bytes of UTF-8.
  public static final int NAME_BYTES_MAX = 128;

  private static final String PREFIX = "process.";

  /// Checks the name.
  ///
  /// @throws IllegalArgumentException if it is empty, too long, has a `-` or is no Unicode; if the
  ///   position is negative
  public ProcessDefinition {
    var bytes = name.getBytes(UTF_8).length;
    if (bytes == 0 || bytes > NAME_BYTES_MAX || name.indexOf('-') >= 0) {
      throw new IllegalArgumentException(
          "A process has a name without \"-\" of 1 to %d bytes of UTF-8, got \"%s\""
              .formatted(NAME_BYTES_MAX, name));
    }
    var _ = StreamName.of(PREFIX + name);
    if (reactsFrom < 0) {
      throw new IllegalArgumentException("A position is counted from 0, got " + reactsFrom);
    }
  }

  /// A process that follows everything but system events, and reacts to all of it.
  ///
  /// @param name a word without `-`
  /// @param manager what inputs mean, and lead to
  /// @param events how the events that are followed are stored
  /// @param commands how commands are stored
  /// @param <E> the events that are followed
  /// @param <S> the state of an instance
  /// @param <C> the commands
  /// @return the definition
  public static <E, S, C> ProcessDefinition<E, S, C> of(
      String name, ProcessManager<E, S, C> manager, EventCodec<E> events, EventCodec<C> commands) {
    return new ProcessDefinition<>(
        name, manager, events, commands, EventFilter.withoutSystemEvents(), 0);
  }

  /// Looking at these events only.
  ///
  /// @param filter which
  /// @return the new definition
  public ProcessDefinition<E, S, C> following(EventFilter filter) {
    return new ProcessDefinition<>(name, manager, events, commands, filter, reactsFrom);
  }

  /// Folding what is before a position, without effects: no command of it is sent, and no timer
  /// started. Said the same each time, it changes nothing about what came later.
  ///
  /// @param position of the first event that is reacted to
  /// @return the new definition
  public ProcessDefinition<E, S, C> reactingFrom(long position) {
    return new ProcessDefinition<>(name, manager, events, commands, source, position);
  }

  /// The stream of an instance. Without instance and `-` it is that of the process itself, where
  /// stands what was set aside.
  ///
  /// @param instance its name
  /// @return `process.<name>-<instance>`
  public StreamName stream(String instance) {
    return StreamName.of(PREFIX + name + "-" + instance);
  }

  /// The instance that a stream is of, if it is of one of this process.
  Optional<String> instance(StreamName stream) {
    var prefix = category() + "-";
    return stream.value().startsWith(prefix)
        ? Optional.of(stream.value().substring(prefix.length()))
        : Optional.empty();
  }

  /// The category of the instances' streams, the name under which their source is tracked, and the
  /// stream of events of which nobody knows whom they concern.
  String category() {
    return PREFIX + name;
  }

  /// The id of a command: the same whenever an input is reacted to again.
  ///
  /// @param input what is the same about an input each time it comes, without a line break
  /// @param place of the command among the effects
  CommandId commandId(String instance, String input, int place) {
    var origin = CommandId.of("%s-%s\n%s".formatted(name, instance, input));
    return CommandId.of(origin.eventId(place));
  }
}
