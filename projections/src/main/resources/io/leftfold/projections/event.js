// SPDX-License-Identifier: Apache-2.0
//
// An event as scripts see it: its parts are asked for when they are touched, and JSON is parsed then.
//
// Evaluates to a function that returns { Event, isEvent, keys, broken }; broken.data tells that the data of an event
// was touched and is no JSON.
(function () {
  'use strict';
  const { defineProperty } = Object;
  const { parse } = JSON;
  const broken = { data: false };

  // Numbers by which an event is asked for its parts.
  const DATA = 0, METADATA = 1, LINK_METADATA = 2, STREAM = 3, REVISION = 4, TYPE = 5, ID = 6, CREATED = 7,
    CATEGORY = 8, IS_JSON = 9;

  // What was parsed already. A class, so that nothing of it comes from Object.prototype.
  class Parsed {
    data;
    metadata;
    linkMetadata;
  }

  function valueOf(text) {
    return text === null || text === '' ? undefined : parse(text);
  }

  class Event {
    #source;
    #partition;
    #parsed;

    constructor(source, partition) {
      this.#source = source;
      this.#partition = partition;
    }

    static is(value) {
      return #source in value;
    }

    get isJson() { return this.#source(IS_JSON); }
    get data() {
      const parsed = this.#parsed ??= new Parsed();
      if (parsed.data === undefined && this.#source(IS_JSON)) {
        broken.data = true;
        parsed.data = parse(this.#source(DATA));
        broken.data = false;
      }
      return parsed.data;
    }
    get body() { return this.data; }
    get bodyRaw() { return this.#source(DATA); }
    get sequenceNumber() { return this.#source(REVISION); }
    get streamId() { return this.#source(STREAM); }
    get eventType() { return this.#source(TYPE); }
    get eventId() { return this.#source(ID); }
    get metadataRaw() { return this.#source(METADATA); }
    get metadata() {
      const parsed = this.#parsed ??= new Parsed();
      return parsed.metadata ??= valueOf(this.#source(METADATA));
    }
    get linkMetadataRaw() { return this.#source(LINK_METADATA); }
    get linkMetadata() {
      const parsed = this.#parsed ??= new Parsed();
      return parsed.linkMetadata ??= valueOf(this.#source(LINK_METADATA));
    }
    get partition() { return this.#partition; }
    get category() { return this.#source(CATEGORY); }
    get created() { return this.#source(CREATED); }
  }

  const EVENT_KEYS = ['isJson', 'data', 'body', 'bodyRaw', 'sequenceNumber', 'streamId', 'eventType', 'eventId',
    'metadataRaw', 'metadata', 'linkMetadataRaw', 'linkMetadata', 'partition', 'category', 'created'];
  for (let i = 0; i < EVENT_KEYS.length; i++) defineProperty(Event.prototype, EVENT_KEYS[i], { enumerable: true, configurable: false });
  defineProperty(Event.prototype, 'constructor', { value: Object });
  defineProperty(Event.prototype, 'toJSON', { value() {
    const copy = {};
    for (let i = 0; i < EVENT_KEYS.length; i++) copy[EVENT_KEYS[i]] = this[EVENT_KEYS[i]];
    return copy;
  } });

  return { __proto__: null, Event, isEvent: Event.is, keys: EVENT_KEYS, broken };
})
