# `waybillctl domains doctor` on a relay of its own; sourced by `all`.
# shellcheck shell=bash disable=SC2154

# A host with a public address, three providers to reach, and a door at port 25.
start_patient() {
  ip address add 203.0.113.5/32 dev lo
  ip address add 203.0.113.25/32 dev lo
  mkdir -p "$work/patient/sink" && chmod 777 "$work/patient/sink"
  (cd "$work/patient/sink" && exec smtp-sink -u nobody 203.0.113.25:25 100 > "$work/patient/sink.log" 2>&1) &
  pids+=($!)
  patient_zones 'v=spf1 ip4:203.0.113.5 ~all' relay.patient.example.
  cat > "$work/patient/nsd.conf" <<CONF
server:
  ip-address: 203.0.113.5
  username: ""
  zonesdir: "$work/patient"
  database: ""
  pidfile: "$work/patient/nsd.pid"
  xfrdfile: "$work/patient/xfrd.state"
  zonelistfile: "$work/patient/zone.list"
  logfile: "$work/patient/nsd.log"
remote-control:
  control-enable: no
CONF
  for zone in patient.example 113.0.203.in-addr.arpa gmail.com yahoo.com outlook.com; do
    printf 'zone:\n  name: %s\n  zonefile: %s\n' "$zone" "$zone" >> "$work/patient/nsd.conf"
  done
  nsd -d -c "$work/patient/nsd.conf" &
  pids+=($!)
  cat > "$work/patient.yaml" <<CONF
hostname: relay.patient.example
data-dir: $work/patient/data
dns:
  servers: ["203.0.113.5:53"]
submission:
  listen: 127.0.0.1:3587
  listen-tls: 127.0.0.1:3465
feedback:
  listen: 203.0.113.5:25
tracking:
  listen: 203.0.113.5:80
  url: http://relay.patient.example
admin:
  listen: 127.0.0.1:3081
delivery:
  source-addresses: [203.0.113.5]
CONF
  "$relay" serve --config "$work/patient.yaml" >> "$work/patient.log" 2>&1 &
  pids+=($!)
  until_true 30 curl -fsS http://127.0.0.1:3081/readyz || return 1
  patient domains add patient.example > /dev/null 2>&1
  patient domains records patient.example --format bind 2> /dev/null | grep -v spf1 > "$work/patient/records"
  patient_zones 'v=spf1 ip4:203.0.113.5 ~all' relay.patient.example.
}

# SPF PTR: writes the zones and has them read; an empty PTR is none.
patient_zones() {
  local soa='@ SOA ns.patient.example. root.patient.example. 1 3600 600 86400 60'
  local head="\$TTL 60
$soa
@ NS ns.patient.example."
  {
    printf '$ORIGIN patient.example.\n%s\n' "$head"
    echo 'ns A 203.0.113.5'
    echo "relay A 203.0.113.5"
    echo "send TXT \"$1\""
    cat "$work/patient/records" 2> /dev/null
  } > "$work/patient/patient.example"
  {
    printf '$ORIGIN 113.0.203.in-addr.arpa.\n%s\n' "$head"
    [ -z "$2" ] || echo "5 PTR $2"
  } > "$work/patient/113.0.203.in-addr.arpa"
  for provider in gmail.com yahoo.com outlook.com; do
    printf '$ORIGIN %s.\n%s\n@ MX 5 mx\nmx A 203.0.113.25\n' "$provider" "$head" > "$work/patient/$provider"
  done
  [ ! -f "$work/patient/nsd.pid" ] || { kill -HUP "$(cat "$work/patient/nsd.pid")"; sleep 1; }
}

patient() {
  WAYBILL_URL=http://127.0.0.1:3081 WAYBILL_API_KEY=$(cat "$work/patient/data/admin.key") "$ctl" "$@"
}

# STATUS CHECK...: each of the checks has that status.
doctor_says() {
  local status=$1; shift
  for name in "$@"; do
    grep -q "^$status,$name," "$work/doctor.csv" || { cat "$work/doctor.csv"; return 1; }
  done
}

doctor_finds_a_sound_host() {
  patient domains doctor patient.example --output csv > "$work/doctor.csv" || { cat "$work/doctor.csv"; return 1; }
  doctor_says pass domain source ptr helo outbound spf dkim dmarc return_path feedback one_click &&
    doctor_says warn tracking certificate && doctor_says unknown clock
}

doctor_names_what_is_broken() {
  patient_zones 'v=spf1 ip4:192.0.2.1 ~all' ''
  patient domains doctor patient.example --output csv > "$work/doctor.csv"
  [ $? = 1 ] || return 1
  doctor_says fail ptr spf && doctor_says pass feedback outbound
}

doctor_knows_silence_from_failure() {
  kill "$(cat "$work/patient/nsd.pid")"
  patient domains doctor patient.example --output csv > "$work/doctor.csv" || { cat "$work/doctor.csv"; return 1; }
  doctor_says unknown ptr helo outbound spf return_path feedback tracking
}
