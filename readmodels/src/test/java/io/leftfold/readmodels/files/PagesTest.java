// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Names, tables and pages of whatever somebody wrote.
final class PagesTest {

  @Test
  void a_partition_is_a_plain_name_and_no_two_are_one() {
    assertThat(Pages.name("DE12-7_x.y")).isEqualTo("DE12-7_x.y");
    assertThat(Pages.name("")).isEqualTo("~");
    assertThat(Pages.name("..")).isEqualTo("~2e.");
    assertThat(Pages.name("../../etc/passwd")).isEqualTo("~2e.~2f..~2fetc~2fpasswd");
    assertThat(Pages.name("a~2fb")).isEqualTo("a~7e2fb");

    var random = new Random(7);
    var partitions = new HashSet<String>();
    var names = new HashSet<String>();
    for (var i = 0; i < 5000; i++) {
      var partition = new StringBuilder();
      var length = random.nextInt(80);
      for (var at = 0; at < length; at++) {
        partition.append("aA.~/\\2f\0 ü\n".charAt(random.nextInt(12)));
      }
      partitions.add(partition.toString());
      var name = Pages.name(partition.toString());
      assertThat(name).matches("[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,119}");
      names.add(name);
    }
    assertThat(names).hasSameSizeAs(partitions);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/x", "../x", "a/../x", "a//x", "x/", ".x", "{}", "a{}b/{}", "a{b}", "a b"})
  void a_path_of_all_leads_nowhere_else(String path) {
    assertThatThrownBy(() -> Pages.none().all(path, Object::toString))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void no_partition_makes_two_files_one() {
    var pages = Pages.<String>none().each("accounts/{}.html", (_, text) -> text);

    for (var path :
        List.of(
            "accounts/{}.html",
            "accounts/a{}.html",
            "accounts/{}-x.html",
            "accounts/{}.html/notes",
            "accounts/{}/index.html",
            "{}/x.html")) {
      assertThatThrownBy(() -> pages.each(path, (_, text) -> text))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one file");
    }
    assertThatThrownBy(() -> pages.all("accounts/index.html", Object::toString))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(
            pages
                .all("index.html", Object::toString)
                .all("accounts/all.csv", Object::toString)
                .each("accounts/{}.csv.txt", (_, text) -> text))
        .isNotNull();
  }

  @Test
  void a_table_says_what_was_said_and_runs_nothing() {
    assertThat(
            Csv.of(
                List.of("a", "b"),
                List.of(
                    List.of("say \"x\", y\nz", -50),
                    List.of("=cmd|'/c calc'!A1", LocalDate.of(2026, 1, 2)),
                    List.of("a;=1;-b\t+c; d-e", "\t=1"),
                    List.of("-50", true))))
        .isEqualTo(
            "\uFEFF\"a\",\"b\"\r\n\"say \"\"x\"\", y\nz\",-50\r\n\"'=cmd|'/c calc'!A1\",2026-01-02\r\n\"a;'=1;'-b\t'+c; d-e\",\"'\t'=1\"\r\n\"'-50\",true\r\n");
    assertThatThrownBy(() -> Csv.of(List.of("a"), List.of(List.of(1, 2))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void text_in_a_page_is_text() {
    var ill = "</title></td><script>alert('1')</script>&\"\0";
    var page =
        Html.page(ill, Html.table(List.of(ill), List.of(List.of(ill))), Html.link("x.html", ill));

    assertThat(page).doesNotContain("<script", "'1'", "\0");
    assertThat(page.split("&lt;script&gt;alert\\(&#39;1&#39;\\)", -1)).hasSize(6);
    assertThat(Html.link("a&b.html", "b").toString()).isEqualTo("<a href=\"a&amp;b.html\">b</a>");
    for (var where :
        List.of("javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", " x")) {
      assertThatThrownBy(() -> Html.link(where, "click"))
          .as(where)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (var name : List.of("script", "style", "p onclick=x", "")) {
      assertThatThrownBy(() -> Html.element(name, "x"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
