// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.StreamName;

/// Which group.
///
/// @param source what it reads
/// @param name its name, unique for its source
public record GroupId(GroupSource source, String name) {

  private static final String PREFIX = "$persistentsubscription-";
  private static final String CHECKPOINT = "-checkpoint";
  private static final String PARKED = "-parked";
  private static final String REPLAYED = "-replayed";
  private static final String OF_ALL = PREFIX + GroupSource.ALL + "::";

  /// So long is the name of a stream at least in which a group that reads all streams keeps notes.
  public static final int NOTE_OF_GROUP_ON_ALL_MIN = OF_ALL.length() + PARKED.length();

  /// Where its checkpoints are.
  ///
  /// @return the stream
  public StreamName checkpoints() {
    return stream(CHECKPOINT);
  }

  /// Where its parked events are.
  ///
  /// @return the stream
  public StreamName parked() {
    return stream(PARKED);
  }

  /// Where it is noted which parked events were replayed out of their order.
  StreamName replayed() {
    return stream(REPLAYED);
  }

  private StreamName stream(String suffix) {
    return StreamName.of(PREFIX + this + suffix);
  }

  /// Whether a stream belongs to a group that reads all streams: what is written there is nothing
  /// new to such groups, and would have them write again.
  static boolean ofGroupOnAll(StreamName stream) {
    var name = stream.value();
    return isNoteOfGroupOnAll(name.startsWith("$$") ? name.substring(2) : name);
  }

  /// Whether a group that reads all streams keeps notes in a stream: its checkpoints, what is
  /// parked and what of that was replayed.
  ///
  /// @param stream its name
  /// @return whether
  public static boolean isNoteOfGroupOnAll(String stream) {
    return stream.startsWith(OF_ALL)
        && (stream.endsWith(CHECKPOINT) || stream.endsWith(PARKED) || stream.endsWith(REPLAYED));
  }

  /// The source and the name, as clients know it.
  @Override
  public String toString() {
    return source + "::" + name;
  }
}
