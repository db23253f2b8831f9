// SPDX-License-Identifier: Apache-2.0
//
// What handlers may call: emit, linkTo, linkStreamTo, copyTo, log.
//
// Evaluates to a function (host, json, charactersMax, phase) that returns a function which puts them into the global
// scope; phase.emits tells whether something may be emitted at the moment.
(function (host, json, charactersMax, phase) {
  'use strict';
  const { defineProperty, keys: keysOf } = Object;
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

  function metadataOf(name, args, at) {
    return args.length <= at || args[at] === undefined ? '' : json(object(name + ', metadata', args[at]), charactersMax);
  }

  const outputs = {
    __proto__: null,
    emit(...args) {
      allow('emit');
      atLeast('emit', 'emit(streamId, eventType, body, metadata?)', 3, args.length);
      const stream = named('emit, streamId', args[0]);
      const type = named('emit, eventType', args[1]);
      const data = json(object('emit, body', args[2]), charactersMax);
      host.emit(stream, type, true, data, metadataOf('emit', args, 3));
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
      host.emit(stream, '$>', false, sequenceNumber + '@' + streamId, metadataOf('linkTo', args, 2));
    },
    linkStreamTo(...args) {
      allow('linkStreamTo');
      atLeast('linkStreamTo', 'linkStreamTo(streamId, linkedStreamId, metadata?)', 2, args.length);
      const stream = named('linkStreamTo, streamId', args[0]);
      host.emit(stream, '$@', false, named('linkStreamTo, linkedStreamId', args[1]), metadataOf('linkStreamTo', args, 2));
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
