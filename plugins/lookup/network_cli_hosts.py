# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = """
name: network_cli_hosts
author: The Netcellar maintainers (@netcellar)
version_added: 0.1.0
short_description: The host pattern of the play that reads devices through network_cli
description:
  - Makes a host pattern for the C(hosts) keyword of a play, of the hosts that M(netcellar.backup.capture) has left to
    C(network_cli) in this run.
  - Where there are none it matches nobody, so that the play costs nothing.
  - C(netcellar_state) and C(netcellar_run_id) are those of the first host that matches.
options:
  _terms:
    description: One host pattern.
    type: list
    elements: str
    required: true
"""

EXAMPLES = """
- name: Back up what needs network_cli
  hosts: "{{ lookup('netcellar.backup.network_cli_hosts', 'routers') }}"
  gather_facts: false
  tasks:
    - ansible.builtin.import_role:
        name: netcellar.backup.capture
        tasks_from: network_cli
"""

RETURN = """
_raw:
  description: A pattern that matches those hosts only, or nobody.
  type: list
  elements: str
"""

from ..plugin_utils.host_pattern import NOBODY, exactly
from ..plugin_utils.play_run import PlayLookup, PlayRun


class LookupModule(PlayLookup):
    """Look into the run's folder."""

    without_run = NOBODY

    def pattern(self, play: PlayRun) -> str:
        """Those of the play's hosts that the run has left to network_cli."""
        return exactly(play.folder.network_cli().intersection(play.hosts))
