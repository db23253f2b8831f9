// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.LinkedHashMap;
import java.util.Optional;

/// Scripts that were compiled lately, for each question about a projection and each run wants its
/// script compiled. Those that nobody asked for longest go first. May be used from any thread.
final class RecentScripts {

  private static final long CHARS_MAX = 2L << 20;
  private static final long ENTRY_CHARS = 1_000;

  private final LinkedHashMap<Key, Known> scripts = new LinkedHashMap<>(64, 0.75f, true);
  private long chars;

  /// What may be compiled in two ways.
  private record Key(ProjectionSource source, ProjectionLimits limits) {
    long chars() {
      return ENTRY_CHARS + source.text().length();
    }
  }

  /// What a text came to when it was compiled.
  ///
  /// @param script nothing for a text that is none
  /// @param fault why it is none
  record Known(Optional<CompiledProjection> script, Optional<ProjectionFault> fault) {

    static Known script(CompiledProjection script) {
      return new Known(Optional.of(script), Optional.empty());
    }

    static Known none(ProjectionFault why) {
      return new Known(Optional.empty(), Optional.of(why));
    }

    /// @param name the projection's
    /// @throws ProjectionFaultException if it is none
    CompiledProjection orThrow(String name) {
      return script.orElseThrow(() -> new ProjectionFaultException(name, fault.orElseThrow()));
    }
  }

  synchronized Optional<Known> find(ProjectionSource source, ProjectionLimits limits) {
    return Optional.ofNullable(scripts.get(new Key(source, limits)));
  }

  synchronized void add(ProjectionSource source, ProjectionLimits limits, Known script) {
    var added = new Key(source, limits);
    if (scripts.put(added, script) == null) {
      chars += added.chars();
    }
    var eldest = scripts.keySet().iterator();
    while (chars > CHARS_MAX) {
      chars -= eldest.next().chars();
      eldest.remove();
    }
  }
}
