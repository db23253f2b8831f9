// SPDX-License-Identifier: Apache-2.0

// What the client node-eventstore-client does with a server, from beginning to end; it says what was done, and ends with
// an error when something is not as it should be. When it says "restart", the server is to be started anew; then it is to
// be told so by a line.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import client from "node-eventstore-client";

const ANY = client.expectedVersion.any;
const PATIENCE_MILLIS = 20_000;

const connection = client.createConnection(
  { maxReconnections: -1, reconnectionDelay: 200, maxRetries: 100 },
  `tcp://127.0.0.1:${process.argv[2]}`,
  "acceptance",
);
connection.on("error", (error) => console.log(`error: ${error}`));

const event = (number) => client.createJsonEventData(randomUUID(), { number }, { by: "node" }, "Counted");
const events = (count) => Array.from({ length: count }, (_, number) => event(number));
const read = (stream) => connection.readStreamEventsForward(stream, 0, 1000, false);

/** What comes, one after the other. */
class Queue {
  items = [];
  waiting = [];

  add(item) {
    const next = this.waiting.shift();
    if (next) next(item);
    else this.items.push(item);
  }

  async next(what) {
    if (this.items.length > 0) return this.items.shift();
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} did not come`)), PATIENCE_MILLIS);
    });
    try {
      return await Promise.race([new Promise((resolve) => this.waiting.push(resolve)), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function appendAndRead() {
  const sent = [event(1), client.createEventData(randomUUID(), "Raw", false, Buffer.from([0, 255]))];
  const written = await connection.appendToStream("node-one", client.expectedVersion.noStream, sent);
  assert.equal(written.nextExpectedVersion.toNumber(), 1);
  const page = await read("node-one");
  assert.equal(page.isEndOfStream, true);
  assert.deepEqual(page.events.map((e) => e.event.eventId), sent.map((e) => e.eventId));
  assert.deepEqual(JSON.parse(page.events[0].event.data.toString()), { number: 1 });
  assert.deepEqual(JSON.parse(page.events[0].event.metadata.toString()), { by: "node" });
  assert.equal(page.events[0].event.isJson, true);
  assert.deepEqual([...page.events[1].event.data], [0, 255]);
  assert.ok(Math.abs(page.events[0].event.created.getTime() - Date.now()) < 300_000);
  const last = await connection.readEvent("node-one", client.streamPosition.end, false);
  assert.equal(last.event.event.eventId, sent[1].eventId);
  assert.equal((await read("node-none")).status, "streamNotFound");
  await assert.rejects(connection.appendToStream("node-one", 7, event(1)), { name: "WrongExpectedVersionError" });
  console.log("ok: append and read");
}

async function everything() {
  await connection.appendToStream("node-many", ANY, events(500));
  let seen = 0;
  let position = client.positions.start;
  for (let more = true; more; ) {
    const page = await connection.readAllEventsForward(position, 100, false);
    seen += page.events.filter((e) => e.event.eventStreamId === "node-many").length;
    position = page.nextPosition;
    more = !page.isEndOfStream;
  }
  assert.equal(seen, 500);
  const last = await connection.readAllEventsBackward(client.positions.end, 1, false);
  assert.equal(last.events[0].event.eventNumber.toNumber(), 499);
  console.log("ok: $all");
}

async function follow() {
  const ofStream = new Queue();
  const ofAll = new Queue();
  const toStream = await connection.subscribeToStream("node-live", false, (_, e) => ofStream.add(e));
  const toAll = await connection.subscribeToAll(false, (_, e) => ofAll.add(e));
  const sent = events(20);
  await connection.appendToStream("node-live", ANY, sent);
  for (const { eventId } of sent) {
    assert.equal((await ofStream.next("an event")).event.eventId, eventId);
    assert.equal((await ofAll.next("an event of $all")).event.eventId, eventId);
  }
  toStream.close();
  toAll.close();

  const caught = new Queue();
  const live = new Queue();
  const catchingUp = connection.subscribeToStreamFrom("node-many", null, false, (_, e) => caught.add(e), () => live.add(0));
  for (let number = 0; number < 500; number++) {
    assert.equal((await caught.next(`event ${number}`)).event.eventNumber.toNumber(), number);
  }
  await live.next("live");
  await connection.appendToStream("node-many", ANY, event(500));
  assert.equal((await caught.next("a live event")).event.eventNumber.toNumber(), 500);
  catchingUp.stop();
  const all = new Queue();
  const toEverything = connection.subscribeToAllFrom(null, false, (_, e) => all.add(e));
  for (let seen = 0; seen < 501; ) {
    seen += (await all.next("an event of $all")).event.eventStreamId === "node-many" ? 1 : 0;
  }
  toEverything.stop();
  console.log("ok: subscriptions");
}

async function compete() {
  const sent = events(100);
  await connection.appendToStream("node-work", ANY, sent);
  const settings = new client.PersistentSubscriptionSettings(
    false, 0, false, 30_000, 10, 500, 20, 500, 2000, 10, 1000, 0, client.SystemConsumerStrategies.RoundRobin);
  await connection.createPersistentSubscription("node-work", "group", settings);
  await assert.rejects(connection.createPersistentSubscription("node-work", "group", settings));
  const work = new Queue();
  const consumers = [];
  for (let i = 0; i < 2; i++) {
    consumers.push(
      await connection.connectToPersistentSubscription(
        "node-work", "group", (consumer, e) => { consumer.acknowledge(e); work.add(e); }, undefined, undefined, 10, false));
  }
  const ids = new Set();
  for (let i = 0; i < 100; i++) ids.add((await work.next(`work ${i}`)).event.eventId);
  assert.deepEqual(ids, new Set(sent.map((e) => e.eventId)));
  consumers.forEach((consumer) => consumer.stop());
  await connection.updatePersistentSubscription("node-work", "group", settings);
  await connection.deletePersistentSubscription("node-work", "group");
  console.log("ok: competing consumers");
}

async function transactions() {
  const transaction = await connection.startTransaction("node-tx", client.expectedVersion.noStream);
  await transaction.write(events(3));
  await transaction.write(events(2));
  assert.equal((await read("node-tx")).status, "streamNotFound");
  const result = await transaction.commit();
  assert.equal(result.nextExpectedVersion.toNumber(), 4);
  assert.equal((await read("node-tx")).events.length, 5);
  console.log("ok: transactions");
}

async function deletions() {
  await connection.appendToStream("node-gone", ANY, events(2));
  await connection.deleteStream("node-gone", 1, false);
  assert.equal((await read("node-gone")).status, "streamNotFound");
  await connection.deleteStream("node-gone", ANY, true);
  assert.equal((await read("node-gone")).status, "streamDeleted");
  await assert.rejects(connection.appendToStream("node-gone", ANY, event(1)));
  await connection.setStreamMetadataRaw("node-meta", ANY, { $maxCount: 2 });
  await connection.appendToStream("node-meta", ANY, events(5));
  assert.equal((await read("node-meta")).events.length, 2);
  console.log("ok: deletions and metadata");
}

async function reconnect() {
  const queue = new Queue();
  const live = new Queue();
  connection.subscribeToStreamFrom("node-restart", null, false, (_, e) => queue.add(e), () => live.add(0));
  await connection.appendToStream("node-restart", ANY, event(0));
  assert.equal((await queue.next("before")).event.eventNumber.toNumber(), 0);
  await live.next("live");
  const again = new Promise((resolve) => process.stdin.once("data", resolve));
  console.log("restart");
  await again;
  await connection.appendToStream("node-restart", ANY, event(1));
  assert.equal((await queue.next("after")).event.eventNumber.toNumber(), 1);
  console.log("ok: a server that was started again");
}

try {
  await connection.connect();
  for (const step of [appendAndRead, everything, follow, compete, transactions, deletions, reconnect]) await step();
  console.log("passed");
  process.exit(0);
} catch (error) {
  console.log(error);
  process.exit(1);
}
