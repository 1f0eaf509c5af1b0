"""The other party of a litmus: python3 party.py FILE ROUNDS SEED fenced|unfenced; see StoreLoad.java."""

import _thread
import mmap
import os
import sys

TURN, FLAG, SAW = 0, 8, 16  # words of the first party; those of the second lie 32 words behind
THEIRS, OWN = 0, 32


def play(words, rounds, seed, fenced):
    lock = _thread.allocate_lock()
    lock.acquire()
    release, acquire = lock.release, lock.acquire
    state, parent = seed, os.getppid()
    for number in range(1, rounds + 1):
        words[OWN + TURN] = number
        looks = 0
        while words[THEIRS + TURN] < number:
            looks += 1
            if looks & 0xFFF == 0:
                os.sched_yield()
                if os.getppid() != parent:
                    return
        state = state * 6364136223846793005 + 1442695040888963407 & 0xFFFFFFFFFFFFFFFF
        for _ in range(state >> 60 if state >> 62 else 0):
            pass
        if fenced:
            words[OWN + FLAG] = number
            release()
            acquire(False)
            saw = words[THEIRS + FLAG]
        else:
            words[OWN + FLAG] = number
            saw = words[THEIRS + FLAG]
        words[OWN + SAW + (number & 1)] = 2 * number + (saw == number)
    words[OWN + TURN] = rounds + 1


def main():
    path, rounds, seed, fenced = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "fenced"
    with open(path, "r+b") as file:
        memory = mmap.mmap(file.fileno(), 4096)
    play(memoryview(memory).cast("Q"), rounds, seed, fenced)


main()
