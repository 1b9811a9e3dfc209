"""Settings of every process, from the environment: `HOOKLINE_<NAME>` for each field below."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import UserError

PREFIX = "HOOKLINE_"
KIB = 1024
MIB = 1024 * KIB

_ADDRESS = r"(\[[0-9A-Fa-f:]+\]|[^\s,:\[\]]+):\d{1,5}"

_HIDDEN = "a secret, or file:PATH of a file that can be read and holds it"

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
Port = Annotated[int, Field(ge=0, le=65_535)]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]


class Settings(BaseSettings):
    """What a process is told from outside. Sizes are bytes, names ending in `_s` seconds.

    A port of 0 lets the system choose one.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", populate_by_name=True
    )

    bootstrap: str = Field(
        "127.0.0.1:9092",
        pattern=rf"^{_ADDRESS}(,{_ADDRESS})*$",
        description="Kafka brokers as HOST:PORT, several with commas between",
    )
    security_protocol: SecurityProtocol = "PLAINTEXT"
    sasl_mechanism: SaslMechanism | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = Field(None, description=_HIDDEN)
    ssl_ca_file: Path | None = None
    ssl_certificate_file: Path | None = None
    ssl_key_file: Path | None = None
    ssl_key_password: SecretStr | None = Field(None, description=_HIDDEN)
    topic_prefix: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,150}$",
        description="letters, digits, '.', '_' and '-', at most 150",
    )
    partitions: int = Field(8, ge=1, le=10_000)
    replication_factor: int = Field(3, ge=1, le=32_767)
    raw_retention_days: int | None = Field(
        None, ge=1, le=100_000, description="a number of days, or nothing for ever"
    )
    schema_registry_url: str | None = Field(
        None,
        description="a URL that begins with http:// or https://",
        pattern=r"^https?://\S+$",
        validation_alias=AliasChoices("SCHEMA_REGISTRY_URL", "HOOKLINE_SCHEMA_REGISTRY_URL"),
    )

    config: Path | None = None
    data_dir: Path = Path(".hookline")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"

    kafka_port: Port = 9092

    endpoint_host: str = Field("127.0.0.1", min_length=1)
    endpoint_port: Port = 8080
    endpoint_max_body_bytes: int = Field(MIB, ge=KIB, le=64 * MIB)
    endpoint_header_timeout_s: Seconds = 10
    endpoint_body_timeout_s: Seconds = 10
    endpoint_ack_timeout_s: Seconds = 2
    endpoint_spool_max_bytes: int = Field(1024 * MIB, ge=MIB)
    endpoint_spool_max_age_s: float = Field(259_200, gt=0, le=31_536_000, allow_inf_nan=False)
    endpoint_signature_window_s: Seconds = 300
    endpoint_shutdown_s: Seconds = 4

    worker_metrics_host: str = Field("127.0.0.1", min_length=1)
    worker_metrics_port: Port = 8081
    worker_session_timeout_s: Seconds = 10
    worker_transactions: bool = True
    worker_store: Literal["memory", "rocksdb"] = "memory"
    worker_standbys: int = Field(0, ge=0, le=10)
    worker_row_cache_bytes: int = Field(8 * MIB, ge=0)
    inspector_host: str = Field("127.0.0.1", min_length=1)
    inspector_port: Port = 8082
    inspector_url: str | None = Field(
        None,
        description="a URL that begins with http:// or https://",
        pattern=r"^https?://\S+$",
    )
    token: SecretStr | None = Field(None, description=_HIDDEN)

    @field_validator("token", "sasl_password", "ssl_key_password", mode="before")
    @classmethod
    def _in_its_file(cls, given: object) -> object:
        """A container's secrets are files."""
        if isinstance(given, str) and given.startswith("file:"):
            try:
                return Path(given.removeprefix("file:")).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ValueError(error.strerror) from None
        return given


def revealed(secret: SecretStr | None) -> str | None:
    """What is hidden from logs and errors."""
    return None if secret is None else secret.get_secret_value()


def load_settings(**given: object) -> Settings:
    """The settings, with those given (by options of the command line) over the environment's.

    A given None counts as not given. Raises UserError that names each variable at fault.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # pyright: ignore[reportArgumentType]
    except ValidationError as error:
        raise UserError(
            "\n  ".join(["Wrong settings:", *map(_fault, error.errors(include_input=False))]),
            "Correct each variable, or the command-line option of that name.",
        ) from None


def _fault(error: ErrorDetails) -> str:
    """One line: the variable and what was expected. Never the value: a URL may hold a password."""
    name = str(error["loc"][0])
    field = Settings.model_fields.get(name.removeprefix(PREFIX).lower())
    expected = field.description if field is not None and field.description else None
    variable = name if name.isupper() else PREFIX + name.upper()
    return f"{variable}: {f'expected {expected}' if expected else error['msg']}"
