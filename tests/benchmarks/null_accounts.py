"""What the null homeserver keeps of accounts: devices, keys to be taken, letters, own data."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

KIND = "signed_curve25519"
CROSS = ("master", "self_signing", "user_signing")
Json = dict[str, Any]
Device = tuple[str, str]
"""A user's id and one of their devices'."""


@dataclass
class Accounts:
    """Everybody's keys and own data, as a homeserver keeps them; nobody is checked."""

    devices: defaultdict[str, dict[str, Json]] = field(default_factory=lambda: defaultdict(dict))
    takeable: defaultdict[Device, dict[str, Json]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    fallback: dict[Device, dict[str, Json]] = field(default_factory=dict)
    cross: dict[str, dict[str, Json]] = field(default_factory=lambda: {it: {} for it in CROSS})
    data: dict[str, bytes] = field(default_factory=dict)
    letters: defaultdict[Device, list[Json]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, method: str, path: str, body: bytes, who: Device) -> str | None:
        """Answer what is about keys, letters and own data; None for anything else."""
        if "/account_data/" in path:
            return self._data(method, path, body)
        if "/sendToDevice/" in path:
            return self._post(path, json.loads(body), who)
        known = {
            "/keys/upload": self._upload,
            "/keys/query": self._query,
            "/keys/claim": self._claim,
            "/device_signing/upload": self._cross_sign,
            "/signatures/upload": self._sign,
        }
        for tail, answer in known.items():
            if path.endswith(tail):
                return json.dumps(answer(json.loads(body or b"{}"), who))
        return None

    def counts(self, who: Device) -> Json:
        """Tell what a sync tells of one's own keys."""
        return {
            "device_one_time_keys_count": {KIND: len(self.takeable[who])},
            "device_unused_fallback_key_types": [KIND] if who in self.fallback else [],
        }

    def _data(self, method: str, path: str, body: bytes) -> str | None:
        if method == "PUT":
            self.data[path] = body
            return "{}"
        return self.data[path].decode() if path in self.data else None

    def _post(self, path: str, body: Json, who: Device) -> str:
        kind = unquote(path.split("/sendToDevice/")[1].split("/", maxsplit=1)[0])
        for user, devices in body["messages"].items():
            for device, content in devices.items():
                letter = {"type": kind, "sender": who[0], "content": content}
                self.letters[user, device].append(letter)
        return "{}"

    def _upload(self, body: Json, who: Device) -> Json:
        if "device_keys" in body:
            self.devices[who[0]][who[1]] = body["device_keys"]
        self.takeable[who] |= body.get("one_time_keys", {})
        if fallback := body.get("fallback_keys"):
            self.fallback[who] = fallback
        return {"one_time_key_counts": {KIND: len(self.takeable[who])}}

    def _query(self, body: Json, _who: Device) -> Json:
        wanted = body["device_keys"]
        found = {it: self.devices[it] for it in wanted if it in self.devices}
        crossed = {
            f"{kind}_keys": {it: self.cross[kind][it] for it in wanted if it in self.cross[kind]}
            for kind in CROSS
        }
        return {"device_keys": found, "failures": {}, **crossed}

    def _claim(self, body: Json, _who: Device) -> Json:
        given: dict[str, dict[str, Json]] = {}
        for user, devices in body["one_time_keys"].items():
            for device in devices:
                if taken := self._take((user, device)):
                    given.setdefault(user, {})[device] = taken
        return {"one_time_keys": given, "failures": {}}

    def _take(self, who: Device) -> Json:
        keys = self.takeable[who]
        return dict([keys.popitem()]) if keys else self.fallback.get(who, {})

    def _cross_sign(self, body: Json, who: Device) -> Json:
        for kind in CROSS:
            if f"{kind}_key" in body:
                self.cross[kind][who[0]] = body[f"{kind}_key"]
        return {}

    def _sign(self, body: Json, _who: Device) -> Json:
        for user, signed in body.items():
            for device in signed.keys() & self.devices[user].keys():
                there = self.devices[user][device].setdefault("signatures", {})
                for signer, signatures in signed[device].get("signatures", {}).items():
                    there.setdefault(signer, {}).update(signatures)
        return {"failures": {}}
