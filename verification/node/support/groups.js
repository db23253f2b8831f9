// SPDX-License-Identifier: Apache-2.0

// Persistent subscriptions, which both official clients do alike.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { within } from "./help.js";

/** Tests one client, given what it calls things. */
export function testGroups({ name, words, connect }) {
  const { jsonEvent, streamNameFilter, PARK, RETRY, SKIP, START } = words;
  const { persistentSubscriptionToStreamSettingsFromDefaults: ofStream } = words;
  const { persistentSubscriptionToAllSettingsFromDefaults: ofAll } = words;

  describe(`${name}, persistent subscriptions`, { timeout: 120_000 }, () => {
    let client;
    const newStream = () => `grouped-${randomUUID()}`;
    const append = (stream, count) =>
      client.appendToStream(
        stream,
        Array.from({ length: count }, (_, n) => jsonEvent({ type: "Counted", data: { n } })),
      );
    const info = (stream) => client.getPersistentSubscriptionToStreamInfo(stream, "g");
    const until = async (what, condition) => {
      const deadline = Date.now() + 20_000;
      while (!(await condition())) {
        assert.ok(Date.now() < deadline, `Waited 20 s for: ${what}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };

    /** Takes events one by one. */
    const consuming = (subscription) => {
      subscription.on("error", () => {});
      const iterator = subscription[Symbol.asyncIterator]();
      return {
        next: async () => (await within(iterator.next(), "an event")).value,
        ack: (event) => subscription.ack(event),
        nack: (event, action) => subscription.nack(action, "because", event),
        leave: () => within(subscription.unsubscribe(), "the end"),
      };
    };
    const consume = (stream, bufferSize = 1) =>
      consuming(client.subscribeToPersistentSubscriptionToStream(stream, "g", { bufferSize }));

    before(async () => {
      client = connect();
      await until("groups run", () =>
        client.listAllPersistentSubscriptions().then(
          () => true,
          () => false,
        ),
      );
    });
    after(() => client.dispose());

    test("events are acked, retried, skipped and parked, and parked ones replayed", async () => {
      const stream = newStream();
      await append(stream, 4);
      await client.createPersistentSubscriptionToStream(stream, "g", ofStream({ startFrom: START }));
      const consumer = consume(stream);

      consumer.ack(await consumer.next());
      consumer.nack(await consumer.next(), SKIP);
      consumer.nack(await consumer.next(), PARK);
      const last = await consumer.next();
      assert.equal(last.event.revision, 3n);
      assert.equal(last.retryCount, 0);
      consumer.nack(last, RETRY);
      const again = await consumer.next();
      assert.equal(again.event.revision, 3n);
      assert.equal(again.retryCount, 1);
      consumer.ack(again);

      await until("one is parked", async () => Number((await info(stream)).stats.parkedMessageCount) === 1);
      await client.replayParkedMessagesToStream(stream, "g");
      const replayed = await consumer.next();
      assert.equal(replayed.event.revision, 2n);
      consumer.ack(replayed);
      await until("none is parked", async () => Number((await info(stream)).stats.parkedMessageCount) === 0);
      await consumer.leave();
    });

    test("groups are changed, listed, restarted and deleted", async () => {
      const stream = newStream();
      await client.createPersistentSubscriptionToStream(stream, "g", ofStream({ startFrom: START }));
      await assert.rejects(
        client.createPersistentSubscriptionToStream(stream, "g", ofStream({ startFrom: START })),
        { type: "persistent-subscription-exists" },
      );

      await client.updatePersistentSubscriptionToStream(stream, "g", ofStream({ maxRetryCount: 3 }));
      assert.equal((await info(stream)).settings.maxRetryCount, 3);
      assert.equal((await client.listPersistentSubscriptionsToStream(stream)).length, 1);
      assert.ok((await client.listAllPersistentSubscriptions()).length >= 1);
      await client.restartPersistentSubscriptionSubsystem();
      await client.deletePersistentSubscriptionToStream(stream, "g");
      await assert.rejects(info(stream), { type: "persistent-subscription-does-not-exist" });
    });

    test("a group on all gives what its filter lets through", async () => {
      const stream = newStream();
      await append(stream, 3);
      await client.createPersistentSubscriptionToAll(
        stream,
        ofAll({ startFrom: START }),
        { filter: streamNameFilter({ prefixes: [stream] }) },
      );
      await client.updatePersistentSubscriptionToAll(stream, ofAll({ startFrom: START, maxRetryCount: 3 }));
      const infoOfAll = () => client.getPersistentSubscriptionToAllInfo(stream);
      assert.equal((await infoOfAll()).settings.maxRetryCount, 3);
      assert.ok((await client.listPersistentSubscriptionsToAll()).some((group) => group.groupName === stream));
      const consumer = consuming(client.subscribeToPersistentSubscriptionToAll(stream, { bufferSize: 5 }));

      for (let n = 0; n < 3; n++) {
        const event = await consumer.next();
        assert.equal(event.event.streamId, stream);
        assert.equal(event.event.revision, BigInt(n));
        if (n === 1) {
          consumer.nack(event, PARK);
        } else {
          consumer.ack(event);
        }
      }
      await until("one is parked", async () => Number((await infoOfAll()).stats.parkedMessageCount) === 1);
      await client.replayParkedMessagesToAll(stream);
      const replayed = await consumer.next();
      assert.equal(replayed.event.revision, 1n);
      consumer.ack(replayed);
      await consumer.leave();
      await client.deletePersistentSubscriptionToAll(stream);
    });
  });
}
