// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.benchmarks.toolkit.Accounts.Balance;
import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/// An index with a document for each balance, committed step by step; the balances themselves are
/// in memory too.
final class LuceneSink implements Sink {

  private final Directory directory;
  private final IndexWriter writer;
  private final Map<String, Balance> balances = new HashMap<>();

  LuceneSink(Path path) throws IOException {
    this.directory = FSDirectory.open(path);
    this.writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()));
  }

  @Override
  public void take(List<Booked> events, long place) throws IOException {
    var changed = new HashSet<String>();
    for (var event : events) {
      balances.merge(
          event.account(), Balance.NOTHING.plus(event), (before, _) -> before.plus(event));
      changed.add(event.account());
    }
    for (var account : changed) {
      var balance = balances.getOrDefault(account, Balance.NOTHING);
      var document = ReadModelFolds.document(account, balance);
      document.add(new StringField("account", account, Store.YES));
      document.add(new StoredField("state", Accounts.BALANCE.writeText(balance)));
      writer.updateDocument(new Term("account", account), document);
    }
    writer.setLiveCommitData(Map.of("place", Long.toString(place)).entrySet());
    writer.commit();
  }

  @Override
  public void close() throws IOException {
    writer.rollback();
    directory.close();
  }
}
