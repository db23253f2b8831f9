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

  /// No name of a partition makes two files one.
  private void requireApart(String path) {
    for (var other : Stream.concat(ofEach.keySet().stream(), ofAll.keySet().stream()).toList()) {
      if (canBeOne(Split.of(path), Split.of(other))) {
        throw new IllegalArgumentException(
            "For some partition %s and %s would be one file; put one into a directory of its own"
                .formatted(path, other));
      }
    }
  }

  private static boolean canBeOne(Split one, Split other) {
    return one.directory().equals(other.directory())
        && (one.before().startsWith(other.before()) || other.before().startsWith(one.before()))
        && (one.after().endsWith(other.after()) || other.after().endsWith(one.after()));
  }

  /// A path; what is before its hole in the last name, and what is behind it. One without a hole is
  /// all before it, and all behind it.
  private record Split(String directory, String before, String after) {
    static Split of(String path) {
      var name = path.substring(path.lastIndexOf('/') + 1);
      var hole = name.indexOf(HOLE);
      return new Split(
          path.substring(0, path.length() - name.length()),
          hole < 0 ? name : name.substring(0, hole),
          hole < 0 ? name : name.substring(hole + HOLE.length()));
    }
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
