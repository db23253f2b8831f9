// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void columns_are_as_wide_as_they_need_and_numbers_stand_right() {
    var table = new Table("name", ">count");
    table.row("a", "1");
    table.row("日本語 name", "1000");

    assertThat(table.text(Style.PLAIN))
        .isEqualTo(
            """
            name      count
            a             1
            日本語 name   1000
            """);
  }

  @Test
  void a_row_has_as_many_cells_as_there_are_columns() {
    assertThatThrownBy(() -> new Table("one").row("1", "2"))
        .hasMessage("A row of this table has 1 cells, got 2");
  }

  @Test
  void colours_are_for_terminals_only() {
    assertThat(Style.PLAIN.warning("x")).isEqualTo("x");
    assertThat(Style.COLOURED.warning("x")).isEqualTo("\u001b[1;33mx\u001b[0m");
  }
}
