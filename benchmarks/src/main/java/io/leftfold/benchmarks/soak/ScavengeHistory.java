// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import tools.jackson.databind.ObjectMapper;

/// What the store tells of its scavenges.
///
/// @param summary is told
record ScavengeHistory(SoakState state, SoakSummary summary) {

  private static final StreamName HISTORY = StreamName.of("$scavenges");

  void read(EventStore store) {
    var mapper = new ObjectMapper();
    for (var event : store.read(HISTORY, ReadOptions.forwards()).events()) {
      var json = mapper.readTree(event.data());
      switch (event.type()) {
        case "$scavengeChunksCompleted" -> {
          summary.chunksScavenged++;
          summary.bytesFreed += json.path("spaceSaved").asLong();
        }
        case "$scavengeCompleted" -> {
          summary.scavengesDone++;
          if (json.path("result").asString().equals("Errored")) {
            state.violations().report("A scavenge failed: " + json);
          }
        }
        default -> {} // beginnings
      }
    }
  }
}
