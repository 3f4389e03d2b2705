# Mail programs that applications and hosts send with; sourced by `all`.
# shellcheck shell=bash disable=SC2154

# A message as a program would have written it to a file.
written() { # SUBJECT
  printf 'From: App <app@app.example>\r\nTo: Ann <ann@rcpt.example>\r\nSubject: %s\r\n' "$1"
  printf 'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello from %s\r\n.\r\n..\r\n' "$1"
}

submit_with_curl() { # SUBJECT URL OPTION...
  local subject=$1 url=$2; shift 2
  written "$subject" | curl -sSv -k --user "waybill:$key" --mail-from app@app.example \
    --mail-rcpt ann@rcpt.example --upload-file - "$@" "$url"
}

submit_with_msmtp() { # SUBJECT
  written "$1" | msmtp --file=/dev/null --host=127.0.0.1 --port=2587 --tls=on --tls-starttls=on \
    --tls-certcheck=off --auth=plain --user=waybill --passwordeval="echo $key" \
    --from=app@app.example ann@rcpt.example
}

# Pooled, with an attachment, a copy to a second recipient and a subject beyond ASCII.
submit_with_nodemailer() { # SUBJECT
  NODE_PATH="$tools/node_modules" KEY=$key node - "$1" <<'JS'
const mailer = require('nodemailer').createTransport({
  host: '127.0.0.1', port: 2587, requireTLS: true, pool: true, maxConnections: 2,
  auth: { user: 'waybill', pass: process.env.KEY }, tls: { rejectUnauthorized: false },
});
const send = number => mailer.sendMail({
  from: { name: 'Ünïcode', address: 'app@app.example' }, to: 'ann@rcpt.example, bob@rcpt.example',
  subject: `${process.argv[2]} ${number}`, text: 'Grüße', html: '<p>Grüße</p>',
  attachments: [{ filename: 'größe.bin', content: Buffer.alloc(100000, number) }],
});
Promise.all([1, 2, 3, 4].map(send)).then(all => {
  all.forEach(each => console.log(each.response));
  if (all.some(each => each.accepted.length !== 2)) process.exitCode = 1;
  mailer.close();
}, fault => { console.error(fault); process.exitCode = 1; });
JS
}

# Exim sends with BDAT where CHUNKING is offered. It insists on its user, who is lent to this mount
# namespace only.
submit_with_exim() { # SUBJECT
  local exim=$tools/exim/usr/sbin/exim4
  { cat /etc/passwd; echo 'Debian-exim:x:64999:64999::/nonexistent:/usr/sbin/nologin'; } > "$work/passwd"
  { cat /etc/group; echo 'Debian-exim:x:64999:'; } > "$work/group"
  mount --bind "$work/passwd" /etc/passwd && mount --bind "$work/group" /etc/group || return 1
  mkdir -p "$work/exim" && chown 64999:64999 "$work/exim"
  cat > "$work/exim.conf" <<CONF
primary_hostname = host.app.example
exim_path = $exim
spool_directory = $work/exim
log_file_path = $work/exim/%slog
local_from_check = false
untrusted_set_sender = *
keep_environment =
begin routers
relay:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = relay
begin transports
relay:
  driver = smtp
  port = 2587
  hosts_require_tls = *
  hosts_require_auth = *
  hosts_try_chunking = *
  tls_tempfail_tryclear = false
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  client_send = ^waybill^$key
CONF
  chmod 644 "$work/exim.conf"
  written "$1" | tr -d '\r' | "$exim" -C "$work/exim.conf" -odi -oi \
    -f app@app.example ann@rcpt.example
  umount /etc/passwd /etc/group
  cat "$work/exim/mainlog"
  if grep -q 'TLS error' "$work/exim/mainlog"; then return 1; fi
  grep -E '=> ann@rcpt.example .* A=plain .*K .*C="250 2.0.0 Queued' "$work/exim/mainlog"
}

# Postfix with the relay as its relayhost: what most hosts have that mail cron's output.
submit_with_postfix() { # SUBJECT
  local folder=$work/postfix
  mkdir -p "$folder/etc" "$folder/spool" "$folder/data" && chown postfix "$folder/data"
  cp /etc/postfix/master.cf.proto "$folder/etc/master.cf" 2>/dev/null \
    || cp /usr/share/postfix/master.cf.dist "$folder/etc/master.cf"
  sed -i -E 's/^(smtp +inet)/#\1/; s/^([a-z].*(unix|unix-dgram) +[-n] +[-y] +)[-y]( )/\1n\3/' "$folder/etc/master.cf"
  cat > "$folder/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $folder/spool
data_directory = $folder/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file_prefixes = $work
maillog_file = $folder/log
myhostname = host.app.example
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
relayhost = [127.0.0.1]:2587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{ [127.0.0.1]:2587=waybill:$key }
smtp_sasl_security_options = noanonymous
smtp_sasl_mechanism_filter = plain
smtp_tls_security_level = encrypt
CONF
  postfix -c "$folder/etc" start || return 1
  written "$1" | tr -d '\r' | sendmail -C "$folder/etc" -i -f app@app.example ann@rcpt.example
  until_true 20 grep -q 'status=sent (250 2.0.0 Queued' "$folder/log"
  local sent=$?
  postfix -c "$folder/etc" stop
  cat "$folder/log"
  return $sent
}

# The same key twice: answered twice with the same id, carried once.
same_key_once() { # SUBJECT
  local first second
  first=$(submit_with_key "$1") && second=$(submit_with_key "$1") || return 1
  echo "$first / $second"
  [ -n "$first" ] && [ "$first" = "$second" ]
}

submit_with_key() { # SUBJECT
  written "$1" > "$work/keyed"
  swaks --server 127.0.0.1:2587 --tls --auth PLAIN --auth-user waybill --auth-password "$key" \
    --from app@app.example --to ann@rcpt.example --data "@$work/keyed" \
    --add-header "X-Waybill-Idempotency-Key: $1" | sed -n 's/.*250 2.0.0 Queued as //p'
}

arrived_times() { # NUMBER SUBJECT
  [ "$(grep -rl "^Subject: $2" "$work/sink" | wc -l)" = "$1" ]
}

# Lines that begin with a dot came through as they were, whoever stuffed them.
dots_are_whole() { # SUBJECT...
  for subject in "$@"; do
    tail -n 4 "$(file_of "$subject")" | tr -d '\r' | grep -qx '\.' || return 1
    tail -n 4 "$(file_of "$subject")" | tr -d '\r' | grep -qx '\.\.' || return 1
  done
}
