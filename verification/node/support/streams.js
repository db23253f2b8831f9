// SPDX-License-Identifier: Apache-2.0

// What both official clients do alike. They append over BatchAppend; the newer one reads through a
// native library with a connection of its own.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { all, heard, types, within, credentials, hasUsers } from "./help.js";

/** Tests one client, given what it calls things. */
export function testStreams({ name, words, connect, expecting, actual, expected }) {
  const { ANY, BACKWARDS, END, FORWARDS, NO_STREAM, START, STREAM_EXISTS } = words;
  const { binaryEvent, eventTypeFilter, excludeSystemEvents, jsonEvent, streamNameFilter } = words;

  describe(name, { timeout: 120_000 }, () => {
    let client;
    const newStream = () => `node-${randomUUID()}`;
    const event = (type) => jsonEvent({ type, data: { is: type } });
    const append = (stream, letters, options) =>
      within(client.appendToStream(stream, letters.split(" ").map(event), options), "an append");
    const read = async (stream, options) =>
      types(await within(all(client.readStream(stream, options)), "a read"));
    const lastPosition = async () => {
      const last = await all(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
      return last[0].event.position;
    };

    before(() => {
      client = connect();
    });
    after(() => client.dispose());

    test("an append tells where it is", async () => {
      const stream = newStream();

      const first = await append(stream, "A B");
      const second = await append(stream, "C");

      assert.equal(first.success, true);
      assert.equal(first.nextExpectedRevision, 1n);
      assert.equal(second.nextExpectedRevision, 2n);
      assert.ok(second.position.commit > first.position.commit);
      assert.deepEqual(await read(stream), ["A", "B", "C"]);
    });

    test("an event comes back as it was sent", async () => {
      const stream = newStream();
      const json = jsonEvent({
        type: "Überwiesen ✓",
        data: { amount: 7, who: "Zoë" },
        metadata: { $correlationId: "c" },
      });
      const binary = binaryEvent({ type: "Bytes", data: Uint8Array.from([0, 1, 255]) });

      await client.appendToStream(stream, [json, binary]);
      const [first, second] = await all(client.readStream(stream));

      assert.equal(first.event.id, json.id);
      assert.equal(first.event.streamId, stream);
      assert.equal(first.event.revision, 0n);
      assert.equal(first.event.isJson, true);
      assert.deepEqual(first.event.data, { amount: 7, who: "Zoë" });
      assert.deepEqual(first.event.metadata, { $correlationId: "c" });
      assert.ok(Math.abs(first.event.created.getTime() - Date.now()) < 60_000);
      assert.equal(first.link, undefined);
      assert.equal(second.event.isJson, false);
      assert.deepEqual([...second.event.data], [0, 1, 255]);
    });

    test("an append is made when the stream is as expected", async () => {
      const stream = newStream();

      for (const state of [NO_STREAM, STREAM_EXISTS, 1n, ANY]) {
        await append(stream, "A", expecting(state));
      }

      assert.equal((await read(stream)).length, 4);
    });

    for (const [letters, state, found] of [
      ["", STREAM_EXISTS, NO_STREAM],
      ["", 0n, NO_STREAM],
      ["A B", NO_STREAM, 1n],
      ["A B", 0n, 1n],
      ["A B", 7n, 1n],
    ]) {
      test(`of a stream of "${letters}", ${state} is wrong`, async () => {
        const stream = newStream();
        if (letters) {
          await append(stream, letters);
        }

        await assert.rejects(append(stream, "C", expecting(state)), (error) => {
          assert.equal(error.type, words.ErrorType.WRONG_EXPECTED_VERSION);
          assert.equal(error.streamName, stream);
          assert.equal(expected(error), state);
          assert.equal(actual(error), found);
          return true;
        });
      });
    }

    test("a wrong expectation can be an answer instead of an error", async () => {
      const patient = connect("", "", "&throwOnAppendFailure=false");

      const result = await patient.appendToStream(newStream(), event("A"), expecting(0n));

      assert.equal(result.success, false);
      await patient.dispose();
    });

    test("many appends at once are answered each with its own place", async () => {
      const stream = newStream();

      const results = await within(
        Promise.all(
          Array.from({ length: 500 }, (_, i) => client.appendToStream(stream, event(`T${i}`))),
        ),
        "500 appends",
      );

      const revisions = results.map((result) => Number(result.nextExpectedRevision));
      assert.deepEqual(
        revisions.sort((a, b) => a - b),
        Array.from({ length: 500 }, (_, i) => i),
      );
    });

    test("of two racing for one revision exactly one wins", async () => {
      const stream = newStream();
      const other = connect();
      await append(stream, "A");
      for (let revision = 0n; revision < 50n; revision++) {
        const racers = await Promise.allSettled(
          [client, other].map((racer) =>
            racer.appendToStream(stream, event("Won"), expecting(revision)),
          ),
        );
        assert.equal(racers.filter((racer) => racer.status === "fulfilled").length, 1);
      }
      await other.dispose();
    });

    test("an append travels in several parts", async () => {
      const stream = newStream();
      const parts = Array.from({ length: 20 }, (_, i) =>
        binaryEvent({ type: `T${i}`, data: Buffer.alloc(100_000) }),
      );

      const result = await client.appendToStream(stream, parts, { batchAppendSize: 64 * 1024 });

      assert.equal(result.nextExpectedRevision, 19n);
      assert.deepEqual(
        await read(stream),
        parts.map((part) => part.type),
      );
    });

    test("an append with credentials of its own goes another way", async () => {
      const stream = newStream();

      await append(stream, "A", { credentials });

      assert.deepEqual(await read(stream), ["A"]);
      await assert.rejects(
        append(stream, "B", {
          ...expecting(NO_STREAM),
          credentials,
        }),
        (error) => error.type === words.ErrorType.WRONG_EXPECTED_VERSION && actual(error) === 0n,
      );
    });

    test("a server is discovered, and takes any credentials if it knows no users", async () => {
      const stranger = connect("", "stranger:wrong@");
      for (const other of hasUsers ? [connect("+discover")] : [connect("+discover"), stranger]) {
        const stream = newStream();
        await other.appendToStream(stream, event("A"));
        assert.deepEqual(types(await all(other.readStream(stream))), ["A"]);
        await other.dispose();
      }
      if (hasUsers) {
        await assert.rejects(stranger.appendToStream(newStream(), event("A")));
        await stranger.dispose();
      }
    });

    test("a stream is read both ways, from anywhere, as far as asked", async () => {
      const stream = newStream();
      await append(stream, "A B C D E");

      assert.deepEqual(await read(stream, { maxCount: 2 }), ["A", "B"]);
      assert.deepEqual(await read(stream, { fromRevision: 3n }), ["D", "E"]);
      assert.deepEqual(await read(stream, { fromRevision: 99n }), []);
      assert.deepEqual(await read(stream, { direction: FORWARDS, fromRevision: START }), [
        ..."ABCDE",
      ]);
      assert.deepEqual(
        await read(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 2 }),
        ["E", "D"],
      );
      assert.deepEqual(await read(stream, { direction: BACKWARDS, fromRevision: 1n }), ["B", "A"]);
    });

    test("a large stream is read whole", async () => {
      const stream = newStream();
      const events = Array.from({ length: 1_000 }, (_, i) => event(`T${i}`));
      for (let i = 0; i < 5; i++) {
        await client.appendToStream(
          stream,
          events.map(({ type }) => event(type)),
        );
      }

      const found = await within(all(client.readStream(stream)), "5,000 events");

      assert.deepEqual(
        found.map((resolved) => Number(resolved.event.revision)),
        Array.from({ length: 5_000 }, (_, i) => i),
      );
    });

    test("a stream that nobody wrote is not found", async () => {
      const stream = newStream();

      await assert.rejects(
        read(stream),
        (error) =>
          error.type === words.ErrorType.STREAM_NOT_FOUND && error.streamName === stream,
      );
    });

    test("all streams are read both ways from anywhere", async () => {
      const stream = newStream();
      const start = (await append(stream, "A B C")).position;
      await append(stream, "D");
      const readAll = async (options) => types(await all(client.readAll(options)));

      assert.deepEqual(await readAll({ maxCount: 1 }), ["$genesis"]);
      assert.deepEqual(await readAll({ fromPosition: start, maxCount: 2 }), ["C", "D"]);
      assert.deepEqual(
        await readAll({ direction: BACKWARDS, fromPosition: start, maxCount: 2 }),
        ["B", "A"],
      );
      assert.deepEqual(
        await readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }),
        ["D"],
      );
    });

    test("a link is followed when asked, and so are categories and types", async () => {
      const category = `cat${randomUUID().replaceAll("-", "")}`;
      const stream = `${category}-1`;
      const links = newStream();
      await append(stream, `A ${category}Type`);
      await client.appendToStream(links, [
        binaryEvent({ type: "$>", data: Buffer.from(`0@${stream}`) }),
        binaryEvent({ type: "$>", data: Buffer.from(`7@${stream}`) }),
      ]);

      const resolved = await all(client.readStream(links, { resolveLinkTos: true }));
      assert.equal(resolved[0].event.type, "A");
      assert.equal(resolved[0].link.streamId, links);
      assert.equal(resolved[1].event, undefined);
      assert.equal(resolved[1].link.revision, 1n);
      assert.deepEqual(await read(links), ["$>", "$>"]);
      for (const [name, types] of [
        [`$ce-${category}`, ["A", `${category}Type`]],
        [`$et-${category}Type`, [`${category}Type`]],
      ]) {
        const found = await all(client.readStream(name, { resolveLinkTos: true }));
        assert.deepEqual(
          found.map((one) => one.event.type),
          types,
        );
        assert.ok(found.every((one) => one.link.streamId === name));
      }
    });

    test("metadata comes back as it was set", async () => {
      const stream = newStream();
      const metadata = {
        maxCount: 2,
        maxAge: 3600,
        truncateBefore: 1,
        cacheControl: 7,
        acl: { readRoles: ["ann", "bob"], writeRoles: ["ann"] },
        owner: "Zoë",
      };
      await client.setStreamMetadata(stream, metadata);
      await append(stream, "A B C");

      const found = await client.getStreamMetadata(stream);

      assert.deepEqual(await read(stream), ["B", "C"]);
      for (const key of ["maxCount", "maxAge", "truncateBefore", "cacheControl"]) {
        assert.equal(Number(found.metadata[key]), metadata[key], key);
      }
      assert.deepEqual(found.metadata.acl, metadata.acl);
      assert.equal(found.metadata.owner, "Zoë");
    });

    test("a deleted stream is not found until it is written again", async () => {
      const stream = newStream();
      await append(stream, "A B");
      await assert.rejects(
        client.deleteStream(stream, { expectedRevision: 7n }),
        (error) => error.type === words.ErrorType.WRONG_EXPECTED_VERSION,
      );

      const deleted = await client.deleteStream(stream, { expectedRevision: 1n });

      assert.deepEqual(deleted.position, await lastPosition());
      await assert.rejects(read(stream), { type: words.ErrorType.STREAM_NOT_FOUND });
      await append(stream, "C", expecting(NO_STREAM));
      assert.deepEqual(await read(stream), ["C"]);
    });

    test("a tombstoned stream is gone for ever", async () => {
      const stream = newStream();
      await append(stream, "A");

      await client.tombstoneStream(stream);

      for (const call of [
        () => append(stream, "B"),
        () => client.deleteStream(stream),
        () => client.tombstoneStream(stream),
        () => read(stream),
      ]) {
        await assert.rejects(call(), (error) => {
          assert.equal(error.type, words.ErrorType.STREAM_DELETED, String(error));
          assert.equal(error.streamName, stream);
          return true;
        });
      }
    });

    test("a stream is followed from its beginning, its end and a revision", async () => {
      const stream = newStream();
      await append(stream, "A B");
      const subscriptions = [START, 0n, END].map((fromRevision) =>
        client.subscribeToStream(stream, { fromRevision }),
      );
      const ready = subscriptions.map((subscription) =>
        heard(subscription, (words) => words.includes("caught up")),
      );
      assert.deepEqual(await Promise.all(ready), [
        ["A", "B", "caught up"],
        ["B", "caught up"],
        ["caught up"],
      ]);
      const live = subscriptions.map((subscription) => heard(subscription, () => true));

      await append(stream, "C");

      assert.deepEqual(await Promise.all(live), [["C"], ["C"], ["C"]]);
      await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
    });

    test("a filter of each kind lets through what it should", async () => {
      const start = await lastPosition();
      const id = randomUUID().replaceAll("-", "");
      await append(`fil${id}-1`, "A B");
      await append(`other${id}-1`, "X");
      await client.setStreamMetadata(newStream(), {});
      for (const [filter, through] of [
        [streamNameFilter({ prefixes: [`fil${id}`, "none"] }), ["A", "B"]],
        [streamNameFilter({ prefixes: [`fil${id}-`] }), ["A", "B"]],
        [streamNameFilter({ regex: `^fil${id}-\\d$` }), ["A", "B"]],
        [eventTypeFilter({ prefixes: ["X", "B"] }), ["B", "X"]],
        [eventTypeFilter({ regex: "^(?!(\\$.+$|A$))" }), ["B", "X"]],
        [excludeSystemEvents(), ["A", "B", "X"]],
      ]) {
        const subscription = client.subscribeToAll({ fromPosition: start, filter });
        const words = await heard(subscription, (words) => words.includes("caught up"));
        assert.deepEqual(words, [...through, "caught up"], JSON.stringify(filter));
        await subscription.unsubscribe();
      }
    });

    test("a filtered subscription tells checkpoints and goes on at one", async () => {
      const stream = newStream();
      const type = `Wanted${randomUUID()}`;
      const start = await lastPosition();
      await append(stream, `${type} ${Array.from({ length: 100 }, () => "Other").join(" ")}`);
      const checkpoints = [];
      const subscription = client.subscribeToAll({
        fromPosition: start,
        filter: eventTypeFilter({
          prefixes: [type],
          maxSearchWindow: 10,
          checkpointInterval: 3,
          checkpointReached: (_, position) => {
            checkpoints.push(position.commit);
          },
        }),
      });
      const words = await heard(subscription, (words) => words.includes("caught up"));
      await subscription.unsubscribe();
      await append(stream, type);
      const resumed = client.subscribeToAll({
        fromPosition: { commit: checkpoints.at(-1), prepare: checkpoints.at(-1) },
        filter: eventTypeFilter({ prefixes: [type] }),
      });

      assert.deepEqual(words, [type, "caught up"]);
      assert.ok(checkpoints.at(-1) >= start.commit + 100n, `checkpoints at ${checkpoints}`);
      assert.deepEqual(await heard(resumed, (words) => words.includes("caught up")), [
        type,
        "caught up",
      ]);
      await resumed.unsubscribe();
    });

    test("a slow reader of a subscription gets everything in order", async () => {
      const stream = newStream();
      const subscription = client.subscribeToStream(stream);
      await heard(subscription, (words) => words.includes("caught up"));
      subscription.removeAllListeners("data");
      subscription.pause();
      const many = () => Array.from({ length: 1_000 }, () => event("T"));
      for (let i = 0; i < 5; i++) {
        await client.appendToStream(stream, many());
      }

      const revisions = [];
      for await (const resolved of subscription) {
        revisions.push(Number(resolved.event.revision));
        if (revisions.length === 5_000) {
          break;
        }
      }

      assert.deepEqual(
        revisions,
        Array.from({ length: 5_000 }, (_, i) => i),
      );
    });

    test("a server of one node tells what it can", async () => {
      const capabilities = await client.capabilities;

      assert.ok(capabilities, "the server answers GetSupportedMethods");
    });
  });
}
