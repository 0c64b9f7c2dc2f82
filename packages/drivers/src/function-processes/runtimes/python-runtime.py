"""Runs a handler in Python as Lambda's own runtime does.

It loads next to nothing of Python, so that a cold start is short, and sends an answer and its question for the next event in one write.
"""

import _socket
import os
import sys

MAX_ANSWER_BYTES = 6_291_556
CHANNEL = 3
HEAD_BYTES = 9
NEXT = b"N" + bytes(8)
MAX_TYPE_CHARACTERS = 1_000
TASK_ROOT = os.environ["LAMBDA_TASK_ROOT"]

request_id = ""


class Fault(Exception):
    def __init__(self, error_type, message):
        super().__init__(message)
        self.error_type = error_type


class Channel:
    """What it says to Sluice and hears from there, in frames: runtime-channel.ts has their form."""

    def __init__(self):
        os.set_inheritable(CHANNEL, False)
        self.socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, CHANNEL)

    def read(self):
        received = self.socket.recv(1 << 16)
        while len(received) < HEAD_BYTES:
            received += self._more()
        body_start = HEAD_BYTES + int.from_bytes(received[1:5], "little")
        end = body_start + int.from_bytes(received[5:9], "little")
        if len(received) < end:
            pieces = [received]
            missing = end - len(received)
            while missing > 0:
                pieces.append(self._more())
                missing -= len(pieces[-1])
            received = b"".join(pieces)
        return received[HEAD_BYTES:body_start], received[body_start:]

    def _more(self):
        data = self.socket.recv(1 << 20)
        if not data:
            # Without Sluice there is no work for it.
            os._exit(0)
        return data

    def tell(self, kind, text, body, more=b""):
        # As Lambda's, which forgets what is too long of an error.
        if len(body) > MAX_ANSWER_BYTES:
            body = b""
        data = text.encode("ascii")
        self.socket.sendall(kind + len(data).to_bytes(4, "little") + len(body).to_bytes(4, "little") + data + body + more)


def _header(text):
    return "".join(each if "!" <= each <= "~" else "_" for each in text[:MAX_TYPE_CHARACTERS])


class Context:
    def __init__(self, request_id, deadline, invoked_function_arn, client_context):
        environ = os.environ
        self.aws_request_id = request_id
        self.invoked_function_arn = invoked_function_arn
        self.function_name = environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = _client_context(client_context)
        self._deadline = deadline

    def get_remaining_time_in_millis(self):
        import time

        return max(int(self._deadline - time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


class Members:
    def __init__(self, values):
        self.__dict__.update(values)


def _client_context(text):
    if text is None:
        return None
    import json

    values = json.loads(text)
    client = values.get("client")
    return Members(
        {"custom": values.get("custom"), "env": values.get("env"), "client": Members(client) if isinstance(client, dict) else None}
    )


class LoggingFinder:
    """The root logger writes as Lambda's does; the module is loaded only by a function that logs."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        import importlib.util

        spec = importlib.util.find_spec("logging")
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            _write_as_lambda(module)

        spec.loader.exec_module = exec_module
        return spec


def _write_as_lambda(logging):
    import time

    class Handler(logging.StreamHandler):
        def format(self, record):
            record.aws_request_id = request_id
            return super().format(record)

    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler = Handler(sys.stdout)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


def load_handler(text):
    path, dot, name = text.rpartition(".")
    if not dot or not path or not name:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{text}': not enough values to unpack (expected 2, got 1)")
    module_name = path.replace("/", ".")
    sys.path.insert(0, TASK_ROOT)
    sys.meta_path.insert(0, LoggingFinder())
    import importlib

    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    if not hasattr(module, name):
        raise Fault("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module_name}'")
    handler = getattr(module, name)
    if not callable(handler):
        raise Fault("Runtime.HandlerNotFound", f"Handler '{name}' of module '{module_name}' is not a function")
    return handler


def fault_of(error):
    import json
    import traceback

    error_type = error.error_type if isinstance(error, Fault) else type(error).__name__
    shown = error.__cause__ if isinstance(error, Fault) and error.__cause__ is not None else error
    frames = [frame for frame in traceback.extract_tb(shown.__traceback__) if not _is_own(frame.filename)]
    fault = {"errorMessage": str(error), "errorType": error_type, "requestId": request_id, "stackTrace": traceback.format_list(frames)}
    print(f"[ERROR] {error_type}: {error}")
    if frames:
        print("Traceback (most recent call last):")
        print("".join(fault["stackTrace"]), end="")
    return error_type, json.dumps(fault).encode()


def _is_own(file):
    return file == __file__ or file.startswith("<frozen importlib") or "/importlib/" in file


def run(channel, handler):
    global request_id
    import json

    environ = os.environ
    flush = sys.stdout.flush
    flush_errors = sys.stderr.flush
    while True:
        head, body = channel.read()
        request_id, deadline, arn, trace_id, client_context = json.loads(head)
        environ["_X_AMZN_TRACE_ID"] = trace_id
        error_type = None
        try:
            answer = _call(json, handler, body, (request_id, deadline, arn, client_context))
        except Exception as error:
            error_type, answer = fault_of(error)
        flush()
        flush_errors()
        if error_type is None:
            channel.tell(b"R", request_id, answer, NEXT)
        else:
            channel.tell(b"E", f"{request_id} {_header(error_type)}", answer, NEXT)


def _call(json, handler, body, told):
    result = handler(json.loads(body), Context(*told))
    try:
        answer = json.dumps(result).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
    if len(answer) > MAX_ANSWER_BYTES:
        raise Fault(
            "Function.ResponseSizeTooLarge",
            f"Response payload size exceeded maximum allowed payload size ({MAX_ANSWER_BYTES} bytes).",
        )
    return answer


def main():
    channel = Channel()
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        error_type, answer = fault_of(error)
        sys.stdout.flush()
        channel.tell(b"I", _header(error_type), answer)
        channel.read()
        os._exit(1)
    sys.stdout.flush()
    channel.tell(b"N", "", b"")
    run(channel, handler)


main()
