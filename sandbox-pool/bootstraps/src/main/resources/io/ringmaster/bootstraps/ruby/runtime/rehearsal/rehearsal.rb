# frozen_string_literal: true

module RingmasterRuntime
  # A function for processes that have none yet.
  module Rehearsal
    def self.handler(event:, context:)
      { event: event, context: context }
    end
  end
end
