// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks;

import io.leftfold.benchmarks.embedded.BesidePeers;
import io.leftfold.benchmarks.embedded.BulkAppends;
import io.leftfold.benchmarks.embedded.ConditionalAppends;
import io.leftfold.benchmarks.embedded.DurableAppends;
import io.leftfold.benchmarks.embedded.RandomReads;
import io.leftfold.benchmarks.embedded.Scan;
import io.leftfold.benchmarks.embedded.TagQueries;
import io.leftfold.benchmarks.grpc.AtomPages;
import io.leftfold.benchmarks.grpc.GroupConsuming;
import io.leftfold.benchmarks.grpc.GrpcCalls;
import io.leftfold.benchmarks.grpc.SecuredCalls;
import io.leftfold.benchmarks.grpc.ServerStart;
import io.leftfold.benchmarks.grpc.TcpAppends;
import io.leftfold.benchmarks.grpc.TcpPages;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.micro.JmhBenchmark;
import io.leftfold.benchmarks.projections.FoldScript;
import io.leftfold.benchmarks.projections.ProjectionFolds;
import io.leftfold.benchmarks.projections.ProjectionRuns;
import io.leftfold.benchmarks.projections.RareEventsRun;
import io.leftfold.benchmarks.toolkit.Deciding;
import io.leftfold.benchmarks.toolkit.LongStreams;
import io.leftfold.benchmarks.toolkit.ProcessInputs;
import io.leftfold.benchmarks.toolkit.ReadModelFolds;
import java.util.ArrayList;
import java.util.List;

/// All benchmarks.
final class Catalogue {

  private static final int[] CALLERS = {1, 8, 64, 512};
  private static final int[] BODIES = {256, 2048};
  private static final int[] COMMITS = {1, 4};
  private static final int[] CONSUMERS = {1, 4, 16};
  private static final String[] EMBEDS = {"none", "body"};
  private static final int[] IN_FLIGHT = {1, 32, 128, 1024};
  private static final int[] DECIDING = {1, 8, 64};
  private static final int[] LENGTHS = {10, 1_000, 100_000};
  private static final int[] CONNECTIONS = {1, 8, 32, 128, 1024};

  private static final List<Benchmark> ALL = make();

  private static List<Benchmark> make() {
    var all = new ArrayList<Benchmark>();
    for (var callers : CALLERS) {
      all.add(new DurableAppends(callers));
    }
    for (var commits : COMMITS) {
      all.add(new BulkAppends(commits));
    }
    for (var callers : CALLERS) {
      all.add(new ConditionalAppends(callers));
    }
    for (var callers : CALLERS) {
      all.add(new TagQueries(callers));
    }
    all.add(new Scan());
    all.add(new RandomReads());
    all.add(new BesidePeers("1m", 100_000));
    all.add(new BesidePeers("10m", 1_000_000));
    for (var kind : GrpcCalls.Kind.values()) {
      for (var connections : CONNECTIONS) {
        all.add(new GrpcCalls(kind, connections));
      }
    }
    for (var kind : GrpcCalls.Kind.values()) {
      for (var connections : CONNECTIONS) {
        all.add(new SecuredCalls(kind, connections));
      }
    }
    for (var consumers : CONSUMERS) {
      all.add(new GroupConsuming(consumers));
    }
    for (var embed : EMBEDS) {
      all.add(new AtomPages(embed));
    }
    for (var inFlight : IN_FLIGHT) {
      all.add(new TcpAppends(inFlight));
    }
    for (var of : TcpPages.Of.values()) {
      all.add(new TcpPages(of));
    }
    for (var bytes : BODIES) {
      for (var script : FoldScript.values()) {
        all.add(new ProjectionFolds(script, bytes));
      }
    }
    for (var bytes : BODIES) {
      for (var script : FoldScript.values()) {
        all.add(new ProjectionRuns(script, bytes));
      }
    }
    all.add(new RareEventsRun());
    for (var where : Deciding.Where.values()) {
      for (var callers : DECIDING) {
        all.add(new Deciding(where, callers));
      }
    }
    for (var kind : ReadModelFolds.Kind.values()) {
      all.add(new ReadModelFolds(kind));
    }
    all.add(new ProcessInputs());
    for (var length : LENGTHS) {
      all.add(new LongStreams(length));
    }
    all.add(new ServerStart());
    all.addAll(JmhBenchmark.all());
    return List.copyOf(all);
  }

  private Catalogue() {}

  static List<Benchmark> all() {
    return ALL;
  }

  /// Those with one of the names. A name that is nobody's stands for all that begin with it.
  static List<Benchmark> named(List<String> names) {
    return ALL.stream()
        .filter(benchmark -> names.stream().anyMatch(name -> isMeant(benchmark, name)))
        .toList();
  }

  private static boolean isMeant(Benchmark benchmark, String name) {
    return name.equals("all")
        || (ALL.stream().anyMatch(other -> other.name().equals(name))
            ? benchmark.name().equals(name)
            : benchmark.name().startsWith(name));
  }
}
