# frozen_string_literal: true

# Standard output, standard error, Kernel#puts and Logger, as records on the log pipe.
#
# A record is one event of the log: a line that was written to a stream, or what one call of Kernel#puts or of a Logger gave,
# however many lines that has: on AWS, too, these two go past the streams. Output that does not end in a newline waits for its
# end: for more output, for a flush, for the end of the invocation or of the process.

require "json"
require "logger"
require_relative "frames"

module RingmasterRuntime
  # Writes records. Any thread; the lock keeps records whole that are longer than the pipe's atomic size.
  class LogPipe
    # AWS's frame type for text without a level.
    TYPE = [0xA55A0003].pack("L>").freeze
    LENGTH_AND_TIME = "L<Q<"
    TEXT_MAX_BYTES = 65_536
    UNINTERRUPTED = { Object => :never }.freeze

    # Framed bytes so far.
    attr_reader :mark

    def initialize(descriptor)
      @pipe = Frames.moved_up(descriptor, "wb", close: false)
      @lock = Thread::Mutex.new
      @owner = $$
      @mark = 0
      @loading = true # what is written belongs to init
      @partial = {}
    end

    # Whether this is the process that the engine knows, and no forked child of it, whose output is nobody's record.
    def owned?
      @owner == $$
    end

    # One event.
    def event(text)
      text = text.b
      return Frames.write_whole(@pipe, text) unless owned?

      locked do
        release
        record(text)
      end
    end

    # Output of a stream: one event per line.
    def stream(stream, text)
      locked do
        partial = @partial.delete(stream)
        text = partial ? partial << text.b : text.b
        lines(stream, text)
      end
    end

    # Sends text that still waits for its newline.
    def flush
      locked { release } unless @partial.empty?
    end

    # Init is over; if it wrote anything, an empty record tells where that ends.
    def loaded
      locked do
        release
        @loading = false
        piece("".b) if @mark.positive?
      end
    end

    private

    # Calls the block with the lock, or without it where there is none to have: in signal handlers, and inside of itself.
    def locked
      Thread.handle_interrupt(UNINTERRUPTED) do
        held = lock
        begin
          yield
        ensure
          @lock.unlock if held
        end
      end
    end

    def lock
      @lock.lock
      true
    rescue ThreadError
      false
    end

    def lines(stream, text)
      start = 0
      while (newline = text.index("\n", start))
        record(text.byteslice(start, newline + 1 - start))
        start = newline + 1
      end
      rest = start.zero? ? text : text.byteslice(start, text.bytesize - start)
      if rest.bytesize > TEXT_MAX_BYTES
        whole = rest.bytesize / TEXT_MAX_BYTES * TEXT_MAX_BYTES
        record(rest.byteslice(0, whole))
        rest = rest.byteslice(whole, rest.bytesize - whole)
      end
      @partial[stream] = rest unless rest.empty?
    end

    def release
      waiting = @partial.values
      @partial.clear
      waiting.each { |text| record(text) }
    end

    # An empty record has a meaning of its own.
    def record(text)
      return if text.empty?
      return piece(text) if text.bytesize <= TEXT_MAX_BYTES

      (0...text.bytesize).step(TEXT_MAX_BYTES) { |start| piece(text.byteslice(start, TEXT_MAX_BYTES)) }
    end

    def piece(text)
      piece("".b) if @loading && @mark.zero? && !text.empty? # tells where output of init begins
      now = Process.clock_gettime(Process::CLOCK_REALTIME, :microsecond)
      data = TYPE + [text.bytesize, now].pack(LENGTH_AND_TIME) << text
      @mark += data.bytesize
      Frames.write_whole(@pipe, data)
    end
  end

  # What makes a standard stream write records; Ruby's own output methods all end in these.
  class RecordStream < Module
    def initialize(pipe)
      super()
      elsewhere = false # whether the function has sent the stream to a place of its own
      define_method(:write) do |*texts|
        next super(*texts) if elsewhere || !pipe.owned?

        texts = texts.map(&:to_s)
        pipe.stream(self, texts.size == 1 ? texts[0] : texts.map(&:b).join)
        texts.sum(&:bytesize)
      end
      define_method(:syswrite) { |text| elsewhere || !pipe.owned? ? super(text) : write(text) }
      define_method(:write_nonblock) do |text, **options|
        elsewhere || !pipe.owned? ? super(text, **options) : write(text)
      end
      define_method(:flush) do
        pipe.flush unless elsewhere || !pipe.owned?
        super()
      end
      define_method(:reopen) do |*arguments, **options|
        pipe.flush if pipe.owned?
        elsewhere = true
        super(*arguments, **options)
      end
    end
  end

  # Where Logger writes that is given a standard stream, or nothing.
  class LogSink
    def initialize(pipe)
      @pipe = pipe
    end

    def write(text)
      @pipe.event(text.to_s)
    end

    def reopen(_log = nil)
      self
    end

    def close; end
  end

  # Logger's lines with the request id.
  class TextFormatter < Logger::Formatter
    def call(severity, time, progname, message)
      line = format("%s, [%s #%d] %5s %s -- %s: %s\n", severity[0], format_datetime(time), $$, severity,
                    $_global_aws_request_id, progname, msg2str(message))
      Text.utf8(line)
    end
  end

  # Logger's lines as objects, with AWS's keys in AWS's order.
  class JsonFormatter < Logger::Formatter
    PLACE = /\A(.+):(\d+):in [`'](.+)'\z/.freeze

    def call(severity, time, progname, message)
      error = message.is_a?(Exception)
      text = error ? message.message : msg2str(message)
      fields = { timestamp: time.utc.strftime("%Y-%m-%dT%H:%M:%S.%6NZ"), level: severity, message: Text.utf8(text),
                 requestId: $_global_aws_request_id }
      logger = Text.utf8(progname)
      fields[:logger] = logger unless logger.empty?
      fields.update(error_fields(message)) if error
      JSON.generate(fields.compact) << "\n"
    end

    private

    def error_fields(error)
      trace = Array(error.backtrace).map { |line| Text.utf8(line) }
      { errorType: error.class.to_s, errorMessage: Text.utf8(error.message), stackTrace: trace,
        location: trace.empty? ? nil : location(trace.first) }
    end

    def location(line)
      place = PLACE.match(line)
      place ? "#{place[1]}:#{place[3]}:#{place[2]}" : line
    end
  end

  # Text that can be encoded.
  module Text
    REPLACEMENT = "\uFFFD"

    def self.utf8(value)
      text = value.to_s
      return text.dup.force_encoding(Encoding::UTF_8).scrub(REPLACEMENT) if text.encoding == Encoding::BINARY

      text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace, replace: REPLACEMENT).scrub(REPLACEMENT)
    end
  end

  # Gives loggers for the standard streams AWS's format and level; others stay as they are.
  module LoggerDefaults
    class << self
      attr_accessor :sink, :json, :level
    end

    LEVELS = { "TRACE" => Logger::DEBUG, "DEBUG" => Logger::DEBUG, "INFO" => Logger::INFO, "WARN" => Logger::WARN,
               "ERROR" => Logger::ERROR, "FATAL" => Logger::FATAL }.freeze

    # The options are those of the installed Logger.
    def initialize(logdev = nil, *rotation, **options)
      if !logdev || logdev == $stdout || logdev == $stderr
        logdev = LoggerDefaults.sink
        options[:formatter] ||= LoggerDefaults.json ? JsonFormatter.new : TextFormatter.new
        options[:level] = LoggerDefaults.level if LoggerDefaults.level && !options.key?(:level)
      end
      super(logdev, *rotation, **options)
    end
  end

  # The process's log.
  module Logs
    # Opens the pipe and puts it behind the standard streams, Kernel#puts and Logger.
    def self.open(descriptor)
      pipe = LogPipe.new(descriptor)
      own_standard_error
      [STDOUT, STDERR].each do |stream|
        stream.sync = true
        stream.singleton_class.prepend(RecordStream.new(pipe))
      end
      [Process.singleton_class, Kernel.singleton_class, Kernel].each { |owner| flush_before_exit(owner, pipe) }
      LoggerDefaults.sink = LogSink.new(pipe)
      Logger.prepend(LoggerDefaults)
      replace_puts(pipe)
      pipe
    end

    # Applies the function's logging configuration.
    def self.configure(format, level)
      LoggerDefaults.json = format.to_s.casecmp?("JSON")
      LoggerDefaults.level = LoggerDefaults::LEVELS[level.to_s.upcase]
    end

    # Ruby writes warnings and what killed a thread past the methods of the stream that it began with, but not of another one.
    def self.own_standard_error
      stream = IO.for_fd(2, "w", autoclose: false)
      Object.send(:remove_const, :STDERR)
      Object.const_set(:STDERR, stream)
      $stderr = stream
    end
    private_class_method :own_standard_error

    # An exit without hooks loses no output that was written before.
    def self.flush_before_exit(owner, pipe)
      leave = owner.instance_method(:exit!)
      owner.send(:define_method, :exit!) do |status = false|
        pipe.flush if pipe.owned?
        leave.bind_call(self, status)
      end
      owner.send(:private, :exit!) if owner == Kernel
    end
    private_class_method :flush_before_exit

    # One call is one event, and every object has the method, as on AWS.
    def self.replace_puts(pipe)
      Kernel.send(:define_method, :puts) do |*values|
        text = values.flatten.map { |value| value.to_s.encode(Encoding::UTF_8) }.join("\n")
        pipe.event(text.end_with?("\n") ? text : "#{text}\n")
        nil
      end
      Kernel.send(:public, :puts)
    end
    private_class_method :replace_puts
  end
end
