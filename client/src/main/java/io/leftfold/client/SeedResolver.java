// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.leftfold.client.ConnectionString.Seed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Gives a channel the addresses of its seeds, in their order; the channel connects to the first
/// that answers. A name that leads nowhere is passed over as long as another one leads somewhere.
final class SeedResolver extends NameResolver {

  private static final String SCHEME = "leftfold-seeds";

  static {
    NameResolverRegistry.getDefaultRegistry().register(new Provider());
  }

  private final List<Seed> seeds;
  private final Executor executor;
  private @Nullable Listener2 listener;

  private SeedResolver(List<Seed> seeds, Executor executor) {
    this.seeds = seeds;
    this.executor = executor;
  }

  /// What to open a channel to, so that it asks this resolver.
  static String target(List<Seed> seeds) {
    var hosts = seeds.stream().map(Seed::toString).collect(Collectors.joining(","));
    return SCHEME + ":///" + URLEncoder.encode(hosts, StandardCharsets.UTF_8);
  }

  @Override
  public String getServiceAuthority() {
    return seeds.getFirst().toString();
  }

  @Override
  public void start(Listener2 listener) {
    this.listener = listener;
    refresh();
  }

  @Override
  public void refresh() {
    var asking = Objects.requireNonNull(listener, "started before refreshed");
    executor.execute(() -> asking.onResult(resolve()));
  }

  @Override
  public void shutdown() {}

  private ResolutionResult resolve() {
    var groups = new ArrayList<EquivalentAddressGroup>();
    var unknown = new ArrayList<String>();
    for (var seed : seeds) {
      try {
        // Each host is verified under its own name, whichever of them is connected to.
        var attributes =
            Attributes.newBuilder()
                .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, seed.toString())
                .build();
        List<SocketAddress> addresses =
            Arrays.stream(InetAddress.getAllByName(seed.host()))
                .<SocketAddress>map(address -> new InetSocketAddress(address, seed.port()))
                .toList();
        groups.add(new EquivalentAddressGroup(addresses, attributes));
      } catch (UnknownHostException _) {
        unknown.add(seed.host());
      }
    }
    return ResolutionResult.newBuilder()
        .setAddressesOrError(
            groups.isEmpty()
                ? StatusOr.fromStatus(
                    Status.UNAVAILABLE.withDescription(
                        "no address is known for " + String.join(", ", unknown)))
                : StatusOr.fromValue(groups))
        .build();
  }

  /// Makes resolvers for targets of our own scheme, and for nothing else.
  private static final class Provider extends NameResolverProvider {
    @Override
    public @Nullable NameResolver newNameResolver(URI target, Args args) {
      if (!SCHEME.equals(target.getScheme())) {
        return null;
      }
      var seeds = ConnectionString.parse("leftfold:/" + target.getPath()).seeds();
      return new SeedResolver(
          seeds, Objects.requireNonNull(args.getOffloadExecutor(), "the channel's executor"));
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    /// Below those that may stand for the default scheme of other channels.
    @Override
    protected int priority() {
      return 0;
    }
  }
}
