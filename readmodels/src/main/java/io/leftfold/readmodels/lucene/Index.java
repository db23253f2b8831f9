// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.lucene;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import io.leftfold.readmodels.kept.Key;
import io.leftfold.readmodels.kept.Key.Kind;
import io.leftfold.readmodels.kept.Texts;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModelException;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;

/// An index as its last commit left it, and the one who writes the next.
///
/// A state is a document: its fields, and beside them
///
/// ```
/// $key       the key of the state; one document has it
/// $version   projection and version, the same for all of one
/// $state     the state in JSON, stored
/// ```
///
/// What is no state, checkpoints and parked events, is the user data of the commit.
final class Index implements Texts, AutoCloseable {

  private static final String KEY = "$key";
  private static final String VERSION = "$version";
  private static final String STATE = "$state";

  private final IndexWriter writer;
  private final NavigableMap<Key, String> besides;
  private DirectoryReader reader;

  private Index(IndexWriter writer, NavigableMap<Key, String> besides, DirectoryReader reader) {
    this.writer = writer;
    this.besides = besides;
    this.reader = reader;
  }

  static Index open(Directory directory, Analyzer analyzer) throws IOException {
    var isNew = !DirectoryReader.indexExists(directory);
    var writer =
        new IndexWriter(
            directory,
            new IndexWriterConfig(analyzer)
                .setCommitOnClose(false)
                .setMergeScheduler(new SerialMergeScheduler()));
    try {
      var besides = new TreeMap<Key, String>();
      writer.getLiveCommitData().forEach(one -> besides.put(Key.of(one.getKey()), one.getValue()));
      if (isNew) {
        writer.commit();
      }
      return new Index(writer, besides, DirectoryReader.open(directory));
    } catch (Throwable e) {
      writer.close();
      throw e;
    }
  }

  // ---- what is there

  @Override
  public Optional<String> get(Key key) {
    return key.kind() == Kind.STATE
        ? Optional.ofNullable(states(new TermQuery(new Term(KEY, key.text())), 1).get(key))
        : Optional.ofNullable(besides.get(key));
  }

  @Override
  public NavigableMap<Key, String> between(Key from, Key to) {
    var all =
        from.kind() == Kind.STATE
            ? states(new TermQuery(of(from.version())), Math.max(1, reader.numDocs()))
            : besides;
    return all.subMap(from, true, to, true);
  }

  private static Term of(ProjectionVersion version) {
    return new Term(VERSION, version.toString());
  }

  private NavigableMap<Key, String> states(Query query, int limit) {
    var states = new TreeMap<Key, String>();
    try {
      var found = new IndexSearcher(reader).search(query, limit);
      var fields = reader.storedFields();
      for (var hit : found.scoreDocs) {
        var document = fields.document(hit.doc);
        states.put(Key.of(document.get(KEY)), document.get(STATE));
      }
    } catch (IOException e) {
      throw new ReadModelException("The index cannot be read: " + e, e);
    }
    return states;
  }

  /// The best of a version.
  TopDocs search(ProjectionVersion version, Query query, int limit) throws IOException {
    var ofVersion =
        new BooleanQuery.Builder()
            .add(query, Occur.MUST)
            .add(new TermQuery(of(version)), Occur.FILTER)
            .build();
    return new IndexSearcher(reader).search(ofVersion, limit);
  }

  /// What is stored of documents.
  StoredFields stored() throws IOException {
    return reader.storedFields();
  }

  static Key key(Document document) {
    return Key.of(document.get(KEY));
  }

  // ---- the next commit

  /// Keeps a transaction: documents, and what is beside them, in one commit.
  ///
  /// @param documents of the states that were changed
  /// @throws IOException if the disk failed; then it is not known whether it is kept, and the index
  ///   has to be opened anew
  void commit(SortedMap<Key, Optional<String>> changes, SortedMap<Key, Document> documents)
      throws IOException {
    for (var change : changes.entrySet()) {
      var key = change.getKey();
      if (key.kind() != Kind.STATE) {
        change
            .getValue()
            .ifPresentOrElse(text -> besides.put(key, text), () -> besides.remove(key));
      } else if (change.getValue().isEmpty()) {
        writer.deleteDocuments(new Term(KEY, key.text()));
      } else {
        var document = requireNonNull(documents.get(key), key::text);
        document.add(new StringField(KEY, key.text(), Store.YES));
        document.add(new StringField(VERSION, key.version().toString(), Store.NO));
        document.add(new StoredField(STATE, change.getValue().get()));
        writer.updateDocument(new Term(KEY, key.text()), document);
      }
    }
    writer.setLiveCommitData(
        besides.entrySet().stream()
            .collect(toMap(one -> one.getKey().text(), one -> one.getValue()))
            .entrySet());
    writer.commit();
    var newer = DirectoryReader.openIfChanged(reader);
    if (newer != null) {
      reader.close();
      reader = newer;
    }
  }

  /// Leaves everything as the last commit did.
  @Override
  public void close() throws IOException {
    try (var _ = reader) {
      writer.rollback();
    }
  }
}
