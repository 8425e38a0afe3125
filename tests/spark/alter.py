"""Adds a penny to one line of a dataset, the first of a patient who was claimed for, and prints what the
job has to name.

    alter.py DATASET FIGURES
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

dataset, figures = map(Path, sys.argv[1:])
claimed = json.loads((figures / "patients.json").read_text().splitlines()[0])
under = [json.loads(line) for line in (figures / "covered.json").read_text().splitlines()]
contracts = {row["contract"] for row in under if row["pool"] == claimed["pool"]}

for file in sorted(dataset.rglob("*.parquet")):
    place = dict(part.split("=") for part in file.parts if "=" in part)
    if place["contract"] not in contracts:
        continue
    table = pq.ParquetFile(file).read()
    row = pc.index(table["nhs_number"], claimed["patient"]).as_py()
    if row >= 0:
        values = table["value"].to_pylist()
        values[row] += Decimal("0.01")
        column = table.schema.get_field_index("value")
        kind = table.schema.field(column)
        pq.write_table(table.set_column(column, kind, pa.array(values, kind.type)), file)
        print(f"contract={place['contract']} provider={place['provider']} month={place['month']}")
        print(f"pool={claimed['pool']} patient={claimed['patient']}")
        sys.exit(0)
sys.exit(f"no line is of {claimed['patient']}")
