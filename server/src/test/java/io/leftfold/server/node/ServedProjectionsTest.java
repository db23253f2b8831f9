// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.projections.NewProjection;
import io.leftfold.projections.ProjectionOptions;
import io.leftfold.projections.Projections;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServedProjectionsTest {

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final AtomicInteger opened = new AtomicInteger();

  @AfterEach
  void close() {
    store.close();
  }

  private ServedProjections served() {
    return new ServedProjections(
        store,
        _ -> true,
        this::open,
        new PastFolds(
            1, Duration.ofMinutes(1), Clock.systemUTC(), Thread.ofPlatform().daemon().factory()));
  }

  private Projections open(EventStore guarded) {
    opened.incrementAndGet();
    return Projections.open(guarded, ProjectionOptions.defaults());
  }

  @Test
  void nothing_is_opened_in_a_store_without_projections_until_somebody_asks() {
    try (var served = served()) {
      assertThatThrownBy(served::get).isInstanceOf(UnavailableException.class);
      served.begin();
      assertThat(served.ifOpen()).isEmpty();

      assertThat(served.get()).isSameAs(served.get());
      assertThat(served.ifOpen()).isPresent();
      assertThat(opened).hasValue(1);
      served.get().create(NewProjection.continuous("kept", "fromAll()"));
    }
    try (var again = served()) {
      again.begin();
      assertThat(again.ifOpen()).isPresent();
    }
  }

  @Test
  void what_was_closed_stays_closed() {
    var served = served();
    served.close();
    served.begin();
    assertThatThrownBy(served::get)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("being stopped");
    assertThat(opened).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$audit", "$settings", "$users", "$user-ops", "$$$user-ops", "$$$audit"})
  void scripts_do_not_write_what_says_who_may_do_what(String stream) {
    var guarded = new GuardedStore(store, _ -> true);
    var name = StreamName.of(stream);
    assertThatThrownBy(
            () -> guarded.append(name, ExpectedState.any(), ProposedEvent.json("Happened", "{}")))
        .isInstanceOf(NotAuthorizedException.class);
    assertThatThrownBy(() -> guarded.delete(name, ExpectedState.any()))
        .isInstanceOf(NotAuthorizedException.class);
    assertThatThrownBy(() -> guarded.tombstone(name, ExpectedState.any()))
        .isInstanceOf(NotAuthorizedException.class);
    if (!name.isMetastream()) {
      assertThatThrownBy(
              () -> guarded.writeMetadata(name, ExpectedState.any(), StreamMetadata.none()))
          .isInstanceOf(NotAuthorizedException.class);
    }
    guarded.append(
        StreamName.of("user-1"), ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
  }

  @Test
  void whoever_gives_stores_another_method_is_asked_whether_scripts_may_call_it() {
    var guarded =
        Arrays.stream(GuardedStore.class.getDeclaredMethods()).map(Method::getName).toList();
    assertThat(
            Arrays.stream(EventStore.class.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !guarded.contains(name)))
        .containsOnly(
            "subscribe",
            "subscribeToAll",
            "state",
            "metadata",
            "streams",
            "lastPosition",
            "trackingPosition",
            "positionAt");
  }
}
