# frozen_string_literal: true

# Runs one Lambda function version inside a sandbox process: an interpreter that is started for one sandbox runs this file.
# Descriptors and frames: the channel's specification.

require_relative "runtime/serving"

RingmasterRuntime.main(requests: 3, responses: 4, log: 1)
