"""Mail servers that people run, each as it comes from its makers, with a configuration and a spool of its own.

Each listens at three loopback addresses: one that offers STARTTLS, one that does not, one that requires it. The local
part of a recipient says how it is answered:

    nobody  550 5.1.1 at RCPT             full   552 or 550 5.2.2 at RCPT
    grey    451 4.7.1 at the first RCPT   late   taken, and reported as bounced afterwards

Everybody else is taken. Messages of more than 12 MiB are not.
"""
import email
import email.policy
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from certificates import run

CASES = pathlib.Path(__file__).resolve().parent / "haraka_cases.js"
LARGEST = 12 << 20


class Host:
    """
    number     of its loopback addresses, 127.0.NUMBER.1 to 3
    domain     whose mail it takes; clear.DOMAIN and strict.DOMAIN lead to the other two addresses
    smtputf8   whether it takes addresses beyond ASCII
    tls        whether its STARTTLS leads to TLS
    late       class and permanence of the bounce that it reports later
    taken, refused, deferred, secured, limited   what its log says then, with {} for the recipient
    """
    name, number, smtputf8, tls = "", 0, True, True
    taken = refused = deferred = secured = limited = ""
    late = ("bad_mailbox", "hard")

    def __init__(self, work, tools, key, certificate):
        self.folder, self.tools, self.key, self.certificate = work / self.name, tools, key, certificate
        self.domain, self.log, self.process = f"{self.name}.rcpt.example", self.folder / "log", None
        self.folder.mkdir()

    def address(self, last):
        return f"127.0.{self.number}.{last}"

    def records(self):
        for last, prefix in enumerate(("", "clear.", "strict."), start=1):
            host = f"mx{last}.{self.domain}"
            yield {"type": "MX", "name": prefix + self.domain, "value": host, "priority": 10}
            yield {"type": "A", "name": host, "value": self.address(last)}

    def domains(self):
        return [self.domain, f"clear.{self.domain}", f"strict.{self.domain}"]

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def spawn(self, *command, **options):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            **options)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def logged(self, pattern, recipient=""):
        """Whether its log has such a line."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return len(re.findall(pattern.replace("{}", re.escape(recipient)), text))

    def arrived(self, subject):
        """The messages with this subject that lie in its mailboxes, as they came over the wire."""
        found = []
        for path in self.folder.glob("**/new/*"):
            data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            if email.message_from_bytes(data, policy=email.policy.default)["subject"] == subject:
                found.append(data)
        return found

    def screens(self):
        """The domains of which it turns everybody away at first, instead of one recipient."""
        return []

    def grey_now_known(self):
        """What has to be done so that the next attempt for grey is taken, where the host does not remember by itself."""


class Exim(Host):
    name, number = "exim", 11
    taken = r"=> \S+ <{}> R=box T=box"
    refused = r"rejected RCPT <{}>: (No such user|Mailbox full)"
    deferred = r"temporarily rejected RCPT <{}>: Greylisted"
    secured = r"<= bounces\S+ H=\S+ (\(\S+\) )?\[127\.0\.0\.1\] P=\S*esmtps X=TLS1"
    limited = "refused: too many connections"

    def start(self):
        exim = self.tools / "exim/usr/sbin/exim4"
        for part in ("spool", "box"):
            (self.folder / part).mkdir()
        for path in (self.folder, self.folder / "spool", self.folder / "box"):
            shutil.chown(path, "Debian-exim", "Debian-exim")
        shutil.chown(self.key, "Debian-exim")
        clear, strict = self.address(2), self.address(3)
        config = self.write("conf", f"""
primary_hostname = mx1.{self.domain}
exim_path = {exim}
spool_directory = {self.folder}/spool
log_file_path = {self.folder}/spool/%slog
daemon_smtp_ports = 25
local_interfaces = {" : ".join(map(self.address, (1, 2, 3)))}
tls_certificate = {self.certificate}
tls_privatekey = {self.key}
tls_advertise_hosts = ${{if eq{{$received_ip_address}}{{{clear}}}{{}}{{*}}}}
smtputf8_advertise_hosts = *
message_size_limit = {LARGEST}
smtp_accept_max_per_host = 3
smtp_accept_queue_per_connection = 0
log_selector = +tls_cipher +smtp_connection +received_recipients
keep_environment =
domainlist ours = {" : ".join(self.domains())}
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
mail:
  deny condition = ${{if and{{{{eq{{$received_ip_address}}{{{strict}}}}}{{eq{{$tls_in_cipher}}{{}}}}}}}}
       message = 530 5.7.0 Must issue a STARTTLS command first
  accept
rcpt:
  deny !domains = +ours
       message = 550 5.7.1 Relaying denied
  deny local_parts = nobody
       message = 550 5.1.1 No such user
       log_message = No such user
  deny local_parts = full
       message = 552 5.2.2 Mailbox full
       log_message = Mailbox full
  defer local_parts = grey
       !condition = ${{if exists{{$spool_directory/grey}}}}
       continue = ${{run{{/usr/bin/touch $spool_directory/grey}}}}
       message = 451 4.7.1 Greylisted, try again
       log_message = Greylisted
  accept
data:
  deny condition = ${{if match{{$h_subject:}}{{unwanted}}}}
       message = 554 5.7.1 Message looks like spam
  accept
begin routers
late:
  driver = redirect
  domains = +ours
  local_parts = late
  allow_fail
  data = :fail: 550 5.1.1 The mailbox is gone
box:
  driver = accept
  domains = +ours
  transport = box
out:
  driver = dnslookup
  transport = smtp
  self = send
begin transports
box:
  driver = appendfile
  directory = {self.folder}/box
  maildir_format
  user = Debian-exim
  return_path_add
  envelope_to_add
smtp:
  driver = smtp
begin retry
* * F,1h,2s
""")
        self.log = self.folder / "spool/mainlog"
        with open(self.folder / "out", "ab") as log:
            self.process = subprocess.Popen([str(exim), "-C", str(config), "-bdf", "-q1h"], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)


class OpenSmtpd(Host):
    """Its folders are fixed; in a mount namespace of its own they are the cache's and its own. Debian 12's offers STARTTLS
    and fails in the handshake, since it and OpenSSL 3 disagree about private keys: a host as there are."""
    name, number, smtputf8, tls = "opensmtpd", 12, False, False
    late = ("network", "soft")      # whatever it is, the status that it reports is 5.3.0
    taken = "mda delivery .*rcpt=<{}>.*result=Ok"
    refused = r'failed-command command="RCPT TO:<{}>.*result="55\d 5'
    deferred = r'failed-command command="RCPT TO:<{}>.*result="451 4'
    secured = r"smtp tls .*TLSv1"
    limited = "Too many messages sent"

    def start(self):
        here = self.tools / "opensmtpd"
        (self.folder / "box").mkdir()
        shutil.chown(self.folder / "box", "nobody")
        self.grey = self.write("grey", f"grey@{self.domain}\n")
        ours = ", ".join(f'"{domain}"' for domain in self.domains())
        config = self.write("conf", f"""
pki receiver cert "{self.certificate}"
pki receiver key "{self.key}"
smtp max-message-size "{LARGEST}"
smtp limit max-mails 3
table grey file:{self.grey}
table nobody {{ "nobody@{self.domain}" }}
table full {{ "full@{self.domain}" }}
filter unknown phase rcpt-to match rcpt-to <nobody> reject "550 5.1.1 No such user"
filter full phase rcpt-to match rcpt-to <full> reject "552 5.2.2 Mailbox full"
filter greylist phase rcpt-to match rcpt-to <grey> reject "451 4.7.1 Greylisted, try again"
filter all chain {{ unknown, full, greylist }}
listen on {self.address(1)} port 25 tls pki receiver hostname mx1.{self.domain} filter all
listen on {self.address(2)} port 25 hostname mx2.{self.domain} filter all
listen on {self.address(3)} port 25 tls-require pki receiver hostname mx3.{self.domain} filter all
action box maildir "{self.folder}/box" virtual {{ "@" = "nobody" }}
action late mda "/bin/sh -c 'cat > /dev/null; echo The mailbox is gone; exit 67'" virtual {{ "@" = "nobody" }}
action out relay
match from any for rcpt-to {{ "late@{self.domain}" }} action late
match from any for domain {{ {ours} }} action box
match from local for any action out
""")
        config.chmod(0o600)
        run("chmod", "600", self.certificate, self.key)
        # the folders are fixed: the unpacked ones, and empty ones, for this process only
        self.spawn("unshare", "--mount", "sh", "-ec", f"""
mount --bind {here}/usr/libexec /usr/libexec
mount -t tmpfs -o mode=755 none /var/lib && mkdir -p /var/lib/opensmtpd/empty
mount -t tmpfs -o mode=711 none /var/spool
mount -t tmpfs -o mode=755 none /run
exec {here}/usr/sbin/smtpd -d -f {config}""")

    def grey_now_known(self):
        self.grey.write_text("")
        run("nsenter", "--mount", "--target", self.process.pid, "setpriv", "--regid", "opensmtpq", "--clear-groups",
            self.tools / "opensmtpd/usr/sbin/smtpctl", "update", "table", "grey")


class Haraka(Host):
    name, number, late = "haraka", 13, ("bad_domain", "hard")
    taken = r"cases: taken for <{}>"
    refused = r"recipient <{}> code=DENY "
    deferred = r"recipient <{}> code=DENYSOFT "
    secured = r"\[tls\] secured:.*version=TLSv1"
    limited = "too many connections"

    def start(self):
        haraka = self.tools / "haraka/node_modules/Haraka"
        shutil.copytree(haraka / "config", self.folder / "config")
        (self.folder / "box/new").mkdir(parents=True)
        self.write("config/smtp.ini", "[main]\nlisten=" + ",".join(f"{self.address(n)}:25" for n in (1, 2, 3))
                   + "\nnodes=0\nsmtputf8=true\n")
        self.write("config/plugins", "tls\ncases\n")
        self.write("config/me", f"mx1.{self.domain}\n")
        self.write("config/host_list", "\n".join(self.domains()) + "\n")
        self.write("config/log.ini", "[main]\nlevel=INFO\n")
        self.write("config/tls.ini", "")
        self.write("config/outbound.ini", "local_mx_ok=true\ninet_prefer=v4\n")
        connection = (haraka / "config/connection.ini").read_text()
        self.write("config/connection.ini", re.sub(r"^bytes=.*", f"bytes={LARGEST}", connection, flags=re.M))
        self.write("config/tls_key.pem", self.key.read_text())
        self.write("config/tls_cert.pem", self.certificate.read_text())
        self.write("plugins/cases.js", CASES.read_text())
        self.spawn("node", haraka / "bin/haraka", "-c", self.folder, env={
            **os.environ, "BOX": str(self.folder / "box/new"), "CLEAR": self.address(2), "STRICT": self.address(3)})


class Postfix(Host):
    """Its first address is behind postscreen, which turns away whom it does not know yet."""
    name, number = "postfix", 14
    taken = r"virtual\[\d+\]: \w+: to=<{}>.*status=sent"
    refused = r"reject: RCPT from .*: 55\d 5.*<{}>"
    deferred = r"NOQUEUE: reject: RCPT from .*: 450 4.3.2 Service currently unavailable;.*to=<{}>"
    secured = "TLS connection established from"
    limited = "too many connections|Connection concurrency limit exceeded"

    def start(self):
        for part in ("etc", "spool", "data", "box"):
            (self.folder / part).mkdir()
        # else it would take the relay's address for one of its own
        for last in (1, 2, 3, 4):
            run("ip", "address", "add", f"{self.address(last)}/8", "dev", "lo")
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "box", "nobody")
        source = next(p for p in ("/etc/postfix/master.cf.proto", "/usr/share/postfix/master.cf.dist") if os.path.exists(p))
        master = re.sub(r"^([a-z].*(?:unix|unix-dgram) +[-n] +[-y] +)[-y]( )", r"\1n\2",
                        pathlib.Path(source).read_text(), flags=re.M)
        master = re.sub(r"^smtp +inet.*\n", "", master, flags=re.M) + f"""
{self.address(1)}:smtp inet n - n - - smtpd
{self.address(2)}:smtp inet n - n - - smtpd
  -o smtpd_tls_security_level=none
{self.address(3)}:smtp inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
{self.address(4)}:smtp inet n - n - 1 postscreen
smtpd pass - - n - - smtpd
dnsblog unix - - n - 0 dnsblog
tlsproxy unix - - n - 0 tlsproxy
"""
        self.write("etc/master.cf", master)
        self.write("etc/main.cf", f"""compatibility_level = 3.6
queue_directory = {self.folder}/spool
data_directory = {self.folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file_prefixes = {self.folder}
maillog_file = {self.log}
myhostname = mx1.{self.domain}
mydestination =
inet_interfaces = {", ".join(map(self.address, (1, 2, 3, 4)))}
inet_protocols = ipv4
mynetworks =
message_size_limit = {LARGEST}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
virtual_mailbox_domains = {", ".join([*self.domains(), f"screen.{self.domain}"])}
virtual_mailbox_base = {self.folder}/box
virtual_mailbox_maps = regexp:{self.folder}/etc/boxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_relay_restrictions = reject_unauth_destination
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{nobody@{self.domain} = 550 5.1.1 No such user}},
  {{full@{self.domain} = 552 5.2.2 Mailbox full}} }}
smtpd_client_connection_count_limit = 3
smtpd_client_event_limit_exceptions =
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
smtpd_tls_key_file = {self.key}
smtpd_tls_cert_file = {self.certificate}
postscreen_access_list =
postscreen_greet_action = enforce
postscreen_greet_wait = 1s
postscreen_pipelining_enable = yes
postscreen_pipelining_action = enforce
postscreen_non_smtp_command_enable = yes
postscreen_bare_newline_enable = yes
postscreen_cache_map = btree:$data_directory/postscreen
alias_maps =
alias_database =
""")
        self.write("etc/boxes", "!/^(late)?@/ box/\n")
        try:
            run("postfix", "-c", self.folder / "etc", "start")
        except RuntimeError:
            print(self.log.read_text() if self.log.exists() else "Postfix logged nothing")
            raise

    def screens(self):
        return [f"screen.{self.domain}"]

    def records(self):
        yield from super().records()
        yield {"type": "MX", "name": f"screen.{self.domain}", "value": f"mx4.{self.domain}", "priority": 10}
        yield {"type": "A", "name": f"mx4.{self.domain}", "value": self.address(4)}

    def stop(self):
        subprocess.run(["postfix", "-c", str(self.folder / "etc"), "stop"], capture_output=True)


def wait_for(host, seconds=20):
    """Until it greets at its three addresses."""
    import smtplib
    end = time.monotonic() + seconds
    for last in (1, 2, 3):
        while True:
            try:
                with smtplib.SMTP(host.address(last), 25, timeout=5) as client:
                    client.ehlo("probe.example")
                break
            except (OSError, smtplib.SMTPException):
                if time.monotonic() > end:
                    raise TimeoutError(f"{host.name} does not greet at {host.address(last)}") from None
                time.sleep(0.1)
