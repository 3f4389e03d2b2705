# Waybill from its built distribution. WAYBILL_TRACKING=on: opens and clicks on (for workload w2t).
# The relay refuses settings it does not know, so these names are kept from its environment.
export -n WAYBILL_HOME WAYBILL_CTL WAYBILL_TRACKING WAYBILL_EXTRA
: "${WAYBILL_HOME:=$(cd "$BENCH/../../.." && pwd)/target/waybill}" "${WAYBILL_CTL:=$(cd "$BENCH/../../../.." && pwd)/admin-cli/target/waybillctl/bin/waybillctl}"
PEER_SPOOL=$PEER_DIR/data
ctl() { WAYBILL_URL=http://127.0.0.1:8081 WAYBILL_API_KEY=$(cat "$PEER_DIR/data/admin.key") ip netns exec $NS "$WAYBILL_CTL" "$@"; }
peer_version() { echo "Waybill $("$WAYBILL_HOME/bin/waybill" version | head -1), $("$WAYBILL_HOME/runtime/bin/java" -version 2>&1 | sed -n 's/.*Runtime Environment //p')"; }
peer_config() {
  cat > "$PEER_DIR/waybill.yaml" <<C
hostname: relay.$SENDER_DOMAIN
data-dir: $PEER_DIR/data
submission:
  listen: 127.0.0.1:$PEER_PORT
  listen-tls: 127.0.0.1:2465
  trusted-networks: ["127.0.0.0/8"]
  max-connections: 2000
  connections-per-address: 2000
feedback:
  listen: 127.0.0.1:2526
tracking:
  listen: 127.0.0.1:8080
dns:
  servers: ["127.0.0.1:53"]
delivery:
  allow-networks: ["127.0.0.0/8"]
  site-connections: 50
domains:
  spf-mechanisms: ["ip4:127.0.0.1"]
${WAYBILL_EXTRA:-}
C
  waybill_start && waybill_register && kill_waybill
}
waybill_start() {
  in_peer "$WAYBILL_HOME/bin/waybill" serve --config "$PEER_DIR/waybill.yaml" >> "$PEER_DIR/waybill.log" 2>&1 &
  local i; for i in $(seq 1 300); do ip netns exec $NS curl -fso /dev/null http://127.0.0.1:8081/readyz && return 0; sleep 0.05; done
  return 1
}
waybill_register() {                               # the domain, its records in the DNS, verified; then a plain restart
  local flags=() i
  [ "${WAYBILL_TRACKING:-off}" = on ] && flags=(--tracking-subdomain links --open-tracking --click-tracking)
  ctl domains add "$SENDER_DOMAIN" --dkim-key "$DKIM_KEY" --dkim-selector "$SELECTOR" "${flags[@]}" > "$PEER_DIR/records.txt" || return 1
  ctl --output json domains records "$SENDER_DOMAIN" | "$BENCH/tools/dnsmasq-records.py" "$SENDER_DOMAIN" > "$WORK/dns.d/waybill.conf" || return 1
  dns_stop; dns_start && ctl domains verify "$SENDER_DOMAIN" --wait --timeout 60s >> "$PEER_DIR/records.txt" 2>&1
}
kill_waybill() { peer_stop; rm -f "$PEER_DIR/waybill.log"; }
peer_start() { waybill_start; }
peer_stop() {
  local p=$(group_pids peer) i; [ -n "$p" ] && kill -TERM $p 2>/dev/null
  for i in $(seq 1 150); do [ -z "$(group_pids peer)" ] && return 0; sleep 0.1; done
}
peer_flush() { ctl queue retry --all; }
