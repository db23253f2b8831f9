// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;

import io.leftfold.readmodels.kept.Key;
import io.leftfold.toolkit.files.DurableDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import tools.jackson.databind.json.JsonMapper;

/// Texts by their keys in memory, and every transaction that changed them in a file.
///
/// ```
/// kept   | "LFKEPT" 6 | format 1, a byte | transactions …
///        | length of the text 4 | CRC-32C of it 4 | an object in JSON: new texts by keys, null: removed |
/// ```
///
/// Numbers are big-endian. A transaction that is not whole is not read, nor what is behind it: what
/// is before it is how everything once was, from which a projection goes on. When most of the file
/// is of the past, and whenever it is opened, it is written anew as one transaction; so what was
/// read from it is durable, whatever became of the process that wrote it.
final class KeptFile {

  private static final byte[] MAGIC = {'L', 'F', 'K', 'E', 'P', 'T', 1};
  private static final int HEADER_BYTES = 2 * Integer.BYTES;
  private static final long PAST_BYTES_MIN = 1 << 20;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final DurableDirectory directory;
  private final Runnable afterStep;
  private final NavigableMap<Key, String> texts = new TreeMap<>();
  private long presentBytes;
  private long appendedBytes;

  private KeptFile(DurableDirectory directory, Runnable afterStep) {
    this.directory = directory;
    this.afterStep = afterStep;
  }

  /// @param afterStep called behind each step of whatever changes files; a test dies there
  static KeptFile open(DurableDirectory directory, Runnable afterStep) throws IOException {
    var file = new KeptFile(directory, afterStep);
    if (DurableDirectory.exists(file.path())) {
      file.read(Files.readAllBytes(file.path()));
    }
    file.writeAnew();
    return file;
  }

  private Path path() {
    return directory.path().resolve("kept");
  }

  /// What is kept. Only [#append] changes it.
  NavigableMap<Key, String> texts() {
    return texts;
  }

  private void read(byte[] bytes) {
    if (bytes.length < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
      throw new IllegalStateException(
          "%s was to begin with LFKEPT 1, but does not: it is of another program or format; delete it, and everything is folded again"
              .formatted(path()));
    }
    var rest = ByteBuffer.wrap(bytes, MAGIC.length, bytes.length - MAGIC.length);
    for (var text = next(rest); text.isPresent(); text = next(rest)) {
      JSON.readTree(text.get())
          .properties()
          .forEach(one ->
              apply(
                  Key.of(one.getKey()),
                  one.getValue().isNull()
                      ? Optional.empty()
                      : Optional.of(one.getValue().asString())));
    }
  }

  private static Optional<byte[]> next(ByteBuffer rest) {
    if (rest.remaining() < HEADER_BYTES) {
      return Optional.empty();
    }
    var length = rest.getInt();
    var crc = rest.getInt();
    if (length < 0 || length > rest.remaining()) {
      return Optional.empty();
    }
    var text = new byte[length];
    rest.get(text);
    return crc == crc(text) ? Optional.of(text) : Optional.empty();
  }

  private static int crc(byte[] text) {
    var crc = new CRC32C();
    crc.update(text);
    return (int) crc.getValue();
  }

  private static byte[] transaction(SortedMap<Key, Optional<String>> changes) {
    var json = JSON.createObjectNode();
    changes.forEach((key, text) ->
        text.ifPresentOrElse(
            present -> json.put(key.text(), present), () -> json.putNull(key.text())));
    var text = json.toString().getBytes(UTF_8);
    return ByteBuffer.allocate(HEADER_BYTES + text.length)
        .putInt(text.length)
        .putInt(crc(text))
        .put(text)
        .array();
  }

  private void apply(Key key, Optional<String> text) {
    text.ifPresentOrElse(present -> texts.put(key, present), () -> texts.remove(key));
  }

  /// Keeps a transaction, durably.
  ///
  /// @throws IOException if the disk failed; then it is not known whether it is kept, and the file
  ///   has to be opened anew
  void append(SortedMap<Key, Optional<String>> changes) throws IOException {
    var bytes = transaction(changes);
    directory.write(path(), bytes, APPEND);
    afterStep.run();
    changes.forEach(this::apply);
    appendedBytes += bytes.length;
    if (appendedBytes > Math.max(PAST_BYTES_MIN, presentBytes)) {
      writeAnew();
    }
  }

  private void writeAnew() throws IOException {
    var all = new TreeMap<Key, Optional<String>>();
    texts.forEach((key, text) -> all.put(key, Optional.of(text)));
    var present = transaction(all);
    directory.put(
        path(), ByteBuffer.allocate(MAGIC.length + present.length).put(MAGIC).put(present).array());
    presentBytes = present.length;
    appendedBytes = 0;
  }
}
