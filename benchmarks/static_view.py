"""The least that Flask can do: one prepared body, no database, no authentication."""

import os
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__)
BODY = Path(os.environ["BENCHMARK_BODY"]).read_bytes()


@app.get("/Users/<id>")
def user(id: str) -> Response:
    """Answer as many bytes as the server under test does for a user."""
    return Response(BODY, content_type="application/scim+json")
