// SPDX-License-Identifier: Apache-2.0

import com.github.msemys.esjc.CatchUpSubscription;
import com.github.msemys.esjc.CatchUpSubscriptionListener;
import com.github.msemys.esjc.EventData;
import com.github.msemys.esjc.EventReadStatus;
import com.github.msemys.esjc.EventStore;
import com.github.msemys.esjc.EventStoreBuilder;
import com.github.msemys.esjc.ExpectedVersion;
import com.github.msemys.esjc.PersistentSubscription;
import com.github.msemys.esjc.PersistentSubscriptionDeleteStatus;
import com.github.msemys.esjc.PersistentSubscriptionListener;
import com.github.msemys.esjc.PersistentSubscriptionSettings;
import com.github.msemys.esjc.Position;
import com.github.msemys.esjc.ResolvedEvent;
import com.github.msemys.esjc.RetryableResolvedEvent;
import com.github.msemys.esjc.SliceReadStatus;
import com.github.msemys.esjc.StreamMetadata;
import com.github.msemys.esjc.StreamPosition;
import com.github.msemys.esjc.Subscription;
import com.github.msemys.esjc.operation.InvalidTransactionException;
import com.github.msemys.esjc.operation.StreamDeletedException;
import com.github.msemys.esjc.operation.WrongExpectedVersionException;
import com.github.msemys.esjc.subscription.PersistentSubscriptionNakEventAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What the client esjc does with a server, from beginning to end; it says what was done, and ends
/// with an error when something is not as it should be.
///
/// When it says `restart`, the server is to be started anew; then it is to be told so by a line.
class Esjc {

  private static final long PATIENCE_SECONDS = 20;

  private static EventStore client;

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
    var builder =
        EventStoreBuilder.newBuilder()
            .singleNodeAddress("127.0.0.1", Integer.parseInt(arguments[0]))
            .connectionName("acceptance")
            .maxReconnections(-1)
            .reconnectionDelay(Duration.ofMillis(200))
            .maxOperationRetries(-1);
    client =
        arguments.length > 1
            ? builder.useSslConnection(new java.io.File(arguments[1])).userCredentials("admin", "changeit").build()
            : builder.build();
    appendAndRead();
    conflicts();
    pages();
    everything();
    follow();
    catchUp();
    compete();
    transactions();
    deletions();
    metadata();
    if (arguments.length == 1) {
      reconnect();
    }
    client.shutdown();
  }

  private static void check(boolean truth, String words) {
    if (!truth) {
      throw new AssertionError(words);
    }
  }

  private static EventData event(String type, String text) {
    return EventData.newBuilder()
        .eventId(UUID.randomUUID())
        .type(type)
        .jsonData("{\"text\":\"" + text + "\"}")
        .jsonMetadata("{\"by\":\"esjc\"}")
        .build();
  }

  private static List<EventData> events(int count) {
    var events = new ArrayList<EventData>();
    for (var i = 0; i < count; i++) {
      events.add(event("Counted", Integer.toString(i)));
    }
    return events;
  }

  private static Throwable failureOf(java.util.concurrent.CompletableFuture<?> future) {
    try {
      future.join();
      return new IllegalStateException("It did not fail");
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  private static void appendAndRead() {
    var json = event("Happened", "first");
    var binary =
        EventData.newBuilder()
            .eventId(UUID.randomUUID())
            .type("Raw")
            .data(new byte[] {0, 1, (byte) 0xff})
            .build();
    var written =
        client.appendToStream("esjc-one", ExpectedVersion.NO_STREAM, List.of(json, binary)).join();
    check(written.nextExpectedVersion == 1, "the version after two events");
    check(written.logPosition.commitPosition > 0, "the position of an append");

    var slice = client.readStreamEventsForward("esjc-one", 0, 10, false).join();
    check(slice.status == SliceReadStatus.Success, "the status of a read");
    check(slice.events.size() == 2 && slice.isEndOfStream && slice.lastEventNumber == 1, "a page");
    var first = slice.events.get(0).event;
    check(first.eventId.equals(json.eventId) && first.isJson, "id and content type");
    check(new String(first.data, StandardCharsets.UTF_8).contains("first"), "data");
    check(new String(first.metadata, StandardCharsets.UTF_8).contains("esjc"), "metadata");
    check(
        Duration.between(first.created, java.time.Instant.now()).abs().toMinutes() < 5,
        "the time of recording, " + first.created);
    var second = slice.events.get(1).event;
    check(!second.isJson && second.data.length == 3 && second.data[2] == -1, "bytes");

    var last = client.readEvent("esjc-one", StreamPosition.END, false).join();
    check(last.status == EventReadStatus.Success, "the last event");
    check(last.event.event.eventId.equals(binary.eventId), "the id of the last event");
    check(
        client.readEvent("esjc-one", 7, false).join().status == EventReadStatus.NotFound,
        "no such event");
    check(
        client.readEvent("esjc-none", 0, false).join().status == EventReadStatus.NoStream,
        "no such stream");
    var again =
        client.appendToStream("esjc-one", ExpectedVersion.NO_STREAM, List.of(json, binary)).join();
    check(again.nextExpectedVersion == 1, "the same append again");
    System.out.println("ok: append and read");
  }

  private static void conflicts() {
    var failure = failureOf(client.appendToStream("esjc-one", 7, event("Never", "")));
    check(failure instanceof WrongExpectedVersionException, "a conflict, got " + failure);
    var attempt = client.tryAppendToStream("esjc-one", 7, event("Never", "")).join();
    check(attempt.status.toString().equals("WrongExpectedVersion"), "an attempt: " + attempt.status);
    System.out.println("ok: conflicts");
  }

  private static void pages() {
    var all = events(1000);
    for (var i = 0; i < 10; i++) {
      client.appendToStream("esjc-many", ExpectedVersion.ANY, all.subList(100 * i, 100 * i + 100)).join();
    }
    var ids = all.stream().map(e -> e.eventId).toList();
    check(
        all(client.iterateStreamEventsForward("esjc-many", 0, 64, false)).map(e -> e.event.eventId).toList().equals(ids),
        "all pages");
    check(
        all(client.iterateStreamEventsBackward("esjc-many", StreamPosition.END, 64, false))
            .map(e -> e.event.eventId)
            .toList()
            .equals(ids.reversed()),
        "all pages backwards");
    check(
        client.readStreamEventsForward("esjc-many", 5000, 10, false).join().isEndOfStream,
        "a page beyond the end");
    System.out.println("ok: pages");
  }

  /// The client's own streams say that they have as many events as there are numbers.
  private static Stream<ResolvedEvent> all(Iterator<ResolvedEvent> events) {
    var all = new ArrayList<ResolvedEvent>();
    events.forEachRemaining(all::add);
    return all.stream();
  }

  private static void everything() {
    var forwards =
        all(client.iterateAllEventsForward(Position.START, 100, false))
            .filter(e -> e.event.eventStreamId.equals("esjc-many"))
            .map(e -> e.event.eventNumber)
            .toList();
    check(forwards.size() == 1000 && forwards.get(999) == 999, "$all: " + forwards.size());
    var backwards =
        all(client.iterateAllEventsBackward(Position.END, 100, false))
            .filter(e -> e.event.eventStreamId.equals("esjc-many"))
            .map(e -> e.event.eventNumber)
            .toList();
    check(backwards.equals(forwards.reversed()), "$all backwards");
    System.out.println("ok: $all");
  }

  private static ResolvedEvent next(BlockingQueue<ResolvedEvent> queue, String what)
      throws InterruptedException {
    var next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    check(next != null, what + " did not come");
    return next;
  }

  private static void follow() throws Exception {
    var ofStream = new LinkedBlockingQueue<ResolvedEvent>();
    var ofAll = new LinkedBlockingQueue<ResolvedEvent>();
    var toStream = client.subscribeToStream("esjc-live", false, (Subscription s, ResolvedEvent e) -> ofStream.add(e)).join();
    var toAll = client.subscribeToAll(false, (Subscription s, ResolvedEvent e) -> ofAll.add(e)).join();
    var sent = events(20);
    client.appendToStream("esjc-live", ExpectedVersion.ANY, sent).join();
    for (var event : sent) {
      check(next(ofStream, "an event of a stream").event.eventId.equals(event.eventId), "the order");
      check(next(ofAll, "an event of $all").event.eventId.equals(event.eventId), "the order of $all");
    }
    check(toStream.lastEventNumber == -1, "the last event before: " + toStream.lastEventNumber);
    toStream.close();
    toAll.close();
    System.out.println("ok: subscriptions");
  }

  private static CatchUpSubscriptionListener into(
      BlockingQueue<ResolvedEvent> queue, BlockingQueue<String> live) {
    return new CatchUpSubscriptionListener() {
      @Override
      public void onEvent(CatchUpSubscription subscription, ResolvedEvent event) {
        queue.add(event);
      }

      @Override
      public void onLiveProcessingStarted(CatchUpSubscription subscription) {
        live.add("live");
      }
    };
  }

  private static void catchUp() throws Exception {
    var queue = new LinkedBlockingQueue<ResolvedEvent>();
    var live = new LinkedBlockingQueue<String>();
    var subscription = client.subscribeToStreamFrom("esjc-many", null, into(queue, live));
    for (var i = 0; i < 1000; i++) {
      check(next(queue, "event " + i).event.eventNumber == i, "event " + i);
    }
    check(live.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) != null, "live");
    client.appendToStream("esjc-many", ExpectedVersion.ANY, event("Counted", "last")).join();
    check(next(queue, "a live event").event.eventNumber == 1000, "a live event");
    subscription.close();

    var all = new LinkedBlockingQueue<ResolvedEvent>();
    var toAll = client.subscribeToAllFrom(null, into(all, live));
    var seen = 0;
    while (seen <= 1000) {
      if (next(all, "an event of $all").event.eventStreamId.equals("esjc-many")) {
        seen++;
      }
    }
    toAll.close();

    var byCategory = new LinkedBlockingQueue<ResolvedEvent>();
    var settings =
        com.github.msemys.esjc.CatchUpSubscriptionSettings.newBuilder().resolveLinkTos(true).build();
    var toCategory =
        client.subscribeToStreamFrom("$ce-esjc", null, settings, into(byCategory, live));
    var resolved = next(byCategory, "an event of a category");
    check(resolved.isResolved() && resolved.event.eventStreamId.equals("esjc-one"), "a link");
    toCategory.close();
    System.out.println("ok: catch-up");
  }

  private static PersistentSubscriptionListener consumer(
      BlockingQueue<RetryableResolvedEvent> queue, String parks) {
    return (PersistentSubscription subscription, RetryableResolvedEvent event) -> {
      if (new String(event.event.data, StandardCharsets.UTF_8).contains(parks)) {
        subscription.fail(event, PersistentSubscriptionNakEventAction.Park, "not now");
      } else {
        subscription.acknowledge(event);
      }
      queue.add(event);
    };
  }

  private static void compete() throws Exception {
    var sent = events(100);
    client.appendToStream("esjc-work", ExpectedVersion.ANY, sent).join();
    var settings = PersistentSubscriptionSettings.newBuilder().startFromBeginning().build();
    client.createPersistentSubscription("esjc-work", "group", settings).join();
    check(failureOf(client.createPersistentSubscription("esjc-work", "group", settings)) != null, "twice");
    var queue = new LinkedBlockingQueue<RetryableResolvedEvent>();
    var one = client.subscribeToPersistent("esjc-work", "group", consumer(queue, "\"7\""), 10, false).join();
    var two = client.subscribeToPersistent("esjc-work", "group", consumer(queue, "\"7\""), 10, false).join();
    var ids = new java.util.HashSet<UUID>();
    for (var i = 0; i < 100; i++) {
      var event = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      check(event != null, "work " + i);
      ids.add(event.event.eventId);
    }
    check(ids.equals(new java.util.HashSet<>(sent.stream().map(e -> e.eventId).toList())), "all work");
    var parked = 0L;
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (parked == 0 && System.nanoTime() < until) {
      parked = client.readStreamEventsForward("$persistentsubscription-esjc-work::group-parked", 0, 10, true).join().events.size();
    }
    check(parked == 1, "parked: " + parked);
    one.stop(Duration.ofSeconds(5));
    two.stop(Duration.ofSeconds(5));
    client.updatePersistentSubscription("esjc-work", "group", settings).join();
    check(
        client.deletePersistentSubscription("esjc-work", "group").join().status == PersistentSubscriptionDeleteStatus.Success,
        "deletion");
    var missing = failureOf(client.subscribeToPersistent("esjc-work", "group", consumer(queue, "-")));
    check(!(missing instanceof IllegalStateException), "no group: " + missing);
    System.out.println("ok: competing consumers");
  }

  private static void transactions() {
    var transaction = client.startTransaction("esjc-tx", ExpectedVersion.NO_STREAM).join();
    transaction.write(events(3)).join();
    check(
        client.readEvent("esjc-tx", 0, false).join().status == EventReadStatus.NoStream,
        "nothing is seen before the commit");
    var continued = client.continueTransaction(transaction.transactionId);
    continued.write(events(2)).join();
    var result = continued.commit().join();
    check(result.nextExpectedVersion == 4, "committed: " + result.nextExpectedVersion);
    check(
        client.readStreamEventsForward("esjc-tx", 0, 10, false).join().events.size() == 5,
        "five events");
    var late = client.startTransaction("esjc-tx", 1).join();
    late.write(events(1)).join();
    var wrong = failureOf(late.commit());
    check(wrong instanceof WrongExpectedVersionException, "a conflict at commit: " + wrong);
    var unknown = failureOf(client.continueTransaction(4711).commit());
    check(unknown instanceof InvalidTransactionException, "an unknown one: " + unknown);
    System.out.println("ok: transactions");
  }

  private static void deletions() {
    client.appendToStream("esjc-gone", ExpectedVersion.ANY, events(2)).join();
    client.deleteStream("esjc-gone", 1).join();
    check(
        client.readStreamEventsForward("esjc-gone", 0, 10, false).join().status == SliceReadStatus.StreamNotFound,
        "a deleted stream");
    check(
        client.appendToStream("esjc-gone", ExpectedVersion.ANY, event("Again", "")).join().nextExpectedVersion == 2,
        "a stream again");
    client.deleteStream("esjc-gone", ExpectedVersion.ANY, true).join();
    check(
        client.readStreamEventsForward("esjc-gone", 0, 10, false).join().status == SliceReadStatus.StreamDeleted,
        "a tombstone");
    var failure = failureOf(client.appendToStream("esjc-gone", ExpectedVersion.ANY, event("Never", "")));
    check(failure instanceof StreamDeletedException, "a write to a tombstoned stream: " + failure);
    System.out.println("ok: deletions");
  }

  private static void metadata() {
    client
        .setStreamMetadata("esjc-meta", ExpectedVersion.ANY, StreamMetadata.newBuilder().maxCount(2L).customProperty("who", "me").build())
        .join();
    client.appendToStream("esjc-meta", ExpectedVersion.ANY, events(5)).join();
    var read = client.getStreamMetadata("esjc-meta").join();
    check(read.streamMetadata.maxCount == 2 && read.metastreamVersion == 0, "metadata");
    var slice = client.readStreamEventsForward("esjc-meta", 0, 10, false).join();
    check(slice.events.size() == 2 && slice.events.get(0).event.eventNumber == 3, "max count");
    System.out.println("ok: metadata");
  }

  private static void reconnect() throws Exception {
    var queue = new LinkedBlockingQueue<ResolvedEvent>();
    var live = new LinkedBlockingQueue<String>();
    client.subscribeToStreamFrom("esjc-restart", null, into(queue, live));
    client.appendToStream("esjc-restart", ExpectedVersion.ANY, event("Before", "")).join();
    check(next(queue, "before").event.eventNumber == 0, "before");
    check(live.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) != null, "live");
    System.out.println("restart");
    System.in.read();
    client.appendToStream("esjc-restart", ExpectedVersion.ANY, event("After", "")).join();
    check(next(queue, "after").event.eventNumber == 1, "after");
    System.out.println("ok: a server that was started again");
  }
}
