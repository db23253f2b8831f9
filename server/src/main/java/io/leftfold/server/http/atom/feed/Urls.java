// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import io.leftfold.server.http.exchange.Target;

/// Makes URLs of streams and events. One for each page, for it remembers the stream that it was
/// asked for last.
public final class Urls {

  private final String base;
  private String lastStream = "";
  private String lastUrl = "";

  /// URLs of a server.
  ///
  /// @param base how it is reached, without a slash at its end
  public Urls(String base) {
    this.base = base;
  }

  /// The URL of a stream.
  ///
  /// @param name of the stream
  /// @return without a slash at its end
  public String stream(String name) {
    if (!name.equals(lastStream)) {
      lastUrl = base + "/streams/" + Target.encoded(name);
      lastStream = name;
    }
    return lastUrl;
  }

  /// The URL of an event.
  ///
  /// @param stream the name of its stream
  /// @param revision its number
  /// @return the URL
  public String event(String stream, long revision) {
    return stream(stream) + "/" + revision;
  }

  /// The URL of something else.
  ///
  /// @param path with its slash in front
  /// @return the URL
  public String path(String path) {
    return base + path;
  }
}
