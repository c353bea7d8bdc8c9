# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is the action plugin of the same name, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: verdict
author:
  - The Netcellar maintainers (@netcellar)
version_added: 0.1.0
short_description: Say how a host, or the whole run, fared in a backup
description:
  - Reads the records of a backup run and says in Ansible's own terms how it went.
  - A host is V(ok) (backed up, nothing new), V(changed) (a new version is stored), V(failed) or V(unreachable).
  - The message of a host that is not backed up names the class of the error and a remedy. Text of a configuration is
    never part of it.
options:
  scope:
    description: Whether to speak for this host or for the run.
    type: str
    choices: [host, run]
    default: host
  state:
    description: The folder of the runs.
    type: path
    required: true
  run_id:
    description: Name of the run. That of the present one, unless set.
    type: str
  verdict:
    description:
      - Which hosts speak for themselves.
      - With V(off) none does, so a device that is not backed up fails the O(scope=run).
    type: str
    choices: [all, notable, "off"]
    default: all
attributes:
  check_mode:
    description: Only reads.
    support: full
extends_documentation_fragment:
  - netcellar.backup.on_controller
  - ansible.builtin.action_common_attributes
seealso:
  - ref: ansible_collections.netcellar.backup.verdict_role
    description: The role that calls it.
"""

EXAMPLES = r"""
- name: Say how this host fared
  netcellar.backup.verdict:
    state: ~/.local/state/netcellar
  delegate_to: localhost

- name: Say how the run ended
  netcellar.backup.verdict:
    scope: run
    state: ~/.local/state/netcellar
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
outcome:
  description: What happened to the host.
  returned: with O(scope=host)
  type: str
  sample: stored
error:
  description: Class of the error.
  returned: with O(scope=host)
  type: str
  sample: auth
commit:
  description: The commit that holds the host's configuration.
  returned: with O(scope=host)
  type: str
artifacts:
  description: What was kept, and where.
  returned: with O(scope=host)
  type: list
  elements: dict
  contains:
    artifact:
      description: Kind of text.
      type: str
    path:
      description: Path in the repository.
      type: str
    changed:
      description: Whether this run stored a new version.
      type: bool
outcomes:
  description: Number of devices by outcome.
  returned: with O(scope=run)
  type: dict
  sample: {stored: 3, unreachable: 1}
"""
