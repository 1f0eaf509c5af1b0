"""The segment: memory that this process shares with the engine, as the segment's specification has it.

Frames lie in it for a side that is awake; a side that sleeps gets them by the pipe. This side looks into the segment (``polling``)
exactly as long as the engine does.
"""

import _thread
import mmap
import os
import stat
import sys

from . import frames

_DESCRIPTOR = 5
BYTES = 1052672
SLOT_BYTES = 65536
_MASK = 7  # one less than the slots of each direction
_REQUEST_SLOTS, _RESPONSE_SLOTS = 4096, 528384

# Indexes of the words, 64 bits each; of the last two there is one for each slot.
_REQUESTS, ENGINE_POLLING = 16, 17
_RESPONSES, _POLLING, _TAKING = 32, 33, 34
_REVOKED, _PIPED = 64, 72

_REVOCABLE = 4
_DOORBELL = frames.HEADER.pack(0, frames.BELL, 0, 0, 0)


_LOOKS = 1


class NoSegment:
    """Where there is none: nobody polls."""

    polling = False
    woken = _LOOKS
    words = (0,) * 64


class Segment:
    """Main thread only. ``polling``: whether this side looks here before it sleeps."""

    def __init__(self, memory, channel):
        self.memory = memory
        self.words = memoryview(memory)[:4096].cast("Q")
        self.channel = channel
        self.polling = False
        self.leaving = False  # before the next sleep it ends
        self.woken = _LOOKS  # what the engine's word was when this side woke it last; or that it looks
        self.taken = 0  # those that were taken back included
        self.run = 0
        self.sent = 0
        # Releasing and taking a held lock that nobody else knows is a full fence; nothing else in Python is one.
        lock = _thread.allocate_lock()
        lock.acquire()
        self.fence = (lock.release, lock.acquire)
        # Where the processor itself keeps loads in order, and stores, only a load after a store needs the fence.
        self.weak = os.uname().machine != "x86_64"

    def next(self, served):
        """While both sides are awake: the next request out of its slot; else what the pipe brings.

        :param served: how many requests this process has begun, however they came
        """
        words = self.words
        if words[_REQUESTS] == self.taken:
            words[_POLLING] = 0
            release, acquire = self.fence
            release()
            acquire(False)
            if words[_REQUESTS] == self.taken:
                if self.leaving:
                    self.leaving = self.polling = False
                    return self._piped()
                frame = self._piped()
                words[_POLLING] = 1
                return frame
            words[_POLLING] = 1
        return self.take(served) or self.next(served)

    def rung(self, served):
        """Wakes up: a doorbell may stand for several requests. Empty when there is none."""
        if not self.polling:
            self.polling = self.leaving = True
            self.words[_POLLING] = 1
        return self.take(served)

    def take(self, served):
        """The next request out of its slot that the engine did not take back; empty when there is none."""
        words = self.words
        number = self.taken + 1
        if words[_REQUESTS] < number:
            return b""
        release, acquire = self.fence
        if self.weak:
            release()
            acquire(False)
        slot = number & _MASK
        start = _REQUEST_SLOTS + slot * SLOT_BYTES
        length, kind, flags, _, sequence = frames.HEADER.unpack_from(self.memory, start)
        if flags & _REVOCABLE and words[_PIPED + slot] != served - self.run:
            return self._piped()  # the one before this one comes by the pipe
        frame = self.memory[start : start + frames.HEADER.size + length]
        self.taken = number
        if flags & _REVOCABLE:
            words[_TAKING] = number
            release()
            acquire(False)
            if words[_REVOKED + slot] == number:
                self.channel.write(frames.HEADER.pack(0, frames.SKIPPED, 0, 0, sequence))
                return self.take(served)  # its doorbell may have been read for one before this one
        self.run += 1
        return frame

    def _piped(self):
        channel = self.channel
        frame = channel.receive() if channel.rest else os.read(channel.requests, frames.READ_BYTES)
        if not frame:
            os._exit(0)  # the engine is gone
        return frame

    def send(self, data):
        """Puts a frame that fits into the next slot, for an engine that looks, or has been woken from the sleep it is in."""
        words = self.words
        release, acquire = self.fence
        self.leaving = False
        if not self.polling:
            self.polling = True
            words[_POLLING] = 1
        number = self.sent + 1
        start = _RESPONSE_SLOTS + (number & _MASK) * SLOT_BYTES
        self.memory[start : start + len(data)] = data
        if self.weak:
            release()
            acquire(False)
        words[_RESPONSES] = self.sent = number
        release()
        acquire(False)
        looks = words[ENGINE_POLLING]
        if looks != _LOOKS and looks != self.woken:
            self.wakes(looks)
            self.channel.write(_DOORBELL)

    def wakes(self, looks):
        """The engine is about to be woken by the pipe, from the sleep of that number; 0: it never looks."""
        if looks:
            self.woken = looks

    def rest(self):
        """The engine does not look: it is not worth looking for it either, but for what it has sent already."""
        self.leaving = True


def open_segment(channel):
    """Maps what descriptor 5 is, if it is a segment, and closes it."""
    try:
        status = os.fstat(_DESCRIPTOR)
        if not stat.S_ISREG(status.st_mode) or status.st_size != BYTES:
            return None
        memory = _mapped(status)
        os.close(_DESCRIPTOR)
    except (OSError, ValueError):
        return None
    return Segment(memory, channel)


def _mapped(status):
    if sys.version_info >= (3, 13):
        return mmap.mmap(_DESCRIPTOR, BYTES, trackfd=False)
    # Older ones keep a duplicate, at the lowest number that is free: function code shall find that free itself.
    kept = os.dup(_DESCRIPTOR)
    os.close(kept)
    memory = mmap.mmap(_DESCRIPTOR, BYTES)
    try:
        found = os.fstat(kept)
    except OSError:
        return memory
    if (found.st_dev, found.st_ino) == (status.st_dev, status.st_ino):
        os.close(kept)
    return memory
