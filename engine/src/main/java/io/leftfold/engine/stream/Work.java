// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.Commit;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.engine.log.EncodedRecords;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// What waits for the writer.
sealed interface Work {

  /// Who waits for it.
  Completion completion();

  /// What it adds to the length of the queue.
  long bytes();

  /// An append; `records` are the events of its parts, laid out, and `judged` its parts with those
  /// of one stream put together.
  record Append(
      Commit commit,
      List<StreamAppend> judged,
      List<EncodedRecords> records,
      long bytes,
      Completion completion)
      implements Work {

    static Append of(Commit commit, long bytes, Completion completion) {
      var parts = commit.parts();
      var judged = parts.size() == 1 ? parts : judged(parts);
      return new Append(commit, judged, encode(parts), bytes, completion);
    }

    private static List<EncodedRecords> encode(List<StreamAppend> parts) {
      return parts.size() == 1
          ? List.of(EncodedRecords.of(parts.getFirst().stream(), parts.getFirst().events()))
          : parts.stream().map(part -> EncodedRecords.of(part.stream(), part.events())).toList();
    }

    private static List<StreamAppend> judged(List<StreamAppend> parts) {
      var streams = new LinkedHashMap<StreamName, List<StreamAppend>>();
      for (var part : parts) {
        streams.computeIfAbsent(part.stream(), _ -> new ArrayList<>(1)).add(part);
      }
      return streams.size() == parts.size()
          ? parts
          : streams.values().stream().map(Append::join).toList();
    }

    private static StreamAppend join(List<StreamAppend> ofOneStream) {
      var first = ofOneStream.getFirst();
      return new StreamAppend(
          first.stream(),
          first.expected(),
          ofOneStream.stream().flatMap(part -> part.events().stream()).toList());
    }

    List<StreamAppend> parts() {
      return commit.parts();
    }
  }

  /// A soft delete or a tombstone.
  record Delete(StreamName stream, ExpectedState expected, boolean forEver, Completion completion)
      implements Work {
    @Override
    public long bytes() {
      return 256;
    }
  }
}
