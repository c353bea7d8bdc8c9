# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is the action plugin of the same name, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: stamp
author:
  - The Netcellar maintainers (@netcellar)
version_added: 0.1.0
short_description: Write the dates of proven backups to Nautobot
description:
  - Writes the capture date of every device with a receipt (proof that its configuration is stored) into a custom field
    of Nautobot, also for receipts of earlier runs that could not be written then.
  - The custom field, named by the variable C(netcellar_stamp_field), must be of type date, datetime or text; this is
    checked first, since Nautobot accepts and drops values of unknown fields. A field that already holds that date or a
    later one is not written.
  - Without C(netcellar_stamp_field) nothing is done.
  - Runs once for the whole batch, takes its variables from the batch's first host, and never fails it. What could not
    be written is in the result and waits for the next run; a device that Nautobot does not know is reported once.
  - Takes no options. The variables are those of the role P(netcellar.backup.stamp#role).
options: {}
attributes:
  check_mode:
    description: Does nothing in check mode.
    support: full
extends_documentation_fragment:
  - netcellar.backup.on_controller
  - ansible.builtin.action_common_attributes
seealso:
  - ref: ansible_collections.netcellar.backup.stamp_role
    description: The role that calls it.
"""

EXAMPLES = r"""
- name: Write the dates of proven backups to Nautobot
  netcellar.backup.stamp:
  delegate_to: localhost
  vars:
    netcellar_stamp_field: last_backup
    netcellar_state: ~/.local/state/netcellar
    netcellar_repository: ~/.local/state/netcellar/cellar.git
"""

RETURN = r"""
enabled:
  description: Whether a custom field is set.
  returned: always
  type: bool
custom_field_name:
  description: Key of the custom field.
  returned: always
  type: str
  sample: last_backup
updated_count:
  description: Devices whose date was written.
  returned: always
  type: int
unchanged_count:
  description: Devices that had this date or a later one already.
  returned: always
  type: int
failed_count:
  description: Devices whose date could not be written.
  returned: always
  type: int
errors:
  description: What could not be written and why, at most 101 lines.
  returned: always
  type: list
  elements: str
"""
