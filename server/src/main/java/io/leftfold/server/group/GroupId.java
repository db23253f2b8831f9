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
    var own = name.startsWith("$$") ? name.substring(2) : name;
    return own.startsWith(OF_ALL)
        && (own.endsWith(CHECKPOINT) || own.endsWith(PARKED) || own.endsWith(REPLAYED));
  }

  /// The source and the name, as clients know it.
  @Override
  public String toString() {
    return source + "::" + name;
  }
}
