// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.leftfold.api.Tag;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class CommandIdTest {

  @Test
  void ids_of_events_follow_from_the_command_and_the_place() {
    // Kept for ever: a command that is given again after an update must still be known.
    assertThat(CommandId.of("transfer-17").eventId(0))
        .isEqualTo(UUID.fromString("da04a488-4b8b-85c9-8dc0-bd4178f51096"));
    assertThat(CommandId.of("transfer-17").eventId(1))
        .isEqualTo(UUID.fromString("88a4748f-03b8-8ea8-be00-24657aaadaba"));
  }

  @Test
  void no_two_events_have_the_same_id() {
    var ids =
        Stream.of("a", "b", "a\0", "a\0\0\0\0", "a1")
            .map(CommandId::of)
            .flatMap(id -> IntStream.range(0, 300).mapToObj(id::eventId))
            .toList();

    assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.version() == 8 && id.variant() == 2);
  }

  @Test
  void an_id_has_text_and_not_more_than_a_tag_can_hold() {
    var longest = "x".repeat(CommandId.BYTES_MAX);

    assertThat(CommandId.of(longest).tag()).isEqualTo(Tag.of("$command:" + longest));
    assertThatIllegalArgumentException().isThrownBy(() -> CommandId.of(longest + "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CommandId.of("ü".repeat(CommandId.BYTES_MAX / 2 + 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> CommandId.of(""));
    assertThatIllegalArgumentException().isThrownBy(() -> CommandId.of("\uD800"));
  }
}
