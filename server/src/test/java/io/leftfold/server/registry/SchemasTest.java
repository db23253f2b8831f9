// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.registry.compatibility.CompatibilityMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the wire cannot bring about, or not cheaply.
final class SchemasTest {

  private static final SchemaName A = new SchemaName("a");
  private static final StreamName STREAM = StreamName.of("$schemas-a");

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final Schemas schemas = new Schemas(store, UUID::randomUUID);

  @AfterEach
  void close() {
    store.close();
  }

  private static SchemaDetails json(CompatibilityMode mode) {
    return new SchemaDetails(DataFormat.JSON, mode, "", Map.of());
  }

  private static byte[] titled(int number) {
    return "{\"title\":\"%d\"}".formatted(number).getBytes(UTF_8);
  }

  /// Counts how often a stream is read, and lets others come first.
  private static final class Watched extends ForwardingEventStore {
    private final Runnable beforeAppends;
    private int reads;

    Watched(EventStore store, Runnable beforeAppends) {
      super(store);
      this.beforeAppends = beforeAppends;
    }

    @Override
    public AppendResult append(Commit commit) {
      beforeAppends.run();
      return super.append(commit);
    }

    @Override
    public StreamRead read(StreamName stream, ReadOptions options) {
      reads++;
      return super.read(stream, options);
    }

    @Override
    public void close() {}
  }

  private void describe() {
    schemas.update(
        A,
        new SchemaUpdate(
            Optional.of(UUID.randomUUID().toString()), Optional.empty(), Optional.empty(), false));
  }

  @Test
  void a_command_that_is_always_late_is_given_up() {
    schemas.create(A, json(CompatibilityMode.NONE), titled(1));
    var late = new Schemas(new Watched(store, this::describe), UUID::randomUUID);

    assertThatThrownBy(() -> late.register(A, titled(2)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("100 times");
    assertThat(schemas.schema(A).versions()).hasSize(1);
  }

  @Test
  void what_was_folded_is_not_read_again() {
    var watched = new Watched(store, () -> {});
    var watching = new Schemas(watched, UUID::randomUUID);
    watching.create(A, json(CompatibilityMode.NONE), titled(1));
    assertThat(watching.schema(A).versions()).hasSize(1);
    var before = watched.reads;

    assertThat(watching.schema(A).highest()).isEqualTo(1);
    assertThat(watching.list("", Map.of())).hasSize(1);
    assertThat(watched.reads).isEqualTo(before);
    schemas.register(A, titled(2));
    assertThat(watching.schema(A).highest()).isEqualTo(2);
    assertThat(watched.reads).isEqualTo(before + 1);
  }

  @Test
  void a_schema_has_a_thousand_versions_at_most() {
    schemas.create(A, json(CompatibilityMode.NONE), titled(1));
    IntStream.rangeClosed(2, Schemas.VERSIONS_MAX).forEach(i -> schemas.register(A, titled(i)));

    assertThatThrownBy(() -> schemas.register(A, titled(0)))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("1,000 versions");
    assertThatThrownBy(() ->
            schemas.update(
                A,
                new SchemaUpdate(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(CompatibilityMode.FULL_ALL),
                    false)))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("100 versions");
    schemas.deleteVersions(A, new LinkedHashSet<>(List.of(1)));
    assertThat(schemas.register(A, titled(0)).number()).isEqualTo(1_001);
    assertThat(new Schemas(store, UUID::randomUUID).schema(A)).isEqualTo(schemas.schema(A));
  }

  @Test
  void a_stream_that_an_administrator_took_away_has_no_schema() {
    schemas.create(A, json(CompatibilityMode.NONE), titled(1));
    store.delete(STREAM, ExpectedState.any());

    assertThat(schemas.list("", Map.of())).isEmpty();
    assertThatThrownBy(() -> schemas.schema(A)).hasMessageContaining("no schema");
    assertThat(schemas.create(A, json(CompatibilityMode.FULL), titled(2)).number()).isEqualTo(1);
    assertThat(schemas.schema(A).details().compatibility()).isEqualTo(CompatibilityMode.FULL);

    store.tombstone(STREAM, ExpectedState.any());
    assertThatThrownBy(() -> schemas.schema(A)).hasMessageContaining("no schema");
    assertThatThrownBy(() -> schemas.create(A, json(CompatibilityMode.NONE), titled(1)))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("deleted");
  }

  @Test
  void many_schemas_are_listed_though_not_all_are_remembered() {
    var details =
        new SchemaDetails(DataFormat.JSON, CompatibilityMode.NONE, "d".repeat(6_000), Map.of());
    IntStream.range(0, 3_000)
        .forEach(i -> schemas.create(new SchemaName("s" + i), details, titled(i)));

    assertThat(schemas.list("s1", Map.of())).hasSize(1_111);
    assertThat(schemas.list("s2", Map.of())).hasSize(1_111);
    assertThat(schemas.schema(new SchemaName("s0")).details()).isEqualTo(details);
    assertThatThrownBy(() -> schemas.list("", Map.of())).hasMessageContaining("16,777,216");
  }
}
