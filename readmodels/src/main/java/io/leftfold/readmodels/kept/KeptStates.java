// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.kept;

import io.leftfold.readmodels.kept.Key.Kind;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.States;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// States of partitions as texts in JSON.
///
/// @param <S> the state of a partition
final class KeptStates<S> implements States<S> {

  private final KeptTransaction<?> transaction;
  private final ProjectionVersion version;
  private final JsonBinding<S> binding;

  KeptStates(KeptTransaction<?> transaction, ProjectionVersion version, JsonBinding<S> binding) {
    this.transaction = transaction;
    this.version = version;
    this.binding = binding;
  }

  @Override
  public Optional<S> of(String partition) {
    return transaction.get(Key.state(version, partition)).map(this::state);
  }

  private S state(String json) {
    return binding.readText(json);
  }

  @Override
  public void put(String partition, S state) {
    transaction.put(Key.state(version, partition), binding.writeText(state));
  }

  @Override
  public void remove(String partition) {
    transaction.remove(Key.state(version, partition));
  }

  @Override
  public Map<String, S> all() {
    var all = new TreeMap<String, S>();
    transaction
        .between(Key.state(version, ""), KeptTransaction.behind(Kind.STATE, version))
        .forEach((key, json) -> all.put(key.partition(), state(json)));
    return all;
  }
}
