package dev.waybill.cli.commands;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The verbs of a noun in its help, by what they are for. A verb that no group names comes last.
/// Stateless.
final class VerbGroups implements IHelpSectionRenderer {
  private final SequencedMap<String, List<String>> groups;

  private VerbGroups(SequencedMap<String, List<String>> groups) {
    this.groups = groups;
  }

  /// Groups the verbs in the help of `noun`.
  static void apply(CommandLine noun, SequencedMap<String, List<String>> groups) {
    noun.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, new VerbGroups(groups));
    noun.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING);
  }

  @Override
  public String render(Help help) {
    Map<String, Help> left = new LinkedHashMap<>(help.subcommands());
    StringBuilder text = new StringBuilder();
    groups.forEach((heading, names) -> {
      Map<String, Help> verbs = new LinkedHashMap<>();
      for (String name : names) {
        Help verb = left.remove(name);
        if (verb != null) {
          verbs.put(name, verb);
        }
      }
      add(text, help, heading, verbs);
    });
    add(text, help, "Other", left);
    return text.toString();
  }

  private static void add(StringBuilder text, Help help, String heading, Map<String, Help> verbs) {
    if (!verbs.isEmpty()) {
      text.append(help.createHeading("%n@|bold " + heading + "|@:%n"))
          .append(help.commandList(verbs));
    }
  }
}
