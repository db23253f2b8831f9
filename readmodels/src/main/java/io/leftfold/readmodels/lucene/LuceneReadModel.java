// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.lucene;

import io.leftfold.readmodels.kept.KeptTransaction;
import io.leftfold.readmodels.kept.Key;
import io.leftfold.readmodels.kept.Key.Kind;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.States;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.QueryBuilder;
import org.jspecify.annotations.Nullable;

/// A read model that is searched by words: a state for each partition, as a document of an index.
///
/// ```java
/// var accounts =
///     LuceneReadModel.open(
///         FSDirectory.open(path), new StandardAnalyzer(), BINDING, (partition, account) -> {
///           var document = new Document();
///           document.add(new TextField("owner", account.owner(), Store.NO));
///           return document;
///         });
///
/// accounts.search("overview", "owner", "ann other", 10);
/// ```
///
/// A transaction is one commit of the index, with how far the projection came in its user data; so
/// a crash leaves both before the step or both behind it. Each waits for the disk: the more events
/// are folded in one, the cheaper they are. What is searched is what was committed last, and of it
/// the live version; one that is built beside lies in the same index, and is not found.
///
/// Each commit writes anew which events are parked, a position and a partition for each: thousands
/// of them are nothing to notice, millions are.
///
/// One process has the index at a time, any number of threads; one transaction or search at a time.
///
/// @param <S> the state of a partition
public final class LuceneReadModel<S> implements ReadModel<States<S>>, AutoCloseable {

  private final Directory directory;
  private final Analyzer analyzer;
  private final JsonBinding<S> binding;
  private final BiFunction<? super String, ? super S, Document> documents;
  private boolean isClosed;

  /// None when it is not known what was committed last.
  private @Nullable Index index;

  private LuceneReadModel(
      Directory directory,
      Analyzer analyzer,
      JsonBinding<S> binding,
      BiFunction<? super String, ? super S, Document> documents) {
    this.directory = directory;
    this.analyzer = analyzer;
    this.binding = binding;
    this.documents = documents;
  }

  /// Opens an index, which is made if there is none.
  ///
  /// @param directory which holds nothing else; it stays the caller's, to be closed behind this
  /// @param analyzer makes words of text, when it is kept and when it is searched; another one
  ///   wants another version of the projection
  /// @param binding between states and JSON
  /// @param documents the fields by which the state of a partition is found, in a new document;
  ///   their names do not begin with `$`
  /// @param <S> the state of a partition
  /// @return the read model; to be closed
  /// @throws UncheckedIOException if the disk fails, or another process has the index
  public static <S> LuceneReadModel<S> open(
      Directory directory,
      Analyzer analyzer,
      JsonBinding<S> binding,
      BiFunction<? super String, ? super S, Document> documents) {
    var readModel = new LuceneReadModel<>(directory, analyzer, binding, documents);
    try {
      readModel.index();
      return readModel;
    } catch (IOException e) {
      throw new UncheckedIOException("The index in %s cannot be opened".formatted(directory), e);
    }
  }

  private Index index() throws IOException {
    if (isClosed) {
      throw new IllegalStateException("The index in %s is closed".formatted(directory));
    }
    var known = index;
    if (known == null) {
      known = Index.open(directory, analyzer);
      index = known;
    }
    return known;
  }

  // ---- searching

  /// Searches for words: what has all of them, whatever somebody typed.
  ///
  /// @param projection its name
  /// @param field of the documents
  /// @param words not a language: nothing in it is more than a word
  /// @param limit at most so many
  /// @return the best first
  /// @throws IllegalStateException if nothing was ever kept of the projection
  /// @throws ReadModelException if the disk fails
  public List<Hit<S>> search(String projection, String field, String words, int limit) {
    var query = new QueryBuilder(analyzer).createBooleanQuery(field, words, Occur.MUST);
    return query == null ? List.of() : search(projection, query, limit);
  }

  /// Searches by whatever Lucene can ask.
  ///
  /// @param projection its name
  /// @param query of fields of the documents
  /// @param limit at most so many
  /// @return the best first
  /// @throws IllegalStateException if nothing was ever kept of the projection
  /// @throws ReadModelException if the disk fails
  public synchronized List<Hit<S>> search(String projection, Query query, int limit) {
    try {
      var committed = index();
      var transaction = transaction(committed);
      var live = transaction.liveVersion(projection);
      var states = transaction.view(live);
      var fields = committed.stored();
      var hits = new ArrayList<Hit<S>>();
      for (var found : committed.search(live, query, limit).scoreDocs) {
        var partition = Index.key(fields.document(found.doc)).partition();
        states.of(partition).ifPresent(state -> hits.add(new Hit<>(partition, state, found.score)));
      }
      return hits;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  // ---- transactions

  private KeptTransaction<States<S>> transaction(Index committed) {
    return KeptTransaction.ofStates(committed, binding);
  }

  @Override
  public void prepare(ProjectionVersion version) {
    // Room is made when it is needed.
  }

  @Override
  public void drop(ProjectionVersion version) {
    inTransaction(transaction -> {
      transaction.removeAll(version);
      return version;
    });
  }

  @Override
  public <R> R transact(Function<? super Transaction<States<S>>, ? extends R> work) {
    return inTransaction(work);
  }

  private synchronized <R> R inTransaction(
      Function<? super KeptTransaction<States<S>>, ? extends R> work) {
    try {
      var committed = index();
      var transaction = transaction(committed);
      R result = work.apply(transaction);
      if (!transaction.changes().isEmpty()) {
        keep(transaction, committed);
      }
      return result;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private ReadModelException failed(IOException cause) {
    return new ReadModelException("The index in %s failed: %s".formatted(directory, cause), cause);
  }

  private void keep(KeptTransaction<States<S>> transaction, Index committed) throws IOException {
    var changed = documents(transaction);
    var isKept = false;
    try {
      committed.commit(transaction.changes(), changed);
      isKept = true;
    } finally {
      if (!isKept) {
        // What was committed last is read again before the next step.
        index = null;
        committed.close();
      }
    }
  }

  private SortedMap<Key, Document> documents(KeptTransaction<States<S>> transaction) {
    var changed = new TreeMap<Key, Document>();
    for (var key : transaction.changes().keySet()) {
      if (key.kind() == Kind.STATE) {
        transaction
            .view(key.version())
            .of(key.partition())
            .ifPresent(state -> changed.put(key, document(key.partition(), state)));
      }
    }
    return changed;
  }

  private Document document(String partition, S state) {
    var document = documents.apply(partition, state);
    for (var field : document) {
      if (field.name().startsWith("$")) {
        throw new IllegalArgumentException(
            "The names of fields do not begin with $, got " + field.name());
      }
    }
    return document;
  }

  /// Gives the index to others. Closing twice does nothing.
  @Override
  public synchronized void close() {
    isClosed = true;
    try (var _ = index) {
      index = null;
    } catch (IOException e) {
      throw new UncheckedIOException("The index in %s cannot be closed".formatted(directory), e);
    }
  }
}
