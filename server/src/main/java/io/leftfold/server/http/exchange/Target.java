// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What a request asks for. The path was taken apart before it was decoded, so a segment may have a
/// slash in it.
///
/// @param path as it was sent
/// @param segments of the path, decoded
/// @param query what stands behind the question mark, decoded, by names in small letters, in its
///   order
/// @param repeated the names that stand there more than once; `query` has what is said last
public record Target(
    String path, List<String> segments, Map<String, String> query, Set<String> repeated) {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String UNRESERVED = "-_.~";

  /// Copies what it is given.
  public Target {
    segments = List.copyOf(segments);
    query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
    repeated = Set.copyOf(repeated);
  }

  /// Takes a target apart.
  ///
  /// @param path as it was sent
  /// @param query as it was sent; empty if there is none
  /// @return what it says
  /// @throws RefusedException if it is not encoded as it should be
  public static Target of(String path, String query) {
    var segments = new ArrayList<String>();
    for (var segment : path.substring(1).split("/", -1)) {
      segments.add(decoded(segment, false));
    }
    var parameters = new LinkedHashMap<String, String>();
    var repeated = new HashSet<String>();
    for (var parameter : query.split("&", -1)) {
      var equals = parameter.indexOf('=');
      var name =
          decoded(equals < 0 ? parameter : parameter.substring(0, equals), true)
              .toLowerCase(Locale.ROOT);
      if (!name.isEmpty()) {
        var value = equals < 0 ? "" : decoded(parameter.substring(equals + 1), true);
        if (parameters.put(name, value) != null) {
          repeated.add(name);
        }
      }
    }
    return new Target(path, segments, parameters, repeated);
  }

  /// Whether the path ends in a slash, and in more than that.
  ///
  /// @return whether
  public boolean endsInSlash() {
    return segments.size() > 1 && segments.getLast().isEmpty();
  }

  /// The segments, whether the path ends in a slash or not.
  ///
  /// @return without the empty one behind that slash
  public List<String> segmentsWithoutLastSlash() {
    return endsInSlash() ? segments.subList(0, segments.size() - 1) : segments;
  }

  /// What a parameter says.
  ///
  /// @param name in small letters
  /// @return its value; empty if it has none
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
  }

  /// Parameters, encoded again.
  ///
  /// @param names which of them
  /// @return as they stand behind a question mark, in their order; empty if there are none
  public String query(Predicate<String> names) {
    return query.entrySet().stream()
        .filter(parameter -> names.test(parameter.getKey()))
        .map(parameter -> encoded(parameter.getKey()) + "=" + encoded(parameter.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String decoded(String text, boolean plusIsBlank) {
    if (text.indexOf('%') < 0 && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '+')) {
      return text;
    }
    var bytes = new ByteArrayOutputStream(text.length());
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()
            || !HexFormat.isHexDigit(text.charAt(i + 1))
            || !HexFormat.isHexDigit(text.charAt(i + 2))) {
          throw badlyEncoded();
        }
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else if (c == '+' && plusIsBlank) {
        bytes.write(' ');
      } else if (c < 0x80) {
        bytes.write(c);
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException _) {
      throw badlyEncoded();
    }
  }

  private static RefusedException badlyEncoded() {
    return RefusedException.badRequest("The URL is not encoded as it should be");
  }

  /// A text as a segment of a path.
  ///
  /// @param text any
  /// @return with everything encoded but letters, digits and `-_.~`; dots too where there is
  ///   nothing else
  public static String encoded(String text) {
    if (text.equals(".") || text.equals("..")) {
      return text.replace(".", "%2E"); // else it would lead to another path
    }
    if (text.chars().allMatch(Target::isUnreserved)) {
      return text;
    }
    var encoded = new StringBuilder(text.length() + 16);
    for (var b : text.getBytes(StandardCharsets.UTF_8)) {
      if (isUnreserved(b)) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || UNRESERVED.indexOf(c) >= 0;
  }
}
