// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// JSON in lines, two blanks deeper each, as clients know it.
public final class Json {

  private static final String CONTENT_TYPE = "application/json; charset=utf-8";

  /// Numbers have all their digits.
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  static final ObjectWriter LINES = MAPPER.writer().with(inLines());

  private Json() {}

  private static DefaultPrettyPrinter inLines() {
    var indenter = new DefaultIndenter("  ", "\n");
    return new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""))
        .withObjectIndenter(indenter)
        .withArrayIndenter(indenter);
  }

  /// Writes JSON.
  ///
  /// @param out where to; stays open
  /// @param content writes it
  /// @throws IOException if it cannot be written there
  public static void write(OutputStream out, Consumer<JsonGenerator> content) throws IOException {
    try (var generator = LINES.createGenerator(out)) {
      content.accept(generator);
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
  }

  /// The answer to a question that JSON answers.
  ///
  /// @param content writes it
  /// @return 200
  public static Answer answer(Consumer<JsonGenerator> content) {
    return Answer.of(Status.OK, CONTENT_TYPE, out -> write(out, content));
  }

  /// Bytes as a text, without decoding what is plain.
  static void text(JsonGenerator out, byte[] bytes) {
    for (var b : bytes) {
      if (b < 0) {
        // What is no UTF-8 is replaced.
        out.writeString(new String(bytes, StandardCharsets.UTF_8));
        return;
      }
    }
    out.writeUTF8String(bytes, 0, bytes.length);
  }

  /// Writes bytes as the JSON that they are.
  ///
  /// @return whether they are; nothing was written otherwise
  static boolean value(JsonGenerator out, byte[] bytes) {
    var lines = pretty(bytes);
    lines.ifPresent(text -> out.writeRawValue(deeper(out, text)));
    return lines.isPresent();
  }

  /// As deep as where it is written.
  private static String deeper(JsonGenerator out, String text) {
    var depth = out.streamWriteContext().getNestingDepth();
    return text.replace("\n", "\n" + "  ".repeat(depth));
  }

  /// JSON in lines.
  ///
  /// @return empty if it is none
  static Optional<String> pretty(byte[] bytes) {
    if (bytes.length == 0) {
      return Optional.empty();
    }
    var text = new java.io.StringWriter(2 * bytes.length);
    try (var parser = MAPPER.createParser(bytes);
        var generator = LINES.createGenerator(text)) {
      if (parser.nextToken() == null) {
        return Optional.empty();
      }
      generator.copyCurrentStructureExact(parser);
      if (parser.nextToken() != null) {
        return Optional.empty();
      }
    } catch (JacksonException _) {
      return Optional.empty();
    }
    return Optional.of(text.toString());
  }
}
