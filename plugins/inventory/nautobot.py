# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
name: nautobot
short_description: The devices of a saved inventory, from Nautobot
description:
  - A saved inventory is a YAML file of conditions, and is itself the inventory source.
  - Nautobot narrows the answer as far as it can do so safely; one evaluator on the controller then decides every
    device, so that the same conditions mean the same on every version of Nautobot and on a device file.
  - Nothing widens or empties the set of devices silently. A mistyped field, a value that does not exist, a token
    without permission, an unreachable Nautobot, and conditions that no device fulfils are errors.
  - An error ends Ansible with exit code 1, also beside a second inventory source.
  - Every device gets the variables C(netcellar_device) (id, name, serial, location chain, role, status, tenant, tags,
    platform, custom fields and more), C(ansible_host) (its primary address, IPv4 before IPv6) and C(ansible_network_os)
    (the network driver of its platform). The group C(all) gets C(netcellar_inventory), C(netcellar_nautobot_url) and
    C(netcellar_nautobot_validate_certs).
  - How the inventory was answered (count, queries with their variables, seconds, whether from a cache, warnings) is in
    C(netcellar_inventories), a variable of the group C(netcellar_about). That group has one host of the inventory.
    Its warnings are in C(netcellar_device_sets) of the group C(all) as well.
  - A host is named as its device where that name is unique in the answer, safe, and neither a group nor a reserved
    name; otherwise the first 8 characters of the device's id are appended, for all its namesakes.
  - Values from Nautobot are data. Templates in them are never evaluated.
author:
  - The Netcellar maintainers (@netcellar)
version_added: 0.1.0
extends_documentation_fragment:
  - constructed
  - inventory_cache
  - netcellar.backup.saved_inventory
requirements:
  - pynautobot >= 3.0
  - PyYAML >= 6.0
options:
  plugin:
    description: Marks the file as one for this plugin.
    type: str
    required: true
    choices: [netcellar.backup.nautobot]
  url:
    description: The address of Nautobot, such as V(https://nautobot.example.com).
    type: str
    env:
      - name: NAUTOBOT_URL
  token:
    description:
      - An API token of Nautobot whose user may view devices, and whatever the conditions name.
      - Better left out of the file. Without it, the file that E(NETCELLAR_SECRETS) names and then the environment
        variable E(NAUTOBOT_TOKEN) are looked at. In the file it may be vaulted.
    type: str
  validate_certs:
    description: Whether the TLS certificate of Nautobot is checked.
    type: bool
    default: true
    env:
      - name: NAUTOBOT_VALIDATE_CERTS
  timeout:
    description: Seconds to wait for an answer of Nautobot.
    type: float
    default: 120
  on_source_failure:
    description:
      - What to do where Nautobot is down.
      - V(refuse) ends Ansible with an error. V(last_known) takes the devices of the last good run, and warns of it.
    type: str
    choices: [refuse, last_known]
    default: refuse
    vars:
      - name: netcellar_on_source_failure
  conditions:
    description:
      - The conditions as a flat list, all joined by C(AND) or all by C(OR). Give either this or O(match).
    type: list
    elements: dict
    suboptions:
      field:
        description: A field of a device such as V(role) or V(location), or V(cf_) and the key of a custom field.
        type: str
        required: true
      operator:
        description: How the field is compared.
        type: str
        required: true
      value:
        description:
          - What the field is compared with. A list for the operators V(in) and V(not_in).
          - Left out for the operators V(is_set) and V(is_empty).
        type: raw
      logic:
        description: How this condition is joined to the one before it.
        type: str
        choices: [AND, OR]
  match:
    description:
      - The conditions as a tree of groups C(all), C(any) and C(not). Give either this or O(conditions).
      - V(all=true) written out means every device.
    type: dict
  dynamic_group:
    description:
      - The name of a Dynamic Group of Nautobot. Without conditions, all its members are meant; with them, those members
        that fulfil them.
      - Nautobot keeps the members in a cache of its own, which its job C(Refresh Dynamic Group Caches) renews.
    type: str
notes:
  - With O(cache), the whole answer is cached, for each server, token, file and text of the file. No two files share it.
    What a cache plugin writes to disk holds the devices, and no token.
"""

EXAMPLES = r"""
# production_routers.yml: ansible-inventory -i production_routers.yml --graph
plugin: netcellar.backup.nautobot
name: production_routers
description: Core routers that the monitoring knows
conditions:
  - {field: role, operator: equals, value: router}
  - {field: cf_checkmk_site, operator: equals, value: production, logic: AND}
---
# berlin.yml: a tree of conditions, and groups by platform
plugin: netcellar.backup.nautobot
match:
  all:
    - {field: role, operator: in, value: [router, firewall]}
    - any:
        - {field: location, operator: equals, value: Berlin}
        - {field: tag, operator: equals, value: backup}
    - not: {field: status, operator: equals, value: Decommissioning}
keyed_groups:
  - {key: ansible_network_os, prefix: os}
compose:
  ansible_port: netcellar_device.custom_fields.ssh_port | default(22)
---
# everything.yml: every device, which must be written out
plugin: netcellar.backup.nautobot
url: https://nautobot.example.com
match:
  all: true
"""

from ansible_collections.netcellar.backup.plugins.plugin_utils.inventory import SavedInventoryPlugin


class InventoryModule(SavedInventoryPlugin):
    """The devices of a saved inventory, from Nautobot."""

    NAME = "netcellar.backup.nautobot"
