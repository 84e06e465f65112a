"""The least that an application of KZLOD's framework can do: one route, one small answer.

python -m bench.empty PORT
"""

import sys

import uvicorn
from fastapi import FastAPI, Response

BODY = b"<https://w3id.org/kzlod/id/nothing> a <https://w3id.org/kzlod/ontology#Nothing> .\n"


def create_app() -> FastAPI:
    """An application that answers every path with the same few bytes of Turtle."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/{path:path}")
    async def nothing(path: str) -> Response:
        return Response(BODY, media_type="text/turtle")

    return app


if __name__ == "__main__":
    port = int(sys.argv[1])
    uvicorn.run(create_app(), host="127.0.0.1", port=port, log_level="warning", lifespan="off")
