// SPDX-License-Identifier: Apache-2.0

/// A shopping cart with a web page for each intention, as an example of an application on Leftfold
/// that people use in a browser.
///
/// Read it in this order: [CartEvent], [CartCommand], [Refusal], [Cart] and [Carts] are the domain,
/// plain functions that know no store. [Removals] is a report that nobody thought of when the
/// events were named. [Shop] puts all of it on a store; [Page] and the templates beside the sources
/// are what people see, [ShopHttp] what they do there; [Main] starts it.
@NullMarked
package io.leftfold.examples.cart;

import org.jspecify.annotations.NullMarked;
