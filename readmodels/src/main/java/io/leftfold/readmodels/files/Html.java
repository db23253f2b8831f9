// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.files;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A piece of a page. Text becomes one by being escaped, and in no other way.
///
/// ```java
/// Html.page(
///     "Accounts",
///     Html.table(
///         List.of("account", "balance"),
///         List.of(List.of(Html.link("accounts/7.html", "7"), 50))));
/// ```
public final class Html {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*");

  /// Of these the text is not text, or is code.
  private static final Set<String> NOT_OF_TEXT =
      Set.of("iframe", "noscript", "script", "style", "textarea", "title", "xmp");

  private static final Set<String> SCHEMES = Set.of("http", "https", "mailto");

  private final String markup;

  private Html(String markup) {
    this.markup = markup;
  }

  /// Text.
  ///
  /// @param value whose `toString` it is
  /// @return the piece
  public static Html text(Object value) {
    return new Html(escaped(value.toString()));
  }

  private static String escaped(String text) {
    var escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(one -> {
          switch (one) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            case 0 -> escaped.append('\uFFFD');
            default -> escaped.appendCodePoint(one);
          }
        });
    return escaped.toString();
  }

  /// An element without attributes.
  ///
  /// @param name of the element: `p`, `h1`, `ul`
  /// @param inside pieces; everything else is text
  /// @return the piece
  /// @throws IllegalArgumentException if it is not a name, or of an element in which text is more
  ///   than text
  public static Html element(String name, Object... inside) {
    if (!NAME.matcher(name).matches() || NOT_OF_TEXT.contains(name)) {
      throw new IllegalArgumentException(
          "An element has a name like p, and text in it is only text, got \"%s\"".formatted(name));
    }
    return new Html("<%s>%s</%s>".formatted(name, joined(Stream.of(inside)), name));
  }

  private static String joined(Stream<?> pieces) {
    return pieces
        .map(piece -> piece instanceof Html html ? html.markup : escaped(piece.toString()))
        .collect(Collectors.joining());
  }

  /// A link.
  ///
  /// @param where another page, from here ([Pages#name]), or `http`, `https` or `mailto`
  /// @param text what is read
  /// @return the piece
  /// @throws IllegalArgumentException if it leads elsewhere
  public static Html link(String where, Object text) {
    var scheme = URI.create(where).getScheme();
    if (scheme != null && !SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException(
          "A link leads to another page, or by one of %s, got \"%s\"".formatted(SCHEMES, where));
    }
    return new Html("<a href=\"%s\">%s</a>".formatted(escaped(where), joined(Stream.of(text))));
  }

  /// A table.
  ///
  /// @param header the names of the columns
  /// @param rows their values: pieces; everything else is text
  /// @return the piece
  public static Html table(List<?> header, List<? extends List<?>> rows) {
    return element(
        "table",
        element("thead", row("th", header)),
        element("tbody", rows.stream().map(row -> row("td", row)).toArray()));
  }

  private static Html row(String cell, List<?> values) {
    return element("tr", values.stream().map(value -> element(cell, value)).toArray());
  }

  /// A whole page, in UTF-8.
  ///
  /// @param title of the page, and its heading
  /// @param body pieces; everything else is text
  /// @return its text
  public static String page(String title, Object... body) {
    return """
    <!doctype html>
    <html><head><meta charset="utf-8"><title>%s</title></head>
    <body><h1>%s</h1>%s</body></html>
    """
        .formatted(escaped(title), escaped(title), joined(Stream.of(body)));
  }

  /// The piece as it stands in a page.
  @Override
  public String toString() {
    return markup;
  }
}
