# frozen_string_literal: true

require "json"
require "stringio"

module AwsLambda
  # Between JSON and Ruby values. AWS documents that functions may replace both methods.
  class Marshaller
    class << self
      # A handler's event from the raw request: #body, and headers by #[].
      def marshall_request(raw_request)
        raw_request["Content-Type"] == "application/json" ? JSON.parse(raw_request.body) : raw_request.body
      end

      # What is sent back for a handler's answer: a text, alone or with its content type; or a stream, which is read.
      def marshall_response(method_response)
        case method_response
        when StringIO, IO then [method_response, "application/unknown"]
        else method_response.to_json
        end
      end
    end
  end
end

module RingmasterRuntime
  # An event as the marshaller gets it.
  class RawRequest
    attr_reader :body

    def initialize(body, context, trace)
      @body = body
      @context = context
      @trace = trace
    end

    # A header of the Runtime API, by its name in any case; nil: there is none.
    def [](name)
      case name.to_s.downcase
      when "content-type" then "application/json"
      when "lambda-runtime-aws-request-id" then @context.aws_request_id
      when "lambda-runtime-deadline-ms" then @context.deadline_ms.to_s
      when "lambda-runtime-invoked-function-arn" then @context.invoked_function_arn
      when "lambda-runtime-aws-tenant-id" then @context.tenant_id
      when "lambda-runtime-trace-id" then @trace.empty? ? nil : @trace
      end
    end
  end
end
