"""Certificates that openssl makes, for the hosts of the checks."""
import hashlib
import subprocess


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.returncode} {done.stdout}{done.stderr}")
    return done.stdout


class Certificates:
    """An authority of our own and what it signed."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = folder / "authority.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
            "-subj", "/CN=authority", "-keyout", folder / "authority.key", "-out", self.authority)

    def issue(self, name, *hosts):
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
            "-subj", f"/CN={name}", "-addext", "subjectAltName=" + ",".join("DNS:" + host for host in hosts),
            "-addext", "basicConstraints=critical,CA:FALSE", "-CA", self.authority, "-CAkey", self.folder / "authority.key",
            "-keyout", key, "-out", certificate)
        return key, certificate

    @staticmethod
    def tlsa(certificate):
        """A record for the host's own key (3 1 1)."""
        key = run("openssl", "x509", "-in", certificate, "-noout", "-pubkey")
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key.encode(), check=True,
                             capture_output=True).stdout
        return "3 1 1 " + hashlib.sha256(der).hexdigest()
