# Environment shared by every run: an own network namespace (loopback only), a
# private /etc/resolv.conf inside it, a DNS server, and cgroups for accounting.
# Sourced by bench.sh; nothing outside the namespace is changed.

BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WORK=${WORK:-/var/tmp/waybill-bench}        # programs built here, spools, logs, keys; on the disk under test, reachable by other users
PEERS=${PEERS:-$BENCH/peers}             # where adapters are looked for first
RESULTS=${RESULTS:-$WORK/results.jsonl}
NS=relaybench
SINK_ADDR=127.0.0.2 SINK_COUNT=20 DOMAINS=20
SENDER_DOMAIN=sender.example SELECTOR=bench
DKIM_KEY=$WORK/keys/dkim.pem

# adapter NAME: the file of a peer, from $PEERS or from this folder
adapter() { local f; for f in "$PEERS/$1.sh" "$BENCH/$1.sh"; do [ -f "$f" ] && { echo "$f"; return; }; done; echo "$BENCH/peers/$1.sh"; }

_cg() { echo "/sys/fs/cgroup/$1/rb-$2"; }

# in_group GROUP COMMAND... : run COMMAND inside the namespace and the cgroup
in_group() {
  local g=$1; shift
  bash -c 'for c in cpuacct memory; do echo $$ > /sys/fs/cgroup/$c/rb-'"$g"'/cgroup.procs; done; exec "$@"' _ ip netns exec $NS "$@"
}
in_peer() { in_group peer "$@"; }

group_pids() { cat "$(_cg cpuacct "$1")/cgroup.procs" 2>/dev/null; }
group_cpu()  { echo "$(cat "$(_cg cpuacct "$1")/cpuacct.usage_user") $(cat "$(_cg cpuacct "$1")/cpuacct.usage_sys")"; }   # ns

# kill_group GROUP [SIGNAL]: every process we started in that cgroup, by pid, until none is left
kill_group() {
  local sig=${2:-KILL} i p
  for i in $(seq 1 50); do
    p=$(group_pids "$1"); [ -z "$p" ] && return 0
    kill -"$sig" $p 2>/dev/null; sleep 0.1
  done
  return 1
}

env_up() {
  local c g
  mkdir -p "$WORK"/{keys,log,bin}
  make -s -C "$BENCH/tools" OUT="$WORK/bin" || return 1
  python3 "$BENCH/tools/templates.py" "$WORK/workloads" >/dev/null || return 1
  for c in cpuacct memory; do for g in peer gen env; do mkdir -p "$(_cg $c $g)"; done; done
  if ! ip netns list | grep -qw $NS; then
    ip netns add $NS && ip -n $NS link set lo up
    ip -n $NS addr add 127.0.0.99/8 dev lo      # OpenSMTPD's resolver wants an address besides 127.0.0.1
    mkdir -p /etc/netns/$NS
    printf 'nameserver 127.0.0.1\noptions timeout:2 attempts:3\n' > /etc/netns/$NS/resolv.conf
  fi
  if [ ! -f "$DKIM_KEY" ]; then
    openssl genrsa -traditional -out "$DKIM_KEY" 2048 2>/dev/null || openssl genrsa -out "$DKIM_KEY" 2048
    chmod 644 "$DKIM_KEY"               # read by several unprivileged users; a throw-away key
  fi
  [ -n "$(group_pids env)" ] || dns_start
}

# Extra records of a peer: files in $WORK/dns.d, read at each start of the server.
dns_start() {
  mkdir -p "$WORK/dns.d"
  { dns_config; echo "conf-dir=$WORK/dns.d"; } > "$WORK/dnsmasq.conf"
  in_group env dnsmasq -C "$WORK/dnsmasq.conf" --keep-in-foreground --pid-file="$WORK/dnsmasq.pid" >/dev/null 2>"$WORK/log/dnsmasq.err" &
  local i; for i in $(seq 1 50); do
    ip netns exec $NS dig +short +tries=1 +time=1 @127.0.0.1 mx d01.bench.example 2>/dev/null | grep -q mx01 && return 0; sleep 0.1
  done
  echo "DNS did not come up" >&2; return 1
}
dns_stop() {
  local p; p=$(cat "$WORK/dnsmasq.pid" 2>/dev/null) || return 0
  kill "$p" 2>/dev/null; while kill -0 "$p" 2>/dev/null; do sleep 0.05; done
}

dns_config() {
  local i n p
  echo "port=53"; echo "listen-address=127.0.0.1"; echo "bind-interfaces"; echo "no-resolv"; echo "no-hosts"; echo "no-poll"
  echo "user=root"; echo "cache-size=10000"; echo "local-ttl=300"; echo "dns-forward-max=1000"
  echo "local=/example/"; echo "local=/in-addr.arpa/"
  for i in $(seq 1 $DOMAINS); do n=$(printf %02d $i)
    echo "mx-host=d$n.bench.example,mx$n.bench.example,10"
    echo "host-record=mx$n.bench.example,127.0.0.$((i + 1))"
  done
  echo "host-record=$SENDER_DOMAIN,127.0.0.1"; echo "mx-host=$SENDER_DOMAIN,relay.$SENDER_DOMAIN,10"; echo "host-record=relay.$SENDER_DOMAIN,127.0.0.1"
  p=$(openssl rsa -in "$DKIM_KEY" -pubout -outform DER 2>/dev/null | base64 -w0)
  echo "txt-record=$SELECTOR._domainkey.$SENDER_DOMAIN,\"v=DKIM1; k=rsa; p=${p:0:200}\",\"${p:200}\""
}

env_down() {
  kill_group peer; kill_group gen; kill_group env
  ip netns del $NS 2>/dev/null; rm -rf /etc/netns/$NS
}

# sink_start TAG N [extra msink options]: the sink on 127.0.0.2..21 port 25
sink_start() {
  local tag=$1 n=$2; shift 2
  rm -rf "$WORK/sample"; mkdir -p "$WORK/sample"; rm -f "$WORK/sink.json"
  in_group env "$WORK/bin/msink" -a $SINK_ADDR -k $SINK_COUNT -p 25 -g "$tag" -n "$n" \
    -o "$WORK/recv.log" -s "$WORK/sink.json" "$@" > "$WORK/log/sink.out" 2>&1 &
  SINK_JOB=$!
  local i; for i in $(seq 1 50); do [ -s "$WORK/sink.json" ] && break; sleep 0.05; done
  SINK_PID=$(pgrep -P $SINK_JOB -x msink || echo $SINK_JOB)
}
sink_stop() { [ -n "$SINK_PID" ] && kill -TERM "$SINK_PID" 2>/dev/null; wait "$SINK_JOB" 2>/dev/null; SINK_PID=; }
sink_get() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$WORK/sink.json" "$1" 2>/dev/null || echo 0; }

# generate TAG N TEMPLATE [extra mgen options]; prints the JSON summary
generate() {
  local tag=$1 n=$2 tpl=$3; shift 3
  in_group gen "$WORK/bin/mgen" -h 127.0.0.1 -p "$PEER_PORT" -n "$n" -t "$WORK/workloads/$tpl.eml" -g "$tag" \
    -d $DOMAINS -D 'd%02d.bench.example' -f "news@$SENDER_DOMAIN" "$@"
}
