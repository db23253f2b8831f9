// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import io.leftfold.examples.cart.Shop.Told;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// What a page shows. How it looks is up to a template in `src/main/jte`.
sealed interface Page {

  String template();

  Frame frame();

  /// A time for people.
  static String time(Instant moment) {
    return TIME.format(moment);
  }

  DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM, HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  /// What somebody has in mind with a cart. Each has a page of its own.
  enum Intention {
    ARTICLES("Choose articles"),
    ITEMS("Look through the cart"),
    CHECKOUT("Check out"),
    LEAVE("Leave it all here"),
    HISTORY("What happened");

    private final String title;

    Intention(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }

    /// What links on every page lead to.
    static List<Intention> inTheMenu() {
      return List.of(ARTICLES, ITEMS, CHECKOUT, HISTORY);
    }

    /// Of its page and its template.
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    String path(String cart) {
      return "/carts/%s/%s".formatted(cart, word());
    }
  }

  /// What is told to somebody who sent a form: why what they want is not done.
  ///
  /// @param form which one, so that it stands beside it
  record Said(String form, String why) {}

  /// What surrounds a page.
  ///
  /// @param here its path
  /// @param cart whose pages the links lead to
  /// @param said why what was wanted is not done
  /// @param isRepeated that what was wanted had been done before, and was not done twice
  record Frame(
      String title, String here, Optional<String> cart, Optional<Said> said, boolean isRepeated) {

    static Frame of(String title, String here, Optional<String> cart) {
      return new Frame(title, here, cart, Optional.empty(), false);
    }

    Frame saying(String form, String why) {
      return new Frame(title, here, cart, Optional.of(new Said(form, why)), isRepeated);
    }

    Frame repeated() {
      return new Frame(title, here, cart, said, true);
    }

    /// What is said beside a form.
    Optional<String> beside(String form) {
      return said.filter(one -> one.form().equals(form)).map(Said::why);
    }

    /// What was to be said beside a form that the page has no more.
    Optional<String> besideNoneOf(List<String> forms) {
      return said.filter(one -> !forms.contains(one.form())).map(Said::why);
    }

    /// By what the command of a form is known.
    String newId() {
      return UUID.randomUUID().toString();
    }
  }

  record Welcome(Frame frame) implements Page {
    @Override
    public String template() {
      return "welcome.jte";
    }
  }

  /// A page of a cart.
  ///
  /// @param told what was wanted of the cart, the newest first: all of it where that is the point,
  ///   otherwise the last
  record OfCart(Frame frame, Intention intention, String name, Cart cart, List<Told> told)
      implements Page {
    @Override
    public String template() {
      return intention.word() + ".jte";
    }

    String path(Intention other) {
      return other.path(name);
    }
  }

  /// What was removed right before checkouts.
  ///
  /// @param asOf empty for now
  /// @param zone where days begin
  record Report(
      Frame frame, LocalDate day, Optional<Instant> asOf, ZoneId zone, List<Removals.Row> rows)
      implements Page {

    String zoneName() {
      return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    }

    /// As a form wants it.
    String asOfField() {
      return asOf.map(moment -> LocalDateTime.ofInstant(moment, zone).toString()).orElse("");
    }

    @Override
    public String template() {
      return "report.jte";
    }
  }

  record Trouble(Frame frame, String message) implements Page {
    @Override
    public String template() {
      return "trouble.jte";
    }
  }
}
