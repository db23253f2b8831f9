// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.server.metrics.ServerMetrics;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.ThreadFactory;

/// `/metrics`, for Prometheus.
public final class MetricsPage {

  private final ServerMetrics metrics;
  private final Handler<RoutingContext> check;
  private final ThreadFactory threads;

  /// The page.
  ///
  /// @param metrics what it shows
  /// @param check lets go on ([RoutingContext#next()]) who may read it, and answers the others
  /// @param threads makes a thread for each reading, which asks the disk
  public MetricsPage(ServerMetrics metrics, Handler<RoutingContext> check, ThreadFactory threads) {
    this.metrics = metrics;
    this.check = check;
    this.threads = threads;
  }

  /// Adds the page.
  ///
  /// @param router where to
  public void addTo(Router router) {
    router.get("/metrics").handler(check).handler(this::page);
  }

  private void page(RoutingContext context) {
    var accept = context.request().getHeader("accept");
    Aside.ask(
        context,
        threads,
        () -> metrics.page(accept == null ? "" : accept),
        page -> context.response().putHeader("content-type", page.type()).end(page.text()));
  }
}
