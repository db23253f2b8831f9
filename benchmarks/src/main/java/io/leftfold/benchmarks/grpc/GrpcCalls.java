// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Calls from separate connections, one in flight on each.
public final class GrpcCalls implements Benchmark {

  private static final double ASKED = 0.7;
  private static final int ASKED_OF_APPENDS_AT = 128;
  private static final int STREAMS = 10_000;

  private final Kind kind;
  private final int connections;

  /// What is called.
  public enum Kind {
    /// One event, whatever the stream is.
    APPEND,
    /// One event, to a stream with a certain last revision.
    APPEND_EXPECTED,
    /// Ten events of a stream.
    READ;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String what() {
      return switch (this) {
        case APPEND -> "durable appends";
        case APPEND_EXPECTED -> "durable appends with an expected revision";
        case READ -> "reads of ten events";
      };
    }

    /// Of the method.
    String path() {
      return this == READ ? Requests.READ : Requests.APPEND;
    }

    boolean isConditional() {
      return this == APPEND_EXPECTED;
    }
  }

  /// With a number of connections.
  ///
  /// @param kind what is called
  /// @param connections how many
  public GrpcCalls(Kind kind, int connections) {
    this.kind = kind;
    this.connections = connections;
  }

  @Override
  public String name() {
    return "grpc-%s-%d".formatted(kind.word(), connections);
  }

  @Override
  public String question() {
    return connections == 1
        ? "How many %s does the server answer, one after the other?".formatted(kind.what())
        : "How many %s does the server answer, from %,d connections with one in flight each?"
            .formatted(kind.what(), connections);
  }

  @Override
  public String sketch() {
    return kind == Kind.READ
        ? "the transport and ten reads of 0.4 µs, and 450 bytes an event to be put together"
        : "the transport, 3 µs for the append, and a sync that all in flight share";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var directory = settings.directory();
    var streams = settings.scaled(STREAMS);
    try (var store = ServerProcess.store(directory.resolve("store"), streams)) {
      Files.write(
          directory.resolve(ServerProcess.APPEND_ANSWER),
          Load.one(store, Requests.APPEND, streams));
      Files.write(
          directory.resolve(ServerProcess.READ_ANSWER), Load.one(store, Requests.READ, streams));
      try (var echo = ServerProcess.echo(directory);
          var toStore = load(store, kind.path(), streams);
          var toEcho = load(echo, kind.path(), streams);
          var toElsewhere =
              load(echo, kind == Kind.READ ? Requests.READ : Requests.APPEND_ELSEWHERE, streams)) {
        var loads =
            kind == Kind.READ ? List.of(toStore, toEcho) : List.of(toStore, toEcho, toElsewhere);
        WarmUp.of(settings, loads);
        var rounds = new Rounds(settings).with("leftfold", toStore).with("limit", toEcho);
        if (kind != Kind.READ) {
          rounds.with("elsewhere", toElsewhere);
        }
        var row = row(rounds.run(), toStore, toEcho);
        rows.accept(
            kind == Kind.READ
                ? row
                : row.withPeer(
                        "the transport, answering from another thread", rounds.median("elsewhere"))
                    .withRemark(
                        "%.2f of the transport answering from another thread, which takes %.1f µs of processor a call"
                            .formatted(
                                rounds.ratio("leftfold", "elsewhere"),
                                toElsewhere.serverMicrosPerCall())));
      }
    }
  }

  private Load load(ServerProcess server, String path, int streams) throws IOException {
    return new Load(server, connections, path, kind.isConditional(), streams);
  }

  private Row row(Rounds rounds, Load toStore, Load toEcho) {
    var asked =
        kind == Kind.READ || connections == ASKED_OF_APPENDS_AT
            ? new Asked.Share(ASKED)
            : new Asked.Nothing();
    return Row.of(
            name(),
            "calls/s",
            rounds,
            kind == Kind.READ
                ? "the transport alone, streaming the same messages"
                : "the transport alone, taking and answering the same messages",
            asked)
        .withRemark(
            "server %.1f µs of processor a call, transport alone %.1f; load generator %.1f and %.1f, on the same %d cores"
                .formatted(
                    toStore.serverMicrosPerCall(),
                    toEcho.serverMicrosPerCall(),
                    toStore.clientMicrosPerCall(),
                    toEcho.clientMicrosPerCall(),
                    Runtime.getRuntime().availableProcessors()))
        .withRemark(
            "half of the calls within %,.0f µs, 99 %% within %,.0f µs (transport alone %,.0f and %,.0f)"
                .formatted(
                    toStore.latencyMicros(50),
                    toStore.latencyMicros(99),
                    toEcho.latencyMicros(50),
                    toEcho.latencyMicros(99)));
  }
}
