# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = """
name: verdict_hosts
author: The Netcellar maintainers (@netcellar)
version_added: 0.1.0
short_description: The host pattern of the play that says how each host fared
description:
  - Makes a host pattern for the C(hosts) keyword of the last play of a backup, as C(netcellar_verdict) asks.
  - A play on few hosts or none costs nothing for the others, while a task that is skipped costs about 48 ms per host.
  - C(netcellar_verdict), C(netcellar_state) and C(netcellar_run_id) are those of the first host that matches.
options:
  _terms:
    description: One host pattern.
    type: list
    elements: str
    required: true
"""

EXAMPLES = """
- name: Say how each host fared
  hosts: "{{ lookup('netcellar.backup.verdict_hosts', 'routers') }}"
  gather_facts: false
  roles:
    - netcellar.backup.verdict
"""

RETURN = """
_raw:
  description: The pattern as it is (V(all)), one that matches only notable hosts (V(notable)), or none (V(off)).
  type: list
  elements: str
"""

from ..plugin_utils.play_run import PlayLookup, PlayRun
from ..plugin_utils.verdict import verdict_mode, verdict_pattern


class LookupModule(PlayLookup):
    """Look up ``netcellar_verdict`` and hand it to ``verdict_pattern``."""

    def pattern(self, play: PlayRun) -> str:
        """Those of the play's hosts that have something to say for themselves."""
        return verdict_pattern(verdict_mode(play.value("verdict")), ",".join(play.patterns), play.hosts, play.folder)
