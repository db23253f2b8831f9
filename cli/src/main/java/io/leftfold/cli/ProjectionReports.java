// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.client.ProjectionLook;
import io.leftfold.client.ProjectionReport;
import io.leftfold.client.SetAsideEvent;
import io.leftfold.projections.ParkedEvent;
import io.leftfold.projections.ProjectionStatistics;
import java.util.LinkedHashMap;

/// How projections are, in the same words wherever they are.
final class ProjectionReports {

  private ProjectionReports() {}

  /// Of a projection in a data directory.
  static ProjectionReport of(ProjectionStatistics now) {
    var figures = new LinkedHashMap<String, Object>();
    figures.put("built-in", now.isBuiltIn());
    figures.put("version", now.version());
    figures.put("epoch", now.epoch());
    figures.put("events-processed-after-restart", now.processedAfterRestart());
    figures.put("partitions-cached", now.partitionsCached());
    figures.put("buffered-events", now.bufferedEvents());
    figures.put("core-processing-millis", now.coreProcessingMillis());
    figures.put("result-stream", now.resultStream());
    return with(
        new ProjectionReport(
            now.name(),
            now.mode().toString(),
            now.status(),
            now.reason(),
            place(now.position()),
            place(now.checkpoint()),
            now.progress(),
            figures),
        look(now));
  }

  /// A report and what else is known.
  static ProjectionReport with(ProjectionReport report, ProjectionLook look) {
    var figures = new LinkedHashMap<String, Object>();
    figures.put("enabled", look.enabled());
    figures.put("head", look.head());
    figures.put("lag-events", look.lagEvents());
    figures.put("lag-seconds", look.lag().toMillis() / 1000.0);
    figures.put("handled", look.handled());
    figures.put("skipped", look.skipped());
    figures.put("emitted", look.emitted());
    figures.put("parked", look.setAside());
    figures.put("faults", look.faults());
    figures.put("partitions", look.partitions());
    look.lastStep().ifPresent(time -> figures.put("last-step", time.toString()));
    look.beside()
        .ifPresent(beside -> {
          figures.put("building-epoch", beside.epoch());
          figures.put("building-position", beside.position());
          figures.put("building-reason", beside.reason());
        });
    figures.putAll(report.figures());
    return new ProjectionReport(
        report.name(),
        report.mode(),
        report.status(),
        report.reason(),
        report.position(),
        report.checkpoint(),
        report.progress(),
        figures);
  }

  static ProjectionLook look(ProjectionStatistics now) {
    return new ProjectionLook(
        now.enabled(),
        now.head(),
        now.lagEvents(),
        now.lag(),
        now.handled(),
        now.skipped(),
        now.emitted(),
        now.partitions(),
        now.parked(),
        now.faults(),
        now.lastStep(),
        now.building()
            .map(beside ->
                new ProjectionLook.VersionBeside(
                    beside.epoch(), beside.position(), beside.reason())));
  }

  private static String place(long position) {
    return position < 0 ? "" : Long.toString(position);
  }

  static ParkedEvent parked(SetAsideEvent event) {
    return new ParkedEvent(
        event.position(),
        event.stream(),
        event.revision(),
        event.type(),
        event.partition(),
        event.wholePartition(),
        event.error(),
        event.stateBefore());
  }
}
