// SPDX-License-Identifier: Apache-2.0

// Appends to several streams at once, which only the newer client has.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { all, types, within } from "./help.js";

export function testManyStreams({ name, words, connect }) {
  const { ANY, NO_STREAM, STREAM_EXISTS, jsonEvent, binaryEvent } = words;

  describe(`${name}, several streams`, { timeout: 120_000 }, () => {
    let client;
    const newStream = () => `many-${randomUUID()}`;
    const event = (type, metadata) => jsonEvent({ type, data: { is: type }, metadata });
    const session = (...requests) =>
      within(
        client.multiStreamAppend(
          requests.map(([streamName, expectedState, ...letters]) => ({
            streamName,
            expectedState,
            events: letters.map((it) => (typeof it === "string" ? event(it) : it)),
          })),
        ),
        "a session",
      );
    const records = (pairs, checks) =>
      within(
        client.appendRecords(
          pairs.map(([streamName, it]) => ({
            streamName,
            record: typeof it === "string" ? event(it) : it,
          })),
          checks?.map(([streamName, expectedState]) => ({
            type: "streamState",
            streamName,
            expectedState,
          })),
        ),
        "records",
      );
    const read = async (stream) => types(await within(all(client.readStream(stream)), "a read"));
    const isAbsent = async (stream) =>
      assert.rejects(() => read(stream), (error) => error.type === "stream-not-found");
    const revisions = (response) => response.responses.map((it) => [it.streamName, it.revision]);

    before(() => {
      client = connect();
    });
    after(() => client.dispose());

    test("a session writes several streams together", async () => {
      const [a, b] = [newStream(), newStream()];

      const response = await session([a, NO_STREAM, "A", "B"], [b, ANY, "C"]);

      assert.deepEqual(revisions(response), [
        [a, 1n],
        [b, 0n],
      ]);
      assert.deepEqual(await read(a), ["A", "B"]);
      assert.deepEqual(await read(b), ["C"]);
      const [last] = await all(client.readStream(b));
      assert.equal(last.event.position.commit, response.position);
    });

    test("a session in which one stream is not as expected writes nothing", async () => {
      const [a, b] = [newStream(), newStream()];
      await session([b, ANY, "A"]);

      await assert.rejects(session([a, ANY, "B"], [b, NO_STREAM, "C"]), (error) => {
        assert.equal(error.type, "wrong-expected-version");
        assert.equal(error.streamName, b);
        assert.equal(error.expectedState, "no_stream");
        assert.equal(error.actualState, 0n);
        return true;
      });
      await isAbsent(a);
    });

    test("a tombstoned stream is named", async () => {
      const [a, b] = [newStream(), newStream()];
      await client.tombstoneStream(b);

      for (const append of [
        () => session([a, ANY, "A"], [b, ANY, "B"]),
        () =>
          records([
            [a, "A"],
            [b, "B"],
          ]),
      ]) {
        await assert.rejects(append, (error) => {
          assert.equal(error.type, "stream-tombstoned");
          assert.equal(error.stream, b);
          return true;
        });
      }
      await isAbsent(a);
    });

    test("records of several streams keep their order", async () => {
      const [a, b] = [newStream(), newStream()];

      const response = await records([
        [a, "A"],
        [b, "B"],
        [a, "C"],
      ]);

      assert.deepEqual(revisions(response), [
        [a, 1n],
        [b, 0n],
      ]);
      const events = [...(await all(client.readStream(a))), ...(await all(client.readStream(b)))];
      events.sort((one, other) => Number(one.event.position.commit - other.event.position.commit));
      assert.deepEqual(types(events), ["A", "B", "C"]);
      assert.equal(events[2].event.position.commit, response.position);
    });

    test("a stream that is not written can be checked", async () => {
      const [a, checked, absent] = [newStream(), newStream(), newStream()];
      await session([checked, ANY, "A", "B"]);

      await records([[a, "A"]], [
        [checked, 1n],
        [absent, NO_STREAM],
      ]);
      await assert.rejects(
        records([[a, "B"]], [
          [a, 0n],
          [checked, 0n],
          [absent, STREAM_EXISTS],
        ]),
        (error) => {
          assert.equal(error.type, "append-consistency-violation");
          assert.deepEqual(
            error.violations.map((it) => [
              it.checkIndex,
              it.streamName,
              it.expectedState,
              it.actualState,
            ]),
            [
              [1, checked, 0n, 1n],
              [2, absent, "stream_exists", "no_stream"],
            ],
          );
          return true;
        },
      );
      assert.deepEqual(await read(a), ["A"]);
    });

    test("a repeated append is not written again", async () => {
      const [a, b] = [newStream(), newStream()];
      const [one, other] = [event("A"), event("B")];
      const pairs = [
        [a, one],
        [b, other],
        [a, event("C")],
      ];

      const first = await session([a, NO_STREAM, one], [b, ANY, other]);
      const again = await session([a, NO_STREAM, one], [b, ANY, other]);
      const [c, d] = [newStream(), newStream()];
      const moved = pairs.map(([stream, it]) => [stream === a ? c : d, it]);
      const written = await records(moved);
      const repeated = await records(moved);

      assert.equal(again.position, first.position);
      assert.deepEqual(repeated, written);
      assert.deepEqual(await read(a), ["A"]);
      assert.deepEqual(await read(c), ["A", "C"]);
    });

    test("metadata comes back with what the schema says", async () => {
      const a = newStream();
      const bytes = binaryEvent({ type: "Bytes", data: Uint8Array.from([0, 255]), metadata: { who: "Zoë" } });

      await session([a, ANY, event("A", { who: "Zoë" }), bytes]);
      const [first, second] = await all(client.readStream(a));

      assert.deepEqual(first.event.metadata, {
        who: "Zoë",
        "$schema.name": "A",
        "$schema.format": "Json",
      });
      assert.deepEqual(first.event.data, { is: "A" });
      assert.equal(second.event.isJson, false);
      assert.deepEqual([...second.event.data], [0, 255]);
    });

    test("a record that is too large is told with its size", async () => {
      const a = newStream();
      const large = binaryEvent({ type: "L", data: new Uint8Array(16 * 1024 * 1024) });

      await assert.rejects(session([a, ANY, large]), (error) => {
        assert.equal(error.type, "append-record-size-exceeded");
        assert.equal(error.stream, a);
        assert.equal(error.recordId, large.id);
        assert.equal(error.maxSize, 16 * 1024 * 1024);
        return true;
      });
    });
  });
}
