#!/bin/bash
# overload.sh PEER [SECONDS] [FACTOR] [WORKLOAD]: FACTOR times what the peer can carry is offered for SECONDS.
# What it carries is taken first, from 20 s with 50 sessions. The load then comes over three times as many sessions as
# the peer lets in, so that it has to turn some away. Afterwards: what new mail meets at once and a little later, and
# whether everything that got a 250 arrives. One JSON line in overload.jsonl.
set -u
. "$(dirname "$0")/lib/env.sh"
PEER=$1 SECS=${2:-300} FACTOR=${3:-3} WL=${4:-w1} LIMIT=${LIMIT:-1000} TAG=o$(date +%s) DRAIN_LIMIT=${DRAIN_LIMIT:-900}
export WAYBILL_SUBMISSION_MAX_CONNECTIONS=$LIMIT WAYBILL_SUBMISSION_CONNECTIONS_PER_ADDRESS=$LIMIT
. "$BENCH/lib/peer.sh"; . "$(adapter "$PEER")"
env_up || exit 1
quiet_wait
trap 'kill ${SAMPLER:-} 2>/dev/null; sink_stop; peer_stop_all' EXIT
field() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get(sys.argv[2], 0))' "$1" "$2"; }
SINK_PID= SINK_JOB=
peer_up || { echo "$PEER did not start" >&2; exit 1; }

sink_start "$TAG-w" 1000000
generate "$TAG-w" 1000000 "$WL" -c 50 -k 100 -T 20 > "$WORK/gen.json"
wait_drain "$(field "$WORK/gen.json" acked)" 120
rate=$(python3 -c 'import json,sys; s=json.load(open(sys.argv[1])); print(round(s["unique"]/((s["last_us"]-s["first_us"])/1e6), 1))' "$WORK/sink.json")
sink_stop
offered=$(python3 -c 'import sys; print(round(float(sys.argv[1]) * float(sys.argv[2])))' "$rate" "$FACTOR")

total=$((offered * SECS))
sink_start "$TAG" "$total"
SERIES=$WORK/series.json "$BENCH/tools/sampler.py" peer "$WORK/mem.json" & SAMPLER=$!
generate "$TAG" "$total" "$WL" -c $((LIMIT * 3)) -k 100 -r "$offered" -T "$SECS" -o "$WORK/ack.log" > "$WORK/over.json"
during=$(sink_get unique)
probe() { generate "probe-$1-$TAG" 200 "$WL" -c 5 -k 100 -r 100 -T 60 > "$WORK/probe-$1.json"; }
probe first; sleep 5; probe later
t0=$SECONDS
wait_drain "$(field "$WORK/over.json" acked)" "$DRAIN_LIMIT"
drain=$((SECONDS - t0 + 9))
kill $SAMPLER; wait $SAMPLER 2>/dev/null; SAMPLER=
sleep 1; sink_stop
python3 - "$WORK" "$PEER" "$(peer_version)" "$rate" "$offered" "$SECS" "$((LIMIT * 3))" "$during" "$drain" <<'P' | tee -a "$WORK/overload.jsonl"
import json, sys
work, peer, version, rate, offered, secs, sessions, during, drain = sys.argv[1:]
read = lambda name: json.load(open("%s/%s.json" % (work, name)))
over, sink, mem, first, later = read("over"), read("sink"), read("mem"), read("probe-first"), read("probe-later")
acked = {int(l.split()[0]) for l in open(work + "/ack.log") if not l.split()[2] == "unknown"}
came = set(); twice = 0
for line in open(work + "/recv.log"):
    n = int(line.split()[0]); twice += n in came; came.add(n)
print(json.dumps(dict(peer=peer, version=version, sustained_per_s=float(rate), offered_per_s=int(offered), seconds=int(secs), sessions=int(sessions),
    accepted=over["acked"], accepted_per_s=over["rate"], delivered_meanwhile_per_s=round(int(during) / int(secs), 1), tempfail=over["tempfail"],
    permfail=over["permfail"], lost_conn=over["lost_conn"], ack_ms_p50=over["ack_ms_p50"], ack_ms_p99=over["ack_ms_p99"], peak_rss_mb=mem["rss_mb"],
    first_ack_ms_p50=first["ack_ms_p50"], first_ack_ms_p99=first["ack_ms_p99"], first_acked=first["acked"], later_ack_ms_p50=later["ack_ms_p50"],
    later_ack_ms_p99=later["ack_ms_p99"], drained_after_s=int(drain), lost=len(acked - came), dups=twice)))
P
