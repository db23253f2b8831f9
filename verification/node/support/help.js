// SPDX-License-Identifier: Apache-2.0

// What the tests of both clients use.

const port = process.env.LEFTFOLD_PORT;
if (!port) {
  throw new Error("LEFTFOLD_PORT is the port of the server under test, and is not set");
}

/** How to encrypt, as connection strings say it. */
const encryption = process.env.LEFTFOLD_ENCRYPTION ?? "tls=false";

/** Who asks, where the test does not say. */
const administrator = process.env.LEFTFOLD_ADMINISTRATOR ?? "";

/** Credentials for one call: of the administrator, where there are users; elsewhere any will do. */
export const credentials = administrator
  ? { username: "admin", password: "changeit" }
  : { username: "ann", password: "wrong" };

/** Whether the server asks who calls. */
export const hasUsers = administrator !== "";

export const url = (scheme, before = "", after = "") =>
  `${scheme}://${before || administrator}127.0.0.1:${port}?${encryption}${after}`;

/** Everything that an asynchronous iterator gives. */
export async function all(iterator) {
  const found = [];
  for await (const thing of iterator) {
    found.push(thing);
  }
  return found;
}

export const types = (events) => events.map((event) => (event.link ?? event.event).type);

/** Fails what takes too long: nothing here waits for ever. */
export function within(promise, what) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited 20 s for: ${what}`)), 20_000);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** Listens to a subscription until something has come often enough. */
export function heard(subscription, enough) {
  const words = [];
  return within(
    new Promise((resolve, reject) => {
      const say = (word) => {
        words.push(word);
        if (enough(words)) {
          resolve(words);
        }
      };
      subscription.on("data", (event) => say((event.link ?? event.event).type));
      subscription.on("caughtUp", () => say("caught up"));
      subscription.on("error", reject);
    }),
    "a subscription",
  ).catch((error) => {
    error.message += `, heard ${words.join(", ")}`;
    throw error;
  });
}
