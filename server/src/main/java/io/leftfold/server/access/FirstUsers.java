// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The users of a new store, `admin` and `ops`; and whether they can log in with the password that
/// everybody knows.
final class FirstUsers {

  /// What they have for a password where nobody chose one.
  static final String DEFAULT_PASSWORD = "changeit";

  private static final String ADMIN = "admin";
  private static final String OPS = "ops";

  private final Users users;
  private final Audit audit;
  private final UserAccess.Options options;

  FirstUsers(Users users, Audit audit, UserAccess.Options options) {
    this.users = users;
    this.audit = audit;
    this.options = options;
  }

  /// Makes them, if the store has no users.
  ///
  /// @return those with the password that everybody knows
  List<String> make() {
    var isNew = users.none();
    if (isNew) {
      create();
    }
    var weak = new ArrayList<String>();
    if (hasDefaultPassword(ADMIN, isNew, options.adminPassword())) {
      weak.add(ADMIN);
    }
    if (hasDefaultPassword(OPS, isNew, options.opsPassword())) {
      weak.add(OPS);
    }
    return weak;
  }

  private void create() {
    users.createFirst(
        List.of(
            new Users.First(
                ADMIN,
                options.adminPassword().orElse(DEFAULT_PASSWORD),
                "Event Store Administrator",
                Caller.ADMINS),
            new Users.First(
                OPS,
                options.opsPassword().orElse(DEFAULT_PASSWORD),
                "Event Store Operations",
                Caller.OPS)),
        audit.part(
            Stream.of(ADMIN, OPS)
                .map(name -> audit.entry(Caller.trusted(), "", "create user", name).done())
                .toList()));
  }

  private boolean hasDefaultPassword(String name, boolean isNew, Optional<String> chosen) {
    if (isNew) {
      return chosen.isEmpty() || chosen.get().equals(DEFAULT_PASSWORD);
    }
    var user = users.find(name).filter(there -> !there.disabled());
    return user.isPresent() && user.get().password().matches(DEFAULT_PASSWORD);
  }
}
