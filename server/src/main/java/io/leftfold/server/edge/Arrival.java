// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whether the requests of a connection of HTTP/1.1 come, or only seem to; headers are a pretence
/// at whatever rate, bodies at a low one.
final class Arrival {

  private final Trickle trickle = new Trickle();

  /// The last request whose headers have come.
  private @Nullable HttpServerRequest request;

  private boolean headersBegun;

  /// Bytes have come, of whatever.
  void came(int count) {
    trickle.came(count);
    headersBegun |= request != null && request.isEnded();
  }

  /// The headers of a request have come.
  void begun(HttpServerRequest request) {
    this.request = request;
    headersBegun = false;
    trickle.begun();
  }

  /// Whether what is coming has been coming for too long; to be asked once a period.
  boolean isPretence(Duration period) {
    var body = request != null && !request.isEnded();
    return trickle.isPretence(headersBegun || body, body ? Trickle.least(period) : Long.MAX_VALUE);
  }

  /// Whether a request has come whole and waits for its answer.
  boolean isUnanswered() {
    return request != null && request.isEnded() && !request.response().ended();
  }
}
