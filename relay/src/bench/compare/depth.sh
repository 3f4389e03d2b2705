#!/bin/bash
# depth.sh PEER "0 10000 100000 1000000" [N] [WORKLOAD]: what a deep queue costs those who are not in it.
# The queue is filled through the relay's own door (tools/fill.py, 100 recipients to a message), FILL=scheduled
# (default: for tomorrow) or FILL=down (a destination whose host refuses connections). At each depth: throughput and
# latency of N new messages, memory, and the time from a restart to the first delivery. One JSON line a depth in depth.jsonl.
set -u
. "$(dirname "$0")/lib/env.sh"
PEER=$1 DEPTHS=${2:-0 10000 100000 1000000} N=${3:-10000} WL=${4:-w1} FILL=${FILL:-scheduled}
. "$BENCH/lib/peer.sh"; . "$(adapter "$PEER")"
env_up || exit 1
echo "mx-host=down.bench.example,down-host.bench.example,10
host-record=down-host.bench.example,127.0.1.99" > "$WORK/dns.d/down.conf"
dns_stop; dns_start || exit 1
quiet_wait
SINK_PID= SINK_JOB= SAMPLER=
trap 'kill ${SAMPLER:-} 2>/dev/null; sink_stop; peer_stop_all' EXIT
peer_up || { echo "$PEER did not start" >&2; exit 1; }
field() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get(sys.argv[2], 0))' "$1" "$2"; }
cpu() { cat "$(_cg cpuacct peer)/cpuacct.usage"; }
rss() { local p s=0; for p in $(group_pids peer); do s=$((s + $(awk '/^VmRSS/ {print $2}' /proc/$p/status 2>/dev/null || echo 0))); done; echo $((s / 1024)); }
at=; [ "$FILL" = scheduled ] && at=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)
measure() {                                        # TAG N RATE -> gen.json, sink.json, latency on stdout
  sink_start "$1" "$2"
  generate "$1" "$2" "$WL" -c 50 -k 100 -T 120 -r "$3" -o "$WORK/ack.log" > "$WORK/gen.json"
  wait_drain "$(field "$WORK/gen.json" acked)" "${DRAIN_LIMIT:-120}"
  sink_stop
  python3 - "$WORK/ack.log" "$WORK/recv.log" <<'P'
import sys
mail = {int(l.split()[0]): int(l.split()[1]) for l in open(sys.argv[1])}
seen = {}
for l in open(sys.argv[2]):
    f = l.split(); seen.setdefault(int(f[0]), int(f[1]))
d = sorted((seen[k] - mail[k]) / 1000 for k in seen if k in mail)
print(*(round(d[min(len(d) - 1, int(len(d) * q))], 2) if d else -1 for q in (.5, .99)))
P
}
warm=$(measure "w$(date +%s)" 4000 0)
have=0
for depth in $DEPTHS; do
  fill='{"recipients": 0, "secs": 0}'
  if [ "$depth" -gt "$have" ]; then
    fill=$(ip netns exec $NS "$BENCH/tools/fill.py" "$PEER_PORT" $((depth - have)) "$WORK/workloads/$WL.eml" "f$have" "news@$SENDER_DOMAIN" down.bench.example $at)
    have=$depth
    sleep "${REST:-5}"
  fi
  i0=$(cpu); sleep 10; i1=$(cpu)
  "$BENCH/tools/sampler.py" peer "$WORK/mem.json" & SAMPLER=$!
  lat=$(measure "l$(date +%s)" 1000 200)           # far below what it could do: the latency of one message
  lost=$(( $(field "$WORK/gen.json" acked) - $(field "$WORK/sink.json" unique) ))
  full=$(measure "d$(date +%s)" "$N" 0)            # as fast as it goes
  rate=$(python3 -c 'import json,sys; g,s=(json.load(open(sys.argv[1]+f)) for f in ("/gen.json","/sink.json")); print(round(s["unique"]/((s["last_us"]-g["first_us"])/1e6),1))' "$WORK")
  lost=$(( lost + $(field "$WORK/gen.json" acked) - $(field "$WORK/sink.json" unique) ))
  kill $SAMPLER; wait $SAMPLER 2>/dev/null; SAMPLER=
  r=$(rss); files=$(du -sm "${PEER_SPOOL:-$PEER_DIR}" | cut -f1)
  peer_stop; kill_group peer 2>/dev/null
  sink_start "r$depth" 1
  t0=$(date +%s%N); peer_start && peer_wait; t1=$(date +%s%N)
  generate "r$depth" 1 "$WL" -c 1 -T 60 > "$WORK/gen.json"
  for i in $(seq 1 600); do [ "$(sink_get unique)" -ge 1 ] && break; sleep 0.05; done
  t2=$(date +%s%N); sink_stop
  python3 - "$PEER" "$(peer_version)" "$FILL" "$depth" "$fill" $lat $full "$rate" "$lost" "$r" "$(field "$WORK/mem.json" rss_mb)" "$files" "$((i1 - i0))" "$(( (t1 - t0) / 1000000 ))" "$(( (t2 - t0) / 1000000 ))" "$(field "$WORK/gen.json" acked)" <<'P' | tee -a "$WORK/depth.jsonl"
import json, sys
peer, version, kind, depth, fill, p50, p99, q50, q99, rate, lost, rss, peak, files, idle, ready, first, ok = sys.argv[1:]
fill = json.loads(fill)
print(json.dumps(dict(peer=peer, version=version, fill=kind, depth=int(depth), fill_recipients=fill["recipients"], fill_per_s=fill.get("per_s", 0),
    latency_ms_p50=float(p50), latency_ms_p99=float(p99), full_ms_p50=float(q50), full_ms_p99=float(q99), delivered_per_s=float(rate), lost=int(lost),
    rss_mb=int(rss), peak_rss_mb=float(peak), data_mb=int(files), resting_cpu_pct=round(int(idle) / 1e8, 2), restart_ready_ms=int(ready), restart_first_ms=int(first), first_acked=int(ok))))
P
done
