// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.api.StreamName;
import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a schema, or the id of a group: letters, digits and `_ . - : $`, in the composed
/// form of Unicode (NFC), 1 to 200 characters.
///
/// @param value the text
public record SchemaName(String value) {

  /// The longest name.
  public static final int CHARS_MAX = 200;

  static final String SCHEMAS = "$schemas-";
  static final String GROUPS = "$schemagroups-";

  private static final Pattern CHARACTERS = Pattern.compile("[\\p{L}\\p{N}_.$:-]+");

  /// Checks it.
  ///
  /// @throws BadSchemaException if it is no such name
  public SchemaName {
    if (!isName(value)) {
      throw new BadSchemaException(
          "schema_name",
          "A name has 1 to %d letters, digits and characters of \"_.$:-\", in NFC; got %s"
              .formatted(CHARS_MAX, value.isEmpty() ? "none" : "\"%s\"".formatted(shown(value))));
    }
  }

  private static String shown(String value) {
    return value.length() > 50 ? value.substring(0, 50) + "…" : value;
  }

  private static boolean isName(String value) {
    return value.length() <= CHARS_MAX
        && CHARACTERS.matcher(value).matches()
        && Normalizer.isNormalized(value, Normalizer.Form.NFC);
  }

  /// The name of the thing that a stream is about, if its name begins so.
  static Optional<SchemaName> in(StreamName stream, String prefix) {
    return Optional.of(stream.value())
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .filter(SchemaName::isName)
        .map(SchemaName::new);
  }

  StreamName stream(String prefix) {
    return StreamName.of(prefix + value);
  }

  @Override
  public String toString() {
    return value;
  }
}
