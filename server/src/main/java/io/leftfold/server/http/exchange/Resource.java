// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import io.leftfold.server.node.Session;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What is behind a path: what is done for each method.
///
/// @param works by method, in capitals
public record Resource(Map<String, Work> works) {

  /// Answers a request. May wait.
  public interface Work {
    /// Answers.
    ///
    /// @param request what is asked
    /// @param session who asks
    /// @return what is answered
    /// @throws RefusedException if it is not done
    Answer answer(Request request, Session session);
  }

  /// Finds what is behind a path.
  public interface Routes {
    /// Finds it.
    ///
    /// @param target which
    /// @return empty if there is nothing
    /// @throws RefusedException if the path makes no sense
    Optional<Resource> find(Target target);

    /// How a refusal is told that comes from before the work, or that the work left to others.
    ///
    /// @param refusal why, in the words of [Answer#reason()]
    /// @return what is sent; as it is, if not told otherwise
    default Answer told(Answer refusal) {
      return refusal;
    }
  }

  private static final Resource NOTHING = new Resource(Map.of());

  /// Keeps the order.
  public Resource {
    works = Collections.unmodifiableMap(new LinkedHashMap<>(works));
  }

  /// What can be looked at, by `HEAD` too.
  ///
  /// @param work looks
  /// @return the resource
  public static Resource get(Work work) {
    return getOnly(work)
        .and("HEAD", (request, session) -> work.answer(request, session).withLengthOnly());
  }

  /// What can be had by `GET` alone, for it takes something away, or has no end.
  ///
  /// @param work gives it
  /// @return the resource
  public static Resource getOnly(Work work) {
    return NOTHING.and("GET", work);
  }

  /// What something can be posted to.
  ///
  /// @param work takes it
  /// @return the resource
  public static Resource post(Work work) {
    return NOTHING.and("POST", work);
  }

  /// With one method more.
  ///
  /// @param method in capitals
  /// @param work what is done
  /// @return the new resource
  public Resource and(String method, Work work) {
    var more = new LinkedHashMap<>(works);
    more.put(method, work);
    return new Resource(more);
  }

  /// Its methods, with commas.
  String methods() {
    return String.join(", ", works.keySet()) + ", OPTIONS";
  }
}
