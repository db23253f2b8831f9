// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.redis;

import io.leftfold.readmodels.kept.Key;
import io.leftfold.readmodels.kept.Key.Kind;
import io.leftfold.readmodels.kept.Texts;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// What is kept in Redis, as one transaction sees it, and the script that keeps what it changed.
///
/// Everything is read when it is asked for. What was seen of a checkpoint is remembered: the script
/// keeps nothing if it is no longer so.
final class Hashes implements Texts {

  /// `KEYS` are all keys, and `ARGV` is
  ///
  /// ```
  /// count of checkpoints,   each: hash, key of what is live, version, text as it was seen, text
  /// and up to the end,      each: hash, field, text
  /// ```
  ///
  /// A text begins with `=`; without that there is none. A script that failed between two changes
  /// would leave the first, so it first does all that can fail: a key of another kind is found when
  /// it is asked, and for want of memory Redis refuses a script at its first change.
  private static final String KEEP =
      """
      local function is_live(text)
        return text ~= '' and cjson.decode(string.sub(text, 2)).role == 'LIVE'
      end

      local function keep(hash, field, text)
        if text == '' then
          redis.call('HDEL', hash, field)
        else
          redis.call('HSET', hash, field, string.sub(text, 2))
        end
      end

      local rest = 2 + 5 * tonumber(ARGV[1])
      local live = {}
      for i = 2, rest - 1, 5 do
        local hash, pointer, version, seen = unpack(ARGV, i, i + 3)
        local kept = redis.call('HGET', hash, version)
        if (kept and '=' .. kept or '') ~= seen then
          return 'outrun'
        end
        if live[pointer] == nil then
          live[pointer] = redis.call('GET', pointer)
        end
        if live[pointer] == version then
          live[pointer] = false
        end
      end
      for i = 2, rest - 1, 5 do
        local _, pointer, version, _, text = unpack(ARGV, i, i + 4)
        if is_live(text) then
          if live[pointer] then
            return 'two live'
          end
          live[pointer] = version
        end
      end
      for i = rest, #ARGV, 3 do
        redis.call('HLEN', ARGV[i])
      end

      for pointer, version in pairs(live) do
        if version then
          redis.call('SET', pointer, version)
        else
          redis.call('DEL', pointer)
        end
      end
      for i = 2, rest - 1, 5 do
        keep(ARGV[i], ARGV[i + 2], ARGV[i + 4])
      end
      for i = rest, #ARGV, 3 do
        keep(ARGV[i], ARGV[i + 1], ARGV[i + 2])
      end
      return 'kept'
      """;

  /// `KEYS` are what is live, the checkpoints, and what else there is; `ARGV` is the version.
  private static final String REMOVE =
      """
      if redis.call('GET', KEYS[1]) == ARGV[1] then
        redis.call('DEL', KEYS[1])
      end
      redis.call('HDEL', KEYS[2], ARGV[1])
      return redis.call('DEL', KEYS[3], KEYS[4])
      """;

  private static final int CHECKPOINT_ARGUMENTS = 5;

  private final UnifiedJedis redis;
  private final String prefix;
  private final Map<Key, Optional<String>> seen = new HashMap<>();

  Hashes(UnifiedJedis redis, String prefix) {
    this.redis = redis;
    this.prefix = prefix;
  }

  // ---- names

  private String live(ProjectionVersion version) {
    return "%s:%s:live".formatted(prefix, version.projection());
  }

  private String hash(Kind kind, ProjectionVersion version) {
    return switch (kind) {
      case CHECKPOINT -> "%s:%s:checkpoints".formatted(prefix, version.projection());
      case PARKED -> "%s:%s:%d:parked".formatted(prefix, version.projection(), version.version());
      case STATE -> "%s:%s:%d:states".formatted(prefix, version.projection(), version.version());
    };
  }

  private String hash(Key key) {
    return hash(key.kind(), key.version());
  }

  private static String field(Key key) {
    return switch (key.kind()) {
      case CHECKPOINT -> "" + key.version().version();
      case PARKED -> "%d %s".formatted(key.position(), key.partition());
      case STATE -> key.partition();
    };
  }

  private static Key key(Kind kind, ProjectionVersion version, String field) {
    return switch (kind) {
      case CHECKPOINT ->
          Key.checkpoint(new ProjectionVersion(version.projection(), Integer.parseInt(field)));
      case PARKED -> {
        var space = field.indexOf(' ');
        yield Key.parked(
            version, field.substring(space + 1), Long.parseLong(field.substring(0, space)));
      }
      case STATE -> Key.state(version, field);
    };
  }

  // ---- what is there

  @Override
  public Optional<String> get(Key key) {
    return key.kind() == Kind.CHECKPOINT ? seen.computeIfAbsent(key, this::ask) : ask(key);
  }

  private Optional<String> ask(Key key) {
    return answered(() -> Optional.ofNullable(redis.hget(hash(key), field(key))));
  }

  @Override
  public NavigableMap<Key, String> between(Key from, Key to) {
    var all = new TreeMap<Key, String>();
    answered(() -> redis.hgetAll(hash(from)))
        .forEach((field, text) -> all.put(key(from.kind(), from.version(), field), text));
    return all.subMap(from, true, to, true);
  }

  private static <R> R answered(Supplier<R> command) {
    try {
      return command.get();
    } catch (JedisException e) {
      throw new ReadModelException("Redis failed: " + e.getMessage(), e);
    }
  }

  // ---- what is changed

  /// Keeps a transaction.
  ///
  /// @param changes of it; what was seen of the checkpoints among them is compared first
  /// @throws ReadModelException if somebody else was quicker, and nothing is changed; or if Redis
  ///   failed
  void keep(SortedMap<Key, Optional<String>> changes) {
    var keys = new LinkedHashSet<String>();
    var checkpoints = new ArrayList<String>();
    var others = new ArrayList<String>();
    changes.forEach((key, text) -> {
      keys.add(hash(key));
      if (key.kind() == Kind.CHECKPOINT) {
        var live = live(key.version());
        keys.add(live);
        checkpoints.addAll(
            List.of(hash(key), live, field(key), argument(get(key)), argument(text)));
      } else {
        others.addAll(List.of(hash(key), field(key), argument(text)));
      }
    });
    var arguments = new ArrayList<String>();
    arguments.add("" + checkpoints.size() / CHECKPOINT_ARGUMENTS);
    arguments.addAll(checkpoints);
    arguments.addAll(others);
    var answer = answered(() -> "" + redis.eval(KEEP, List.copyOf(keys), arguments));
    if (!answer.equals("kept")) {
      throw new ReadModelException(
          "A transaction of %s is not kept, for %s"
              .formatted(
                  changes.firstKey().version(),
                  answer.equals("outrun")
                      ? "somebody else has changed the checkpoint meanwhile"
                      : "another version of it is live"));
    }
  }

  private static String argument(Optional<String> text) {
    return text.map(present -> "=" + present).orElse("");
  }

  /// Removes everything of a version.
  void remove(ProjectionVersion version) {
    var keys =
        List.of(
            live(version),
            hash(Kind.CHECKPOINT, version),
            hash(Kind.PARKED, version),
            hash(Kind.STATE, version));
    answered(() -> redis.eval(REMOVE, keys, List.of("" + version.version())));
  }
}
