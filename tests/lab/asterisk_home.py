"""Where Asterisk itself is: installed on this machine, or in a root made by ``scripts/asterisk-sandbox``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
CHOICE = "IDB_LAB_ASTERISK"
"""Environment: ``installed``, ``sandbox``, ``16``, ``22`` or a root's folder. Unset: installed or sandbox."""
OLDEST = 16
_DEFAULTS = {
    "astdatadir": ("/usr/share/asterisk", "/var/lib/asterisk"),
    "astmoddir": ("/usr/lib/asterisk/modules", "/usr/lib64/asterisk/modules"),
}


@dataclass(frozen=True, slots=True)
class AsteriskHome:
    """One Asterisk's programs. ``root`` is ``/`` for an installed one, else the folder to chroot into."""

    root: Path
    program: str = "/usr/sbin/asterisk"

    @property
    def prefix(self) -> tuple[str, ...]:
        """What stands before a command line to run it in this root."""
        return () if self.root == Path("/") else ("chroot", str(self.root))

    def inside(self, path: Path) -> str:
        """The same file's name as Asterisk sees it."""
        return f"/{path.relative_to(self.root)}"

    def folder(self, name: str) -> str:
        """One of ``asterisk.conf``'s directories, as Asterisk sees it."""
        conf = self.root / "etc/asterisk/asterisk.conf"
        text = conf.read_text(errors="replace") if conf.exists() else ""
        if found := re.search(rf"^{name}\s*=>?\s*(\S+)", text, re.MULTILINE):
            return found[1]
        known = _DEFAULTS[name]
        return next((path for path in known if (self.root / path.lstrip("/")).exists()), known[0])

    def resolve(self, path: str) -> Path:
        """Follow ``path``, whose links are absolute inside the root, to where it really is for us."""
        here = self.root / path.lstrip("/")
        while here.is_symlink():
            target = here.readlink()
            here = self.root / str(target).lstrip("/") if target.is_absolute() else here.parent / target
        return here

    def make_folder(self) -> Path:
        """An empty folder that Asterisk sees as well; those of processes that are gone are removed."""
        parent = Path(tempfile.gettempdir()) if self.root == Path("/") else self.root / "tmp"
        for old in parent.glob("idb-lab-*-*"):
            if not Path("/proc", old.name.split("-")[2]).exists():
                shutil.rmtree(old, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=f"idb-lab-{os.getpid()}-", dir=parent))
        folder.chmod(0o755)
        return folder


def find() -> AsteriskHome:
    """The Asterisk to test with; a ``RuntimeError`` that says how to get one when there is none."""
    choice = os.environ.get(CHOICE, "")
    installed = shutil.which("asterisk")
    if choice in ("", "installed") and installed and _major(installed) >= OLDEST:
        return AsteriskHome(Path("/"), installed)
    version = choice if choice in ("16", "22") else "22"
    root = CHECKOUT / f"var/asterisk-{version}"
    if choice not in ("", "installed", "sandbox", "16", "22"):
        root = Path(choice).resolve()
    if choice != "installed" and (root / "usr/sbin/asterisk").exists():
        return AsteriskHome(root)
    raise RuntimeError(
        f"no Asterisk {OLDEST} or newer is installed, and none in {root}: run scripts/asterisk-sandbox"
    )


def _major(program: str) -> int:
    """The first figure of ``asterisk -V``; 0 when it does not say."""
    said = subprocess.run([program, "-V"], capture_output=True, text=True, check=False, timeout=10).stdout
    found = re.match(r"Asterisk (?:certified/)?(\d+)", said)
    return int(found[1]) if found else 0
