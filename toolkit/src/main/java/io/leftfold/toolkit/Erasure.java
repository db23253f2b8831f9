// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.ErasureReport.Purged;
import io.leftfold.toolkit.ErasureReport.Unreadable;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Erases the personal data of subjects, and keeps a record of it.
///
/// ```java
/// var erasure =
///     Erasure.of(store, keys)
///         .purging("accounts", accounts::purge)
///         .purging("owners", owners.purging(States::remove));
///
/// erasure.resume(); // when the program starts
/// var report = erasure.erase(Subject.of("customer-7"), "request 4711");
/// ```
///
/// When [#erase] returns, the key is destroyed: no event of the subject gives anything personal any
/// more, neither in this store nor in a copy of it. And everything that was named has forgotten
/// what it derived from them. That it was wanted is recorded before, and that it is done
/// afterwards, in the stream [#STREAM]; what dies in between is finished by [#resume].
///
/// May be used by any number of threads.
public final class Erasure {

  /// The stream in which erasures are recorded.
  public static final StreamName STREAM = StreamName.of("erasures");

  private final EventStore store;
  private final SubjectKeys keys;
  private final SequencedMap<String, Purge> purges;

  private Erasure(EventStore store, SubjectKeys keys, SequencedMap<String, Purge> purges) {
    this.store = store;
    this.keys = keys;
    this.purges = purges;
  }

  /// An erasure that destroys keys, and purges nothing besides.
  ///
  /// @param store where events are
  /// @param keys what their personal data is sealed with
  /// @return the erasure
  public static Erasure of(EventStore store, SubjectKeys keys) {
    return new Erasure(store, keys, new LinkedHashMap<>());
  }

  /// The same with something that is purged besides, behind what was named before.
  ///
  /// @param name for the report
  /// @param purge what is purged
  /// @return the new erasure
  /// @throws IllegalArgumentException if something has that name
  public Erasure purging(String name, Purge purge) {
    var all = new LinkedHashMap<>(purges);
    if (all.put(name, purge) != null) {
      throw new IllegalArgumentException("%s is purged twice; leave one".formatted(name));
    }
    return new Erasure(store, keys, all);
  }

  /// Erases what is personal of a subject. Again, it does so again, and purges what came since: for
  /// a read model that was restored from a backup, or one that is purged only from now on.
  ///
  /// @param subject whose
  /// @param reason why; stays in the log, so it says nothing personal
  /// @return what was erased
  /// @throws RuntimeException what the keys, the store or a purge failed with; every other purge
  ///   was tried, and what is not done yet is done by [#resume]
  public ErasureReport erase(Subject subject, String reason) {
    return finish(begin(subject, reason));
  }

  /// Finishes what was begun and is not done; and does again what is done, if a key is there once
  /// more, because a backup of the keys was restored. To be called when a program starts, before
  /// anything is read.
  ///
  /// By the keys alone it knows that a backup was restored. Whoever restores a read model without
  /// the keys, or keys into a directory that still has its marks, erases once more who was erased
  /// since that backup:
  ///
  /// ```java
  /// erasure.reports().stream()
  ///     .map(ErasureReport::subject)
  ///     .distinct()
  ///     .forEach(subject -> erasure.erase(subject, "restored"));
  /// ```
  ///
  /// @return what there was to do
  /// @throws RuntimeException as [#erase], when everything was tried
  public List<ErasureReport> resume() {
    var unfinished = new LinkedHashMap<Long, ErasureFormat.Request>();
    var bySubject = new LinkedHashMap<Subject, ErasureFormat.Request>();
    for (var event : recorded()) {
      switch (event.type()) {
        case ErasureFormat.BEGUN -> {
          var request = ErasureFormat.request(event);
          unfinished.put(request.position(), request);
          bySubject.put(request.subject(), request);
        }
        case ErasureFormat.DONE -> unfinished.remove(ErasureFormat.begunAt(event));
        default -> {}
      }
    }
    var owed = new LinkedHashSet<Subject>();
    unfinished.values().forEach(request -> owed.add(request.subject()));
    var failures = new Failures();
    for (var request : bySubject.values()) {
      failures.attempt(() -> {
        var subject = request.subject();
        if (!keys.isErased(subject)) {
          // The record first: who dies behind it still owes what it leads to.
          if (owed.add(subject)) {
            var again = begin(subject, request.reason());
            unfinished.put(again.position(), again);
          }
          keys.erase(subject);
        }
      });
    }
    var reports = new ArrayList<ErasureReport>();
    unfinished.values().forEach(request -> failures.attempt(() -> reports.add(finish(request))));
    failures.throwFirst();
    return reports;
  }

  /// What was erased, and is done.
  ///
  /// @return in the order in which it was done
  public List<ErasureReport> reports() {
    var requests = new LinkedHashMap<Long, ErasureFormat.Request>();
    var reports = new ArrayList<ErasureReport>();
    for (var event : recorded()) {
      switch (event.type()) {
        case ErasureFormat.BEGUN -> requests.put(event.position(), ErasureFormat.request(event));
        case ErasureFormat.DONE -> {
          var request = requests.get(ErasureFormat.begunAt(event));
          if (request != null) {
            reports.add(ErasureFormat.report(request, event));
          }
        }
        default -> {}
      }
    }
    return reports;
  }

  private List<RecordedEvent> recorded() {
    try (var read = store.read(STREAM, ReadOptions.forwards())) {
      return read.stream().map(resolved -> resolved.original()).toList();
    }
  }

  private RecordedEvent at(long position) {
    return store
        .eventAt(position)
        .orElseThrow(() ->
            new IllegalStateException(
                "The record of an erasure at position %d is gone; nothing may remove it"
                    .formatted(position)));
  }

  private ErasureFormat.Request begin(Subject subject, String reason) {
    var begun = store.append(STREAM, ExpectedState.any(), ErasureFormat.begun(subject, reason));
    return ErasureFormat.request(at(begun.position().orElseThrow()));
  }

  private ErasureReport finish(ErasureFormat.Request request) {
    var subject = request.subject();
    keys.erase(subject);
    var streams = unreadable(subject);
    var purged = new ArrayList<Purged>();
    var failures = new Failures();
    purges.forEach((name, purge) ->
        failures.attempt(
            () -> purged.add(new Purged(name, purge.purge(subject, streams.keySet())))));
    failures.throwFirst();
    var done =
        store.append(
            STREAM,
            ExpectedState.any(),
            ErasureFormat.done(request, List.copyOf(streams.values()), purged));
    return ErasureFormat.report(request, at(done.position().orElseThrow()));
  }

  private Map<StreamName, Unreadable> unreadable(Subject subject) {
    var streams = new LinkedHashMap<StreamName, Unreadable>();
    var query = Query.of(Query.tagged(subject.tag()));
    try (var read = store.read(query, ReadOptions.forwards())) {
      for (var resolved : read) {
        var event = resolved.original();
        var position = event.position();
        streams.merge(
            event.stream(),
            new Unreadable(event.stream(), 1, position, position),
            (before, one) ->
                new Unreadable(
                    one.stream(), before.events() + 1, before.firstPosition(), position));
      }
    }
    return streams;
  }
}
