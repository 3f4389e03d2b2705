#!/bin/bash
# idle-connections.sh PEER [CONNECTIONS] [WORKLOAD]: what sleeping clients cost.
# CONNECTIONS of them (5,000) open TLS on the implicit port, say EHLO and then nothing. Before and meanwhile: memory, and
# the latency and throughput of 10,000 messages over 50 sessions of others. One JSON line in connections.jsonl.
set -u
. "$(dirname "$0")/lib/env.sh"
PEER=$1 COUNT=${2:-5000} WL=${3:-w1} N=${N:-10000} TAG=i$(date +%s)
export WAYBILL_SUBMISSION_MAX_CONNECTIONS=$((COUNT + 200)) WAYBILL_SUBMISSION_CONNECTIONS_PER_ADDRESS=$((COUNT + 200))
. "$BENCH/lib/peer.sh"; . "$(adapter "$PEER")"
ulimit -n "$(ulimit -Hn)"
env_up || exit 1
quiet_wait
SINK_PID= SINK_JOB= HOLDER=
trap 'kill ${HOLDER:-} 2>/dev/null; sink_stop; peer_stop_all' EXIT
peer_up || { echo "$PEER did not start" >&2; exit 1; }
rss() { local p s=0; for p in $(group_pids peer); do s=$((s + $(awk '/^VmRSS/ {print $2}' "/proc/$p/status" 2>/dev/null || echo 0))); done; echo $((s / 1024)); }
load() {                                           # NAME -> NAME.json
  sink_start "$TAG-$1" "$N"
  generate "$TAG-$1" "$N" "$WL" -c 50 -k 100 -T 120 > "$WORK/load-$1.json"
  wait_drain "$N" 60; sink_stop
}
load warm; load alone
before=$(rss)
in_group gen python3 "$BENCH/tools/hold-tls.py" 127.0.0.1 2465 "$COUNT" > "$WORK/hold.json" &
HOLDER=$!
for _ in $(seq 1 600); do [ -s "$WORK/hold.json" ] && break; kill -0 "$HOLDER" || exit 1; sleep 0.2; done
sleep 5
held=$(rss)
load beside
python3 - "$WORK" "$PEER" "$(peer_version)" "$before" "$held" "$(rss)" <<'P' | tee -a "$WORK/connections.jsonl"
import json, sys
work, peer, version, before, held, loaded = sys.argv[1:]
read = lambda name: json.load(open("%s/%s.json" % (work, name)))
alone, beside, hold = read("load-alone"), read("load-beside"), read("hold")
print(json.dumps(dict(peer=peer, version=version, connections=hold["held"], handshakes_per_s=hold["per_s"], rss_mb_before=int(before),
    rss_mb_held=int(held), rss_mb_loaded=int(loaded), alone_per_s=alone["rate"], alone_ack_ms_p50=alone["ack_ms_p50"], alone_ack_ms_p99=alone["ack_ms_p99"],
    beside_per_s=beside["rate"], beside_ack_ms_p50=beside["ack_ms_p50"], beside_ack_ms_p99=beside["ack_ms_p99"])))
P
