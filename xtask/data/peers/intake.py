"""A shop's signed orders, each on the disk before its answer, as one would write it with FastAPI and asyncpg.

Run with: uvicorn intake:app. DATABASE and SECRET come from the environment.
"""

import base64
import hashlib
import hmac
import json
import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request, Response

SECRET = os.environ["SECRET"].encode()
INSERT = """
insert into deliveries (source, delivery_id, topic, shop, triggered_at, body)
values ('shopify', $1, $2, $3, $4, $5) on conflict (source, delivery_id) do nothing
"""


@asynccontextmanager
async def lifespan(app):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE"], min_size=8, max_size=8)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/health/ready")
async def ready():
    return Response(status_code=200)


@app.post("/webhooks/shopify")
async def receive(request: Request):
    body = await request.body()
    headers = request.headers
    signed = hmac.new(SECRET, body, hashlib.sha256).digest()
    if not hmac.compare_digest(signed, base64.b64decode(headers.get("x-shopify-hmac-sha256", ""))):
        return Response(status_code=401)
    try:
        json.loads(body)
    except ValueError:
        return Response(status_code=400)
    async with app.state.pool.acquire() as connection:
        await connection.execute(
            INSERT,
            headers["x-shopify-webhook-id"],
            headers["x-shopify-topic"],
            headers["x-shopify-shop-domain"],
            headers.get("x-shopify-triggered-at"),
            body,
        )
    return Response(status_code=200)
