// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import java.util.ArrayList;

/// Streams of ten events each, as far apart as can be: the first events of all streams, then the
/// second ones, and so on.
public final class Population {

  static final int STREAM_EVENTS = 10;

  private static final int COMMIT_EVENTS = 1000;
  private static final int PEER_COMMIT_EVENTS = 100_000;

  private final StreamName[] streams;

  /// So many streams.
  ///
  /// @param streams how many
  public Population(int streams) {
    this.streams = new StreamName[streams];
    for (var i = 0; i < streams; i++) {
      this.streams[i] = StreamName.of("account-%06d".formatted(i));
    }
  }

  int streamCount() {
    return streams.length;
  }

  StreamName stream(int number) {
    return streams[number];
  }

  long eventCount() {
    return (long) streams.length * STREAM_EVENTS;
  }

  /// Appends all events.
  ///
  /// @param store where to
  public void appendTo(EventStore store) {
    var events = new Events(4);
    for (var pass = 0; pass < STREAM_EVENTS; pass++) {
      for (var from = 0; from < streams.length; from += COMMIT_EVENTS) {
        var commit = new ArrayList<StreamAppend>(COMMIT_EVENTS);
        for (var i = from; i < Math.min(from + COMMIT_EVENTS, streams.length); i++) {
          commit.add(new StreamAppend(streams[i], ExpectedState.any(), events.next(1)));
        }
        store.append(commit);
      }
    }
  }

  void insertInto(Peer peer) throws Exception {
    for (var pass = 0; pass < STREAM_EVENTS; pass++) {
      for (var i = 0; i < streams.length; i++) {
        peer.insert(streams[i]);
        if ((i + 1) % PEER_COMMIT_EVENTS == 0) {
          peer.commit();
        }
      }
      peer.commit();
    }
  }
}
