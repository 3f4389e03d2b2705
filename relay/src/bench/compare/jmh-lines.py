#!/usr/bin/env python3
"""jmh-lines.py RESULT.json: JMH's result as JSON lines, one for each benchmark, in microseconds."""
import json, sys

for r in json.load(open(sys.argv[1])):
    parameters = ", ".join(r.get("params", {}).values())
    name = ".".join(r["benchmark"].split(".")[-2:]) + (" (%s)" % parameters if parameters else "")
    m = r["primaryMetric"]
    error = m["scoreError"]
    print(json.dumps(dict(benchmark=name, score=round(m["score"], 3), error=None if error == "NaN" else round(float(error), 3),
                          unit=m["scoreUnit"], threads=r["threads"])))
