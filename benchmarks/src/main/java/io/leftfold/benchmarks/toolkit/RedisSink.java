// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.benchmarks.toolkit.Accounts.Balance;
import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.RedisClient;

/// A hash of balances as JSON: those that a step changed and the place are written in one
/// transaction. The balances themselves are in memory too.
final class RedisSink implements Sink {

  private final RedisClient redis;
  private final String prefix;
  private final Map<String, Balance> balances = new HashMap<>();

  /// @param room the server's address, a number sign, and a prefix of keys
  RedisSink(String room) {
    var parts = room.split("#", 2);
    this.redis = RedisClient.create(parts[0]);
    this.prefix = parts[1];
  }

  @Override
  public void take(List<Booked> events, long place) {
    var changed = new HashMap<String, String>();
    for (var event : events) {
      var balance = balances.getOrDefault(event.account(), Balance.NOTHING).plus(event);
      balances.put(event.account(), balance);
      changed.put(event.account(), Accounts.BALANCE.writeText(balance));
    }
    try (var transaction = redis.multi()) {
      transaction.hset(prefix + ":bare", changed);
      transaction.set(prefix + ":place", Long.toString(place));
      transaction.exec();
    }
  }

  @Override
  public void close() {
    redis.close();
  }
}
