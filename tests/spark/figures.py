"""Asks a ledger for the figures that totals.py works out again, and writes them as JSON lines into a folder.

    figures.py RISKSHARE LEDGER YEAR AS_OF FOLDER

Claims for the patients above the threshold are made by the ledger first, from the lines it keeps.
"""

import json
import subprocess
import sys
from pathlib import Path

# Those that pay in the contracts of `riskshare generate`; the aggregate return is a control total of the same
# lines.
PATIENT_LEVEL = {"PLCM": "plcm", "DrPLCM": "drplcm", "DePLCM": "deplcm"}
# A report after the freeze is settled apart and is not what is payable for its month.
STAGES = ["estimated", "flex", "freeze"]

program, ledger, year, as_of, folder = sys.argv[1:]


def ask(*words):
    """An answer of the ledger."""
    command = [program, "--ledger", ledger, *words, "--output", "json"]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    # 1 is an answer with something to look into, such as an aggregate return that is not the sum of the others.
    if said.returncode > 1 or not said.stdout:
        sys.exit(f"exit code {said.returncode} of: {' '.join(command)}")
    return json.loads(said.stdout)


def write(name, rows):
    """Rows as JSON lines, as Spark reads them."""
    Path(folder, f"{name}.json").write_text("".join(json.dumps(row) + "\n" for row in rows))


def recorded(contract, kind):
    """The events of a kind in the history of a contract."""
    return [event for event in histories[contract] if event["event"] == kind]


def in_force(contract):
    """The payable reports: of each provider, month and flow the latest of the highest stage."""
    kept = {}
    for event in recorded(contract, "activity-reported"):
        said = event["payload"]
        if said["flow"] in PATIENT_LEVEL and said["stage"] in STAGES:
            key = (said["provider"], said["month"], said["flow"])
            rank = (STAGES.index(said["stage"]), event["entry"])
            if key not in kept or kept[key][0] < rank:
                kept[key] = (rank, said)
    for (provider, month, flow), (_, said) in sorted(kept.items()):
        lines = sum(block["lines"] for block in said["blocks"]["lines"])
        yield {
            "contract": contract,
            "provider": provider,
            "month": month,
            "flow": flow,
            "lines": lines,
            "count": said["count"],
            "value": said["value"],
        }


def by_flow(contract):
    """What the ledger compares with the aggregate return."""
    for row in ask("flows", contract, "--year", year, "--as-of", as_of):
        for flow, column in PATIENT_LEVEL.items():
            if row[column] is not None:
                key = {"contract": contract, "provider": row["provider"], "month": row["month"]}
                yield {**key, "flow": flow, "value": row[column]}


def stop_loss(contract):
    """The stop-loss clause of a contract, and the unit that its claims are rounded to."""
    terms = recorded(contract, "contract-awarded")[0]["payload"]["terms"]
    clauses = [clause for clause in terms["pay"] if clause["kind"] == "stop_loss"]
    return (clauses[0], terms["rounding"]["unit"]) if clauses else (None, None)


def months():
    """The months of the contract year: from April where it spans two years."""
    begins = int(year[:4])
    first = 4 if "/" in year else 1
    return [f"{begins + (first + n - 1) // 12}-{(first + n - 1) % 12 + 1:02}" for n in range(12)]


contracts = {contract["contract"]: contract for contract in ask("contracts", "--as-of", as_of)}
histories = {contract: ask("history", contract) for contract in contracts}


def below(contract):
    """A contract and all that are under it."""
    return [contract] + [each for sub in contracts[contract]["subcontracts"] for each in below(sub)]


reports = [report for contract in contracts for report in in_force(contract)]
write("reports", reports)
reporting = sorted({report["contract"] for report in reports})
write("flows", [flow for contract in reporting for flow in by_flow(contract)])

pools, covered, patients = [], [], []
for contract in contracts:
    clause, unit = stop_loss(contract)
    if clause is None:
        continue
    # Without a claim the statement has no sum of claims.
    claimed = ask("claim-stop-loss", "--from-activity", contract, "--year", year, "--as-of", as_of)
    lines = ask("settle", contract, "--year", year, "--as-of", as_of)["lines"]
    of_clause = [line for line in lines if line["clause"] == clause["clause"]]
    found = {(line["name"], line["subject"]): line["value"] for line in of_clause}
    pools.append({
        "pool": contract,
        "threshold": clause["threshold"],
        "coinsurance": clause.get("coinsurance", "0%").rstrip("%"),
        "limit": clause.get("limit"),
        "places": len(unit.partition(".")[2]),
        "patients": claimed["patients"],
        "above": claimed["above"],
        "nameless": claimed["nameless"],
        "claims": found.get(("claims", None), "0.00"),
        "payment": found.get(("pool-payment", None), "0.00"),
    })
    place = [(sub, month) for sub in below(contract) for month in months()]
    covered += [{"pool": contract, "contract": sub, "month": month} for sub, month in place]
    patients += [
        {"pool": contract, "patient": patient, "cost": cost, "claim": found["claim", patient]}
        for (name, patient), cost in found.items()
        if name == "patient-cost"
    ]
write("pools", pools)
write("covered", covered)
write("patients", patients)
