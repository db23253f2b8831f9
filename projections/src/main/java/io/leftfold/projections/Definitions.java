// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.graalvm.polyglot.Value;

/// Reads what a script has said about itself, and checks that it makes sense.
final class Definitions {

  private static final int LAG_MILLIS_MIN = 50;

  private Definitions() {}

  static ProjectionDefinition read(ProjectionSource source, Value written) {
    var definition =
        new ProjectionDefinition(
            sources(source, written),
            types(written),
            partitioning(written),
            handlers(written),
            written.getMember("biState").asBoolean(),
            results(written),
            written.getMember("includeLinks").asBoolean(),
            written.getMember("reorderEvents").asBoolean(),
            lag(written),
            texts(written.getMember("notes")));
    check(source, definition);
    return definition;
  }

  private static ProjectionDefinition.Sources sources(ProjectionSource source, Value written) {
    if (written.getMember("all").asBoolean()) {
      return new ProjectionDefinition.Sources.All();
    }
    var categories = texts(written.getMember("categories"));
    if (!categories.isEmpty()) {
      return new ProjectionDefinition.Sources.Category(categories.getFirst());
    }
    var streams = texts(written.getMember("streams"));
    if (streams.isEmpty()) {
      throw wrong(
          source,
          "None of streams and categories are included: a projection begins with fromAll(), fromStream(name), fromStreams(names) or fromCategory(name), and this one says no source");
    }
    return new ProjectionDefinition.Sources.Streams(streams);
  }

  private static ProjectionDefinition.EventTypes types(Value written) {
    var types = texts(written.getMember("types"));
    return types.isEmpty() || isThere(written, "any")
        ? new ProjectionDefinition.EventTypes.Any()
        : new ProjectionDefinition.EventTypes.Named(types);
  }

  private static ProjectionDefinition.Partitioning partitioning(Value written) {
    return switch (written.getMember("partitioning").asString()) {
      case "stream" -> ProjectionDefinition.Partitioning.STREAM;
      case "custom" -> ProjectionDefinition.Partitioning.CUSTOM;
      default -> ProjectionDefinition.Partitioning.NONE;
    };
  }

  private static ProjectionDefinition.Handlers handlers(Value written) {
    return new ProjectionDefinition.Handlers(
        isThere(written, "init"),
        isThere(written, "initShared"),
        isThere(written, "any"),
        written.getMember("created").getArraySize() > 0,
        isThere(written, "deleted"));
  }

  private static ProjectionDefinition.Results results(Value written) {
    var chain = written.getMember("chain");
    var links = new ArrayList<ProjectionDefinition.Results.Link>();
    for (var i = 0; i < chain.getArraySize(); i++) {
      links.add(
          chain.getArrayElement(i).getMember("kind").asString().equals("filter")
              ? ProjectionDefinition.Results.Link.FILTER
              : ProjectionDefinition.Results.Link.TRANSFORM);
    }
    return new ProjectionDefinition.Results(
        written.getMember("outputState").asBoolean(),
        links,
        text(written, "resultStream"),
        text(written, "partitionResultStream"));
  }

  private static Optional<Duration> lag(Value written) {
    var millis = written.getMember("processingLag").asDouble();
    return millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis((long) millis));
  }

  private static Optional<String> text(Value written, String name) {
    return isThere(written, name)
        ? Optional.of(written.getMember(name).asString())
        : Optional.empty();
  }

  private static boolean isThere(Value written, String name) {
    return !written.getMember(name).isNull();
  }

  private static List<String> texts(Value array) {
    var texts = new ArrayList<String>();
    for (var i = 0; i < array.getArraySize(); i++) {
      texts.add(array.getArrayElement(i).asString());
    }
    return texts;
  }

  private static void check(ProjectionSource source, ProjectionDefinition definition) {
    var byStream = definition.partitioning() == ProjectionDefinition.Partitioning.STREAM;
    if (byStream && definition.sources() instanceof ProjectionDefinition.Sources.Streams) {
      throw wrong(
          source,
          "foreachStream projections are not supported on stream based sources, several categories being streams too; use fromAll() or fromCategory(name), or partitionBy(e => e.streamId)");
    }
    if (definition.handlers().deleted() && !byStream) {
      throw wrong(
          source,
          "Deleted stream notifications are only supported with foreachStream(), and $deleted is handled without it; add foreachStream() before when()");
    }
    if (definition.handlers().deleted() && definition.biState()) {
      throw wrong(
          source,
          "Cannot handle deletes in bi-state projections; leave out $deleted, or $initShared and biState");
    }
    if (definition.reorderEvents()) {
      checkOrder(source, definition);
    }
  }

  private static void checkOrder(ProjectionSource source, ProjectionDefinition definition) {
    if (!(definition.sources() instanceof ProjectionDefinition.Sources.Streams(var names))
        || names.size() < 2) {
      throw wrong(
          source,
          "reorderEvents is for two streams or more, and this projection reads no such list; leave it out, events come in the order of the log");
    }
    var lag = definition.processingLag().map(Duration::toMillis).orElse(0L);
    if (lag < LAG_MILLIS_MIN) {
      throw wrong(
          source,
          "reorderEvents takes a processingLag of at least %d ms, got %d; raise it, or leave both out"
              .formatted(LAG_MILLIS_MIN, lag));
    }
  }

  private static ProjectionFaultException wrong(ProjectionSource source, String message) {
    return new ProjectionFaultException(
        source.name(),
        new ProjectionFault(
            ProjectionFault.Kind.DEFINITION,
            message,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }
}
