// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.readmodels.lucene.LuceneReadModel;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// Projections in an index of Lucene.
final class LuceneProjectionTest extends ProjectionContract {

  private @Nullable LuceneReadModel<Trail> opened;

  @Override
  ReadModel<States<Trail>> open() {
    opened =
        LuceneReadModel.open(
            new ByteBuffersDirectory(),
            new StandardAnalyzer(),
            Trails.BINDING,
            (_, _) -> new Document());
    return opened;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  @Override
  int momentsApart() {
    return 13;
  }
}
