"""Parts of the Python runtime.

    frames        the two pipes to the engine: whole frames in, whole frames out
    logs          standard output, standard error and logging as records on the log pipe
    marshalling   events and answers between JSON and Python values
    context       the context object that a handler gets
    loading       from a BIND frame to a callable handler
    errors        error documents and their log lines

Everything runs on the interpreter's main thread, except that function code may print and log from threads of its own. Function
code shares the interpreter: nothing here is a security boundary, the process is.
"""
