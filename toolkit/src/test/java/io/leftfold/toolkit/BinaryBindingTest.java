// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.toolkit.keys.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.dataformat.cbor.CBORMapper;

/// Events whose data is no tree.
final class BinaryBindingTest {

  record Noted(String text) {}

  private static final BinaryBinding<Noted> TEXT =
      BinaryBinding.of(
          "text",
          noted -> noted.text().getBytes(UTF_8),
          data -> new Noted(new String(data, UTF_8)));

  private static EventTypesBuilder<Noted> types(int version) {
    return EventTypes.of(Noted.class).type("Noted", version, Noted.class, TEXT);
  }

  private static BinaryEvent sample(int version, String text) {
    return new BinaryEvent("Noted", version, "text", text.getBytes(UTF_8));
  }

  @Test
  void a_former_version_may_mean_several_events_or_none_by_all_that_was_stored() {
    var types =
        types(2)
            .former(
                "Noted",
                1,
                TEXT,
                (old, recorded) ->
                    old.text().isEmpty()
                        ? List.of()
                        : List.of(old, new Noted(recorded.stream().value())))
            .build();

    assertThat(types.replay(List.of(sample(1, "a"), sample(1, ""), sample(2, "b"))))
        .containsExactly(
            List.of(new Noted("a"), new Noted("samples")), List.of(), List.of(new Noted("b")));
  }

  @Test
  void a_version_without_a_way_to_today_is_a_hole() {
    assertThatIllegalStateException()
        .isThrownBy(() -> types(2).build())
        .withMessageContaining("Noted, version 1 leads nowhere");
    assertThatIllegalStateException()
        .isThrownBy(() -> types(2).upcast("Noted", 1, json -> json).build())
        .withMessageContaining("Noted, version 2 is text and no JSON");
    assertThatIllegalStateException()
        .isThrownBy(() -> types(1).former("Noted", 1, TEXT, (old, _) -> List.of(old)).build())
        .withMessageContaining("is not older than today's 1");
  }

  @Test
  void a_version_is_declared_once() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            types(2)
                .upcast("Noted", 1, json -> json)
                .former("Noted", 1, TEXT, (old, _) -> List.of(old)))
        .withMessageContaining("declared twice");
  }

  @Test
  void what_only_trees_have_is_a_hole() {
    assertThatIllegalStateException()
        .isThrownBy(
            () -> types(1).personal(Noted.class, _ -> Subject.of("customer-7"), "text").build())
        .withMessageContaining("personal fields, and is bound to text");
    assertThatIllegalStateException()
        .isThrownBy(() -> types(1).format("cbor", new CBORMapper(), Noted.class).build())
        .withMessageContaining("has a format, and its binding is to text");
  }

  @Test
  void a_split_that_leads_to_bytes_says_what_to_do() {
    var types =
        types(2).split("Noted", 1, (json, _) -> List.of(new JsonEvent("Noted", 2, json))).build();
    var old = new JsonEvent("Noted", 1, Trees.JSON.createObjectNode());

    assertThatThrownBy(() -> types.replay(List.of(old, sample(2, "b"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("EventTypesBuilder.former");
  }
}
