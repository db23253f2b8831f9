// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// A file of options: names and values, and the lines they stand in.
final class YamlFile {

  /// Around the options of KurrentDB, if there is something around them.
  private static final Set<String> WRAPPERS = Set.of("KurrentDB", "EventStore");

  private static final int SECTIONS_MAX = 4;

  /// One name and its value.
  ///
  /// @param name with the sections it stands in: `OAuth:Audience`
  /// @param value a list is its values, separated by commas
  /// @param line from 1
  record Entry(String name, String value, int line) {}

  private final Path name;
  private final List<Entry> entries = new ArrayList<>();

  private YamlFile(Path name) {
    this.name = name;
  }

  /// Reads a file.
  ///
  /// @param file where it is
  /// @param name what to call it in messages
  static List<Entry> read(Path file, Path name) throws ConfigurationException {
    try {
      return parse(Files.readString(file), name);
    } catch (NoSuchFileException _) {
      throw problem("There is no file %s".formatted(name));
    } catch (CharacterCodingException _) {
      throw problem("%s is not a text in UTF-8".formatted(name));
    } catch (IOException e) {
      throw problem("%s cannot be read: %s".formatted(name, e));
    }
  }

  static List<Entry> parse(String text, Path name) throws ConfigurationException {
    var file = new YamlFile(name);
    try {
      var settings = LoadSettings.builder().setMaxAliasesForCollections(1).build();
      var root = new Compose(settings).composeString(text);
      if (root.isPresent()) {
        file.section("", root.get(), 0);
      }
    } catch (MarkedYamlEngineException e) {
      var line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      throw problem("%s%s: this is not YAML: %s".formatted(name, line, e.getProblem()));
    } catch (YamlEngineException e) {
      throw problem("%s: this is not YAML: %s".formatted(name, e.getMessage()));
    }
    return file.entries;
  }

  private static ConfigurationException problem(String problem) {
    return new ConfigurationException(List.of(problem));
  }

  private void section(String prefix, Node node, int depth) throws ConfigurationException {
    if (!(node instanceof MappingNode mapping) || depth > SECTIONS_MAX) {
      throw problem("%s: here stand lines like \"port: 2113\"".formatted(place(node)));
    }
    for (var pair : mapping.getValue()) {
      if (!(pair.getKeyNode() instanceof ScalarNode key)) {
        throw problem("%s: the name of an option is a word".formatted(place(pair.getKeyNode())));
      }
      var path = prefix + key.getValue();
      switch (pair.getValueNode()) {
        case ScalarNode value -> add(path, value.getValue(), key);
        case SequenceNode list -> add(path, joined(list), key);
        case MappingNode section when WRAPPERS.contains(path) -> section("", section, depth + 1);
        case Node section -> section(path + ":", section, depth + 1);
      }
    }
  }

  private void add(String path, String value, Node key) {
    entries.add(new Entry(path, value, line(key)));
  }

  private String joined(SequenceNode list) throws ConfigurationException {
    for (var element : list.getValue()) {
      if (!(element instanceof ScalarNode)) {
        throw problem("%s: a list holds words here".formatted(place(element)));
      }
    }
    return list.getValue().stream()
        .map(element -> ((ScalarNode) element).getValue())
        .collect(Collectors.joining(","));
  }

  private String place(Node node) {
    return name + ":" + line(node);
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }
}
