# Mail programs that applications and hosts send with; sourced by `all`.
# shellcheck shell=bash disable=SC2154

# Each submits over `starttls` or `tls` (RFC 8314), with AUTH, and without looking at the certificate.

port_of() { # KIND
  case $1 in starttls) echo 2587 ;; tls) echo 2465 ;; esac
}

# A message as a program would have written it to a file: a subject beyond ASCII, 8-bit text with lines of
# dots, an attachment.
written() { # SUBJECT
  printf 'From: =?utf-8?Q?=C3=84pp?= <app@app.example>\r\nTo: Ann <ann@rcpt.example>\r\n'
  printf 'Subject: %s =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?B?4pyJ?=\r\nX-Mailer:  two  blanks \r\n' "$1"
  printf 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=_b"\r\n\r\npreamble\r\n'
  printf -- '--=_b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
  printf 'Hello from %s, Grüße\r\n.\r\n..\r\n.x\r\n\r\n \r\n' "$1"
  printf -- '--=_b\r\nContent-Type: application/octet-stream; name="a.bin"\r\n'
  printf 'Content-Disposition: attachment; filename="a.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
  seq 1 4000 | base64 | sed 's/$/\r/'
  printf -- '--=_b--\r\nepilogue\r\n'
}

submit_with_swaks_file() { # KIND SUBJECT
  local tls=--tls
  [ "$1" = tls ] && tls=--tlsc
  written "$2" > "$work/swaks.eml"
  swaks --server "127.0.0.1:$(port_of "$1")" $tls --auth PLAIN --auth-user waybill --auth-password "$key" \
    --from app@app.example --to ann@rcpt.example --data "@$work/swaks.eml"
}

submit_with_curl() { # KIND SUBJECT
  local url
  case $1 in starttls) url=smtp://127.0.0.1:2587 ;; tls) url=smtps://127.0.0.1:2465 ;; esac
  written "$2" | curl -sSv -k --ssl-reqd --user "waybill:$key" --mail-from app@app.example \
    --mail-rcpt ann@rcpt.example --upload-file - "$url"
}

submit_with_msmtp() { # KIND SUBJECT
  local starttls=on
  [ "$1" = tls ] && starttls=off
  written "$2" | msmtp --file=/dev/null --host=127.0.0.1 --port="$(port_of "$1")" --tls=on \
    --tls-starttls=$starttls --tls-certcheck=off --auth=plain --user=waybill --passwordeval="echo $key" \
    --from=app@app.example ann@rcpt.example
}

submit_with_smtplib() { # KIND SUBJECT
  written "$2" > "$work/smtplib.eml"
  KEY=$key python3 - "$1" "$(port_of "$1")" "$work/smtplib.eml" <<'PY'
import email, email.policy, os, smtplib, ssl, sys
kind, port, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
client = smtplib.SMTP_SSL("127.0.0.1", port, context=context) if kind == "tls" else smtplib.SMTP("127.0.0.1", port)
with client:
    if kind == "starttls":
        client.starttls(context=context)
    client.login("waybill", os.environ["KEY"])
    client.sendmail("app@app.example", ["ann@rcpt.example"], open(file, "rb").read(), mail_options=["BODY=8BITMIME"])
PY
}

# Pooled, with an attachment, a copy to a second recipient and a subject beyond ASCII.
submit_with_nodemailer() { # KIND SUBJECT
  NODE_PATH="$tools/node_modules" KEY=$key node - "$2" "$(port_of "$1")" <<'JS'
const port = Number(process.argv[3]);
const mailer = require('nodemailer').createTransport({
  host: '127.0.0.1', port, secure: port === 2465, requireTLS: true, pool: true, maxConnections: 2,
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
submit_with_exim() { # KIND SUBJECT
  local exim=$tools/exim/usr/sbin/exim4 protocol=smtp
  [ "$1" = tls ] && protocol=smtps
  { cat /etc/passwd; echo 'Debian-exim:x:64999:64999::/nonexistent:/usr/sbin/nologin'; } > "$work/passwd"
  { cat /etc/group; echo 'Debian-exim:x:64999:'; } > "$work/group"
  mount --bind "$work/passwd" /etc/passwd && mount --bind "$work/group" /etc/group || return 1
  rm -rf "$work/exim" && mkdir -p "$work/exim" && chown 64999:64999 "$work/exim"
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
  protocol = $protocol
  port = $(port_of "$1")
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
  written "$2" | tr -d '\r' | "$exim" -C "$work/exim.conf" -odi -oi \
    -f app@app.example ann@rcpt.example
  umount /etc/passwd /etc/group
  cat "$work/exim/mainlog"
  if grep -q 'TLS error' "$work/exim/mainlog"; then return 1; fi
  grep -E '=> ann@rcpt.example .* A=plain .*K .*C="250 2.0.0 Queued' "$work/exim/mainlog"
}

# Postfix with the relay as its relayhost: what most hosts have that mail cron's output.
submit_with_postfix() { # KIND SUBJECT
  local folder=$work/postfix-$1 port wrapper=no
  port=$(port_of "$1")
  [ "$1" = tls ] && wrapper=yes
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
relayhost = [127.0.0.1]:$port
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{ [127.0.0.1]:$port=waybill:$key }
smtp_sasl_security_options = noanonymous
smtp_sasl_mechanism_filter = plain
smtp_tls_security_level = encrypt
smtp_tls_wrappermode = $wrapper
CONF
  postfix -c "$folder/etc" start || return 1
  written "$2" | tr -d '\r' | sendmail -C "$folder/etc" -i -f app@app.example ann@rcpt.example
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

# What arrived is what was written, but for the fields that the relay and mail programs add.
unchanged() { # SUBJECT...
  for subject in "$@"; do
    written "$subject" > "$work/written"
    python3 "$here/unchanged.py" "$work/written" "$(file_of "$subject")" || return 1
  done
}

# What nodemailer composed can be read again, down to the attachment.
attachments_are_whole() { # SUBJECT
  grep -rl "^Subject: .*$1" "$work/sink" | python3 -c '
import email, email.policy, sys
files = sys.stdin.read().split()
for file in files:
    mail = email.message_from_bytes(open(file, "rb").read(), policy=email.policy.default)
    number = int(mail["subject"].split()[-1])
    (part,) = mail.iter_attachments()
    assert part.get_filename() == "größe.bin", part.get_filename()
    assert part.get_content() == bytes([number]) * 100000, file
    assert mail.get_body(("plain",)).get_content().strip() == "Grüße", file
    assert mail["from"].addresses[0].display_name == "Ünïcode", mail["from"]
sys.exit(len(files) != int(sys.argv[1]))' "$2"
}
