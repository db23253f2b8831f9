// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.ParkedPartition;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel.Transaction;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// A transaction of a database.
///
/// A checkpoint is replaced by one update that names its revision. The database lets one of several
/// through, makes the others wait until that one has ended, and then finds nothing to change. That
/// one version of a projection is live at a time is the database's to keep: `live_of` is the
/// projection in that one's row, and nothing in all others.
final class SqlTransaction<V> implements Transaction<V> {

  private static final int FAILURE_CHARACTERS_MAX = 2000;

  /// Parameters, here and below: projection, version, and so on in the order of the table.
  static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS leftfold_checkpoint (
            projection VARCHAR(255) NOT NULL,
            version INTEGER NOT NULL,
            role VARCHAR(16) NOT NULL,
            log_position BIGINT NOT NULL,
            reacts_after BIGINT NOT NULL,
            revision BIGINT NOT NULL,
            live_of VARCHAR(255) UNIQUE,
            PRIMARY KEY (projection, version))
          """,
          """
          CREATE TABLE IF NOT EXISTS leftfold_parked (
            projection VARCHAR(255) NOT NULL,
            version INTEGER NOT NULL,
            partition_key VARCHAR(4096) NOT NULL,
            log_position BIGINT NOT NULL,
            failure VARCHAR(%d) NOT NULL,
            PRIMARY KEY (projection, version, partition_key, log_position))
          """
              .formatted(FAILURE_CHARACTERS_MAX),
          """
          CREATE TABLE IF NOT EXISTS leftfold_state (
            projection VARCHAR(255) NOT NULL,
            version INTEGER NOT NULL,
            partition_key VARCHAR(4096) NOT NULL,
            state VARCHAR NOT NULL,
            PRIMARY KEY (projection, version, partition_key))
          """);

  /// Fails where a table is of another format.
  static final String FORMAT = "SELECT live_of FROM leftfold_checkpoint WHERE version = -1";

  private final SqlSession session;
  private final BiFunction<SqlSession, ProjectionVersion, V> views;
  private @Nullable ProjectionVersion becameLive;

  SqlTransaction(SqlSession session, BiFunction<SqlSession, ProjectionVersion, V> views) {
    this.session = session;
    this.views = views;
  }

  /// Which version is to be read from now on, if this has changed it.
  Optional<ProjectionVersion> becameLive() {
    return Optional.ofNullable(becameLive);
  }

  @Override
  public V view(ProjectionVersion version) {
    return views.apply(session, version);
  }

  @Override
  public List<Checkpoint> checkpoints(String projection) {
    return session.query(
        """
        SELECT version, role, log_position, reacts_after, revision FROM leftfold_checkpoint
        WHERE projection = ? ORDER BY version
        """,
        row ->
            new Checkpoint(
                new ProjectionVersion(projection, row.getInt(1)),
                Role.valueOf(row.getString(2)),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5)),
        projection);
  }

  @Override
  public void add(Checkpoint first) {
    if (first.role() == Role.LIVE) {
      becameLive = first.version();
    }
    session.update(
        """
        INSERT INTO leftfold_checkpoint
          (projection, version, role, log_position, reacts_after, revision, live_of)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        first.version().projection(),
        first.version().version(),
        first.role().name(),
        first.position(),
        first.reactsAfter(),
        first.revision(),
        liveOf(first));
  }

  @Override
  public boolean replace(Checkpoint before, Checkpoint after) {
    if (after.role() == Role.LIVE && before.role() != Role.LIVE) {
      becameLive = after.version();
    }
    return session.update(
            """
            UPDATE leftfold_checkpoint
            SET role = ?, log_position = ?, reacts_after = ?, revision = ?, live_of = ?
            WHERE projection = ? AND version = ? AND revision = ?
            """,
            after.role().name(),
            after.position(),
            after.reactsAfter(),
            after.revision(),
            liveOf(after),
            before.version().projection(),
            before.version().version(),
            before.revision())
        == 1;
  }

  private static @Nullable String liveOf(Checkpoint checkpoint) {
    return checkpoint.role() == Role.LIVE ? checkpoint.version().projection() : null;
  }

  @Override
  public List<ParkedPartition> parked(ProjectionVersion version) {
    return session
        .query(
            """
            SELECT partition_key, MIN(log_position), MAX(failure), COUNT(*) FROM leftfold_parked
            WHERE projection = ? AND version = ? GROUP BY partition_key
            """,
            row ->
                new ParkedPartition(
                    row.getString(1), row.getLong(2), row.getString(3), row.getLong(4)),
            version.projection(),
            version.version())
        .stream()
        // Databases sort by what language they speak.
        .sorted(Comparator.comparing(ParkedPartition::partition))
        .toList();
  }

  @Override
  public List<Long> parkedEvents(
      ProjectionVersion version, String partition, long from, int limit) {
    return session.query(
        """
        SELECT log_position FROM leftfold_parked
        WHERE projection = ? AND version = ? AND partition_key = ? AND log_position >= ?
        ORDER BY log_position LIMIT %d
        """
            .formatted(limit),
        row -> row.getLong(1),
        version.projection(),
        version.version(),
        partition,
        from);
  }

  @Override
  public void park(ProjectionVersion version, String partition, long position, String failure) {
    unpark(version, partition, position);
    session.update(
        "INSERT INTO leftfold_parked (projection, version, partition_key, log_position, failure) VALUES (?, ?, ?, ?, ?)",
        version.projection(),
        version.version(),
        partition,
        position,
        asText(failure));
  }

  /// What every database keeps: not too long, and without the character that PostgreSQL refuses.
  private static String asText(String failure) {
    return failure
        .substring(0, Math.min(failure.length(), FAILURE_CHARACTERS_MAX))
        .replace('\0', '\uFFFD');
  }

  @Override
  public void unpark(ProjectionVersion version, String partition, long position) {
    session.update(
        "DELETE FROM leftfold_parked WHERE projection = ? AND version = ? AND partition_key = ? AND log_position = ?",
        version.projection(),
        version.version(),
        partition,
        position);
  }

  /// Defines something, where the database can do so in a transaction.
  ///
  /// @return how many statements it took
  int define(List<String> statements) {
    statements.forEach(sql -> session.update(sql));
    return statements.size();
  }

  /// Removes all rows of a version.
  void remove(ProjectionVersion version, List<SqlTable> tables) {
    tables.forEach(table -> session.update(table.clearing(version.version())));
    for (var table : List.of("leftfold_checkpoint", "leftfold_parked", "leftfold_state")) {
      session.update(
          "DELETE FROM %s WHERE projection = ? AND version = ?".formatted(table),
          version.projection(),
          version.version());
    }
  }
}
