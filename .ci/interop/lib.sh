# The steps of `all`; sourced by it.
# shellcheck shell=bash disable=SC2154

start_sink() {
  mkdir -p "$work/sink" && chmod 777 "$work/sink"
  (cd "$work/sink" && exec smtp-sink -u nobody -d m. -c 127.0.0.5:25 1000 > "$work/sink.log" 2>&1) &
  pids+=($!)
}

start_dns() {
  mkdir -p "$work/zones"
  cat > "$work/zones/rcpt.example" <<'ZONE'
$ORIGIN rcpt.example.
$TTL 60
@ SOA ns.rcpt.example. root.rcpt.example. 1 3600 600 86400 60
@ NS ns.rcpt.example.
ns A 127.0.0.1
@ MX 10 mx.rcpt.example.
mx A 127.0.0.5
ZONE
  app_zone > "$work/zones/app.example"
  cat > "$work/nsd.conf" <<CONF
server:
  ip-address: 127.0.0.1
  username: ""
  zonesdir: "$work/zones"
  database: ""
  pidfile: "$work/nsd.pid"
  xfrdfile: "$work/xfrd.state"
  zonelistfile: "$work/zone.list"
  logfile: "$work/nsd.log"
remote-control:
  control-enable: no
zone:
  name: app.example
  zonefile: app.example
zone:
  name: rcpt.example
  zonefile: rcpt.example
CONF
  nsd -d -c "$work/nsd.conf" &
  pids+=($!)
}

app_zone() {
  cat <<'ZONE'
$ORIGIN app.example.
$TTL 60
@ SOA ns.app.example. root.app.example. 1 3600 600 86400 60
@ NS ns.app.example.
ns A 127.0.0.1
relay A 127.0.0.1
ZONE
}

# Publishes the records exactly as waybillctl prints them for BIND.
publish() {
  { app_zone; "$ctl" domains records app.example --format bind; } > "$work/zones/app.example"
  nsd-checkzone app.example "$work/zones/app.example" || not_ok "nsd reads the BIND records"
  kill -HUP "$(cat "$work/nsd.pid")"
}

start_relay() {
  cat > "$work/waybill.yaml" <<CONF
hostname: relay.app.example
data-dir: $work/data
dns:
  servers: ["127.0.0.1:53"]
submission:
  listen: 127.0.0.1:2587
  listen-tls: 127.0.0.1:2465
  trusted-networks: ["127.0.0.1/32"]
  max-connections: 500
  connections-per-address: 500
feedback:
  listen: 127.0.0.1:2526
tracking:
  listen: 127.0.0.1:8080
delivery:
  allow-networks: [127.0.0.0/8]
domains:
  spf-mechanisms: ["ip4:127.0.0.1"]
CONF
  "$relay" serve --config "$work/waybill.yaml" >> "$work/relay.log" 2>&1 &
  relay_pid=$!
  pids+=($relay_pid)
}

ready() { curl -fsS http://127.0.0.1:8081/readyz; }

submit_with_swaks() { # MECHANISM SUBJECT
  swaks --server 127.0.0.1:2587 --tls --auth "$1" --auth-user waybill --auth-password "$key" \
    --from app@app.example --to "ann@rcpt.example" --header "Subject: $2" --body "Hello from $2"
}

submit_with_swaks_tls() { # SUBJECT
  swaks --server 127.0.0.1:2465 --tlsc --auth PLAIN --auth-user waybill --auth-password "$key" \
    --from app@app.example --to "ann@rcpt.example" --header "Subject: $1" --body "Hello from $1"
}

refused_from() { # DOMAIN
  swaks --server 127.0.0.1:2587 --tls --auth PLAIN --auth-user waybill --auth-password "$key" \
    --from "app@$1" --to ann@rcpt.example > "$work/refused" 2>&1
  grep "550 5.7.1 The From domain $1 is not verified; run: waybillctl domains records $1" "$work/refused"
}

refused_key() {
  swaks --server 127.0.0.1:2587 --tls --auth PLAIN --auth-user waybill --auth-password wb_wrong \
    --from app@app.example --to ann@rcpt.example > "$work/refused" 2>&1
  grep '535 5.7.8' "$work/refused"
}

file_of() { grep -rlE "^Subject: $1( |$)" "$work/sink" | head -1; }

arrived_subjects() {
  for subject in "$@"; do [ -n "$(file_of "$subject")" ] || return 1; done
}

return_path_is_ours() {
  grep -E '^X-Mail-Args: <bounces\+[a-z2-7]+@send\.app\.example>' "$(file_of "$1")"
}

# smtp-sink puts fields of its own on top and writes LF; the mail begins at our Received field.
as_arrived() { sed 's/\r$//; s/$/\r/' "$(file_of "$1")"; }

verify_dkim() {
  as_arrived "$1" > "$work/mail"
  dkimverify < "$work/mail" | tee /dev/stderr | grep -q 'signature ok'
}

verify_opendkim() {
  as_arrived "$1" > "$work/mail"
  opendkim-testmsg < "$work/mail"
}

# One octet of the body changed: whoever accepts that accepts anything.
changed_copies_fail() {
  as_arrived "$1" | sed 's/^Hello/Hullo/' > "$work/mail"
  grep -q '^Hullo' "$work/mail" || return 1
  if dkimverify < "$work/mail" | grep 'signature ok'; then return 1; fi
  if opendkim-testmsg < "$work/mail"; then return 1; fi
}

metrics_are_clean() {
  curl -fsS http://127.0.0.1:8081/metrics > "$work/metrics" && promtool check metrics < "$work/metrics"
}

message_ids() { # PATTERN
  grep -rhioE "^Message-Id: <$1>" "$work/sink" | tr 'A-Z' 'a-z' | sort
}

two_thousand() {
  local before after
  before=$(find "$work/sink" -name 'm.*' | wc -l)
  local began=$EPOCHREALTIME
  smtp-source -s 20 -m 2000 -l 2048 -f app@app.example -t bulk@rcpt.example 127.0.0.1:2587 || return 1
  local accepted=$EPOCHREALTIME
  until_true 60 sink_has $((before + 2000)) || return 1
  awk -v b="$began" -v a="$accepted" -v e="$EPOCHREALTIME" 'BEGIN {
    printf "2000 messages: accepted %.0f/s, delivered %.0f/s\n", 2000/(a-b), 2000/(e-b) }' | tee "$work/rate" >&3
  sleep 1
  after=$(find "$work/sink" -name 'm.*' | wc -l)
  [ "$after" = $((before + 2000)) ] || { echo "$after files (expected: $((before + 2000)))"; return 1; }
  [ "$(grep -rl 'bulk@rcpt.example' "$work/sink" | xargs grep -hi '^Message-Id:' | sort | uniq -d | wc -l)" = 0 ]
}

sink_has() { [ "$(find "$work/sink" -name 'm.*' | wc -l)" -ge "$1" ]; }

kill_under_load() {
  python3 "$here/load.py" 127.0.0.1 2587 "$work/accepted" 16 40 > "$work/load.log" 2>&1 &
  local load=$!
  for _ in 1 2 3; do
    sleep 2
    kill -9 "$relay_pid"
    wait "$relay_pid" 2>/dev/null
    start_relay
    until_true 30 ready || return 1
  done
  wait "$load" || { cat "$work/load.log"; return 1; }
  [ -s "$work/accepted" ] || { echo "nothing was accepted"; return 1; }
  until_true 90 all_accepted_arrived || { missing_ids | head; return 1; }
  echo "kill -9, three times: $(wc -l < "$work/accepted") accepted, 0 lost, $(message_ids 'k[0-9a-f-]+@load' | uniq -d | wc -l) sent twice" >&3
}

missing_ids() {
  message_ids 'k[0-9a-f-]+@load' | sed 's/^message-id: //' | sort -u > "$work/arrived"
  sort -u "$work/accepted" | comm -23 - "$work/arrived"
}

all_accepted_arrived() { [ -z "$(missing_ids)" ]; }

stops_cleanly() {
  kill -TERM "$relay_pid"
  wait "$relay_pid"
}

# Whether every thread of the process has its tracer.
traced() { ! grep -lq '^TracerPid:[[:space:]]0$' /proc/"$1"/task/*/status; }

# The relay's own system calls between DATA's 354 and the 250: the body's segment and the database are
# synced in between. In clear, so that the replies can be seen.
sync_before_reply() {
  start_relay
  until_true 30 ready || return 1
  strace -f -qq -y -e trace=fsync,fdatasync,write,sendto -s 48 -o "$work/strace" -p "$relay_pid" &
  local tracer=$!
  until_true 10 traced "$relay_pid" || return 1
  swaks --server 127.0.0.1:2587 --auth PLAIN --auth-user waybill --auth-password "$key" \
    --from app@app.example --to ann@rcpt.example --header 'Subject: traced' --body traced || return 1
  kill "$tracer"; wait "$tracer" 2>/dev/null
  kill -TERM "$relay_pid"; wait "$relay_pid"
  awk '/"354 /{ data = NR } /(fdatasync|fsync)\(.*\.segment/{ if (data) body = NR }
    /(fdatasync|fsync)\(.*\.mv\.db/{ if (body) rows = NR; }
    /"250 2\.0\.0 Queued/{ reply = NR; exit }
    END { exit !(data && body && rows && data < body && body < rows && rows < reply) }' "$work/strace"
  local proven=$?
  awk '/"354 /{ on = 1 } on { print } /"250 2\.0\.0 Queued/{ exit }' "$work/strace"
  return $proven
}

# Resend's SDK, unmodified, with only its base URL changed.
resend_sdk() {
  NODE_PATH="$tools/node_modules" KEY=$WAYBILL_API_KEY RESEND_BASE_URL=$WAYBILL_URL \
    node "$here/resend.cjs" sdk.example.com
}

openapi_is_valid() {
  curl -fsS "$WAYBILL_URL/openapi.yaml" > "$work/openapi.yaml" || return 1
  ln -sfn "$tools/node_modules" "$work/node_modules"
  cat > "$work/openapi.mjs" <<'JS'
import { Validator } from '@seriousme/openapi-schema-validator';
const validator = new Validator();
const { valid, errors } = await validator.validate(process.argv[2]);
console.log(validator.version, valid, errors);
process.exitCode = valid && validator.version === '3.1' ? 0 : 1;
JS
  node "$work/openapi.mjs" "$work/openapi.yaml"
}
