// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Finds out on a thread of its own what an event loop then answers: what asks the disk may wait.
final class Aside {

  private static final System.Logger LOGGER = System.getLogger(Aside.class.getName());
  private static final int FAILED = 500;

  private Aside() {}

  static <T> void ask(
      RoutingContext context, ThreadFactory threads, Supplier<T> question, Consumer<T> answer) {
    var loop = context.vertx().getOrCreateContext();
    threads
        .newThread(() -> {
          try {
            var found = question.get();
            loop.runOnContext(_ -> {
              if (!context.response().ended() && !context.response().closed()) {
                answer.accept(found);
              }
            });
          } catch (RuntimeException | Error e) {
            LOGGER.log(
                System.Logger.Level.ERROR,
                "The page %s could not be made".formatted(context.request().path()),
                e);
            loop.runOnContext(_ -> context.fail(FAILED));
          }
        })
        .start();
  }
}
