// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.projections;

import io.leftfold.projections.ProjectionMode;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.protocol.messages.projections.StatisticsReq;
import io.leftfold.protocol.messages.projections.StatisticsResp;
import io.leftfold.server.node.ProjectionControl;
import java.util.List;

/// Statistics of projections, as clients ask for them and read them.
final class StatisticsAnswers {

  private StatisticsAnswers() {}

  static List<StatisticsResp> of(ProjectionControl control, StatisticsReq.Options options) {
    return asked(control, options).stream().map(StatisticsAnswers::of).toList();
  }

  private static List<ProjectionStatistics> asked(
      ProjectionControl control, StatisticsReq.Options options) {
    return switch (options.getModeCase()) {
      case NAME -> List.of(control.statistics(options.getName()));
      case ALL -> control.list();
      case TRANSIENT -> ofMode(control, ProjectionMode.TRANSIENT);
      case CONTINUOUS -> ofMode(control, ProjectionMode.CONTINUOUS);
      case ONE_TIME -> ofMode(control, ProjectionMode.ONE_TIME);
      case MODE_NOT_SET ->
          throw new IllegalArgumentException(
              "Statistics are of one projection, of all, or of those of one mode; the request says none of that");
    };
  }

  private static List<ProjectionStatistics> ofMode(ProjectionControl control, ProjectionMode mode) {
    return control.list().stream().filter(one -> one.mode() == mode).toList();
  }

  private static StatisticsResp of(ProjectionStatistics one) {
    return StatisticsResp.newBuilder()
        .setDetails(
            StatisticsResp.Details.newBuilder()
                .setCoreProcessingTime(one.coreProcessingMillis())
                .setVersion(one.version())
                .setEpoch(one.epoch())
                .setEffectiveName(one.name())
                .setWritesInProgress(one.writesInProgress())
                .setReadsInProgress(one.readsInProgress())
                .setPartitionsCached(one.partitionsCached())
                .setStatus(one.status())
                .setStateReason(one.reason())
                .setName(one.name())
                .setMode(one.mode().toString())
                .setPosition(position(one.position()))
                .setProgress((float) one.progress())
                .setLastCheckpoint(position(one.checkpoint()))
                .setEventsProcessedAfterRestart(one.processedAfterRestart())
                .setCheckpointStatus(
                    one.writesInProgress() == 0
                        ? ""
                        : "Writing (%d)".formatted(one.writesInProgress()))
                .setBufferedEvents(one.bufferedEvents())
                .setWritePendingEventsBeforeCheckpoint(one.pendingBeforeCheckpoint())
                .setWritePendingEventsAfterCheckpoint(one.pendingAfterCheckpoint()))
        .build();
  }

  /// In the words of the wire; empty before the first event.
  private static String position(long position) {
    return position < 0 ? "" : "C:%d/P:%d".formatted(position, position);
  }
}
