// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The Chromium of this machine, driven by Playwright on the Node.js of this machine: neither is
/// downloaded.
final class Browser implements AutoCloseable {

  private static final Pattern PATH_SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  /// Where there is none, the tests that ask are left out, but not where `CI` is set: there they
  /// fail.
  static Browser start() {
    var node = needed("Node.js 20 or newer", "node");
    var chromium =
        needed(
            "Chromium (in Debian: apt-get install chromium)",
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable");
    var environment =
        Map.of("PLAYWRIGHT_NODEJS_PATH", node.toString(), "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    var playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    try {
      // Its sandbox does not work for root, and it sees no pages but ours.
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

  private static Path needed(String what, String... names) {
    return PATH_SEPARATOR
        .splitAsStream(System.getenv().getOrDefault("PATH", ""))
        .flatMap(directory -> List.of(names).stream().map(Path.of(directory)::resolve))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(() -> {
          var missing = "On the PATH is no %s, which the tests in a browser need".formatted(what);
          return System.getenv("CI") == null ? abort(missing) : fail(missing);
        });
  }

  /// Somebody who has not been here before.
  BrowserContext visitor(boolean hasJavaScript) {
    return chromium.newContext(
        new NewContextOptions().setJavaScriptEnabled(hasJavaScript).setViewportSize(360, 640));
  }

  @Override
  public void close() {
    playwright.close();
  }
}
