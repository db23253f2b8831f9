// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

/// Where a feed or an entry leads.
///
/// @param url where
/// @param relation what is there
public record Link(String url, String relation) {}
