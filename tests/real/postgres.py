"""A real PostgreSQL for tests."""

import secrets
from pathlib import Path

import psycopg

from services.cli.parts.postgres import PostgresServer, postgres_programs, postgres_version
from services.cli.parts.process import free_port
from tests.real.containers import Contained
from tests.real.find import Elsewhere, Server, Way, by_address, by_container

IMAGE = "postgres:18.4"
# A kill leaves what was written in the system's memory, so tests need not wait for the disk.
SETTINGS = {"fsync": "off", "max_connections": "60"}


def ways(folder: Path) -> list[Way[Server]]:
    """In order; a server that is started here keeps its data in `folder`."""
    return [
        by_address("postgres", lambda address: Elsewhere("postgres", address)),
        by_container(IMAGE, contained),
        Way("local", outlook, lambda: local(folder)),
    ]


def outlook() -> str:
    programs = postgres_programs()
    origin = "a wheel" if "site-packages" in programs.parts else "the system"
    return f"PostgreSQL {postgres_version(programs)} of {origin}"


def local(folder: Path) -> Server:
    server = PostgresServer(folder, settings=SETTINGS)
    server.start()
    return server


def contained() -> Server:
    port, password = free_port(), secrets.token_urlsafe(16)
    address = f"postgresql+psycopg://postgres:{password}@127.0.0.1:{port}/postgres"
    container = Contained(
        IMAGE, address, (5432, port), lambda: serves(address), environment={"POSTGRES_PASSWORD": password}
    )
    container.start()
    return container


def serves(address: str) -> bool:
    try:
        with psycopg.connect(address.replace("+psycopg", ""), connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
