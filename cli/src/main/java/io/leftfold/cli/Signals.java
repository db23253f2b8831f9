// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.lang.reflect.Proxy;

/// What the terminal sends this process.
///
/// The JDK has a way to hear of signals, and warns everybody who compiles against it: hence by
/// reflection. A JVM that ends by itself at the first Ctrl-C does not hear of a second one.
final class Signals {

  private Signals() {}

  /// Runs something at each Ctrl-C, on a thread of its own, instead of ending the process. Where
  /// that cannot be had, Ctrl-C goes on to end it.
  static void onInterrupt(Runnable task) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      var hearing =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (_, method, _) -> {
                if (method.getName().equals("handle")) {
                  task.run();
                }
                return null;
              });
      var handle = signal.getMethod("handle", signal, handler);
      var interrupt = signal.getConstructor(String.class).newInstance("INT");
      var before = handle.invoke(null, interrupt, hearing);
      if (handler.getField("SIG_IGN").get(null).equals(before)) {
        handle.invoke(null, interrupt, before); // in the background of a script: not for us
      }
    } catch (ReflectiveOperationException | IllegalArgumentException _) {
      // As before: the first Ctrl-C ends the process, by way of the shutdown hook.
    }
  }
}
