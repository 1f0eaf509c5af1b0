"""The floor of channel.python.*: a blocking echo over two pipes, nothing else."""

from os import read, write

while True:
    request = read(0, 65536)
    if not request:
        break
    write(1, request)
