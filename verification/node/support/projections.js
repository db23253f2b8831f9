// SPDX-License-Identifier: Apache-2.0

// Projections, which both official clients do alike.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

/** Tests one client, given what it calls things. */
export function testProjections({ name, words, connect }) {
  const { jsonEvent } = words;

  describe(`${name}, projections`, { timeout: 120_000 }, () => {
    let client;
    const append = (stream, ...numbers) =>
      client.appendToStream(
        stream,
        numbers.map((n) => jsonEvent({ type: "Counted", data: { n } })),
      );
    const until = async (what, condition) => {
      const deadline = Date.now() + 20_000;
      while (!(await condition())) {
        assert.ok(Date.now() < deadline, `Waited 20 s for: ${what}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const sum = (stream) =>
      `fromStream("${stream}").when({
         $init: () => ({ sum: 0 }),
         Counted: (s, e) => { s.sum += e.data.n; } })
       .transformBy(s => ({ twice: 2 * s.sum }))`;
    const status = async (projection) =>
      (await client.getProjectionStatus(projection)).projectionStatus;
    const sumIs = (projection, expected) =>
      until(`a sum of ${expected}`, async () => {
        const state = await client.getProjectionState(projection);
        return state?.sum === expected;
      });

    before(async () => {
      client = connect("", "", "&defaultDeadline=20000");
      await until("projections run", () =>
        client.listProjections().then(
          () => true,
          () => false,
        ),
      );
    });
    after(() => client.dispose());

    test("a projection is created, asked, stopped, changed, reset and deleted", async () => {
      const stream = `counted-${randomUUID()}`;
      const projection = `sum-${randomUUID()}`;
      await append(stream, 1, 2, 3);
      await client.createProjection(projection, sum(stream));
      await sumIs(projection, 6);
      assert.deepEqual(await client.getProjectionResult(projection), { twice: 12 });
      assert.equal(await status(projection), "Running");

      await client.disableProjection(projection);
      assert.equal(await status(projection), "Stopped");
      await append(stream, 4);
      await client.enableProjection(projection);
      await sumIs(projection, 10);

      await client.updateProjection(projection, sum(stream).replace("e.data.n", "100"));
      await append(stream, 5);
      await sumIs(projection, 110);
      await client.resetProjection(projection);
      await sumIs(projection, 500);

      await client.abortProjection(projection);
      assert.equal(await status(projection), "Aborted");
      await client.deleteProjection(projection);
      const names = (await client.listProjections()).map((details) => details.name);
      assert.ok(!names.includes(projection));
      assert.ok(names.includes("$by_category"));
    });

    test("a projection emits, to streams that are tracked, also after a restart", async () => {
      const stream = `counted-${randomUUID()}`;
      const echoes = `echoes-${randomUUID()}`;
      const projection = `echo-${randomUUID()}`;
      await client.createProjection(
        projection,
        `fromStream("${stream}").when({ Counted: (s, e) => { emit("${echoes}", "Echoed", e.data); } })`,
        { emitEnabled: true, trackEmittedStreams: true },
      );
      const echoed = async (count) => {
        const found = [];
        try {
          for await (const { event } of client.readStream(echoes)) {
            found.push(event.data.n);
          }
        } catch {
          return false; // nothing is there yet
        }
        assert.deepEqual(found, [0, 1, 2, 3].slice(0, found.length));
        return found.length === count;
      };
      await append(stream, 0, 1);
      await until("two echoes", () => echoed(2));
      await client.restartSubsystem();
      await append(stream, 2, 3);
      await until("four echoes", () => echoed(4));

      await client.disableProjection(projection);
      await client.deleteProjection(projection, { deleteEmittedStreams: true });
      await assert.rejects(async () => {
        for await (const _ of client.readStream(echoes)) {
          assert.fail("the stream is still there");
        }
      }, /not ?found/i);
    });

    test("what is not there, or there already, is refused", async () => {
      const projection = `once-${randomUUID()}`;
      await client.createProjection(projection, "fromAll()");
      await assert.rejects(client.createProjection(projection, "fromAll()"), /already exists/);
      for (const call of [
        () => client.enableProjection("nobody"),
        () => client.disableProjection("nobody"),
        () => client.abortProjection("nobody"),
        () => client.resetProjection("nobody"),
        () => client.updateProjection("nobody", "fromAll()"),
        () => client.deleteProjection("nobody"),
        () => client.getProjectionStatus("nobody"),
        () => client.getProjectionState("nobody"),
        () => client.getProjectionResult("nobody"),
      ]) {
        await assert.rejects(call, /Projection 'nobody' not found/);
      }
    });
  });
}
