// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.NotAuthenticatedException;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.Peer;
import io.leftfold.server.edge.RequestBody;
import io.leftfold.server.node.Node;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// Takes requests and answers them, each on a virtual thread.
public final class Exchanges {

  private static final String HEADERS_OF_CALLERS =
      "Content-Type, X-Requested-With, X-Forwarded-Host, X-Forwarded-Prefix, X-PINGOTHER,"
          + " Authorization, ES-LongPoll, ES-ExpectedVersion, ES-EventId, ES-EventType,"
          + " ES-RequireMaster, ES-RequireLeader, ES-HardDelete, ES-ResolveLinkTos,"
          + " Kurrent-LongPoll, Kurrent-ExpectedVersion, Kurrent-EventId, Kurrent-EventType,"
          + " Kurrent-RequireLeader, Kurrent-HardDelete, Kurrent-ResolveLinkTos";
  private static final String HEADERS_OF_ANSWERS =
      "Location, ES-Position, ES-CurrentVersion, Kurrent-Position, Kurrent-CurrentVersion";

  private final Node node;
  private final Authenticator authenticator;
  private final ThreadFactory threads;
  private final Bodies bodies;
  private final Duration patience;

  /// Answers for a node.
  ///
  /// @param node what is asked
  /// @param authenticator finds out who asks
  /// @param threads makes a virtual thread for each request
  /// @param bodyBytesMax the longest body of a request
  /// @param patience how long a caller may take no part of its answer
  public Exchanges(
      Node node,
      Authenticator authenticator,
      ThreadFactory threads,
      long bodyBytesMax,
      Duration patience) {
    this.node = node;
    this.authenticator = authenticator;
    this.threads = threads;
    this.bodies = new Bodies(bodyBytesMax, "Too large events received. Limit is %d bytes.");
    this.patience = patience;
  }

  /// Answers requests.
  ///
  /// @param routes finds what they ask for
  /// @return takes them on their event loop
  public Handler<RoutingContext> answering(Resource.Routes routes) {
    return answering(routes, bodies);
  }

  /// Answers requests whose bodies are short.
  ///
  /// @param routes finds what they ask for
  /// @param bodyBytesMax the longest body of a request
  /// @return takes them on their event loop
  public Handler<RoutingContext> answering(Resource.Routes routes, long bodyBytesMax) {
    return answering(routes, new Bodies(bodyBytesMax, "The body is too long. Limit is %d bytes."));
  }

  private Handler<RoutingContext> answering(Resource.Routes routes, Bodies bodies) {
    return context -> {
      Edge.namePage(context, kind(context.normalizedPath()));
      handle(context, routes, bodies);
    };
  }

  /// Answers whoever asks for something by another method than those that it is asked for by.
  ///
  /// @param methods those, in capitals
  /// @return tells callers of other sites that they may, and others that it cannot be done
  public Handler<RoutingContext> otherwise(String... methods) {
    var all = String.join(", ", methods) + ", OPTIONS";
    return context -> {
      var sending = new Sending(context, _ -> Optional.empty());
      sending.methods = Optional.of(all);
      sending.send(otherwise(context.request().method(), all));
    };
  }

  private static Answer otherwise(HttpMethod method, String methods) {
    return method.equals(HttpMethod.OPTIONS)
        ? Answer.empty(Status.OK, "")
        : Answer.refusal(Status.METHOD_NOT_ALLOWED, "Method Not Allowed").with("Allow", methods);
  }

  /// How long bodies may be, and what is said of one that is longer.
  private record Bodies(long bytesMax, String refusal) {}

  /// The first part of a path; the rest has names in it.
  private static String kind(String path) {
    var slash = path.indexOf('/', 1);
    return slash < 0 ? path : path.substring(0, slash);
  }

  private void handle(RoutingContext context, Resource.Routes routes, Bodies bodies) {
    var sending = new Sending(context, routes);
    Exchange exchange;
    try {
      exchange = exchange(context, routes, sending);
    } catch (RuntimeException e) {
      sending.refuse(Refusals.of(e));
      return;
    }
    RequestBody.take(
        context,
        bodies.bytesMax,
        body -> threads.newThread(() -> exchange.answer(body)).start(),
        refused -> exchange.refuse(refused, bodies));
  }

  /// What is to be done; throws if that is nothing.
  private Exchange exchange(RoutingContext context, Resource.Routes routes, Sending sending) {
    var http = context.request();
    var target =
        Target.of(
            Objects.requireNonNullElse(http.path(), "/"),
            Optional.ofNullable(http.query()).orElse(""));
    var resource = routes.find(target).orElseThrow(RefusedException::notFound);
    sending.methods = Optional.of(resource.methods());
    var work = resource.works().get(http.method().name());
    if (work == null) {
      throw new RefusedException(otherwise(http.method(), resource.methods()));
    }
    return new Exchange(context, target, work, sending);
  }

  /// So that pages of other sites can use an answer, or at least see why there is none.
  private static Answer withCors(Answer answer, Optional<String> methods) {
    var seen = answer.with("Access-Control-Allow-Origin", "*");
    if (methods.isEmpty()) {
      return seen;
    }
    return seen.with("Access-Control-Allow-Methods", methods.get())
        .with("Access-Control-Allow-Headers", HEADERS_OF_CALLERS)
        .with("Access-Control-Expose-Headers", HEADERS_OF_ANSWERS);
  }

  /// The way back.
  private final class Sending {
    private final RoutingContext context;
    private final Resource.Routes routes;
    private final Context loop;
    private final Presence presence = new Presence();
    private Optional<String> methods = Optional.empty();

    /// On the event loop.
    Sending(RoutingContext context, Resource.Routes routes) {
      this.context = context;
      this.routes = routes;
      this.loop = context.vertx().getOrCreateContext();
      context.addEndHandler(_ -> presence.end());
    }

    /// On any thread.
    void refuse(Answer refusal) {
      send(routes.told(refusal));
    }

    /// On any thread; may wait on all but the event loop.
    void send(Answer answer) {
      var told = withCors(answer, methods);
      var out = new AnswerOut(loop, context.request(), told, presence, patience);
      try {
        told.content().writeTo(out);
        out.close();
      } catch (IOException _) {
        out.breakOff(); // The caller is gone, or as good as gone.
      } catch (RuntimeException | Error e) {
        if (out.isBegun()) {
          var _ = Refusals.of(e);
          out.breakOff();
        } else {
          refuse(Refusals.of(e));
        }
      }
    }
  }

  /// One request, of which the body is to come.
  private final class Exchange {
    private final RoutingContext context;
    private final Target target;
    private final Resource.Work work;
    private final Sending sending;
    private final String base;
    private final Optional<String> credentials;
    private final String peer;

    Exchange(RoutingContext context, Target target, Resource.Work work, Sending sending) {
      this.context = context;
      this.target = target;
      this.work = work;
      this.sending = sending;
      var http = context.request();
      this.base =
          Base.of(
              Objects.requireNonNullElse(http.scheme(), "http"), authority(http), http.headers());
      this.credentials = Optional.ofNullable(http.getHeader("authorization"));
      this.peer = Peer.of(http).host();
    }

    /// As it says, or, if it need not, as it came.
    private static String authority(HttpServerRequest http) {
      var said = http.authority();
      return said == null
          ? "%s:%d".formatted(http.localAddress().hostAddress(), http.localAddress().port())
          : said.toString();
    }

    /// On a thread of its own.
    void answer(byte[] body) {
      Answer answer;
      try {
        answer = answerTo(body);
      } catch (NotAuthenticatedException _) {
        answer = sending.routes.told(Refusals.unknown());
      } catch (RuntimeException | Error e) {
        // An error too: nobody else would answer, and the caller would wait and keep its place.
        answer = sending.routes.told(Refusals.of(e));
      }
      sending.send(answer);
    }

    private Answer answerTo(byte[] body) throws NotAuthenticatedException {
      var session = node.as(authenticator.authenticate(credentials, peer), peer);
      var http = context.request();
      return work.answer(
          new Request(http.method().name(), target, http.headers(), body, base, sending.presence),
          session);
    }

    /// On the event loop. What is still to come of the body is not worth waiting for.
    void refuse(RequestBody.Refused why, Bodies bodies) {
      var answer =
          switch (why) {
            case RequestBody.Refused.TooLarge() ->
                Answer.refusal(Status.TOO_LARGE, bodies.refusal.formatted(bodies.bytesMax));
            case RequestBody.Refused.TooBusy(var reason) -> Refusals.unavailable(reason);
          };
      if (context.request().version() == HttpVersion.HTTP_2) {
        sending.refuse(answer);
      } else {
        context.addEndHandler(_ -> Edge.hangUp(context.request()));
        sending.refuse(answer.with("Connection", "close"));
      }
    }
  }
}
