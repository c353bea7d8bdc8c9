# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that every saved inventory has, wherever its devices come from."""

from __future__ import annotations


class ModuleDocFragment:
    """For ``extends_documentation_fragment: netcellar.backup.saved_inventory``."""

    DOCUMENTATION = r"""
options:
  name:
    description: The name of the saved inventory. Without it, the name of the file is its name.
    type: str
  description:
    description: What the saved inventory is for.
    type: str
  max_change:
    description:
      - How many devices may leave, and how many may enter, since the last run that ended well.
      - A number like V(25), or a share of the last good set like V(10%). Beyond it Ansible ends with an error that
        says who leaves and who enters.
      - Acts before C(--limit). Without it, any change passes.
    type: raw
    vars:
      - name: netcellar_max_change
  min_devices:
    description: The least number of devices that the inventory must have.
    type: raw
    default: 1
    vars:
      - name: netcellar_min_devices
  accept_change:
    description: Let any change pass this once. It cannot stand in the file.
    type: bool
    default: false
    vars:
      - name: netcellar_accept_change
    env:
      - name: NETCELLAR_ACCEPT_CHANGE
  state:
    description:
      - The folder where the last good device set is kept, as C(netcellar_state) of the roles. It cannot stand in the
        file.
      - Only an extra variable is seen here, and no variable of a group. The default follows E(XDG_STATE_HOME).
    type: str
    vars:
      - name: netcellar_state
    env:
      - name: NETCELLAR_STATE
  names:
    description:
      - The names of the devices, in place of conditions. Each must exist, and no name may be listed twice.
      - May stand beside O(ids).
    type: list
    elements: str
  ids:
    description: The ids of the devices, in place of conditions. Each must exist. May stand beside O(names).
    type: list
    elements: str
"""
