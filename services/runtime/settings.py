"""The installation's settings: environment (`MASH_*`) over one TOML file (`MASH_CONFIG`), checked at start.

Promise: a wrong or misspelt setting stops the start with its name and the remedy; no setting switches policy or ledger off.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.contract.problems import BadSetting

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


class Settings(BaseModel):
    """Every setting. Times in seconds unless the name says `_ms`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    mode: Literal["demo", "live"] = Field(
        "live",
        description="demo: loopback only, invented people, policy edits in force at once; live: everything else",
    )
    hub: str = Field(
        "northshire-hub", pattern=r"^[a-z0-9-]{2,32}$", description="Name of the hub: origin of every log"
    )
    home: Path = Field(Path("home"), description="All state but keys")
    keys: Path | None = Field(None, description="Key folder; outside MASH_HOME unless in demo mode")
    policies: Path | None = Field(None, description="Policy folder; default the one that is shipped")
    signed: bool = Field(
        False, description="In demo mode too, serve activated policies only; live mode always does"
    )
    host: str = Field(
        "127.0.0.1", description="Address on which the hub listens; behind TLS when it is not loopback"
    )
    port: int = Field(8700, ge=0, le=65535, description="Port of API and pages; 0: any that is free")
    ops_port: int = Field(8701, ge=0, le=65535, description="Second, loopback listener: health and metrics")
    public_url: str = Field("", description="Address by which users reach the hub; default http://host:port")
    database: str = Field(
        "", description="SQLAlchemy URL of PostgreSQL; default SQLite files under MASH_HOME"
    )
    ledger: str = Field(
        "file", pattern=r"^(file|kafka://[^/]+)$", description="file, or kafka://HOST:PORT[,HOST:PORT]"
    )
    ledger_user: str = Field(
        "",
        description="Name by which Kafka knows the hub (SCRAM-SHA-512 over TLS); empty: without TLS, loopback only in live mode",
    )
    ledger_password_file: Path | None = Field(None, description="File that holds its password, one line")
    ledger_ca: Path | None = Field(None, description="Certificate authority of the brokers, a PEM file")
    ledger_wait: float = Field(5.0, gt=0, le=60, description="Longest that a release waits for its entry")
    checkpoints: Literal["file", "database"] = Field(
        "file",
        description="Where the ledger's heads and lease stand: SQLite under MASH_HOME, or MASH_DATABASE",
    )
    ledger_address: str = Field(
        "",
        pattern=r"^(https?://[^/\s]+)?$",
        description="Address at which the other gateways of this hub reach this one; set, several gateways share one "
        "ledger, and one of them at a time has its sequencer",
    )
    retention: str = Field(
        "",
        pattern=r"^[a-z0-9=, -]*$",
        description="kind=years,...: how long records about a person are kept, in place of schemas/vocabulary/retention.json",
    )
    key_backup_days: int = Field(
        35,
        ge=0,
        le=3650,
        description="Days after which no backup of the vault holds a key that was destroyed",
    )
    witness_mode: Literal["off", "async", "sync"] = Field(
        "off",
        description="sync: a release waits until a quorum of witnesses has cosigned it; async: cosigned afterwards, "
        "with an alarm; off: no witnesses",
    )
    witness_policy: Path | None = Field(
        None, description="Policy file (C2SP tlog-policy): witnesses with their addresses, groups, quorum"
    )
    witness_wait: float = Field(
        2.0,
        gt=0,
        le=30,
        description="Longest that witnesses are waited for; in sync mode below MASH_LEDGER_WAIT",
    )
    witness_alarm: float = Field(
        60.0, gt=0, description="Seconds that a checkpoint may stand without its quorum before it is an alarm"
    )
    emergency_log: Literal["on", "off"] = Field(
        "on",
        description="on: while the ledger's main store takes nothing, emergency care and child protection enquiries "
        "marked RED go on in a second log; off: they are refused like everything else",
    )
    emergency_folder: Path | None = Field(
        None, description="Folder of that log, best on a disk of its own; default MASH_HOME/ledger/emergency"
    )
    opa: str = Field("", description="Address of an OPA server; default the embedded engine")
    opa_token: str = Field("", repr=False, description="Bearer token that the OPA server knows the hub by")
    policy_engine: Literal["tables", "engine"] = Field(
        "tables",
        description="tables: what the rules say is looked up, once the tables of the book in force are built, and with "
        "MASH_OPA once that server has said that it has the book; engine: each question is put to the engine",
    )
    policy_wait: float = Field(
        1.5, gt=0, le=30, description="Longest that a decision may take; then nothing is released"
    )
    index_model: Path | None = Field(
        None,
        description="Weights by which two records are compared, made by `mash index train`; default those that are shipped",
    )
    max_body_mb: int = Field(20, ge=1, le=200, description="Largest request that is read")
    searches_an_hour: int = Field(
        100,
        ge=1,
        le=100_000,
        description="Searches that one person may make in an hour; the next is refused, or in an emergency and in a child "
        "protection enquiry answered, and the privacy officer is told",
    )
    oidc_issuer: str = Field("", description="Address of the staff sign-in provider")
    oidc_client_id: str = Field("", description="The hub's name at that provider")
    oidc_client_secret: str = Field("", repr=False, description="Its secret there")
    support_telephone: str = Field(
        "01632 960 700", description="The line to ring when nothing can be shown; stands in the constant 503"
    )
    session_idle_minutes: int = Field(
        15, ge=1, le=60, description="Idle time after which a page asks to sign in again"
    )
    session_hours: int = Field(10, ge=1, le=12, description="Longest that one sign-in lasts")

    @model_validator(mode="after")
    def _modes(self) -> Self:
        if self.mode == "demo" and self.host not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("host: demo mode listens on loopback only")
        if self.checkpoints == "database" and not self.database:
            raise ValueError("checkpoints: set MASH_DATABASE, or leave the checkpoints in files")
        if self.mode == "live":
            if self.keys is None:
                raise ValueError("keys: set MASH_KEYS to a folder outside MASH_HOME")
            if self.keys.resolve().is_relative_to(self.home.resolve()):
                raise ValueError("keys: MASH_KEYS must be outside MASH_HOME")
        return self

    @model_validator(mode="after")
    def _witnesses(self) -> Self:
        if self.witness_mode != "off" and self.witness_policy is None:
            raise ValueError(
                "witness_policy: set MASH_WITNESS_POLICY to a policy file, or MASH_WITNESS_MODE to off"
            )
        if self.witness_mode == "sync" and self.witness_wait >= self.ledger_wait:
            raise ValueError("witness_wait: in sync mode it must be below MASH_LEDGER_WAIT")
        return self

    @model_validator(mode="after")
    def _ledger_access(self) -> Self:
        given = {"user": self.ledger_user, "password_file": self.ledger_password_file, "ca": self.ledger_ca}
        lacking = ", ".join(f"MASH_LEDGER_{name.upper()}" for name, value in given.items() if not value)
        if any(given.values()) and lacking:
            raise ValueError(f"ledger: a secured Kafka needs {lacking} as well")
        hosts = {server.rpartition(":")[0] for server in self.ledger.removeprefix("kafka://").split(",")}
        if self.mode == "live" and self.ledger != "file" and lacking and not hosts <= LOOPBACK:
            raise ValueError(f"ledger: a Kafka beyond this machine must be secured: set {lacking}")
        return self

    @property
    def only_signed(self) -> bool:
        """Whether edits of the policy folder change nothing: a book must be signed and activated."""
        return self.signed or self.mode == "live"

    @property
    def key_folder(self) -> Path:
        """Where the keys stand."""
        return self.keys or self.home / "keys"

    @property
    def url(self) -> str:
        """The hub's public address, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def read_settings(**over: Any) -> Settings:
    """Settings from `MASH_CONFIG` (TOML), the environment and `over`, later ones winning. Raises `BadSetting`."""
    values: dict[str, Any] = {}
    config = os.environ.get("MASH_CONFIG")
    if config:
        try:
            values |= tomllib.loads(Path(config).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadSetting(f"MASH_CONFIG: cannot read the file ({type(error).__name__})") from None
    foreign = {"CONFIG", "REQUIRE", "CORPUS", "NO_APT", "KEY_PASSPHRASE_FILE"}
    for name, value in os.environ.items():
        key = name.removeprefix("MASH_")
        if name.startswith("MASH_") and key not in foreign and not key.startswith("TEST_"):
            values[key.lower()] = value
    values |= {name: value for name, value in over.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "MASH_" + "_".join(str(part) for part in first["loc"]).upper() if first["loc"] else ""
        known = ", ".join(f"MASH_{name.upper()}" for name in Settings.model_fields)
        remedy = f"; the settings are {known}" if first["type"] == "extra_forbidden" else ""
        raise BadSetting(
            f"{place}{': ' if place else ''}{first['msg'].removeprefix('Value error, ')}{remedy}"
        ) from None


def claim_home(settings: Settings) -> None:
    """Make MASH_HOME and mark its mode; refuse a folder of the other mode (`BadSetting`)."""
    mark = settings.home / "mode"
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not mark.exists():
            mark.write_text(settings.mode + "\n", encoding="utf-8")
        found = mark.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(f"MASH_HOME: cannot write there ({error.strerror})") from None
    if found != settings.mode:
        raise BadSetting(f"MASH_HOME: this folder belongs to {found} mode; choose another folder")
