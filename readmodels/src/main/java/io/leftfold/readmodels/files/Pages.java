// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.toolkit.States;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Which files are made of the states of a projection: some of each state, some of all.
///
/// ```java
/// Pages.<Account>none()
///     .each("accounts/{}.html", (partition, account) -> Html.page(…))
///     .all("accounts.csv", accounts -> Csv.of(…));
/// ```
///
/// The functions are pure: they are called again whenever it is not known that a file holds what
/// they would say. A file of all states is written again with each transaction that changes one.
///
/// @param <S> the state of a partition
public final class Pages<S> {

  private static final String HOLE = "{}";
  private static final Pattern PATH = Pattern.compile("(?:[A-Za-z0-9_{-][A-Za-z0-9_.{}-]*/?)+");
  private static final int NAME_CHARACTERS_MAX = 120;
  private static final int BEGINNING_CHARACTERS = 48;

  private final Map<String, BiFunction<? super String, ? super S, String>> ofEach;
  private final Map<String, Function<? super Map<String, S>, String>> ofAll;

  private Pages(
      Map<String, BiFunction<? super String, ? super S, String>> ofEach,
      Map<String, Function<? super Map<String, S>, String>> ofAll) {
    this.ofEach = Map.copyOf(ofEach);
    this.ofAll = Map.copyOf(ofAll);
  }

  /// No files.
  ///
  /// @param <S> the state of a partition
  /// @return to which some are added
  public static <S> Pages<S> none() {
    return new Pages<>(Map.of(), Map.of());
  }

  /// And a file for each state.
  ///
  /// @param path where, with `{}` in the place of the partition's [#name]
  /// @param text what it holds, by partition and state
  /// @return the new pages
  /// @throws IllegalArgumentException if the path is not one
  public Pages<S> each(String path, BiFunction<? super String, ? super S, String> text) {
    require(path, 1);
    requireApart(path);
    var more = new HashMap<>(ofEach);
    more.put(path, text);
    return new Pages<>(more, ofAll);
  }

  /// And a file of all states.
  ///
  /// @param path where
  /// @param text what it holds, by the states of all partitions in the order of their names
  /// @return the new pages
  /// @throws IllegalArgumentException if the path is not one
  public Pages<S> all(String path, Function<? super Map<String, S>, String> text) {
    require(path, 0);
    requireApart(path);
    var more = new HashMap<>(ofAll);
    more.put(path, text);
    return new Pages<>(ofEach, more);
  }

  private static void require(String path, int holes) {
    var found = path.split(Pattern.quote(HOLE), -1).length - 1;
    var isPlain = !path.replace(HOLE, "").contains("{") && !path.replace(HOLE, "").contains("}");
    if (!PATH.matcher(path).matches() || path.endsWith("/") || found != holes || !isPlain) {
      throw new IllegalArgumentException(
          "A path is of names of letters, digits, dots, dashes and underscores, with %d times {}, got \"%s\""
              .formatted(holes, path));
    }
  }

  /// No names of partitions make two files one, or one a directory in which the other is.
  private void requireApart(String path) {
    for (var other : Stream.concat(ofEach.keySet().stream(), ofAll.keySet().stream()).toList()) {
      if (canMeet(path.split("/"), other.split("/"))) {
        throw new IllegalArgumentException(
            "For some partition %s and %s would be one file, or one would lie in the other; put one into a directory of its own"
                .formatted(path, other));
      }
    }
  }

  private static boolean canMeet(String[] path, String[] other) {
    return IntStream.range(0, Math.min(path.length, other.length))
        .allMatch(i -> canBeOne(path[i], other[i]));
  }

  /// Whether two names can be one, whatever is in their holes.
  private static boolean canBeOne(String one, String other) {
    return (before(one).startsWith(before(other)) || before(other).startsWith(before(one)))
        && (after(one).endsWith(after(other)) || after(other).endsWith(after(one)));
  }

  /// What is before the hole in a name: all of it, if there is none.
  private static String before(String name) {
    return name.contains(HOLE) ? name.substring(0, name.indexOf(HOLE)) : name;
  }

  private static String after(String name) {
    return name.contains(HOLE) ? name.substring(name.indexOf(HOLE) + HOLE.length()) : name;
  }

  /// What a partition is called in the name of a file, and in a link to it: letters, digits, dashes
  /// and underscores are themselves, dots too but for the first character, other bytes in UTF-8 are
  /// a tilde and two hexadecimal digits. A long name ends in its SHA-256. Different partitions have
  /// different names, wherever `a` and `A` are different files.
  ///
  /// @param partition any text
  /// @return a name of at most 120 characters
  public static String name(String partition) {
    if (partition.isEmpty()) {
      return "~";
    }
    var name = new StringBuilder();
    var bytes = partition.getBytes(UTF_8);
    for (var one : bytes) {
      if (isPlain(one) || (one == '.' && !name.isEmpty())) {
        name.append((char) one);
      } else {
        name.append('~').append(HexFormat.of().toHexDigits(one));
      }
    }
    return name.length() <= NAME_CHARACTERS_MAX
        ? name.toString()
        : name.substring(0, BEGINNING_CHARACTERS) + "~~" + hash(bytes);
  }

  private static boolean isPlain(byte one) {
    return (one >= 'a' && one <= 'z')
        || (one >= 'A' && one <= 'Z')
        || (one >= '0' && one <= '9')
        || one == '-'
        || one == '_';
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256, this one has not", e);
    }
  }

  // ---- what they say

  /// The paths of a partition's files.
  Iterable<String> pathsOf(String partition) {
    return ofEach.keySet().stream().map(path -> filled(path, partition)).toList();
  }

  private static String filled(String path, String partition) {
    return path.replace(HOLE, name(partition));
  }

  /// The files of a state.
  Map<String, byte[]> of(String partition, S state) {
    var files = new TreeMap<String, byte[]>();
    ofEach.forEach((path, text) ->
        files.put(filled(path, partition), text.apply(partition, state).getBytes(UTF_8)));
    return files;
  }

  /// The files of all states.
  Map<String, byte[]> ofAll(States<S> view) {
    var files = new TreeMap<String, byte[]>();
    if (ofAll.isEmpty()) {
      return files;
    }
    var states = view.all();
    ofAll.forEach((path, text) -> files.put(path, text.apply(states).getBytes(UTF_8)));
    return files;
  }
}
