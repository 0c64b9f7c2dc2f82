"""Runs the AWS CLI many times, each in a process of its own that is forked when everything has been imported, which is most of what a start costs.

A line on stdin is {"id", "argv", "env", "cwd", "out", "err"}; what the program prints goes to the two files. A line on stdout is {"ready"} at first, and
then {"id", "code"} for each that has ended. Ends with its stdin.
"""

import json
import os
import signal
import sys
import time
import traceback

environment_before = dict(os.environ)

import awscli.clidriver  # noqa: E402
import awscli.handlers  # noqa: E402, F401
import botocore.client  # noqa: E402, F401
import botocore.docs  # noqa: E402, F401
import botocore.session  # noqa: E402, F401

# Where the CLI's own data is, which it says to botocore when it is imported.
made_by_imports = {name: value for name, value in os.environ.items() if environment_before.get(name) != value}
answers = os.dup(1)


def tell(answer):
    os.write(answers, (json.dumps(answer) + "\n").encode())


def redirect(descriptor, path, flags):
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, descriptor)
    os.close(opened)


def run(call):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    redirect(0, os.devnull, os.O_RDONLY)
    redirect(1, call["out"], os.O_WRONLY | os.O_CREAT)
    redirect(2, call["err"], os.O_WRONLY | os.O_CREAT)
    os.environ.clear()
    os.environ.update({**made_by_imports, **call["env"]})
    time.tzset()
    os.chdir(call["cwd"])
    sys.argv = ["aws", *call["argv"]]
    try:
        return awscli.clidriver.main()
    except SystemExit as end:
        return end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def child(call):
    code = 255
    try:
        ended = run(call)
        code = ended if isinstance(ended, int) else 0 if ended is None else 1
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        tell({"id": call["id"], "code": code})
        os._exit(0)


# Nobody waits for them.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
tell({"ready": True})
for line in sys.stdin:
    if os.fork() == 0:
        child(json.loads(line))
