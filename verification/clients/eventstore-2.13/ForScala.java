// SPDX-License-Identifier: Apache-2.0

import akka.actor.AbstractActor;
import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.actor.PoisonPill;
import akka.actor.Props;
import eventstore.akka.LiveProcessingStarted;
import eventstore.akka.PersistentSubscriptionActor;
import eventstore.akka.SubscriptionObserver;
import eventstore.akka.tcp.ConnectionActor;
import eventstore.core.Event;
import eventstore.core.EventData;
import eventstore.core.EventNumber;
import eventstore.core.EventStream;
import eventstore.core.ExpectedVersion;
import eventstore.core.IndexedEvent;
import eventstore.core.Position;
import eventstore.j.EsConnection;
import eventstore.j.EsConnectionFactory;
import eventstore.j.EventDataBuilder;
import eventstore.j.PersistentSubscriptionSettingsBuilder;
import eventstore.j.SettingsBuilder;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import scala.Option;
import scala.concurrent.Await;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration;

/// What the client for Scala and Akka does with a server, by its face for Java; the same for each
/// version of Scala. It says what was done, and ends with an error when something is not as it should
/// be.
///
/// When it says `restart`, the server is to be started anew; then it is to be told so by a line.
class ForScala {

  private static final long PATIENCE_SECONDS = 20;
  private static final ExpectedVersion ANY = ExpectedVersion.Any$.MODULE$;
  private static final ExpectedVersion NO_STREAM = ExpectedVersion.NoStream$.MODULE$;

  private static ActorSystem system;
  private static EsConnection client;
  private static eventstore.akka.Settings settings;

  public static void main(String[] arguments) {
    try {
      run(arguments);
      System.out.println("passed");
      System.exit(0);
    } catch (Throwable e) {
      e.printStackTrace(System.out);
      System.exit(1);
    }
  }

  private static void run(String[] arguments) throws Exception {
    system = ActorSystem.create();
    settings =
        new SettingsBuilder()
            .address(new java.net.InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])))
            .connectionName("acceptance")
            .defaultCredentials("admin", "changeit")
            .maxReconnections(1000)
            .reconnectionDelayMin(200, TimeUnit.MILLISECONDS)
            .operationMaxRetries(100)
            .build();
    client = EsConnectionFactory.create(system, settings);
    appendAndRead();
    pages();
    everything();
    follow();
    compete();
    transactions();
    deletions();
    reconnect();
  }

  private static void check(boolean truth, String words) {
    if (!truth) {
      throw new AssertionError(words);
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return Await.result(future, Duration.apply(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private static Throwable failureOf(Future<?> future) {
    try {
      await(future);
      return new IllegalStateException("It did not fail");
    } catch (Throwable e) {
      return e;
    }
  }

  /// Whether it is of a class that Java cannot always name: some are objects.
  private static boolean isA(Throwable failure, String name) {
    return failure.getClass().getSimpleName().startsWith(name);
  }

  private static EventData event(String type, String text) {
    return new EventDataBuilder(type)
        .eventId(UUID.randomUUID())
        .jsonData("{\"text\":\"" + text + "\"}")
        .jsonMetadata("{\"by\":\"scala\"}")
        .build();
  }

  private static List<EventData> events(int count) {
    var events = new ArrayList<EventData>();
    for (var i = 0; i < count; i++) {
      events.add(event("Counted", Integer.toString(i)));
    }
    return events;
  }

  private static EventNumber.Exact at(long number) {
    return new EventNumber.Exact(number);
  }

  private static void appendAndRead() throws Exception {
    var sent = List.of(event("Happened", "first"), event("Happened", "second"));
    var written = await(client.writeEvents("scala-one", NO_STREAM, sent, null));
    check(written.nextExpectedVersion().value() == 1, "the version after two events");
    var page = await(client.readStreamEventsForward("scala-one", at(0), 10, false, null));
    check(page.endOfStream() && page.lastEventNumber().value() == 1, "a page");
    var first = page.eventsJava().get(0);
    check(first.data().equals(sent.get(0)), "the same event: " + first);
    check(first.created().isDefined(), "the time of recording");
    var last = await(client.readEvent("scala-one", EventNumber.Last$.MODULE$, false, null));
    check(last.data().equals(sent.get(1)), "the last event");
    var none = failureOf(client.readStreamEventsForward("scala-none", at(0), 10, false, null));
    check(isA(none, "StreamNotFoundException"), "no such stream: " + none);
    var wrong = failureOf(client.writeEvents("scala-one", new ExpectedVersion.Exact(7), events(1), null));
    check(isA(wrong, "WrongExpectedVersionException"), "a conflict: " + wrong);
    System.out.println("ok: append and read");
  }

  private static void pages() throws Exception {
    var all = events(500);
    for (var i = 0; i < 5; i++) {
      await(client.writeEvents("scala-many", ANY, all.subList(100 * i, 100 * i + 100), null));
    }
    var read = new ArrayList<UUID>();
    EventNumber next = at(0);
    while (next instanceof EventNumber.Exact exact) {
      var page = await(client.readStreamEventsForward("scala-many", exact, 64, false, null));
      page.eventsJava().forEach(e -> read.add(e.data().eventId()));
      next = page.endOfStream() ? EventNumber.Last$.MODULE$ : page.nextEventNumber();
    }
    check(read.equals(all.stream().map(EventData::eventId).toList()), "all pages: " + read.size());
    var backwards =
        await(client.readStreamEventsBackward("scala-many", EventNumber.Last$.MODULE$, 10, false, null));
    check(backwards.eventsJava().get(0).number().value() == 499, "backwards");
    System.out.println("ok: pages");
  }

  private static void everything() throws Exception {
    var seen = 0;
    var position = new Position.Exact(0, 0);
    for (var more = true; more; ) {
      var page = await(client.readAllEventsForward(position, 100, false, null));
      seen += page.eventsJava().stream().filter(e -> name(e.event()).equals("scala-many")).count();
      position = page.nextPosition();
      more = !page.eventsJava().isEmpty();
    }
    check(seen == 500, "$all: " + seen);
    var last = await(client.readAllEventsBackward(Position.Last$.MODULE$, 1, false, null));
    check(last.eventsJava().size() == 1, "$all backwards");
    System.out.println("ok: $all");
  }

  private static String name(Event event) {
    return event.streamId().value();
  }

  private static <T> SubscriptionObserver<T> into(BlockingQueue<T> queue, BlockingQueue<String> live) {
    return new SubscriptionObserver<>() {
      @Override
      public void onLiveProcessingStart(Closeable subscription) {
        live.add("live");
      }

      @Override
      public void onEvent(T event, Closeable subscription) {
        queue.add(event);
      }

      @Override
      public void onError(Throwable e) {
        System.out.println("error: " + e);
      }

      @Override
      public void onClose() {}
    };
  }

  private static <T> T next(BlockingQueue<T> queue, String what) throws InterruptedException {
    var next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    check(next != null, what + " did not come");
    return next;
  }

  private static void follow() throws Exception {
    var live = new LinkedBlockingQueue<String>();
    var ofStream = new LinkedBlockingQueue<Event>();
    var toStream = client.subscribeToStream("scala-live", into(ofStream, live), false, null);
    next(live, "live");
    var ofAll = new LinkedBlockingQueue<IndexedEvent>();
    var toAll = client.subscribeToAll(into(ofAll, live), false, null);
    next(live, "live");
    var sent = events(20);
    await(client.writeEvents("scala-live", ANY, sent, null));
    for (var event : sent) {
      check(next(ofStream, "an event").data().equals(event), "the order");
      check(next(ofAll, "an event of $all").event().data().equals(event), "the order of $all");
    }
    toStream.close();
    toAll.close();

    var caught = new LinkedBlockingQueue<Event>();
    var catchingUp = client.subscribeToStreamFrom("scala-many", into(caught, live), null, false, null);
    for (var i = 0; i < 500; i++) {
      check(next(caught, "event " + i).number().value() == i, "event " + i);
    }
    next(live, "live");
    await(client.writeEvents("scala-many", ANY, events(1), null));
    check(next(caught, "a live event").number().value() == 500, "a live event");
    catchingUp.close();
    var all = new LinkedBlockingQueue<IndexedEvent>();
    var toEverything = client.subscribeToAllFrom(into(all, live), null, false, null);
    for (var seen = 0; seen < 501; ) {
      seen += name(next(all, "an event of $all").event()).equals("scala-many") ? 1 : 0;
    }
    toEverything.close();
    System.out.println("ok: subscriptions");
  }

  /// Hands what it is told to a queue.
  static final class Consumer extends AbstractActor {
    private final BlockingQueue<Object> queue;

    Consumer(BlockingQueue<Object> queue) {
      this.queue = queue;
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().matchAny(queue::add).build();
    }
  }

  private static void compete() throws Exception {
    var sent = events(100);
    await(client.writeEvents("scala-work", ANY, sent, null));
    var group = new PersistentSubscriptionSettingsBuilder().startFromBeginning().roundRobin().build();
    await(client.createPersistentSubscription("scala-work", "group", group, null));
    check(
        !(failureOf(client.createPersistentSubscription("scala-work", "group", group, null))
            instanceof IllegalStateException),
        "twice");
    var queue = new LinkedBlockingQueue<Object>();
    var connection = system.actorOf(ConnectionActor.getProps(settings));
    var consumers = new ArrayList<ActorRef>();
    for (var i = 0; i < 2; i++) {
      var taking = system.actorOf(Props.create(Consumer.class, () -> new Consumer(queue)));
      consumers.add(
          system.actorOf(
              PersistentSubscriptionActor.props(
                  connection,
                  taking,
                  (EventStream.Id) EventStream.apply("scala-work"),
                  "group",
                  Option.empty(),
                  settings,
                  true)));
    }
    var ids = new HashSet<UUID>();
    while (ids.size() < 100) {
      switch (next(queue, "work " + ids.size())) {
        case Event event -> ids.add(event.data().eventId());
        case LiveProcessingStarted _ -> {}
        case Object other -> check(other.toString().contains("LiveProcessing"), "told: " + other);
      }
    }
    check(ids.equals(new HashSet<>(sent.stream().map(EventData::eventId).toList())), "all work");
    consumers.forEach(consumer -> consumer.tell(PoisonPill.getInstance(), ActorRef.noSender()));
    await(client.updatePersistentSubscription("scala-work", "group", group, null));
    await(client.deletePersistentSubscription("scala-work", "group", null));
    System.out.println("ok: competing consumers");
  }

  private static void transactions() throws Exception {
    var transaction = await(client.startTransaction("scala-tx", NO_STREAM, null));
    await(transaction.write(events(3)));
    await(transaction.write(events(2)));
    check(
        isA(failureOf(client.readStreamEventsForward("scala-tx", at(0), 10, false, null)), "StreamNotFoundException"),
        "nothing is seen before the commit");
    await(transaction.commit());
    check(
        await(client.readStreamEventsForward("scala-tx", at(0), 10, false, null)).eventsJava().size() == 5,
        "five events");
    var unknown = failureOf(client.continueTransaction(4711, null).commit());
    check(isA(unknown, "InvalidTransactionException"), "an unknown one: " + unknown);
    System.out.println("ok: transactions");
  }

  private static void deletions() throws Exception {
    await(client.writeEvents("scala-gone", ANY, events(2), null));
    await(client.deleteStream("scala-gone", new ExpectedVersion.Exact(1), null));
    check(
        isA(failureOf(client.readStreamEventsForward("scala-gone", at(0), 10, false, null)), "StreamNotFoundException"),
        "a deleted stream");
    await(client.writeEvents("scala-gone", ANY, events(1), null));
    await(client.deleteStream("scala-gone", ExpectedVersion.Any$.MODULE$, true, null));
    var failure = failureOf(client.writeEvents("scala-gone", ANY, events(1), null));
    check(isA(failure, "StreamDeletedException"), "a tombstone: " + failure);
    System.out.println("ok: deletions");
  }

  private static void reconnect() throws Exception {
    var queue = new LinkedBlockingQueue<Event>();
    var live = new LinkedBlockingQueue<String>();
    client.subscribeToStreamFrom("scala-restart", into(queue, live), null, false, null);
    await(client.writeEvents("scala-restart", ANY, events(1), null));
    check(next(queue, "before").number().value() == 0, "before");
    next(live, "live");
    System.out.println("restart");
    System.in.read();
    await(client.writeEvents("scala-restart", ANY, events(1), null));
    check(next(queue, "after").number().value() == 1, "after");
    System.out.println("ok: a server that was started again");
  }
}
