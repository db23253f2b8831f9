// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.keys.KeyRing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Codecs around a codec.
final class LayersTest {

  private static final StreamName STREAM = StreamName.of("letters-1");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] OLD_KEY = key();
  private static final byte[] NEW_KEY = key();
  private static final KeyRing OLD = KeyRing.of("2025", OLD_KEY, RANDOM);
  private static final KeyRing BOTH =
      KeyRing.of("2026", NEW_KEY, RANDOM).withFormer("2025", OLD_KEY);

  sealed interface Mail {}

  record Written(String text) implements Mail {}

  record Sent(String text) implements Mail {}

  private static final EventTypes<Mail> TYPES =
      EventTypes.of(Mail.class)
          .type("LetterWritten", 2, Written.class, JsonBinding.jackson(Written.class))
          .upcast("LetterWritten", 1, json -> json)
          .type("LetterSent", 1, Sent.class, JsonBinding.jackson(Sent.class))
          .tagged(_ -> List.of(Tag.of("kind", "letter")))
          .build();

  private static final Written LONG = new Written("so long ".repeat(1_000));
  private static final Written SHORT = new Written("so short");

  private final InMemoryEventStore store = new InMemoryEventStore(Clock.systemUTC());

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] key() {
    var key = new byte[32];
    RANDOM.nextBytes(key);
    return key;
  }

  private RecordedEvent stored(ProposedEvent event) {
    store.append(STREAM, ExpectedState.any(), event);
    return store.read(STREAM, ReadOptions.backwards().limit(1)).events().getFirst();
  }

  private static Decoded<Mail> known(Mail event) {
    return Decoded.known(event);
  }

  private static void assertUnreadable(
      EventCodec<Mail> codec, RecordedEvent event, String finding) {
    assertThatThrownBy(() -> codec.decode(event))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining(finding);
  }

  // ---- compressed

  @Test
  void large_data_is_stored_smaller_and_read_back() {
    var codec = Compressed.of(TYPES);
    var recorded = stored(codec.encode(LONG));

    assertThat(recorded.data().length).isLessThan(200);
    assertThat(recorded.contentType()).isEqualTo(ContentType.BINARY);
    assertThat(recorded.tags()).containsExactly(Tag.of("kind", "letter"));
    assertThat(codec.decode(recorded)).isEqualTo(known(LONG));
    assertThat(Compressed.of(TYPES).above(Integer.MAX_VALUE).decode(recorded))
        .isEqualTo(known(LONG));
  }

  @Test
  void what_is_small_or_would_not_get_smaller_is_stored_as_it_is() {
    assertThat(stored(Compressed.of(TYPES).encode(SHORT)).dataAsText()).contains("so short");
    assertThat(stored(Compressed.of(TYPES).above(0).encode(SHORT)).dataAsText())
        .contains("so short");
    var plain = stored(TYPES.encode(LONG));
    assertThat(Compressed.of(TYPES).decode(plain)).isEqualTo(known(LONG));
  }

  @Test
  void metadata_that_has_no_room_leaves_data_as_it_is() {
    EventCodec<Mail> other =
        EventCodec.of(event -> TYPES.encode(event).withMetadata("[1]"), TYPES::decode);

    assertThat(Compressed.of(other).encode(LONG).contentType()).isEqualTo(ContentType.JSON);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Encrypted.of(other, OLD).encode(LONG))
        .withMessageContaining("JSON object");
  }

  private static byte[] deflated(byte[] data) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var deflating = new DeflaterOutputStream(bytes)) {
      deflating.write(data);
    }
    return bytes.toByteArray();
  }

  @Test
  void few_bytes_do_not_become_many() throws IOException {
    var codec = Compressed.of(TYPES);
    var recorded = stored(codec.encode(LONG));
    var bytes = TYPES.encode(LONG).data().length;

    assertUnreadable(codec.inflatingAtMost(bytes - 1), recorded, "are read at most");
    assertThat(codec.inflatingAtMost(bytes).decode(recorded)).isEqualTo(known(LONG));
    var bomb = deflated(new byte[100 << 20]);
    assertUnreadable(codec, Recordings.with(recorded, recorded.type(), bomb), "is more now");
    var huge = recorded.metadataAsText().replace("" + bytes, "" + (1L << 40)).getBytes(UTF_8);
    assertUnreadable(
        codec, Recordings.with(recorded, recorded.type(), bomb, huge), "are read at most");
    var negative = recorded.metadataAsText().replace("" + bytes, "-5").getBytes(UTF_8);
    assertUnreadable(
        codec, Recordings.with(recorded, recorded.type(), bomb, negative), "are read at most");
  }

  @Test
  void what_was_compressed_and_is_broken_is_an_error() {
    var codec = Compressed.of(TYPES);
    var recorded = stored(codec.encode(LONG));
    var data = recorded.data();

    for (var length = 0; length < data.length; length++) {
      assertUnreadable(
          codec, Recordings.with(recorded, recorded.type(), Arrays.copyOf(data, length)), "");
    }
    assertUnreadable(
        codec, Recordings.with(recorded, recorded.type(), "no zlib".getBytes(UTF_8)), "");
  }

  // ---- encrypted

  @Test
  void nobody_reads_without_the_key() {
    var codec = Encrypted.of(TYPES, OLD);
    var recorded = stored(codec.encode(SHORT));

    assertThat(recorded.dataAsText()).doesNotContain("so short");
    assertThat(stored(codec.encode(SHORT)).data()).isNotEqualTo(recorded.data());
    assertThat(codec.decode(recorded)).isEqualTo(known(SHORT));
    assertUnreadable(
        Encrypted.of(TYPES, KeyRing.of("2025", NEW_KEY, RANDOM)), recorded, "with key 2025");
    assertUnreadable(
        Encrypted.of(TYPES, KeyRing.of("2026", NEW_KEY, RANDOM)), recorded, "no such key");
  }

  @Test
  void keys_are_changed_from_time_to_time() {
    var before = stored(Encrypted.of(TYPES, OLD).encode(SHORT));
    var plain = stored(TYPES.encode(SHORT));
    var codec = Encrypted.of(TYPES, BOTH);
    var recorded = stored(codec.encode(SHORT));

    assertThat(recorded.metadataAsText()).contains("2026");
    for (var event : List.of(before, plain, recorded)) {
      assertThat(codec.decode(event)).isEqualTo(known(SHORT));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BOTH.withFormer("2025", OLD_KEY))
        .withMessageContaining("two keys 2025");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyRing.of("short", new byte[16], RANDOM))
        .withMessageContaining("32 bytes");
    assertThat(BOTH.toString()).contains("2025", "2026");
  }

  @Test
  void no_byte_can_be_changed_or_missing_and_nothing_moved_to_another_type() {
    var codec = Encrypted.of(TYPES, OLD);
    var recorded = stored(codec.encode(SHORT));
    var data = recorded.data();

    for (var at = 0; at < data.length; at++) {
      var flipped = data.clone();
      flipped[at] ^= 1;
      assertUnreadable(
          codec, Recordings.with(recorded, recorded.type(), flipped), "cannot be decrypted");
      assertUnreadable(
          codec,
          Recordings.with(recorded, recorded.type(), Arrays.copyOf(data, at)),
          "cannot be decrypted");
    }
    assertUnreadable(codec, Recordings.with(recorded, "LetterSent", data), "cannot be decrypted");
  }

  // ---- both, and neither

  @Test
  void layers_can_be_put_around_each_other() {
    var codec = Encrypted.of(Compressed.of(TYPES), BOTH);
    var recorded = stored(codec.encode(LONG));

    assertThat(recorded.data().length).isLessThan(200);
    assertThat(codec.decode(recorded)).isEqualTo(known(LONG));
    assertThat(codec.decode(stored(codec.encode(SHORT)))).isEqualTo(known(SHORT));
    assertUnreadable(Compressed.of(Encrypted.of(TYPES, BOTH)), recorded, "deflate");
  }

  @Test
  void whoever_knows_nothing_of_layers_is_told() {
    assertUnreadable(TYPES, stored(Compressed.of(TYPES).encode(LONG)), "deflate");
    assertUnreadable(TYPES, stored(Encrypted.of(TYPES, OLD).encode(SHORT)), "2025");
    assertUnreadable(Compressed.of(TYPES), stored(Encrypted.of(TYPES, OLD).encode(SHORT)), "2025");
  }

  @Test
  void what_is_unknown_is_given_back_as_it_was_stored() {
    record Other(String text) {}

    var others =
        EventTypes.of(Other.class)
            .type("Other", 1, Other.class, JsonBinding.jackson(Other.class))
            .build();
    var recorded = stored(Encrypted.of(others, OLD).encode(new Other("text")));

    assertThat(Encrypted.of(TYPES, OLD).decode(recorded)).isEqualTo(Decoded.unknown(recorded));
    assertThat(TYPES.decode(recorded)).isEqualTo(Decoded.unknown(recorded));
  }
}
