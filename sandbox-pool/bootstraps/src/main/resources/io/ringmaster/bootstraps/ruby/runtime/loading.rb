# frozen_string_literal: true

require_relative "marshalling"

# A handler as its name says it: FILE.METHOD or FILE.CLASS.METHOD. Handlers outside of classes are called on this object.
class LambdaHandler
  attr_reader :handler_file_name, :handler_method_name

  # Raises ArgumentError for a name that has another form.
  def initialize(env_handler:)
    parts = env_handler.split(".")
    case parts.size
    when 2 then @handler_file_name, @handler_method_name = parts
    when 3 then @handler_file_name, @handler_class, @handler_method_name = parts
    else
      raise ArgumentError,
            "Invalid handler #{parts}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME corresponds " \
            "with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class namespace and METHOD is a " \
            "callable method. If using CLASS, METHOD must be a class-level method."
    end
  end

  # Calls the function; its answer.
  def call(event, context)
    if @handler_class
      Kernel.const_get(@handler_class).send(@handler_method_name, event: event, context: context)
    else
      __send__(@handler_method_name, event: event, context: context)
    end
  end
end

module RingmasterRuntime
  # From a BIND frame to a handler: environment, folders, load path, the handler's file.
  module Loading
    REHEARSED_VARIABLES = 32

    # Makes the process the function's: its variables (nil: it was started with them), time zone, working folder, load path and
    # gems.
    def self.enter(code, environment)
      ENV.replace(environment) if environment
      Dir.chdir(code)
      $LOAD_PATH.unshift(*library_path(code, ENV["RUBYLIB"].to_s))
      Gem.clear_paths if defined?(Gem) && (ENV["GEM_HOME"] || ENV["GEM_PATH"])
    end

    # The function's folder, then the folders of RUBYLIB, as an interpreter has them that is started with it.
    def self.library_path(code, rubylib)
      [code, *rubylib.split(":").reject(&:empty?)].uniq - $LOAD_PATH
    end
    private_class_method :library_path

    # The handler, its file loaded. Raises what the runtime finds wrong, and whatever function code raises.
    def self.load(name)
      handler = LambdaHandler.new(env_handler: name)
      require handler.handler_file_name
      handler
    end

    # Binds and calls a function that is one of the runtime's own, as the first of a fresh process, and forgets it.
    def self.rehearse
      variables = ENV.to_h
      path = $LOAD_PATH.dup
      folder = Dir.pwd
      environment = Array.new(REHEARSED_VARIABLES) { |n| ["REHEARSAL_#{n}", "an ordinary value"] }.to_h
      binding = JSON.parse({ code: "#{__dir__}/rehearsal", environment: environment }.to_json)
      enter(binding["code"], binding["environment"])
      load("rehearsal.RingmasterRuntime::Rehearsal.handler").call({ "a" => [1, 2.5, nil] }, nil).to_json
    ensure
      RingmasterRuntime.send(:remove_const, :Rehearsal) if RingmasterRuntime.const_defined?(:Rehearsal)
      $LOADED_FEATURES.reject! { |feature| feature.start_with?("#{__dir__}/rehearsal/") }
      $LOAD_PATH.replace(path)
      Dir.chdir(folder)
      ENV.replace(variables)
    end
  end
end
