// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.IndexState;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.LogState;
import io.leftfold.engine.WriterState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/// Shows how a store is: its log, writer, index and disk, as of when somebody looks.
final class StoreMeters {

  private final MeterRegistry registry;

  private StoreMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  static void show(LocalEventStore store, Looks looks, MeterRegistry registry) {
    var meters = new StoreMeters(registry);
    meters.log(new Polled<>(store::logState, looks));
    meters.writer(new Polled<>(store::writerState, looks));
    meters.index(new Polled<>(store::indexState, looks));
    meters.progress(new Polled<>(store::indexProgress, looks));
  }

  private void log(Polled<LogState> log) {
    count("leftfold.log.events", "Events in the log", log, LogState::events);
    count("leftfold.log.chunks", "Files of the log", log, LogState::chunks);
    bytes("leftfold.log.size", "Size of the files of the log", log, LogState::bytes);
  }

  private void writer(Polled<WriterState> writer) {
    count(
        "leftfold.writer.queue.appends",
        "Appends that wait for the writer",
        writer,
        WriterState::queueLength);
    count(
        "leftfold.writer.queue.appends.limit",
        "How many appends may wait",
        writer,
        WriterState::queueLengthMax);
    bytes(
        "leftfold.writer.queue.size",
        "Size of the appends that wait for the writer",
        writer,
        WriterState::queueBytes);
    bytes(
        "leftfold.writer.queue.limit",
        "How large the appends that wait may be together",
        writer,
        WriterState::queueBytesMax);
    flag(
        "leftfold.writer.failed",
        "1 if no appends are taken until the store is opened again, since one failed",
        writer,
        state -> state.failure().isPresent());
    bytes(
        "leftfold.disk.usable",
        "What can still be written to the disk of the log",
        writer,
        WriterState::diskUsableBytes);
    bytes(
        "leftfold.disk.reserve",
        "What of it is kept: an append that would go into it is refused",
        writer,
        WriterState::diskReserveBytes);
    flag(
        "leftfold.disk.full",
        "1 if appends are refused until the disk has room",
        writer,
        WriterState::isDiskFull);
  }

  private void index(Polled<IndexState> index) {
    count("leftfold.index.segments", "Files of the index", index, IndexState::segments);
    bytes("leftfold.index.size", "Size of the files of the index", index, IndexState::segmentBytes);
    count(
        "leftfold.index.file.events",
        "Events whose index is in files",
        index,
        IndexState::segmentEvents);
    count("leftfold.index.tables", "Tables of the index in memory", index, IndexState::tables);
    count(
        "leftfold.index.memory.events",
        "Events whose index is in memory",
        index,
        IndexState::tableEvents);
    count(
        "leftfold.index.merging.segments",
        "Files of the index that become one at the moment",
        index,
        state -> state.merge().map(IndexState.Merge::segments).orElse(0));
    bytes(
        "leftfold.index.merging.written",
        "What the merge under way has written",
        index,
        state -> state.merge().map(IndexState.Merge::bytes).orElse(0L));
    flag(
        "leftfold.index.failed",
        "1 if the last file of the index could not be written",
        index,
        state -> state.failure().isPresent());
  }

  private void progress(Polled<IndexProgress> progress) {
    count(
        "leftfold.index.events", "Events that the index covers", progress, IndexProgress::indexed);
    flag(
        "leftfold.index.whole",
        "1 if the index covers everything, so that everything is answered",
        progress,
        state -> state.state() == IndexProgress.State.WHOLE);
  }

  private <T> void count(
      String name, String description, Polled<T> source, ToDoubleFunction<T> value) {
    Gauge.builder(name, source, polled -> value.applyAsDouble(polled.get()))
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  private <T> void bytes(
      String name, String description, Polled<T> source, ToDoubleFunction<T> value) {
    Gauge.builder(name, source, polled -> value.applyAsDouble(polled.get()))
        .description(description)
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
  }

  private <T> void flag(
      String name, String description, Polled<T> source, java.util.function.Predicate<T> whether) {
    count(name, description, source, state -> whether.test(state) ? 1 : 0);
  }
}
