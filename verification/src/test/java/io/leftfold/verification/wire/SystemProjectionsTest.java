// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AsOf;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.client.ProjectionFailedException;
import io.leftfold.client.ProjectionReport;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.client.RemoteProjections;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.server.ServerProjections;
import io.leftfold.verification.running.Await;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A server that runs only the projections whose names begin with `$`.
final class SystemProjectionsTest {

  private static final String COUNT =
      "fromCategory('a').when({ $init: () => ({ n: 0 }), Happened(s) { s.n++; } })";

  private final LocalEventStore store = LocalEventStore.inMemory();

  @AfterEach
  void close() {
    store.close();
  }

  private void served(ServerProjections.Running running, Consumer<RemoteProjections> work) {
    var defaults = ServerProjections.defaults();
    var projections =
        new ServerProjections(
            running,
            0,
            0,
            defaults.queryExpiry(),
            defaults.compilationTimeout(),
            defaults.executionTimeout(),
            defaults.stateSizeMax());
    var options = ServerOptions.insecure().withAddress("127.0.0.1", 0).withProjections(projections);
    try (var server = LeftfoldServer.start(store, options);
        var there =
            RemoteEventStore.connect(
                "leftfold://127.0.0.1:%d?tls=false".formatted(server.port()))) {
      Await.until("projections are there", () -> areThere(there.projections()));
      work.accept(there.projections());
    }
  }

  private static boolean areThere(RemoteProjections projections) {
    try {
      return !projections.list().isEmpty();
    } catch (RuntimeException _) {
      return false;
    }
  }

  private void append() {
    store.append(StreamName.of("a-1"), ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
  }

  private static String past(RemoteProjections projections, String name) {
    return projections.inquiries().state(name, "", AsOf.now(), (_, _, _) -> true).json();
  }

  @Test
  void others_are_kept_looked_at_and_changed_and_run_where_all_do() {
    append();
    served(
        ServerProjections.Running.SYSTEM,
        projections -> {
          projections.createContinuous("mine", COUNT, false, false);
          projections.createContinuous("gone", COUNT, false, false);
          projections.createContinuous("$theirs", COUNT, false, false);
          Await.until("it counts", () -> projections.state("$theirs", "").equals("{\"n\":1}"));
          isOnlyLookedAt(projections);
          isChanged(projections);
        });
    append();
    served(
        ServerProjections.Running.ALL,
        projections -> {
          Await.until("it counts", () -> projections.state("mine", "").equals("{\"n\":2}"));
          assertThat(projections.statistics("mine").status()).isEqualTo("Running");
          Await.until("it counts", () -> projections.state("$theirs", "").equals("{\"n\":2}"));
        });
  }

  private static void isOnlyLookedAt(RemoteProjections projections) {
    projections.disable("mine");
    projections.enable("mine");
    assertThat(projections.statistics("mine"))
        .extracting(ProjectionReport::status, ProjectionReport::reason)
        .containsExactly("Stopped (Enabled)", "It does not run in this process");
    assertThat(projections.state("mine", "")).isEqualTo("{}");
    assertThat(past(projections, "mine")).isEqualTo("{\"n\":1}");
    assertThat(projections.list()).extracting(ProjectionReport::name).contains("$by_category");
  }

  private static void isChanged(RemoteProjections projections) {
    projections.controls().buildBeside("mine", COUNT, Optional.empty());
    assertThat(projections.inquiries().look("mine").beside().orElseThrow().reason())
        .isEqualTo("It is not being built in this process");
    projections.controls().cancelBeside("mine");
    assertThat(projections.inquiries().look("mine").beside()).isEmpty();
    projections.delete("gone", false, true, true);
    Await.until("it is gone", () -> isGone(projections, "gone"));
  }

  private static boolean isGone(RemoteProjections projections, String name) {
    try {
      projections.statistics(name);
      return false;
    } catch (ProjectionFailedException _) {
      return true;
    }
  }
}
