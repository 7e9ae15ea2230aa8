"""Tasks that do nothing, through procrastinate: `python tasks.py 10000`. Prints tasks a second."""

import asyncio
import os
import sys
import time

import procrastinate

count = int(sys.argv[1])
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ["DATABASE"]))


@app.task(name="nothing")
async def nothing(at):
    pass


async def main():
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for first in range(0, count, 1000):
            await nothing.batch_defer_async(*({"at": at} for at in range(first, min(first + 1000, count))))
        began = time.perf_counter()
        await app.run_worker_async(concurrency=24, wait=False, install_signal_handlers=False)
        print(f"{count / (time.perf_counter() - began):.1f}")


asyncio.run(main())
