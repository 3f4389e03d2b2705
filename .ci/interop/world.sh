# A small world on loopback for one sending domain: nsd answers the DNS, the built relay runs; sourced by the scripts
# that need one, in a network and mount namespace of their own. WORK is left for them in $work.
# shellcheck shell=bash disable=SC2154
top=$(cd "$here/../.." && pwd)
dist=${DIST:-$top/relay/target/waybill}
ctl=$top/admin-cli/target/waybillctl/bin/waybillctl
work=$(mktemp -d /tmp/waybill-world.XXXXXX)
chmod 755 "$work"
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$work"' EXIT

ip link set lo up || exit 1
echo "nameserver 127.0.0.1" > "$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf || exit 1

zone() { # NAME RECORDS: writes it anew
  printf '$ORIGIN %s.\n$TTL 5\n@ SOA ns.%s. root.%s. %s 3600 600 86400 1\n@ NS ns.%s.\nns A 127.0.0.1\n%b\n' \
    "$1" "$1" "$1" "$(date +%s)" "$1" "$2" > "$work/zones/$1"
}

start_world() { # DOMAIN TRACKING_URL: returns when the domain is verified
  mkdir "$work/zones"
  zone rcpt.example '@ MX 10 mx\nmx A 127.0.0.5'
  zone "$1" ''
  {
    printf 'server:\n  ip-address: 127.0.0.1\n  username: ""\n  zonesdir: "%s/zones"\n  database: ""\n' "$work"
    printf '  pidfile: "%s/nsd.pid"\n  xfrdfile: "%s/xfrd"\n  zonelistfile: "%s/zones.list"\n' "$work" "$work" "$work"
    printf '  logfile: "%s/nsd.log"\nremote-control:\n  control-enable: no\n' "$work"
    printf 'zone:\n  name: %s\n  zonefile: %s\n' rcpt.example rcpt.example "$1" "$1"
  } > "$work/nsd.conf"
  nsd -d -c "$work/nsd.conf" &
  pids+=($!)
  cat > "$work/waybill.yaml" <<CONF
hostname: relay.example
data-dir: $work/data
dns: {servers: ["127.0.0.1:53"]}
submission: {listen: "127.0.0.1:2587", listen-tls: "127.0.0.1:2465", trusted-networks: ["127.0.0.1/32"]}
feedback: {listen: "127.0.0.1:2526"}
tracking: {listen: "127.0.0.1:8080", url: "$2"}
delivery: {allow-networks: [127.0.0.0/8]}
domains: {spf-mechanisms: ["ip4:127.0.0.1"]}
CONF
  "$dist/bin/waybill" serve --config "$work/waybill.yaml" > "$work/relay.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 150); do
    curl -fsS http://127.0.0.1:8081/readyz > /dev/null 2>&1 && break
    sleep 0.2
  done
  WAYBILL_URL=http://127.0.0.1:8081
  WAYBILL_API_KEY=$(cat "$work/data/admin.key")
  export WAYBILL_URL WAYBILL_API_KEY
  "$ctl" domains add "$1" > /dev/null &&
    zone "$1" "$("$ctl" domains records "$1" --format bind | sed 's/\\/\\\\/g')" &&
    kill -HUP "$(cat "$work/nsd.pid")" &&
    "$ctl" domains verify "$1" --wait --timeout 60s > /dev/null
}
