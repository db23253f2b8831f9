// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.UnavailableException;
import io.leftfold.testkit.InMemoryEventStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A projection with many streams takes a while to be deleted. Nobody else waits for that.
final class DeletionTest {

  private static final String COUNTS =
      """
      fromCategory('a').foreachStream().when({
        $init: () => ({ n: 0 }), Added(s) { s.n++; }
      }).outputState()
      """;

  private final TroubledStore store = new TroubledStore(new InMemoryEventStore());
  private final Fixture fixture = new Fixture(store, ProjectionOptions.defaults());
  private final CompletableFuture<Void> held = new CompletableFuture<>();
  private final CompletableFuture<Void> begun = new CompletableFuture<>();

  @AfterEach
  void close() {
    held.complete(null);
    fixture.close();
  }

  private void createAndStop() {
    fixture.projections.create(NewProjection.continuous("counts", COUNTS));
    for (var i = 0; i < 20; i++) {
      fixture.append("a-" + i % 10, "Added", "{}");
    }
    fixture.awaitStep("counts", fixture.append("a-1", "Added", "{}"));
    fixture.projections.disable("counts");
  }

  private void holdDeletions() {
    store.beforeDeletion =
        stream -> {
          if (stream.value().startsWith("$projectionstate-")) {
            begun.complete(null);
            held.join();
          }
        };
  }

  private static CompletableFuture<Void> soon(Runnable what) {
    return CompletableFuture.runAsync(what).orTimeout(60, TimeUnit.SECONDS);
  }

  private boolean isListed() {
    return fixture.projections.list().stream().anyMatch(one -> one.name().equals("counts"));
  }

  @Test
  void while_its_streams_are_deleted_the_others_are_made_restarted_and_looked_at() {
    createAndStop();
    holdDeletions();
    var deletion = soon(() -> fixture.projections.delete("counts", false, true, true));
    begun.join();

    Fixture.await(() -> !isListed());
    soon(() -> fixture.projections.create(NewProjection.continuous("other", COUNTS))).join();
    soon(fixture.projections::restart).join();
    fixture.awaitStep("other", fixture.append("a-1", "Added", "{}"));
    assertThatThrownBy(() -> fixture.projections.statistics("counts"))
        .hasMessage("Projection 'counts' not found");

    // Whoever wants the name waits, for streams of the old one are called by it.
    var again = soon(() -> fixture.projections.create(NewProjection.continuous("counts", COUNTS)));
    held.complete(null);
    deletion.join();
    again.join();
    fixture.awaitStep("counts", fixture.append("a-1", "Added", "{}"));
    assertThat(fixture.state("counts", "a-1")).isEqualTo(fixture.state("other", "a-1"));
    assertThat(fixture.texts("$projections-counts-a-1-result")).isNotEmpty();
    for (var i = 0; i < 10; i++) {
      assertThat(fixture.events("$projectionstate-1.0-a-" + i)).isEmpty();
    }
  }

  @Test
  void what_the_store_does_not_delete_is_there_until_it_is_deleted_again_or_the_store_is_opened() {
    createAndStop();
    store.beforeDeletion =
        _ -> {
          throw TroubledStore.unreachable();
        };
    assertThatThrownBy(() -> fixture.projections.delete("counts", false, true, true))
        .isInstanceOf(UnavailableException.class);
    assertThat(isListed()).isTrue();

    holdDeletions();
    soon(fixture::reopen).join();
    begun.join();
    soon(() -> fixture.projections.create(NewProjection.continuous("other", COUNTS))).join();
    held.complete(null);
    Fixture.await(() -> fixture.events("$projections-counts").isEmpty());
    fixture.projections.create(NewProjection.continuous("counts", COUNTS));
    fixture.awaitStep("counts", fixture.append("a-1", "Added", "{}"));
    assertThat(fixture.state("counts", "a-1")).isEqualTo("{\"n\":4}");
  }
}
