// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// How a projection is at a moment.
///
/// @param name its name
/// @param mode `Continuous`, `OneTime` or `Transient`
/// @param status what it does, `Running` for example
/// @param reason why it does not run, or what is the matter; empty if nothing is
/// @param position the last place that it looked at; empty for none
/// @param checkpoint the last place whose effects are durable; empty for none
/// @param progress percent of its source that it looked at; below 0 if that is not known
/// @param figures everything else, by name
public record ProjectionReport(
    String name,
    String mode,
    String status,
    String reason,
    String position,
    String checkpoint,
    double progress,
    SequencedMap<String, Object> figures) {

  /// Copies the map.
  public ProjectionReport {
    figures = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(figures));
  }
}
