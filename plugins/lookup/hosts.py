# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = """
name: hosts
author: The Netcellar maintainers (@netcellar)
version_added: 0.1.0
short_description: The host pattern of a backup, refused where it matches nothing
description:
  - Gives a host pattern back as it is, for the C(hosts) keyword of a play.
  - Fails where the pattern matches no host of the inventory under C(--limit). Ansible by itself skips such a play and
    ends with return code 0, so an empty inventory file or a mistyped name would look like a good backup.
options:
  _terms:
    description: One host pattern.
    type: list
    elements: str
    required: true
"""

EXAMPLES = """
- name: Back up the routers, and fail where there is none
  hosts: "{{ lookup('netcellar.backup.hosts', 'routers') }}"
  gather_facts: false
  roles:
    - netcellar.backup.capture
"""

RETURN = """
_raw:
  description: The host pattern.
  type: list
  elements: str
"""

from typing import Any

from ansible import context
from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ..module_utils.errors import NetcellarError
from ..plugin_utils.host_pattern import hosts_of_play


class LookupModule(LookupBase):  # type: ignore[misc]  # ansible-core tells no types
    """Ask which hosts the play would find, and hand the pattern back."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Return ``terms`` unchanged, or raise AnsibleError where they match no host."""
        self.set_options(var_options=variables, direct=kwargs)
        # Ansible makes no inventory for a check of the syntax.
        if context.CLIARGS.get("syntax"):
            return terms
        try:
            hosts_of_play(terms, self._loader, variables or {})
        except NetcellarError as error:
            raise AnsibleError(str(error)) from error
        return terms
