# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is the action plugin of the same name, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: capture
author:
  - The Netcellar maintainers (@netcellar)
version_added: 0.1.0
short_description: Capture the configurations of all hosts of a play batch
description:
  - Runs once for all hosts of the play batch, and opens one SSH session to each, many at a time.
  - Each text is judged. What is proven whole is cleaned, its secrets are masked, and it is staged at once for
    M(netcellar.backup.commit). What is not is set aside in the quarantine of the repository, and never replaces a good
    text.
  - Never fails for a device's sake. What happened to each device is a line of the run's C(records.jsonl), written the
    moment the device is done; the configuration is in no task result.
  - What it needs to know of a host are the variables of that host or of the play, as the role
    P(netcellar.backup.capture#role) documents them. C(ansible_connection) of a host does not matter.
  - The task needs C(delegate_to=localhost); use the role, which has that.
options:
  transport:
    description:
      - The hosts of which C(netcellar_transport) are read. Those of V(network_cli) are read only where the same run has
        met them with V(ssh) before, since that task looks at all hosts together.
    type: str
    choices: [ssh, network_cli]
    default: ssh
requirements:
  - asyncssh
  - PyYAML
  - psutil
attributes:
  check_mode:
    description: Reads the devices into a throw-away folder. Nothing is staged, quarantined or committed.
    support: full
extends_documentation_fragment:
  - netcellar.backup.on_controller
  - ansible.builtin.action_common_attributes
notes:
  - Nothing of the user's own SSH set-up is used but the host keys in C(~/.ssh/known_hosts), and those only while
    C(netcellar_known_hosts) is not set; no configuration file, no agent, no other key.
  - A refused credential is followed by the next one of C(netcellar_credentials); no other failure is.
seealso:
  - ref: ansible_collections.netcellar.backup.capture_role
    description: The role that calls it, and the variables.
"""

EXAMPLES = r"""
- name: Capture the configurations of all hosts of the batch
  netcellar.backup.capture:
  delegate_to: localhost
"""

RETURN = r"""
run_id:
  description: Name of the run.
  type: str
  returned: success
  sample: 20261121T020000Z-4f3a9c
records:
  description: Path of the file with a record per device, on the controller.
  type: str
  returned: success
  sample: /home/backup/.local/state/netcellar/runs/20261121T020000Z-4f3a9c/records.jsonl
outcomes:
  description:
    - How many devices of the batch ended how so far. C(captured) are certified and staged.
  type: dict
  returned: success
  sample: {"captured": 997, "quarantined": 1, "unreachable": 2}
left_to_network_cli:
  description:
    - How many hosts of the batch wait for the task with O(transport=network_cli). They are not among the outcomes.
  type: int
  returned: success
  sample: 0
"""
