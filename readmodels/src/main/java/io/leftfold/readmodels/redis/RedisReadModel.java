// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.redis;

import io.leftfold.readmodels.kept.KeptTransaction;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.States;
import java.util.function.Function;
import redis.clients.jedis.UnifiedJedis;

/// A read model in Redis: a state for each partition, as JSON.
///
/// ```java
/// var redis = RedisClient.create("localhost", 6379);
/// var accounts = RedisReadModel.ofStates(redis, "bank", BINDING);
///
/// accounts.<Optional<Account>>read("overview", states -> states.of("account-7"));
/// ```
///
/// **Keys**, for whoever reads without this class; of a projection `overview` in version 2 with the
/// prefix `bank`:
///
/// | key | is | holds |
/// |---|---|---|
/// | `bank:overview:live` | a string | which version is read: `2` |
/// | `bank:overview:2:states` | a hash | states in JSON, by the names of partitions |
/// | `bank:overview:2:parked` | a hash | what events failed with, by position and partition: `17 account-7` |
/// | `bank:overview:checkpoints` | a hash | how far each version came, in JSON, by its number |
///
/// ```
/// GET bank:overview:live
/// HGET bank:overview:2:states account-7
/// ```
///
/// **Transactions.** What a transaction changes is kept by one script, which Redis runs whole and
/// alone, so nobody sees half of it. The script first compares: if a checkpoint that the
/// transaction has changed is no longer what it was, somebody else was quicker, and nothing is
/// kept. Several that fold the same version do not wait for each other; who is slower has worked in
/// vain. Each question to a view is one command, and is answered by what was kept last; two
/// questions may have two transactions' answers.
///
/// **What is durable** is what Redis promises, and no more. With `appendonly yes` and `appendfsync
/// always`, what was kept is; with `appendfsync everysec` a machine that fails may lose the last
/// seconds, with snapshots alone the last minutes, without persistence all, and a replica that
/// takes the place of another what it had not heard. Since a script's changes are lost together,
/// Redis then has an older checkpoint and the states of that time, and the projection goes on from
/// there; without any checkpoint, from zero. So each event still counts once in what is read, but
/// what somebody saw, or waited for, may be gone until it is folded again; and if reactions wrote
/// something outside of Redis, it is written again.
///
/// Redis must not throw away what it holds: `maxmemory-policy noeviction`. It is tried on one
/// server; in a cluster all keys of a transaction have to be in one slot, by a prefix in braces.
/// Names of partitions are what UTF-8 can hold.
///
/// @param <S> the state of a partition
public final class RedisReadModel<S> implements ReadModel<States<S>> {

  private final UnifiedJedis redis;
  private final String prefix;
  private final JsonBinding<S> binding;

  private RedisReadModel(UnifiedJedis redis, String prefix, JsonBinding<S> binding) {
    this.redis = redis;
    this.prefix = prefix;
    this.binding = binding;
  }

  /// A state for each partition. Asks Redis nothing yet.
  ///
  /// @param redis a client that any number of threads may use; it stays the caller's to close
  /// @param prefix of all keys, before a colon; nobody else writes to keys with it
  /// @param binding between states and JSON
  /// @param <S> the state of a partition
  /// @return the read model
  public static <S> RedisReadModel<S> ofStates(
      UnifiedJedis redis, String prefix, JsonBinding<S> binding) {
    return new RedisReadModel<>(redis, prefix, binding);
  }

  @Override
  public void prepare(ProjectionVersion version) {
    // Room is made when it is needed.
  }

  @Override
  public void drop(ProjectionVersion version) {
    new Hashes(redis, prefix).remove(version);
  }

  /// @throws ReadModelException also if somebody else has changed a checkpoint meanwhile; then
  ///   nothing was changed
  @Override
  public <R> R transact(Function<? super Transaction<States<S>>, ? extends R> work) {
    var hashes = new Hashes(redis, prefix);
    var transaction = KeptTransaction.ofStates(hashes, binding);
    R result = work.apply(transaction);
    if (!transaction.changes().isEmpty()) {
      hashes.keep(transaction.changes());
    }
    return result;
  }
}
