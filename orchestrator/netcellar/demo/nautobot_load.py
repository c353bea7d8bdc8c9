"""Fills an empty Nautobot with an estate. Runs inside Nautobot (``nautobot-server shell``), never in Netcellar.

The file named by ``NETCELLAR_ESTATE`` is JSON: ``custom_fields`` [{key, type, filter_logic?, choices?}] and ``devices``
[{name, role, status, locations: [[type, name], outermost first], platform, network_driver, manufacturer, device_type,
tenant, tags, serial, asset_tag, primary_ip, custom_fields}]; of a device only role, locations and device_type must be
there. ``NETCELLAR_TOKEN`` becomes the token of a superuser, ``NETCELLAR_POWERLESS_TOKEN`` that of a user who may
nothing.
"""

import json
import os
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from nautobot.dcim.models import Device, DeviceType, Interface, Location, LocationType, Manufacturer, Platform
from nautobot.extras.models import CustomField, CustomFieldChoice, Role, Status, Tag
from nautobot.ipam.models import IPAddress, IPAddressToInterface, Namespace, Prefix
from nautobot.tenancy.models import Tenant
from nautobot.users.models import Token

estate = json.loads(Path(os.environ["NETCELLAR_ESTATE"]).read_text())
device_content = ContentType.objects.get_for_model(Device)
active = Status.objects.get(name="Active")
known = {}


def one(kind, /, **key):
    """The object with this key, made when it is not there; looked up once."""
    place = (kind, *sorted((name, str(value)) for name, value in key.items()))
    if place not in known:
        known[place] = kind.objects.get_or_create(**key)[0]
    return known[place]


def for_devices(thing):
    """Let devices use a role, status or tag."""
    thing.content_types.add(device_content)
    return thing


def location(chain):
    """The innermost location of a chain of [type, name]."""
    parent_type = parent = None
    for kind, name in chain:
        parent_type = for_devices(one(LocationType, name=kind, parent=parent_type))
        place = ("place", parent.pk if parent else None, name)
        if place not in known:
            known[place] = Location.objects.create(name=name, location_type=parent_type, parent=parent, status=active)
        parent = known[place]
    return parent


def platform(row):
    """The platform of a row, or none."""
    name = row.get("platform")
    if not name:
        return None
    return Platform.objects.get_or_create(name=name, defaults={"network_driver": row.get("network_driver") or ""})[0]


def device(row):
    """A device, not yet saved."""
    manufacturer = one(Manufacturer, name=row.get("manufacturer") or "Generic")
    return Device(
        name=row.get("name"),
        role=for_devices(one(Role, name=row["role"])),
        status=for_devices(Status.objects.get(name=row.get("status") or "Active")),
        location=location(row["locations"]),
        platform=platform(row),
        device_type=one(DeviceType, model=row["device_type"], manufacturer=manufacturer),
        tenant=one(Tenant, name=row["tenant"]) if row.get("tenant") else None,
        serial=row.get("serial") or "",
        asset_tag=row.get("asset_tag"),
        _custom_field_data=row.get("custom_fields") or {},
    )


def custom_fields():
    """The definitions of the custom fields."""
    for order, row in enumerate(estate.get("custom_fields", ())):
        field = CustomField.objects.create(
            key=row["key"],
            label=row["key"].replace("_", " "),
            type=row["type"],
            filter_logic=row.get("filter_logic", "exact"),
            weight=100 + order,
        )
        field.content_types.set([device_content])
        for weight, value in enumerate(row.get("choices", ())):
            CustomFieldChoice.objects.create(custom_field=field, value=value, weight=weight)


def addresses(pairs):
    """A management interface with the primary address for each device that has one."""
    Prefix.objects.get_or_create(
        prefix="0.0.0.0/0", namespace=Namespace.objects.get(name="Global"), defaults={"status": active}
    )
    prefix = Prefix.objects.get(prefix="0.0.0.0/0")
    rows = []
    for item, row in pairs:
        if row.get("primary_ip"):
            host, _, length = row["primary_ip"].partition("/")
            address = IPAddress(
                host=host, mask_length=int(length or 32), ip_version=4, type="host", status=active, parent=prefix
            )
            port = Interface(device=item, name="mgmt0", type="1000base-t", status=active, mgmt_only=True)
            rows.append((item, port, address))
    Interface.objects.bulk_create([port for _, port, _ in rows])
    IPAddress.objects.bulk_create([address for _, _, address in rows])
    IPAddressToInterface.objects.bulk_create(
        [IPAddressToInterface(ip_address=address, interface=port) for _, port, address in rows]
    )
    for item, _, address in rows:
        item.primary_ip4 = address
    Device.objects.bulk_update([item for item, _, _ in rows], ["primary_ip4"])


def tags(pairs):
    """The tags of the devices."""
    through = Device.tags.through
    rows = [
        through(object_id=item.pk, content_type=device_content, tag=for_devices(one(Tag, name=name)))
        for item, row in pairs
        for name in row.get("tags", ())
    ]
    through.objects.bulk_create(rows)


def users():
    """The two users that the environment has tokens for."""
    boss = get_user_model().objects.create(username="admin", is_superuser=True, is_staff=True)
    Token.objects.create(key=os.environ["NETCELLAR_TOKEN"], user=boss)
    nobody = get_user_model().objects.create(username="powerless")
    Token.objects.create(key=os.environ["NETCELLAR_POWERLESS_TOKEN"], user=nobody)


users()
custom_fields()
made = [(device(row), row) for row in estate["devices"]]
Device.objects.bulk_create([item for item, _ in made])
addresses(made)
tags(made)
