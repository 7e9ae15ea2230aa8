"""A file of parcels into PostgreSQL: `python load.py pandas FILE` or `python load.py calamine FILE`. Prints seconds.

pandas reads with openpyxl and inserts with executemany in batches, as importers are written; calamine reads and
copies into a table beside, from which one statement takes what is new.
"""

import asyncio
import os
import sys
import time

import asyncpg

KEY = "numero_de_guia"


def with_pandas(path):
    import pandas

    frame = pandas.read_excel(path, dtype=str, engine="openpyxl").fillna("")
    return list(frame.columns), [tuple(row) for row in frame.itertuples(index=False)]


def with_calamine(path):
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return rows[0], [tuple(str(cell) for cell in row) for row in rows[1:]]


async def main(kind, path):
    connection = await asyncpg.connect(os.environ["DATABASE"])
    began = time.perf_counter()
    titles, rows = with_pandas(path) if kind == "pandas" else with_calamine(path)
    columns = ", ".join(f'"{title}" text' for title in titles)
    names = ", ".join(f'"{title}"' for title in titles)
    changes = ", ".join(f'"{title}" = excluded."{title}"' for title in titles if title != KEY)
    await connection.execute("drop table if exists parcels")
    await connection.execute(f'create table parcels ({columns}, primary key ("{KEY}"))')
    upsert = f'on conflict ("{KEY}") do update set {changes}'
    if kind == "pandas":
        places = ", ".join(f"${at}" for at in range(1, len(titles) + 1))
        for first in range(0, len(rows), 1000):
            async with connection.transaction():
                await connection.executemany(
                    f"insert into parcels ({names}) values ({places}) {upsert}", rows[first : first + 1000]
                )
    else:
        async with connection.transaction():
            await connection.execute(f"create temp table fresh ({columns}) on commit drop")
            await connection.copy_records_to_table("fresh", records=rows)
            await connection.execute(f"insert into parcels select distinct on (\"{KEY}\") * from fresh {upsert}")
    took = time.perf_counter() - began
    there = await connection.fetchval("select count(*) from parcels")
    assert there == len(rows), f"{there} of {len(rows)} rows"
    print(f"{took:.3f}")


asyncio.run(main(sys.argv[1], sys.argv[2]))
