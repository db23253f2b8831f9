// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whether the requests of a connection of HTTP/1.1 come, or only seem to: a byte now and then
/// keeps a connection for ever, at no cost to who sends it.
///
/// Looked at once a period. A request that has not come whole in one that it did not begin in is a
/// pretence, unless it is a body that comes at a rate that costs its sender something.
final class Arrival {

  private static final long BODY_BYTES_PER_SECOND_LEAST = 240;

  /// The last request whose headers have come.
  private @Nullable HttpServerRequest request;

  private boolean headersBegun;
  private boolean unfinishedBefore;
  private long bytes;

  /// Bytes have come, of whatever.
  void came(int count) {
    bytes += count;
    headersBegun |= request != null && request.isEnded();
  }

  /// The headers of a request have come.
  void begun(HttpServerRequest request) {
    this.request = request;
    headersBegun = false;
    unfinishedBefore = false;
  }

  /// Whether what is coming has been coming for too long; to be asked once a period.
  boolean isPretence(Duration period) {
    var body = request != null && !request.isEnded();
    var unfinished = headersBegun || body;
    var pretence =
        unfinished
            && unfinishedBefore
            && (!body || bytes < BODY_BYTES_PER_SECOND_LEAST * period.toMillis() / 1000);
    unfinishedBefore = unfinished;
    bytes = 0;
    return pretence;
  }

  /// Whether a request has come whole and waits for its answer.
  boolean isUnanswered() {
    return request != null && request.isEnded() && !request.response().ended();
  }
}
