# The relay on PostgreSQL, watched from both sides; sourced by `all`.
# shellcheck shell=bash disable=SC2154

start_postgres() {
  local bin
  bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
  install -d -o postgres "$work/pg" || return 1
  (cd "$work/pg" && runuser -u postgres -- "$bin/initdb" -D "$work/pg/data" -A trust -U waybill) || return 1
  (cd "$work/pg" && exec runuser -u postgres -- "$bin/postgres" -D "$work/pg/data" -k "$work/pg" \
    -c listen_addresses=127.0.0.1 -c port=5432 > "$work/pg.log" 2>&1) &
  pids+=($!)
  until_true 30 "$bin/pg_isready" -q -h 127.0.0.1 -U waybill
}

# The server writes its log ahead (pg_wal) and syncs it between DATA's 354 and the 250, which the relay says.
sync_before_reply_on_postgres() {
  start_postgres || return 1
  sed "s|^data-dir:.*|data-dir: $work/data-pg\ndatabase:\n  url: jdbc:postgresql://127.0.0.1:5432/postgres\n  user: waybill|" \
    "$work/waybill.yaml" > "$work/waybill-pg.yaml"
  "$relay" serve --config "$work/waybill-pg.yaml" >> "$work/relay-pg.log" 2>&1 &
  relay_pid=$!
  pids+=($relay_pid)
  until_true 30 ready || return 1
  WAYBILL_API_KEY=$(cat "$work/data-pg/admin.key")
  "$ctl" domains add app.example && publish && "$ctl" domains verify app.example --wait --timeout 60s || return 1
  key=$("$ctl" api-keys create interop --permission sending_access 2>/dev/null)
  local server watched=()
  server=$(head -1 "$work/pg/data/postmaster.pid")
  for pid in "$relay_pid" "$server" $(pgrep -P "$server"); do watched+=(-p "$pid"); done
  strace -f -qq -y -e trace=fsync,fdatasync,write,sendto,pwrite64 -s 48 -o "$work/strace-pg" "${watched[@]}" &
  local tracer=$!
  until_true 10 traced "$relay_pid" && until_true 10 traced "$server" || return 1
  swaks --server 127.0.0.1:2587 --auth PLAIN --auth-user waybill --auth-password "$key" \
    --from app@app.example --to ann@rcpt.example --header 'Subject: traced' --body traced || return 1
  kill "$tracer"; wait "$tracer" 2>/dev/null
  kill -TERM "$relay_pid"; wait "$relay_pid"
  awk '/"354 /{ data = NR } /pwrite64\(.*pg_wal/{ if (data && !wrote) wrote = NR }
    /(fdatasync|fsync)\(.*pg_wal/{ if (wrote) synced = NR }
    /"250 2\.0\.0 Queued/{ reply = NR; exit }
    END { exit !(data && wrote && synced && reply && wrote < synced && synced < reply) }' "$work/strace-pg"
  local proven=$?
  awk '/"354 /{ on = 1 } on { print } /"250 2\.0\.0 Queued/{ exit }' "$work/strace-pg"
  return $proven
}
