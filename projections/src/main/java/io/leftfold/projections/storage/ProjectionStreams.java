// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.storage;

import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The streams of one projection.
///
/// States are kept by the projection's number and epoch, not by its name: names may hold anything,
/// and `a-b` with the partition `c` must not share a stream with `a` and its partition `b-c`.
///
/// @param name the projection's name
/// @param id its number: the revision at which it was created
public record ProjectionStreams(String name, long id) {

  /// Names all projections.
  public static final StreamName ALL = StreamName.of("$projections-$all");

  private static final String PREFIX = "$projections-";
  private static final String STATES = "$projectionstate-";

  /// What a name must not end with, for it would be a stream of another projection.
  public static final List<String> RESERVED_ENDINGS =
      List.of("-checkpoint", "-parked", "-result", "-emittedstreams", "-emittedstreams-checkpoint");

  /// Whether a stream, or the stream whose metadata it holds, is one of these.
  ///
  /// @param stream any stream
  /// @return whether only projections write to it
  public static boolean isOfProjections(StreamName stream) {
    var name = stream.isMetastream() ? stream.original().value() : stream.value();
    return name.startsWith(PREFIX) || name.startsWith(STATES);
  }

  /// The definitions.
  ///
  /// @return one `$ProjectionUpdated` for each change
  public StreamName definition() {
    return definition(name);
  }

  /// The definitions of a projection.
  ///
  /// @param name its name
  /// @return the stream
  public static StreamName definition(String name) {
    return StreamName.of(PREFIX + name);
  }

  /// How far the current version is.
  ///
  /// @return the stream, whose last event counts
  public StreamName checkpoint() {
    return StreamName.of(PREFIX + name + "-checkpoint");
  }

  /// What is parked.
  ///
  /// @return the stream
  public StreamName parked() {
    return StreamName.of(PREFIX + name + "-parked");
  }

  /// Where the projection emitted to.
  ///
  /// @return the stream
  public StreamName emitted() {
    return StreamName.of(PREFIX + name + "-emittedstreams");
  }

  /// The results, if the script does not name another stream.
  ///
  /// @return the stream
  public StreamName result() {
    return StreamName.of(PREFIX + name + "-result");
  }

  /// The pattern of the results of partitions, if the script gives no other.
  ///
  /// @return a pattern, `{0}` being the partition
  public String partitionResults() {
    return PREFIX + name + "-{0}-result";
  }

  /// The results of a partition, if the script gives no other pattern.
  ///
  /// @param partition the partition, not empty
  /// @return the stream, which no other partition of this projection has
  public Optional<StreamName> result(String partition) {
    var name = partitionResults().replace("{0}", partition);
    return name.getBytes(StandardCharsets.UTF_8).length > StreamName.BYTES_MAX
        ? Optional.empty()
        : Optional.of(StreamName.of(name));
  }

  /// Whether a stream is called like the results of a partition.
  ///
  /// @param stream its name
  /// @return whether it is
  public boolean isResult(String stream) {
    return stream.startsWith(PREFIX + name + "-") && stream.endsWith("-result");
  }

  /// What the names of all streams of states begin with.
  ///
  /// @return the beginning
  public String allStates() {
    return STATES + id + ".";
  }

  private String states(long epoch) {
    return allStates() + epoch;
  }

  /// What the names of the streams of an epoch's partitions begin with.
  ///
  /// @param epoch the epoch
  /// @return the beginning, behind which stands the partition
  public String partitionStates(long epoch) {
    return states(epoch) + "-";
  }

  /// The states of a partition.
  ///
  /// @param epoch the epoch
  /// @param partition the partition, empty for the one state
  /// @return the stream
  public StreamName state(long epoch, String partition) {
    return StreamName.of(LongNames.shortened(partitionStates(epoch), partition));
  }

  /// The state that partitions share.
  ///
  /// @param epoch the epoch
  /// @return the stream
  public StreamName sharedState(long epoch) {
    return StreamName.of(states(epoch) + ".shared");
  }

  /// How far an epoch is that is built beside the current one.
  ///
  /// @param epoch the epoch
  /// @return the stream
  public StreamName checkpointBeside(long epoch) {
    return StreamName.of(states(epoch) + ".checkpoint");
  }

  /// Of which epoch a stream of states is.
  ///
  /// @param stream begins with [#allStates]
  /// @return the epoch
  public long epochOf(StreamName stream) {
    var text = stream.value().substring(allStates().length());
    var end = 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return Long.parseLong(text.substring(0, end));
  }

  /// A name behind which no stream of an epoch stands, and in front of which all do.
  ///
  /// @param epoch the epoch
  /// @return the name
  public String behind(long epoch) {
    // '-' and '.' stand before '/', digits behind it.
    return states(epoch) + "/";
  }
}
