// SPDX-License-Identifier: Apache-2.0

/// Events for everyone who has HTTP and nothing else: "the next N after X" as one `GET /events`,
/// live ones as server-sent events, appends as CloudEvents by `POST /events`, described at
/// `/openapi.json`.
///
/// [EventsPages] has the routes. [Question] is what a `GET` asks, [Pages] and [Live] answer it,
/// [EventForm] writes the events; [CloudEventsIn] reads what a `POST` brings, and [Appending]
/// appends it. See designs/plain-http.md.
@NullMarked
package io.leftfold.server.http.events;

import org.jspecify.annotations.NullMarked;
