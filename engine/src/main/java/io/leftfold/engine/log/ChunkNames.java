// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.engine.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The chunk files of a disk, by their names.
///
/// @param newest the newest generation of each chunk, by its number
/// @param leftovers older generations, and such as were never finished
record ChunkNames(SortedMap<Long, Name> newest, List<String> leftovers) {

  private static final Pattern NAME = Pattern.compile("chunk-(\\d{6,})(?:\\.(\\d+))?\\.(log|new)");

  /// A file that holds a chunk, as its name has it.
  record Name(String file, int generation) {}

  static ChunkNames on(Disk disk) throws IOException {
    var newest = new TreeMap<Long, Name>();
    var leftovers = new ArrayList<String>();
    for (var file : disk.list()) {
      var matcher = NAME.matcher(file);
      if (!matcher.matches()) {
        continue;
      }
      if (matcher.group(3).equals("new")) {
        leftovers.add(file);
        continue;
      }
      var generation = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
      var number = Long.parseLong(matcher.group(1));
      var other = newest.get(number);
      if (other != null && other.generation() > generation) {
        leftovers.add(file);
      } else {
        newest.put(number, new Name(file, generation));
        if (other != null) {
          leftovers.add(other.file());
        }
      }
    }
    return new ChunkNames(newest, leftovers);
  }

  /// The name of a chunk as it is written first.
  static String of(long number) {
    return String.format(Locale.ROOT, "chunk-%06d.log", number);
  }

  /// The name of a chunk's file, which tells its generation if it has one.
  static String of(ChunkHeader header) {
    return header.isScavenged()
        ? String.format(Locale.ROOT, "chunk-%06d.%d.log", header.number(), header.generation())
        : of(header.number());
  }

  /// The name of a chunk's file while it is not complete.
  static String unfinished(ChunkHeader header) {
    return String.format(Locale.ROOT, "chunk-%06d.%d.new", header.number(), header.generation());
  }
}
