"""Reads the golden block by DuckDB and by pyarrow, and compares both with what store/tests/it/blocks.rs
says is in it. Then reads datasets that `riskshare export blocks` wrote, one reader against the other; a
folder that is no part of one is named.

    read.py GOLDEN [DATASET ..]
"""

import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

TYPES = {
    "row": ("BIGINT", pa.int64()),
    "point_of_delivery_code": ("VARCHAR", pa.string()),
    "site_code": ("VARCHAR", pa.string()),
    "nothing": ("VARCHAR", pa.string()),
    "local_patient_identifier": ("VARCHAR", pa.string()),
    "end_date": ("DATE", pa.date32()),
    "count": ("DECIMAL(18,4)", pa.decimal128(18, 4)),
    "value": ("DECIMAL(18,2)", pa.decimal128(18, 2)),
    "market_forces_factor": ("DECIMAL(18,6)", pa.decimal128(18, 6)),
}
COUNTS = {
    "row": 1000,
    "point_of_delivery_code": 1000,
    "site_code": 500,
    "nothing": 0,
    "local_patient_identifier": 900,
    "end_date": 980,
    "count": 1000,
    "value": 923,
    "market_forces_factor": 0,
}
VALUE, COUNT = Decimal("5232941.08"), Decimal("1000")
PODS = {"EL": 334, "NEL": 333, "Ambulatoire Élective": 333}

# The folders of a dataset, from the outermost; the last where every stage was exported.
LAYOUT = ["contract", "provider", "month", "stage"]

block, *datasets = sys.argv[1:]

described = duckdb.sql(f"DESCRIBE SELECT * FROM '{block}'").fetchall()
assert {name: kind for name, kind, *_ in described} == {name: duck for name, (duck, _) in TYPES.items()}, described
counts = ", ".join(f'count("{name}")' for name in COUNTS)
found = duckdb.sql(f"SELECT {counts} FROM '{block}'").fetchall()[0]
assert found == tuple(COUNTS.values()), found
sums = duckdb.sql(f"SELECT sum(value), sum(count) FROM '{block}'").fetchall()[0]
assert sums == (VALUE, COUNT), sums
pods = dict(duckdb.sql(f"SELECT point_of_delivery_code, count(*) FROM '{block}' GROUP BY ALL").fetchall())
assert pods == PODS, pods

table = pq.read_table(block)
assert {field.name: field.type for field in table.schema} == {name: arrow for name, (_, arrow) in TYPES.items()}
assert table.num_rows == 1000 and pq.ParquetFile(block).num_row_groups == 1
for name, count in COUNTS.items():
    assert len(table[name]) - table[name].null_count == count, name
assert (pc.sum(table["value"]).as_py(), pc.sum(table["count"]).as_py()) == (VALUE, COUNT)
assert {pod["values"]: pod["counts"] for pod in pc.value_counts(table["point_of_delivery_code"]).to_pylist()} == PODS

# Every value of every line, one reader against the other.
by_duckdb = duckdb.sql(f"SELECT * FROM '{block}' ORDER BY row").fetchall()
by_pyarrow = [tuple(line.values()) for line in table.to_pylist()]
assert by_duckdb == by_pyarrow
print(f"DuckDB {duckdb.__version__} and pyarrow {pa.__version__} read the golden block: 1000 lines, 9 columns, equal sums")


def place(dataset, path):
    """What the folders down to a place in a dataset say; ends the program at one outside the layout."""
    said = [part.partition("=") for part in path.relative_to(dataset).parts]
    names = [name for name, _, _ in said]
    if names != LAYOUT[: len(names)] or not all(value for _, _, value in said):
        layout = "contract=../provider=../month=..[/stage=..]"
        sys.exit(f"{path} is no folder of `riskshare export blocks`: {layout}")
    return tuple(value for _, _, value in said)


def blocks(dataset):
    """The files of a dataset by their folders; ends the program where something else lies there."""
    found = []
    for path in sorted(dataset.rglob("*")):
        if path.is_dir():
            place(dataset, path)
        elif path.suffix != ".parquet" or len(place(dataset, path.parent)) < 3:
            layout = "flow-entry-part.parquet in a month's folder"
            sys.exit(f"{path} is no block of `riskshare export blocks`: {layout}")
        else:
            found.append(path)
    if not found:
        sys.exit(f"{dataset} holds no block")
    return found


for dataset in map(Path, datasets):
    files = blocks(dataset)
    lines, values = 0, Decimal(0)
    for file in files:
        source = f"read_parquet('{file}', hive_partitioning = false)"
        by_duckdb = duckdb.sql(f"SELECT * FROM {source} ORDER BY row").fetchall()
        table = pq.ParquetFile(file).read()
        assert by_duckdb == [tuple(line.values()) for line in table.to_pylist()], file
        lines += table.num_rows
        values += pc.sum(table["value"]).as_py() or 0
    print(f"{dataset}: {lines} lines in {len(files)} blocks, value {values}, the same by both")
