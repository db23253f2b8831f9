// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What encryption and users cost: the same calls to four servers that differ in nothing else.
public final class SecuredCalls implements Benchmark {

  private static final int STREAMS = 10_000;

  private final GrpcCalls.Kind kind;
  private final int connections;

  /// With a number of connections.
  ///
  /// @param kind what is called
  /// @param connections how many
  public SecuredCalls(GrpcCalls.Kind kind, int connections) {
    this.kind = kind;
    this.connections = connections;
  }

  @Override
  public String name() {
    return "secured-%s-%d".formatted(kind.word(), connections);
  }

  @Override
  public String question() {
    return "How many %s are answered over TLS to a user with a password, from %,d connections?"
        .formatted(kind.what(), connections);
  }

  @Override
  public String sketch() {
    return "the call, 1 to 2 µs for the cipher on both sides, 1 µs for knowing the password again and looking at rights";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var streams = settings.scaled(STREAMS);
    var closing = new ArrayList<AutoCloseable>();
    try {
      var loads = new EnumMap<Door, Load>(Door.class);
      for (var door : Door.values()) {
        var directory = settings.directory().resolve(door.name());
        var server = ServerProcess.store(directory, streams, door);
        closing.add(server);
        var load = new Load(server, connections, kind.path(), kind.isConditional(), streams);
        closing.add(load);
        loads.put(door, load);
      }
      WarmUp.of(settings, List.copyOf(loads.values()));
      var rounds = new Rounds(settings);
      rounds
          .with("leftfold", load(loads, Door.SECURED))
          .with("limit", load(loads, Door.OPEN))
          .with("encrypted", load(loads, Door.ENCRYPTED))
          .with("users", load(loads, Door.USERS))
          .run();
      rows.accept(row(rounds, loads));
    } finally {
      close(closing);
    }
  }

  private Row row(Rounds rounds, Map<Door, Load> loads) {
    return Row.of(
            name(),
            "calls/s",
            rounds,
            "Leftfold, neither encrypted nor with users",
            new Asked.Nothing())
        .withPeer("Leftfold, encrypted", rounds.median("encrypted"))
        .withPeer("Leftfold, with users", rounds.median("users"))
        .withRemark(
            "%.2f of it encrypted, %.2f with users"
                .formatted(rounds.ratio("encrypted", "limit"), rounds.ratio("users", "limit")))
        .withRemark(
            "server %.1f µs of processor a call, encrypted %.1f, with users %.1f, both %.1f; load generator %.1f, encrypted %.1f"
                .formatted(
                    load(loads, Door.OPEN).serverMicrosPerCall(),
                    load(loads, Door.ENCRYPTED).serverMicrosPerCall(),
                    load(loads, Door.USERS).serverMicrosPerCall(),
                    load(loads, Door.SECURED).serverMicrosPerCall(),
                    load(loads, Door.OPEN).clientMicrosPerCall(),
                    load(loads, Door.SECURED).clientMicrosPerCall()));
  }

  private static Load load(Map<Door, Load> loads, Door door) {
    return java.util.Objects.requireNonNull(loads.get(door));
  }

  private static void close(List<AutoCloseable> all) throws Exception {
    IOException failure = null;
    for (var one : all.reversed()) {
      try {
        one.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
