# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
name: devices
short_description: The devices of a saved inventory, from a YAML file of devices
description:
  - The same saved inventories as with P(netcellar.backup.nautobot#inventory), for networks without Nautobot.
  - The devices stand in a YAML file of their own.
  - A mistyped field, a value that no device has, a fault in either file, and conditions that no device fulfils are
    errors. An error ends Ansible with exit code 1, also beside a second inventory source.
  - Every device gets the variables C(netcellar_device), C(ansible_host) and C(ansible_network_os), and those that the
    device file gives it. The group C(all) gets C(netcellar_inventory).
  - How the inventory was answered is in C(netcellar_inventories), a variable of the group C(netcellar_about). That
    group has one host of the inventory. Its warnings are in C(netcellar_device_sets) of the group C(all) as well.
author:
  - The Netcellar maintainers (@netcellar)
version_added: 0.1.0
extends_documentation_fragment:
  - constructed
  - inventory_cache
  - netcellar.backup.saved_inventory
requirements:
  - PyYAML >= 6.0
options:
  plugin:
    description: Marks the file as one for this plugin.
    type: str
    required: true
    choices: [netcellar.backup.devices]
  devices:
    description: The path of the device file, relative to the folder of this file.
    type: str
    required: true
  conditions:
    description: The conditions as a flat list. Give either this or O(match).
    type: list
    elements: dict
  match:
    description: The conditions as a tree of groups C(all), C(any) and C(not). Give either this or O(conditions).
    type: dict
notes:
  - O(cache) has no effect here. The file is read each time.
seealso:
  - plugin: netcellar.backup.nautobot
    plugin_type: inventory
    description: The conditions in full, and the same from Nautobot.
"""

EXAMPLES = r"""
# branch.yml: ansible-inventory -i branch.yml --graph
plugin: netcellar.backup.devices
devices: devices.yml
match:
  all:
    - {field: role, operator: equals, value: router}
    - {field: tag, operator: equals, value: backup}
---
# devices.yml
custom_fields:
  site: {type: select, choices: [production, lab]}
devices:
  - name: edge-1
    address: 192.0.2.1
    network_driver: cisco_ios
    role: router
    location: Germany/Berlin
    tags: [backup]
    custom_fields: {site: production}
    variables: {ansible_port: 2222}
"""

from ansible_collections.netcellar.backup.plugins.plugin_utils.inventory import SavedInventoryPlugin


class InventoryModule(SavedInventoryPlugin):
    """The devices of a saved inventory, from a YAML file of devices."""

    NAME = "netcellar.backup.devices"
