# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is the action plugin of the same name, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: commit
author:
  - The Netcellar maintainers (@netcellar)
version_added: 0.1.0
short_description: Commit captured configurations, push them, and prove that they are stored
description:
  - Makes one commit of what the run has staged in the bare repository, and of what killed runs have left staged there.
    A configuration that is the same as the one in Git is not written again; where nothing changed, there is no commit.
  - Pushes the branch, with what earlier runs could not push, reads the remote's branch back, and gives each
    configuration a receipt. If the remote has moved, the own commits are replayed on it; of two captures of one device
    the newer wins. Without a remote, the local branch is the proof.
  - Brings the records of the run's devices up to date, C(stored), C(unchanged), C(failed) or C(rejected).
  - Runs once for the whole batch, takes its variables from the first host, and never fails it. What could not be
    committed stays staged, what could not be pushed stays committed, both for the next run.
  - Takes no options. The variables are those of the role P(netcellar.backup.commit#role).
options: {}
attributes:
  check_mode:
    description: Does nothing in check mode.
    support: full
extends_documentation_fragment:
  - netcellar.backup.on_controller
  - ansible.builtin.action_common_attributes
seealso:
  - ref: ansible_collections.netcellar.backup.commit_role
    description: The role that calls it.
"""

EXAMPLES = r"""
- name: Commit what was captured and push it
  netcellar.backup.commit:
  delegate_to: localhost
  vars:
    netcellar_state: ~/.local/state/netcellar
    netcellar_repository: ~/.local/state/netcellar/cellar.git
    netcellar_remote: ssh://git@git.example.com/network/configurations.git
"""

RETURN = r"""
committed:
  description: Whether a commit was made.
  returned: always
  type: bool
pushed:
  description: Whether something was pushed and read back.
  returned: always
  type: bool
message:
  description: What was done, or the fault with what to do about it.
  returned: always
  type: str
proven:
  description: How many configurations were proven to be stored, those of earlier runs among them.
  returned: not in check mode
  type: int
commit_hash:
  description: The tip of the branch.
  returned: not in check mode
  type: str
files_changed:
  description: How many files the commit wrote or removed.
  returned: not in check mode
  type: int
adopted:
  description: How many captures of killed runs went along.
  returned: not in check mode
  type: int
departed:
  description: Names of the devices that have left the inventory and whose files were moved or removed.
  returned: not in check mode
  type: list
  elements: str
"""
