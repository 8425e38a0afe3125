"""A Spark job: works totals and person-level excess out again from every line of `riskshare export blocks`,
and compares them with what the ledger says (figures.py), to the penny. Names each figure that differs; exit
code 1.

    spark-submit totals.py DATASET FIGURES

Every number is a decimal; nothing is collected on the driver but the differences and the sums of the table.
"""

import sys
from functools import reduce

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

dataset, figures = sys.argv[1:]

# The columns that are read, whatever others a flow has. A file without one of them states nothing in it.
LINES = """
    contract STRING, provider STRING, month STRING,
    organisation_identifier_code_of_commissioner STRING, organisation_site_identifier_of_treatment STRING,
    point_of_delivery_code STRING, activity_treatment_function_code STRING, tariff_code STRING,
    local_contract_code STRING, nhs_number STRING, local_patient_identifier_extended STRING,
    unit_price DECIMAL(18, 6), count DECIMAL(18, 3), value DECIMAL(18, 6)
"""
# What like lines have in common: fractions of a penny are rounded once for all that are alike.
ALIKE = [
    "organisation_identifier_code_of_commissioner",
    "organisation_site_identifier_of_treatment",
    "point_of_delivery_code",
    "activity_treatment_function_code",
    "tariff_code",
    "local_contract_code",
    "unit_price",
]
PATIENT = ["nhs_number", "local_patient_identifier_extended"]
REPORT = ["contract", "provider", "month", "flow"]
MONEY, COUNT = "DECIMAL(28, 2)", "DECIMAL(28, 3)"
SHOWN = 20

spark = SparkSession.builder.appName("riskshare totals").getOrCreate()


def figure(name, columns):
    """What the ledger says; its numbers are text there, and decimals here."""
    text = ", ".join(f"{column} STRING" for column in columns)
    cast = [F.col(column).cast(kind).alias(column) for column, kind in columns.items()]
    return spark.read.schema(text).json(f"{figures}/{name}.json").select(*cast)


def keys(*names):
    return dict.fromkeys(names, "STRING")


def trimmed(column):
    return F.regexp_replace(column, r"(?U)^\s+|\s+$", "")


def summed(rows, by, **sums):
    """Sums over groups, each in the type it is compared in."""
    columns = [expression.cast(kind).alias(name) for name, (expression, kind) in sums.items()]
    return rows.groupBy(*by).agg(*columns)


def nearest(expression, places=2):
    """To so many places, halves away from zero."""
    return F.round(expression, places)


lines = spark.read.schema(LINES).parquet(dataset)
# A file is named flow-entry-part.
lines = lines.withColumn("flow", F.regexp_extract(F.input_file_name(), r"([A-Za-z]+)-\d+-\d+\.parquet$", 1))

alike = summed(
    lines,
    REPORT + ALIKE,
    lines=(F.count(F.lit(1)), "BIGINT"),
    count=(F.coalesce(F.sum("count"), F.lit(0)), COUNT),
    value=(nearest(F.coalesce(F.sum("value"), F.lit(0))), MONEY),
)
totals = summed(
    alike,
    REPORT,
    lines=(F.sum("lines"), "BIGINT"),
    count=(F.sum("count"), COUNT),
    value=(F.sum("value"), MONEY),
).cache()

# Every line of a contract under a pool's, with the patient it is of.
pools = figure("pools", {
    **keys("pool"),
    "threshold": "DECIMAL(18, 2)",
    "coinsurance": "DECIMAL(9, 6)",
    "limit": "DECIMAL(18, 2)",
    "places": "INT",
    **dict.fromkeys(["patients", "above", "nameless"], "BIGINT"),
    **dict.fromkeys(["claims", "payment"], MONEY),
})
covered = F.broadcast(figure("covered", keys("pool", "contract", "month")))
patient = F.nullif(trimmed(F.coalesce(*PATIENT)), F.lit(""))
costs = summed(
    lines.withColumn("patient", patient).join(covered, ["contract", "month"]),
    ["pool", "patient"],
    lines=(F.count(F.lit(1)), "BIGINT"),
    cost=(nearest(F.greatest(F.coalesce(F.sum("value"), F.lit(0)), F.lit(0))), MONEY),
).cache()
borne = (F.lit(100) - F.col("coinsurance")) / F.lit(100)


def to_the_unit(expression):
    """Each pool in the unit of its contract: a penny or a whole pound."""
    return F.when(F.col("places") == 0, nearest(expression, 0)).otherwise(nearest(expression))


excess = F.greatest(F.col("cost") - F.col("threshold"), F.lit(0))
claims = (
    costs.where("patient IS NOT NULL")
    .join(F.broadcast(pools.select("pool", "threshold", "coinsurance", "places")), "pool")
    .withColumn("claim", to_the_unit(excess * borne).cast(MONEY))
    .withColumn("above", F.col("cost") > F.col("threshold"))
    .cache()
)
said = figure("patients", {**keys("pool", "patient"), "cost": MONEY, "claim": MONEY})
# A patient below the threshold is compared where the ledger holds a claim that has come to nothing since.
known = said.select("pool", "patient", F.lit(True).alias("known"))
claimed = claims.join(known, ["pool", "patient"], "left").where("above OR known").select(*said.columns)

each_pool = summed(
    claims,
    ["pool"],
    patients=(F.count(F.lit(1)), "BIGINT"),
    above=(F.count_if("above"), "BIGINT"),
    claims=(F.sum("claim"), MONEY),
)
nameless = costs.where("patient IS NULL").select("pool", F.col("lines").alias("nameless"))
by_pool = (
    each_pool.join(pools.select("pool", "limit"), "pool")
    .join(nameless, "pool", "left")
    .select(
        "pool",
        "patients",
        "above",
        F.coalesce("nameless", F.lit(0).cast("BIGINT")).alias("nameless"),
        "claims",
        F.least("claims", F.col("limit").cast(MONEY)).alias("payment"),
    )
)

COMPARED = [
    (
        "lines, count and value of each report in force",
        figure("reports", {**keys(*REPORT), "lines": "BIGINT", "count": COUNT, "value": MONEY}),
        totals,
        REPORT,
    ),
    (
        "value of each flow in the ledger's control total",
        figure("flows", {**keys(*REPORT), "value": MONEY}),
        totals.select(*REPORT, "value"),
        REPORT,
    ),
    ("cost and claim of each patient above the threshold", said, claimed, ["pool", "patient"]),
    (
        "patients, claims and payment of each pool",
        pools.select("pool", "patients", "above", "nameless", "claims", "payment"),
        by_pool,
        ["pool"],
    ),
]


def compare(by_ledger, by_lines, key):
    """How many figures each side has, how many keys agree, and those that do not."""
    told = [column for column in by_ledger.columns if column not in key]
    here = by_ledger.select(*key, F.struct(*told).alias("ledger"))
    there = by_lines.select(*key, F.struct(*told).alias("lines"))
    both = here.join(there, key, "full_outer").cache()
    differs = reduce(
        lambda any_of, column: any_of | ~F.col(f"ledger.{column}").eqNullSafe(F.col(f"lines.{column}")),
        told,
        F.lit(False),
    )
    counts = both.agg(F.count("ledger"), F.count("lines"), F.count_if(~differs), F.count_if(differs)).first()
    return counts, both.where(differs).orderBy(*key).limit(SHOWN).collect(), told


def name(row, key, told):
    """A difference: where it is, and what each side says."""
    place = " ".join(f"{part}={row[part]}" for part in key)
    for column in told:
        here, there = ((side and side[column]) for side in (row["ledger"], row["lines"]))
        if here != there:
            said = [("nothing" if number is None else f"{number}") for number in (here, there)]
            yield f"  {place}: {column} is {said[0]} in the ledger, {said[1]} by the lines"


different = 0
print(f"{'compared':<52}{'ledger':>9}{'lines':>9}{'equal':>9}{'differ':>9}")
for title, by_ledger, by_lines, key in COMPARED:
    (ledger_has, lines_have, equal, differ), found, told = compare(by_ledger, by_lines, key)
    print(f"{title:<52}{ledger_has:>9}{lines_have:>9}{equal:>9}{differ:>9}")
    if ledger_has + lines_have == 0:
        sys.exit(f"{title}: there is nothing to compare")
    different += differ
    for row in found:
        print("\n".join(name(row, key, told)))
    if differ > len(found):
        print(f"  and {differ - len(found)} more")
sums = totals.agg(F.sum("lines"), F.sum("count"), F.sum("value")).first()
print(f"{sums[0]} lines, count {sums[1]}, value {sums[2]}")
spark.stop()
if different:
    sys.exit(f"{different} figures differ")
