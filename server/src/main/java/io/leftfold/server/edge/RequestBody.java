// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes the body of a request that is no call, whole. What it takes counts as requests do that are
/// not answered, until this one is. On the event loop of the request.
public final class RequestBody {

  /// What the body is decoded to takes about as much again.
  private static final int TIMES_IN_MEMORY = 2;

  private final HttpServerRequest request;
  private final Share share;
  private final long bytesMax;
  private final Consumer<byte[]> whole;
  private final Consumer<Refused> refused;

  private @Nullable Buffer body;
  private long counted;
  private boolean done;

  private RequestBody(
      HttpServerRequest request,
      Share share,
      long bytesMax,
      Consumer<byte[]> whole,
      Consumer<Refused> refused) {
    this.request = request;
    this.share = share;
    this.bytesMax = bytesMax;
    this.whole = whole;
    this.refused = refused;
  }

  /// Why a body is not taken. What comes of it further is thrown away.
  public sealed interface Refused {
    /// It is longer than the caller wants.
    record TooLarge() implements Refused {}

    /// There is no room for it now.
    ///
    /// @param reason in words
    record TooBusy(String reason) implements Refused {}
  }

  /// Takes a body.
  ///
  /// @param context of the request, of which nothing was taken yet
  /// @param bytesMax the longest body
  /// @param whole is given it; called at most once
  /// @param refused is told why not, in place of that
  public static void take(
      RoutingContext context,
      long bytesMax,
      Consumer<byte[]> whole,
      Consumer<RequestBody.Refused> refused) {
    var request = context.request();
    var share = Edge.share(request.connection());
    var body = new RequestBody(request, share, bytesMax, whole, refused);
    context.addEndHandler(_ -> body.release());
    body.begin();
  }

  private void begin() {
    if (announced() > bytesMax) {
      refuse(new Refused.TooLarge());
      return;
    }
    request.handler(this::came).endHandler(_ -> ended()).exceptionHandler(_ -> done = true);
  }

  /// The length that the request says it has; −1 if it says none.
  private long announced() {
    var length = request.getHeader("content-length");
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException _) {
      return Long.MAX_VALUE;
    }
  }

  private void came(Buffer part) {
    if (done) {
      return;
    }
    var length = part.length() + (body == null ? 0L : body.length());
    if (length > bytesMax) {
      refuse(new Refused.TooLarge());
      return;
    }
    var more = TIMES_IN_MEMORY * (long) part.length();
    counted += more;
    var busy = share.addRequests(more);
    if (busy.isPresent()) {
      refuse(new Refused.TooBusy(busy.get()));
      return;
    }
    if (body == null) {
      body = part;
    } else {
      body = body.appendBuffer(part);
    }
  }

  private void refuse(Refused why) {
    done = true;
    body = null;
    refused.accept(why);
  }

  private void ended() {
    if (!done) {
      done = true;
      var bytes = body == null ? new byte[0] : body.getBytes();
      body = null;
      whole.accept(bytes);
    }
  }

  private void release() {
    var _ = share.addRequests(-counted);
    counted = 0;
  }
}
