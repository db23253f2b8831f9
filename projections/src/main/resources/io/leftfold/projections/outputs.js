// SPDX-License-Identifier: Apache-2.0
//
// What handlers may call: emit, linkTo, linkStreamTo, copyTo, log.
//
// Evaluates to a function (host, texts, charactersMax, phase) that returns a function which puts them into the global
// scope; phase.emits tells whether something may be emitted at the moment.
(function (host, texts, charactersMax, phase) {
  'use strict';
  const { defineProperty, keys: keysOf } = Object;
  const { stringify } = JSON;
  const { json, isOrdinary, shallowChars, isShallow } = texts;
  const global = globalThis;
  const trim = Function.prototype.call.bind(String.prototype.trim);

  function allow(name) {
    if (!phase.emits) throw new Error("'" + name + "' is not allowed here; call it in a handler of when()");
  }

  function named(subject, value) {
    if (typeof value !== 'string' || (!(value[0] > ' ') && trim(value) === '')) {
      throw new TypeError(subject + ' is a text that is not blank, got ' + (typeof value === 'string' ? 'a blank one' : value === null ? 'null' : typeof value));
    }
    return value;
  }

  function object(subject, value) {
    if (value === null || typeof value !== 'object') {
      throw new TypeError(subject + ': object expected, got ' + (value === null ? 'null' : 'a ' + typeof value));
    }
    return value;
  }

  function atLeast(name, form, least, count) {
    if (count < least) {
      throw new TypeError(name + ': invalid number of parameters, got ' + count + '; it is ' + form);
    }
  }

  function metadataOf(name, value) {
    return value === undefined ? '' : json(object(name + ', metadata', value), charactersMax);
  }

  function emitWith(stream, type, body, metadata) {
    allow('emit');
    const count = metadata !== undefined ? 4 : body !== undefined ? 3 : type !== undefined ? 2 : stream !== undefined ? 1 : 0;
    atLeast('emit', 'emit(streamId, eventType, body, metadata?)', 3, count);
    named('emit, streamId', stream);
    named('emit, eventType', type);
    const data = json(object('emit, body', body), charactersMax);
    host.emit(stream, type, true, data, metadataOf('emit', metadata));
  }

  const outputs = {
    __proto__: null,
    emit(stream, type, body, metadata) {
      // Most of what is emitted, with as few calls as can be: each takes as long as making the JSON does.
      if (isOrdinary && phase.emits && typeof stream === 'string' && stream[0] > ' ' && typeof type === 'string'
        && type[0] > ' ' && typeof body === 'object' && body !== null && metadata === undefined) {
        let data;
        try {
          data = stringify(body);
        } catch (_) {
          // It is thrown again below, or what is wrong is told more precisely.
        }
        if (data !== undefined && data.length <= charactersMax && (data.length <= shallowChars || isShallow(data))) {
          host.emit(stream, type, true, data, '');
          return;
        }
      }
      emitWith(stream, type, body, metadata);
    },
    linkTo(...args) {
      allow('linkTo');
      atLeast('linkTo', 'linkTo(streamId, event, metadata?)', 2, args.length);
      const stream = named('linkTo, streamId', args[0]);
      const event = object('linkTo, event', args[1]);
      const { sequenceNumber, streamId } = event;
      if (typeof sequenceNumber !== 'number' || typeof streamId !== 'string') {
        throw new TypeError('linkTo takes an event, with a number sequenceNumber and a text streamId; got '
          + typeof sequenceNumber + ' and ' + typeof streamId);
      }
      host.emit(stream, '$>', false, sequenceNumber + '@' + streamId, metadataOf('linkTo', args[2]));
    },
    linkStreamTo(...args) {
      allow('linkStreamTo');
      atLeast('linkStreamTo', 'linkStreamTo(streamId, linkedStreamId, metadata?)', 2, args.length);
      const stream = named('linkStreamTo, streamId', args[0]);
      host.emit(stream, '$@', false, named('linkStreamTo, linkedStreamId', args[1]), metadataOf('linkStreamTo', args[2]));
    },
    copyTo() {},
    log(...args) {
      let line = '';
      for (let i = 0; i < args.length; i++) {
        const isObject = typeof args[i] === 'object' && args[i] !== null;
        line += (i === 0 ? '' : ' ') + (isObject ? json(args[i], charactersMax) : typeof args[i] === 'symbol' ? 'Symbol' : '' + args[i]);
      }
      host.log(line);
    },
  };
  const outputNames = keysOf(outputs);

  return function open() {
    for (let i = 0; i < outputNames.length; i++) {
      const name = outputNames[i];
      defineProperty(global, name, { __proto__: null, value: outputs[name], writable: true, configurable: true, enumerable: false });
    }
  };
})
