# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is the action plugin of the same name, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: hostkeys
author:
  - The Netcellar maintainers (@netcellar)
version_added: 0.1.0
short_description: Learn the SSH host keys of all hosts, without a login
description:
  - Asks every host of the play batch for its SSH host key, all at once, and adds it to the file
    C(netcellar_known_hosts) where none is known of that host. No password is sent and nobody logs in.
  - Hosts behind a jump host (C(netcellar_jump_host)) are asked through it, with C(netcellar_jump_credential). A jump
    host whose own key is not known is asked for it first, and nobody logs in there before the next time.
  - A key that is not the known one is never taken over. The task then fails and names the host and both fingerprints.
  - Has no options. It reads C(netcellar_known_hosts), C(netcellar_connect_timeout) and C(netcellar_concurrency), and
    of each host C(ansible_host) and C(ansible_port). The playbook C(netcellar.backup.hostkeys) runs it.
  - Whoever stands between while keys are learned is trusted from then on, so compare the fingerprints of a few
    devices with what their consoles show.
attributes:
  check_mode:
    description: Asks for the keys and writes none.
    support: full
extends_documentation_fragment:
  - netcellar.backup.on_controller
  - ansible.builtin.action_common_attributes
"""

EXAMPLES = r"""
# ansible-playbook -i production_routers.yml netcellar.backup.hostkeys --limit new-router-1
- name: Learn the host keys
  netcellar.backup.hostkeys:
  delegate_to: localhost
"""

RETURN = r"""
learned_count:
  description: How many keys were learned.
  returned: always
  type: int
known_count:
  description: How many hosts show the key that is known.
  returned: always
  type: int
changed_count:
  description: How many hosts show another key than the one that is known. Nothing was changed for them.
  returned: always
  type: int
failed_count:
  description: How many hosts showed no key.
  returned: always
  type: int
msg:
  description: The hosts to look at, with the reason, a line each.
  returned: always
  type: str
"""
