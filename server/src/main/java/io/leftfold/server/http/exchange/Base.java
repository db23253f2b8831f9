// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import io.vertx.core.MultiMap;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a caller reaches this server: by the `Host` of its request, or as whoever is in between
/// says.
final class Base {

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._~-]+|\\[[0-9A-Fa-f:.]+]");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final Pattern SCHEME = Pattern.compile("[Hh][Tt][Tt][Pp][Ss]?");
  private static final Pattern PREFIX = Pattern.compile("/?[A-Za-z0-9._~/%-]*");

  private Base() {}

  /// @param scheme of the request
  /// @param authority of the request
  /// @param headers of the request; what makes no sense in them is passed over
  static String of(String scheme, String authority, MultiMap headers) {
    var forwarded = said(headers, "x-forwarded-host");
    var reached = forwarded.orElse(authority);
    var host = host(reached);
    var port =
        said(headers, "x-forwarded-port")
            .filter(value -> PORT.matcher(value).matches())
            .map(value -> ":" + value)
            .orElseGet(() -> reached.substring(host.length()));
    var prefix =
        said(headers, "x-forwarded-prefix")
            .filter(value -> PREFIX.matcher(value).matches())
            .map(Base::inSlashes)
            .orElse("");
    var proto =
        said(headers, "x-forwarded-proto")
            .filter(value -> SCHEME.matcher(value).matches())
            .orElse(scheme);
    return HOST.matcher(host).matches()
        ? proto + "://" + host + port + prefix
        : scheme + "://" + authority + prefix;
  }

  /// Of several, the first: whoever is nearest to the caller put it there.
  private static Optional<String> said(MultiMap headers, String name) {
    return Optional.ofNullable(headers.get(name))
        .map(value -> value.split(",", -1)[0].strip())
        .filter(value -> !value.isEmpty());
  }

  private static String host(String authority) {
    var colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']')
            && PORT.matcher(authority.substring(colon + 1)).matches()
        ? authority.substring(0, colon)
        : authority;
  }

  private static String inSlashes(String prefix) {
    var text = prefix.startsWith("/") ? prefix : "/" + prefix;
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
