"""Sermo's features in a process that stays: one path after the other."""
import json
import subprocess
import sys


class Pipe:
    """The target sermo_feature_pipe, for one schema; stops the program at the first error."""

    def __init__(self, program, schema):
        self.process = subprocess.Popen([program, schema], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def answer(self, kind, path):
        self.process.stdin.write(f"{kind} {path}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            sys.exit(f"{path}: {answer['error']}")
        return answer

    def features(self, kind, path):
        return self.answer(kind, path)["features"]
