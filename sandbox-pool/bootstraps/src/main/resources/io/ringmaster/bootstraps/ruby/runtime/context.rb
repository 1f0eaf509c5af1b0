# frozen_string_literal: true

require "json"

# The context object that a handler gets, with the attributes of AWS's.
class LambdaContext
  W3C_FIELDS = %w[traceparent tracestate baggage].freeze
  private_constant :W3C_FIELDS

  attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name, :function_name,
              :memory_limit_in_mb, :function_version, :identity, :client_context, :deadline_ms, :tenant_id

  # The texts of the frame; an empty one is absent. Raises JSON::ParserError where JSON is expected and is not there.
  def initialize(aws_request_id:, deadline_ms:, invoked_function_arn:, client_context:, identity:, tenant_id:)
    @aws_request_id = aws_request_id
    @deadline_ms = deadline_ms
    @invoked_function_arn = invoked_function_arn
    @log_group_name = ENV["AWS_LAMBDA_LOG_GROUP_NAME"]
    @log_stream_name = ENV["AWS_LAMBDA_LOG_STREAM_NAME"]
    @function_name = ENV["AWS_LAMBDA_FUNCTION_NAME"]
    @memory_limit_in_mb = ENV["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    @function_version = ENV["AWS_LAMBDA_FUNCTION_VERSION"]
    @tenant_id = tenant_id.empty? ? nil : tenant_id
    @identity = identity.empty? ? nil : JSON.parse(identity)
    @client_context = client_context.empty? ? nil : JSON.parse(client_context)
    @w3c = trace_fields(@client_context.is_a?(Hash) ? @client_context.delete("w3c") : nil)
  end

  def get_remaining_time_in_millis
    remaining = @deadline_ms - Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond)
    remaining.positive? ? remaining : 0
  end

  # The W3C trace fields that came with the client context; a copy.
  def w3c
    @w3c.dup
  end

  private

  def trace_fields(fields)
    fields.is_a?(Hash) ? fields.select { |name, value| W3C_FIELDS.include?(name) && value.is_a?(String) } : {}
  end
end
