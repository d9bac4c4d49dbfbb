"""The table of accounts -> passwd, group and shadow, sorted by id. No account has a password."""

import re
from dataclasses import dataclass
from pathlib import Path

from .errors import AssembleError, Location

USAGE = {
    "group": "group NAME GID [MEMBER,...]",
    "user": "user NAME UID GROUP HOME SHELL [TEXT]",
}


@dataclass(frozen=True)
class Group:
    name: str
    gid: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class User:
    name: str
    uid: int
    gid: int
    home: str
    shell: str
    text: str


def render_users(table: Path, name: str) -> dict[str, str]:
    """File name -> text of the files in /etc. Raises AssembleError."""
    groups, users = _read(table, name)
    by_gid = sorted(groups.values(), key=lambda group: group.gid)
    by_uid = sorted(users.values(), key=lambda user: user.uid)
    return {
        "group": "".join(f"{g.name}:x:{g.gid}:{','.join(g.members)}\n" for g in by_gid),
        "passwd": "".join(
            f"{u.name}:x:{u.uid}:{u.gid}:{u.text}:{u.home}:{u.shell}\n" for u in by_uid
        ),
        "shadow": "".join(f"{u.name}:*:::::::\n" for u in by_uid),
    }


def _read(table: Path, name: str) -> tuple[dict[str, Group], dict[str, User]]:
    groups: dict[str, Group] = {}
    users: dict[str, User] = {}
    members: list[tuple[Location, str]] = []
    for number, raw in enumerate(table.read_text().splitlines(), 1):
        where = Location(name, number)
        words = raw.partition("#")[0].split(maxsplit=6)
        if not words:
            continue
        kind, *fields = words
        if kind not in USAGE:
            raise AssembleError(where, f"unknown directive '{kind}', expected user or group")
        if len(fields) < (2 if kind == "group" else 5):
            raise AssembleError(where, f"expected: {USAGE[kind]}")
        if kind == "group":
            group = _group(where, fields)
            members += [(where, member) for member in group.members]
            _insert(where, groups, group, "gid", group.gid)
        else:
            user = _user(where, fields, groups)
            _insert(where, users, user, "uid", user.uid)
    for where, member in members:
        if member not in users:
            raise AssembleError(where, f"no user '{member}'")
    return groups, users


def _group(where: Location, fields: list[str]) -> Group:
    members = tuple(sorted(fields[2].split(","))) if len(fields) > 2 else ()
    return Group(_name(where, fields[0]), _id(where, fields[1]), members)


def _user(where: Location, fields: list[str], groups: dict[str, Group]) -> User:
    name, uid, group, home, shell, *text = fields
    if group not in groups:
        raise AssembleError(where, f"no group '{group}' above this line")
    gid = groups[group].gid
    return User(_name(where, name), _id(where, uid), gid, home, shell, "".join(text))


def _insert(where: Location, accounts: dict, account, field: str, number: int) -> None:
    if account.name in accounts:
        raise AssembleError(where, f"'{account.name}' stands twice")
    if number in {getattr(other, field) for other in accounts.values()}:
        raise AssembleError(where, f"{field} {number} is taken")
    accounts[account.name] = account


def _name(where: Location, name: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,30}", name):
        raise AssembleError(where, f"name '{name}': expected lower case letters, digits, - and _")
    return name


def _id(where: Location, text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise AssembleError(where, f"id '{text}': expected a number up to 65535")
    return int(text)
