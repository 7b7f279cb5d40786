"""Settings: one TOML file, and the environment over it. The only room that reads either."""

from ivr.settings.load import Loaded, load
from ivr.settings.schema import Settings

__all__ = ["Loaded", "Settings", "load"]
