// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import java.io.File;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/// Keeps what the user, the machine and JGit itself have configured out of an import, and JGit from
/// writing what it measured into the user's home.
final class NoUserConfiguration extends SystemReader.Delegate {

  private NoUserConfiguration(SystemReader reader) {
    super(reader);
  }

  /// From now on, for all of JGit in this process.
  static void install() {
    if (!(SystemReader.getInstance() instanceof NoUserConfiguration)) {
      SystemReader.setInstance(new NoUserConfiguration(SystemReader.getInstance()));
    }
  }

  @Override
  public FileBasedConfig openUserConfig(@Nullable Config parent, FS files) {
    return new Nothing(parent, files);
  }

  @Override
  public FileBasedConfig openSystemConfig(@Nullable Config parent, FS files) {
    return new Nothing(parent, files);
  }

  @Override
  public FileBasedConfig openJGitConfig(@Nullable Config parent, FS files) {
    return new Nothing(parent, files);
  }

  private static final class Nothing extends FileBasedConfig {
    Nothing(@Nullable Config parent, FS files) {
      super(parent, new File("no-configuration"), files);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
