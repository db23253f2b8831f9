// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a request is answered.
///
/// @param status of HTTP
/// @param reason in the status line, which HTTP/2 has not; empty for the usual words
/// @param headers in the order in which they are sent
/// @param content what is sent behind them
public record Answer(int status, String reason, List<Header> headers, Content content) {

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final Content NOTHING = _ -> {};

  /// A header.
  ///
  /// @param name in whatever letters
  /// @param value what it says
  public record Header(String name, String value) {}

  /// Writes what is sent behind the headers. May wait for the caller to take it.
  public interface Content {
    /// Writes all of it.
    ///
    /// @param out is closed by somebody else
    /// @throws IOException if the caller is gone
    void writeTo(OutputStream out) throws IOException;
  }

  /// Copies the headers.
  public Answer {
    headers = List.copyOf(headers);
  }

  /// An answer without content.
  ///
  /// @param status of HTTP
  /// @param reason in the status line; empty for the usual words
  /// @return the answer
  public static Answer empty(int status, String reason) {
    return new Answer(status, reason, List.of(), NOTHING);
  }

  /// An answer with content.
  ///
  /// @param status of HTTP
  /// @param type its media type
  /// @param content writes it
  /// @return the answer
  public static Answer of(int status, String type, Content content) {
    return new Answer(status, "", List.of(new Header("Content-Type", type)), content);
  }

  /// An answer that is a text.
  ///
  /// @param status of HTTP
  /// @param type its media type
  /// @param text the text
  /// @return the answer
  public static Answer text(int status, String type, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(status, type, out -> out.write(bytes));
  }

  /// An answer that says why something is not done.
  ///
  /// @param status of HTTP
  /// @param reason why; in the status line, and because HTTP/2 has none, as a text
  /// @return the answer, not to be kept by caches
  public static Answer refusal(int status, String reason) {
    var text = text(status, TEXT, reason);
    return new Answer(status, reason, text.headers, text.content)
        .with("Cache-Control", Caching.ASK_AGAIN);
  }

  /// With a header more.
  ///
  /// @param name in whatever letters
  /// @param value what it says
  /// @return the new answer
  public Answer with(String name, String value) {
    var more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new Answer(status, reason, more, content);
  }

  /// Whether there is a header.
  ///
  /// @param name in whatever letters
  /// @return whether
  public boolean says(String name) {
    return headers.stream().anyMatch(header -> header.name.equalsIgnoreCase(name));
  }

  /// With other words in the status line.
  ///
  /// @param words plain ones
  /// @return the new answer
  public Answer because(String words) {
    return new Answer(status, words, headers, content);
  }

  /// With other content.
  ///
  /// @param type its media type
  /// @param other writes it
  /// @return the new answer
  public Answer withContent(String type, Content other) {
    var bare = withoutContent();
    return new Answer(status, reason, bare.headers, other).with("Content-Type", type);
  }

  /// Without content.
  ///
  /// @return the new answer
  public Answer withoutContent() {
    return new Answer(
        status,
        reason,
        headers.stream().filter(header -> !header.name.equals("Content-Type")).toList(),
        NOTHING);
  }

  /// With the length of its content in place of that; the content is made for it.
  Answer withLengthOnly() {
    if (status == Status.NOT_MODIFIED) {
      return this;
    }
    var length = new Length();
    try {
      content.writeTo(length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Answer(status, reason, headers, NOTHING)
        .with("Content-Length", Long.toString(length.bytes));
  }

  /// Counts what is written.
  private static final class Length extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] written, int offset, int count) {
      bytes += count;
    }
  }
}
