"""Schemathesis makes requests from the service's own description, valid and not, and checks the answers against it.

Usage: generated_test.py SERMO SOURCE_DIR. Skips (77) where Schemathesis is not installed.
"""
import importlib.util
import pathlib
import subprocess
import sys
import tempfile

from running import Running

SERMO, SOURCE = (pathlib.Path(a).resolve() for a in sys.argv[1:3])


def main():
    if importlib.util.find_spec("schemathesis") is None:
        print("skipped: schemathesis is not installed")
        return 77
    with tempfile.TemporaryDirectory(prefix="sermo-generated-") as folder:
        models = pathlib.Path(folder) / "models"
        subprocess.run([SERMO, "train", "--models", "svm,knn", "--out", models, "--quiet"], check=True, capture_output=True)
        with Running(SERMO, models, "--max-upload", "1MiB", "--quiet") as service:
            command = [sys.executable, "-m", "schemathesis.cli", "--config-file", SOURCE / "tests/service/schemathesis.toml", "run",
                       f"{service.url}/openapi.json", "--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "1",
                       "--checks", "all", "--exclude-checks", "ignored_auth", "--request-timeout", "20", "--no-color", "--continue-on-failure"]
            status = subprocess.run(command, cwd=folder).returncode
            alive = service.get("/healthz").status == 200
        return 0 if status == 0 and alive and service.process.returncode == 0 else 1


sys.exit(main())
