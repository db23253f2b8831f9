// SPDX-License-Identifier: Apache-2.0
//
// An event as scripts see it: its parts are asked for when they are touched, and JSON is parsed then.
//
// Evaluates to a function that returns { Event, isEvent, keys, broken }; broken.data tells that the data of an event
// was touched and is no JSON. An Event is made of { source, partition, data: undefined, others: null }: one private field,
// for each costs an event a tenth of what handling it takes.
(function () {
  'use strict';
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { parse } = JSON;
  const broken = { data: false };

  // Numbers by which an event is asked for its parts.
  const DATA = 0, METADATA = 1, LINK_METADATA = 2, STREAM = 3, REVISION = 4, TYPE = 5, ID = 6, CREATED = 7,
    CATEGORY = 8, IS_JSON = 9, JSON_DATA = 11;

  // What was parsed already besides the data. A class, so that nothing of it comes from Object.prototype.
  class Others {
    metadata;
    linkMetadata;
  }

  function valueOf(text) {
    return text === null || text === '' ? undefined : parse(text);
  }

  class Event {
    #of;

    constructor(of) {
      this.#of = of;
    }

    static is(value) {
      return #of in value;
    }

    get isJson() { return this.#of.source(IS_JSON); }
    get data() {
      const of = this.#of;
      if (of.data === undefined) {
        const text = of.source(JSON_DATA);
        if (text !== null) {
          broken.data = true;
          of.data = parse(text);
          broken.data = false;
        }
      }
      return of.data;
    }
    get body() { return this.data; }
    get bodyRaw() { return this.#of.source(DATA); }
    get sequenceNumber() { return this.#of.source(REVISION); }
    get streamId() { return this.#of.source(STREAM); }
    get eventType() { return this.#of.source(TYPE); }
    get eventId() { return this.#of.source(ID); }
    get metadataRaw() { return this.#of.source(METADATA); }
    get metadata() {
      const parsed = this.#of.others ??= new Others();
      return parsed.metadata ??= valueOf(this.#of.source(METADATA));
    }
    get linkMetadataRaw() { return this.#of.source(LINK_METADATA); }
    get linkMetadata() {
      const parsed = this.#of.others ??= new Others();
      return parsed.linkMetadata ??= valueOf(this.#of.source(LINK_METADATA));
    }
    get partition() { return this.#of.partition; }
    get category() { return this.#of.source(CATEGORY); }
    get created() { return this.#of.source(CREATED); }
  }

  const EVENT_KEYS = ['isJson', 'data', 'body', 'bodyRaw', 'sequenceNumber', 'streamId', 'eventType', 'eventId',
    'metadataRaw', 'metadata', 'linkMetadataRaw', 'linkMetadata', 'partition', 'category', 'created'];
  // Called directly: one call more for each event shows.
  defineProperty(Event.prototype, 'body', { __proto__: null, get: getOwnPropertyDescriptor(Event.prototype, 'data').get });
  for (let i = 0; i < EVENT_KEYS.length; i++) defineProperty(Event.prototype, EVENT_KEYS[i], { enumerable: true, configurable: false });
  defineProperty(Event.prototype, 'constructor', { value: Object });
  defineProperty(Event.prototype, 'toJSON', { value() {
    const copy = {};
    for (let i = 0; i < EVENT_KEYS.length; i++) copy[EVENT_KEYS[i]] = this[EVENT_KEYS[i]];
    return copy;
  } });

  return { __proto__: null, Event, isEvent: Event.is, keys: EVENT_KEYS, broken };
})
