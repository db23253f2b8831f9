// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.lucene;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;

/// A directory in memory whose process, or machine, dies at one of all the calls that change it; it
/// keeps what is left then.
final class DyingDirectory extends FilterDirectory {

  /// The process is no more.
  static final class Killed extends VirtualMachineError {
    private static final long serialVersionUID = 1;
  }

  private final Set<String> synced = new HashSet<>();
  private final Directory leftByProcess = new ByteBuffersDirectory();
  private final Directory leftByMachine = new ByteBuffersDirectory();
  private int callsToLive;

  /// @param callsToLive how many calls pass before it happens, once
  DyingDirectory(Directory of, int callsToLive) throws IOException {
    super(new ByteBuffersDirectory());
    this.callsToLive = callsToLive;
    copy(of, in);
    synced.addAll(Set.of(in.listAll()));
  }

  boolean isAlive() {
    return callsToLive >= 0;
  }

  /// What is left if a process dies: all that was written.
  Directory leftByProcess() {
    return leftByProcess;
  }

  /// What is left if a machine dies: what was synced.
  Directory leftByMachine() {
    return leftByMachine;
  }

  static void copy(Directory from, Directory to) throws IOException {
    for (var file : from.listAll()) {
      to.copyFrom(from, file, file, IOContext.DEFAULT);
    }
  }

  private void moment() {
    if (callsToLive-- != 0) {
      return;
    }
    try {
      for (var file : in.listAll()) {
        leave(file, leftByProcess);
        if (synced.contains(file)) {
          leave(file, leftByMachine);
        }
      }
    } catch (IOException e) {
      throw new AssertionError("What is left could not be looked at", e);
    }
    throw new Killed();
  }

  private void leave(String file, Directory left) throws IOException {
    try {
      left.copyFrom(in, file, file, IOContext.DEFAULT);
    } catch (AccessDeniedException _) {
      // It is still being written, so no commit speaks of it.
    }
  }

  @Override
  public IndexOutput createOutput(String name, IOContext context) throws IOException {
    moment();
    return super.createOutput(name, context);
  }

  @Override
  public void deleteFile(String name) throws IOException {
    moment();
    super.deleteFile(name);
    synced.remove(name);
    moment();
  }

  @Override
  public void sync(Collection<String> names) throws IOException {
    moment();
    super.sync(names);
    synced.addAll(names);
    moment();
  }

  @Override
  public void rename(String source, String dest) throws IOException {
    moment();
    super.rename(source, dest);
    if (synced.remove(source)) {
      synced.add(dest);
    }
    moment();
  }

  @Override
  public void syncMetaData() throws IOException {
    moment();
    super.syncMetaData();
    moment();
  }
}
