// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;

/// A request that has come whole.
///
/// @param method in capitals
/// @param target what it asks for
/// @param headers by their names, in whatever letters
/// @param body empty if there is none
/// @param base how the caller reaches this server, without a slash at its end
/// @param presence whether the caller is still there
public record Request(
    String method, Target target, MultiMap headers, byte[] body, String base, Presence presence) {

  /// The headers that change [#base], and so each link of an answer, for its `Vary`. A `Host` is
  /// part of what was asked for, to caches too.
  public static final String HEADERS_OF_BASE =
      "X-Forwarded-Host, X-Forwarded-Proto, X-Forwarded-Port, X-Forwarded-Prefix";

  /// Under these names clients say the same: those of KurrentDB and those of EventStoreDB.
  private static final List<String> PREFIXES = List.of("Kurrent-", "ES-");

  /// A header.
  ///
  /// @param name of the header, as the caller wrote it
  /// @param value what it says
  public record Said(String name, String value) {}

  /// A header of HTTP.
  ///
  /// @param name in whatever letters
  /// @return what it says
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// A header of KurrentDB, by either of its names.
  ///
  /// @param name without what stands before the hyphen
  /// @return what it says
  public Optional<Said> option(String name) {
    for (var prefix : PREFIXES) {
      var value = headers.get(prefix + name);
      if (value != null) {
        return Optional.of(new Said(prefix + name, value.strip()));
      }
    }
    return Optional.empty();
  }

  /// A header of KurrentDB that says yes or no.
  ///
  /// @param name without what stands before the hyphen
  /// @param otherwise what holds if it is not there
  /// @return what it says
  /// @throws RefusedException if it says neither
  public boolean flag(String name, boolean otherwise) {
    var said = option(name);
    if (said.isEmpty()) {
      return otherwise;
    }
    if (said.get().value().equalsIgnoreCase("true")) {
      return true;
    }
    if (said.get().value().equalsIgnoreCase("false")) {
      return false;
    }
    throw wrong(said.get());
  }

  /// For a header that makes no sense.
  ///
  /// @param said the header
  /// @return the refusal
  public static RefusedException wrong(Said said) {
    return RefusedException.badRequest("%s header in wrong format.".formatted(said.name));
  }

  /// A URL of this server.
  ///
  /// @param path with its slash in front
  /// @return as the caller can use it
  public String url(String path) {
    return base + path;
  }
}
