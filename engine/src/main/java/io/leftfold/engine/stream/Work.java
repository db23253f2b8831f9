// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.Commit;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.engine.log.EncodedRecords;
import java.util.List;

/// What waits for the writer.
sealed interface Work {

  /// Who waits for it.
  Completion completion();

  /// What it adds to the length of the queue.
  long bytes();

  /// An append; `records` are the events of its parts, laid out.
  record Append(Commit commit, List<EncodedRecords> records, long bytes, Completion completion)
      implements Work {

    List<StreamAppend> parts() {
      return commit.parts();
    }
  }

  /// A soft delete or a tombstone.
  record Delete(StreamName stream, ExpectedState expected, boolean forEver, Completion completion)
      implements Work {
    @Override
    public long bytes() {
      return 256;
    }
  }
}
