# frozen_string_literal: true

module RingmasterRuntime
  # The inline channel: frames between engine and sandbox process, as the channel's specification has them.
  module Frames
    BIND = 1
    INVOKE = 2
    SHUTDOWN = 3
    STARTED = 16
    READY = 17
    INIT_ERROR = 18
    RESPONSE = 19
    ERROR = 20

    # Flag of an answer: the process ends by itself after it.
    PROCESS_ENDS = 2

    # length of the body, kind, flags, zero, sequence
    HEADER = "L<CCS<Q<"
    HEADER_BYTES = 16

    # the header again, then: deadline, request id, lengths of ARN, trace header, client context, identity, tenant id
    INVOCATION = "L<CCS<Q<q<a36S<S<L<S<S<"
    INVOCATION_BYTES = 72

    # the header again, then: log mark, peak resident memory in KiB, zero
    ANSWER = "L<CCS<Q<Q<L<L<"

    # Bytes of an ANSWER that belong to the body.
    FIGURES_BYTES = 16

    # Linux's number, which not every Ruby has a name for.
    F_DUPFD_CLOEXEC = 1030

    # Where descriptors go that belong to the runtime, so that function code finds 3 and up free as in any process.
    HIGH_DESCRIPTORS = [512, 128, 64, 32, 5].freeze

    # A stream on a duplicate of the descriptor that has a high, close-on-exec number.
    def self.moved_up(descriptor, mode, close: true)
      from = IO.for_fd(descriptor, mode, autoclose: false)
      begin
        moved = duplicate(from)
      ensure
        if close
          from.autoclose = true
          from.close
        end
      end
      IO.for_fd(moved, mode)
    end

    def self.duplicate(from)
      HIGH_DESCRIPTORS.each do |lowest|
        return from.fcntl(F_DUPFD_CLOEXEC, lowest)
      rescue SystemCallError
        raise if lowest == HIGH_DESCRIPTORS.last
      end
    end
    private_class_method :duplicate

    # What a pipe takes wholly or not at all.
    ATOMIC_BYTES = 4096
    UNINTERRUPTED = { Object => :never }.freeze

    # Writes all of it, whatever signals come meanwhile: a half frame would make nonsense of all that follow. What a signal's
    # handler raises is raised afterwards. Only the main thread runs such handlers: what may be written in parts is written by
    # another one.
    def self.write_whole(pipe, data)
      return write_parts(pipe, data) if data.bytesize <= ATOMIC_BYTES

      raised = nil
      Thread.handle_interrupt(UNINTERRUPTED) do
        writer = Thread.new { write_parts(pipe, data) }
        writer.report_on_exception = false
        begin
          writer.join
        rescue Exception => e # by the writer, or by a handler
          raised ||= e
          retry if writer.alive?
        end
      end
      raise raised if raised
    end

    def self.write_parts(pipe, data)
      until data.empty?
        begin
          written = pipe.syswrite(data)
          data = data.byteslice(written, data.bytesize - written)
        rescue Errno::EAGAIN # a child process shares the pipe and has made it non-blocking
          IO.select(nil, [pipe])
        end
      end
    end
    private_class_method :write_parts
  end

  # Both pipes. Main thread only.
  class Channel
    # One read takes a whole small frame; a pipe holds no more than this anyway.
    READ_BYTES = 65_536
    LARGE_READ_BYTES = 1 << 20

    def initialize(requests, responses)
      @requests = Frames.moved_up(requests, "rb")
      @responses = Frames.moved_up(responses, "wb")
      @rest = nil
    end

    # The next frame, header included, as a binary string; nil when the engine has closed its end.
    def receive
      chunk = @rest || @requests.sysread(READ_BYTES)
      @rest = nil
      chunk << @requests.sysread(READ_BYTES) while chunk.bytesize < Frames::HEADER_BYTES
      size = Frames::HEADER_BYTES + chunk.unpack1("L<")
      have = chunk.bytesize
      return chunk if have == size

      if have > size
        @rest = chunk.byteslice(size, have - size)
        return chunk.byteslice(0, size)
      end
      chunk << @requests.sysread([size - chunk.bytesize, LARGE_READ_BYTES].min) while chunk.bytesize < size
      chunk
    rescue EOFError
      nil
    end

    # Sends a frame that belongs to no invocation.
    def send_frame(kind, body)
      write([body.bytesize, kind, 0, 0, 0].pack(Frames::HEADER) << body.b)
    end

    # Sends the answer to an invocation.
    def answer(kind, sequence, mark, memory_kb, body, flags = 0)
      size = Frames::FIGURES_BYTES + body.bytesize
      body = body.b unless body.encoding == Encoding::BINARY || body.ascii_only?
      write([size, kind, flags, 0, sequence, mark, memory_kb, 0].pack(Frames::ANSWER) << body)
    end

    # For forked children of the function, which must not speak for it.
    def close
      @requests.close
      @responses.close
    end

    private

    def write(data)
      Frames.write_whole(@responses, data)
    rescue Errno::EPIPE # the engine has closed its end
      Process.exit!(0)
    end
  end
end
