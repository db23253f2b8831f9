// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The Chromium of this machine, driven by Playwright with the Node.js of this machine: neither is
/// downloaded.
final class Browser implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  /// Where there is none, the test that asks is left out; but under `CI=true` it fails.
  static Browser start() {
    var node = needed(List.of("node"), "Node.js 20 or newer");
    var chromium = needed(NAMES, "Chromium (on Debian: apt-get install chromium)");
    var environment =
        Map.of(
            "PLAYWRIGHT_NODEJS_PATH", node.toString(), "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    var playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    try {
      // Its sandbox does not work for root, nor in many containers; it sees nothing but our pages.
      var options =
          new LaunchOptions()
              .setExecutablePath(chromium)
              .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage"));
      return new Browser(playwright, playwright.chromium().launch(options));
    } catch (RuntimeException e) {
      playwright.close();
      throw e;
    }
  }

  private static Path needed(List<String> names, String what) {
    return found(names).orElseGet(() -> {
      var message = "The browser test needs %s on the PATH".formatted(what);
      return "true".equals(System.getenv("CI")) ? fail(message) : abort(message);
    });
  }

  private static Optional<Path> found(List<String> names) {
    var directories = System.getenv().getOrDefault("PATH", "");
    return Pattern.compile(Pattern.quote(java.io.File.pathSeparator))
        .splitAsStream(directories)
        .flatMap(directory -> names.stream().map(Path.of(directory)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  com.microsoft.playwright.Browser chromium() {
    return chromium;
  }

  @Override
  public void close() {
    playwright.close();
  }
}
