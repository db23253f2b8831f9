// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.States;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// States of partitions as JSON, all in one table.
final class SqlStates<S> implements States<S> {

  private final SqlSession session;
  private final ProjectionVersion version;
  private final JsonBinding<S> binding;

  SqlStates(SqlSession session, ProjectionVersion version, JsonBinding<S> binding) {
    this.session = session;
    this.version = version;
    this.binding = binding;
  }

  @Override
  public Optional<S> of(String partition) {
    return session
        .query(
            "SELECT state FROM leftfold_state WHERE projection = ? AND version = ? AND partition_key = ?",
            row -> state(row.getString(1)),
            version.projection(),
            version.version(),
            partition)
        .stream()
        .findFirst();
  }

  private S state(String json) {
    return binding.readText(json);
  }

  @Override
  public void put(String partition, S state) {
    var json = binding.writeText(state);
    var changed =
        session.update(
            "UPDATE leftfold_state SET state = ? WHERE projection = ? AND version = ? AND partition_key = ?",
            json,
            version.projection(),
            version.version(),
            partition);
    if (changed == 0) {
      session.update(
          "INSERT INTO leftfold_state (projection, version, partition_key, state) VALUES (?, ?, ?, ?)",
          version.projection(),
          version.version(),
          partition,
          json);
    }
  }

  @Override
  public void remove(String partition) {
    session.update(
        "DELETE FROM leftfold_state WHERE projection = ? AND version = ? AND partition_key = ?",
        version.projection(),
        version.version(),
        partition);
  }

  @Override
  public Map<String, S> all() {
    var all = new TreeMap<String, S>();
    session
        .query(
            "SELECT partition_key, state FROM leftfold_state WHERE projection = ? AND version = ?",
            row -> Map.entry(row.getString(1), state(row.getString(2))),
            version.projection(),
            version.version())
        .forEach(entry -> all.put(entry.getKey(), entry.getValue()));
    return all;
  }
}
