// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.kurrent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.cli.kurrent.KurrentComparison.Outcome;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.KurrentSource;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.testkit.InMemoryEventStore;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A copy in which something is not as it is in the source.
final class KurrentComparisonTest {

  private static final StreamName ACCOUNT = StreamName.of("account-7");
  private static final StreamName OTHER = StreamName.of("account-8");
  private static final ProposedEvent OPENED = event("Opened", 1);
  private static final ProposedEvent DEPOSITED = event("Deposited", 2);
  private static final ProposedEvent CLOSED = event("Closed", 3);

  private final LocalEventStore source = LocalEventStore.inMemory();
  private final LeftfoldServer server =
      LeftfoldServer.start(source, ServerOptions.insecure().withAddress("127.0.0.1", 0));
  private final KurrentSource from =
      KurrentSource.connect(
          ConnectionString.parse("kurrentdb://127.0.0.1:%d?tls=false".formatted(server.port())));
  private final EventStore copy = new InMemoryEventStore(Clock.systemUTC());

  @BeforeEach
  void append() {
    append(source, ACCOUNT, OPENED, DEPOSITED, CLOSED);
  }

  @AfterEach
  void close() {
    copy.close();
    from.close();
    server.close();
    source.close();
  }

  private static ProposedEvent event(String type, int id) {
    return ProposedEvent.json(type, "{\"a\":1}").withMetadata("{\"b\":2}").withId(new UUID(7, id));
  }

  private static void append(EventStore to, StreamName stream, ProposedEvent... events) {
    for (var event : events) {
      to.append(stream, ExpectedState.any(), event);
    }
  }

  private Outcome compared() {
    return new KurrentComparison(from, copy).run(Long.MAX_VALUE, _ -> {}, () -> false);
  }

  private void assertDiffers(String part) {
    assertThatThrownBy(this::compared)
        .isInstanceOf(CopyConflictException.class)
        .hasMessageContaining("account-7")
        .hasMessageContaining(part);
  }

  @Test
  void what_is_the_same_is_counted() {
    append(copy, ACCOUNT, OPENED, DEPOSITED, CLOSED);

    assertThat(compared()).isEqualTo(new Outcome(3, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "content type", "data", "metadata"})
  void one_event_that_says_something_else_is_found_out(String what) {
    var other =
        switch (what) {
          case "type" -> with("Withdrawn", ContentType.JSON, "{\"a\":1}", "{\"b\":2}");
          case "content type" -> with("Deposited", ContentType.BINARY, "{\"a\":1}", "{\"b\":2}");
          case "data" -> with("Deposited", ContentType.JSON, "{\"a\":2}", "{\"b\":2}");
          case "metadata" -> with("Deposited", ContentType.JSON, "{\"a\":1}", "{\"b\":3}");
          default -> throw new IllegalArgumentException(what);
        };
    append(copy, ACCOUNT, OPENED, other, CLOSED);

    assertDiffers("revision 1");
  }

  private static ProposedEvent with(String type, ContentType kind, String data, String metadata) {
    return new ProposedEvent(
        DEPOSITED.id(), type, kind, data.getBytes(UTF_8), metadata.getBytes(UTF_8), List.of());
  }

  @Test
  void an_event_at_another_revision_is_found_out() {
    append(copy, ACCOUNT, event("Created", 9), OPENED, DEPOSITED, CLOSED);

    assertDiffers("it has revision 1");
  }

  @Test
  void an_event_that_is_not_there_is_found_out() {
    append(copy, ACCOUNT, OPENED, CLOSED);

    assertDiffers("lacks revision 1");
  }

  @Test
  void an_event_of_another_stream_does_not_stand_for_it() {
    append(copy, ACCOUNT, OPENED);
    append(copy, OTHER, DEPOSITED);
    append(copy, ACCOUNT, CLOSED);

    assertDiffers("lacks revision 1");
  }

  @Test
  void what_the_source_has_forgotten_since_is_counted() {
    append(copy, OTHER, event("Forgotten", 9));
    append(copy, ACCOUNT, OPENED, DEPOSITED, CLOSED);

    assertThat(compared()).isEqualTo(new Outcome(3, 1));
  }
}
