# frozen_string_literal: true

# The life of a sandbox process: started, bound, ready, then one invocation after the other. Main thread.

require "json"
require "net/http" # AWS's client brings it, and functions count on it
require "time"
require_relative "context"
require_relative "errors"
require_relative "frames"
require_relative "loading"
require_relative "logs"
require_relative "marshalling"

module RingmasterRuntime
  RESPONSE_MAX_BYTES = 6_291_556
  TOO_LARGE = '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).",' \
              '"errorType":"Function.ResponseSizeTooLarge"}'

  # Exit statuses as on AWS: after an error that an environment does not survive, after an answer that could not be read, and
  # after a handler or an event that could not.
  CRITICAL_STATUS = 255
  UNREADABLE_ANSWER_STATUS = 254
  UNREADABLE_STATUS = 252
  # EX_SOFTWARE: the engine broke the channel's protocol.
  PROTOCOL_STATUS = 70

  # Does not return before the process has to end. What needs no function is done before it says that it waits for one.
  def self.main(requests:, responses:, log:)
    channel = Channel.new(requests, responses)
    pipe = Logs.open(log)
    at_exit { pipe.flush if pipe.owned? }
    Loading.rehearse
    sandbox = Sandbox.new(channel, pipe)
    GC.start
    channel.send_frame(Frames::STARTED, { pid: $$, version: RUBY_VERSION }.to_json)
    frame = channel.receive
    kind = frame ? frame.getbyte(4) : Frames::SHUTDOWN
    Process.exit!(0) if kind == Frames::SHUTDOWN
    Process.exit!(PROTOCOL_STATUS) if kind != Frames::BIND
    sandbox.run(frame.byteslice(Frames::HEADER_BYTES, frame.bytesize))
  end

  # Closes the channel in forked children of the function, at once where Ruby tells of them.
  module ForkedChildren
    class << self
      attr_accessor :channel
    end

    def _fork
      pid = super
      if pid.zero? && ForkedChildren.channel
        ForkedChildren.channel.close
        ForkedChildren.channel = nil
      end
      pid
    end
  end

  # One function version in this process.
  class Sandbox
    TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
    MEMORY_INTERVAL_MS = 100
    FAILED = Object.new.freeze

    # An event, with what came along.
    Invocation = Struct.new(:sequence, :context, :trace, :event)

    def initialize(channel, pipe)
      @channel = channel
      @pipe = pipe
      @memory_kb = 0
      @measure_at_ms = 0
      ForkedChildren.channel = channel
      Process.singleton_class.prepend(ForkedChildren) if Process.respond_to?(:_fork)
    end

    # Binds the process to the function, then serves the engine until it says stop or the function ends the process.
    def run(body)
      started = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
      binding = JSON.parse(body)
      Loading.enter(binding["code"], binding["environment"])
      Logs.configure(ENV.fetch("AWS_LAMBDA_LOG_FORMAT", binding["logFormat"]),
                     ENV.fetch("AWS_LAMBDA_LOG_LEVEL", binding["logLevel"]))
      handler = load(binding["handler"])
      @pipe.loaded
      took = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - started
      @channel.send_frame(Frames::READY, [took].pack("Q<"))
      binding["raw"] ? serve_raw(handler) : serve(handler)
    end

    private

    def load(name)
      Loading.load(name)
    rescue Exception => e # function code may raise anything, and exit is an exception
      raise unless @pipe.owned?

      document = init_error(e).to_json
      @pipe.flush
      document = TOO_LARGE if document.bytesize > RESPONSE_MAX_BYTES
      @channel.send_frame(Frames::INIT_ERROR, document)
      exit(UNREADABLE_STATUS)
    end

    def init_error(error)
      document = Errors.document(error, Errors::INIT)
      Errors.log(@pipe, "Init error when loading handler ", document)
      document
    end

    def serve(handler)
      each_frame do |frame|
        invocation = begin
          read(frame)
        rescue StandardError => e # AWS's client ends by this, too
          init_error(e)
          exit(UNREADABLE_STATUS)
        end
        marshalled = call(handler, invocation)
        next if marshalled.equal?(FAILED)

        body, type = marshalled
        answer(Frames::RESPONSE, invocation, text(body, type, invocation))
      end
    end

    # For benchmarks of the channel: bytes in, bytes out.
    def serve_raw(handler)
      each_frame do |frame|
        fields = frame.unpack(Frames::INVOCATION)
        start = Frames::INVOCATION_BYTES + fields[7..11].sum
        body = handler.call(frame.byteslice(start, frame.bytesize - start), nil)
        @channel.answer(Frames::RESPONSE, fields[4], @pipe.mark, 0, body)
      end
    end

    # A signal that comes while no function code runs ends the process gracefully.
    def each_frame
      yield next_frame while true
    rescue SignalException => e
      raise unless @pipe.owned?

      @pipe.event("Next invocation HTTP request from the runtime interface client was interrupted with a #{e} SIGNAL, " \
                  "gracefully shutting down.\n")
      exit(0)
    end

    # Ends the process when the engine says so or is gone.
    def next_frame
      frame = @channel.receive
      Process.exit!(0) unless frame
      case frame.getbyte(4)
      when Frames::INVOKE then frame
      when Frames::SHUTDOWN then exit(0)
      else Process.exit!(PROTOCOL_STATUS)
      end
    end

    # Raises where something is no JSON that has to be some.
    def read(frame)
      _, _, _, _, sequence, deadline, request_id, *sizes = frame.unpack(Frames::INVOCATION)
      at = Frames::INVOCATION_BYTES
      arn, trace, client_context, identity, tenant_id = sizes.map do |size|
        text = frame.byteslice(at, size).force_encoding(Encoding::UTF_8)
        at += size
        text
      end
      request_id.force_encoding(Encoding::UTF_8)
      $_global_aws_request_id = request_id
      trace_variable(trace)
      context = LambdaContext.new(aws_request_id: request_id, deadline_ms: deadline, invoked_function_arn: arn,
                                  client_context: client_context, identity: identity, tenant_id: tenant_id)
      body = frame.byteslice(at, frame.bytesize - at).force_encoding(Encoding::UTF_8)
      event = AwsLambda::Marshaller.marshall_request(RawRequest.new(body, context, trace))
      Invocation.new(sequence, context, trace, event)
    end

    # Gives the invocation's trace header to the environment, and none where it has none.
    def trace_variable(trace)
      return if ENV[TRACE_VARIABLE].to_s == trace

      ENV[TRACE_VARIABLE] = trace.empty? ? nil : trace
    end

    # What the function answers, marshalled, and the content type if it is not JSON; FAILED when the invocation failed, which
    # is answered then.
    def call(handler, invocation)
      AwsLambda::Marshaller.marshall_response(handler.call(invocation.event, invocation.context))
    rescue NameError => e
      critical(e, invocation)
    rescue StandardError => e
      fail_with(e, invocation, "Error raised from handler method")
    rescue Exception => e # exit, signals, what no environment survives
      critical(e, invocation)
    end

    # The answer's bytes. Ends the process where there are none to be had.
    def text(body, type, invocation)
      body = body.read if type == "application/unknown"
      body.bytesize
      body
    rescue StandardError => e
      answer(Frames::ERROR, invocation, Errors.document(e, Errors::RUNTIME).to_json, Frames::PROCESS_ENDS)
      exit(UNREADABLE_ANSWER_STATUS)
    end

    def critical(error, invocation)
      raise error unless @pipe.owned?

      fail_with(error, invocation, "Critical exception from handler", Frames::PROCESS_ENDS)
      exit(CRITICAL_STATUS)
    end

    def fail_with(error, invocation, what, flags = 0)
      document = Errors.document(error, Errors::FUNCTION)
      Errors.log(@pipe, what, document)
      answer(Frames::ERROR, invocation, document.to_json, flags)
      FAILED
    end

    def answer(kind, invocation, body, flags = 0)
      Process.exit!(kind == Frames::RESPONSE) unless @pipe.owned? # a forked child of the function that came back
      @pipe.flush
      if body.bytesize > RESPONSE_MAX_BYTES
        kind = Frames::ERROR
        body = TOO_LARGE
      end
      @channel.answer(kind, invocation.sequence, @pipe.mark, memory_kb, body, flags)
    end

    # Peak resident memory if it has grown since it was last told, else 0; looked at now and then only.
    def memory_kb
      now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond)
      return 0 if now < @measure_at_ms

      @measure_at_ms = now + MEMORY_INTERVAL_MS
      peak = File.read("/proc/self/status")[/^VmHWM:\s*(\d+)/, 1].to_i
      return 0 if peak == @memory_kb

      @memory_kb = peak
    rescue SystemCallError # no /proc here
      0
    end
  end
end
