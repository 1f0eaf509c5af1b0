package io.ringmaster.conformance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** AWS's clients: what each needs, how its package is made, and what is its own. */
enum Client {
  BASH("app", "NoGood", "Runtime.NoSuchThing", Parts.OCTETS, "bash", "curl") {
    @Override
    void build(Path into) throws IOException {
      Tools.copy(Tools.sources("bash"), into);
    }
  },
  GO("app", "errorString", null, Parts.WHOLE, "go") {
    @Override
    void build(Path into) throws IOException {
      Path from = Tools.folder("go", "source");
      Tools.copy(Tools.sources("go"), from);
      Tools.run(
          from,
          Map.of("CGO_ENABLED", "0", "GOFLAGS", "-mod=mod -buildvcs=false"),
          "go",
          "build",
          "-tags",
          "lambda.norpc",
          "-o",
          into.resolve("bootstrap").toString(),
          ".");
    }
  },
  RUST(
      "app",
      "&alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>",
      null,
      Parts.HTTP,
      "cargo") {
    @Override
    void build(Path into) throws IOException {
      Path from = Tools.folder("rust", "source");
      Tools.copy(Tools.sources("rust"), from);
      Path out = Tools.existing("rust", "out");
      Tools.run(from, Map.of("CARGO_TARGET_DIR", out.toString()), "cargo", "build");
      Tools.copy(out.resolve("debug/bootstrap"), into.resolve("bootstrap"));
    }
  },
  PYTHON("app.handler", "ValueError", "ValueError", Parts.NONE, compilersAnd("python3")) {
    @Override
    void build(Path into) throws IOException {
      Path python = Tools.interpreter("python3", "-c", "import sys; print(sys.executable)");
      Tools.copy(Tools.sources("python"), into);
      Tools.run(
          into,
          Map.of(),
          python.toString(),
          "-m",
          "pip",
          "install",
          "--quiet",
          "--disable-pip-version-check",
          "--target",
          into.toString(),
          "awslambdaric==4.0.0");
      Tools.bootstrap(into, "'" + python + "' -m awslambdaric \"$_HANDLER\"");
    }
  },
  NODE("app.handler", "RangeError", "RangeError", Parts.OCTETS, compilersAnd("node", "npm")) {
    @Override
    void build(Path into) throws IOException {
      Path from = Tools.folder("node", "source");
      Tools.copy(Tools.sources("node"), from);
      Tools.run(from, Map.of(), "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
      Tools.copy(from.resolve("app.js"), into.resolve("app.js"));
      Path client = Path.of("node_modules", "aws-lambda-ric");
      for (String part : List.of("bin", "dist", "package.json")) {
        Tools.copy(from.resolve(client).resolve(part), into.resolve(client).resolve(part));
      }
      Path node = Tools.interpreter("node", "-p", "process.execPath");
      Tools.bootstrap(into, "'" + node + "' '" + client + "/bin/index.mjs' \"$_HANDLER\"");
    }

    @Override
    String streamHandler() {
      return "app.stream";
    }
  },
  /** Release 4, of the identifiers from {@code nodejs24.x} on, with a Node of that version. */
  NODE_24("app.handler", "RangeError", "RangeError", Parts.OCTETS, compilersAnd("node", "npm")) {
    @Override
    void build(Path into) throws IOException {
      Path from = Tools.folder("node24", "source");
      Files.writeString(from.resolve("package.json"), "{\"private\":true}");
      String node =
          "node-linux-" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64");
      Tools.run(
          from,
          Map.of(),
          "npm",
          "install",
          "--no-audit",
          "--no-fund",
          "--loglevel=error",
          "aws-lambda-ric@4.0.2",
          node + "@24");
      Path client = Path.of("node_modules", "aws-lambda-ric");
      for (String part : List.of("index.mjs", "rapid-client.node", "package.json")) {
        Tools.copy(from.resolve(client).resolve(part), into.resolve(client).resolve(part));
      }
      Path program = interpreters().resolve(node).resolve("bin/node");
      Tools.bootstrap(into, "'" + program + "' '" + client + "/index.mjs' \"$_HANDLER\"");
    }

    @Override
    Path interpreters() {
      return Tools.built("node24", "source/node_modules");
    }
  },
  JAVA(
      "io.ringmaster.conformance.Handler::handleRequest",
      "java.lang.IllegalArgumentException",
      "java.lang.IllegalArgumentException",
      Parts.NONE) {
    @Override
    void build(Path into) throws IOException {
      String handler = "io/ringmaster/conformance/Handler.class";
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        Path path = Path.of(entry);
        String name = path.getFileName().toString();
        if (name.startsWith("aws-lambda-java-") || name.startsWith("utils-lite-")) {
          Tools.copy(path, into.resolve("lib").resolve(name));
        } else if (Files.exists(path.resolve(handler))) {
          Tools.copy(path.resolve(handler), into.resolve(handler));
        }
      }
      Path java = Path.of(System.getProperty("java.home"), "bin", "java");
      Tools.bootstrap(
          into,
          "'"
              + java
              + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp"
              + " \"$LAMBDA_TASK_ROOT/lib/*\""
              + " com.amazonaws.services.lambda.runtime.api.client.AWSLambda \"$_HANDLER\"");
    }
  };

  /** How a client's functions answer that write bit by bit. */
  enum Parts {
    /** They cannot. */
    NONE,
    /** The client sends bit by bit, and does not say that it streams. */
    WHOLE,
    OCTETS,
    /** After a prelude for an HTTP front end. */
    HTTP
  }

  final String handler;

  /** Type of the error that the handler raises. */
  final String errorType;

  /** Type of the error that init raises; null: the client has no way to say one. */
  final String initErrorType;

  final Parts parts;
  private final String[] programs;

  Client(String handler, String errorType, String initErrorType, Parts parts, String... programs) {
    this.handler = handler;
    this.errorType = errorType;
    this.initErrorType = initErrorType;
    this.parts = parts;
    this.programs = programs;
  }

  /** Both clients compile a C++ library of AWS's. */
  private static String[] compilersAnd(String... programs) {
    List<String> all =
        new ArrayList<>(List.of("autoconf", "automake", "libtoolize", "cmake", "make", "g++"));
    all.addAll(List.of(programs));
    return all.toArray(String[]::new);
  }

  /** What the build or the run needs and this machine has not. */
  List<String> missing() {
    return Tools.missing(programs);
  }

  /** Makes the package. */
  abstract void build(Path into) throws IOException;

  /** Puts the package there, which is made once for all tests of a run: some take a minute. */
  final void install(Path into) throws IOException {
    String name = name().toLowerCase(Locale.ROOT);
    Tools.alone(
        name,
        () -> {
          Path of = Tools.built(name, "made-in-run");
          if (!Files.exists(of) || !Files.readString(of).equals(Tools.RUN)) {
            build(Tools.folder(name, "made"));
            Files.writeString(of, Tools.RUN);
          }
          Tools.copy(Tools.built(name, "made"), into);
        });
  }

  /** Where the interpreters lie that the build fetched; null: it fetched none. */
  Path interpreters() {
    return null;
  }

  /** The handler that answers in parts, where there is one of its own. */
  String streamHandler() {
    return handler;
  }
}
