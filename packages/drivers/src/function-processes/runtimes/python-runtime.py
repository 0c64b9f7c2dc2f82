"""Runs a handler in Python by the Lambda Runtime API (2018-06-01).

It loads next to nothing of Python, so that a cold start is short, and sends an answer and its question for the next event in one write.
"""

import _socket
import os
import sys

MAX_ANSWER_BYTES = 6_291_556
API = "/2018-06-01/runtime"
NEXT = f"GET {API}/invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n".encode()
TASK_ROOT = os.environ["LAMBDA_TASK_ROOT"]

request_id = ""


class Fault(Exception):
    def __init__(self, error_type, message):
        super().__init__(message)
        self.error_type = error_type


class Connection:
    """As much of HTTP as our own server speaks: each answer has its length."""

    def __init__(self, address):
        host, port = address.split(":")
        self.socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        self.socket.connect((host, int(port)))
        self.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, data):
        view = memoryview(data)
        while view:
            view = view[self.socket.send(view) :]

    def read(self):
        while (head_end := self.received.find(b"\r\n\r\n")) < 0:
            self._more()
        headers = {}
        for line in self.received[:head_end].decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        end = head_end + 4 + int(headers.get("content-length", "0"))
        while len(self.received) < end:
            self._more()
        body = self.received[head_end + 4 : end]
        self.received = self.received[end:]
        return headers, body

    def _more(self):
        data = self.socket.recv(1 << 20)
        if not data:
            # Without its server there is no work for it.
            os._exit(0)
        self.received += data

    def post(self, path, body, error_type=None, more=b""):
        kind = "" if error_type is None else f"Lambda-Runtime-Function-Error-Type: {_header(error_type)}\r\n"
        head = f"POST {API}{path} HTTP/1.1\r\nHost: runtime\r\nContent-Type: application/json\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
        self.send(head.encode("latin-1") + body + more)


def _header(text):
    return "".join(each if "!" <= each <= "~" else "_" for each in text)


class Context:
    def __init__(self, headers):
        environ = os.environ
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id", "")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn", "")
        self.function_name = environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = _client_context(headers.get("lambda-runtime-client-context"))
        self._deadline = int(headers.get("lambda-runtime-deadline-ms", "0"))

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


def run(connection, handler):
    global request_id
    import json

    environ = os.environ
    flush = sys.stdout.flush
    flush_errors = sys.stderr.flush
    while True:
        headers, body = connection.read()
        request_id = headers.get("lambda-runtime-aws-request-id", "")
        trace_id = headers.get("lambda-runtime-trace-id")
        if trace_id is not None:
            environ["_X_AMZN_TRACE_ID"] = trace_id
        path = f"/invocation/{request_id}"
        error_type = None
        try:
            answer = _call(json, handler, body, headers)
        except Exception as error:
            error_type, answer = fault_of(error)
        flush()
        flush_errors()
        if error_type is None:
            connection.post(f"{path}/response", answer, more=NEXT)
        else:
            connection.post(f"{path}/error", answer, error_type, more=NEXT)
        connection.read()


def _call(json, handler, body, headers):
    result = handler(json.loads(body), Context(headers))
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
    connection = Connection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        error_type, answer = fault_of(error)
        sys.stdout.flush()
        connection.post("/init/error", answer, error_type)
        connection.read()
        os._exit(1)
    sys.stdout.flush()
    connection.send(NEXT)
    run(connection, handler)


main()
