package io.ringmaster.cli;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives every option its second way in: {@code --some-option} may also be set as the environment
 * variable {@code RINGMASTER_SOME_OPTION}. The command line wins.
 */
final class EnvironmentDefaults implements IDefaultValueProvider {
  private final Map<String, String> environment;

  EnvironmentDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * The variable of an option, such as {@code RINGMASTER_SOME_OPTION} for {@code --some-option}.
   */
  static String variable(String option) {
    return "RINGMASTER_"
        + option.replaceFirst("^--", "").replace('-', '_').toUpperCase(Locale.ROOT);
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()) {
      return environment.get(variable(option.longestName()));
    }
    return null;
  }
}
