"""The configuration of a lab Asterisk: the project's own files, included the way README tells operators.

Only text in, text out; starts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.lab.asterisk_home import CHECKOUT
from tests.lab.certificate import certificate

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Lab:
    """What a test may choose about its Asterisk."""

    agi: str = "agi://127.0.0.1:4573/idbellen"
    name: str = "pbx"
    queues: tuple[str, ...] = ("queue1", "queue2")
    agents: int = 2
    """``PJSIP/agent1`` and so on, each a member of every queue; the password is the name."""
    browsers: tuple[str, ...] = ()
    """Agents whose telephone is in their page; each a member of every queue, too."""
    lookup: str = "127.0.0.1:8080"
    """Where Asterisk asks about these."""
    browsers_at: str = ""
    """Where these reach Asterisk, encrypted (wss), when that is an address of their own; else ``bind``."""
    unstaffed: tuple[str, ...] = ()
    """More queues, without members."""
    citizens: tuple[str, ...] = ()
    """Accounts of softphones that call in like the public network; the password is the name."""
    strategy: str = "rrmemory"
    announce: bool = False
    """Whether waiting callers hear the minute's sentence."""
    default_queue: str = "queue1"
    fallback: str = ""
    language: str = ""
    queue_options: Mapping[str, str] = field(default_factory=dict)
    """Lines for every queue, such as ``{"joinempty": "yes"}``."""
    extensions: str = ""
    """More dialplan, after ours."""
    timestamps: bool = False
    """Whether the manager's events say when they happened."""
    bind: str = "127.0.0.1"
    """The address that phones and trunk reach; anything else than loopback shows the lab to the network."""

    @property
    def members(self) -> tuple[str, ...]:
        """The agents' phones, by account name."""
        return (*self.desk_phones, *self.browsers)

    @property
    def desk_phones(self) -> tuple[str, ...]:
        """Those that stand on a desk."""
        names = (f"agent{number}" for number in range(1, self.agents + 1))
        return tuple(name for name in names if name not in self.browsers)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where this Asterisk listens."""

    sip: int
    ami: int
    http: int
    rtp_first: int
    rtp_last: int


CALLERS_ADDRESS = "127.0.0.2"
"""Who calls from here is the public telephone network: no registration, dialplan context ``from-trunk``."""
LAB_USER, LAB_SECRET = "lab", "lab"
LOOKUP_SECRET = "not-a-sample-lookup-secret-7d20b4"
AMI_USER, AMI_SECRET = "idbellen", "not-a-sample-lab-secret-3f1c9a"

_NOT_LOADED = (
    *(
        "chan_sip",
        "chan_iax2",
        "chan_unistim",
        "chan_skinny",
        "chan_mgcp",
        "chan_dahdi",
        "chan_mobile",
        "chan_motif",
    ),
    *("chan_ooh323", "chan_console", "chan_alsa", "chan_oss", "pbx_dundi", "pbx_lua", "pbx_ael"),
    *("res_snmp", "res_corosync", "res_xmpp", "res_hep", "res_hep_pjsip", "res_hep_rtcp"),
)
"""What would open ports of its own, or reach for a sound card."""


def files(lab: Lab, ports: Ports, folders: Mapping[str, str]) -> dict[str, str]:
    """File name under ``astetcdir`` → text. ``folders`` are asterisk.conf's own."""
    directories = [f"{key} => {value}" for key, value in folders.items()]
    return {
        "asterisk.conf": _section("[directories]", *directories)
        + _section("[options]", "defaultlanguage = en"),
        "modules.conf": _section(
            "[modules]", "autoload = yes", *(f"noload = {name}.so" for name in _NOT_LOADED)
        ),
        "logger.conf": _section("[general]", "queue_log = yes")
        + _section("[logfiles]", "full.log => notice,warning,error,verbose(5)"),
        "cdr.conf": _section("[general]", "enable = yes") + _section("[csv]", "loguniqueid = yes"),
        "rtp.conf": _section("[general]", f"rtpstart = {ports.rtp_first}", f"rtpend = {ports.rtp_last}"),
        "http.conf": _section(
            "[general]",
            "enabled = yes",
            f"bindaddr = {lab.bind}",
            f"bindport = {ports.http}",
            *_tls(lab, ports, folders),
        ),
        "musiconhold.conf": _section("[default]", "mode = files", f"directory = {folders['astdatadir']}/moh"),
        "manager.conf": _manager(lab, ports),
        "queues.conf": _queues(lab),
        "features.conf": _section("[applicationmap]", "owned => *9,self/caller,NoOp()")
        + '#include "idbellen/features.conf"\n',
        "pjsip.conf": _pjsip(lab, ports),
        "extensions.conf": _extensions(lab),
        "idbellen/manager-secret.conf": f"secret = {AMI_SECRET}\n",
        **(_softphone(lab) if lab.browsers else {}),
    }


def _softphone(lab: Lab) -> dict[str, str]:
    """Files that tell Asterisk whom to ask about telephones in pages."""
    ours = (CHECKOUT / "asterisk-config/softphone-extconfig.conf").read_text()
    return {
        "sorcery.conf": '[res_pjsip]\n#include "idbellen/softphone-sorcery.conf"\n',
        "extconfig.conf": '[settings]\n#include "idbellen/softphone-extconfig.conf"\n',
        "idbellen/softphone-extconfig.conf": ours.replace("127.0.0.1:8080", lab.lookup),
        "idbellen/softphone.secret": f"{LOOKUP_SECRET}\n",
        **({"lab.pem": certificate(lab.browsers_at)} if lab.browsers_at else {}),
    }


def _tls(lab: Lab, ports: Ports, folders: Mapping[str, str]) -> tuple[str, ...]:
    if not lab.browsers_at:
        return ()
    return (
        "tlsenable = yes",
        f"tlsbindaddr = {lab.browsers_at}:{ports.http}",
        f"tlscertfile = {folders['astetcdir']}/lab.pem",
        f"tlsprivatekey = {folders['astetcdir']}/lab.pem",
    )


def _section(header: str, *lines: str) -> str:
    return "\n".join((header, *lines, "", ""))


def _manager(lab: Lab, ports: Ports) -> str:
    address = ("bindaddr = 127.0.0.1", f"port = {ports.ami}")
    stamped = f"timestampevents = {'yes' if lab.timestamps else 'no'}"
    general = _section("[general]", "enabled = yes", *address, stamped)
    user = _section(
        f"[{LAB_USER}]", f"secret = {LAB_SECRET}", "permit = 127.0.0.1/32", "read = all", "write = all"
    )
    return general + user + '#include "idbellen/manager.conf"\n'


def _queues(lab: Lab) -> str:
    options = {"strategy": lab.strategy}
    if not lab.announce:
        options |= {"periodic-announce-frequency": "0"}
    lines = [f"{key} = {value}" for key, value in (options | dict(lab.queue_options)).items()]
    members = [f"member => PJSIP/{name}" for name in lab.members]
    text = _section("[general]") + '#include "idbellen/queues.conf"\n'
    text += "".join(_section(f"[{name}](idbellen-queue)", *lines, *members) for name in lab.queues)
    return text + "".join(_section(f"[{name}](idbellen-queue)", *lines) for name in lab.unstaffed)


def _pjsip(lab: Lab, ports: Ports) -> str:
    loopback = lab.bind.startswith("127.")
    media = (f"media_address = {lab.bind}", "bind_rtp_to_media_address = yes") if loopback else ()
    trunk = ("disallow = all", "allow = alaw,ulaw", "dtmf_mode = rfc4733", "direct_media = no", *media)
    text = _section("[udp]", "type = transport", "protocol = udp", f"bind = {lab.bind}:{ports.sip}")
    kind = "wss" if lab.browsers_at else "ws"
    text += _section(
        "[ws]", "type = transport", f"protocol = {kind}", f"bind = {lab.browsers_at or lab.bind}"
    )
    text += _section("[trunk]", "type = endpoint", "context = from-trunk", *trunk)
    text += _section("[trunk]", "type = identify", "endpoint = trunk", f"match = {CALLERS_ADDRESS}")
    text += '#include "idbellen/pjsip.conf"\n'
    contexts = dict.fromkeys(lab.desk_phones, "from-agents") | dict.fromkeys(lab.citizens, "from-trunk")
    for name, context in contexts.items():
        own = (f"auth = {name}", f"aors = {name}", f"context = {context}", *media)
        text += _section(f"[{name}](idbellen-phone)", *own) + _section(f"[{name}](idbellen-phone-aor)")
        text += _section(f"[{name}](idbellen-phone-auth)", f"username = {name}", f"password = {name}")
    return text + (_browsers(lab) if lab.browsers else "")


def _browsers(lab: Lab) -> str:
    text = '#include "idbellen/softphone-pjsip.conf"\n'
    at = lab.browsers_at
    media = (f"media_address = {at}", "bind_rtp_to_media_address = yes") if at else ()
    for name in lab.browsers:
        text += _section(f"[{name}](idbellen-browser)", f"auth = {name}", f"aors = {name}", *media)
        text += _section(f"[{name}](idbellen-browser-aor)")
    return text


def _extensions(lab: Lab) -> str:
    options = {
        "IDB_AGI": lab.agi,
        "IDB_ASTERISK": lab.name,
        "IDB_DEFAULT_QUEUE": lab.default_queue,
        "IDB_FALLBACK": lab.fallback,
        "IDB_LANGUAGE": lab.language,
    }
    text = _section("[globals]", *(f"{key} = {value}" for key, value in options.items() if value))
    text += '#include "idbellen/idbellen.conf"\n'
    if lab.browsers:
        text += '#include "idbellen/softphone-extensions.conf"\n'
        text += _section("[idbellen-agents](+)", "include => from-agents")
    text += _section("[from-trunk]", "exten => _X.,1,Goto(idbellen-entry,s,1)", *_transfers(lab))
    return text + _section("[from-agents]", *_transfers(lab)) + lab.extensions


def _transfers(lab: Lab) -> list[str]:
    """Every queue and every agent can be dialled by name, so that agents can transfer to them."""
    queues = [f"exten => {name},1,Queue({name})" for name in lab.queues]
    return queues + [f"exten => {name},1,Dial(PJSIP/{name})" for name in lab.members]
