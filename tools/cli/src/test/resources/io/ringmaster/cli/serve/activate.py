"""As systemd does it: listening sockets from descriptor 3 on, a socket for notifications.

Usage: activate.py FOLDER PROGRAM ARGUMENT…; prints a line with the port, then a line for each notification.
"""
import os
import socket
import sys

folder, program = sys.argv[1], sys.argv[2:]
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen(64)
port = listening.getsockname()[1]
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind(folder + "/notify")
child = os.fork()
if child == 0:
    if listening.fileno() != 3:
        os.dup2(listening.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(
        LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", NOTIFY_SOCKET=folder + "/notify"
    )
    os.execv(program[0], program + ["--http=127.0.0.1:%d" % port])
listening.close()
print(port, flush=True)
while True:
    text = told.recv(4096).decode()
    print(text.split("\n")[0], flush=True)
    if text.startswith("STOPPING"):
        break
os.waitpid(child, 0)
