"""What must hold for organisations, their groups and who receives at home."""

from __future__ import annotations

from config.problem import nearest, one_of
from config.region_file.reading import Reading
from config.region_file.shape import OrganisationShape
from config.yaml_tree import Path


def check(reading: Reading) -> None:
    """Look at each organisation, each group and each receiver."""
    for organisation in reading.shape.organisations:
        _check_organisation(reading, organisation)
    known = reading.written("organisations")
    for group, members in reading.shape.groups.items():
        for place, member in enumerate(members):
            reading.known(("groups", group, place), "organisation", member, known)
    _check_receivers(reading)


def _check_organisation(reading: Reading, organisation: OrganisationShape) -> None:
    place = organisation.place
    types = reading.written("function_templates")
    if not reading.known(place("type"), "organisation type", organisation.type, types):
        return
    _check_contact_point(reading, organisation)
    night = organisation.night_contact
    reading.knows_function(place("night_contact"), night)
    if night in reading.functions and reading.functions[night].kind != "duty":
        reading.say(place("night_contact"), f"{night} is not kept at night", "a duty function")
    known = [code for code in reading.written("organisations") if code != organisation.code]
    reading.known(place("hosted_by"), "organisation", organisation.hosted_by, known)
    for way in organisation.ways:
        if (way.email is None) == (way.webhook is None):
            reading.say(way.place(), "the way has no address, or two", "`email` or `webhook`")


def _check_contact_point(reading: Reading, organisation: OrganisationShape) -> None:
    path, contact = organisation.place("contact_point"), organisation.contact_point
    if not reading.knows_function(path, contact):
        return
    if not contact.startswith(f"{organisation.code}."):
        own = [code for code in reading.functions if code.startswith(f"{organisation.code}.")]
        message = f"the contact point {contact} belongs to another organisation"
        reading.say(path, message, one_of(own), nearest(contact, own))


def _check_receivers(reading: Reading) -> None:
    receivers, templates = reading.shape.receivers, reading.shape.function_templates
    types = reading.written("function_templates")
    for kind, by_level in receivers.default_by_type.items():
        path: Path = ("receivers", "default_by_type", kind)
        if reading.known(path, "organisation type", kind, types) and kind in templates:
            _check_levels(reading, path, by_level, list(templates[kind]))
    codes = reading.written("organisations")
    for code, by_level in receivers.by_organisation.items():
        path = ("receivers", "by_organisation", code)
        if reading.known(path, "organisation", code, codes) and code in reading.organisations:
            own = list(templates.get(reading.organisations[code].type, {}))
            _check_levels(reading, path, by_level, own + [f"{code}.{name}" for name in own])


def _check_levels(reading: Reading, path: Path, by_level: dict[str, str], valid: list[str]) -> None:
    for level, function in by_level.items():
        reading.known((*path, level), "level", level, reading.written("levels"))
        reading.known((*path, level), "function", function, valid)
