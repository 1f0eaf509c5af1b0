package io.ringmaster.core.registry;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Runtime identifiers, architectures and log words that AWS Lambda knows. */
final class Runtimes {

  /** May be used; also the set that AWS's text prints. */
  static final List<String> SUPPORTED =
      List.of(
          "nodejs18.x",
          "nodejs20.x",
          "nodejs22.x",
          "nodejs24.x",
          "nodejs26.x",
          "java8.al2",
          "java11",
          "java17",
          "java21",
          "java25",
          "java8.al2023",
          "java11.al2023",
          "java17.al2023",
          "python3.9",
          "python3.10",
          "python3.11",
          "python3.12",
          "python3.13",
          "python3.14",
          "python3.15",
          "dotnet8",
          "dotnet10",
          "ruby3.2",
          "ruby3.3",
          "ruby3.4",
          "ruby4.0",
          "provided.al2",
          "provided.al2023");

  /** Known, and refused unless the operator allows them. */
  static final Set<String> DEPRECATED =
      Set.of(
          "nodejs",
          "nodejs4.3",
          "nodejs4.3-edge",
          "nodejs6.10",
          "nodejs8.10",
          "nodejs10.x",
          "nodejs12.x",
          "nodejs14.x",
          "nodejs16.x",
          "java8",
          "python2.7",
          "python3.6",
          "python3.7",
          "python3.8",
          "dotnetcore1.0",
          "dotnetcore2.0",
          "dotnetcore2.1",
          "dotnetcore3.1",
          "dotnet6",
          "go1.x",
          "ruby2.5",
          "ruby2.7",
          "provided");

  /** All of them: what a layer may name. */
  static final List<String> KNOWN =
      Stream.concat(SUPPORTED.stream(), DEPRECATED.stream().sorted()).toList();

  static final List<String> ARCHITECTURES = List.of("x86_64", "arm64");
  static final List<String> LOG_FORMATS = List.of("JSON", "Text");
  static final List<String> LOG_LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");

  static final List<String> SYSTEM_LOG_LEVELS = List.of("DEBUG", "INFO", "WARN");

  private Runtimes() {}
}
