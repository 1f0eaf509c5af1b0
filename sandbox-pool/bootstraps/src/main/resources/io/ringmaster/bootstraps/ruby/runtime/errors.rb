# frozen_string_literal: true

require "json"
require_relative "logs"

module RingmasterRuntime
  # Error documents and their log lines, in the shapes of AWS's Ruby client.
  module Errors
    FOLDER = "#{File.dirname(__dir__)}/"
    FRAMES_MAX = 100

    # Whose call it was that failed: the prefix of the error type.
    INIT = "Init"
    FUNCTION = "Function"
    RUNTIME = "Runtime"

    def self.document(error, origin)
      { errorMessage: message(error), errorType: "#{origin}<#{error.class}>", stackTrace: trace(error) }
    end

    # Puts the error on the log as AWS's client does: what happened, then the document.
    def self.log(pipe, what, document)
      pipe.event("#{what}\n")
      pipe.event("#{JSON.pretty_generate(document)}\n")
    end

    def self.message(error)
      Text.utf8(error.message)
    rescue StandardError # the function's own class, and broken
      error.class.to_s
    end
    private_class_method :message

    # The function's frames; the runtime's own where there are no others.
    def self.trace(error)
      frames = (error.backtrace_locations || []).first(FRAMES_MAX)
      foreign = frames.reject { |frame| frame.path.to_s.start_with?(FOLDER) }
      (foreign.empty? ? frames : foreign).map { |frame| Text.utf8(frame) }
    end
    private_class_method :trace
  end
end
